"""A kiosk as head office sees it, and what of it somebody should look after. Pure."""

from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from common.tablet import Lock
from hub.fleet.rules import State, missing

SILENT = timedelta(days=1)
"""A kiosk that has not been heard of for so long is pointed out."""

REMEMBERED = timedelta(days=14)
"""A copy of a tablet that was seen so long ago worries nobody; the kiosk's page still tells of it."""

LITTLE_DISK = 500_000_000
"""Bytes. A tablet's answers take a few kilobytes each, its system's logs and updates much more."""

LITTLE_BATTERY = 20
"""Percent. With less, and no power coming in, a tablet is soon off."""


@dataclass(frozen=True, slots=True)
class Kiosk:
    """A kiosk on the fleet board, with the place where it stands now. Times are UTC, disk is in bytes.

    doubled are those of received whose number another one has, too: a copy of the tablet sent them.
    survey and settings are the versions in use; survey_trouble and settings_trouble say why the hub's are
    not, and are empty if they are. settings_since is when it told first that it uses this version, and
    settings_wanted the one that it should use. battery is in percent, plugged says whether power comes in.
    trouble is what went wrong last with a sync (of common.tablet.Trouble, or a newer program's), trouble_at
    when. alarm is what kind of alarm goes on, alarm_since since when. restored_at is when it was last seen
    to go on from an old copy of its memory, shared_at when two tablets were last seen to use its key; see
    hub.fleet.copies.
    """

    id: str
    name: str
    state: State
    store: str
    store_name: str
    time_zone: str
    touchpoint: str
    paired_at: datetime
    last_contact: datetime | None
    app: str
    survey: int
    given: int
    delivered: int
    waiting: int
    quarantined: int
    received: int
    doubled: int
    oldest_waiting: datetime | None
    clock_offset: int | None
    free_disk: int | None
    settings: int | None
    survey_trouble: str
    settings_trouble: str
    restored_at: datetime | None = None
    shared_at: datetime | None = None
    settings_since: datetime | None = None
    settings_wanted: int | None = None
    battery: int | None = None
    plugged: bool | None = None
    lock: Lock | None = None
    trouble: str = ""
    trouble_at: datetime | None = None
    alarm: str | None = None
    alarm_since: datetime | None = None
    new_key_wanted: bool = False

    @property
    def missing(self) -> int:
        """How many responses were given and are neither here nor on the tablet."""
        return missing(self.given, self.received - self.doubled, self.waiting, self.quarantined)


class Worry(StrEnum):
    """What somebody should look after at a kiosk, the gravest first."""

    MISSING = "missing"
    SHARED = "shared"
    RESTORED = "restored"
    ALARM = "alarm"
    SILENT = "silent"
    UNSENT = "unsent"
    SET_ASIDE = "set aside"
    CLOCK = "clock"
    DISK = "disk"
    BATTERY = "battery"
    UNLOCKED = "unlocked"
    OUTDATED = "outdated"


def worries(kiosk: Kiosk, now: datetime) -> list[Worry]:
    """Say what is wrong with a kiosk, the gravest first. The silence of one that may not ask is none."""
    heard = kiosk.last_contact or kiosk.paired_at
    found = {
        Worry.MISSING: kiosk.missing > 0,
        Worry.SHARED: _lately(kiosk.shared_at, now),
        Worry.RESTORED: _lately(kiosk.restored_at, now),
        Worry.ALARM: kiosk.alarm is not None,
        Worry.SILENT: kiosk.state is State.ACTIVE and now - heard >= SILENT,
        Worry.UNSENT: kiosk.oldest_waiting is not None and now - kiosk.oldest_waiting >= SILENT,
        Worry.SET_ASIDE: kiosk.quarantined > 0,
        Worry.CLOCK: bool(kiosk.clock_offset),
        Worry.DISK: kiosk.free_disk is not None and kiosk.free_disk < LITTLE_DISK,
        Worry.BATTERY: kiosk.battery is not None and kiosk.battery < LITTLE_BATTERY and not kiosk.plugged,
        Worry.UNLOCKED: kiosk.lock is Lock.WINDOWED and kiosk.state is State.ACTIVE,
        Worry.OUTDATED: bool(kiosk.survey_trouble or kiosk.settings_trouble),
    }
    return [worry for worry, there in found.items() if there]


def _lately(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and now - moment < REMEMBERED


TITLES = ("kiosk", *(part.name for part in fields(Kiosk) if part.name != "id"), "missing", "worries")
"""The names of what document() gives, in order."""


def document(kiosk: Kiosk, now: datetime) -> dict[str, Any]:
    """Return a kiosk for programs and spreadsheets: its fields by name, what is missing, and its worries."""
    told = asdict(kiosk)
    return {"kiosk": told.pop("id")} | told | {"missing": kiosk.missing, "worries": worries(kiosk, now)}
