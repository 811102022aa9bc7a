"""A kiosk's own table, imported: its answers are those that a sync brings, in whichever order they come."""

import csv
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import Engine, select

from common.responses import Response
from common.sealing import key_id, new_private_key, public_key
from common.table import COLUMNS
from common.wire import Numbered, Outcome
from hub.config import Settings
from hub.db import reading
from hub.db.audit import audit
from hub.followup.tables import cases
from hub.responses.tables import responses
from kiosk.export import document, write_csv
from kiosk.storage.outbox import Kept, State
from tests.hub.conftest import Clock
from tests.support.answers import a_response, an_id
from tests.support.books import assert_balanced, case_ids, counted, stored_rows
from tests.support.commands import HubCommands
from tests.support.contacts import ANNA, reachable
from tests.support.tablet import Tablet

SAID = ("", "=1+1", "'=1+1", "''", 'a;b, "c"\nd', "😀 così", "-", "'no")


@pytest.fixture
def commands(settings: Settings) -> HubCommands:
    return HubCommands(settings)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "answers.csv"


def write(file: Path, items: Sequence[Numbered], store: str = "rome") -> None:
    """Write a table as the kiosk does."""
    table = StringIO()
    kept = (Kept(item.sequence, State.WAITING, None, item.response) for item in items)
    write_csv((document(each, store) for each in kept), table)
    file.write_text(table.getvalue(), "utf-8", newline="")


def taken(commands: HubCommands, file: Path, *options: str) -> tuple[str, str]:
    done = commands.must("import", file, *options)
    return done.stdout.strip(), done.stderr


def test_the_managers_word_is_written_down_once_however_often_it_comes(
    tablet: Tablet, engine: Engine, commands: HubCommands, file: Path
) -> None:
    said = a_response(1, flags=("burst",), given_at=tablet.now(), version=2)
    table = StringIO()
    write_csv([document(Kept(1, State.WAITING, None, said, tablet.now()), "rome")], table)
    file.write_text(table.getvalue(), "utf-8", newline="")
    for _ in range(2):
        taken(commands, file)
    with reading(engine) as connection:
        told = (
            connection.execute(select(audit.c.action).where(audit.c.subject == said.id).order_by(audit.c.id))
            .scalars()
            .all()
        )
    assert told == ["answer counted"]
    assert_balanced(engine)
    assert stored_rows(engine)[said.id]["counted"]


def many(tablet: Tablet) -> list[Response]:
    """Return answers with everything in them that a table must carry."""
    now = tablet.now()
    plain = [a_response(n, comment=said, given_at=now, version=2) for n, said in enumerate(SAID, 1)]
    chosen = a_response(20, score=0, reasons=("waiting", "staff"), given_at=now, version=2, language="pt")
    doubted = a_response(21, score=10, flags=("sweep", "speed"), given_at=now)
    upset = reachable(22, tablet.public_key, score=3, given_at=now - timedelta(hours=30))
    return [*plain, chosen, doubted, upset]


def told(added: int, known: int, rejected: int = 0) -> tuple[str, str]:
    return f"Answers added: {added}, known already: {known}, rejected: {rejected}.", ""


def test_a_table_and_a_sync_are_the_same_answers(
    commands: HubCommands, file: Path, tablet: Tablet, engine: Engine
) -> None:
    items = tablet.number(*many(tablet))
    write(file, items)
    assert taken(commands, file) == told(len(items), 0)
    imported = stored_rows(engine)
    assert {verdict.outcome for verdict in tablet.sync(items).verdicts} == {Outcome.DUPLICATE}
    assert taken(commands, file) == told(0, len(items))
    assert stored_rows(engine) == imported
    assert counted(engine, fair=True).total == len(items) - 1
    assert_balanced(engine)


def test_a_table_of_what_has_arrived_adds_nothing(
    commands: HubCommands, file: Path, tablet: Tablet, engine: Engine
) -> None:
    items = tablet.number(*many(tablet))
    tablet.sync(items[:5])
    write(file, items)
    assert taken(commands, file, "--dry-run")[0].startswith(
        f"This would happen: Answers added: {len(items) - 5},"
    )
    assert len(stored_rows(engine)) == 5
    assert taken(commands, file) == told(len(items) - 5, 5)
    receipt = tablet.sync(items[5:])
    assert {verdict.outcome for verdict in receipt.verdicts} == {Outcome.DUPLICATE}
    assert receipt.missing == []
    assert_balanced(engine)


def test_contact_details_come_along_and_open_a_case(
    commands: HubCommands, file: Path, tablet: Tablet, engine: Engine, settings: Settings
) -> None:
    write(file, tablet.number(reachable(1, tablet.public_key, score=3, given_at=tablet.now())))
    taken(commands, file)
    with reading(engine) as connection:
        row = connection.execute(select(responses)).one()
        assert connection.execute(select(cases.c.response)).scalars().all() == [an_id(1)]
    assert (row.contact_box is not None, row.consent_text, row.kiosk) == (True, "standard-1", None)
    assert commands.must("forget", ANNA.email, "--yes").output.endswith("The contact details were deleted.\n")


def test_a_table_without_contact_details_keeps_nobody_from_being_called_back(
    commands: HubCommands, file: Path, tablet: Tablet, engine: Engine
) -> None:
    one, two = (reachable(number, tablet.public_key, score=3, given_at=tablet.now()) for number in (1, 2))
    items = tablet.number(one, two)
    write(file, [replace(item, response=replace(item.response, contact=None)) for item in items])
    assert taken(commands, file) == told(2, 0)
    assert case_ids(engine) == set()
    write(file, items[:1])
    assert taken(commands, file) == told(0, 1)
    assert case_ids(engine) == {an_id(1)}
    tablet.sync(items)
    assert case_ids(engine) == {an_id(1), an_id(2)}


