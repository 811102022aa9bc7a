"""How the syncs went, as the tablet remembers it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class LastSync:
    """How the syncs went. contact is the last one that brought a receipt, trouble that of the last one.

    troubled_at is when that was; earlier versions of the program did not note it.
    offset is the hub's time minus the device's in milliseconds; batch is how many answers a batch may
    hold after some were too large.
    """

    contact: datetime | None = None
    trouble: str | None = None
    offset: int | None = None
    batch: int | None = None
    troubled_at: datetime | None = None


def to_kept(last: LastSync) -> dict[str, Any]:
    """Return it as JSON values."""
    moments = {"contact": last.contact, "troubled_at": last.troubled_at}
    return {name: moment and moment.isoformat() for name, moment in moments.items()} | {
        "trouble": last.trouble,
        "offset": last.offset,
        "batch": last.batch,
    }


def from_kept(kept: dict[str, Any] | None) -> LastSync:
    """Read it from JSON values, of which earlier versions kept fewer; None is a tablet that never synced."""
    if kept is None:
        return LastSync()
    moments = (kept["contact"], kept.get("troubled_at"))
    contact, troubled_at = (datetime.fromisoformat(each) if each else None for each in moments)
    return LastSync(contact, kept["trouble"], kept["offset"], kept["batch"], troubled_at)
