"""The verdict: what witnesses, tablets and hub say of every answer, compared one by one.

It is asked when nothing moves: every tablet has said that nothing waits.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.journeys.storm.books import Kept, Ledger, answers, device
from tests.journeys.storm.copies import Memory
from tests.journeys.storm.crew import Member
from tests.journeys.storm.witness import End, Given, Said, Try, given, tries

DETRACTOR = 6
CLOCK_TOLERANCE = 150.0
"""Seconds. A smaller difference than two minutes counts as none, and an exchange takes its time."""


@dataclass
class Verdict:
    """What was found. Everything is in order if there are no complaints; the counts are answers.

    gone are those that were lost with a memory in whose place an older one was put.
    """

    given: int = 0
    received: int = 0
    quarantined: int = 0
    erased: int = 0
    gone: int = 0
    unacknowledged: int = 0
    cases: int = 0
    complaints: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Received:
    """An answer at the hub, as its row has it. store is where it was given.

    offset is the correction of the tablet's clock in milliseconds, ahead by how much it was really corrected.
    undated says that the hub knew no correction: then it neither counts nor is corrected by an error.
    """

    ahead: timedelta
    store: str
    offset: int
    score: int
    comment: str
    doubted: bool
    counted: bool
    reachable: bool
    followed_up: bool
    undated: bool


def judge(crew: Sequence[Member], book: Ledger, to_erase: Set[str]) -> Verdict:
    """Compare everything with everything. to_erase are the answers that somebody wanted gone."""
    erased = {identity for (identity,) in book.rows("SELECT CAST(id AS text) FROM erased")}
    verdict = Verdict(erased=len(erased))
    verdict.complaints += [f"{each} is erased and nobody wanted that" for each in erased - to_erase]
    for household in _households(crew):
        verdict.complaints += _of_household(household, book, erased, verdict)
    found = book.number("SELECT count(*) FROM responses"), book.number("SELECT count(*) FROM cases")
    if found != (verdict.received, verdict.cases):
        verdict.complaints.append(f"the hub holds {found} answers and cases, of ours {verdict}")
    verdict.complaints += _tallies(book)
    return verdict


def _households(crew: Sequence[Member]) -> list[list[Member]]:
    found: dict[int, list[Member]] = {}
    for member in crew:
        found.setdefault(id(member.family), []).append(member)
    return list(found.values())


@dataclass(slots=True)
class Opened:
    """A memory as it was read: what its witness was told, what it kept, and the stores where it stood."""

    memory: Memory
    attempts: Sequence[Try]
    told: Mapping[str, Given]
    kept: Mapping[str, Kept]
    stores: Set[str]


def _opened(memory: Memory, book: Ledger) -> Opened:
    attempts = tries(memory.witness)
    stores = _stores(book, device(memory.database))
    return Opened(memory, attempts, given(attempts), answers(memory.database), stores)


def _of_household(
    members: Sequence[Member], book: Ledger, erased: Set[str], verdict: Verdict
) -> Iterator[str]:
    """Compare all memories that come from one with what the hub has of them. Most tablets have one."""
    family = members[0].family
    opened = [_opened(memory, book) for memory in [*(each.memory() for each in members), *family.lost]]
    received: dict[str, Received] = {}
    for kiosk in family.devices:
        for identity, row in _received(book, kiosk):
            if identity in received:
                yield f"{identity} is at the hub twice"
            received[identity] = row
    _count(opened, received, erased, verdict)
    for each in opened:
        name = each.memory.name
        yield from (f"{name}: {complaint}" for complaint in _whole_tries(each.attempts, each.kept))
        yield from (f"{name}: {complaint}" for complaint in _on_tablet(each))
    yield from (f"{identity} is erased and at the hub" for identity in erased & received.keys())
    yield from _at_hub(opened, received, erased)
    yield from _clocks(members, received)
    for kiosk in family.devices:
        yield from _totals(book, kiosk, opened, copied=kiosk in family.copied)


def _count(
    opened: Sequence[Opened], received: Mapping[str, Received], erased: Set[str], verdict: Verdict
) -> None:
    current = [each for each in opened if each.memory.current]
    kept = {identity for each in opened for identity in each.kept}
    held = {identity for each in current for identity, row in each.kept.items() if row.state == "held"}
    certain = {identity for each in opened for identity, told in each.told.items() if told.certain}
    verdict.given += len(kept)
    verdict.received += len(received)
    verdict.quarantined += len(held - received.keys())
    verdict.gone += len(kept - received.keys() - held - erased)
    verdict.unacknowledged += len(kept - certain)
    verdict.cases += sum(row.followed_up for row in received.values())


def _received(book: Ledger, kiosk: str) -> Iterator[tuple[str, Received]]:
    rows = book.rows(
        "SELECT CAST(r.id AS text), CAST(r.happened_at AS text), CAST(r.given_at AS text), r.store,"
        " r.clock_offset, r.score, r.comment, r.flags NOT IN ('[]', '[\"clock\"]'), r.counted,"
        " r.contact_box IS NOT NULL, c.response IS NOT NULL, r.timing = 'unknown'"
        " FROM responses AS r LEFT JOIN cases AS c ON c.response = r.id WHERE r.kiosk = ?",
        kiosk,
    )
    for identity, happened_at, given_at, *same in rows:
        ahead = datetime.fromisoformat(happened_at) - datetime.fromisoformat(given_at)
        yield identity, Received(ahead, *same)


def _stores(book: Ledger, kiosk: str) -> set[str]:
    return {store for (store,) in book.rows("SELECT store FROM assignments WHERE kiosk = ?", kiosk)}


def _whole_tries(attempts: Sequence[Try], kept: Mapping[str, Kept]) -> Iterator[str]:
    for attempt in attempts:
        there = sum(step.id in kept for step in attempt.steps)
        if attempt.end is End.UNKNOWN and there not in (0, len(attempt.steps)):
            yield f"{there} of {len(attempt.steps)} answers of one durable step are kept"


def _on_tablet(each: Opened) -> Iterator[str]:
    """Compare a memory with its witness. In one that was lost, answers may have waited."""
    for identity, answer in each.told.items():
        if identity not in each.kept and answer.certain:
            yield f"{identity} was given and is not on the tablet"
    for identity, row in each.kept.items():
        steps = each.told[identity].possible if identity in each.told else []
        fitting = [step for step in steps if _fits(step, row)]
        if not fitting:
            yield f"{identity} is on the tablet as nobody gave it: {row}"
        elif row.state != ("done" if fitting[0].sound else "held") and each.memory.current:
            yield f"{identity} is {row.state!r} on the tablet: {fitting[0]}"


def _fits(step: Said, row: Kept) -> bool:
    return (step.score, step.comment, step.counts) == (row.score, row.comment, row.counted)


def _at_hub(opened: Sequence[Opened], received: Mapping[str, Received], erased: Set[str]) -> Iterator[str]:
    """Compare the hub with tablets and witnesses. A tablet may speak of the stores where it stood.

    What was lost with a memory may be at the hub all the same: its receipt had not been kept.
    """
    holders: dict[str, list[Opened]] = defaultdict(list)
    for each in opened:
        for identity in each.kept.keys() - erased:
            holders[identity].append(each)
    for identity, there in holders.items():
        delivered = any(each.kept[identity].state == "done" for each in there)
        lost = any(not each.memory.current for each in there)
        if delivered and identity not in received:
            yield f"{identity} is delivered and not at the hub"
        if identity in received and not (delivered or lost):
            yield f"{identity} is at the hub and not delivered"
        if row := received.get(identity):
            yield from _as_given(identity, there, row)
    yield from (
        f"{identity} is at the hub and not delivered" for identity in received.keys() - holders.keys()
    )


def _as_given(identity: str, there: Sequence[Opened], row: Received) -> Iterator[str]:
    """See that an answer is at the hub as each memory has it that holds it.

    A manager's word may be in one memory only, and lost with it before the hub heard it.
    """
    counted = {each.kept[identity].counted for each in there}
    for each in there:
        if identity not in each.told:
            continue
        steps = [step for step in each.told[identity].possible if _fits(step, each.kept[identity])]
        heard = each.memory.current and row.store in each.stores
        sure = heard if each.kept[identity].counted else len(counted) == 1
        if row not in [_expected(step, row, heard=sure) for step in steps]:
            yield f"{identity} is at the hub as nobody gave it: {row}"


def _expected(step: Said, row: Received, *, heard: bool) -> Received:
    followed_up = step.reachable and step.score <= DETRACTOR
    counts = step.counts and (step.overruled or not row.undated)
    counted = counts if heard or not step.doubted else row.counted
    return Received(
        timedelta(milliseconds=row.offset), row.store, row.offset,
        step.score, step.comment, step.doubted, counted, step.reachable, followed_up, row.undated,
    )  # fmt: skip


def _clocks(members: Sequence[Member], received: Mapping[str, Received]) -> Iterator[str]:
    """See that each offset takes away an error that a tablet's clock really had."""
    errors = {error for member in members for error in member.part.errors()}
    for offset in {row.offset for row in received.values() if not row.undated}:
        if not any(abs(offset / 1000 + error) < CLOCK_TOLERANCE for error in errors):
            yield f"the hub corrects by {offset} ms a clock whose errors were {sorted(errors)} s"


