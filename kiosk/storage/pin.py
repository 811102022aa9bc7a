"""The manager's PIN: five wrong ones lock it for five minutes, which a restart does not shorten."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


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
