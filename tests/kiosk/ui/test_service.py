"""Behind the second PIN: all that holds, who has set it, and what a shop may change at the tablet itself."""

import json
from collections.abc import Mapping
from dataclasses import asdict, replace

import pytest

from common.settings import Doubts, Times
from common.surveys import standard_survey
from kiosk import words
from kiosk.ui.setup import ServicePage
from tests.kiosk.ui.conftest import Shop
from tests.kiosk.ui.test_manager_rooms import open_service, scene
from tests.support.window import Screen, window


def held(screen: Screen) -> Mapping[str, tuple[str, str]]:
    """Return what the page says of each part, and who has set it."""
    page: ServicePage = scene(screen)
    return {each.name: (each.text, each.origin) for each in page.held}


def written(shop: Shop) -> dict[str, object]:
    """Return what settings.json says."""
    document: dict[str, object] = json.loads(shop.config.local_settings.read_text("utf-8"))
    return document


def from_head_office(shop: Shop, **parts: object) -> None:
    shop.ask(lambda s: s.preferences.take({"version": 7, **parts}))


def choose(screen: Screen, language: str) -> None:
    before = scene(screen)
    screen.tap(f"speak-{language}")
    screen.until(lambda: scene(screen) is not before)


def test_every_part_is_listed_with_who_has_set_it(screen: Screen, shop: Shop) -> None:
    from_head_office(shop, hours={"mon": [["09:00", "13:00"], ["15:00", "19:30"]]}, languages=["it", "en"])
    shop.config.local_settings.write_text('{"address": "https://survey.example.com"}')
    open_service(screen, shop)
    found = held(screen)
    assert found["Languages"] == ("Italiano, English", "head office, version 7")
    assert found["Opening hours"][0].startswith("Monday: 09:00–13:00, 15:00–19:30\nTuesday: closed\n")
    assert found["Survey on one’s own phone"] == ("https://survey.example.com", "this tablet")
    assert found["Brand"] == ("Cerchio’s colours, no logo", "Cerchio’s default")
    assert "“Still there?” is asked after 40 s." in found["Times"][0]
    assert found["Brightness"][0].splitlines() == [
        "bright while the store is open",
        "Otherwise 82% darker, until somebody touches it",
    ]
    assert len(found) == 8


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_each_time_and_each_doubt_has_its_sentence(language: str) -> None:
    for section, values in (("times", Times()), ("doubt_from", Doubts())):
        assert words.section(language, section).keys() == asdict(values).keys()


def test_where_the_languages_come_from_is_said_as_it_is(screen: Screen, shop: Shop) -> None:
    open_service(screen, shop)
    assert scene(screen).languages_note == "All of the survey’s: nobody has chosen among them."
    assert scene(screen).give_back == ""


def test_a_language_that_the_survey_does_not_have_is_not_called_offered(screen: Screen, shop: Shop) -> None:
    from_head_office(shop, languages=["xx", "pt"])
    open_service(screen, shop)
    assert (scene(screen).spoken, held(screen)["Languages"][0]) == (("pt",), "Português")
    assert scene(screen).languages_note.startswith("Head office has chosen them (version 7).")


def test_languages_chosen_here_hold_from_the_next_customer_on(screen: Screen, shop: Shop) -> None:
    from_head_office(shop, languages=["it", "en"])
    shop.config.local_settings.write_text('{"address": "https://survey.example.com"}')
    open_service(screen, shop)
    choose(screen, "en")
    choose(screen, "de")
    assert scene(screen).spoken == ("it", "de")
    assert scene(screen).languages_note.startswith("Chosen on this tablet.")
    assert written(shop) == {"address": "https://survey.example.com", "languages": ["it", "de"]}
    screen.tap("back", "back")
    screen.until(lambda: not screen.shows("language-en"))
    assert screen.shows("language-de")


def test_the_last_language_stays(screen: Screen, shop: Shop) -> None:
    from_head_office(shop, languages=["it"])
    open_service(screen, shop)
    choose(screen, "it")
    assert (scene(screen).spoken, held(screen)["Languages"][1]) == (("it",), "head office, version 7")
    assert scene(screen).languages_note.startswith("One language always stays.")
    screen.tap("leave", "stay")
    assert not scene(screen).languages_note.startswith("One language always stays.")
    choose(screen, "en")
    assert scene(screen).languages_note.startswith("Chosen on this tablet.")
    choose(screen, "it")
    assert scene(screen).spoken == ("en",)


def test_languages_can_be_left_to_head_office_again(screen: Screen, shop: Shop) -> None:
    from_head_office(shop, languages=["it", "en"])
    open_service(screen, shop)
    choose(screen, "fr")
    screen.tap("give-back")
    screen.until(lambda: not screen.shows("give-back"))
    assert scene(screen).spoken == ("it", "en")
    assert written(shop) == {}


@pytest.mark.parametrize("spoilt", ['{"languages"', '{"languages": ["en"], "tims": {}}'])
def test_a_file_that_is_damaged_is_left_as_it_is(screen: Screen, shop: Shop, spoilt: str) -> None:
    shop.config.local_settings.write_text(spoilt)
    open_service(screen, shop)
    assert "settings.json" in scene(screen).held_note
    choose(screen, "it")
    assert scene(screen).languages_note.startswith("Not changed: the file settings.json")
    assert shop.config.local_settings.read_text() == spoilt


def test_a_folder_that_takes_no_file_changes_nothing(screen: Screen, shop: Shop) -> None:
    shop.config.local_settings.with_suffix(".new").mkdir()
    open_service(screen, shop)
    choose(screen, "it")
    assert scene(screen).languages_note.startswith("Not changed: the file settings.json")
    assert len(scene(screen).spoken) == 6


def test_the_only_language_stays(shop: Shop) -> None:
    survey = standard_survey()
    only = shop.asking_in("it", replace(survey, wording={"it": survey.wording["it"]}))
    with window(only, shop) as screen:
        open_service(screen, shop)
        choose(screen, "it")
        assert scene(screen).languages_note == words.text("it", "service.only_one")
