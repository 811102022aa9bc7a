"""One sync with the hub: what it did, as data. Words are chosen where somebody reads them.

Importing this package loads no network library; kiosk.sync.once and kiosk.sync.pairing do.
"""

from dataclasses import dataclass
from datetime import datetime

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
