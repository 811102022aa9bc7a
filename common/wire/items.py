"""One response as it travels, written and read. Reading is the door that every answer comes in by."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from re import compile as pattern
from typing import Any, TypeVar

from common.nps import HIGHEST, LOWEST
from common.responses import (
    LONGEST_COMMENT,
    Channel,
    Consent,
    Kind,
    Response,
    SealedContact,
    is_clean,
    is_name,
)
from common.wire.fields import read_ticks, read_time, written_time
from common.wire.values import (
    LARGEST_BOX,
    MOST_NAMES,
    SMALLEST_BOX,
    UUID7,
    Code,
    Numbered,
    Refusal,
)


class _Unreadable(ValueError):
    """A field of a response is wrong; carries the code."""

    def __init__(self, code: Code) -> None:
        self.code = code


_ID = pattern(UUID7)
_KINDS = {kind.value: kind for kind in Kind}
_CHANNELS = {channel.value: channel for channel in Channel}
Choice = TypeVar("Choice", bound=StrEnum)


def item_document(item: Numbered | Refusal) -> dict[str, Any]:
    """Return a numbered response as JSON values. Refusals cannot be sent: raise ValueError."""
    if isinstance(item, Refusal):
        raise ValueError("a refusal cannot be sent")
    response = item.response
    document: dict[str, Any] = {
        "id": response.id,
        "sequence": item.sequence,
        "survey": response.survey,
        "version": response.version,
        "kind": response.kind.value,
        "touchpoint": response.touchpoint,
        "channel": response.channel.value,
        "language": response.language,
        "score": response.score,
        "given_at": written_time(response.given_at),
    }
    if item.ticks is not None:
        document["ticks"] = item.ticks
    if item.happened_at is not None:
        document["happened_at"] = written_time(item.happened_at)
    for name in ("reasons", "flags"):
        if values := getattr(response, name):
            document[name] = list(values)
    if response.comment:
        document["comment"] = response.comment
    if response.contact:
        document["contact"] = _contact_document(response.contact)
    return document


def _contact_document(contact: SealedContact) -> dict[str, Any]:
    consent = contact.consent
    return {
        "key": contact.key,
        "box": b64encode(contact.box).decode(),
        "consent": {
            "text": consent.text,
            "language": consent.language,
            "given_at": written_time(consent.given_at),
        },
    }


def read_item(item: Any) -> Numbered | Refusal:
    """Read one response; whatever is wrong with it becomes a Refusal, never an exception."""
    if not isinstance(item, dict):
        return Refusal(None, Code.BAD_RESPONSE)
    try:
        identity = read_id(item.get("id"))
    except ValueError:
        return Refusal(_readable(item.get("id")), Code.BAD_ID)
    try:
        return Numbered(
            _sequence(item), _response(identity, item), ticks=read_ticks(item), happened_at=_happened_at(item)
        )
    except _Unreadable as reason:
        return Refusal(identity, reason.code)


def _happened_at(item: Mapping[str, Any]) -> datetime | None:
    """Read the device's word on the true time. It holds up no answer, so a wrong one is passed over."""
    if "happened_at" not in item:
        return None
    try:
        return read_time(item["happened_at"])
    except (ValueError, TypeError, OverflowError):
        return None


def read_id(value: Any) -> str:
    """Read the id of a response; raise ValueError for anything but a UUIDv7 in its usual spelling."""
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise ValueError("an id that is no UUIDv7")
    return value


def _readable(identity: Any) -> str | None:
    fits = isinstance(identity, str) and len(identity) <= 64 and identity.isprintable()
    return identity if fits else None


def _response(identity: str, item: Mapping[str, Any]) -> Response:
    get = item.get
    place = (get("survey"), get("version"), get("kind"), get("touchpoint"), get("channel"), get("language"))
    try:
        survey, version, kind, touchpoint, channel, language = _asked_before(*place)
    except TypeError:  # a list or an object, which nothing remembers
        survey, version, kind, touchpoint, channel, language = _asked(*place)
    return Response(
        id=identity,
        survey=survey,
        version=version,
        kind=kind,
        touchpoint=touchpoint,
        channel=channel,
        language=language,
        score=_score(get("score")),
        given_at=_item_time(get("given_at"), Code.BAD_TIME),
        reasons=_names(item["reasons"]) if "reasons" in item else (),
        comment=_comment(get("comment", "")),
        flags=_names(item["flags"]) if "flags" in item else (),
        contact=_contact(item["contact"]) if get("contact") is not None else None,
    )


def _asked(
    survey: Any, version: Any, kind: Any, touchpoint: Any, channel: Any, language: Any
) -> tuple[str, int, Kind, str, Channel, str]:
    """Read what was asked, where and how."""
    if type(version) is not int or not 0 < version < 2**31:
        raise _Unreadable(Code.UNKNOWN_SURVEY)
    return (
        _name(survey), version, _one_of(_KINDS, kind), _name(touchpoint), _one_of(_CHANNELS, channel),
        _name(language),
    )  # fmt: skip


# The same few come again and again. Typed, because True and 1.0 are equal to 1, and no version.
_asked_before = lru_cache(maxsize=1024, typed=True)(_asked)


def _sequence(item: Mapping[str, Any]) -> int:
    sequence = item.get("sequence")
    if type(sequence) is not int or not 0 < sequence < 2**53:
        raise _Unreadable(Code.BAD_SEQUENCE)
    return sequence


def _score(value: Any) -> int:
    # isinstance would let True pass, which is an int, and count it as the score 1.
    if type(value) is not int or not LOWEST <= value <= HIGHEST:
        raise _Unreadable(Code.BAD_SCORE)
    return value


def _name(value: Any) -> str:
    if not is_name(value):
        raise _Unreadable(Code.BAD_NAME)
    return value


def _names(values: Any) -> tuple[str, ...]:
    if not isinstance(values, list) or len(values) > MOST_NAMES:
        raise _Unreadable(Code.BAD_REASONS)
    return tuple([_name(value) for value in values])


def _comment(value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_COMMENT or not is_clean(value):
        raise _Unreadable(Code.BAD_COMMENT)
    return value


def _contact(value: Any) -> SealedContact:
    try:
        box = b64decode(value["box"], validate=True)
        consent = value["consent"]
        if not SMALLEST_BOX <= len(box) <= LARGEST_BOX:
            raise _Unreadable(Code.BAD_CONTACT)
        return SealedContact(
            key=_name(value["key"]),
            box=box,
            consent=Consent(
                text=_name(consent["text"]),
                language=_name(consent["language"]),
                given_at=_item_time(consent["given_at"], Code.BAD_CONTACT),
            ),
        )
    except (KeyError, TypeError, AttributeError, ValueError) as reason:
        raise _Unreadable(Code.BAD_CONTACT) from reason


def _one_of(choices: Mapping[str, Choice], value: Any) -> Choice:
    try:
        return choices[value]
    except (KeyError, TypeError) as reason:
        raise _Unreadable(Code.BAD_NAME) from reason


def _item_time(value: Any, code: Code) -> datetime:
    try:
        return read_time(value)
    except (ValueError, TypeError, OverflowError) as reason:
        raise _Unreadable(code) from reason
