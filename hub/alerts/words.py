"""What an alarm is called and what it says, in the reader's language; on pages, in mails and in commands."""

from datetime import datetime

from flask_babel import gettext, ngettext

from hub.alerts.queries.board import Alarm
from hub.alerts.rules.watching import Ending, Standing
from hub.stores.rules import business_day
from hub.web import formats


def kind(standing: Standing) -> str:
    """Return how a kiosk stands, in two words."""
    label: str = {
        Standing.USUAL: gettext("as usual"),
        Standing.SILENT: gettext("no answers"),
        Standing.OFFLINE: gettext("no contact"),
        Standing.LEARNING: gettext("too little history"),
    }[standing]
    return label


def place(alarm: Alarm) -> str:
    """Return the store, the touchpoint and the kiosk's name."""
    return f"{alarm.store_name} · {alarm.touchpoint} · {alarm.name}"


def sentence(alarm: Alarm, now: datetime) -> str:
    """Return what speaks for an alarm: "Open 3 hours, usually 20 answers, none today."."""
    since = _moment(alarm, alarm.since, now)
    if alarm.kind is Standing.OFFLINE:
        return str(gettext("No contact since %(moment)s, although the shop was open.", moment=since))
    said = {"hours": _hours(alarm.open_hours), "answers": _answers(alarm.expected)}
    if _began_later(alarm) and _day(alarm, alarm.began) == _day(alarm, now):
        return str(gettext("Open %(hours)s, usually %(answers)s, none today.", **said))
    return str(gettext("Open %(hours)s, usually %(answers)s, none since %(moment)s.", moment=since, **said))


def hint(standing: Standing) -> str:
    """Return what may be the cause, and what to look at."""
    if standing is Standing.OFFLINE:
        return str(gettext("The tablet may be off, or its network down. It keeps the answers it gets."))
    return str(gettext("It reports, but nobody answers. Is it covered, turned away, or its screen off?"))


def ended(alarm: Alarm, now: datetime) -> str:
    """Return when and by what an alarm has ended."""
    moment = _moment(alarm, alarm.ended_at or now, now)
    told: str = {
        Ending.ANSWER: gettext("Answers again since %(moment)s.", moment=moment),
        Ending.CONTACT: gettext("In contact again since %(moment)s.", moment=moment),
        Ending.REMOVED: gettext("Not watched there any more since %(moment)s.", moment=moment),
    }[alarm.ending or Ending.REMOVED]
    return told


def ending(end: Ending | None) -> str:
    """Return what ended an alarm, in two words."""
    label: str = {
        Ending.ANSWER: gettext("answers again"),
        Ending.CONTACT: gettext("in contact again"),
        Ending.REMOVED: gettext("not watched any more"),
    }[end or Ending.REMOVED]
    return label


def was(alarm: Alarm, now: datetime) -> str:
    """Return what an alarm that has ended was about."""
    since = _moment(alarm, alarm.since, now)
    if alarm.kind is Standing.OFFLINE:
        return str(gettext("There had been no contact since %(moment)s.", moment=since))
    return str(gettext("There had been no answer since %(moment)s.", moment=since))


def _hours(hours: float) -> str:
    return str(ngettext("%(num)d hour", "%(num)d hours", max(1, formats.whole(hours))))


def _answers(expected: float) -> str:
    return str(ngettext("%(num)d answer", "%(num)d answers", formats.whole(expected)))


def _began_later(alarm: Alarm) -> bool:
    """Say whether the first hour that counts is of a later day than the last answer."""
    return _day(alarm, alarm.since) != _day(alarm, alarm.began)


def _moment(alarm: Alarm, moment: datetime, now: datetime) -> str:
    """Return a time of day, with the day where that is not today's."""
    today = _day(alarm, moment) == _day(alarm, now)
    return (formats.clock if today else formats.moment)(moment, alarm.time_zone)


def _day(alarm: Alarm, moment: datetime) -> object:
    return business_day(moment, alarm.time_zone, alarm.closing_hour)
