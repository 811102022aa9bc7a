"""A response: what one customer answered, from the tap on a score to the end of the visit."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from hashlib import blake2b
from re import compile as pattern
from typing import TypeGuard

LONGEST_COMMENT = 4000
"""Characters. The same everywhere: keyboard, kiosk, wire, hub, import."""


class Kind(StrEnum):
    """What a survey asks about; scores of different kinds are never pooled silently."""

    RELATIONAL = "relational"
    PHASE = "phase"
    TRANSACTIONAL = "transactional"


class Channel(StrEnum):
    """How the question reached the customer; scores of different channels are never pooled silently."""

    KIOSK = "kiosk"
    WEB = "web"
    EMAIL = "email"
    IMPORT = "import"


@dataclass(frozen=True, slots=True)
class Contact:
    """How a customer wants to be reached; at least one of the two is not empty."""

    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Consent:
    """What the customer agreed to: the version of the text, the language it was read in, and when."""

    text: str
    language: str
    given_at: datetime


@dataclass(frozen=True, slots=True)
class SealedContact:
    """Contact details that only the holder of the private key named by key can open."""

    key: str
    box: bytes
    consent: Consent


@dataclass(frozen=True, slots=True)
class Response:
    """One customer's answer, as the device that took it saw it.

    id is a UUIDv7 in its usual spelling. given_at is aware and the device's own time. Reasons are ids of
    chips, never labels. flags name why the fair filter doubts the answer; a flagged answer is received
    and not counted.
    """

    id: str
    survey: str
    version: int
    kind: Kind
    touchpoint: str
    channel: Channel
    language: str
    score: int
    given_at: datetime
    reasons: tuple[str, ...] = ()
    comment: str = ""
    flags: tuple[str, ...] = ()
    contact: SealedContact | None = None

    @property
    def counted(self) -> bool:
        """Whether the answer is part of the score."""
        return not self.flags


TEST = "test"
"""The flag of an answer that somebody gave to try the kiosk. It is received, and never counts."""

LONGEST_NAME = 64
NAME = r"[A-Za-z0-9][A-Za-z0-9 _.-]*"
"""How a name is written, of at most LONGEST_NAME characters."""

_NAME = pattern(NAME)


def is_name(value: object) -> TypeGuard[str]:
    """Say whether a value may travel as an id: of a survey, touchpoint, language, reason or flag."""
    return isinstance(value, str) and len(value) <= LONGEST_NAME and _is_name(value)


@lru_cache(maxsize=1024)
def _is_name(text: str) -> bool:
    # The same few names come with every response: remembering them halves the time of reading a batch.
    return _NAME.fullmatch(text) is not None


def clean_comment(text: str) -> str:
    """Return a comment as it may be stored: no control characters but line breaks, at most 4,000."""
    return storable(text)[:LONGEST_COMMENT].rstrip()


def storable(text: str) -> str:
    """Return a text of any length without outer blanks and without what cannot be stored.

    PostgreSQL refuses NUL and no database or JSON takes a lone surrogate, both of which a broken
    keyboard or a careless paste can produce.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    kept = lines if lines.isprintable() else "".join(filter(_storable, lines))
    return kept.strip()


def is_clean(comment: str) -> bool:
    """Say whether a comment may be stored as it is."""
    return len(comment) <= LONGEST_COMMENT and (comment.isprintable() or all(map(_storable, comment)))


def _storable(character: str) -> bool:
    return character == "\n" or not (
        character < " " or "\x7f" <= character < "\xa0" or "\ud800" <= character <= "\udfff"
    )


def fingerprint(response: Response) -> bytes:
    """Return 16 bytes that change when the answer changes.

    Contact details are left out on purpose: they leave the tablet at the receipt, so an answer that the
    hub asks for again comes without them, and is still the same answer.
    """
    body = _BETWEEN.join((
        response.survey, str(response.version), response.kind, response.touchpoint, response.channel,
        response.language, str(response.score), response.given_at.isoformat(), response.comment,
        _WITHIN.join(response.reasons), _WITHIN.join(response.flags),
    ))  # fmt: skip
    return blake2b(body.encode(), digest_size=16).digest()


_BETWEEN, _WITHIN = "\x1f", "\x1e"
"""Control characters, which no part of a response can hold."""
