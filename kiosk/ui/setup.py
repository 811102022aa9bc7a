"""What stands behind the second PIN, in words: colours, languages, the way out, and all that holds. Pure."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace

from common.settings import DAYS, Brightness, KioskSettings, Week
from common.words import NAMES
from kiosk.config import Snapshot, Theme
from kiosk.storage.preferences import InForce, Origin
from kiosk.ui.compose import offered
from kiosk.ui.reader import Reader


@dataclass(frozen=True, slots=True)
class Held:
    """One part of the settings: what it is called, where it comes from, and what it says."""

    name: str
    origin: str
    text: str


@dataclass(frozen=True, slots=True)
class Parting:
    """How the tablet is unpaired: what is said, and the buttons; empty ones are none. asking: yes or no?"""

    title: str
    note: str
    go: str = ""
    stay: str = ""
    asking: bool = False


@dataclass(frozen=True, slots=True)
class ServicePage:
    """Behind the second PIN. themes and languages are pairs of an id and its name, chosen and spoken ids.

    An empty give_back is no button; asking says whether somebody has touched the way out.
    """

    title: str
    back: str
    theme_title: str
    themes: tuple[tuple[str, str], ...]
    chosen: str
    languages_title: str
    languages: tuple[tuple[str, str], ...]
    spoken: tuple[str, ...]
    languages_note: str
    give_back: str
    held_title: str
    held_note: str
    held: tuple[Held, ...]
    leave_title: str
    leave_note: str
    leave: str
    stay: str
    asking: bool
    parting: Parting


def parting(reader: Reader, snapshot: Snapshot, *, note: str = "", asking: bool = False) -> Parting:
    """Return how the tablet is unpaired; note is what came of it so far, if anything did."""
    say, title = reader.say, reader.say("unpairing.title")
    if not snapshot.paired:
        return Parting(title, note or say("unpairing.none"))
    if asking:
        return Parting(title, say("unpairing.sure"), say("unpairing.yes"), say("unpairing.no"), asking)
    return Parting(title, note or say("unpairing.note", store=snapshot.store_name), say("unpairing.button"))


def service_page(
    reader: Reader,
    snapshot: Snapshot,
    theme: Theme,
    force: InForce,
    *,
    asking: bool,
    note: str,
    parting: Parting,
) -> ServicePage:
    """Return settings and the way out; note is why the languages did not change at the last tap, if so."""
    say = reader.say
    spoken = offered(replace(snapshot, settings=force.settings))
    here = force.origins["languages"] is Origin.FILE
    return ServicePage(
        title=say("service.title"),
        back=say("service.back"),
        theme_title=say("service.theme"),
        themes=tuple((each.value, say(f"service.{each.value}")) for each in Theme),
        chosen=theme.value,
        languages_title=say("service.languages"),
        languages=tuple((each, NAMES.get(each, each)) for each in snapshot.survey.languages),
        spoken=spoken,
        languages_note=note or _spoken_by(reader, snapshot, force),
        give_back=say("service.to_hub" if snapshot.paired else "service.to_survey") if here else "",
        held_title=say("held.title"),
        held_note=say("tablet.broken_settings") if force.trouble else say("held.note"),
        held=tuple(_held(reader, snapshot, force)),
        leave_title=say("service.leave_title"),
        leave_note=say("service.leave_sure" if asking else "service.leave_note"),
        leave=say("service.leave_yes" if asking else "service.leave"),
        stay=say("service.stay") if asking else "",
        asking=asking,
        parting=parting,
    )


def _spoken_by(reader: Reader, snapshot: Snapshot, force: InForce) -> str:
    """Say where the languages come from that customers are offered."""
    if not set(force.settings.languages) & set(snapshot.survey.languages):
        return reader.say("service.from_survey")
    if force.origins["languages"] is Origin.FILE:
        return reader.say("service.from_here")
    return reader.say("service.from_hub", version=force.settings.version)


def _held(reader: Reader, snapshot: Snapshot, force: InForce) -> Iterator[Held]:
    settings = force.settings
    texts = {
        "languages": ", ".join(
            NAMES.get(each, each) for each in offered(replace(snapshot, settings=settings))
        ),
        "hours": _week(reader, settings.hours) or reader.say("held.always"),
        "brightness": _brightness(reader, settings.brightness),
        "address": settings.address or reader.say("held.none"),
        "fixes": _fixes(reader, settings, snapshot.survey.languages),
        "brand": _brand(reader, settings),
        "times": _lines(reader, "times", asdict(settings.times)),
        "doubts": _lines(reader, "doubt_from", asdict(settings.doubts)),
    }
    for name, text in texts.items():
        yield Held(reader.say(f"held.{name}"), _origin(reader, force, name), text)


def _origin(reader: Reader, force: InForce, name: str) -> str:
    match force.origins[name]:
        case Origin.FILE:
            return reader.say("held.here")
        case Origin.HUB:
            return reader.say("held.hub", version=force.settings.version)
    return reader.say("held.default")


def _lines(reader: Reader, section: str, values: dict[str, float]) -> str:
    """Say each number in a sentence of its own; every one can be told its neighbours."""
    numbers = {name: reader.number(value) for name, value in values.items()}
    return "\n".join(reader.say(f"{section}.{name}", **numbers) for name in values)


def _week(reader: Reader, week: Week, none: str = "held.closed") -> str:
    """Return a week's spells, a line for each day; empty where the week says nothing."""
    if not week:
        return ""
    return "\n".join(
        f"{reader.say(f'weekdays.d{n}')}: {_day(week, day) or reader.say(none)}" for n, day in enumerate(DAYS)
    )


def _day(week: Week, day: str) -> str:
    return ", ".join(f"{start:%H:%M}–{end:%H:%M}" for start, end in week.get(day, ()))


def _brightness(reader: Reader, brightness: Brightness) -> str:
    if not brightness.dimmed:
        return reader.say("held.never_dimmed")
    hours = _week(reader, brightness.hours, "held.dimmed_day") or reader.say("held.bright_while_open")
    return f"{hours}\n{reader.say('held.dimmed', percent=brightness.dimmed)}"


def _fixes(reader: Reader, settings: KioskSettings, languages: tuple[str, ...]) -> str:
    """Return each line in the reader's language, or else in one that it has."""
    order = (reader.language, *languages)
    lines = [next((fix[each] for each in order if each in fix), "") for fix in settings.fixes]
    return "\n".join(line for line in lines if line) or reader.say("held.none")


def _brand(reader: Reader, settings: KioskSettings) -> str:
    brand = settings.brand
    colours = [colour.upper() for colour in (brand.primary, brand.secondary) if colour]
    logo = reader.say("held.logo" if brand.logo else "held.no_logo")
    return ", ".join([*colours, logo] if colours else [reader.say("held.no_colours"), logo])
