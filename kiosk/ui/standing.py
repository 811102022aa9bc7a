"""How the tablet is, in sentences that a shop assistant understands, and the pages that say it. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from kiosk.rescue import Carried, Rescue
from kiosk.results import Check, Doubted, Overview
from kiosk.sync import SyncReport, Trouble
from kiosk.ui.frame import Frame, call, frame
from kiosk.ui.reader import Reader

CLOCK_OFF = timedelta(minutes=2)
"""A tablet whose clock is further from head office's is said to be wrong."""

LITTLE_DISK = 200_000_000
"""Bytes. With less free somebody should look, long before answers are in danger."""

_GRAVE = (Trouble.UNKNOWN_DEVICE, Trouble.REVOKED_DEVICE, Trouble.CLOCK_WRONG, Trouble.UNTRUSTED)


@dataclass(frozen=True, slots=True)
class Doubt:
    """One answer that looks wrong: what was given when, and why it is doubted or that it counts now."""

    id: str
    score: str
    when: str
    why: str
    button: str


@dataclass(frozen=True, slots=True)
class TabletPage:
    """How the tablet is. numbers are pairs of a count and its name; told is what came of the last wish."""

    frame: Frame
    title: str
    state: str
    told: str
    numbers: tuple[tuple[str, str], ...]
    sync: str
    rescue: str
    check: str
    checked: str
    service: str
    busy: bool
    doubts_title: str
    doubts_note: str
    doubts: tuple[Doubt, ...]


def strip(reader: Reader, seen: Overview, now: datetime) -> str:
    """Return the tablet's state in one line: where the answers are, and the worst trouble."""
    return " ".join((_answers(reader, seen, now), *_troubles(reader, seen, now)[:1]))


def tablet_page(
    reader: Reader,
    seen: Overview,
    now: datetime,
    *,
    told: str,
    unwritten: Collection[str],
    busy: bool,
    pairable: bool = False,
) -> TabletPage:
    """Return the page; unwritten are the ids of answers on which a word could not be kept.

    pairable says that the tablet is not paired and can be.
    """
    where = (_answers(reader, seen, now), *_decisions(reader, seen))
    sentences = (*where, *_troubles(reader, seen, now), _contact(reader, seen, now))
    doubts = tuple(_doubt(reader, each, now, failed=each.id in unwritten) for each in seen.doubted)
    return TabletPage(
        frame=frame(reader, "tablet"),
        title=reader.say("manager.this_tablet"),
        state=" ".join(sentences),
        told=told,
        numbers=_numbers(reader, seen),
        sync=call(reader, busy=busy, pairable=pairable),
        rescue=reader.say("rescue.button"),
        check=reader.say("check.button"),
        checked=checked(reader, seen.check, now),
        service=reader.say("service.button"),
        busy=busy,
        doubts_title=reader.say("doubts.title"),
        doubts_note=_received(reader, seen),
        doubts=doubts,
    )


def synced(reader: Reader, report: SyncReport, now: datetime) -> str:
    """Say what came of a sync that somebody asked for."""
    if report.trouble:
        return trouble(reader, report.trouble.value)
    if report.delivered:
        return reader.say_many("told.delivered", report.delivered)
    return reader.say("told.nothing_to_send", time=reader.moment(report.ended_at, now))


def rescued(reader: Reader, rescue: Rescue) -> str:
    """Say what came of a rescue file."""
    names = {"stick": rescue.stick, "file": rescue.file}
    if rescue.outcome is Carried.WRITTEN and rescue.words:
        return reader.say_many("rescue.words", rescue.words, **names)
    if rescue.outcome is Carried.WRITTEN:
        return reader.say_many("rescue.written", rescue.count, **names)
    return reader.say(f"rescue.{rescue.outcome.value}", **names)


def trouble(reader: Reader, code: str) -> str:
    """Say what a sync's trouble means."""
    return (
        reader.say(f"trouble.{code}")
        if reader.knows("trouble", code)
        else reader.say("trouble.unknown", code=code)
    )


def checked(reader: Reader, check: Check | None, now: datetime) -> str:
    """Say what the last installation check found, and when it was."""
    if check is None:
        return reader.say("check.never")
    when = reader.moment(check.at, now)
    wrong = [reader.say(f"check.name_{part}") for part, well in check.parts.items() if not well]
    if wrong:
        return reader.say("check.to_do", time=when, parts=", ".join(wrong))
    return reader.say("check.well", time=when)


def is_clock_off(offset: int | None) -> bool:
    """Say whether an offset in milliseconds is more than clocks may differ; None is not known."""
    return offset is not None and abs(timedelta(milliseconds=offset)) > CLOCK_OFF


