"""Decisions about kiosks: codes and keys of pairing, where a kiosk stood, what is missing."""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from ipaddress import IPv6Address, ip_address, ip_network
from random import uniform
from secrets import choice, token_urlsafe
from zoneinfo import ZoneInfo

ALPHABET = "BCDFGHJKLMNPQRSTVWXZ"
"""Consonants only, as RFC 8628 advises: no code reads as a word. Eight of twenty are 34.6 bits."""

CODE_LENGTH = 8
MOST_TRIES = 5
"""Wrong codes that one person may type in LIFE."""

MOST_WRONG = 100
"""Wrong codes that all together may type while a code is open; then it is closed. Twenty people guess,
or one who has stolen twenty passwords, and a thousand codes of 34.6 bits are still safe."""

MOST_PAIRINGS = 1000
"""Open at the same time; anybody may ask for one."""

MOST_ASKED = 100
"""Codes that one network may ask for in LIFE. Those that were approved do not count."""

DEFAULT_TOUCHPOINT = "checkout"
LIFE = timedelta(minutes=15)
INTERVAL_SECONDS = 5
FARTHEST_MOVE = timedelta(days=366)
OLDEST_TROUBLE = timedelta(days=366)
CLOCK_TOLERANCE = timedelta(minutes=2)
"""A smaller difference of clocks is the network's and counts as none."""


class State(StrEnum):
    """A kiosk in use; one that is stopped and may still bring what it has; one that was lost or stolen.

    UNPAIRED is one whose tablet has said itself that it belongs here no more.
    """

    ACTIVE = "active"
    STOPPED = "stopped"
    LOST = "lost"
    UNPAIRED = "unpaired"


DECLARED = (State.ACTIVE, State.STOPPED, State.LOST)
"""What people may say of a kiosk; that it was unpaired its tablet says."""


class Progress(StrEnum):
    """How far a pairing is when its device asks for the key; the names are RFC 8628's error codes."""

    APPROVED = "approved"
    PENDING = "authorization_pending"
    TOO_SOON = "slow_down"
    EXPIRED = "expired_token"
    DENIED = "access_denied"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a kiosk stands from a moment on, and what the hub must know of that store."""

    from_at: datetime
    store: str
    store_name: str
    time_zone: str
    closing_hour: int
    touchpoint: str


@dataclass(frozen=True, slots=True)
class Move:
    """Where a kiosk is to stand from a moment on: a store's code and a touchpoint."""

    from_at: datetime
    store: str
    touchpoint: str


class Hindrance(StrEnum):
    """Why a kiosk cannot be moved as asked; history would change, or nothing would."""

    SAME_PLACE = "same place"
    BEFORE_LAST_MOVE = "before last move"
    ANSWERS_SINCE = "answers since"
    TOO_FAR_AHEAD = "too far ahead"


@dataclass(frozen=True, slots=True)
class Device:
    """A kiosk that has shown its key, with all its places, the earliest first."""

    id: str
    state: State
    places: Sequence[Place]


@dataclass(frozen=True, slots=True)
class Pairing:
    """A pairing as its device finds it when it asks for the key."""

    requested_at: datetime
    expires_at: datetime
    polled_at: datetime | None
    tries: int
    store: str | None
    touchpoint: str | None
    kiosk: str | None


def new_user_code() -> str:
    """Return a code for a person to read and type."""
    return "".join(choice(ALPHABET) for _ in range(CODE_LENGTH))


def shown_code(code: str) -> str:
    """Return a code as it is shown: BCDF-GHJK."""
    return f"{code[:4]}-{code[4:]}"


def typed_code(text: str) -> str:
    """Return a code as it is kept, from what a person typed: case, hyphens and spaces do not matter."""
    return "".join(c for c in text.upper() if c.isalnum())


def new_device_code() -> str:
    """Return the secret that only the kiosk knows while it waits for approval: 256 bits."""
    return token_urlsafe(32)


def device_key(device_code: str, seed: bytes) -> str:
    """Return the key of the kiosk that holds a device code.

    It is derived and not drawn, so that a kiosk whose reply was lost can ask again and gets the same key,
    although the hub keeps only the key's hash.
    """
    return hmac.new(seed, b"device key\0" + device_code.encode(), sha256).hexdigest()