def _totals(book: Ledger, kiosk: str, opened: Sequence[Opened], *, copied: bool) -> Iterator[str]:
    """See that given = received + waiting + quarantined, by the hub's words and by our own counting.

    Copies use numbers twice, so that more is received than any of them has given; none may be missing.
    """
    columns = "given, delivered, waiting, quarantined, received"
    rows = book.rows(f"SELECT {columns} FROM kiosks WHERE id = ?", kiosk)
    if not rows:
        return
    told, delivered, waiting, quarantined, received = rows[0]
    own = "SELECT sequence FROM responses WHERE kiosk = ?"
    numbers = book.rows(f"{own} UNION ALL SELECT sequence FROM repeats WHERE kiosk = ?", kiosk, kiosk)
    different = {number for (number,) in numbers}
    if not (copied or len(different) == len(numbers) == received):
        yield f"{len(numbers)} answers of {kiosk} have {len(different)} numbers; received is {received}"
    memories = [each for each in opened if each.memory.current and device(each.memory.database) == kiosk]
    for each in memories:
        own_rows = [row for row in each.kept.values() if row.device == kiosk]
        states = Counter(row.state for row in own_rows)
        counted = (sum(states.values()), states["done"], 0, states["held"])
        if counted != (told, delivered, waiting, quarantined):
            yield f"{kiosk} has {counted} and the hub says ({columns}) {rows[0]}"
        if {row.sequence for row in own_rows if row.state == "done"} - different:
            yield f"{kiosk} has delivered numbers that the hub lacks: ({columns}) {rows[0]}"
    short = told - received - waiting - quarantined
    if short > 0 or (memories and short and not copied):
        yield f"of {kiosk} answers are missing: ({columns}) {rows[0]}"


def _tallies(book: Ledger) -> Iterator[str]:
    """Compare the tallies with the answers counted here."""
    key = "store, day, kind, channel, touchpoint, counted"
    scores = ", ".join(f"s{score}" for score in range(11))
    counted = book.rows(f"SELECT {key}, score, count(*) FROM responses GROUP BY {key}, score")
    tallied = book.rows(f"SELECT {key}, {scores} FROM tallies")
    right = Counter({row[:-1]: row[-1] for row in counted})
    kept = Counter({(*row[:6], score): number for row in tallied for score, number in enumerate(row[6:])})
    for place in right.keys() | kept.keys():
        if right[place] != kept[place]:
            yield f"the tally of {place} is {kept[place]} for {right[place]} answers"
