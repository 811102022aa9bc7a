"""What works behind the window: storage, syncs and errands, each on a thread of its own."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, TypeVar

from common.responses import Response
from common.tablet import Lock
from kiosk.config import Config, Snapshot, Theme, chosen_theme, keep_theme
from kiosk.storage.pin import Door, PinVerdict, locked_until, try_pin
from kiosk.storage.thread import StorageThread
from kiosk.storage.ticks import Reading, boot, ticks
from kiosk.sync import SyncReport

if TYPE_CHECKING:
    from kiosk.rescue import Rescue
    from kiosk.results import Check, Overview
    from kiosk.schedule import Schedule
    from kiosk.storage.pairing import Unsent
    from kiosk.storage.preferences import InForce
    from kiosk.storage.store import Storage
    from kiosk.sync import Joined
    from kiosk.sync.leaving import Left
    from kiosk.sync.pairing import Offer

T = TypeVar("T")


class Backstage:
    """What the window needs: storage and syncs on threads of their own. Nothing here blocks.

    alone says that this process holds the data folder's running.lock; sticks are folders in which USB
    sticks appear, None for those of the system. windowed says that customers can leave the window.
    """

    def __init__(
        self, config: Config, *, alone: bool, sticks: Sequence[Path] | None = None, windowed: bool = False
    ) -> None:
        self._config = config
        self._alone = alone
        self._opened = False
        self._storage = StorageThread(config.data, self._open)
        self._sticks = sticks
        # The ticks of the first try: on a full disk an answer may be written long after its tap.
        self._tapped: dict[str, int] = {}
        self._schedule: Future[Schedule] = Future()
        self._pairing_over = Event()
        self._shut = self._lock = Lock.WINDOWED if windowed else Lock.LOCKED

    def start(self) -> None:
        """Open the storage and start the schedule, each on its own thread; libraries load there."""
        self._storage.call(lambda _: None)
        Thread(target=self._begin, name="begin", daemon=True).start()

    def save(self, response: Response) -> Future[None]:
        """Insert or amend one durable row."""
        tapped = self._tapped.setdefault(response.id, ticks())
        return self._storage.call(lambda s: s.outbox.save(response, Reading(boot(), tapped)))

    def finish(self, response_id: str) -> Future[None]:
        """End the visit of a saved response: from now on it waits for the hub."""
        self._tapped.pop(response_id, None)
        return self._storage.call(lambda s: s.outbox.finish(response_id))

    def overrule(self, response_id: str) -> Future[None]:
        """Count an answer that looks wrong after all, and let the hub know at the next sync."""
        return self._storage.call(lambda s: _overrule(s, response_id, self.now()))

    def take_back(self, response_id: str) -> Future[None]:
        """Do not count an answer any more that was overruled, and let the hub know at the next sync."""
        return self._storage.call(lambda s: _take_back(s, response_id, self.now()))

    def snapshot(self) -> Future[Snapshot]:
        """Return the survey, the store and the key to use from the next visit on."""
        return self._storage.call(lambda s: s.next_snapshot())

    def overview(self) -> "Future[Overview]":
        """Return this store's numbers for the manager's page."""
        return self._storage.call(self._overview)

    def sync_now(self) -> Future[SyncReport]:
        """Sync at once, or right after the sync under way."""
        report: Future[SyncReport] = Future()
        self._schedule.add_done_callback(lambda ready: _pass_on(ready.result().sync_now(), report))
        return report

    def try_pin(self, pin: str, door: Door = Door.MANAGER) -> Future[PinVerdict]:
        """Check the PIN of a door; wrong tries are counted and lock it."""
        return self._storage.call(lambda s: try_pin(s.settings, pin, self.now(), door))

    def locked_until(self, door: Door) -> Future[datetime | None]:
        """Return when a door takes a PIN again that wrong tries have locked; None if it takes one now."""
        return self._storage.call(lambda s: locked_until(s.settings, self.now(), door))

    def rescue(self) -> "Future[Rescue]":
        """Write what the hub does not have to a USB stick, which takes as long as the stick does."""
        from kiosk.rescue import ROOTS, rescue

        roots = ROOTS if self._sticks is None else self._sticks
        return rescue(self._open_beside, roots, self.now(), self._config.data)

    def keep_check(self, check: "Check") -> Future[None]:
        """Keep the last installation check."""
        return self._storage.call(lambda s: _keep_check(s, check))

    def theme(self) -> Future[Theme]:
        """Return the colours that this tablet shows."""
        return self._storage.call(lambda _: chosen_theme(self._config))

    def keep_theme(self, theme: Theme) -> Future[None]:
        """Keep the colours that this tablet shows from now on."""
        return self._storage.call(lambda s: keep_theme(s.folder, theme))

    def settings(self) -> "Future[InForce]":
        """Return the settings that hold from the next visit on, and where each part comes from."""
        return self._storage.call(_settings)

    def keep_languages(self, languages: tuple[str, ...] | None) -> Future[None]:
        """Write into settings.json which languages are offered, or, for None, nothing of them."""
        return self._storage.call(lambda s: s.set_here("languages", languages and list(languages)))

    @property
    def hub(self) -> str:
        """The address of the hub that this tablet can be paired with in its window, empty if it cannot."""
        return self._config.hub

    def is_guarded(self) -> Future[bool]:
        """Say whether there is a manager's PIN already."""
        return self._storage.call(lambda s: s.settings.get(Door.MANAGER.value) is not None)

    def pair(self, tell: "Callable[[Offer], None]") -> "Future[Joined]":
        """Ask the hub for a code, tell it on another thread, and wait until somebody has typed it there."""
        self.give_up_pairing()
        self._pairing_over = over = Event()
        return _apart("pairing", lambda: self._join(tell, over))

    def give_up_pairing(self) -> None:
        """Wait no more for a code to be typed."""
        self._pairing_over.set()

    def unsent(self) -> "Future[Unsent]":
        """Return what head office does not have, which keeps the tablet from being unpaired."""
        return self._storage.call(lambda s: s.leaving.unsent())

    def unpair(self) -> "Future[Left]":
        """Belong to the hub no more; with StillUnsent as its error where something must be there first."""
        return _apart("unpairing", self._leave)

    def _join(self, tell: "Callable[[Offer], None]", over: Event) -> "Joined":
        from kiosk.sync.joining import join

        return join(self._storage, self._config, tell, over)

    def _leave(self) -> "Left":
        from kiosk.sync.leaving import leave

        return leave(self._storage, self._config)

    def note_screen(self, cramped: float) -> Future[None]:
        """Keep how wide a score is in millimetres where fingers cannot hit it, 0 where they can."""
        return self._storage.call(lambda s: s.note_screen(cramped))

    def note_service(self, *, begun: bool) -> None:
        """Note that somebody has opened the settings behind the second PIN, or has left them."""
        self._lock = Lock.SERVICE if begun else self._shut

    def new_identity(self) -> str:
        """Return a fresh UUIDv7 in its usual spelling."""
        from uuid6 import uuid7

        return str(uuid7())

    def now(self) -> datetime:
        """Return the device's time, aware."""
        return datetime.now(UTC).astimezone()

    def stop(self) -> None:
        """Finish what is under way and close the storage; more calls are refused."""
        self.give_up_pairing()
        if self._schedule.done():
            self._schedule.result().stop()
        self._storage.close()

    def _begin(self) -> None:
        # Loaded here, so that neither the first tap nor the first contact details wait for them.
        import uuid6  # noqa: F401

        import common.sealing  # noqa: F401
        import kiosk.sync.once  # noqa: F401
        from kiosk.schedule import Schedule

        # Before the first sync, so that the hub hears nothing of a file that is broken.
        self._storage.call(lambda s: s.settle())
        schedule = Schedule(self._sync, self._config.sync_every)
        schedule.start()
        self._schedule.set_result(schedule)

    def _sync(self) -> SyncReport:
        from kiosk.sync.once import sync_once

        return sync_once(self._storage, self._config, self.now, lock=self._lock)

    def _open(self) -> "Storage":
        from kiosk.storage.opening import open_storage

        storage = open_storage(self._config.database, self.now(), alone=self._alone, first=not self._opened)
        self._opened = True
        return storage

    def _overview(self, storage: "Storage") -> "Overview":
        # Loaded when somebody looks, because the first frame does not wait for it.
        from kiosk.results import overview

        return overview(storage, self.now())

    def _open_beside(self) -> "Storage":
        from kiosk.storage.opening import open_storage

        return open_storage(self._config.database, self.now(), alone=False)


def _keep_check(storage: "Storage", check: "Check") -> None:
    from kiosk.results import keep_check

    keep_check(storage, check)


def _settings(storage: "Storage") -> "InForce":
    storage.next_snapshot()
    return storage.preferences.in_force()


def _overrule(storage: "Storage", response_id: str, at: datetime) -> None:
    storage.doubts.overrule(response_id, at)


def _take_back(storage: "Storage", response_id: str, at: datetime) -> None:
    storage.doubts.take_back(response_id, at)


def _apart(name: str, function: Callable[[], T]) -> Future[T]:
    """Do something that waits for the network on a thread of its own."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(function())
        except Exception as reason:
            future.set_exception(reason)

    Thread(target=run, name=name, daemon=True).start()
    return future


def _pass_on(source: Future[T], target: Future[T]) -> None:
    source.add_done_callback(lambda done: target.set_result(done.result()))
