"""Turns a moment of a visit into the scene that shows it: pure, and the only place that picks words."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from common import words
from common.nps import is_followed_up
from common.responses import LONGEST_COMMENT, Channel
from common.visit import Moment, Visit
from kiosk.config import Snapshot
from kiosk.ui import scenes
from kiosk.ui.advice import advice
from kiosk.ui.draft import Draft

_LEFTWARDS = {"ar", "he", "fa", "ur"}
"""Languages that are read from right to left."""


def spoken(language: str) -> str:
    """Return the language of the buttons: a survey may be asked in more languages than Cerchio speaks."""
    return language if language in words.LANGUAGES else words.LANGUAGES[0]


def say(language: str, key: str, **names: object) -> str:
    """Return a sentence of the customer's screens."""
    return words.text(spoken(language), f"kiosk.{key}", **names)


def offered(snapshot: Snapshot) -> tuple[str, ...]:
    """Return the languages to choose from, the first one first: those set that the survey has, or all."""
    has = snapshot.survey.languages
    return tuple(each for each in snapshot.settings.languages if each in has) or has


def scene(snapshot: Snapshot, visit: Visit, draft: Draft, *, change: bool = False) -> scenes.Scene:
    """Return what a customer sees at this moment of the visit; change says that the score can be changed."""
    match visit.moment:
        case Moment.QUESTION:
            return _question(snapshot, visit, change=change)
        case Moment.REASON:
            return _why(snapshot, visit, draft)
        case Moment.CONTACT:
            return _contact(snapshot, visit, draft)
        case Moment.THANKS:
            return _thanks(visit)


def opening(snapshot: Snapshot) -> Visit:
    """Return the visit of a customer who has not touched anything yet."""
    return Visit(snapshot.survey, snapshot.touchpoint, Channel.KIOSK, offered(snapshot)[0])


def ahead(snapshot: Snapshot, now: datetime) -> Iterator[scenes.Scene | scenes.Overlay]:
    """Yield a scene of every kind that may come after the first question."""
    visit = opening(snapshot)
    for moment in (Moment.REASON, Moment.CONTACT, Moment.THANKS):
        yield scene(snapshot, replace(visit.choose(0, now, ""), moment=moment), Draft())
    yield details(snapshot, visit.language)
    yield still_there(visit, 1, 1)
    yield shut(visit.language, visit.language)


def following(snapshot: Snapshot, visit: Visit, now: datetime, upcoming: Snapshot) -> scenes.Scene:
    """Return what most likely comes next, with nothing in it that a customer gives there.

    upcoming is the snapshot of the next customer's visit.
    """
    if visit.moment is Moment.THANKS:
        return scene(upcoming, opening(upcoming), Draft())
    given = visit if visit.response else visit.choose(0, now, "")
    last = Moment.CONTACT if snapshot.public_key else Moment.THANKS
    after = {Moment.QUESTION: Moment.REASON, Moment.REASON: last, Moment.CONTACT: Moment.THANKS}
    return scene(snapshot, replace(given, moment=after[visit.moment]), Draft())


def too_small(language: str, millimetres: float) -> scenes.Closed:
    """Return what stands in place of the question where buttons are too small for fingers."""
    return scenes.Closed(say(language, "too_small", mm=int(millimetres)))


def shut(language: str, unsaved_in: str | None) -> scenes.Closed:
    """Return what a customer sees while nobody is asked.

    unsaved_in is the language of the customer whose answer could not be kept, None where head office wants
    no answers.
    """
    return scenes.Closed(say(unsaved_in, "cannot_save") if unsaved_in else say(language, "resting"))


def still_there(visit: Visit, seconds: int, of: float) -> scenes.StillThere:
    """Return the question whether somebody is there, with so many seconds left."""
    language, sentence = visit.language, "still_there_more" if visit.response else "still_there_first"
    return scenes.StillThere(
        question=say(language, "still_there"),
        sentence=say(language, sentence, seconds=seconds),
        button=say(language, "continue"),
        left=seconds / of,
    )


