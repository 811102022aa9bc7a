"""Surveys of head office's own: for the chain or a store, refused in words, taken back, or broken."""

from collections.abc import Callable
from datetime import UTC, datetime
from json import dumps, loads
from pathlib import Path
from typing import Any

import pytest
from alembic.command import upgrade
from alembic.config import Config
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, insert, select, update

from common.surveys import from_document, standard_survey, to_document
from common.wire import SURVEY_PATH, Outcome
from hub.config import Settings
from hub.db import migrations, open_engine, reading, writing
from hub.db.audit import audit
from hub.stores.queries import Store, add_store
from hub.surveys.queries import current, published, set_settings
from hub.surveys.rules import FIRST_OWN
from hub.surveys.tables import kiosk_settings, surveys
from tests.hub.conftest import Clock, PairTablet
from tests.support.answers import a_response
from tests.support.commands import HubCommands
from tests.support.hub import Hub
from tests.support.postgres import Postgres
from tests.support.tablet import Tablet

QUESTION = "How likely is it that you would send a neighbour to ‹store›?"
Edit = Callable[[Any], Any]


@pytest.fixture
def commands(settings: Settings, rome: Store, engine: Engine, clock: Clock) -> HubCommands:
    """Return the commands of a hub with stores in Rome and Milan."""
    with writing(engine) as connection:
        add_store(connection, Store("milan", "Navigli", "", "Europe/Rome", 0), clock())
    return HubCommands(settings)


def own(edit: Edit = lambda document: None) -> Any:
    """Return a survey as a person would write it, changed by an edit in place."""
    document = to_document(standard_survey())
    del document["version"]
    document["id"] = "our-shops"
    document["wording"]["en"]["question"] = QUESTION
    edit(document)
    return document


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    return tmp_path / "survey.json"


def put(commands: HubCommands, paper: Path, document: Any, *options: object) -> str:
    paper.write_text(dumps(document), "utf-8")
    return commands.must("survey", "publish", paper, *options).stdout


def fetched(client: FlaskClient, tablet: Tablet) -> Any:
    answer = client.get(SURVEY_PATH, headers={"Authorization": f"Bearer {tablet.key}"})
    assert answer.status_code == 200
    return answer.json


def asked(client: FlaskClient, tablet: Tablet) -> tuple[str, int]:
    """Return the survey that a kiosk is given, which its receipt names, too."""
    survey = from_document(fetched(client, tablet)["survey"])
    assert tablet.give().survey == survey.version
    return survey.id, survey.version


def test_a_survey_is_published_for_the_chain_and_another_for_a_store(
    client: FlaskClient,
    tablet: Tablet,
    pair_tablet: PairTablet,
    commands: HubCommands,
    paper: Path,
    engine: Engine,
) -> None:
    milan = pair_tablet("milan")
    said = put(commands, paper, own(), "--all")
    assert said == "our-shops is published as version 1001 for the whole chain.\n"
    assert asked(client, tablet) == asked(client, milan) == ("our-shops", 1001)
    said = put(commands, paper, own(lambda document: document.update(id="milan")), "--store", "milan")
    assert said == "milan is published as version 1002 for the store milan.\n"
    assert (asked(client, tablet), asked(client, milan)) == (("our-shops", 1001), ("milan", 1002))
    assert fetched(client, milan)["survey"]["wording"]["en"]["question"] == QUESTION
    given = milan.give(a_response(1, survey="milan", version=1002), a_response(2, version=2))
    assert {verdict.outcome for verdict in given.verdicts} == {Outcome.ACCEPTED}
    with reading(engine) as connection:
        acts = connection.execute(select(audit.c.person, audit.c.subject).order_by(audit.c.id)).all()
    assert ("command line", "milan 1002, milan") in acts


def test_an_own_survey_is_taken_away_and_answers_to_it_are_taken(
    client: FlaskClient, tablet: Tablet, commands: HubCommands, paper: Path
) -> None:
    put(commands, paper, own(), "--all")
    put(commands, paper, own(lambda document: document.update(id="rome")), "--store", "rome")
    said = commands.must("survey", "remove", "--store", "rome", "--yes").stdout
    assert said == "The kiosks of the store rome ask our-shops 1001 from their next sync on.\n"
    assert asked(client, tablet) == ("our-shops", 1001)
    commands.must("survey", "remove", "--all", "--yes")
    assert asked(client, tablet) == ("standard", standard_survey().version)
    late = tablet.give(a_response(1, survey="rome", version=1002))
    assert late.verdicts[0].outcome is Outcome.ACCEPTED
    again = commands("survey", "remove", "--all", "--yes")
    assert (again.exit_code, again.stderr) == (1, "Error: There is no own survey of the whole chain.\n")
    put(commands, paper, own(), "--all")
    assert asked(client, tablet) == ("our-shops", 1003)


