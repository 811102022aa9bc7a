"""The survey comes down when the hub has another one, and never a broken one."""

from dataclasses import replace
from typing import Any

import pytest

from common.surveys import from_document, standard_survey, to_document
from common.wire import SURVEY_PATH
from kiosk.config import load_snapshot
from kiosk.sync import Trouble
from tests.kiosk.sync.conftest import sync
from tests.support.kiosk import Kiosk
from tests.support.misbehaving_hub import MisbehavingHub


def publish(hub: MisbehavingHub, version: int, **changes: Any) -> None:
    document = to_document(standard_survey()) | {"version": version} | changes
    hub.survey = hub.survey | {"survey": document}
    hub.receipt = replace(hub.receipt, survey=version)


def asked(hub: MisbehavingHub) -> list[str | None]:
    return [headers.get("If-None-Match") for path, headers in hub.calls if path == SURVEY_PATH]


def test_it_is_fetched_once_after_pairing_and_then_left_alone(synced: Kiosk, hub: MisbehavingHub) -> None:
    sync(synced)
    assert asked(hub) == []


def test_another_version_is_fetched_and_shown(synced: Kiosk, hub: MisbehavingHub) -> None:
    publish(hub, 3, kind="transactional")
    report = sync(synced)
    assert (report.survey, report.trouble) == (3, None)
    assert asked(hub) == ['"2"']
    assert load_snapshot(synced.config.data).survey == from_document(hub.survey["survey"])
    publish(hub, 1)
    assert sync(synced).survey == 1, "a hub may go back"


@pytest.mark.parametrize(
    "change",
    [
        {"survey": {"id": "broken"}},
        {"survey": None},
        {"survey": to_document(standard_survey()) | {"wording": {}}},
        {"public_key": "AAAA"},
        {"public_key": None},
        {"public_key": "no base64"},
    ],
)
def test_a_broken_one_is_refused_and_the_old_one_stays(
    synced: Kiosk, hub: MisbehavingHub, change: dict[str, Any]
) -> None:
    publish(hub, 3)
    hub.survey |= change
    synced.give_many(3)
    report = sync(synced)
    assert (report.trouble, report.survey, report.delivered) == (Trouble.BROKEN_SURVEY, 2, 3)
    assert load_snapshot(synced.config.data).survey == standard_survey()
    publish(hub, 3)
    hub.survey["public_key"] = "A" * 43 + "="
    assert sync(synced).survey == 3


def test_a_receipt_moves_the_kiosk_to_another_store(synced: Kiosk, hub: MisbehavingHub) -> None:
    hub.receipt = replace(hub.receipt, store="bari", store_name="Bari", touchpoint="returns")
    sync(synced)
    screen = load_snapshot(synced.config.data)
    assert (screen.store_name, screen.touchpoint) == ("Bari", "returns")
