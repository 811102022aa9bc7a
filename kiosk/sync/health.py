"""How this tablet is, as far as head office should know; from its system and its memory."""

import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING

from common.tablet import Battery, Lock, Met
from common.version import program_version
from common.wire import Health, Unusable

if TYPE_CHECKING:
    from kiosk.storage.last_sync import LastSync
    from kiosk.storage.store import Storage

SUPPLIES = Path("/sys/class/power_supply")
"""Where Linux, and so Android, tells of batteries. Elsewhere nothing is known of them."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a sync tells in each of its batches; trouble is what the sync before it met."""

    battery: Battery | None
    lock: Lock | None
    trouble: Met | None


def met(last: "LastSync") -> Met | None:
    """Return the trouble of the last sync that was noted, if it had one and it is known when."""
    return Met(last.trouble, last.troubled_at) if last.trouble and last.troubled_at else None


def health(storage: "Storage", offset: int | None, told: Told) -> Health:
    """Return the state of the tablet. Runs on the storage thread; offset is in milliseconds."""
    return Health(
        app=program_version(),
        survey=storage.survey().version,
        free_disk=shutil.disk_usage(storage.folder).free,
        offset=offset,
        settings=storage.preferences.version,
        unusable=_unusable(storage),
        battery=told.battery,
        lock=told.lock,
        trouble=told.trouble,
    )


def battery() -> Battery | None:
    """Return the state of the batteries that this tablet runs on; several count as one, None if unknown.

    A slow controller may take some time to tell, so no thread asks that somebody waits for.
    """
    found = [each for supply in _supplies() if (each := _battery(supply))]
    if not found:
        return None
    return Battery(round(mean(each.percent for each in found)), any(each.plugged for each in found))


def _supplies() -> list[Path]:
    try:
        return sorted(SUPPLIES.iterdir())
    except OSError:
        return []


def _battery(supply: Path) -> Battery | None:
    """Read one supply; None unless it is a battery of the tablet itself, not of a mouse that it knows."""
    percent = _line(supply / "capacity")
    if _line(supply / "type") != "Battery" or _line(supply / "scope") == "Device" or not percent.isdecimal():
        return None
    # "Not charging" is a full one, or one that is spared, while power comes in.
    return Battery(min(int(percent), 100), _line(supply / "status") in ("Charging", "Full", "Not charging"))


def _line(file: Path) -> str:
    try:
        return file.read_text("ascii").strip()
    except (OSError, ValueError):
        return ""


def _unusable(storage: "Storage") -> Unusable:
    """Return what this kiosk does not use: a survey is not shown either where fingers could not hit it."""
    told, width = storage.preferences.unusable, storage.cramped()
    if width and not told.survey:
        return replace(told, survey=f"a score has {int(width)} mm on its screen and fingers need 12")
    return told
