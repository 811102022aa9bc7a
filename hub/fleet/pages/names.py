"""What the pages of kiosks call things in the reader's language: worries, orders, reasons of refusal."""

from collections.abc import Collection
from datetime import datetime, timedelta

from flask_babel import gettext, ngettext

from common.responses import is_name
from common.wire import Code
from hub.fleet.kiosks import Kiosk, Worry, worries
from hub.fleet.rules import State
from hub.web import formats


def tags(kiosk: Kiosk, now: datetime, *, but: Collection[Worry] = ()) -> list[str]:
    """Return a kiosk's worries, but for some, in a few words each, the gravest first."""
    return [_worry(worry, kiosk, now) for worry in worries(kiosk, now) if worry not in but]


SAID_BY_COLUMNS = (Worry.MISSING, Worry.SILENT, Worry.SET_ASIDE, Worry.ALARM)
"""What the board shows in columns of their own, or as a link."""


def _worry(worry: Worry, kiosk: Kiosk, now: datetime) -> str:
    match worry:
        case Worry.MISSING:
            return str(ngettext("%(num)d answer missing", "%(num)d answers missing", kiosk.missing))
        case Worry.ALARM:
            return alarm(kiosk.alarm)
        case Worry.SILENT:
            heard = kiosk.last_contact or kiosk.paired_at
            return str(gettext("no contact for %(span)s", span=formats.span(now - heard)))
        case Worry.UNSENT:
            waited = now - (kiosk.oldest_waiting or now)
            return str(gettext("answers unsent for %(span)s", span=formats.span(waited)))
        case Worry.SET_ASIDE:
            return str(ngettext("%(num)d answer set aside", "%(num)d answers set aside", kiosk.quarantined))
        case Worry.CLOCK:
            return clock(kiosk)
        case Worry.BATTERY:
            return str(gettext("battery at %(percent)s", percent=formats.percent((kiosk.battery or 0) / 100)))
    return _in_few_words(worry, kiosk)


def _in_few_words(worry: Worry, kiosk: Kiosk) -> str:
    """Return a worry that needs no numbers."""
    words: str = {
        Worry.SHARED: gettext("two tablets use this key"),
        Worry.RESTORED: gettext("restored from an old copy"),
        Worry.DISK: gettext("little room on the disk"),
        Worry.UNLOCKED: gettext("not locked"),
        Worry.OUTDATED: gettext("old survey") if kiosk.survey_trouble else gettext("old settings"),
    }[worry]
    return words


def alarm(kind: str | None) -> str:
    """Return what an alarm is called; its kind where nobody here knows it."""
    known = {"silent": gettext("alarm: no answers"), "offline": gettext("alarm: no contact")}
    return str(known.get(kind or "", kind))


def clock(kiosk: Kiosk) -> str:
    """Return how a kiosk's clock is: right, or how far behind or ahead of the hub's."""
    offset = timedelta(minutes=round((kiosk.clock_offset or 0) / 60_000))
    if not offset:
        return str(gettext("right"))
    if offset > timedelta():
        return str(gettext("clock %(span)s behind", span=formats.span(offset)))
    return str(gettext("clock %(span)s ahead", span=formats.span(offset)))


def orders() -> dict[str, str]:
    """Return the names of the board's orders."""
    return {
        "silent": gettext("Silent for longest"),
        "name": gettext("Name"),
        "store": gettext("Store"),
        "missing": gettext("Most missing"),
        "waiting": gettext("Most on the tablet"),
        "unsent": gettext("Unsent for longest"),
        "clock": gettext("Clock farthest off"),
        "given": gettext("Most answers"),
        "battery": gettext("Lowest battery"),
        "trouble": gettext("Latest error"),
    }


def choices() -> dict[str, str]:
    """Return the names of which kiosks the board may show."""
    return {
        "": gettext("All kiosks"),
        "worry": gettext("Those with something wrong"),
        Worry.ALARM: gettext("With an alarm"),
        Worry.SILENT: gettext("Silent for a day"),
        Worry.MISSING: gettext("With answers missing"),
        Worry.UNSENT: gettext("With old unsent answers"),
        Worry.SHARED: gettext("With a copied tablet"),
        Worry.RESTORED: gettext("Restored from an old copy"),
        Worry.SET_ASIDE: gettext("With answers set aside"),
        Worry.CLOCK: gettext("With a wrong clock"),
        Worry.DISK: gettext("With little room on the disk"),
        Worry.BATTERY: gettext("With a low battery"),
        Worry.UNLOCKED: gettext("That customers can leave"),
        Worry.OUTDATED: gettext("With an old survey or old settings"),
        "behind": gettext("With older settings than set here"),
        "troubled": gettext("With an error in the last day"),
        State.STOPPED: gettext("Stopped"),
        State.LOST: gettext("Reported lost"),
        State.UNPAIRED: gettext("Unpaired"),
    }


def wrong_name(name: str) -> str:
    """Return what is wrong with a name of a kiosk or a place that somebody typed; empty if nothing is."""
    if is_name(name):
        return ""
    return str(
        gettext(
            "A name has 1 to 64 signs: letters without accents, digits, spaces and . _ - only. "
            "It begins with a letter or a digit."
        )
    )


def refusal(code: str) -> str:
    """Return why an answer was refused; the code itself where nobody here knows it."""
    known = {
        Code.BAD_RESPONSE: gettext("it is no answer at all"),
        Code.BAD_ID: gettext("its id is none"),
        Code.BAD_SEQUENCE: gettext("its number is none"),
        Code.BAD_SCORE: gettext("its score is not from 0 to 10"),
        Code.BAD_TIME: gettext("its time is none"),
        Code.BAD_COMMENT: gettext("its comment is too long or holds signs that are no text"),
        Code.BAD_REASONS: gettext("its reasons are not those of its survey"),
        Code.BAD_CONTACT: gettext("its contact details cannot be opened"),
        Code.BAD_NAME: gettext("a name in it is none"),
        Code.UNKNOWN_SURVEY: gettext("its survey is not known here"),
        Code.UNKNOWN_LANGUAGE: gettext("its language is not one of its survey’s"),
        Code.ANSWER_CHANGED: gettext("another answer with its id is stored"),
        Code.UNKNOWN_ANSWER: gettext("it was decided on, but is not stored here"),
    }
    return str(known.get(Code(code), code)) if code in tuple(Code) else code
