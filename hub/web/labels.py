"""What ids are called in the reader's language: reasons, doubts, segments, kinds, channels."""

from flask_babel import gettext

from common.nps import Segment
from common.responses import TEST, Channel, Kind
from common.words import section
from hub.web.language import language


def reason(name: str) -> str:
    """Return the label of a reason's chip; its id where the standard survey does not have it."""
    return str(section(language(), "survey")["reasons"].get(name, name))


def doubt(name: str) -> str:
    """Return why an answer looks wrong; the flag's own name for what only a newer kiosk knows."""
    known = {
        "burst": gettext("one of many in a short time that say nothing but a score"),
        "closed": gettext("given outside opening hours"),
        "sweep": gettext("one finger went over all the numbers"),
        "speed": gettext("given faster than anybody can read the question"),
        "clock": gettext("the kiosk’s clock had lost the date, so the time is that of its arrival"),
        TEST: gettext("a test of the kiosk"),
    }
    return str(known.get(name, name))


def redated(timing: str | None, shown: str) -> str:
    """Return what the clock of a device showed at an answer, and how the hub knew better."""
    sentences = {
        "exact": gettext(
            "The tablet’s clock showed %(moment)s; corrected by one that nobody can set.", moment=shown
        ),
        "offset": gettext(
            "The tablet’s clock showed %(moment)s; corrected by what it was wrong at the sync.", moment=shown
        ),
    }
    unknown = gettext("The tablet’s clock showed %(moment)s, which cannot be.", moment=shown)
    return str(sentences.get(timing or "offset", unknown))


def segments() -> dict[Segment, str]:
    """Return the names of the three segments."""
    return {
        Segment.DETRACTOR: gettext("Detractors"),
        Segment.PASSIVE: gettext("Passives"),
        Segment.PROMOTER: gettext("Promoters"),
    }


def kind(name: str) -> str:
    """Return what a kind of survey asks about."""
    label: str = {
        Kind.RELATIONAL: gettext("the store as a whole"),
        Kind.PHASE: gettext("a phase of the visit"),
        Kind.TRANSACTIONAL: gettext("one purchase or service"),
    }[Kind(name)]
    return label


def channel(name: str) -> str:
    """Return how the question reached the customer."""
    label: str = {
        Channel.KIOSK: gettext("kiosk"),
        Channel.WEB: gettext("web"),
        Channel.EMAIL: gettext("e-mail"),
        Channel.IMPORT: gettext("imported"),
    }[Channel(name)]
    return label
