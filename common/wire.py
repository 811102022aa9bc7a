"""The sync contract between kiosk and hub: what travels, and how it is read. WIRE.md numbers its promises.

Both sides turn values into JSON documents and back here, so that they cannot disagree. Reading never
trusts: a batch that is none raises BadBatch, and one bad response in a good batch becomes a Refusal
that leaves its neighbours alone.
"""

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
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
    clean_comment,
    is_clean,
    is_name,
)

PROTOCOL = 1
SPOKEN = (PROTOCOL,)
"""The protocol versions that this version understands: its own and, once there is one, the one before."""

MOST_RESPONSES = 1000
"""In one batch. A kiosk sends 500 and halves that when it is told "too large"."""

LARGEST_BATCH = 16 * 2**20
"""Bytes of one batch after decompression: 1,000 responses with 4,000 characters of any script."""

SYNC_PATH = "/api/v1/sync"
SURVEY_PATH = "/api/v1/survey"
PAIRING_PATH = "/api/v1/pairing"
PAIRING_KEY_PATH = "/api/v1/pairing/key"


class BadBatch(ValueError):
    """The document as a whole is no batch; the message says why."""


class UnspokenProtocol(BadBatch):
    """The batch is of a protocol version that this side does not speak."""


class TooManyResponses(BadBatch):
    """The batch holds more than MOST_RESPONSES."""


class Outcome(StrEnum):
    """What a hub made of one response. Stored and accepted, stored before, or not stored and why."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REFUSED = "refused"


class Code(StrEnum):
    """Why a response was refused. Each has a sentence in the words of kiosk and hub."""

    BAD_RESPONSE = "bad_response"
    BAD_ID = "bad_id"
    BAD_SEQUENCE = "bad_sequence"
    BAD_SCORE = "bad_score"
    BAD_TIME = "bad_time"
    BAD_COMMENT = "bad_comment"
    BAD_REASONS = "bad_reasons"
    BAD_CONTACT = "bad_contact"
    BAD_NAME = "bad_name"
    UNKNOWN_SURVEY = "unknown_survey"
    UNKNOWN_LANGUAGE = "unknown_language"
    ANSWER_CHANGED = "answer_changed"


@dataclass(frozen=True, slots=True)
class Numbered:
    """A response with the number that its device gave it: 1, 2, 3 … without gaps, never used twice."""

    sequence: int
    response: Response


@dataclass(frozen=True, slots=True)
class Refusal:
    """A place in a batch that holds no response: its id as far as it can be read, and the reason."""

    id: str | None
    code: Code


@dataclass(frozen=True, slots=True)
class Totals:
    """What a kiosk says of itself: given = delivered + waiting + quarantined, always."""

    given: int
    delivered: int
    waiting: int
    quarantined: int
    oldest_waiting: datetime | None = None


@dataclass(frozen=True, slots=True)
class Health:
    """The state of a tablet. Free disk in bytes; offset is hub time minus device time, in milliseconds."""

    app: str
    survey: int
    free_disk: int
    offset: int | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """One sync's question. sent_at is the device's clock at the moment of sending."""

    sent_at: datetime
    totals: Totals
    health: Health
    items: Sequence[Numbered | Refusal] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The hub's word on one response."""

    id: str | None
    outcome: Outcome
    code: Code | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """One sync's answer: a verdict per response, in the order sent, and what the kiosk should do next.

    missing are ranges of sequence numbers (first, last) that the hub has never seen. survey is the
    version that the kiosk should show. store is its code, store_name what customers read, time_zone its
    IANA name. next_sync is in seconds.
    """

    received_at: datetime
    verdicts: Sequence[Verdict]
    missing: Sequence[tuple[int, int]]
    survey: int
    store: str
    store_name: str
    time_zone: str
    touchpoint: str
    next_sync: float


def batch_document(batch: Batch) -> dict[str, Any]:
    """Return a batch as JSON values. Refusals cannot be sent: raise ValueError."""
    return {
        "protocol": PROTOCOL,
        "sent_at": _from_time(batch.sent_at),
        "totals": asdict(batch.totals)
        | {"oldest_waiting": batch.totals.oldest_waiting and _from_time(batch.totals.oldest_waiting)},
        "health": asdict(batch.health),
        "responses": [_item_document(item) for item in batch.items],
    }


