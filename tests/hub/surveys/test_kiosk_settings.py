"""Settings for the chain and for single stores: set, shown, removed, numbered, and how kiosks get them."""

from base64 import b64decode
from json import dumps, loads
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select, update

from common.settings import LARGEST_LOGO
from common.settings_document import from_document
from common.wire import SURVEY_PATH, Unusable
from hub.config import Settings
from hub.db import reading, writing
from hub.db.audit import audit
from hub.stores.queries import Store, add_store
from hub.surveys.tables import kiosk_settings
from tests.hub.conftest import Clock, PairTablet
from tests.support.commands import HubCommands
from tests.support.png import png
from tests.support.tablet import Tablet


@pytest.fixture
def commands(settings: Settings, rome: Store, engine: Engine, clock: Clock) -> HubCommands:
    """Return the commands of a hub with stores in Rome and Milan."""
    with writing(engine) as connection:
        add_store(connection, Store("milan", "Navigli", "", "Europe/Rome", 0), clock())
    return HubCommands(settings)


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    return tmp_path / "settings-for-kiosks.json"


def put(commands: HubCommands, paper: Path, document: Any, *options: object) -> str:
    paper.write_text(dumps(document), "utf-8")
    return commands.must("kiosk-settings", paper, *options).stdout


def fetched(client: FlaskClient, tablet: Tablet, tag: str = "") -> tuple[Any, str]:
    headers = {"Authorization": f"Bearer {tablet.key}", "If-None-Match": tag}
    answer = client.get(SURVEY_PATH, headers=headers)
    return (answer.json or {}).get("settings", "unchanged"), answer.headers["ETag"]


def test_w15_a_hub_without_settings_says_so(client: FlaskClient, tablet: Tablet) -> None:
    assert tablet.give().settings == 0
    assert fetched(client, tablet)[0] is None


def test_w15_a_store_has_the_chains_parts_and_its_own_before_them(
    client: FlaskClient, tablet: Tablet, pair_tablet: PairTablet, commands: HubCommands, paper: Path
) -> None:
    milan = pair_tablet("milan")
    said = put(commands, paper, {"languages": ["it", "en"], "times": {"idle": 30}})
    assert said == (
        "Settings 1 for the whole chain: languages, times. Kiosks take them at their next sync.\n"
    )
    put(commands, paper, {"times": {"thanks": 5}}, "--store", "rome")
    assert (tablet.give().settings, milan.give().settings) == (2, 1)
    assert fetched(client, tablet)[0] == {"version": 2, "languages": ["it", "en"], "times": {"thanks": 5}}
    assert fetched(client, milan)[0] == {"version": 1, "languages": ["it", "en"], "times": {"idle": 30}}


def test_w15_settings_travel_again_only_when_they_changed(
    client: FlaskClient, tablet: Tablet, commands: HubCommands, paper: Path
) -> None:
    put(commands, paper, {"languages": ["it"]})
    _, tag = fetched(client, tablet)
    put(commands, paper, {"languages": ["de"]}, "--store", "milan")
    assert fetched(client, tablet, tag) == ("unchanged", tag), "what another store has is nothing to this one"
    put(commands, paper, {"languages": ["it"]})
    document, other = fetched(client, tablet, tag)
    assert (document, other != tag) == ({"version": 3, "languages": ["it"]}, True)


def test_parts_that_a_file_takes_away_are_named(commands: HubCommands, paper: Path) -> None:
    put(commands, paper, {"languages": ["it"], "times": {"idle": 30}})
    paper.write_text('{"times": {"idle": 40}}')
    done = commands.must("kiosk-settings", paper)
    assert done.stderr == "No longer set for the whole chain: languages.\n"
    assert commands.must("kiosk-settings", paper).stderr == ""


