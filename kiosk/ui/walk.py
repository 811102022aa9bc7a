"""Leads customers through the survey, one visit after the other: the logic behind the screens.

No Kivy in here. Taps come in as method calls, scenes go out to the stage, answers go to backstage the
moment they are given, and time is what the window's clock says.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from common.responses import Contact, Response
from common.visit import Moment, Visit
from kiosk.config import Snapshot
from kiosk.ui import compose, scenes
from kiosk.ui.advice import advice
from kiosk.ui.answers import Answers
from kiosk.ui.draft import CONTACT_FIELDS, Draft
from kiosk.ui.keeper import Keeper
from kiosk.ui.patience import Patience
from kiosk.ui.scenes import Stage
from kiosk.ui.services import Services
from kiosk.ui.timing import Later

_BEFORE = {Moment.REASON: Moment.QUESTION, Moment.CONTACT: Moment.REASON}


class Walk:
    """One customer after the other: question, why, contact, thanks, and back to the question."""

    def __init__(
        self, services: Services, snapshot: Snapshot, stage: Stage, later: Later, tick: Callable[[], float]
    ) -> None:
        self._services, self._stage = services, stage
        self._keeper = Keeper(services, later, snapshot.settings.times.try_again, self._storage_works)
        self._answers = Answers(self._keeper, tick)
        self._patience = Patience(
            later,
            idle=self.unattended,
            ask=lambda seconds, of: stage.lay_over(compose.still_there(self._visit, seconds, of)),
            over=self._give_up,
        )
        self._next_snapshot = snapshot
        self._closed_in: str | None = None
        self._visit: Visit
        self._draft: Draft
        self._begin()

    @property
    def vacant(self) -> bool:
        """Whether no customer is in the middle of a visit."""
        return self._shut or self._visit.response is None or self._visit.moment is Moment.THANKS

    @property
    def _shut(self) -> bool:
        """Whether nothing is asked: answers cannot be kept, or head office wants none from here."""
        return bool(self._closed_in) or not self._snapshot.asking

    @property
    def response(self) -> Response | None:
        """What the customer who is here has given so far."""
        return self._visit.response

    def ahead(self) -> Iterator[scenes.Scene | scenes.Overlay]:
        """Return a scene of every kind that may come, for whoever wants to make its view beforehand."""
        return compose.ahead(self._snapshot, self._services.now())

    @property
    def following(self) -> scenes.Scene:
        """What most likely comes next, with nothing in it that this customer gives there."""
        return compose.following(self._snapshot, self._visit, self._services.now(), self._next_snapshot)

    @property
    def all_kept(self) -> bool:
        """Whether everything that was given is on the disk, with every visit ended there."""
        return self._keeper.idle

    @property
    def bystander(self) -> tuple[Snapshot, str]:
        """What whoever stands there without being asked sees: the survey's snapshot, and the language."""
        return self._snapshot, self._visit.language

    def backstage_started(self, heard: Callable[[], None]) -> None:
        """Look whether storage works and what the survey is; before this, both are as last time."""

        def fresh(snapshot: Snapshot) -> None:
            self._fresh(snapshot)
            heard()

        self._keeper.look(fresh)
        self._keeper.watch(lambda: self.vacant, self._fresh)

    def touched(self) -> None:
        """Somebody is there: the time to walk away in starts again, and so does that to change the score."""
        if self._closed_in or self._patience.asking or self._visit.moment is Moment.THANKS:
            return
        if self._changing:
            self._let_change()
        else:
            self._patience.renew()

    def adapted(self) -> None:
        """Somebody sets the window up for themselves: whatever is new waits for the next customer."""
        self._set_up = True

    def speak(self, language: str) -> None:
        """Go on in another language."""
        if self._visit.moment is Moment.QUESTION and not self._shut:
            self._visit = self._visit.speak(language)
            self._keep()
            self._show()

    def choose(self, score: int) -> None:
        """Take the score, which can be changed for a moment; the chosen one, tapped again, goes on at once.

        Whatever else taps a score once the question has gone is not an answer.
        """
        if self._visit.moment is not Moment.QUESTION or self._shut:
            return
        before = self._visit.response
        if before is None:
            self._answers.begin()
        self._answers.touch(score)
        chosen = self._visit.choose(score, self._services.now(), self._services.new_identity())
        self._visit = replace(chosen, moment=Moment.QUESTION)
        self._keep()
        if before and before.score == score:
            self._go_on()
        else:
            self._let_change()

    def brush(self, score: int) -> None:
        """A finger goes over a score without tapping it."""
        if self._visit.moment is Moment.QUESTION:
            self._answers.touch(score)

    def draft_why(self, reasons: tuple[str, ...], comment: str) -> None:
        """Remember what stands on the screen of reasons."""
        self._draft = replace(self._draft, reasons=reasons, comment=comment)

    def explain(self) -> None:
        """Hand over reasons and comment, which may both be empty, and go on."""
        if self._visit.moment is Moment.REASON:
            self._visit = self._visit.explain(self._draft.reasons, self._draft.comment)
            self._keep()
            if self._snapshot.public_key:
                self._show()
            else:
                self.decline()

    def back(self) -> None:
        """Return to the screen before."""
        if before := _BEFORE.get(self._visit.moment):
            if self._visit.moment is Moment.CONTACT:
                self._draft = replace(self._draft, left=CONTACT_FIELDS, sending=False)
            self._visit = replace(self._visit, moment=before)
            self._show()

    def draft_contact(self, email: str, phone: str, agreed: bool) -> None:
        """Remember what stands on the contact screen; a sentence that helps on comes and goes with it."""
        self._redraft(email=email, phone=phone, agreed=agreed)

    def leave(self, field: str) -> None:
        """The customer has done with a field of the contact screen."""
        if self._visit.moment is Moment.CONTACT:
            self._redraft(left=self._draft.left | {field})

    def read(self) -> None:
        """Show the whole privacy notice over the contact screen."""
        if self._visit.moment is Moment.CONTACT and self._visit.survey.wording[self._visit.language].notice:
            self._reading = True
            self._stage.lay_over(compose.details(self._snapshot, self._visit.language))

    def have_read(self) -> None:
        """Go back to the contact screen."""
        self._reading = False
        self._stage.lay_over(None)

    def send(self) -> None:
        """Hand over the contact details, or say what is missing."""
        if self._visit.moment is not Moment.CONTACT or not self._snapshot.public_key:
            return
        self._redraft(sending=True)
        if advice(self._draft):
            return
        contact = Contact(self._draft.email.strip(), self._draft.phone.strip())
        self._visit = self._visit.leave_contact(contact, self._snapshot.public_key, self._services.now())
        self._thank()

    def decline(self) -> None:
        """Go on without contact details."""
        if self._visit.moment is Moment.CONTACT:
            self._visit = self._visit.decline_contact()
            self._thank()

    def unattended(self) -> None:
        """Nobody has touched the window for long: ask, unless there is nothing that could be lost."""
        if self._is_untouched:
            self.next_customer()
        else:
            self._patience.ask()

    def still_here(self) -> None:
        """Somebody answered the question whether anybody is there."""
        self._patience.answer()
        self._stage.lay_over(None)
        if self._reading:
            self.read()
        self._stage.resume()
        self.touched()

    def rest(self) -> None:
        """Wait for no customer, because the manager is there."""
        self._patience.rest()

    def stop(self) -> None:
        """Do nothing more by itself; the window is closing."""
        self.rest()
        self._keeper.stop()

    def next_customer(self) -> None:
        """Make way for the next customer; what was given is kept, contact details in the making are not."""
        if not self.vacant:
            self._finish()
        self._begin()
        self._keeper.look(self._fresh)

    def _let_change(self) -> None:
        """Stay with the question for a moment, so that a score tapped by mistake can be put right."""
        self._changing = True
        self._patience.for_change(self._go_on)
        self._show()

    def _go_on(self) -> None:
        """Leave the question for the reason."""
        self._changing = False
        self._visit = replace(self._visit, moment=Moment.REASON)
        self._patience.renew()
        self._show()

    def _finish(self) -> None:
        """End the visit with what was given: reasons and a comment begun count, contact details do not."""
        if self._visit.moment is Moment.REASON:
            self._visit = self._visit.explain(self._draft.reasons, self._draft.comment)
        self._keep()
        if self._visit.response:
            self._answers.end(self._visit.response)

    def _begin(self) -> None:
        """The one way in which the window forgets a customer."""
        self._snapshot = self._next_snapshot
        self._patience.begin(self._snapshot.settings.times)
        self._keeper.pause = self._snapshot.settings.times.try_again
        self._stage.welcome(self._snapshot)
        self._visit, self._draft = compose.opening(self._snapshot), Draft()
        self._reading = self._changing = self._set_up = False
        self._answers.expect(self._snapshot)
        self._stage.lay_over(None)
        self._show()

    def _fresh(self, snapshot: Snapshot) -> None:
        changed, self._next_snapshot = snapshot != self._snapshot, snapshot
        if changed and self._is_untouched and not self._closed_in:
            self._begin()

    @property
    def _is_untouched(self) -> bool:
        """Whether everything is as the last customer's end has left it."""
        return not self._set_up and self._visit == compose.opening(self._snapshot)

    def _give_up(self) -> None:
        """Nobody is there any more: thank who has given a score, forget who has not."""
        if self._visit.response:
            self._thank()
        else:
            self.next_customer()

    def _thank(self) -> None:
        """End the visit with thanks, because the customer has gone through it or their time is over."""
        self._finish()
        self._visit = replace(self._visit, moment=Moment.THANKS)
        self._draft, self._reading = Draft(), False
        self._stage.lay_over(None)
        self._show()
        self._patience.for_thanks(self.next_customer)

    def _storage_works(self, works: bool) -> None:
        if not works and not self.vacant:
            self._finish()
        self._closed_in = None if works else self._visit.language
        self._begin()

    def _redraft(self, **changes: Any) -> None:
        before, self._draft = advice(self._draft), replace(self._draft, **changes)
        if advice(self._draft) != before:
            self._show()

    def _show(self) -> None:
        if self._shut:
            self._stage.show(compose.shut(self._visit.language, self._closed_in))
        else:
            self._stage.show(compose.scene(self._snapshot, self._visit, self._draft, change=self._changing))

    def _keep(self) -> None:
        if self._visit.response:
            self._visit = replace(self._visit, response=self._answers.save(self._visit.response))