def digest(secret: str) -> bytes:
    """Return what the database keeps of a device code or key; both are random, so no salt is needed."""
    return sha256(secret.encode()).digest()


def typing_limits(person: str) -> Mapping[tuple[str, ...], int]:
    """Return what a wrong code counts for, and how many of them there may be."""
    return {("typing", person): MOST_TRIES}


def asking_limits(address: str) -> Mapping[tuple[str, ...], int]:
    """Return what a request for a code counts for, and how many of them there may be."""
    return {("asking", network_of(address)): MOST_ASKED}


def network_of(address: str) -> str:
    """Return what one owner has of addresses: of version 6, that is a network of 2^64 of them."""
    try:
        ip = ip_address(address)
    except ValueError:
        return address
    if not isinstance(ip, IPv6Address):
        return str(ip)
    return str(ip.ipv4_mapped or ip_network((int(ip), 64), strict=False))


def progress(pairing: Pairing | None, now: datetime) -> Progress:
    """Say how far a pairing is; one that nobody knows has expired."""
    if pairing is None or now >= pairing.expires_at:
        return Progress.EXPIRED
    if pairing.store is not None:
        return Progress.APPROVED
    if pairing.tries >= MOST_WRONG:
        return Progress.DENIED
    if pairing.polled_at and now - pairing.polled_at < timedelta(seconds=INTERVAL_SECONDS - 1):
        return Progress.TOO_SOON
    return Progress.PENDING


def place_at(places: Sequence[Place], moment: datetime) -> Place:
    """Return where a kiosk stood at a moment; before its first place that is the first one."""
    for place in reversed(places):
        if place.from_at <= moment:
            return place
    return places[0]


def hindrance(
    places: Sequence[Place], to: Move, last_answer: datetime | None, now: datetime
) -> Hindrance | None:
    """Say what hinders a move of a kiosk with these places, if anything does.

    last_answer is when the last answer stored from it was given between to.from_at and now: answers belong
    to the store where they were given, so no move may slip in before them.
    """
    begun = [place for place in places if place.from_at <= now] or places[:1]
    here = begun[-1]
    if to.from_at > now + FARTHEST_MOVE:
        return Hindrance.TOO_FAR_AHEAD
    if to.from_at <= here.from_at:
        return Hindrance.BEFORE_LAST_MOVE
    if last_answer is not None:
        return Hindrance.ANSWERS_SINCE
    return Hindrance.SAME_PLACE if (to.store, to.touchpoint) == (here.store, here.touchpoint) else None


class NoSuchTime(ValueError):
    """The clocks of a zone never show this time: they go forward over it."""


def moment_of(text: str, time_zone: str) -> datetime:
    """Return the moment in UTC that a clock in a zone shows as a text like "2026-11-23 12:00"; or ValueError.

    In the night when clocks go back an hour is there twice, and the first one is meant. A time that they go
    forward over is a NoSuchTime; one that UTC cannot show, such as the first hour of the year 1 east of
    Greenwich, is a ValueError, too.
    """
    moment = datetime.fromisoformat(text.strip())
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(time_zone))
    try:
        found = moment.astimezone(UTC)
        if found.astimezone(moment.tzinfo) != moment:
            raise NoSuchTime(text)
    except OverflowError as reason:
        raise ValueError(str(reason)) from reason
    return found


def met_at(told: datetime, offset: int, now: datetime) -> datetime:
    """Return when a kiosk met a trouble, from its own clock's time and that clock's offset in milliseconds.

    A clock that was set since tells nonsense, and then it was no later than now.
    """
    moment = told + timedelta(milliseconds=offset)
    return moment if now - OLDEST_TROUBLE <= moment <= now else now


def clock_offset(sent_at: datetime, now: datetime) -> int:
    """Return hub time minus device time in milliseconds; a small difference is none."""
    offset = now - sent_at
    return 0 if abs(offset) < CLOCK_TOLERANCE else offset // timedelta(milliseconds=1)


def missing(given: int, received: int, waiting: int, quarantined: int) -> int:
    """Return how many responses were given and are neither here nor on the tablet."""
    return max(0, given - received - waiting - quarantined)


def pace(seconds: float) -> float:
    """Return when a kiosk should come back: about then, so that a thousand of them do not come at once."""
    return round(seconds * uniform(0.9, 1.1), 1)  # noqa: S311 - no secret
