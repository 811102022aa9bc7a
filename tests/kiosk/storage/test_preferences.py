"""Settings from head office and from the file in the data folder: which hold, and what a broken one does."""

import json
import logging
from base64 import b64encode
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from common.settings import BrokenSettings, KioskSettings, Times
from common.surveys import standard_survey
from common.wire import Unusable
from kiosk.config import Config, load_snapshot
from kiosk.results import overview
from kiosk.storage.preferences import LARGEST_FILE, InForce, Origin
from tests.support.answers import NOON
from tests.support.kiosk import Kiosk, a_pairing
from tests.support.png import png

HUB = {"version": 3, "languages": ["it", "de"], "times": {"idle": 30}}


def write(config: Config, content: Any) -> Path:
    file = config.data / "settings.json"
    config.data.mkdir(exist_ok=True)
    file.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return file


def hold(kiosk: Kiosk) -> InForce:
    kiosk.ask(lambda s: s.next_snapshot())
    return kiosk.ask(lambda s: s.preferences.in_force())


def test_without_any_the_defaults_hold(kiosk: Kiosk) -> None:
    held = hold(kiosk)
    assert (held.settings, held.trouble) == (KioskSettings(), "")
    assert set(held.origins.values()) == {Origin.DEFAULT}


def test_head_offices_are_kept_and_on_the_first_screen(kiosk: Kiosk, config: Config) -> None:
    kiosk.ask(lambda s: s.pair(a_pairing()))
    kiosk.ask(lambda s: s.preferences.take(HUB))
    kiosk.ask(lambda s: s.refresh_screen())
    kiosk.close()
    again = Kiosk(config)
    settings = again.ask(lambda s: s.snapshot()).settings
    assert settings == KioskSettings(3, ("it", "de"), Times(idle=30))
    assert load_snapshot(config.data).settings == settings
    again.ask(lambda s: s.preferences.take(None))
    assert again.ask(lambda s: s.snapshot()).settings == KioskSettings()
    again.close()


def test_a_part_in_the_file_holds_before_head_offices_and_as_a_whole(kiosk: Kiosk, config: Config) -> None:
    kiosk.ask(lambda s: s.preferences.take(HUB))
    file = write(config, {"times": {"thanks": 5}, "address": "https://survey.example.com"})
    held = hold(kiosk)
    assert held.settings.times == Times(thanks=5), "one part is from one place"
    assert (held.settings.version, held.settings.languages) == (3, ("it", "de"))
    assert held.origins["languages"] is Origin.HUB
    assert held.origins["times"] is held.origins["address"] is Origin.FILE
    assert held.origins["hours"] is Origin.DEFAULT
    assert load_snapshot(config.data).settings == held.settings
    file.unlink()
    assert hold(kiosk).settings.times == Times(idle=30)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("{", "it is no JSON"),
        ("[]", "no JSON object"),
        ("[" * 100_000, "it is no JSON"),
        (" " * LARGEST_FILE + "{}", "it is no JSON"),
        ({"langages": ["it"]}, "no part called 'langages'"),
        ({"times": {"still_there": 5}}, "still_there must be from 20 to 300"),
        ({"languages": ["it", "xx"]}, "languages has 'xx'; the survey is in en, it"),
        ({"brand": {"logo": b64encode(png(2000, 20)).decode()}}, "the logo has 2000 by 20 pixels"),
    ],
)
def test_a_broken_file_is_told_once_and_what_it_said_before_stays(
    kiosk: Kiosk, config: Config, caplog: pytest.LogCaptureFixture, content: Any, why: str
) -> None:
    write(config, {"languages": ["fr"]})
    assert hold(kiosk).settings.languages == ("fr",)
    file = write(config, content)
    with caplog.at_level(logging.WARNING):
        first, second = hold(kiosk), hold(kiosk)
    assert first == second
    assert first.settings.languages == ("fr",)
    assert why in first.trouble
    assert [str(file) in message and why in message for message in caplog.messages] == [True]
    kiosk.close()
    again = Kiosk(config)
    assert hold(again) == first, "also after a restart"
    assert why in again.ask(lambda s: overview(s, NOON)).broken_settings, "the manager is told"
    write(config, {"languages": ["de"]})
    assert (hold(again).settings.languages, hold(again).trouble) == (("de",), "")
    again.close()


