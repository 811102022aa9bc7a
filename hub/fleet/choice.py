"""Which kiosks somebody asks for, and in what order; the same for the page, its table and the API. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import inf
from typing import Any

from hub.fleet.kiosks import SILENT, Kiosk, Worry, worries
from hub.fleet.rules import State

LONGEST_TEXT = 100

SORTS: Mapping[str, Callable[[Kiosk], Any]] = {
    "silent": lambda kiosk: kiosk.last_contact or kiosk.paired_at,
    "name": lambda kiosk: kiosk.name,
    "store": lambda kiosk: kiosk.store_name,
    "missing": lambda kiosk: -kiosk.missing,
    "waiting": lambda kiosk: -kiosk.waiting,
    "unsent": lambda kiosk: kiosk.oldest_waiting.timestamp() if kiosk.oldest_waiting else inf,
    "clock": lambda kiosk: -abs(kiosk.clock_offset or 0),
    "given": lambda kiosk: -kiosk.given,
    "battery": lambda kiosk: 101 if kiosk.battery is None else kiosk.battery,
    "trouble": lambda kiosk: -kiosk.trouble_at.timestamp() if kiosk.trouble_at else 0.0,
}
"""The orders; kiosks that are equal in one stay in the order of their names."""


def is_behind(kiosk: Kiosk) -> bool:
    """Say whether a kiosk has told that it uses other settings than it should."""
    known = kiosk.settings is not None and kiosk.settings_wanted is not None
    return known and kiosk.settings != kiosk.settings_wanted


def is_troubled(kiosk: Kiosk, now: datetime) -> bool:
    """Say whether something went wrong with a kiosk's syncs in the last day, as far as it has told."""
    return kiosk.trouble_at is not None and now - kiosk.trouble_at < SILENT


WHICH: Sequence[str] = ("worry", *Worry, "behind", "troubled", State.STOPPED, State.LOST, State.UNPAIRED)
"""What kiosks can be narrowed to: those with any worry, or one; and those in a state that is not active."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The words that a kiosk must have, which of them ("" for all, or one of WHICH), and one of SORTS."""

    text: str = ""
    which: str = ""
    sort: str = "silent"

    def of(self, kiosks: Sequence[Kiosk], now: datetime) -> list[Kiosk]:
        """Return the kiosks asked for, in order."""
        found = [kiosk for kiosk in kiosks if self._has_text(kiosk) and self._is_meant(kiosk, now)]
        return sorted(sorted(found, key=SORTS["name"]), key=SORTS[self.sort])

    def _has_text(self, kiosk: Kiosk) -> bool:
        words = f"{kiosk.name} {kiosk.store} {kiosk.store_name} {kiosk.touchpoint} {kiosk.app}".casefold()
        return all(word in words for word in self.text.casefold().split())

    def _is_meant(self, kiosk: Kiosk, now: datetime) -> bool:
        match self.which:
            case "":
                return True
            case "worry":
                return bool(worries(kiosk, now))
            case "behind":
                return is_behind(kiosk)
            case "troubled":
                return is_troubled(kiosk, now)
        return self.which in (kiosk.state, *worries(kiosk, now))
