"""Head office changes what kiosks ask: between two visits, and never with something that cannot be used."""

import json
import os
import re
from collections.abc import Callable
from json import loads
from typing import Any

import pytest

from common.settings import KioskSettings
from common.surveys import standard_survey
from kiosk.backstage import Backstage
from kiosk.config import load_config, load_snapshot
from tests.support.conservation import Books, books
from tests.support.stand import Stand
from tests.support.weather import Ask, Spell, clear
from tests.support.window import window

ENGLISH, FRENCH = "How likely is it", "Quelle est la probabilité"


def survey_altered(edit: Callable[[Any], None]) -> Spell:
    """Change what a hub has for kiosks on its way, as a hub of another make would say it."""

    def spell(request: bytes, ask: Ask) -> bytes:
        reply = ask(request)
        if not request.startswith(b"GET /api/v1/survey") or b" 200 " not in reply.partition(b"\r\n")[0]:
            return reply
        head, _, body = reply.partition(b"\r\n\r\n")
        edit(document := loads(body))
        fresh = json.dumps(document).encode()
        return (
            re.sub(rb"(?i)content-length: \d+", b"Content-Length: %d" % len(fresh), head)
            + b"\r\n\r\n"
            + fresh
        )

    return spell


def set_for(stand: Stand, document: Any) -> None:
    """Set what the kiosks of a store use."""
    file = stand.papers / "kiosk-settings.json"
    file.write_text(json.dumps(document), "utf-8")
    stand.hub_says("kiosk-settings", file, "--store", stand.store)


def at_the_hub(stand: Stand) -> Any:
    """Return what the hub knows of a kiosk."""
    (known,) = [each for each in loads(stand.hub_says("fleet", "--json")) if each["kiosk"] == stand.identity]
    return known


def used(stand: Stand) -> KioskSettings:
    """Return the settings that a kiosk starts with."""
    return load_snapshot(stand.data).settings


@pytest.mark.bad_day("B33")
def test_a_survey_that_the_kiosk_cannot_use_leaves_the_old_one_and_the_hub_is_told(stand: Stand) -> None:
    set_for(stand, {"languages": ["it"]})
    stand.synced()
    asked = load_snapshot(stand.data)
    set_for(stand, {"languages": ["fr"]})
    stand.line.spell = survey_altered(lambda document: document["survey"].update(wording={}))
    stand.give(0, 9)
    code, said = stand.sync()
    assert (code, "The hub's survey cannot be used; the old one stays." in said) == (1, True)
    assert load_snapshot(stand.data) == asked
    stand.give(10)
    stand.sync()
    known = at_the_hub(stand)
    assert (known["survey"], known["settings_trouble"]) == (asked.survey.version, "")
    assert known["survey_trouble"]
    stand.line.spell = clear
    stand.synced()
    stand.synced()
    assert at_the_hub(stand)["survey_trouble"] == ""
    assert used(stand).languages == ("fr",)
    assert books(stand) == Books(given=3, received=3)


@pytest.mark.bad_day("B34")
def test_settings_that_the_kiosk_cannot_use_leave_the_old_ones_and_the_hub_is_told(stand: Stand) -> None:
    set_for(stand, {"languages": ["it"], "times": {"idle": 25}})
    stand.synced()
    before = used(stand)
    set_for(stand, {"languages": ["fr"], "times": {"idle": 30}})
    stand.line.spell = survey_altered(lambda document: document["settings"].update(times={"idle": 1}))
    stand.give(3)
    code, said = stand.sync()
    assert (code, "The hub's settings cannot be used; the old ones stay." in said) == (1, True)
    assert used(stand) == before
    assert stand.sync()[0] == 1
    known = at_the_hub(stand)
    assert known["settings"] == before.version
    assert known["settings_trouble"] == "idle must be from 10 to 600, not 1"
    held = stand.here("settings")
    assert (held["version"], held["parts"]["languages"]) == (
        before.version,
        {"from": "head office", "value": ["it"]},
    )
    stand.line.spell = clear
    set_for(stand, {"languages": ["fr"]})
    stand.synced()
    stand.synced()
    assert at_the_hub(stand)["settings_trouble"] == ""
    assert used(stand).languages == ("fr",)
    assert books(stand) == Books(given=1, received=1)


def test_a_stores_own_survey_is_asked_until_it_is_removed(stand: Stand) -> None:
    document = loads(stand.hub_says("survey", "show"))
    document |= {"id": "our-shops", "consent_text": "ours-1"}
    file = stand.papers / "our-shops.json"
    file.write_text(json.dumps(document), "utf-8")
    stand.hub_says("survey", "publish", file, "--store", stand.store)
    stand.give(3)
    stand.synced()
    assert load_snapshot(stand.data).survey.id == "our-shops"
    stand.give(9)
    stand.synced()
    stand.give(10)
    stand.hub_says("survey", "remove", "--store", stand.store, "--yes")
    stand.synced()
    assert load_snapshot(stand.data).survey == standard_survey()
    assert books(stand) == Books(given=3, received=3)


def test_a_customer_in_the_middle_of_a_visit_notices_nothing_of_a_change(any_stand: Stand) -> None:
    set_for(any_stand, {"languages": ["en", "fr"], "times": {"idle": 40}})
    any_stand.synced()
    backstage = Backstage(load_config(os.environ, any_stand.data), alone=True)
    with window(load_snapshot(any_stand.data), backstage) as screen:
        screen.until(lambda: backstage.sync_now().result(30))
        screen.tap("score-3")
        screen.wait(2.5)
        screen.tap("comment")
        screen.write("Hm")
        set_for(any_stand, {"languages": ["fr"], "times": {"idle": 10}})
        assert backstage.sync_now().result(30).trouble is None
        assert used(any_stand).languages == ("fr",), "the change is here"
        screen.wait(15)
        assert screen.find("comment").text == "Hm"
        assert not screen.shows("still-here")
        screen.tap("next", "decline")
        screen.tap("thanks")
        screen.until(lambda: any(FRENCH in text for text in screen.texts()))
        assert not any(ENGLISH in text for text in screen.texts())
    backstage.stop()
