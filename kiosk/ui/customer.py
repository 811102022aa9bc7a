"""The customer's screens after the question: each takes a scene and reports taps. See customer.kv."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from kivy.lang import Builder
from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.ui import field, notice, scenes
from kiosk.ui.question import Choices, View
from kiosk.ui.signs import Sign  # noqa: F401 - customer.kv draws it
from kiosk.ui.skin import Surface
from kiosk.ui.walk import Walk
from kiosk.ui.widgets import Words


class Reasons(Choices):
    """Reasons to choose from; snug ones stand in one row, each as wide as its text asks for."""

    snug = BooleanProperty(False)

    def on_options(self, view: Any, options: Mapping[str, str]) -> None:
        """Show the reasons."""
        super().on_options(view, options)
        self.on_snug(self, self.snug)

    def on_snug(self, _: Any, snug: bool) -> None:
        """Share the width out."""
        for chip in self.children:
            chip.snug, chip.size_hint_x = snug, _share(chip.text) if snug else 1


def _share(text: str) -> float:
    """Return how wide a text is in letters, with its margins, when it may be broken into two lines."""
    return max(6, 0.6 * len(text), *map(len, text.split(" "))) + 1


class WhyView(View):
    """Reasons to tap and a field for own words. note is said where the room is counted."""

    note = StringProperty()
    given = BooleanProperty(False)
    room = NumericProperty(0)

    __events__: tuple[str, ...] = ("on_draft", "on_explain")

    _filling = False

    def on_kv_post(self, _: Any) -> None:
        """Show the scene once the fields exist."""
        self.on_scene(self, self.scene)

    def on_scene(self, _: Any, scene: scenes.Why) -> None:
        """Show what the customer has put down so far."""
        self._fill(scene.tapped, scene.comment)

    def forget(self) -> None:
        """Clear reasons and comment."""
        self._fill((), "")
        self.note = ""

    def _fill(self, tapped: tuple[str, ...], comment: str) -> None:
        if self.ids:
            self._filling = True
            self.ids.reasons.chosen = tapped
            self.ids.comment.fill_in(comment)
            self._filling = False
            self._count()

    def tap(self, reason: str) -> None:
        """Put a reason on or take it off."""
        chosen = self.ids.reasons.chosen
        self.ids.reasons.chosen = tuple(
            each for each in self.scene.reasons if (each in chosen) != (each == reason)
        )
        self.changed()

    def changed(self) -> None:
        """Report what stands on the screen."""
        if not self._filling:
            self.note = ""
            self._count()
            self.dispatch("on_draft", self.ids.reasons.chosen, self.ids.comment.text)

    def _count(self) -> None:
        comment = self.ids.comment.text
        self.given = bool(self.ids.reasons.chosen or comment.strip())
        self.room = self.scene.longest - len(comment)

    def on_draft(self, reasons: tuple[str, ...], comment: str) -> None:
        """What stands on the screen has changed."""

    def on_explain(self) -> None:
        """The customer goes on."""


class ContactView(View):
    """E-mail, phone and the consent, which nobody has to give. note is said in place of the advice."""

    note = StringProperty()

    __events__: tuple[str, ...] = ("on_draft", "on_leave", "on_read", "on_send", "on_decline")

    _filling = False

    def on_kv_post(self, _: Any) -> None:
        """Show the scene once the fields exist."""
        self.on_scene(self, self.scene)

    def on_scene(self, _: Any, scene: scenes.AskContact) -> None:
        """Show what the customer has put down so far."""
        self._fill(scene.email, scene.phone, scene.agreed)

    def forget(self) -> None:
        """Clear the details and the tick."""
        self._fill("", "", agreed=False)
        self.note = ""

    def _fill(self, email: str, phone: str, agreed: bool) -> None:
        if self.ids:
            # While the fields take their texts one by one, what they hold together is nobody's draft.
            self._filling = True
            self.ids.email.fill_in(email)
            self.ids.phone.fill_in(phone)
            self.ids.consent.chosen = agreed
            self._filling = False

    def changed(self) -> None:
        """Report what stands on the screen."""
        if not self._filling:
            self.note = ""
            ids = self.ids
            self.dispatch("on_draft", ids.email.text, ids.phone.text, ids.consent.chosen)

    def tick(self) -> None:
        """Give the consent or take it back."""
        self.ids.consent.chosen = not self.ids.consent.chosen
        self.changed()

    def on_draft(self, email: str, phone: str, agreed: bool) -> None:
        """What stands on the screen has changed."""

    def attend(self, field: field.Field) -> None:
        """Report a field that got the keyboard or lost it."""
        self.dispatch("on_write", field)
        if not field.focus:
            self.dispatch("on_leave", field.name)

    def read(self) -> None:
        """Report that the customer wants the whole notice; nothing is written below it."""
        self.ids.email.focus = self.ids.phone.focus = False
        self.dispatch("on_read")

    def on_leave(self, field: str) -> None:
        """The customer has left a field."""

    def on_read(self) -> None:
        """The customer wants the whole notice."""

    def on_send(self) -> None:
        """The customer hands the details over."""

    def on_decline(self) -> None:
        """The customer leaves none."""


class Promise(Surface, Words):
    """What the store will do next, beside an envelope."""


class Passing(View):
    """Something that goes when it is tapped beside all that can be touched."""

    __events__: tuple[str, ...] = ("on_done",)

    def beside(self, touch: Any) -> bool:
        """Say whether a touch that nothing has taken is a wish that this goes."""
        return True

    def on_touch_down(self, touch: Any) -> bool:
        """Keep touches from what lies below."""
        if not super().on_touch_down(touch) and self.beside(touch):
            touch.grab(self)
        return True

    def on_touch_up(self, touch: Any) -> bool:
        """Go with the finger, unless it has been spared."""
        if touch.grab_current is self:
            touch.ungrab(self)
            self.dispatch("on_done")
        return bool(super().on_touch_up(touch))

    def on_done(self) -> None:
        """It has been seen."""


class ThanksView(Passing):
    """Thanks; a touch anywhere makes room for the next customer, but for one too early to have seen them."""

    name = "thanks"

    least = 1.0

    def take(self, key: str) -> bool:
        """Enter is a touch, too."""
        done = key in ("enter", "numpadenter", "spacebar")
        if done:
            self.dispatch("on_done")
        return done


class ClosedView(View):
    """A sentence in place of the question."""

    name = "closed"


class Sheet(Surface, BoxLayout):
    """What lies over a screen."""


class StillThereView(View):
    """Laid over the screen: is somebody there? Nothing else can be touched meanwhile."""

    __events__: tuple[str, ...] = ("on_still_here",)

    def on_still_here(self) -> None:
        """Somebody is."""

    def on_touch_down(self, touch: Any) -> bool:
        """Keep touches from what lies below."""
        super().on_touch_down(touch)
        return True


def make_view(
    scene: scenes.Scene | scenes.Overlay, walk: Walk, attend: Callable[[field.Field], None]
) -> View:
    """Return the view of a scene, its taps led to the walk and its fields to the keyboard."""
    match scene:
        case scenes.Why():
            view = WhyView(scene=scene)
            view.bind(on_draft=lambda _, *draft: walk.draft_why(*draft), on_explain=lambda _: walk.explain())
        case scenes.AskContact():
            view = ContactView(scene=scene)
            view.bind(on_draft=lambda _, *draft: walk.draft_contact(*draft))
            view.bind(on_leave=lambda _, field: walk.leave(field), on_read=lambda _: walk.read())
            view.bind(on_send=lambda _: walk.send(), on_decline=lambda _: walk.decline())
        case scenes.Thanks():
            view = ThanksView(scene=scene)
            view.bind(on_done=lambda _: walk.next_customer())
        case scenes.StillThere():
            view = StillThereView(scene=scene)
            view.bind(on_still_here=lambda _: walk.still_here())
        case scenes.Details():
            view = notice.NoticeView(scene=scene)
            view.bind(on_done=lambda _: walk.have_read())
        case _:
            view = ClosedView(scene=scene)
    view.bind(on_back=lambda _: walk.back(), on_write=lambda _, field: attend(field))
    return view


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
