"""The room behind the second PIN: colours and languages of this tablet, and the way out of the program."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from kiosk.config import Snapshot, Theme
from kiosk.storage.pairing import StillUnsent, Unsent
from kiosk.storage.preferences import InForce
from kiosk.ui.reader import Reader
from kiosk.ui.services import Services
from kiosk.ui.setup import ServicePage, parting, service_page
from kiosk.ui.timing import Later, when

if TYPE_CHECKING:
    from kiosk.sync.leaving import Left
    from kiosk.ui.desk import Stage

T = TypeVar("T")


class Service:
    """One stay in the room. back is called when the manager goes on, failed when storage does not work."""

    def __init__(
        self,
        services: Services,
        stage: "Stage",
        later: Later,
        snapshot: Snapshot,
        reader: Reader,
        back: Callable[[], None],
        failed: Callable[[], None],
    ) -> None:
        self._services, self._stage, self._later = services, stage, later
        self._snapshot, self._reader = snapshot, reader
        self._back, self._failed = back, failed
        self._theme = Theme.LIGHT
        self._force: InForce | None = None
        self._asking = self._writing = self._gone = False
        self._note = ""
        self._parting, self._parted = False, ""

    def begin(self) -> None:
        """Look how the tablet is set, and show it."""
        self._services.note_service(begun=True)
        self._await(self._services.theme(), self._worn)

    def leave(self) -> None:
        """Nobody is there any more."""
        self._gone = True
        self._services.note_service(begun=False)

    def ask(self, wish: str, detail: str) -> None:
        """Do what was touched."""
        self._note = ""
        match wish:
            case "back":
                self.leave()
                self._back()
            case "theme":
                self._stage.wear(detail)
                self._await(self._services.keep_theme(Theme(detail)), lambda _: None)
                self._worn(Theme(detail))
            case "speak":
                self._speak(detail)
            case "give-back":
                self._write(None)
            case "leave" | "stay":
                self._stage.pause()
                self._asking = wish == "leave"
                self._page()
            case "leave-now" if self._asking:
                self._stage.leave_program()
            case "unpair" if not self._writing:
                self._stage.pause()
                self._await(self._services.unsent(), self._weigh)
            case "stay-paired":
                self._stage.pause()
                self._parting = False
                self._page()
            case "unpair-now" if self._parting:
                self._part()

    def _worn(self, theme: Theme) -> None:
        self._theme = theme
        self._look()

    def _look(self) -> None:
        self._await(self._services.settings(), self._found)

    def _found(self, force: InForce) -> None:
        self._force = force
        self._page()

    def _speak(self, language: str) -> None:
        """Offer a language, or do not any more; one always stays. New ones come last."""
        page = self._scene()
        if page is None or self._writing:
            return
        rest = tuple(each for each in page.spoken if each != language)
        if rest:
            self._write((*rest, language) if rest == page.spoken else rest)
        else:
            self._note = self._reader.say(
                "service.one_stays" if len(page.languages) > 1 else "service.only_one"
            )
            self._page()

    def _write(self, languages: tuple[str, ...] | None) -> None:
        self._writing = True
        kept = self._services.keep_languages(languages)
        when(kept, self._later, lambda _: self._written(well=True), lambda _: self._written(well=False))

    def _written(self, *, well: bool) -> None:
        self._writing, self._note = False, "" if well else self._reader.say("service.not_kept")
        if not self._gone:
            self._look()

    def _weigh(self, unsent: Unsent) -> None:
        """Ask before the tablet is unpaired, or say what head office must have first."""
        self._parting, self._parted = not unsent.holds, self._held_by(unsent) if unsent.holds else ""
        self._page()

    def _held_by(self, unsent: Unsent) -> str:
        sync = self._reader.say("tablet.sync")
        if not unsent.answers:
            return self._reader.say("unpairing.words", sync=sync)
        return self._reader.say_many("unpairing.holds", unsent.answers, sync=sync)

    def _part(self) -> None:
        self._stage.pause()
        self._writing, self._parting = True, False
        self._parted = self._reader.say("unpairing.under_way")
        self._page()
        when(self._services.unpair(), self._later, self._left, self._unparted)

    def _left(self, left: "Left") -> None:
        self._snapshot = replace(self._snapshot, paired=False)
        self._say_of_parting(self._reader.say("unpairing.told" if left.told else "unpairing.untold"))

    def _unparted(self, reason: BaseException) -> None:
        said = self._reader.say("unpairing.failed")
        self._say_of_parting(self._held_by(reason.unsent) if isinstance(reason, StillUnsent) else said)

    def _say_of_parting(self, said: str) -> None:
        self._writing, self._parted = False, said
        if not self._gone:
            self._look()

    def _page(self) -> None:
        if page := self._scene():
            self._stage.show_desk(page)

    def _scene(self) -> ServicePage | None:
        if self._force is None:
            return None
        return service_page(
            self._reader,
            self._snapshot,
            self._theme,
            self._force,
            asking=self._asking,
            note=self._note,
            parting=parting(self._reader, self._snapshot, note=self._parted, asking=self._parting),
        )

    def _await(self, future: Future[T], done: Callable[[T], None]) -> None:
        def failed(_: BaseException) -> None:
            if not self._gone:
                self.leave()
                self._failed()

        when(future, self._later, lambda outcome: None if self._gone else done(outcome), failed)
