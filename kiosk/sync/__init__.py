"""One sync with the hub: what it did, as data. Words are chosen where somebody reads them.

Importing this package loads no network library; kiosk.sync.once and kiosk.sync.pairing do.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Trouble(StrEnum):
    """Why a sync did not do all that it should. Nothing was lost by any of them."""

    NOT_PAIRED = "not_paired"
    OFFLINE = "offline"
    TIMED_OUT = "timed_out"
    CLOCK_WRONG = "clock_wrong"
    UNTRUSTED = "untrusted"
    NOT_THE_HUB = "not_the_hub"
    UNKNOWN_DEVICE = "unknown_device"
    REVOKED_DEVICE = "revoked_device"
    BUSY = "busy"
    HUB_FAILED = "hub_failed"
    UNSPOKEN_PROTOCOL = "unspoken_protocol"
    REFUSED = "refused"
    NO_VERDICT = "no_verdict"
    BROKEN_SURVEY = "broken_survey"
    BROKEN_SETTINGS = "broken_settings"
    ANOTHER_SYNC = "another_sync"
    STORAGE = "storage"
    FAILED = "failed"


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