def read_batch(document: Any) -> Batch:
    """Read a batch; raise BadBatch if the envelope is wrong. A wrong response becomes a Refusal."""
    try:
        _protocol(document)
        items = _list(document, "responses")
        if len(items) > MOST_RESPONSES:
            raise TooManyResponses(f"{len(items)} responses; {MOST_RESPONSES} are allowed")
        totals, health = document["totals"], document["health"]
        oldest = totals["oldest_waiting"]
        return Batch(
            sent_at=_time(document["sent_at"]),
            totals=Totals(
                given=_count(totals, "given"),
                delivered=_count(totals, "delivered"),
                waiting=_count(totals, "waiting"),
                quarantined=_count(totals, "quarantined"),
                oldest_waiting=None if oldest is None else _time(oldest),
            ),
            health=Health(
                app=clean_comment(str(health["app"]))[:40],
                survey=_count(health, "survey"),
                free_disk=_count(health, "free_disk"),
                offset=_offset(health["offset"]),
            ),
            items=[_read_item(item) for item in items],
        )
    except (KeyError, TypeError, AttributeError, OverflowError) as reason:
        raise BadBatch(f"a part is missing or of the wrong type: {reason}") from reason
    except BadBatch:
        raise
    except ValueError as reason:
        raise BadBatch(str(reason)) from reason


def receipt_document(receipt: Receipt) -> dict[str, Any]:
    """Return a receipt as JSON values."""
    return {
        "protocol": PROTOCOL,
        "received_at": _from_time(receipt.received_at),
        "verdicts": [
            {"id": verdict.id, "outcome": verdict.outcome.value}
            | ({"code": verdict.code.value} if verdict.code else {})
            for verdict in receipt.verdicts
        ],
        "missing": [list(span) for span in receipt.missing],
        "survey": receipt.survey,
        "store": receipt.store,
        "store_name": receipt.store_name,
        "time_zone": receipt.time_zone,
        "touchpoint": receipt.touchpoint,
        "next_sync": receipt.next_sync,
    }


def read_receipt(document: Any) -> Receipt:
    """Read a receipt; raise BadBatch for anything else, such as a login page that answers 200."""
    try:
        _protocol(document)
        return Receipt(
            received_at=_time(document["received_at"]),
            verdicts=[_read_verdict(verdict) for verdict in _list(document, "verdicts")],
            missing=[_span(first, last) for first, last in _list(document, "missing")],
            survey=_count(document, "survey"),
            store=_string(document, "store"),
            store_name=_string(document, "store_name"),
            time_zone=_string(document, "time_zone"),
            touchpoint=_string(document, "touchpoint"),
            next_sync=_seconds(document, "next_sync"),
        )
    except (KeyError, TypeError, AttributeError, OverflowError) as reason:
        raise BadBatch(f"this is no receipt: {reason}") from reason
    except BadBatch:
        raise
    except ValueError as reason:
        raise BadBatch(f"this is no receipt: {reason}") from reason


class _Unreadable(ValueError):
    """A field of a response is wrong; carries the code."""

    def __init__(self, code: Code) -> None:
        self.code = code


_ID = pattern(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_KINDS = {kind.value: kind for kind in Kind}
_CHANNELS = {channel.value: channel for channel in Channel}
Choice = TypeVar("Choice", bound=StrEnum)


def _item_document(item: Numbered | Refusal) -> dict[str, Any]:
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
        "given_at": _from_time(response.given_at),
    }
    for name in ("reasons", "flags"):
        if values := getattr(response, name):
            document[name] = list(values)
    if response.comment:
        document["comment"] = response.comment
    if response.contact:
        consent = response.contact.consent
        document["contact"] = {
            "key": response.contact.key,
            "box": b64encode(response.contact.box).decode(),
            "consent": {
                "text": consent.text,
                "language": consent.language,
                "given_at": _from_time(consent.given_at),
            },
        }
    return document


