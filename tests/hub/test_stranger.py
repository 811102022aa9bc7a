"""A kiosk written from WIRE.md alone gets along with a real hub."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.db import open_engine
from tests.support import stranger
from tests.support.books import stored_rows
from tests.support.hub import Hub, serving
from tests.support.stranger import Stranger


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    with serving(tmp_path_factory.mktemp("hub") / "data") as hub:
        hub.add_store("rome")
        yield hub


@pytest.fixture
def kiosk(hub: Hub) -> Stranger:
    kiosk = Stranger(hub.address)
    begun = kiosk.ask_for_code()
    hub.must("pair", begun["user_code"], "--store", "rome", "--touchpoint", "exit")
    assert kiosk.ask_for_key(begun["device_code"]) == ""
    return kiosk


def test_it_knows_nothing_of_ours() -> None:
    tree = ast.parse(Path(stranger.__file__).read_text("utf-8"))
    named = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [each.name for each in node.names]
            if isinstance(node, ast.Import)
            else [node.module or "."]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert named - sys.stdlib_module_names == {"requests", "nacl"}


def test_pairing_waits_for_somebody_at_the_hub(hub: Hub) -> None:
    kiosk = Stranger(hub.address)
    begun = kiosk.ask_for_code()
    assert kiosk.ask_for_key(begun["device_code"]) == "authorization_pending"
    assert kiosk.ask_for_key(begun["device_code"]) == "slow_down"
    hub.must("pair", begun["user_code"], "--store", "rome")
    assert kiosk.ask_for_key(begun["device_code"]) == ""
    key = kiosk.paired["device_key"]
    assert kiosk.ask_for_key(begun["device_code"]) == "", "the reply may have been lost"
    assert kiosk.paired["device_key"] == key
    assert kiosk.ask_for_key("another") == "expired_token"


def test_the_survey_travels_once(kiosk: Stranger) -> None:
    assert kiosk.fetch()
    assert set(kiosk.survey) >= {"id", "version", "kind", "consent_text", "wording"}
    assert not kiosk.fetch()


def test_every_verdict_is_handled(hub: Hub, kiosk: Stranger) -> None:
    kiosk.fetch()
    good, reached = kiosk.give(0), kiosk.give(3, "ada@example.com", comment="Too slow.\nReally.")
    bad = kiosk.give(11)
    assert kiosk.sync() == ""
    assert (set(kiosk.delivered), kiosk.quarantined, kiosk.waiting) == (
        {good, reached}, {bad: "bad_score"}, {},
    )  # fmt: skip
    again = kiosk.delivered.pop(good)
    kiosk.waiting[good] = again
    assert kiosk.sync() == ""
    assert kiosk.receipt["verdicts"] == [{"id": good, "outcome": "duplicate"}]
    kiosk.delivered.pop(reached)
    kiosk.waiting[reached] = again | {"id": reached}
    kiosk.sync()
    assert kiosk.quarantined[reached] == "answer_changed"
    assert (kiosk.receipt["survey"], kiosk.receipt["touchpoint"]) == (kiosk.survey["version"], "exit")
    engine = open_engine(f"sqlite:///{hub.data / 'hub.sqlite'}")
    rows = stored_rows(engine)
    engine.dispose()
    assert {good, reached} <= rows.keys()
    assert bad not in rows
    assert rows[reached]["email_hash"], "the hub has opened the box"


def test_a_number_that_was_lost_is_asked_for(kiosk: Stranger) -> None:
    kiosk.fetch()
    lost = kiosk.give(9)
    kiosk.delivered[lost] = kiosk.waiting.pop(lost)
    kiosk.give(10)
    assert kiosk.sync() == ""
    assert kiosk.receipt["missing"] == [[1, 1]]
    assert set(kiosk.waiting) == {lost}
    kiosk.sync()
    assert (kiosk.receipt["missing"], kiosk.waiting) == ([], {})


def test_whoever_has_no_key_keeps_everything(hub: Hub, kiosk: Stranger) -> None:
    kiosk.fetch()
    kept = kiosk.give(7)
    kiosk.paired["device_key"] = "somebody else's"
    assert kiosk.sync() == "unknown_device"
    assert set(kiosk.waiting) == {kept}