def test_a_line_that_is_not_whole_is_no_answer(commands: HubCommands, file: Path, tablet: Tablet) -> None:
    write(file, tablet.number(a_response(1, comment="The queue was too long", given_at=tablet.now())))
    whole = file.read_text("utf-8")
    for left, values in ((whole.index(" too long"), 5), (len(whole.rstrip()) - 1, 21)):
        file.write_text(whole[:left], "utf-8")
        assert rejected(commands, file) == f"line 2: the line is not whole: {values} of 22 values"


@pytest.mark.parametrize(
    "names",
    [*((name,) for name in COLUMNS), ("refusal", "contact_key", "contact_box"), ("sequence", "overruled_at")],
    ids=" ".join,
)
def test_a_table_that_lost_a_column_is_refused(
    commands: HubCommands, file: Path, tablet: Tablet, names: tuple[str, ...]
) -> None:
    write(file, tablet.number(a_response(1, given_at=tablet.now())))
    file.write_text(without(file.read_text("utf-8"), *names), "utf-8")
    done = commands("import", file)
    assert (done.exit_code, done.stdout) == (1, "")
    assert f"a kiosk's table without its column {min(names, key=COLUMNS.index)!r}" in done.stderr


def without(table: str, *names: str) -> str:
    """Return a table without some of its columns, as a spreadsheet takes them out."""
    rows = list(csv.DictReader(StringIO(table)))
    left, out = [name for name in COLUMNS if name not in names], StringIO()
    writer = csv.DictWriter(out, left, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def test_a_row_may_end_before_its_empty_cells(
    commands: HubCommands, file: Path, tablet: Tablet, engine: Engine
) -> None:
    whole = reachable(3, tablet.public_key, score=3, given_at=tablet.now())
    write(file, tablet.number(*(a_response(number, given_at=tablet.now()) for number in (1, 2)), whole))
    header, *lines = file.read_text("utf-8").splitlines()
    file.write_text("\n".join([header, *(line.rstrip(",") for line in lines), ""]), "utf-8")
    assert taken(commands, file) == told(3, 0)
    assert case_ids(engine) == {an_id(3)}


def test_of_one_answer_with_and_without_contact_details_in_one_table_the_details_are_kept(
    commands: HubCommands, file: Path, tablet: Tablet, engine: Engine
) -> None:
    (item,) = tablet.number(reachable(1, tablet.public_key, score=3, given_at=tablet.now()))
    write(file, [replace(item, response=replace(item.response, contact=None)), item])
    assert taken(commands, file) == told(1, 1)
    assert case_ids(engine) == {an_id(1)}


def rejected(commands: HubCommands, file: Path) -> str:
    done: Result = commands("import", file)
    assert (done.exit_code, done.stdout) == (1, "Answers added: 0, known already: 0, rejected: 1.\n")
    return done.stderr.splitlines()[0]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"store": "paris"}, "line 2: there is no store 'paris'"),
        ({"response_id": "7"}, "line 2: a sync would refuse it: bad_id"),
        ({"score": "11"}, "line 2: a sync would refuse it: bad_score"),
        ({"score": ""}, "line 2: a sync would refuse it: bad_score"),
        ({"timestamp": "25/03/2026 10:00"}, "line 2: a sync would refuse it: bad_time"),
        ({"timestamp": "2199-01-01T10:00:00+01:00"}, "line 2: 2199-01-01 is in the future"),
        ({"survey": "another"}, "line 2: a sync would refuse it: unknown_survey"),
        ({"reasons": "weather"}, "line 2: a sync would refuse it: bad_reasons"),
        ({"contact_box": "zz"}, "line 2: a sync would refuse it: bad_contact"),
    ],
)
def test_a_row_that_is_no_answer_is_told(
    commands: HubCommands, file: Path, tablet: Tablet, changes: dict[str, str], sentence: str
) -> None:
    answer = reachable(1, tablet.public_key, given_at=tablet.now())
    write(file, tablet.number(answer))
    with file.open(encoding="utf-8", newline="") as table:
        [row] = csv.DictReader(table)
    with file.open("w", encoding="utf-8", newline="") as table:
        writer = csv.DictWriter(table, COLUMNS)
        writer.writeheader()
        writer.writerow(row | changes)
    assert rejected(commands, file) == sentence


def test_contact_details_for_another_hub_are_refused(
    commands: HubCommands, file: Path, tablet: Tablet
) -> None:
    strange = public_key(new_private_key())
    assert key_id(strange) != key_id(tablet.public_key)
    write(file, tablet.number(reachable(1, strange, given_at=tablet.now())))
    assert rejected(commands, file) == "line 2: a sync would refuse it: bad_contact"


def test_an_answer_that_was_changed_in_the_table_does_not_replace_the_hubs(
    commands: HubCommands, file: Path, tablet: Tablet, engine: Engine
) -> None:
    [item] = tablet.number(a_response(1, score=2, given_at=tablet.now()))
    tablet.sync([item])
    write(file, [replace(item, response=replace(item.response, score=10))])
    assert rejected(commands, file) == "line 2: the hub has it with another answer, which stays"
    assert counted(engine).counts[2] == 1


def test_what_was_erased_stays_so(
    commands: HubCommands, file: Path, tablet: Tablet, engine: Engine, clock: Clock
) -> None:
    items = tablet.number(a_response(1, given_at=clock()), a_response(2, given_at=clock()))
    tablet.sync(items)
    commands.must("forget", an_id(1), "--answers", "--yes")
    write(file, items)
    assert taken(commands, file) == told(0, 2)
    assert set(stored_rows(engine)) == {an_id(2)}