def _read_item(item: Any) -> Numbered | Refusal:
    if not isinstance(item, dict):
        return Refusal(None, Code.BAD_RESPONSE)
    identity = item.get("id")
    if not isinstance(identity, str) or not _ID.fullmatch(identity):
        return Refusal(_readable(identity), Code.BAD_ID)
    try:
        return Numbered(_sequence(item), _response(identity, item))
    except _Unreadable as reason:
        return Refusal(identity, reason.code)


def _readable(identity: Any) -> str | None:
    fits = isinstance(identity, str) and len(identity) <= 64 and identity.isprintable()
    return identity if fits else None


def _response(identity: str, item: Mapping[str, Any]) -> Response:
    version = item.get("version")
    if type(version) is not int or not 0 < version < 2**31:
        raise _Unreadable(Code.UNKNOWN_SURVEY)
    return Response(
        id=identity,
        survey=_name(item.get("survey")),
        version=version,
        kind=_one_of(_KINDS, item.get("kind")),
        touchpoint=_name(item.get("touchpoint")),
        channel=_one_of(_CHANNELS, item.get("channel")),
        language=_name(item.get("language")),
        score=_score(item.get("score")),
        given_at=_item_time(item.get("given_at"), Code.BAD_TIME),
        reasons=_names(item.get("reasons", [])),
        comment=_comment(item.get("comment", "")),
        flags=_names(item.get("flags", [])),
        contact=_contact(item["contact"]) if item.get("contact") is not None else None,
    )


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
    if not isinstance(values, list) or len(values) > 20:
        raise _Unreadable(Code.BAD_REASONS)
    return tuple([_name(value) for value in values]) if values else ()


def _comment(value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_COMMENT or not is_clean(value):
        raise _Unreadable(Code.BAD_COMMENT)
    return value


def _contact(value: Any) -> SealedContact:
    try:
        box = b64decode(value["box"], validate=True)
        consent = value["consent"]
        if not 48 < len(box) <= 2048:
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
        return _time(value)
    except (ValueError, TypeError, OverflowError) as reason:
        raise _Unreadable(code) from reason


def _from_time(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")


def _time(value: Any) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError("a time without its offset from UTC")
    if not 1970 <= moment.year < 2200:
        raise ValueError("a year in which no kiosk ran")
    return moment


def _count(document: Mapping[str, Any], name: str) -> int:
    value = document[name]
    if type(value) is not int or not 0 <= value < 2**53:
        raise BadBatch(f"{name} is no count")
    return value


def _protocol(document: Mapping[str, Any]) -> None:
    protocol = document["protocol"]
    if type(protocol) is not int or protocol not in SPOKEN:
        raise UnspokenProtocol(f"protocol {protocol!r:.40} is not one of {SPOKEN}")


def _offset(value: Any) -> int | None:
    if value is not None and (type(value) is not int or abs(value) >= 2**53):
        raise BadBatch("offset is no number of milliseconds")
    return value


def _seconds(document: Mapping[str, Any], name: str) -> float:
    value = document[name]
    if type(value) not in (int, float) or not 0 <= value < 2**31:
        raise BadBatch(f"{name} is no number of seconds")
    return float(value)


def _string(document: Mapping[str, Any], name: str) -> str:
    value = document[name]
    if not isinstance(value, str):
        raise BadBatch(f"{name} is no text")
    return value


def _list(document: Mapping[str, Any], name: str) -> list[Any]:
    value = document[name]
    if not isinstance(value, list):
        raise BadBatch(f"{name} is no list")
    return value


def _span(first: Any, last: Any) -> tuple[int, int]:
    if type(first) is not int or type(last) is not int or not 0 < first <= last:
        raise BadBatch("missing is no list of ranges")
    return first, last


def _read_verdict(document: Mapping[str, Any]) -> Verdict:
    code, identity, outcome = document.get("code"), document["id"], Outcome(document["outcome"])
    refused = outcome is Outcome.REFUSED
    if refused == (code is None) or not (isinstance(identity, str) or (refused and identity is None)):
        raise BadBatch("a verdict does not say what became of which response")
    return Verdict(identity, outcome, None if code is None else Code(code))
