"""The guided installation check: six parts, one after the other; eyes and fingers judge three of them.

The test answer goes the way of every answer, through a visit and the disk to head office, with a flag
that keeps it from being counted.
"""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import TypeVar

from common.nps import HIGHEST
from common.responses import TEST, Channel
from common.visit import Visit
from kiosk.config import Snapshot
from kiosk.results import Check, Overview
from kiosk.sync import SyncReport, Trouble
from kiosk.ui import standing
from kiosk.ui.reader import Reader
from kiosk.ui.services import Services
from kiosk.ui.timing import Later, when

T = TypeVar("T")

PARTS = ("height", "light", "touch", "network", "clock", "answer")
WAITING = ("network", "clock", "answer")
"""Parts that the tablet goes through by itself."""

TARGETS = ("upper-left", "upper-right", "lower-left", "lower-right", "middle")


@dataclass(frozen=True, slots=True)
class CheckPage:
    """One part. kind is one of PARTS, or "result"; an empty yes, no or back is no button.

    targets are those still to be tapped; lines say part by part what was found.
    """

    title: str
    back: str
    kind: str
    step: str
    headline: str
    sentence: str
    yes: str
    no: str
    targets: tuple[str, ...] = ()
    lines: tuple[tuple[str, str], ...] = ()


class Checkup:
    """One installation check. show takes the pages, done is called when the manager goes on."""

    def __init__(
        self,
        services: Services,
        later: Later,
        snapshot: Snapshot,
        language: str,
        show: Callable[[CheckPage], None],
        done: Callable[[], None],
    ) -> None:
        self._services, self._later, self._show, self._done = services, later, show, done
        self._snapshot, self._language = snapshot, language
        self._reader = Reader.of(snapshot, language)
        self._at, self._gone = 0, False
        self._called_at = services.now()
        self._targets: tuple[str, ...] = TARGETS
        self._found: dict[str, bool] = {}
        self._notes: dict[str, str] = {}

    def begin(self) -> None:
        """Show the first part."""
        self._page()

    def leave(self) -> None:
        """Nobody is there any more; a check that was not finished is not kept."""
        self._gone = True

    def ask(self, wish: str, detail: str) -> None:
        """Take a touch: on a target, on one of the two answers, or on the way back."""
        match wish:
            case "back":
                self.leave()
                self._done()
            case "target" if self._part == "touch":
                self._touched(detail)
            case "yes" | "no" if self._part in ("height", "light", "touch"):
                self._settle(wish == "yes")
            case "yes" if self._part == "result":
                self.leave()
                self._done()

    @property
    def _part(self) -> str:
        return PARTS[self._at] if self._at < len(PARTS) else "result"

    def _touched(self, target: str) -> None:
        self._targets = tuple(each for each in self._targets if each != target)
        if self._targets:
            self._page()
        else:
            self._settle(well=True)

    def _settle(self, well: bool, note: str = "") -> None:
        """Note how this part is, and go on with the next one."""
        say = self._reader.say
        self._found[self._part] = well
        self._notes[self._part] = note or say(f"check.{'good' if well else 'bad'}_{self._part}")
        self._at += 1
        self._page()
        match self._part:
            case "network":
                self._called_at = self._services.now()
                self._await(self._services.sync_now(), self._synced)
            case "clock":
                self._await(self._services.overview(), self._clock)
            case "answer":
                self._give()
            case "result":
                self._keep()

    def _synced(self, report: SyncReport) -> None:
        if report.trouble is None:
            self._settle(well=True)
        else:
            self._settle(well=False, note=self._named(standing.trouble(self._reader, report.trouble.value)))

    def _clock(self, seen: Overview) -> None:
        """Judge the clock by what head office said just now; what it said another day is no comparison."""
        if seen.offset is None or seen.last_sync is None or seen.last_sync < self._called_at:
            self._settle(well=False)
        elif standing.is_clock_off(seen.offset):
            self._settle(well=False, note=self._named(standing.clock(self._reader, seen.offset)))
        else:
            self._settle(well=True)

    def _give(self) -> None:
        """Give an answer as a customer does, but for the flag, and send it."""
        visit = Visit(self._snapshot.survey, self._snapshot.touchpoint, Channel.KIOSK, self._language)
        visit = visit.choose(HIGHEST, self._services.now(), self._services.new_identity())
        given = visit.explain().decline_contact().response
        if given is None:
            raise ValueError("the visit gave no answer")
        test = replace(given, flags=(TEST,))
        saved = self._services.save(test)
        self._await(saved, lambda _: self._await(self._services.finish(test.id), self._sent))

    def _sent(self, _: None) -> None:
        self._await(self._services.sync_now(), self._arrived)

    def _arrived(self, report: SyncReport) -> None:
        if report.trouble in (None, Trouble.ANOTHER_SYNC) and report.delivered:
            self._settle(well=True)
        else:
            self._settle(well=False)

    def _keep(self) -> None:
        self._await(self._services.keep_check(Check(self._services.now(), self._found)), lambda _: None)

    def _await(self, future: Future[T], done: Callable[[T], None]) -> None:
        """Go on with an outcome; where storage fails, this part is not well."""

        def failed(_: BaseException) -> None:
            if not self._gone and self._part != "result":
                self._settle(well=False)

        when(future, self._later, lambda outcome: None if self._gone else done(outcome), failed)

    def _page(self) -> None:
        say, part = self._reader.say, self._part
        asked = part in ("height", "light")
        step = "" if part in ("touch", "result") else say("check.step", step=self._at + 1, steps=len(PARTS))
        well = all(self._found.values())
        self._show(
            CheckPage(
                title="" if part == "touch" else say("check.title"),
                back="" if part == "touch" else say("service.back"),
                kind=part,
                step=step,
                headline=say(
                    f"check.ask_{part}" if part != "result" else f"check.{'all' if well else 'not_all'}"
                ),
                sentence=say(f"check.how_{part}"),
                yes=say("check.yes") if asked else say("check.finish") if part == "result" else "",
                no=say("check.no") if asked else say("check.no_touch") if part == "touch" else "",
                targets=self._targets if part == "touch" else (),
                lines=self._lines() if part in WAITING or part == "result" else (),
            )
        )

    def _lines(self) -> tuple[tuple[str, str], ...]:
        """Return a mark and a sentence for every part that is done with."""
        return tuple(("✔" if well else "✘", self._notes[part]) for part, well in self._found.items())

    def _named(self, sentence: str) -> str:
        """Put the name of this part before a sentence that does not say it."""
        name = self._reader.say(f"check.name_{self._part}")
        return self._reader.say("check.named", part=name[:1].upper() + name[1:], sentence=sentence)
