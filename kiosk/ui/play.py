"""Plays visits on the window by touches, as a customer would, and keeps a picture of every screen.

It is how the kiosk shows itself where nobody stands in front of it: the touches go in at the input
device, so all that a customer meets is met.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kivy.clock import Clock
from kivy.core.window import Window
from kivy.uix.widget import Widget

from kiosk.ui import compose
from kiosk.ui.app import KioskApp
from kiosk.ui.hands import Hands, Wait, find, middle, strike
from kiosk.ui.plan import Planned
from kiosk.ui.window import Lost

PATIENCE = 20.0
"""Seconds to wait for anything that has to come on the screen."""


@dataclass(frozen=True, slots=True)
class Played:
    """What was tapped: the response's id, its score, and whether contact details were left."""

    id: str
    score: int
    contact: bool


class Player:
    """Plays a plan once the window is there, tells each visit when it is kept, and closes the window."""

    def __init__(
        self,
        app: KioskApp,
        plan: Sequence[Planned],
        pictures: Path | None,
        pin: str | None,
        tell: Callable[[Played], None] | None,
    ) -> None:
        self._app, self._plan, self._pictures, self._pin, self._tell = app, plan, pictures, pin, tell
        self._picture: Path | None = None

    def begin(self) -> None:
        """Begin as soon as the window runs."""
        self._app.bind(on_start=lambda _: self._start())

    def _start(self) -> None:
        if self._pictures:
            self._pictures.mkdir(parents=True, exist_ok=True)
            Window.bind(on_flip=self._take_picture)
        self._hands = Hands()
        self._steps = self._visits()
        self._wanted: Wait = "the window", lambda: True
        self._give_up_at = float("inf")
        Clock.schedule_interval(self._step, 0)

    def _step(self, _: float) -> bool:
        """Go on when what the last step waits for has come."""
        wanted, has_come = self._wanted
        if has_come():
            following = next(self._steps, None)
            if following is None:
                self._end()
                return False
            self._wanted, self._give_up_at = following, Clock.get_time() + PATIENCE
        elif Clock.get_time() > self._give_up_at:
            self._end()
            raise Lost(f"the visits cannot be played to their end: {wanted} does not come")
        return True

    def _end(self) -> None:
        Window.unbind(on_flip=self._take_picture)
        self._hands.let_go()
        self._app.stop()

    def _visits(self) -> Iterator[Wait]:
        yield "the whole of the window", lambda: self._app.ready
        for number, planned in enumerate(self._plan, 1):
            yield from self._visit(planned, f"{number:02}-{planned.language}")
        if self._pictures:
            yield from self._manage()
            yield from self._fail()

    def _visit(self, planned: Planned, name: str) -> Iterator[Wait]:
        yield from self._tap(f"language-{planned.language}")
        yield from self._keep_picture(f"{name}-1-question")
        yield from self._read()
        yield from self._choose(f"score-{planned.score}", name)
        yield from self._explain(planned)
        yield from self._keep_picture(f"{name}-2-why")
        if self._pictures and planned is self._plan[0]:
            yield from self._stay_away(f"{name}-2-why-still-there")
        yield from self._tap("next")
        yield "the contact step", lambda: self._shows("send") or self._shows("thanks")
        contact = bool(self._shows("send") and (planned.email or planned.phone))
        if self._shows("send"):
            yield from self._leave_contact(planned)
            yield from self._keep_picture(f"{name}-3-contact")
            yield from self._tap("send" if contact else "decline")
        yield "the thanks", lambda: self._shows("thanks")
        yield from self._keep_picture(f"{name}-4-thanks")
        given = self._app.walk.response
        yield "the answer on the disk", lambda: self._app.walk.all_kept
        if self._tell and given:
            self._tell(Played(given.id, planned.score, contact))
        yield from self._tap("thanks")

    def _read(self) -> Iterator[Wait]:
        """Read the question, as everybody does who means the answer; quicker ones do not count."""
        done = Clock.get_time() + self._app.walk.bystander[0].settings.doubts.reading
        yield "time to read", lambda: Clock.get_time() > done

    def _choose(self, score: str, name: str) -> Iterator[Wait]:
        """Tap a score, and once more to go on at once, unless the next screen has come by itself."""
        yield from self._tap(score)
        yield from self._keep_picture(f"{name}-1-question-chosen")
        yield "a resting window", lambda: self._app.stage.settled
        if again := self._shows(score):
            self._hands.tap(again)
            yield "the touch", lambda: not self._hands.busy

    def _explain(self, planned: Planned) -> Iterator[Wait]:
        yield "the reasons", lambda: self._shows("next")
        reasons = list(self._app.stage.view.scene.reasons)
        for place in planned.reasons:
            if place < len(reasons):
                yield from self._tap(f"reason-{reasons[place]}")
        yield from self._write("comment", planned.comment)

    def _leave_contact(self, planned: Planned) -> Iterator[Wait]:
        yield from self._write("email", planned.email)
        yield from self._write("phone", planned.phone)
        if planned.email or planned.phone:
            yield from self._tap("consent")

    def _stay_away(self, name: str) -> Iterator[Wait]:
        """Leave the tablet as long as it takes to be asked, which is not waited for, and come back."""
        self._app.walk.unattended()
        yield from self._keep_picture(name)
        yield from self._tap("still-here")

    def _manage(self) -> Iterator[Wait]:
        """Open the manager's page as a manager does; without the PIN, see the pad."""
        yield "a resting window", lambda: self._app.stage.settled
        corner = self._hands.put(*middle(self._app.stage.ids.corner))
        yield "the PIN's pad", lambda: self._shows("pin-OK")
        self._hands.lift(corner)
        yield from self._keep_picture("manager-1-pin")
        if self._pin:
            for key in (*self._pin, "OK"):
                yield from self._tap(f"pin-{key}")
            yield "the manager's page", lambda: self._shows("sync")
            yield from self._keep_picture("manager-2-page")
            for number, tab in enumerate(("trend", "tablet"), 3):
                yield from self._tap(f"tab-{tab}")
                yield from self._keep_picture(f"manager-{number}-{tab}")
        yield from self._tap("back")

    def _fail(self) -> Iterator[Wait]:
        """Show what a customer sees while nothing can be kept; nothing fails here."""
        self._app.show(compose.shut(self._app.walk.bystander[1], self._app.walk.bystander[1]))
        yield from self._keep_picture("answers-cannot-be-kept")
        self._app.walk.next_customer()

    def _write(self, field: str, text: str) -> Iterator[Wait]:
        if text:
            yield from self._tap(field)
            yield "the keyboard", lambda: self._app.stage.keyboard.caps()
        for character in text:
            yield from strike(self._hands, self._app.stage.keyboard, character)

    def _tap(self, name: str) -> Iterator[Wait]:
        yield name, lambda: self._app.stage.settled and self._shows(name)
        self._hands.tap(self._shows(name))
        yield "the touch", lambda: not self._hands.busy

    def _shows(self, name: str) -> Widget | None:
        return find(self._app.stage, name)

    def _keep_picture(self, name: str) -> Iterator[Wait]:
        if self._pictures:
            yield "a frame", lambda: True
            self._picture = self._pictures / f"{name}.png"
            Window.canvas.ask_update()
            yield "a picture", lambda: self._picture is None

    def _take_picture(self, _: Any) -> None:
        # Only in here does the buffer hold the frame that is being shown.
        if self._picture:
            unfinished = str(self._picture.with_suffix(".new.png")).replace("{", "{{").replace("}", "}}")
            Path(Window.screenshot(name=unfinished)).replace(self._picture)
            self._picture = None
