"""Head office's settings come down with the survey, are refused as a whole, and the hub hears of it."""

from base64 import b64encode
from dataclasses import replace
from typing import Any

import pytest

from common.settings import KioskSettings, Times
from common.surveys import standard_survey, to_document
from common.wire import SURVEY_PATH, Unusable
from kiosk.config import load_snapshot
from kiosk.sync import Trouble
from tests.kiosk.sync.conftest import sync
from tests.support.kiosk import Kiosk, a_pairing
from tests.support.misbehaving_hub import MisbehavingHub
from tests.support.png import png

OLD = {"version": 1, "languages": ["it", "en"]}
NEW = {"version": 2, "languages": ["de"], "times": {"idle": 20}}
BROKEN = NEW | {"times": {"idle": 1}}


@pytest.fixture
def hub(hub: MisbehavingHub) -> MisbehavingHub:
    """Return a hub that has settings."""
    hub.survey["survey"] = to_document(replace(standard_survey(), version=1))
    sets(hub, OLD)
    return hub


def sets(hub: MisbehavingHub, document: Any, *, survey: int = 1, version: int | None = None) -> None:
    hub.survey |= {"settings": document, "survey": hub.survey["survey"] | {"version": survey}}
    wanted = document["version"] if version is None else version
    hub.receipt = replace(hub.receipt, settings=wanted, survey=survey)


def used(kiosk: Kiosk) -> KioskSettings:
    settings = load_snapshot(kiosk.config.data).settings
    assert settings == kiosk.ask(lambda s: s.snapshot()).settings
    return settings


def test_w15_settings_come_with_the_first_survey_and_again_only_when_they_changed(
    synced: Kiosk, hub: MisbehavingHub
) -> None:
    assert used(synced).languages == ("it", "en")
    sync(synced)
    assert SURVEY_PATH not in [path for path, _ in hub.calls]
    sets(hub, NEW)
    assert sync(synced).trouble is None
    assert used(synced) == KioskSettings(2, ("de",), Times(idle=20))
    sync(synced)
    assert [path for path, _ in hub.calls].count(SURVEY_PATH) == 1
    assert [batch.health.settings for batch in hub.batches[-3:]] == [1, 1, 2]


def test_w15_broken_settings_are_refused_whole_and_the_hub_is_told(
    synced: Kiosk, hub: MisbehavingHub
) -> None:
    sets(hub, BROKEN, survey=7)
    synced.give_many(3)
    report = sync(synced)
    assert (report.trouble, report.survey, report.delivered) == (Trouble.BROKEN_SETTINGS, 7, 3)
    assert "idle must be" in report.detail
    assert used(synced).languages == ("it", "en"), "the survey is new, the settings are the old ones"
    again = sync(synced)
    assert (again.trouble, again.delivered) == (Trouble.BROKEN_SETTINGS, 0)
    told = hub.batches[-1].health
    assert (told.survey, told.settings) == (7, 1)
    assert told.unusable == Unusable(settings="idle must be from 10 to 600, not 1")
    sets(hub, NEW | {"version": 3}, survey=7)
    assert sync(synced).trouble is None
    sync(synced)
    assert (hub.batches[-1].health.settings, hub.batches[-1].health.unusable) == (3, Unusable())


def test_w15_a_screen_too_small_for_fingers_is_told_to_the_hub_until_it_is_large_enough(
    synced: Kiosk, hub: MisbehavingHub
) -> None:
    synced.ask(lambda s: s.note_screen(9.7))
    assert sync(synced).trouble is None
    why = "a score has 9 mm on its screen and fingers need 12"
    assert hub.batches[-1].health.unusable == Unusable(survey=why)
    synced.ask(lambda s: s.note_screen(0))
    sync(synced)
    assert hub.batches[-1].health.unusable == Unusable()


def test_w15_a_logo_that_cannot_be_drawn_is_told_to_the_hub(synced: Kiosk, hub: MisbehavingHub) -> None:
    """An older hub let it pass."""
    logo = b64encode(png(30, 10)[:-20]).decode()
    sets(hub, NEW | {"brand": {"logo": logo}})
    assert sync(synced).trouble is Trouble.BROKEN_SETTINGS
    assert used(synced).languages == ("it", "en")
    sync(synced)
    assert hub.batches[-1].health.unusable == Unusable(settings="the logo is broken: a part of it is damaged")


def test_w15_kept_settings_that_are_out_of_bounds_now_are_told_to_the_hub_until_it_has_others(
    synced: Kiosk, hub: MisbehavingHub
) -> None:
    synced.ask(lambda s: s.settings.put("hub_settings", OLD | {"times": {"settle": 350}}))
    assert sync(synced).trouble is None
    assert hub.batches[-1].health.unusable == Unusable(settings="settle must be from 0.1 to 2, not 350")
    assert synced.ask(lambda s: s.snapshot()).settings == KioskSettings(1, ("it", "en"))
    sets(hub, NEW)
    sync(synced)
    sync(synced)
    assert hub.batches[-1].health.unusable == Unusable()


def test_w15_a_broken_survey_is_refused_with_all_that_came_with_it(
    synced: Kiosk, hub: MisbehavingHub
) -> None:
    sets(hub, NEW, survey=2)
    hub.survey["survey"] = {"id": "broken"}
    assert sync(synced).trouble is Trouble.BROKEN_SURVEY
    assert used(synced).languages == ("it", "en")
    sync(synced)
    told = hub.batches[-1].health
    assert (told.survey, told.settings, bool(told.unusable.survey)) == (1, 1, True)
    hub.survey["survey"] = to_document(standard_survey())
    sets(hub, OLD, survey=1)
    assert sync(synced).trouble is None, "the hub went back to what the kiosk has"
    sync(synced)
    assert hub.batches[-1].health.unusable == Unusable()


def test_w15_a_hub_without_settings_leaves_them_alone_and_one_that_has_none_any_more_takes_them_away(
    synced: Kiosk, hub: MisbehavingHub
) -> None:
    del hub.survey["settings"]
    hub.receipt = replace(hub.receipt, settings=None, survey=5)
    hub.survey["survey"] |= {"version": 5}
    assert (sync(synced).survey, used(synced).languages) == (5, ("it", "en"))
    sets(hub, None, survey=6, version=0)
    assert (sync(synced).survey, used(synced)) == (6, KioskSettings())


def test_a_kiosk_in_another_store_asks_for_its_settings(synced: Kiosk, hub: MisbehavingHub) -> None:
    hub.receipt = replace(hub.receipt, store="bari")
    hub.survey["settings"] = OLD | {"languages": ["fr"]}
    assert sync(synced).trouble is None
    assert used(synced).languages == ("fr",)
    hub.receipt = replace(hub.receipt, store="milano")
    hub.survey["settings"] = OLD | {"languages": ["de"]}
    synced.ask(lambda s: s.pair(a_pairing(hub.address, store="milano", kiosk="another")))
    assert sync(synced).trouble is None
    assert used(synced).languages == ("de",)
