"""The verdict: what witnesses, tablets and hub say of every answer, compared one by one.

It is asked when nothing moves: every tablet has said that nothing waits.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.journeys.storm.books import Kept, Ledger, answers
from tests.journeys.storm.crew import Member
from tests.journeys.storm.witness import End, Given, Said, Try, given, tries

DETRACTOR = 6
CLOCK_TOLERANCE = 150.0
"""Seconds. A smaller difference than two minutes counts as none, and an exchange takes its time."""


@dataclass
class Verdict:
    """What was found. Everything is in order if there are no complaints; the counts are answers."""

    given: int = 0
    received: int = 0
    quarantined: int = 0
    erased: int = 0
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
    for member in crew:
        verdict.complaints += [f"{member.name}: {each}" for each in _of_member(member, book, erased, verdict)]
    found = book.number("SELECT count(*) FROM responses"), book.number("SELECT count(*) FROM cases")
    if found != (verdict.received, verdict.cases):
        verdict.complaints.append(f"the hub holds {found} answers and cases, of ours {verdict}")
    verdict.complaints += _tallies(book)
    return verdict


def _of_member(member: Member, book: Ledger, erased: Set[str], verdict: Verdict) -> Iterator[str]:
    attempts = tries(member.part.witness)
    told, kept = given(attempts), answers(member.database)
    received: dict[str, Received] = {}
    for kiosk in member.devices:
        for identity, row in _received(book, kiosk):
            if identity in received:
                yield f"{identity} is at the hub twice"
            received[identity] = row
    verdict.given += len(kept)
    verdict.received += len(received)
    verdict.quarantined += sum(row.state == "held" for row in kept.values())
    verdict.unacknowledged += sum(not told[each].certain for each in kept.keys() & told.keys())
    verdict.cases += sum(row.followed_up for row in received.values())
    yield from _whole_tries(attempts, kept)
    yield from _on_tablet(told, kept)
    yield from (f"{identity} is erased and at the hub" for identity in erased & received.keys())
    there = {identity: row for identity, row in kept.items() if identity not in erased}
    yield from _at_hub(told, there, received, _stores(book, member.identity()))
    yield from _clocks(member, received)
    for kiosk in member.devices:
        yield from _totals(book, kiosk, kept, current=kiosk == member.identity())


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


def _on_tablet(told: Mapping[str, Given], kept: Mapping[str, Kept]) -> Iterator[str]:
    """Compare the tablet with its witness."""
    for identity, answer in told.items():
        if identity not in kept and answer.certain:
            yield f"{identity} was given and is not on the tablet"
    for identity, row in kept.items():
        steps = told[identity].possible if identity in told else []
        fitting = [step for step in steps if _fits(step, row)]
        if not fitting:
            yield f"{identity} is on the tablet as nobody gave it: {row}"
        elif row.state != ("done" if fitting[0].sound else "held"):
            yield f"{identity} is {row.state!r} on the tablet: {fitting[0]}"


def _fits(step: Said, row: Kept) -> bool:
    return (step.score, step.comment, step.counts) == (row.score, row.comment, row.counted)


def _at_hub(
    told: Mapping[str, Given], kept: Mapping[str, Kept], received: Mapping[str, Received], stores: set[str]
) -> Iterator[str]:
    """Compare the hub with tablet and witness. The tablet may speak of the stores where it stood."""
    delivered = {identity for identity, row in kept.items() if row.state == "done"}
    for identity in delivered - received.keys():
        yield f"{identity} is delivered and not at the hub"
    for identity in received.keys() - delivered:
        yield f"{identity} is at the hub and not delivered"
    for identity in delivered & received.keys() & told.keys():
        row = received[identity]
        steps = [step for step in told[identity].possible if _fits(step, kept[identity])]
        if row not in [_expected(step, row, heard=row.store in stores) for step in steps]:
            yield f"{identity} is at the hub as nobody gave it: {row}"


def _expected(step: Said, row: Received, *, heard: bool) -> Received:
    followed_up = step.reachable and step.score <= DETRACTOR
    counts = step.counts and (step.overruled or not row.undated)
    counted = counts if heard or not step.overruled else row.counted
    return Received(
        timedelta(milliseconds=row.offset), row.store, row.offset,
        step.score, step.comment, step.doubted, counted, step.reachable, followed_up, row.undated,
    )  # fmt: skip


def _clocks(member: Member, received: Mapping[str, Received]) -> Iterator[str]:
    """See that each offset takes away an error that the tablet's clock really had."""
    errors = set(member.part.errors())
    for offset in {row.offset for row in received.values() if not row.undated}:
        if not any(abs(offset / 1000 + error) < CLOCK_TOLERANCE for error in errors):
            yield f"the hub corrects by {offset} ms a clock whose errors were {sorted(errors)} s"


def _totals(book: Ledger, kiosk: str, kept: Mapping[str, Kept], *, current: bool) -> Iterator[str]:
    """See that given = received + waiting + quarantined, by the hub's words and by our own counting."""
    columns = "given, delivered, waiting, quarantined, received"
    rows = book.rows(f"SELECT {columns} FROM kiosks WHERE id = ?", kiosk)
    if not rows:
        return
    told, delivered, waiting, quarantined, received = rows[0]
    own = "SELECT sequence FROM responses WHERE kiosk = ?"
    numbers = book.rows(f"{own} UNION ALL SELECT sequence FROM repeats WHERE kiosk = ?", kiosk, kiosk)
    if not len(set(numbers)) == len(numbers) == received:
        yield f"{len(numbers)} answers of {kiosk} have {len(set(numbers))} numbers; received is {received}"
    if current:
        states = Counter(row.state for row in kept.values() if row.device == kiosk)
        counted = (sum(states.values()), states["done"], 0, states["held"])
        if counted != (told, delivered, waiting, quarantined) or told != received + quarantined:
            yield f"{kiosk} has {counted} and the hub says ({columns}) {rows[0]}"
    elif told > received + waiting + quarantined:
        yield f"of {kiosk}, which is no more, answers are missing: ({columns}) {rows[0]}"


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
