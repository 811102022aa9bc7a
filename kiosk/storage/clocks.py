"""When answers were really given, whatever the clock on the wall said then, for that one can be set.

Each answer keeps the ticks of its tap. Each sync tells the hub's time at some of the ticks of its boot, so
that afterwards every answer of that boot has a time by the hub's clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from common.wire import Numbered
from kiosk.storage.rows import milliseconds, moment
from kiosk.storage.settings import Settings
from kiosk.storage.ticks import Reading

MOST_BOOTS = 50
"""Boots whose last measurement is kept. What waits from before them is dated by the offset at its sync."""

WRITTEN = ""
"""The boot of an answer whose time stands in a file: its ticks are the milliseconds of that time."""

_NAME = "boots"


@dataclass(frozen=True, slots=True)
class Boots:
    """This boot, and what was measured in each: some ticks, and the hub's time then in milliseconds."""

    now: str = ""
    measured: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def dated(self, item: Numbered, row: Mapping[str, Any]) -> Numbered:
        """Return an answer with what is known of its time.

        Those of this boot travel with their ticks, because the hub then needs no earlier measurement.
        """
        boot, ticks = row["boot"], row["ticks"]
        if boot is None or ticks is None:
            return item
        if boot == self.now:
            return Numbered(item.sequence, item.response, ticks=ticks)
        if boot not in self.measured and boot != WRITTEN:
            return item
        at, hub = (0, 0) if boot == WRITTEN else self.measured[boot]
        return Numbered(item.sequence, item.response, happened_at=moment(hub + ticks - at))


def written(given_at: datetime) -> Reading:
    """Return the reading of an answer whose time stands in a file."""
    return Reading(WRITTEN, milliseconds(given_at))


class Clocks:
    """The measurements of the hub's time, the newest one of each boot."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def note(self, reading: Reading, hub: datetime) -> None:
        """Keep the hub's time at a reading."""
        kept = self._settings.get(_NAME, {})
        kept.pop(reading.boot, None)
        kept[reading.boot] = (reading.ticks, milliseconds(hub))
        self._settings.put(_NAME, dict(list(kept.items())[-MOST_BOOTS:]))

    def boots(self, now: str) -> Boots:
        """Return what is known, where now is this boot."""
        return Boots(now, self._settings.get(_NAME, {}))
