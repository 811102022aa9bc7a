"""What every page of the manager's has around it, and the button that all but one share. Pure."""

from dataclasses import dataclass

from common.words import text
from kiosk.ui.reader import Reader

TABS = ("today", "trend", "tablet")


@dataclass(frozen=True, slots=True)
class Frame:
    """What every page has around it. tabs are pairs of an id and its name; chosen is one of the ids.

    access is what the button is called that opens the switches for large text and high contrast.
    """

    store: str
    back: str
    access: str
    tabs: tuple[tuple[str, str], ...]
    chosen: str


def frame(reader: Reader, tab: str) -> Frame:
    """Return what stands around a page."""
    tabs = tuple((each, reader.say(f"tabs.{each}")) for each in TABS)
    # Until head office has named the store it is "this store", which is a heading here.
    store = reader.store[:1].upper() + reader.store[1:]
    return Frame(store, reader.say("manager.back"), text(reader.language, "access.button"), tabs, tab)


def call(reader: Reader, *, busy: bool, pairable: bool) -> str:
    """Return what the button says that calls head office."""
    if busy:
        return reader.say("tablet.syncing")
    return reader.say("pairing.button" if pairable else "tablet.sync")
