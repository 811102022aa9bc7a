"""One sync with the hub: what it did, as data. Words are chosen where somebody reads them.

Importing this package loads no network library; kiosk.sync.once and kiosk.sync.pairing do.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from common.tablet import Trouble

__all__ = ["SyncReport", "Trouble"]


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What one sync did. Counts are answers; next_sync and retry_after are seconds that the hub asked for.

    delivered includes the duplicates: answers that the hub had already. waiting is what is left after it,
    None where the tablet's own memory could not say.
    """

    ended_at: datetime
    delivered: int = 0
    duplicates: int = 0
    refused: int = 0
    waiting: int | None = None
    survey: int | None = None
    trouble: Trouble | None = None
    detail: str = ""
    next_sync: float | None = None
    retry_after: float | None = None


class Ending(StrEnum):
    """How a try to pair ended."""

    PAIRED = "paired"
    EXPIRED = "expired"
    DENIED = "denied"
    CROWDED = "crowded"
    BAD_ADDRESS = "bad_address"
    GIVEN_UP = "given_up"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Joined:
    """What came of a try to pair: where the tablet stands now, or the trouble that it FAILED by.

    pin is the manager's where one was made up, to be read once. minutes are those to wait where the hub was
    CROWDED by others.
    """

    ending: Ending
    trouble: Trouble | None = None
    store_name: str = ""
    touchpoint: str = ""
    pin: str | None = field(default=None, repr=False)
    minutes: int = 0