def test_removing_asks_and_is_a_version_too(
    client: FlaskClient, tablet: Tablet, commands: HubCommands, paper: Path, engine: Engine
) -> None:
    put(commands, paper, {"languages": ["it"]})
    put(commands, paper, {"languages": ["de"]}, "--store", "rome")
    asked = commands("kiosk-settings", "--remove", "--store", "rome")
    assert (asked.exit_code, "Remove languages of the store rome?" in asked.stderr) == (1, True)
    assert fetched(client, tablet)[0]["languages"] == ["de"]
    commands.must("kiosk-settings", "--remove", "--store", "rome", "--yes")
    assert fetched(client, tablet)[0] == {"version": 3, "languages": ["it"]}
    commands.must("kiosk-settings", "--remove", "--yes")
    assert fetched(client, tablet)[0] == {"version": 4}
    assert tablet.give().settings == 4
    again = commands("kiosk-settings", "--remove")
    assert (again.exit_code, again.stderr) == (1, "Error: Nothing is set for the whole chain.\n")
    with reading(engine) as connection:
        told = connection.execute(select(audit.c.action, audit.c.subject).order_by(audit.c.id)).all()
    assert told[-2:] == [
        ("settings removed", "rome, version 3"),
        ("settings removed", "whole chain, version 4"),
    ]


def test_what_holds_is_shown_as_a_file_could_have_it(commands: HubCommands, paper: Path) -> None:
    nothing = commands.must("kiosk-settings", "--show")
    assert nothing.stdout == "{}\n"
    assert nothing.stderr == "Nothing is set for the whole chain: its kiosks use Cerchio's defaults.\n"
    put(commands, paper, {"languages": ["it"]})
    put(commands, paper, {"address": "https://survey.example.com"}, "--store", "rome")
    shown = commands.must("kiosk-settings", "--show", "--store", "rome").stdout
    assert loads(shown) == {"version": 2, "languages": ["it"], "address": "https://survey.example.com"}
    paper.write_text(shown, "utf-8")
    commands.must("kiosk-settings", paper, "--store", "milan")


def test_a_logo_travels_in_base64_up_to_its_limit(
    client: FlaskClient, tablet: Tablet, commands: HubCommands, paper: Path, tmp_path: Path
) -> None:
    logo = tmp_path / "logo.png"
    logo.write_bytes(png(30, 10, size=LARGEST_LOGO))
    put(commands, paper, {"brand": {"primary": "#0E5A6B"}}, "--logo", logo)
    document, _ = fetched(client, tablet)
    assert b64decode(document["brand"]["logo"]) == logo.read_bytes()
    assert from_document(document).brand.primary == "#0E5A6B"
    logo.write_bytes(png(30, 10, size=LARGEST_LOGO + 1))
    refused = commands("kiosk-settings", paper, "--logo", logo)
    assert (refused.exit_code, "at most 65,536 can travel. Nothing was set." in refused.stderr) == (1, True)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ('{"times": {"idle": 1}}', "idle must be from 10 to 600, not 1. Nothing was set."),
        ('{"times": {"settle": 350}}', "settle must be from 0.1 to 2, not 350. Nothing was set."),
        ('{"langages": []}', "there is no part called 'langages'"),
        ('{"languages": ["xx"]}', "languages has 'xx'; the survey is in en, it, es, fr, de, pt. Nothing"),
        ('{"brand": {"primery": "#112233"}}', "there is no part of the brand called 'primery'"),
        ('{"times": []}', "times is no JSON object"),
        (
            '{"hours": {"mon": [["09:00", "13:00"], ["12:30", "19:00"]]}}',
            "hours of mon overlap",
        ),
        (
            '{"hours": {"sun": [["20:00", "02:00"]], "mon": [["01:00", "03:00"]]}}',
            "hours of mon overlap",
        ),
        (
            '{"brightness": {"hours": {"tue": [["09:00", "09:00"], ["10:00", "11:00"]]}}}',
            "the brightness hours of tue",
        ),
        ("{", "no JSON: Expecting"),
        ("[]", "no JSON object"),
        ('{"version": 3}', "sets nothing"),
        ("\xff", "no JSON: "),
    ],
)
def test_what_a_kiosk_would_refuse_is_refused_here(
    commands: HubCommands, paper: Path, content: str, sentence: str
) -> None:
    paper.write_text(content, "latin-1")
    done = commands("kiosk-settings", paper)
    assert (done.exit_code, done.stdout) == (1, "")
    assert sentence in done.stderr
    assert commands.must("kiosk-settings", "--show").stdout == "{}\n"


