"""What the window needs from backstage: the only words it speaks with storage, sync and the clock.

Nothing here may block. The futures may come true on any thread; the window goes back to its own.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from common.responses import Response

if (
    TYPE_CHECKING
):  # these modules bring storage and network libraries, which the first frame does not wait for
    from kiosk.config import Snapshot, Theme
    from kiosk.rescue import Rescue
    from kiosk.results import Check, Overview
    from kiosk.storage.pairing import Unsent
    from kiosk.storage.pin import Door, PinVerdict
    from kiosk.storage.preferences import InForce
    from kiosk.sync import Joined, SyncReport
    from kiosk.sync.leaving import Left
    from kiosk.sync.pairing import Offer


class Services(Protocol):
    """The kiosk's backstage as the window sees it."""

    def start(self) -> None:
        """Begin opening storage and the schedule on other threads; called once, after the first frame."""

    def save(self, response: Response) -> Future[None]:
        """Insert or amend one durable row; done when it is on the disk, or with the error that stopped it.

        After an error the window takes no more answers, and saves again every few seconds until it works.
        """

    def finish(self, response_id: str) -> Future[None]:
        """End the visit of a saved response: from now on it waits for the hub."""

    def overrule(self, response_id: str) -> Future[None]:
        """Count an answer of the overview's doubted ones after all; head office hears of it."""

    def take_back(self, response_id: str) -> Future[None]:
        """Do not count an answer that was overruled any more; head office hears of that, too."""

    def snapshot(self) -> Future[Snapshot]:
        """Return survey, store and key for the next visit; with an error while storage does not work."""

    def overview(self) -> Future[Overview]:
        """Return this store's numbers for the manager's page."""

    def sync_now(self) -> Future[SyncReport]:
        """Sync at once; a failed sync is a report, too."""

    def try_pin(self, pin: str, door: Door) -> Future[PinVerdict]:
        """Check the PIN of a door; wrong tries are counted and lock it."""

    def locked_until(self, door: Door) -> Future[datetime | None]:
        """Return when a door takes a PIN again that wrong tries have locked; None if it takes one now."""

    def rescue(self) -> Future[Rescue]:
        """Write what head office does not have to a USB stick; a stick that is no good is an outcome, too."""

    def keep_check(self, check: Check) -> Future[None]:
        """Keep the last installation check."""

    def theme(self) -> Future[Theme]:
        """Return the colours that this tablet shows."""

    def keep_theme(self, theme: Theme) -> Future[None]:
        """Keep the colours that this tablet shows from now on."""

    def settings(self) -> Future[InForce]:
        """Return the settings that hold from the next visit on, and where each part comes from."""

    def keep_languages(self, languages: tuple[str, ...] | None) -> Future[None]:
        """Set on this tablet which languages are offered, None to leave that to head office again."""

    @property
    def hub(self) -> str:
        """The address of the hub that this tablet can be paired with in its window, empty if it cannot."""

    def is_guarded(self) -> Future[bool]:
        """Say whether there is a manager's PIN already."""

    def pair(self, tell: Callable[[Offer], None]) -> Future[Joined]:
        """Ask the hub for a code, tell it on another thread, and wait until somebody has typed it there."""

    def give_up_pairing(self) -> None:
        """Wait no more for a code to be typed."""

    def unsent(self) -> Future[Unsent]:
        """Return what head office does not have, which keeps the tablet from being unpaired."""

    def unpair(self) -> Future[Left]:
        """Belong to the hub no more; with StillUnsent as its error where something must be there first."""

    def note_screen(self, cramped: float) -> Future[None]:
        """Keep how wide a score is in millimetres where fingers cannot hit it, 0 where they can."""

    def note_service(self, *, begun: bool) -> None:
        """Note that somebody has opened the settings behind the second PIN, or has left them."""

    def new_identity(self) -> str:
        """Return a fresh UUIDv7 in its usual spelling."""

    def now(self) -> datetime:
        """Return the device's time, aware."""

    def stop(self) -> None:
        """Finish what is under way and close storage; whoever opened the window calls it afterwards."""