def test_what_is_shown_can_be_changed_and_published(
    commands: HubCommands, paper: Path, engine: Engine
) -> None:
    shown = loads(commands.must("survey", "show").stdout)
    assert shown == to_document(standard_survey())
    put(commands, paper, shown | {"id": "ours"}, "--store", "rome")
    assert loads(commands.must("survey", "show", "--store", "rome").stdout)["id"] == "ours"
    assert loads(commands.must("survey", "show", "--store", "milan").stdout) == shown
    listed = commands.must("survey", "list")
    assert [line.split()[:2] for line in listed.stdout.splitlines()[1:]] == [
        ["ours", "1001"],
        ["standard", "2"],
    ]
    assert listed.stderr == ""


def _of(language: str, part: str, value: Any) -> Edit:
    return lambda document: document["wording"][language].update({part: value})


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ([], "it is no JSON object"),
        (own(lambda document: document.pop("kind")), "a part is missing or of the wrong type: 'kind'"),
        (own(_of("it", "reasons", {"price": "Prezzo"})), "its reasons in it are not those of en"),
        (own(_of("fr", "purpose", " ")), "purpose is no text"),
        (own(_of("fr", "minor", "16")), "its wording in fr has a part 'minor' that nobody reads"),
        (own(lambda document: document.update(chip={})), "it has a part 'chip' that nobody reads"),
        (own(lambda document: document.update(id="standard")), "its id 'standard' is not free"),
        (own(_of("es", "consent", "Sí, por favor.")), "its consent in es is not what 'standard-2' says"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(
    commands: HubCommands, paper: Path, engine: Engine, document: Any, sentence: str
) -> None:
    paper.write_text(dumps(document), "utf-8")
    done = commands("survey", "publish", paper, "--all")
    assert (done.exit_code, done.stdout) == (1, "")
    assert sentence in done.stderr
    assert done.stderr.endswith("Nothing was published.\n")
    with reading(engine) as connection:
        assert connection.execute(select(func.count()).select_from(surveys)).scalar_one() == 1


@pytest.mark.parametrize(
    ("options", "code", "sentence"),
    [
        ((), 2, "Say for whom: --store CODE or --all."),
        (("--all", "--store", "rome"), 2, "Say for whom: --store CODE or --all."),
        (("--store", "paris"), 1, "There is no store paris."),
    ],
)
def test_it_must_be_said_for_whom(
    commands: HubCommands, paper: Path, options: tuple[str, ...], code: int, sentence: str
) -> None:
    paper.write_text(dumps(own()), "utf-8")
    done = commands("survey", "publish", paper, *options)
    assert (done.exit_code, sentence in done.stderr) == (code, True), done.stderr


def test_what_is_asked_already_is_not_published_again(
    commands: HubCommands, paper: Path, engine: Engine
) -> None:
    assert put(commands, paper, own(), "--all", "--dry-run") == (
        "our-shops could be published as version 1001 for the whole chain.\n"
    )
    put(commands, paper, own(), "--all")
    again = commands("survey", "publish", paper, "--all")
    assert again.stderr == "Error: Kiosks of the whole chain ask it already, as version 1001.\n"
    with reading(engine) as connection:
        assert [each.version for each in published(connection)] == [1001, 2]


def test_a_language_that_the_kiosk_does_not_speak_is_pointed_out(commands: HubCommands, paper: Path) -> None:
    paper.write_text(dumps(own(lambda d: d["wording"].update(nl=d["wording"]["en"]))), "utf-8")
    said = commands.must("survey", "publish", paper, "--all").stderr
    assert said == "The kiosk's own buttons are in English where the survey is in 'nl'.\n"


def damage(engine: Engine, survey: str, document: str) -> None:
    with writing(engine) as connection:
        connection.execute(update(surveys).where(surveys.c.id == survey).values(document=document))


BROKEN = pytest.mark.parametrize(
    ("document", "why"),
    [
        ("{", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        (dumps({"id": "our-shops"}), "a part is missing or of the wrong type: 'version'"),
        ("[" * 100_000, "maximum recursion depth exceeded"),
        (dumps(to_document(standard_survey())), "it says that it is standard 2"),
    ],
)


@BROKEN
def test_of_a_broken_survey_kiosks_get_the_one_before_and_everybody_is_told(
    client: FlaskClient,
    tablet: Tablet,
    commands: HubCommands,
    paper: Path,
    engine: Engine,
    document: str,
    why: str,
) -> None:
    put(commands, paper, own(), "--all")
    put(commands, paper, own(lambda document: document.update(id="newer")), "--all")
    damage(engine, "newer", document)
    paper.write_text(dumps({"times": {"idle": 30}}), "utf-8")
    commands.must("kiosk-settings", paper)
    assert asked(client, tablet) == ("our-shops", 1001)
    assert fetched(client, tablet)["settings"]["times"] == {"idle": 30}
    assert tablet.give(a_response(1)).verdicts[0].outcome is Outcome.ACCEPTED
    told = commands.must("fleet").stderr
    assert told.startswith("The survey newer 1002 for the whole chain is broken (")
    assert why in told
    assert told.endswith("; its kiosks are given our-shops 1001.\n")
    assert commands.must("survey", "list").stderr == told
    put(commands, paper, own(lambda document: document.update(id="newer")), "--all")
    assert asked(client, tablet) == ("newer", 1003)


@pytest.mark.parametrize(
    ("edit", "outcome"),
    [
        (lambda document: document["wording"]["fr"].pop("question"), Outcome.ACCEPTED),
        (lambda document: document.pop("consent_text"), Outcome.ACCEPTED),
        (lambda document: document.pop("wording"), Outcome.REFUSED),
        (lambda document: document.update(kind="none"), Outcome.REFUSED),
        (lambda document: document["wording"].update(it=7), Outcome.REFUSED),
    ],
)
def test_what_a_survey_asked_before_it_broke_is_still_answered(
    tablet: Tablet, commands: HubCommands, paper: Path, engine: Engine, edit: Edit, outcome: Outcome
) -> None:
    put(commands, paper, own(), "--all")
    damage(engine, "our-shops", dumps(own(edit)))
    known = tablet.give(a_response(1, survey="our-shops", version=1001, language="it", reasons=("price",)))
    assert known.verdicts[0].outcome is outcome
    strange = tablet.give(a_response(2, survey="our-shops", version=1001, reasons=("weather",)))
    assert strange.verdicts[0].outcome is Outcome.REFUSED


def test_a_standard_survey_that_is_broken_in_the_table_is_the_hubs_own(
    client: FlaskClient, tablet: Tablet, commands: HubCommands, engine: Engine
) -> None:
    damage(engine, "standard", "{}")
    assert asked(client, tablet) == ("standard", 2)
    assert commands.must("fleet").stderr == (
        "The survey standard 2 for the whole chain is broken (a part is missing or of the wrong type: 'id');"
        " its kiosks are given the one that the hub brings along.\n"
    )
    commands.must("migrate")


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_hub_with_a_broken_survey_and_broken_settings_starts_and_says_which(
    database: str, postgres: Postgres, tmp_path: Path
) -> None:
    hub = Hub(tmp_path / "hub", postgres.url(postgres.create()) if database == "postgresql" else "")
    hub.must("migrate")
    hub.add_store("rome")
    paper = tmp_path / "survey.json"
    paper.write_text(dumps(own()), "utf-8")
    hub.must("survey", "publish", str(paper), "--store", "rome")
    engine = open_engine(Settings(data=hub.data, database=hub.database).url)
    damage(engine, "our-shops", "{}")
    with writing(engine) as connection:
        set_settings(connection, "rome", {}, "boss", datetime.now(UTC))
        connection.execute(update(kiosk_settings).values(document="{"))
    engine.dispose()
    hub.start()
    try:
        assert hub.pair("rome").give(a_response(1)).survey == standard_survey().version
    finally:
        hub.stop()
    assert "WARNING hub.cli.server: The survey our-shops 1001 for the store rome is broken (" in hub.log
    assert "WARNING hub.cli.server: The settings 1 for the store rome cannot be read (" in hub.log
    assert "Traceback" not in hub.log


def migrate_to(engine: Engine, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        upgrade(config, revision)


def test_surveys_of_an_older_hub_are_the_chains(tmp_path: Path, postgres: Postgres, clock: Clock) -> None:
    for url in (f"sqlite:///{tmp_path / 'hub.sqlite'}", postgres.url(postgres.create())):
        engine = open_engine(Settings(data=tmp_path, database=url).url)
        migrate_to(engine, "0008")
        document = to_document(standard_survey()) | {"id": "ours", "version": 7}
        row = {"id": "ours", "version": 7, "document": dumps(document), "published_at": clock()}
        with writing(engine) as connection:
            connection.execute(insert(surveys), row)
        migrate_to(engine, "head")
        with reading(engine) as connection:
            assert current(connection) == current(connection, "rome") == from_document(document)
        assert HubCommands(Settings(data=tmp_path, database=url)).must("survey", "list").stderr == ""
        engine.dispose()


def test_own_surveys_never_have_the_number_of_a_standard_one() -> None:
    assert standard_survey().version < FIRST_OWN