def test_bad_use_is_told(commands: HubCommands, paper: Path) -> None:
    paper.write_text('{"languages": ["it"]}', "utf-8")
    for arguments in (
        [],
        [paper, "--show"],
        ["--show", "--remove"],
        ["missing.json"],
        ["--show", "--logo", paper],
    ):
        assert commands("kiosk-settings", *arguments).exit_code == 2
    for what in (paper, "--show", "--remove"):
        done = commands("kiosk-settings", what, "--store", "atlantis")
        assert (done.exit_code, done.stderr) == (1, "Error: There is no store atlantis.\n")


def test_w15_a_kiosk_that_cannot_use_them_is_named(tablet: Tablet, commands: HubCommands) -> None:
    document = tablet.document([])
    document["health"] |= {
        "settings": 4,
        "unusable": {"survey": "it has no wording", "settings": "idle is 1"},
    }
    assert tablet.post(document).status == 200
    told = commands.must("fleet")
    assert told.stderr.splitlines() == [
        "rome-1: it cannot use the survey (it has no wording) and stays with version 1.",
        "rome-1: it cannot use the new settings (idle is 1) and stays with version 4.",
    ]
    (kiosk,) = loads(commands.must("fleet", "--json").stdout)
    assert (kiosk["survey"], kiosk["settings"]) == (1, 4)
    assert Unusable(kiosk["survey_trouble"], kiosk["settings_trouble"]) == Unusable(
        "it has no wording", "idle is 1"
    )
    tablet.give()
    (kiosk,) = loads(commands.must("fleet", "--json").stdout)
    assert (kiosk["settings"], kiosk["survey_trouble"], kiosk["settings_trouble"]) == (None, "", "")


@pytest.mark.parametrize("document", ["{", "[1]", "7", "[" * 100_000])
@pytest.mark.parametrize("store", [None, "rome"])
def test_of_settings_that_cannot_be_read_kiosks_get_the_rest_and_everybody_is_told(
    client: FlaskClient,
    tablet: Tablet,
    commands: HubCommands,
    paper: Path,
    engine: Engine,
    store: str | None,
    document: str,
) -> None:
    scope = ("--store", store) if store else ()
    put(commands, paper, {"languages": ["it"]})
    put(commands, paper, {"times": {"idle": 30}}, "--store", "rome")
    damage(engine, store, document)
    found = fetched(client, tablet)[0]
    assert (found["version"], "languages" in found, "times" in found) == (2, store is not None, store is None)
    told = commands.must("fleet").stderr
    assert f"for {'the store rome' if store else 'the whole chain'} cannot be read (" in told
    assert "Set them anew: cerchio-hub kiosk-settings FILE" in told
    assert commands.must("kiosk-settings", "--show", "--store", "rome").stderr.startswith(told)
    commands.must("kiosk-settings", "--remove", "--yes", *scope)
    assert "kiosk-settings" not in commands.must("fleet").stderr
    damage(engine, store, document)
    put(commands, paper, {"languages": ["it"], "times": {"idle": 30}}, *scope)
    found = fetched(client, tablet)[0]
    assert (found["version"], "languages" in found, "times" in found) == (4, True, True)


@pytest.mark.parametrize("store", [None, "rome"])
def test_of_settings_that_cannot_be_read_kiosks_keep_those_before(
    client: FlaskClient, tablet: Tablet, commands: HubCommands, paper: Path, engine: Engine, store: str | None
) -> None:
    scope = ("--store", store) if store else ()
    put(commands, paper, {"languages": ["it"]}, *scope)
    put(commands, paper, {"languages": ["en"]}, *scope)
    with writing(engine) as connection:
        connection.execute(update(kiosk_settings).where(kiosk_settings.c.version == 2).values(document="{"))
    found = fetched(client, tablet)[0]
    assert (found["version"], found["languages"]) == (2, ["it"])
    assert "its kiosks use those set before, else " in commands.must("fleet").stderr
    commands.must("kiosk-settings", "--remove", "--yes", *scope)
    found = fetched(client, tablet)[0]
    assert (found["version"], "languages" in found) == (3, False)


def damage(engine: Engine, store: str | None, document: str) -> None:
    whose = kiosk_settings.c.store.is_(None) if store is None else kiosk_settings.c.store == store
    with writing(engine) as connection:
        connection.execute(update(kiosk_settings).where(whose).values(document=document))