def test_a_file_that_cannot_be_read_is_told(kiosk: Kiosk, config: Config) -> None:
    kiosk.totals()
    (config.data / "settings.json").mkdir()
    assert hold(kiosk).trouble == "it cannot be read (Is a directory)"


def test_head_offices_broken_settings_change_nothing(kiosk: Kiosk) -> None:
    kiosk.ask(lambda s: s.preferences.take(HUB))
    with pytest.raises(BrokenSettings, match="idle"):
        kiosk.ask(lambda s: s.preferences.take(HUB | {"version": 4, "times": {"idle": 1}}))
    assert kiosk.ask(lambda s: s.preferences.version) == 3


def test_kept_settings_that_this_program_cannot_use_are_left_out(kiosk: Kiosk, config: Config) -> None:
    """They were taken by an earlier version, which had other bounds."""
    old = {"version": 9, "times": {"settle": 3600}, "languages": ["it"]}
    own = {"document": {"times": {"desk": 0.1}, "address": "https://survey.example.com"}, "trouble": ""}
    kiosk.ask(lambda s: s.settings.put("hub_settings", old))
    kiosk.ask(lambda s: s.settings.put("own_settings", own))
    write(config, own["document"])
    kiosk.close()
    again = Kiosk(config)
    held = hold(again)
    assert held.settings == KioskSettings(9, ("it",), address="https://survey.example.com")
    assert held.trouble == "desk must be from 30 to 1800, not 0.1"
    why = Unusable(settings="settle must be from 0.1 to 2, not 3600")
    assert again.ask(lambda s: s.preferences.unusable) == why, "the hub is told at every sync"
    again.ask(lambda s: s.preferences.note_unusable(Unusable()))
    assert again.ask(lambda s: s.preferences.unusable) == why
    again.ask(lambda s: s.preferences.take(HUB))
    assert again.ask(lambda s: s.preferences.unusable) == Unusable()
    assert list(config.data.glob("*.broken")) == []
    again.close()


def test_a_logo_that_cannot_be_drawn_is_refused_with_all_that_came_with_it(kiosk: Kiosk) -> None:
    kiosk.ask(lambda s: s.preferences.take(HUB))
    logo = b64encode(png(30, 10)[:-30]).decode()
    with pytest.raises(BrokenSettings, match="the logo is broken"):
        kiosk.ask(lambda s: s.preferences.take(HUB | {"version": 4, "brand": {"logo": logo}}))
    assert kiosk.ask(lambda s: s.preferences.version) == 3


def test_the_file_is_read_again_when_the_survey_has_other_languages(kiosk: Kiosk, config: Config) -> None:
    write(config, {"languages": ["nl"]})
    assert "the survey is in en" in hold(kiosk).trouble
    wording = {"nl": standard_survey().wording["de"]}
    survey = replace(standard_survey(), version=9, wording=wording)
    kiosk.ask(lambda s: s.use_survey(survey, bytes(32), "tag"))
    assert (hold(kiosk).settings.languages, hold(kiosk).trouble) == (("nl",), "")


def test_another_hub_begins_anew(kiosk: Kiosk, config: Config) -> None:
    kiosk.ask(lambda s: s.pair(a_pairing()))
    write(config, {"languages": ["fr"]})
    kiosk.ask(lambda s: s.preferences.take(HUB))
    kiosk.ask(lambda s: s.preferences.note_unusable(Unusable("broken", "")))
    kiosk.ask(lambda s: s.pair(a_pairing("https://other.example.com", kiosk="other")))
    assert hold(kiosk).settings == KioskSettings(languages=("fr",)), "the file is the shop's"
    assert kiosk.ask(lambda s: s.preferences.unusable) == Unusable()