def clock(reader: Reader, offset: int) -> str:
    """Say by how much the tablet's clock is wrong; offset is head office's time minus the tablet's, in ms."""
    minutes = round(abs(offset) / 60_000)
    unit, number = "minutes", minutes
    for name, size in (("days", 24 * 60), ("hours", 60)):
        if minutes >= size:
            unit, number = name, round(minutes / size)
            break
    return reader.say(
        "clock.behind" if offset > 0 else "clock.ahead", span=reader.say_many(f"clock.{unit}", number)
    )


def _answers(reader: Reader, seen: Overview, now: datetime) -> str:
    """Say where the answers are."""
    totals = seen.totals
    if not totals.given:
        return reader.say("tablet.nothing")
    if totals.waiting and totals.oldest_waiting:
        if seen.paired and seen.last_sync and not seen.last_error:
            return reader.say_many("tablet.going", totals.waiting)
        since = reader.moment(totals.oldest_waiting, now)
        return reader.say_many("tablet.waiting_since", totals.waiting, time=since)
    if totals.quarantined:
        return reader.say_many("tablet.delivered_but", totals.delivered)
    return reader.say_many("tablet.all_delivered", totals.given)


def _decisions(reader: Reader, seen: Overview) -> list[str]:
    """Say how many decisions of the manager head office has not heard of, if there are any."""
    return [reader.say_many("tablet.decisions", seen.untold)] if seen.paired and seen.untold else []


def _troubles(reader: Reader, seen: Overview, now: datetime) -> list[str]:
    """Return a sentence for everything that somebody should know, the worst first."""
    said = []
    if seen.cramped:
        said.append(reader.say("tablet.too_small", mm=int(seen.cramped)))
    if seen.broken_files:
        said.append(reader.say("tablet.broken_file", names=", ".join(seen.broken_files)))
    said += _estrangement(reader, seen)
    if seen.offset is not None and is_clock_off(seen.offset):
        said.append(clock(reader, seen.offset))
    if seen.free_disk is not None and seen.free_disk < LITTLE_DISK:
        said.append(reader.say("tablet.little_disk"))
    if seen.broken_settings:
        said.append(reader.say("tablet.broken_settings"))
    if seen.totals.quarantined:
        said.append(reader.say_many("tablet.set_aside", seen.totals.quarantined))
        said += [_why_aside(reader, seen)] if seen.refusals else []
    if seen.paired and seen.last_error and seen.last_error not in _GRAVE:
        said.append(trouble(reader, seen.last_error))
    return said


def _estrangement(reader: Reader, seen: Overview) -> list[str]:
    """Say why head office and the tablet do not work together, if they do not."""
    if not seen.paired:
        return [trouble(reader, Trouble.NOT_PAIRED.value)]
    if seen.last_error in _GRAVE:
        return [trouble(reader, seen.last_error)]
    copied = [reader.say(f"tablet.{seen.copy.value}")] if seen.copy else []
    return copied if seen.asking else [*copied, trouble(reader, "stopped")]


def _why_aside(reader: Reader, seen: Overview) -> str:
    """Say why answers are quarantined, the most frequent reason first."""
    each = [
        reader.say(
            "tablet.set_aside_each",
            why=reader.say(f"refusals.{code if reader.knows('refusals', code) else 'other'}", code=code),
            count=reader.count(count),
        )
        for code, count in seen.refusals.items()
    ]
    return reader.say("tablet.set_aside_why", reasons=", ".join(each))


def _contact(reader: Reader, seen: Overview, now: datetime) -> str:
    if seen.last_sync:
        return reader.say("tablet.last_sync", time=reader.moment(seen.last_sync, now))
    return reader.say("tablet.never_synced") if seen.paired else ""


def _numbers(reader: Reader, seen: Overview) -> tuple[tuple[str, str], ...]:
    names = ("given", "delivered", "waiting", "quarantined")
    return tuple((reader.count(getattr(seen.totals, name)), reader.say(f"tablet.{name}")) for name in names)


def _received(reader: Reader, seen: Overview) -> str:
    month = seen.periods[-1]
    counts = {"received": month.tally.total + month.flagged, "counted": month.tally.total}
    numbers = {name: reader.count(count) for name, count in counts.items()}
    return reader.say(
        "doubts.note" if month.flagged else "doubts.none", **numbers, flagged=reader.count(month.flagged)
    )


def _doubt(reader: Reader, doubted: Doubted, now: datetime, *, failed: bool) -> Doubt:
    counts = doubted.counts
    why = reader.say("doubts.counts_now") if counts else _why(reader, doubted.flags)
    return Doubt(
        id=doubted.id,
        score=str(doubted.score),
        when=reader.moment(doubted.given_at, now),
        why=reader.say(f"doubts.still_{'counted' if counts else 'apart'}") if failed else why,
        button=reader.say("doubts.undo" if counts else "doubts.overrule"),
    )


def _why(reader: Reader, flags: Sequence[str]) -> str:
    known = [flag if reader.knows("flags", flag) else "other" for flag in flags]
    return " ".join(reader.say(f"flags.{flag}") for flag in known)
