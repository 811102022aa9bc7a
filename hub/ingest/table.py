"""A table that a kiosk wrote, into the hub: each row is the answer that a sync would have brought.

It has the answer's own id, so that the kiosk may sync before or after, and the file be taken again.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Engine

from common.history import Rejected
from common.responses import Contact, Response
from common.surveys import Survey
from common.table import read_table
from common.wire import Code, Overruled, Refusal
from common.wire.fields import read_time
from common.wire.items import read_item
from hub.db import reading, writing
from hub.followup.queries import open_cases
from hub.ingest.history import AT_ONCE, TOLERANCE, Report
from hub.ingest.rules import KIOSK, is_news, objection, opened
from hub.responses.queries import complete, decide, standing, store, stored
from hub.responses.rules import Decision, Source, Stored, email_hash, phone_hash, row
from hub.stores.queries import Store, all_stores
from hub.stores.rules import business_day
from hub.surveys.queries import find
from hub.surveys.rules import Key
from hub.vault import Secrets

Answers = dict[str, tuple[int, dict[str, Any]]]
"""By id: the line of the file and the row of the table of responses that it becomes."""


@dataclass(frozen=True, slots=True)
class _Given:
    """A row that can be read: its line, its store's code and the answer."""

    line: int
    store: str
    response: Response
    overruled_at: datetime | None


def take_table(
    engine: Engine, secrets: Secrets, lines: Iterable[str], now: datetime, *, dry_run: bool
) -> Iterator[Report]:
    """Take a table some hundred rows at a time and yield what became of each lot, once it is stored."""
    with reading(engine) as connection:
        places = {place.code: place for place in all_stores(connection)}
    found = map(_given, read_table(lines))
    while lot := list(islice(found, AT_ONCE)):
        report = Report(rejected=[each for each in lot if isinstance(each, Rejected)])
        given = [each for each in lot if isinstance(each, _Given)]
        with reading(engine) as connection:
            surveys = find(connection, {(each.response.survey, each.response.version) for each in given})
        answers = _answers(given, _Judge(secrets, places, surveys, now), report)
        _keep(engine, answers, report, now, dry_run=dry_run)
        if not dry_run:
            _hear(engine, given, now)
        report.rejected.sort(key=lambda rejected: rejected.line)
        yield report


def _given(found: tuple[int, str, dict[str, Any]] | Rejected) -> _Given | Rejected:
    if isinstance(found, Rejected):
        return found
    line, code, document = found
    item = read_item(document)
    if isinstance(item, Refusal):
        return Rejected(line, _refused(item.code))
    return _Given(line, code, item.response, _overruled_at(document))


def _overruled_at(document: Mapping[str, Any]) -> datetime | None:
    """Return since when a manager lets an answer count; what cannot be read is no word, as in a sync."""
    try:
        return read_time(document.get("overruled_at"))
    except (ValueError, TypeError):
        return None


def _refused(code: Code) -> str:
    return f"a sync would refuse it: {code}"


@dataclass(frozen=True, slots=True)
class _Judge:
    """What a row is judged by."""

    secrets: Secrets
    places: Mapping[str, Store]
    surveys: Mapping[Key, Survey]
    now: datetime

    def row(self, given: _Given) -> dict[str, Any] | str:
        """Return the row of the table of responses that an answer becomes, or why it becomes none."""
        response, place = given.response, self.places.get(given.store)
        if place is None:
            return f"there is no store {given.store!r}"
        if response.given_at > self.now + TOLERANCE:
            return f"{response.given_at:%Y-%m-%d} is in the future"
        code = objection(response, self.surveys.get((response.survey, response.version)))
        contact = opened(response, self.secrets.contact_keys)
        if response.contact and not contact:
            code = code or Code.BAD_CONTACT
        return _refused(code) if code else row(response, self._source(response, place, contact))

    def _source(self, response: Response, place: Store, contact: Contact | None) -> Source:
        day = business_day(response.given_at, place.time_zone, place.closing_hour)
        source = Source(store=place.code, day=day, received_at=self.now)
        if contact:
            source.email_hash = email_hash(contact.email, self.secrets.erasure)
            source.phone_hash = phone_hash(contact.phone, self.secrets.erasure)
        return source


def _answers(given: Iterable[_Given], judge: _Judge, report: Report) -> Answers:
    """Turn what is an answer into rows; report what is none, and what came before in the same lot."""
    answers: Answers = {}
    for each in given:
        fresh = judge.row(each)
        if isinstance(fresh, str):
            report.rejected.append(Rejected(each.line, fresh))
            continue
        earlier = answers.setdefault(each.response.id, (each.line, fresh))[1]
        if earlier is not fresh:
            _met(each.line, fresh, earlier["fingerprint"], report)
            if (
                fresh["contact_box"]
                and not earlier["contact_box"]
                and _is_same(fresh, earlier["fingerprint"])
            ):
                answers[each.response.id] = each.line, fresh
    return answers


def _keep(engine: Engine, answers: Answers, report: Report, now: datetime, *, dry_run: bool) -> None:
    """Store the answers that are new, with their cases, in one transaction; report the others."""
    with reading(engine) if dry_run else writing(engine) as connection:
        known = stored(connection, answers.keys())
        fresh = _unknown(answers, known, report)
        inserted = set(fresh) if dry_run else store(connection, list(fresh.values()))
        if not dry_run:
            completed = complete(connection, _with_contact(answers, known))
            open_cases(connection, [*(fresh[id_] for id_ in sorted(inserted)), *completed], now)
    report.added += len(inserted)
    report.known += len(fresh) - len(inserted)


def _hear(engine: Engine, given: Iterable[_Given], now: datetime) -> None:
    """Let count what a manager said of it at the kiosk, unless somebody has decided on it since."""
    at = {each.response.id: min(each.overruled_at, now) for each in given if each.overruled_at}
    if not at:
        return
    with writing(engine) as connection:
        news = [
            Decision(id_, True, at[id_], f"{KIOSK}table")
            for id_, met in standing(connection, list(at)).items()
            if is_news(Overruled(id_, at[id_], True), at[id_], met)
        ]
        decide(connection, news, now)


def _unknown(answers: Answers, known: Mapping[str, Stored], report: Report) -> dict[str, dict[str, Any]]:
    for id_, met in known.items():
        line, fresh = answers[id_]
        _met(line, fresh, met.fingerprint, report)
    return {id_: fresh for id_, (_, fresh) in answers.items() if id_ not in known}


def _with_contact(answers: Answers, known: Mapping[str, Stored]) -> list[dict[str, Any]]:
    """Return the rows that bring contact details of answers that the hub has without any."""
    return [
        fresh
        for id_, (_, fresh) in answers.items()
        if fresh["contact_box"] and id_ in known and _is_same(fresh, known[id_].fingerprint)
    ]


def _met(line: int, fresh: Mapping[str, Any], fingerprint: bytes | None, report: Report) -> None:
    """Report an answer whose id is stored: the same again, an erased one, or another answer."""
    if fingerprint is None or _is_same(fresh, fingerprint):
        report.known += 1
    else:
        report.rejected.append(Rejected(line, "the hub has it with another answer, which stays"))


def _is_same(fresh: Mapping[str, Any], fingerprint: bytes | None) -> bool:
    """Say whether a row is the answer of a fingerprint, with contact details or without."""
    same: bool = fresh["fingerprint"] == fingerprint
    return same
