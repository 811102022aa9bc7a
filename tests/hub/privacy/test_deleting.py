"""Contact details and answers that go: in time by themselves, or because the customer wants it."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import Engine, func, select

from common.responses import Contact
from hub.cli import main
from hub.config import BadSetting, Settings
from hub.db import reading, writing
from hub.db.audit import audit
from hub.followup.queries import answer, find_case, reopen
from hub.followup.tables import cases
from hub.privacy.jobs import delete_due
from hub.responses.queries import rebuild_tallies
from hub.responses.tables import erased, responses
from hub.web.context import Hub
from tests.hub.conftest import Clock, PairTablet
from tests.support.answers import a_response, an_id
from tests.support.books import assert_balanced, counted
from tests.support.contacts import reachable
from tests.support.tablet import Tablet

ANNA = Contact(email="Anna@Example.com", phone="")
BRUNO = Contact(email="", phone="+39 06 1234 5678")


@pytest.fixture
def hub(app: Flask) -> Hub:
    found: Hub = app.extensions["cerchio"]
    return found


def left(engine: Engine) -> set[str]:
    """Return the answers that have contact details, or anything made of them."""
    made = [responses.c[name] for name in ("contact_box", "contact_key", "email_hash", "phone_hash")]
    with reading(engine) as connection:
        rows = connection.execute(select(responses.c.id, *made).order_by(responses.c.id)).all()
    return {row.id for row in rows if any(row[1:])}


def acts(engine: Engine) -> list[tuple[str, str, str]]:
    with reading(engine) as connection:
        rows = connection.execute(
            select(audit.c.person, audit.c.action, audit.c.subject).order_by(audit.c.id)
        ).all()
    return [tuple(row) for row in rows if "deleted" in row.action]


def run(settings: Settings, *arguments: str, typed: str = "") -> Result:
    options = ["--data", str(settings.data), "--database", settings.database]
    return CliRunner().invoke(main, [*options, *arguments], input=typed)


def give(tablet: Tablet, *numbers: int, contact: Contact = ANNA, score: int = 2) -> None:
    tablet.give(
        *(
            reachable(number, tablet.public_key, contact, score=score, given_at=tablet.now())
            for number in numbers
        )
    )


def test_contact_details_go_thirty_days_after_the_reply(
    hub: Hub, engine: Engine, tablet: Tablet, clock: Clock
) -> None:
    give(tablet, 1, 2, 3)
    clock.forward(days=5)
    with writing(engine) as connection:
        for number in (1, 2):
            assert answer(connection, an_id(number), clock(), "me@example.com", "Called.")
        assert reopen(connection, an_id(2)), "whoever still waits is still to be reached"
    clock.forward(days=29, hours=23)
    assert delete_due(hub) == 0
    clock.forward(hours=1)
    assert delete_due(hub) == 1
    assert left(engine) == {an_id(2), an_id(3)}
    assert acts(engine) == [("the hub itself", "contact details deleted", "1 answers")]
    with reading(engine) as connection:
        case = find_case(connection, an_id(1))
    assert case is not None
    assert case.note == "Called."
    assert counted(engine).total == 3, "the score remains"


def test_contact_details_go_ninety_days_after_the_answer_at_the_latest(
    hub: Hub, engine: Engine, tablet: Tablet, clock: Clock
) -> None:
    give(tablet, 1)
    give(tablet, 2, score=10)
    clock.forward(days=1)
    give(tablet, 3)
    clock.forward(days=88, hours=23)
    assert delete_due(hub) == 0
    clock.forward(hours=1)
    assert delete_due(hub) == 2
    assert left(engine) == {an_id(3)}


def test_what_a_tablet_sends_again_brings_no_contact_details_back(
    hub: Hub, engine: Engine, tablet: Tablet, clock: Clock
) -> None:
    again = reachable(1, tablet.public_key, ANNA, score=2, given_at=clock())
    items = tablet.number(again)
    tablet.sync(items)
    clock.forward(days=90)
    delete_due(hub)
    assert tablet.post(tablet.document(items)).document["verdicts"][0]["outcome"] == "duplicate"
    assert left(engine) == set()


def test_a_chain_may_promise_less_and_not_more(settings: Settings) -> None:
    assert Settings.read({"CERCHIO_HUB_KEEP_AT_MOST": "14"}).keep_at_most == 14
    for name, value in (("KEEP_AT_MOST", "91"), ("KEEP_AFTER_REPLY", "31"), ("KEEP_AFTER_REPLY", "0")):
        with pytest.raises(BadSetting, match="is what customers are told"):
            Settings.read({f"CERCHIO_HUB_{name}": value})


def test_many_are_deleted_some_at_a_time(
    hub: Hub, engine: Engine, tablet: Tablet, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.privacy.jobs.AT_ONCE", 2)
    give(tablet, 1, 2, 3, 4, 5)
    clock.forward(days=90)
    assert delete_due(hub) == 5
    assert [subject for _, _, subject in acts(engine)] == ["2 answers", "2 answers", "1 answers"]


def test_the_command_says_what_is_due_and_deletes_it(
    settings: Settings, engine: Engine, tablet: Tablet, clock: Clock
) -> None:
    give(tablet, 1)
    assert run(settings, "delete-due", "--dry-run").output == "Answers whose contact details are due: 1.\n"
    assert left(engine) == {an_id(1)}, "the clock of the test is long past"
    assert run(settings, "delete-due").output == "Answers whose contact details were deleted: 1.\n"
    assert left(engine) == set()


@pytest.mark.parametrize("who", ["anna@example.com", " ANNA@example.com "])
def test_whoever_withdraws_is_found_and_forgotten(
    settings: Settings, engine: Engine, tablet: Tablet, who: str
) -> None:
    give(tablet, 1, 2)
    give(tablet, 3, contact=BRUNO)
    done = run(settings, "forget", who, typed="y\n")
    assert done.exit_code == 0, done.output
    assert "Delete the contact details? This cannot be undone." in done.output
    assert left(engine) == {an_id(3)}
    assert counted(engine).total == 3
    with reading(engine) as connection:
        assert connection.execute(select(cases.c.response)).scalars().all() == [an_id(3)]
    assert "anna" not in str(acts(engine)).lower()


@pytest.mark.parametrize("who", ["06 12345678", "+390612345678", "0039 06 1234 5678"])
def test_a_phone_number_is_found_however_it_is_written(
    settings: Settings, engine: Engine, tablet: Tablet, who: str
) -> None:
    give(tablet, 1, contact=BRUNO)
    done = run(settings, "forget", who, "--yes")
    assert (done.exit_code == 0) is ("39" in who), done.output
    assert left(engine) == (set() if "39" in who else {an_id(1)})


@pytest.mark.parametrize(
    ("arguments", "typed", "code", "sentence"),
    [
        (["forget", "nobody@example.com"], "", 1, "Nothing was left with it."),
        (["forget", "Anna"], "", 2, "That is no e-mail address, no phone number and no id."),
        (["forget", an_id(9)], "", 1, "Nothing was left with it."),
        (["forget", "anna@example.com"], "n\n", 1, "Aborted!"),
        (["forget", "-"], "nobody@example.com\n", 1, "Nothing was left with it."),
    ],
)
def test_what_cannot_be_forgotten_stays(
    settings: Settings,
    engine: Engine,
    tablet: Tablet,
    arguments: list[str],
    typed: str,
    code: int,
    sentence: str,
) -> None:
    give(tablet, 1)
    done = run(settings, *arguments, typed=typed)
    assert (done.exit_code, sentence in done.output) == (code, True), done.output
    assert left(engine) == {an_id(1)}


def test_w12_a_whole_answer_goes_counts_no_more_and_never_comes_back(
    settings: Settings, engine: Engine, tablet: Tablet
) -> None:
    kept = a_response(1, score=9, given_at=tablet.now())
    gone = reachable(2, tablet.public_key, ANNA, score=2, given_at=tablet.now())
    items = tablet.number(kept, gone)
    tablet.sync(items)
    assert run(settings, "forget", an_id(2), "--answers", "--yes").exit_code == 0
    assert counted(engine).total == 1
    again = tablet.post(tablet.document(items)).document
    assert [verdict["outcome"] for verdict in again["verdicts"]] == ["duplicate", "duplicate"]
    assert again["missing"] == []
    assert_balanced(engine)
    with writing(engine) as connection:
        assert rebuild_tallies(connection) == []
        assert connection.execute(select(func.count()).select_from(cases)).scalar_one() == 0
        assert connection.execute(select(erased.c.id)).scalars().all() == [an_id(2)]


def test_w12_an_erased_answer_is_not_asked_for_where_others_are_missing(
    settings: Settings, engine: Engine, tablet: Tablet
) -> None:
    tablet.give(a_response(1), a_response(2))
    run(settings, "forget", an_id(1), "--answers", "--yes")
    tablet.number(a_response(3))
    lost = tablet.document([])
    lost["totals"] |= {"given": 3, "delivered": 3, "waiting": 0}
    assert tablet.post(lost).document["missing"] == [[3, 3]]


def test_w12_an_erased_answer_is_missing_nowhere_when_its_tablet_is_paired_anew_and_brings_it(
    settings: Settings, tablet: Tablet, pair_tablet: PairTablet
) -> None:
    answer = a_response(1)
    tablet.give(answer)
    run(settings, "forget", an_id(1), "--answers", "--yes")
    again = pair_tablet()
    for batch in (again.number(answer), []):
        receipt = again.sync(batch)
        assert receipt.missing == []
    assert receipt.verdicts == []


def test_nothing_of_it_is_left_in_the_files_of_the_embedded_database(
    settings: Settings, hub: Hub, engine: Engine, tablet: Tablet, clock: Clock, tmp_path: Path
) -> None:
    give(tablet, 1)
    with reading(engine) as connection:
        row = connection.execute(select(responses.c.contact_box, responses.c.email_hash)).one()
    clock.forward(days=90)
    delete_due(hub)
    files = {file: file.read_bytes() for file in tmp_path.glob("hub.sqlite*")}
    assert files or engine.dialect.name == "postgresql"
    assert not [file.name for file, content in files.items() for piece in row if bytes(piece) in content]
