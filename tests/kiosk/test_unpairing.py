"""Unpairing: nothing that the hub lacks is left behind, unless a rescue file has it."""

from pathlib import Path

import pytest

from common.responses import TEST
from common.wire import UNPAIRING_PATH, Code
from kiosk.config import Config, load_snapshot
from kiosk.rescue import Carried, Patience, carry_away
from kiosk.storage.lock import RUNNING, held
from kiosk.storage.outbox import State
from kiosk.storage.pairing import StillUnsent
from kiosk.sync import Trouble
from kiosk.sync.once import sync_once
from tests.support.answers import a_response, an_id
from tests.support.kiosk import Kiosk, a_pairing, clock
from tests.support.kiosk_commands import command, must
from tests.support.misbehaving_hub import MisbehavingHub

OTHER = "0195d000-0000-7000-8000-000000000002"


@pytest.fixture
def tablet(kiosk: Kiosk, hub: MisbehavingHub) -> Kiosk:
    """Return a kiosk that is paired with the hub."""
    kiosk.ask(lambda s: s.pair(a_pairing(hub.address)))
    return kiosk


def refusal(config: Config) -> str:
    done = command(config, "unpair", "--yes")
    assert done.exit_code == 1
    return done.stderr


def test_w19_a_tablet_with_nothing_unsent_leaves_and_its_hub_hears_of_it(
    tablet: Kiosk, hub: MisbehavingHub, config: Config
) -> None:
    tablet.give(a_response(1))
    sync_once(tablet.thread, config, clock)
    assert must(config, "unpair", "--yes") == "Unpaired.\n"
    [(_, headers)] = [call for call in hub.calls if call[0] == UNPAIRING_PATH]
    assert headers["Authorization"] == f"Bearer {a_pairing().device_key}"
    assert tablet.ask(lambda s: (s.pairing(), s.keys.known())) == (None, [])
    assert not load_snapshot(config.data).paired
    assert sync_once(tablet.thread, config, clock).trouble is Trouble.NOT_PAIRED
    assert len(tablet.kept()) == 1
    assert "Error: This kiosk is not paired." in command(config, "unpair", "--yes").stderr


def test_w19_a_hub_that_is_away_does_not_hold_it_up(tablet: Kiosk, config: Config) -> None:
    tablet.ask(lambda s: s.pair(a_pairing("http://127.0.0.1:1", kiosk=OTHER)))
    done = command(config, "unpair", "--yes")
    assert (done.exit_code, done.stdout) == (0, "Unpaired.\n")
    assert "The hub could not be told" in done.stderr
    assert tablet.ask(lambda s: s.pairing()) is None


def test_it_asks_before(tablet: Kiosk, config: Config) -> None:
    assert command(config, "unpair").exit_code == 1
    assert tablet.ask(lambda s: s.pairing()) is not None


def test_what_is_unsent_or_set_aside_holds_it(tablet: Kiosk, hub: MisbehavingHub, config: Config) -> None:
    tablet.give(a_response(1), a_response(2))
    assert "Not at the hub yet: 2 answers. Bring them there by cerchio-kiosk sync" in refusal(config)
    hub.refuses = lambda item: Code.UNKNOWN_SURVEY if item.sequence == 2 else None
    sync_once(tablet.thread, config, clock)
    assert "Not at the hub yet: 1 answers" in refusal(config)
    with pytest.raises(StillUnsent):
        tablet.ask(lambda s: s.unpair())


def test_a_word_that_the_hub_has_not_heard_holds_it(tablet: Kiosk, config: Config) -> None:
    tablet.give(a_response(1, flags=("burst",)))
    sync_once(tablet.thread, config, clock)
    tablet.ask(lambda s: s.doubts.overrule(an_id(1), clock()))
    assert "Not at the hub yet: 1 decisions on answers." in refusal(config)
    sync_once(tablet.thread, config, clock)
    must(config, "unpair", "--yes")


def test_a_customer_who_is_still_there_holds_it(tablet: Kiosk, config: Config, tmp_path: Path) -> None:
    with held(config.data / RUNNING, patience=0):  # as the window does
        tablet.save(a_response(1)).result(10)
        must(config, "export", str(tmp_path / "rescue.cerchio"))
        assert "Not at the hub yet: 1 answers" in refusal(config)


def test_a_rescue_file_lets_it_go_and_a_later_answer_holds_it_again(
    tablet: Kiosk, config: Config, tmp_path: Path
) -> None:
    tablet.give(a_response(1))
    must(config, "export", str(tmp_path / "table.csv"))
    assert "1 answers" in refusal(config)
    must(config, "export", str(tmp_path / "rescue.cerchio"))
    tablet.give(a_response(2))
    assert "2 answers" in refusal(config)
    must(config, "export", str(tmp_path / "second.cerchio"))
    must(config, "unpair", "--yes")


def test_so_does_a_stick(
    tablet: Kiosk, config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tablet.give(a_response(1))
    stick = tmp_path / "stick"
    stick.mkdir()
    monkeypatch.setattr("kiosk.rescue.sticks", lambda roots, apart_from: [stick])
    carried = tablet.ask(lambda s: carry_away(s, [tmp_path], clock(), Patience()))
    assert carried.outcome is Carried.WRITTEN
    must(config, "unpair", "--yes")


def carried_away(tablet: Kiosk, config: Config, folder: Path) -> None:
    """Let a tablet leave with an answer that only a file has, and be given another one."""
    tablet.give(a_response(1))
    must(config, "export", str(folder / "rescue.cerchio"))
    must(config, "unpair", "--yes")
    tablet.give(a_response(2))


def test_paired_with_the_same_hub_again_it_brings_them_too(
    tablet: Kiosk, hub: MisbehavingHub, config: Config, tmp_path: Path
) -> None:
    carried_away(tablet, config, tmp_path)
    tablet.ask(lambda s: s.pair(a_pairing(hub.address, kiosk=OTHER)))
    assert [kept.sequence for kept in tablet.kept()] == [1, 2]
    assert sync_once(tablet.thread, config, clock).delivered == 2
    assert {*hub.stored} == {an_id(1), an_id(2)}


def test_another_hub_gets_only_what_was_given_since(
    tablet: Kiosk, hub: MisbehavingHub, config: Config, tmp_path: Path
) -> None:
    tablet.ask(lambda s: s.pair(a_pairing("http://127.0.0.1:1", kiosk=OTHER)))
    carried_away(tablet, config, tmp_path)
    third = "0195d000-0000-7000-8000-000000000003"
    tablet.ask(lambda s: s.pair(a_pairing(hub.address, kiosk=third)))
    assert sync_once(tablet.thread, config, clock).delivered == 1
    assert {*hub.stored} == {an_id(2)}
    assert {kept.response.id: kept.state for kept in tablet.kept()} == {
        an_id(1): State.WAITING, an_id(2): State.DELIVERED,
    }  # fmt: skip


def test_a_test_answer_is_one_too(tablet: Kiosk, config: Config) -> None:
    tablet.give(a_response(1, flags=(TEST,)))
    assert "1 answers" in refusal(config)
