"""The PINs, the manager's and the service's: five wrong ones lock one for five minutes, restart or not."""

from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import scrypt
from hmac import compare_digest
from re import fullmatch
from secrets import token_bytes
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kiosk.storage.settings import Settings

TRIES = 5
LOCKED_FOR = timedelta(minutes=5)


class Door(StrEnum):
    """What a PIN opens: the manager's page, or settings and the way out behind it."""

    MANAGER = "pin"
    SERVICE = "service_pin"

    @property
    def tries(self) -> str:
        """Where its wrong tries are kept."""
        return f"{self.value}_tries"


class BadPin(ValueError):
    """The PIN cannot be used; the message says why."""


class PinOutcome(StrEnum):
    """What a PIN did."""

    OPEN = "open"
    WRONG = "wrong"
    LOCKED = "locked"
    NOT_SET = "not_set"


@dataclass(frozen=True, slots=True)
class PinVerdict:
    """Tries left are given for WRONG, until for LOCKED. NOT_SET: nobody has set a PIN yet."""

    outcome: PinOutcome
    tries_left: int = 0
    until: datetime | None = None


def check_pin(pin: str) -> None:
    """Raise BadPin unless it has 4 to 12 digits."""
    if not fullmatch(r"[0-9]{4,12}", pin):
        raise BadPin("a PIN has 4 to 12 digits")


def set_pin(settings: "Settings", pin: str, door: Door = Door.MANAGER) -> None:
    """Keep a new PIN, salted and hashed, and forget wrong tries; raise BadPin, also if both were the same."""
    check_pin(pin)
    if any(_fits(settings.get(other), pin) for other in Door if other is not door):
        raise BadPin("the manager's PIN and the service PIN must not be the same")
    salt = token_bytes(16)
    settings.put(door, {"salt": b64encode(salt).decode(), "hash": b64encode(_hash(pin, salt)).decode()})
    settings.put(door.tries, {"wrong": 0, "until": None})


def try_pin(settings: "Settings", pin: str, now: datetime, door: Door = Door.MANAGER) -> PinVerdict:
    """Check a PIN at an aware moment; the try is counted on the disk before the verdict is given."""
    kept = settings.get(door)
    if kept is None:
        return PinVerdict(PinOutcome.NOT_SET)
    if until := locked_until(settings, now, door):
        return PinVerdict(PinOutcome.LOCKED, until=until)
    if _fits(kept, pin):
        settings.put(door.tries, {"wrong": 0, "until": None})
        return PinVerdict(PinOutcome.OPEN)
    tries = settings.get(door.tries)
    return _count_wrong(settings, door, 0 if tries["until"] else tries["wrong"], now)


def locked_until(settings: "Settings", now: datetime, door: Door) -> datetime | None:
    """Return when a door takes tries again; None if it takes one now."""
    tries = settings.get(door.tries)
    until = datetime.fromisoformat(tries["until"]) if tries and tries["until"] else None
    # A clock that was set back by years does not lock for years.
    return until if until and until - LOCKED_FOR <= now < until else None


def _count_wrong(settings: "Settings", door: Door, before: int, now: datetime) -> PinVerdict:
    wrong = before + 1
    if wrong < TRIES:
        settings.put(door.tries, {"wrong": wrong, "until": None})
        return PinVerdict(PinOutcome.WRONG, tries_left=TRIES - wrong)
    until = now + LOCKED_FOR
    settings.put(door.tries, {"wrong": wrong, "until": until.isoformat()})
    return PinVerdict(PinOutcome.LOCKED, until=until)


def _fits(kept: Any, pin: str) -> bool:
    """Say whether this is the PIN; where none was set, none is."""
    return kept is not None and compare_digest(_hash(pin, b64decode(kept["salt"])), b64decode(kept["hash"]))


def _hash(pin: str, salt: bytes) -> bytes:
    return scrypt(pin.encode(), salt=salt, n=2**14, r=8, p=1, dklen=32)