def details(snapshot: Snapshot, language: str) -> scenes.Details:
    """Return the whole privacy notice of the survey."""
    parts = snapshot.survey.wording[language].notice_for(snapshot.name_in(spoken(language)))
    return scenes.Details(say(language, "your_data"), parts, say(language, "close"))


def _progress(snapshot: Snapshot, language: str, step: int) -> scenes.Progress:
    steps = 3 if snapshot.public_key else 2
    return scenes.Progress(step, steps, say(language, "step_of", step=step, steps=steps))


def _question(snapshot: Snapshot, visit: Visit, *, change: bool) -> scenes.Question:
    language, wording = visit.language, visit.survey.wording[visit.language]
    store = snapshot.name_in(spoken(language))
    return scenes.Question(
        store=snapshot.store_name,
        question=wording.question_for(store),
        hint=say(language, "can_change" if change else "tap_a_number"),
        lowest=wording.lowest,
        highest=wording.highest,
        languages={code: _own_name(code) for code in offered(snapshot)},
        language=language,
        progress=_progress(snapshot, language, 1),
        chosen=visit.response.score if visit.response else None,
        change=snapshot.settings.times.change if change else 0.0,
        mirrored=language.partition("-")[0] in _LEFTWARDS,
        logo=snapshot.settings.brand.logo,
        aside=_aside(snapshot, language),
    )


def _aside(snapshot: Snapshot, language: str) -> scenes.Aside | None:
    settings, first = snapshot.settings, snapshot.survey.languages[0]
    lines = tuple(line for fix in settings.fixes if (line := fix.get(language) or fix.get(first)))
    if not lines and not settings.address:
        return None
    return scenes.Aside(say(language, "you_said"), lines, say(language, "own_phone"), settings.address)


def _keys(language: str) -> scenes.Keys:
    return scenes.Keys(spoken(language), say(language, "space"))


def _own_name(language: str) -> str:
    return words.NAMES.get(language, language)


def _why(snapshot: Snapshot, visit: Visit, draft: Draft) -> scenes.Why:
    language, wording = visit.language, visit.survey.wording[visit.language]
    offered = visit.survey.reasons_for(visit.segment)
    return scenes.Why(
        title=wording.why_for(visit.segment),
        hint=say(language, "your_words"),
        reasons={reason: wording.reasons[reason] for reason in offered},
        tapped=tuple(reason for reason in offered if reason in draft.reasons),
        comment=draft.comment,
        longest=LONGEST_COMMENT,
        left=words.text(spoken(language), "kiosk.characters_left"),
        unshown=say(language, "cannot_show"),
        keys=_keys(language),
        back=say(language, "back"),
        next=say(language, "next"),
        skip=say(language, "skip"),
        progress=_progress(snapshot, language, 2),
    )


def _contact(snapshot: Snapshot, visit: Visit, draft: Draft) -> scenes.AskContact:
    language, wording = visit.language, visit.survey.wording[visit.language]
    wrong = advice(draft)
    return scenes.AskContact(
        title=wording.contact,
        purpose=f"{wording.purpose} {wording.minors}".strip(),
        consent=wording.consent,
        advice=say(language, wrong) if wrong else "",
        unshown=say(language, "cannot_show"),
        details=say(language, "details") if wording.notice else "",
        email_label=say(language, "email"),
        phone_label=say(language, "phone"),
        email=draft.email,
        phone=draft.phone,
        agreed=draft.agreed,
        keys=_keys(language),
        back=say(language, "back"),
        decline=say(language, "no_thanks"),
        send=say(language, "send"),
        progress=_progress(snapshot, language, 3),
    )


def _thanks(visit: Visit) -> scenes.Thanks:
    language, segment = visit.language, visit.segment
    return scenes.Thanks(
        headline=say(language, f"thanks_{segment}"),
        sentence=visit.survey.wording[language].thanks[segment],
        promise=say(language, promise) if (promise := _promise(visit)) else "",
    )


def _promise(visit: Visit) -> str:
    """Return the key of what is said to a customer who has left contact details, empty for others."""
    if visit.response is None or visit.response.contact is None:
        return ""
    return "will_answer" if is_followed_up(visit.response.score) else "has_contact"
