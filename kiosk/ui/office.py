"""The rooms behind the desk: the PIN, today, the trend, the tablet, the check, settings and the way out.

No Kivy in here, like the walk: touches come in as wishes, scenes go out to the stage.
"""

from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, TypeVar

from kiosk.config import Snapshot
from kiosk.rescue import Rescue
from kiosk.results import Overview, Span
from kiosk.storage.pin import Door
from kiosk.sync import SyncReport
from kiosk.ui import report, standing
from kiosk.ui.checkup import CheckPage, Checkup
from kiosk.ui.decisions import Decisions
from kiosk.ui.gate import Gate
from kiosk.ui.pairing import PairingRoom
from kiosk.ui.reader import Reader
from kiosk.ui.service import Service
from kiosk.ui.services import Services
from kiosk.ui.timing import Later, Timer, when

if TYPE_CHECKING:
    from kiosk.ui.desk import Stage

T = TypeVar("T")

REFRESHED_EVERY = 10
"""Seconds after which a page that is open shows what has become of its numbers."""


class Office:
    """One manager's minute. Everything that was begun and not finished is dropped when it ends."""

    def __init__(
        self, services: Services, stage: "Stage", later: Later, snapshot: Snapshot, language: str
    ) -> None:
        self._services, self._stage, self._later = services, stage, later
        self._snapshot, self._language = snapshot, language
        self._reader = Reader.of(snapshot, language)
        self._gate: Gate | None = None
        self._checkup: Checkup | None = None
        self._seen: Overview | None = None
        self._tab, self._span, self._steps = "today", Span.TODAY, "days"
        self._told, self._part = "", ""
        self._service: Service | None = None
        self._pairing: PairingRoom | None = None
        self._decisions = Decisions(services, later, self._look, self._page)
        self._timer: Timer | None = None
        self._gone = False
        self.busy = False

    def begin(self) -> None:
        """Ask for the manager's PIN; where there is none yet, a tablet that can be paired shows how."""
        if self._services.hub and not self._snapshot.paired:
            self._await(self._services.is_guarded(), self._receive)
        else:
            self._receive(guarded=True)

    def _receive(self, guarded: bool) -> None:
        """Go to the door, and count the numbers while the PIN is typed, or to where there is no door yet."""
        if guarded:
            self._knock(Door.MANAGER, self._look)
            self._services.overview()
        else:
            self._pair("manager.back")

    def leave(self) -> None:
        """Nobody is there any more."""
        self._gone = True
        self._decisions.leave()
        if self._timer:
            self._timer.cancel()
        if self._gate:
            self._gate.leave()
        if self._checkup:
            self._checkup.leave()
        if self._service:
            self._service.leave()
        if self._pairing:
            self._pairing.leave()

    @property
    def occupied(self) -> bool:
        """Whether something is under way that a manager waits for, although nobody touches the screen."""
        return self.busy or (self._pairing is not None and self._pairing.busy)

    @property
    def seen(self) -> Overview | None:
        """The numbers on the pages, None before the PIN."""
        return self._seen

    @property
    def is_inside(self) -> bool:
        """Whether the manager's PIN was right."""
        return self._seen is not None

    @property
    def asking(self) -> bool:
        """Whether a PIN is being checked."""
        return self._gate is not None and self._gate.asking

    def ask(self, wish: str, detail: str = "") -> None:
        """Do what was touched; a wish that belongs to another screen than the one shown does nothing."""
        if self._gate:
            self._at_the_gate(self._gate, wish, detail)
        elif self._checkup:
            self._checkup.ask(wish, detail)
        elif self._service:
            self._service.ask(wish, detail)
        elif self._pairing:
            self._pairing.ask(wish)
        elif self._seen:
            self._on_a_page(wish, detail)

    def show(self, seen: Overview) -> None:
        """Show these numbers."""
        self._seen, self.busy = seen, False
        self._page()
        self._refresh_later()

    def _refresh_later(self) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = self._later(self._refresh, REFRESHED_EVERY)

    def _refresh(self) -> None:
        """Show the present numbers, unless something else is on the screen or under way."""
        if self.busy or self._gate or self._checkup or self._service or self._decisions.under_way:
            self._refresh_later()
        else:
            self._await(self._services.overview(), self._refreshed)

    def _refreshed(self, seen: Overview) -> None:
        # What was wished meanwhile shows its own outcome.
        if self.busy or self._decisions.under_way:
            self._refresh_later()
        else:
            self.show(seen)

    def _at_the_gate(self, gate: Gate, wish: str, detail: str) -> None:
        match wish:
            case "digit":
                gate.digit(detail)
            case "erase":
                gate.erase()
            case "enter":
                gate.enter()
            case "back" if self._seen:
                gate.leave()
                self._gate = None
                self._page()

    def _on_a_page(self, wish: str, detail: str) -> None:
        match wish:
            case "tab":
                self._tab, self._told = detail, ""
                self._page()
            case "span":
                self._span = Span[detail]
                self._page()
            case "steps":
                self._steps = detail
                self._page()
            case "doubt":
                self._decide(detail)
            case _ if not self.busy:
                self._run(wish)

    def _run(self, errand: str) -> None:
        """Do what takes its time."""
        match errand:
            case "sync" if self._pairable:
                self._pair("service.back")
            case "sync":
                self._begin_errand(self._services.sync_now(), self._synced)
            case "rescue":
                self._begin_errand(self._services.rescue(), self._rescued)
            case "check":
                self._check()
            case "service":
                self._knock(Door.SERVICE, self._serve)

    @property
    def _pairable(self) -> bool:
        return bool(self._services.hub and self._seen and not self._seen.paired)

    def _pair(self, back: str) -> None:
        self._pairing = PairingRoom(
            self._services, self._stage, self._later, self._reader, self._reader.say(back), self._joined
        )
        self._pairing.begin()

    def _joined(self) -> None:
        """Return from the pairing to the page."""
        self._pairing = None
        self._look()

    def _begin_errand(self, errand: Future[T], done: Callable[[T], None]) -> None:
        self.busy, self._told = True, ""
        self._page()
        self._await(errand, done)

    def _synced(self, done: SyncReport) -> None:
        self._told = standing.synced(self._reader, done, self._services.now())
        self._look()

    def _rescued(self, rescue: Rescue) -> None:
        self._told = standing.rescued(self._reader, rescue)
        self._look()

    def _check(self) -> None:
        self._checkup = Checkup(
            self._services, self._later, self._snapshot, self._language, self._show_check, self._back
        )
        self._checkup.begin()

    def _show_check(self, page: CheckPage) -> None:
        # The same view shows all parts: a second tap of the same finger must not answer the next one.
        if page.kind != self._part:
            self._part = page.kind
            self._stage.pause()
        self._stage.show_desk(page)

    def _back(self) -> None:
        """Return from the check to the tablet's page."""
        self._checkup, self._tab = None, "tablet"
        self._look()

    def _serve(self) -> None:
        self._service = Service(
            self._services, self._stage, self._later, self._snapshot, self._reader, self._out, self._fail
        )
        self._service.begin()

    def _out(self) -> None:
        """Return from the service's room to the tablet's page."""
        self._service = None
        self._page()

    def _knock(self, door: Door, opened: Callable[[], None], note: str = "") -> None:
        def through() -> None:
            self._gate = None
            opened()

        self._gate = Gate(door, self._reader, self._services, self._later, self._stage.show_desk, through)
        self._gate.begin(note)

    def _decide(self, identity: str) -> None:
        doubted = [each for each in self._seen.doubted if each.id == identity] if self._seen else []
        if doubted and self._decisions.decide(doubted[0]):
            # The same button means the opposite next: a second tap of the same finger must not take it back.
            self._stage.pause()

    def _look(self) -> None:
        self._await(self._services.overview(), self.show)

    def _await(self, future: Future[T], done: Callable[[T], None]) -> None:
        """Go on with an outcome, unless the manager has left meanwhile."""

        def failed(_: BaseException) -> None:
            if not self._gone:
                self._fail()

        when(future, self._later, lambda outcome: None if self._gone else done(outcome), failed)

    def _fail(self) -> None:
        """Storage does not work: back to the pad, which says so."""
        self.busy, self._seen, self._service, self._checkup = False, None, None, None
        self._knock(Door.MANAGER, self._look, self._reader.say("tablet.unreadable"))

    def _page(self) -> None:
        if self._seen is None or self._gate or self._checkup or self._service or self._pairing:
            return
        reader, seen, now, show = self._reader, self._seen, self._services.now(), self._stage.show_desk
        match self._tab:
            case "today":
                state = self._told or standing.strip(reader, seen, now)
                show(
                    report.today_page(
                        reader, seen, self._span, now, state, busy=self.busy, pairable=self._pairable
                    )
                )
            case "trend":
                show(report.trend_page(reader, seen, self._steps))
            case _:
                show(
                    standing.tablet_page(
                        reader,
                        seen,
                        now,
                        told=self._told,
                        unwritten=self._decisions.unwritten,
                        busy=self.busy,
                        pairable=self._pairable,
                    )
                )
