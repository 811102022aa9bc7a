"""How a tablet is, in the reader's language: battery, what keeps customers in, settings, troubles."""

from datetime import datetime

from flask_babel import gettext

from common.tablet import Lock, Trouble
from hub.fleet.choice import is_behind
from hub.fleet.kiosks import Kiosk
from hub.web import formats


def battery(kiosk: Kiosk) -> str:
    """Return how full the battery is, as far as that is known."""
    if kiosk.battery is None:
        return str(gettext("unknown"))
    charge = formats.percent(kiosk.battery / 100)
    if kiosk.plugged:
        return str(gettext("%(percent)s, plugged in", percent=charge))
    return str(gettext("%(percent)s, not plugged in", percent=charge))


def lock(kiosk: Kiosk) -> str:
    """Return what keeps customers in the kiosk."""
    match kiosk.lock:
        case Lock.LOCKED:
            return str(gettext("locked: it fills the screen"))
        case Lock.WINDOWED:
            return str(gettext("not locked: it runs in a window that can be closed"))
        case Lock.SERVICE:
            return str(gettext("open: somebody is at its settings"))
    return str(gettext("unknown"))


def settings(kiosk: Kiosk, time_zone: str) -> str:
    """Return which settings a kiosk uses, of which ones that it should, and since when."""
    if kiosk.settings is None:
        return str(gettext("unknown"))
    used = _used(kiosk)
    if kiosk.settings_since is None:
        return used
    since = formats.moment(kiosk.settings_since, time_zone)
    return str(gettext("%(version)s, since %(moment)s", version=used, moment=since))


def _used(kiosk: Kiosk) -> str:
    number, newest = formats.count(kiosk.settings or 0), formats.count(kiosk.settings_wanted or 0)
    if not is_behind(kiosk):
        return str(gettext("version %(number)s", number=number) if kiosk.settings else gettext("its own"))
    if not kiosk.settings:
        return str(gettext("its own, not yet version %(newest)s", newest=newest))
    return str(gettext("version %(number)s of %(newest)s", number=number, newest=newest))


def trouble(kiosk: Kiosk, now: datetime) -> str:
    """Return what went wrong last with a sync, and when, as far as the kiosk has told."""
    if not kiosk.trouble or kiosk.trouble_at is None:
        return str(gettext("none told"))
    ago = formats.ago(kiosk.trouble_at, now)
    return str(gettext("%(ago)s: %(what)s", ago=ago, what=_trouble(kiosk.trouble)))


def _trouble(code: str) -> str:
    known = {
        Trouble.NOT_PAIRED: gettext("it was not paired"),
        Trouble.OFFLINE: gettext("it had no network, or the hub was not in it"),
        Trouble.TIMED_OUT: gettext("the hub answered too slowly"),
        Trouble.CLOCK_WRONG: gettext("by its clock the hub’s certificate was out of date"),
        Trouble.UNTRUSTED: gettext("it did not trust the hub’s certificate"),
        Trouble.NOT_THE_HUB: gettext("something else answered, perhaps the log-in page of a network"),
        Trouble.UNKNOWN_DEVICE: gettext("the hub did not know its key"),
        Trouble.REVOKED_DEVICE: gettext("it had been reported lost"),
        Trouble.BUSY: gettext("the hub was busy"),
        Trouble.HUB_FAILED: gettext("the hub failed"),
        Trouble.UNSPOKEN_PROTOCOL: gettext("its version and the hub’s did not understand each other"),
        Trouble.REFUSED: gettext("the hub did not take everything that it sent"),
        Trouble.NO_VERDICT: gettext("the hub passed over something that it sent"),
        Trouble.BROKEN_SURVEY: gettext("it could not use the new survey"),
        Trouble.BROKEN_SETTINGS: gettext("it could not use the new settings"),
        Trouble.ANOTHER_SYNC: gettext("another program was syncing it"),
        Trouble.DISK_FULL: gettext("its disk was full"),
        Trouble.STORAGE: gettext("its storage did not work"),
        Trouble.FAILED: gettext("its program made a mistake"),
    }
    if code not in tuple(Trouble):
        return str(gettext("something that this hub has no words for (%(code)s)", code=code))
    return str(known[Trouble(code)])
