"""How tablets are, as the hub keeps it and shows it: battery, lock-down, settings in use, last trouble."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from common.tablet import Lock, Trouble
from hub.db import reading, writing
from hub.fleet import queries
from hub.fleet.kiosks import Kiosk
from hub.fleet.pages import condition
from hub.fleet.rules import met_at
from hub.surveys.queries import set_settings
from tests.hub.conftest import Clock
from tests.support.answers import a_response
from tests.support.reader import Reader
from tests.support.tablet import Tablet


def tell(tablet: Tablet, **health: Any) -> None:
    """Sync with more in the batch's health."""
    document = tablet.document([])
    document["health"] |= health
    assert tablet.post(document).status == 200


def known(engine: Engine, clock: Clock) -> Kiosk:
    with reading(engine) as connection:
        [kiosk] = queries.fleet(connection, clock())
    return kiosk


def page(reader: Reader, tablet: Tablet) -> str:
    return reader.get(f"/fleet/kiosk/{tablet.kiosk}").text


@pytest.mark.parametrize("told", [{"battery": 84, "lock": "bolted", "trouble": {"code": "offline"}}])
def test_w20_what_makes_no_sense_holds_up_no_answer(tablet: Tablet, told: dict[str, Any]) -> None:
    document = tablet.document(tablet.number(a_response(1)))
    document["health"] |= told
    assert tablet.post(document).document["verdicts"][0]["outcome"] == "accepted"


def test_w20_what_is_not_known_is_said_to_be_unknown(reader: Reader, tablet: Tablet) -> None:
    tablet.give()
    assert "Battery unknown Window unknown Last error none told" in page(reader, tablet)
    tell(tablet, battery={"percent": 7, "plugged": False}, lock="windowed")
    text = page(reader, tablet)
    assert "battery at 7% not locked" in text
    assert "Battery 7%, not plugged in Window not locked: it runs in a window that can be closed" in text
    tell(tablet, battery={"percent": 100, "plugged": True}, lock="service")
    assert "Battery 100%, plugged in Window open: somebody is at its settings" in page(reader, tablet)
    tablet.give()
    assert "Battery unknown Window unknown" in page(reader, tablet)


def test_w20_a_trouble_is_kept_with_its_time_by_the_hubs_clock(
    reader: Reader, tablet: Tablet, engine: Engine, clock: Clock
) -> None:
    at = clock() - timedelta(minutes=5)
    tell(tablet, trouble={"code": "not_the_hub", "at": at.isoformat()})
    clock.forward(hours=3)
    tablet.give()
    assert (known(engine, clock).trouble, known(engine, clock).trouble_at) == ("not_the_hub", at)
    said = "3 hours ago: something else answered, perhaps the log-in page of a network"
    assert f"Last error {said}" in page(reader, tablet)
    assert f"Last error {said}" in reader.get("/fleet?which=troubled&sort=trouble").text
    clock.forward(days=1)
    assert "Last error" not in reader.get("/fleet").text
    tell(tablet, trouble={"code": "moths", "at": clock().isoformat()})
    assert "just now: something that this hub has no words for (moths)" in page(reader, tablet)


def test_a_trouble_of_a_clock_that_was_wrong_was_no_later_than_now() -> None:
    now = datetime(2026, 3, 25, 10, tzinfo=UTC)
    hour = timedelta(hours=1)
    assert met_at(now - 3 * hour, 7_200_000, now) == now - hour
    assert met_at(now + hour, 0, now) == now
    assert met_at(datetime(1970, 1, 1, tzinfo=UTC), 0, now) == now


def test_w20_every_trouble_has_words_of_its_own(
    reader: Reader, clock: Clock, tablet: Tablet, engine: Engine
) -> None:
    with reader.client.application.test_request_context():
        said = {condition._trouble(trouble.value) for trouble in Trouble}
    assert len(said) == len(Trouble)
    assert not any("no words" in each for each in said)
    for lock in Lock:
        tell(tablet, lock=lock.value)
        assert known(engine, clock).lock is lock


def test_a_kiosk_says_which_settings_it_has_of_which_and_since_when(
    reader: Reader, tablet: Tablet, engine: Engine, clock: Clock
) -> None:
    tablet.give()
    assert "Settings unknown" in page(reader, tablet)
    tell(tablet, settings=0)
    assert "Settings its own, since 25 Mar 2026, 11:00" in page(reader, tablet)
    with writing(engine) as connection:
        for idle in (50, 60):
            version = set_settings(connection, None, {"times": {"idle": idle}}, "tests", clock())
    assert f"Settings its own, not yet version {version}, since" in page(reader, tablet)
    clock.forward(hours=1)
    tell(tablet, settings=version - 1)
    clock.forward(hours=1)
    tell(tablet, settings=version - 1)
    assert f"Settings version {version - 1} of {version}, since 25 Mar 2026, 12:00" in page(reader, tablet)
    assert f"Settings: version {version - 1} of {version}" in reader.get("/fleet?which=behind").text
    tell(tablet, settings=version)
    assert f"Settings version {version}, since 25 Mar 2026, 13:00" in page(reader, tablet)
    assert "No kiosk is like that" in reader.get("/fleet?which=behind").text


def test_batteries_and_windows_can_be_asked_for(reader: Reader, tablet: Tablet, pair_tablet: Any) -> None:
    tell(tablet, battery={"percent": 84, "plugged": False}, lock="locked")
    tell(pair_tablet("milan"), battery={"percent": 12, "plugged": False}, lock="windowed")
    pair_tablet("milan")
    assert reader.get("/fleet?which=battery").text.count("Navigli · checkout") == 1
    assert "Da Vinci · checkout" not in reader.get("/fleet?which=unlocked").text
    text = reader.get("/fleet?sort=battery").text
    assert text.index("milan-1 Navigli") < text.index("rome-1 Da Vinci") < text.index("milan-2 Navigli")


def test_a_kiosk_that_was_unpaired_is_said_to_be_and_cannot_be_let_ask(
    reader: Reader, tablet: Tablet
) -> None:
    tablet.give()
    assert tablet.send("/api/v1/unpairing", b"{}", {"Authorization": f"Bearer {tablet.key}"}).status == 200
    assert "checkout unpaired just now" in reader.get("/fleet?which=unpaired").text
    text = page(reader, tablet)
    assert "Its tablet has said that it belongs here no more." in text
    assert "Let it ask again" not in text
