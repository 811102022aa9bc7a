"""One customer's walk through a survey: each step returns the next moment of the visit.

The kiosk and the web survey share it. A visit holds no clock, no key and no storage: the caller passes
the time and the id, and stores the response after every step that says it changed.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from re import compile as pattern

from common.nps import Segment, segment
from common.responses import Channel, Consent, Contact, Response, SealedContact, clean_comment
from common.surveys import Survey


class Moment(StrEnum):
    """Where the customer stands. Every moment after the question can be skipped."""

    QUESTION = "question"
    REASON = "reason"
    CONTACT = "contact"
    THANKS = "thanks"


@dataclass(frozen=True, slots=True)
class Visit:
    """A moment in the walk of one customer. There is a response from the tap on a score onwards."""

    survey: Survey
    touchpoint: str
    channel: Channel
    language: str
    moment: Moment = Moment.QUESTION
    response: Response | None = None

    @property
    def segment(self) -> Segment:
        """The segment of the score given; raise ValueError before there is one."""
        return segment(self._given().score)

    def speak(self, language: str) -> "Visit":
        """Go on in another language of the survey; raise ValueError for one it does not have."""
        if language not in self.survey.wording:
            raise ValueError(f"the survey has no wording in {language!r}")
        response = replace(self.response, language=language) if self.response else None
        return replace(self, language=language, response=response)

    def choose(self, score: int, now: datetime, identity: str) -> "Visit":
        """Take the score: from here on there is a response to store.

        A second choice in the same visit corrects the first and keeps its id and its time, so that a
        double tap, or a touch that the machine reports twice, is one answer. Reasons given before stay as far
        as the new score's segment is offered them.
        """
        segment(score)
        if self.response:
            return replace(self, response=self._corrected(self.response, score), moment=Moment.REASON)
        response = Response(
            id=identity, survey=self.survey.id, version=self.survey.version, kind=self.survey.kind,
            touchpoint=self.touchpoint, channel=self.channel, language=self.language,
            score=score, given_at=now,
        )  # fmt: skip
        return replace(self, response=response, moment=Moment.REASON)

    def explain(self, reasons: tuple[str, ...] = (), comment: str = "") -> "Visit":
        """Take the reasons tapped and the comment; unknown reasons raise ValueError.

        A reason that this segment is not offered is not taken: it was tapped before the score was corrected,
        and the customer does not see it any more.
        """
        unknown = set(reasons) - set(self.survey.reasons)
        if unknown:
            raise ValueError(f"the survey has no reason {sorted(unknown)[0]!r}")
        response = replace(
            self._given(),
            reasons=self._offered(reasons, self.segment),
            comment=clean_comment(comment),
        )
        return replace(self, response=response, moment=Moment.CONTACT)

    def leave_contact(self, contact: Contact, public_key: bytes, now: datetime) -> "Visit":
        """Take contact details that the customer consented to; they are sealed before anyone stores them."""
        # Loading what seals takes longer than the rest of this module, and the first frame waits for that.
        from common.sealing import key_id, seal

        given = self._given()
        consent = Consent(text=self.survey.consent_text, language=self.language, given_at=now)
        sealed = SealedContact(key_id(public_key), seal(contact, given.id, public_key), consent)
        return replace(self, response=replace(given, contact=sealed), moment=Moment.THANKS)

    def decline_contact(self) -> "Visit":
        """Go on without contact details; what was left before is taken back."""
        return replace(self, response=replace(self._given(), contact=None), moment=Moment.THANKS)

    def _corrected(self, response: Response, score: int) -> Response:
        return replace(response, score=score, reasons=self._offered(response.reasons, segment(score)))

    def _offered(self, reasons: Collection[str], to: Segment) -> tuple[str, ...]:
        offered = self.survey.reasons_for(to)
        return tuple(reason for reason in self.survey.reasons if reason in reasons and reason in offered)

    def _given(self) -> Response:
        if self.response is None:
            raise ValueError("there is no score yet")
        return self.response


_EMAIL = pattern(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
_EMAIL_BEGUN = pattern(r"[^@\s]{0,64}|[^@\s]{1,64}@([^@\s.]+\.)*[^@\s.]*")
_PHONE = pattern(r"\+?\(?[0-9][0-9 ()./-]{4,30}[0-9]")
_PHONE_BEGUN = pattern(r"\+?\(?([0-9][0-9 ()./-]{0,31})?")


def is_email(text: str) -> bool:
    """Say whether a text could be an e-mail address; generous, since only a letter sent can prove it."""
    return len(text) <= 254 and _EMAIL.fullmatch(text) is not None


def is_phone(text: str) -> bool:
    """Say whether a text could be a phone number of 6 to 15 digits (ITU-T E.164) as people write them."""
    return _PHONE.fullmatch(text) is not None and 6 <= sum(c.isdigit() for c in text) <= 15


def may_become_email(text: str) -> bool:
    """Say whether going on to write can still make an e-mail address of a text."""
    return len(text) <= 254 and _EMAIL_BEGUN.fullmatch(text) is not None


def may_become_phone(text: str) -> bool:
    """Say whether going on to write can still make a phone number of a text."""
    return _PHONE_BEGUN.fullmatch(text) is not None and sum(c.isdigit() for c in text) <= 15
