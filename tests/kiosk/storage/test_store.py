"""What the tablet remembers besides answers: pairing, survey, the first screen, the last sync."""

import json
import stat
from dataclasses import replace

import pytest

from common.nps import Segment
from common.responses import Consent, SealedContact
from common.surveys import Survey, from_document, standard_survey, to_document
from common.wire import Outcome, Totals, Verdict
from kiosk.config import Config, load_snapshot, unpaired_snapshot
from kiosk.storage.last_sync import LastSync
from kiosk.storage.migrations import migrations
from kiosk.storage.outbox import State
from kiosk.storage.pairing import Pairing, UnsentAnswers
from tests.kiosk.storage.test_outbox import a_receipt, accepted
from tests.support.answers import NOON, a_response, an_id
from tests.support.kiosk import Kiosk, a_pairing, database_bytes


def another_survey(version: int = 2) -> Survey:
    document = to_document(standard_survey()) | {"version": version}
    document["wording"] = {"it": document["wording"]["it"]}
    return from_document(document)


def test_an_unpaired_kiosk_asks_the_standard_survey(kiosk: Kiosk) -> None:
    assert kiosk.ask(lambda s: s.snapshot()) == unpaired_snapshot()
    assert load_snapshot(kiosk.config.data) == unpaired_snapshot()


def test_pairing_is_kept_and_on_the_first_screen(kiosk: Kiosk, config: Config) -> None:
    kiosk.ask(lambda s: s.pair(a_pairing()))
    kiosk.close()
    again = Kiosk(config)
    assert again.ask(lambda s: s.pairing()) == a_pairing()
    snapshot = again.ask(lambda s: s.snapshot())
    assert load_snapshot(config.data) == snapshot
    assert (snapshot.store_name, snapshot.touchpoint, snapshot.paired) == ("Roma Centro", "checkout", True)
    assert "device_key" not in (config.data / "screen.json").read_text()
    again.close()


def test_answers_given_before_the_pairing_go_along(kiosk: Kiosk) -> None:
    kiosk.give_many(2)
    kiosk.save(a_response(3)).result()
    kiosk.ask(lambda s: s.pair(a_pairing()))
    assert kiosk.totals() == Totals(3, 0, 3, 0, NOON)
    assert [kept.sequence for kept in kiosk.kept()] == [1, 2, 3]
    kiosk.save(a_response(3, comment="the customer goes on")).result()
    assert kiosk.kept()[2].response.comment == "the customer goes on"


def test_another_hub_is_refused_while_answers_wait(kiosk: Kiosk) -> None:
    kiosk.ask(lambda s: s.pair(a_pairing()))
    kiosk.give_many(2)
    other = a_pairing("https://other.example.com", kiosk="other")
    with pytest.raises(UnsentAnswers, match=r"2 answers are waiting for https://hub\.example\.com"):
        kiosk.ask(lambda s: s.pair(other))
    assert kiosk.ask(lambda s: s.pairing()) == a_pairing()
    kiosk.ask(lambda s: s.outbox.apply(a_receipt(accepted(1), accepted(2)), s.outbox.batch(2)))
    kiosk.ask(lambda s: s.pair(other))
    assert kiosk.totals() == Totals(0, 0, 0, 0, None), "the other hub hears nothing of the first one's"
    assert kiosk.ask(lambda s: s.outbox.tallies())[0].total == 2, "the manager still sees them"


def test_what_was_set_aside_goes_along_to_another_kiosk_of_the_hub_and_waits_again(kiosk: Kiosk) -> None:
    kiosk.ask(lambda s: s.pair(a_pairing()))
    kiosk.give_many(3)
    kiosk.ask(lambda s: s.outbox.quarantine(an_id(2), "bad_time"))
    kiosk.ask(lambda s: s.outbox.apply(a_receipt(accepted(1)), s.outbox.batch(1)))
    kiosk.ask(lambda s: s.pair(a_pairing(kiosk="another")))
    assert kiosk.totals() == Totals(2, 0, 2, 0, NOON)
    assert {kept.response.id: kept.sequence for kept in kiosk.kept()} == {
        an_id(1): 1,
        an_id(2): 1,
        an_id(3): 2,
    }


def test_another_hub_is_refused_what_was_set_aside_and_gets_nothing_that_went_to_its_own_in_a_file(
    kiosk: Kiosk,
) -> None:
    kiosk.ask(lambda s: s.pair(a_pairing()))
    kiosk.give_many(2)
    kiosk.ask(lambda s: s.outbox.quarantine(an_id(2), "bad_time"))
    kiosk.ask(lambda s: s.outbox.apply(a_receipt(accepted(1)), s.outbox.batch(1)))
    other = a_pairing("https://other.example.com", kiosk="other")
    with pytest.raises(UnsentAnswers, match="1 answers"):
        kiosk.ask(lambda s: s.pair(other))
    kiosk.ask(lambda s: s.leaving.carry(s.leaving.contents()))
    kiosk.ask(lambda s: s.pair(other))
    assert kiosk.totals() == Totals(0, 0, 0, 0, None)


def test_another_hub_brings_its_own_survey(kiosk: Kiosk) -> None:
    kiosk.ask(lambda s: s.pair(a_pairing()))
    kiosk.ask(lambda s: s.use_survey(another_survey(), bytes(32), "tag"))
    kiosk.ask(lambda s: s.pair(a_pairing("https://other.example.com", kiosk="other")))
    assert kiosk.ask(lambda s: s.survey()) == standard_survey()
    assert kiosk.ask(lambda s: s.survey_tag()) is None


def test_a_survey_is_kept_with_its_key_and_on_the_first_screen(kiosk: Kiosk) -> None:
    kiosk.ask(lambda s: s.pair(a_pairing()))
    kiosk.ask(lambda s: s.use_survey(another_survey(), b"k" * 32, "tag"))
    screen = load_snapshot(kiosk.config.data)
    assert (screen.survey, screen.public_key) == (another_survey(), b"k" * 32)
    assert screen.survey.wording["it"].thanks[Segment.PROMOTER]
    assert kiosk.ask(lambda s: s.survey_tag()) == "tag"
    kiosk.ask(lambda s: s.use_survey(another_survey(3), b"k" * 32, ""))
    kiosk.ask(lambda s: s.use_survey(another_survey(2), b"k" * 32, ""))
    assert kiosk.ask(lambda s: s.survey()).version == 2


def test_a_receipt_moves_the_kiosk(kiosk: Kiosk) -> None:
    kiosk.ask(lambda s: s.obey(a_receipt()))
    assert kiosk.ask(lambda s: s.pairing()) is None
    kiosk.ask(lambda s: s.pair(a_pairing()))
    moved = replace(a_receipt(), store="bari", store_name="Bari", time_zone="UTC", touchpoint="returns")
    kiosk.ask(lambda s: s.obey(moved))
    expected = replace(a_pairing(), store="bari", store_name="Bari", time_zone="UTC", touchpoint="returns")
    assert kiosk.ask(lambda s: s.pairing()) == expected
    assert load_snapshot(kiosk.config.data).store_name == "Bari"


def test_a_first_screen_that_a_power_cut_left_behind_is_renewed(kiosk: Kiosk, config: Config) -> None:
    kiosk.ask(lambda s: s.pair(a_pairing()))
    kiosk.close()
    (config.data / "screen.json").write_text('{"store_name": "Rom')
    assert load_snapshot(config.data) == unpaired_snapshot()
    again = Kiosk(config)
    again.totals()
    assert load_snapshot(config.data).store_name == "Roma Centro"
    again.close()


def test_a_lost_database_is_said(kiosk: Kiosk, config: Config, caplog: pytest.LogCaptureFixture) -> None:
    kiosk.ask(lambda s: s.pair(a_pairing()))
    kiosk.close()
    config.database.unlink()
    again = Kiosk(config)
    again.totals()
    assert "pair this kiosk again" in caplog.text
    again.close()


def test_contact_details_leave_the_disk_at_the_receipt(kiosk: Kiosk) -> None:
    box = b"the sealed box of one customer " * 4
    contact = SealedContact("key-1", box, Consent("standard-1", "it", NOON))
    kiosk.ask(lambda s: s.pair(a_pairing()))
    kiosk.give_many(30, first=2)
    kiosk.give(a_response(1, contact=contact, comment="stays"))
    assert box in database_bytes(kiosk.config.data)
    verdict = Verdict(an_id(1), Outcome.DUPLICATE)
    kiosk.ask(lambda s: s.outbox.apply(a_receipt(verdict), s.outbox.batch(100)))
    kiosk.ask(lambda s: s.traces.empty_log())
    assert box[:40] not in database_bytes(kiosk.config.data)
    (kept,) = [kept for kept in kiosk.kept() if kept.state is State.DELIVERED]
    assert kept.response == a_response(1, comment="stays")


def test_the_last_sync_is_kept(kiosk: Kiosk, config: Config) -> None:
    assert kiosk.ask(lambda s: s.last_sync()) == LastSync()
    last = LastSync(contact=NOON, trouble="offline", offset=-3_600_000, batch=62)
    kiosk.ask(lambda s: s.note_sync(last))
    kiosk.close()
    again = Kiosk(config)
    assert again.ask(lambda s: s.last_sync()) == last
    again.close()


def test_a_pairing_made_by_a_command_reaches_the_window(kiosk: Kiosk, config: Config) -> None:
    kiosk.give_many(1)
    command = Kiosk(config, alone=False)
    command.ask(lambda s: s.pair(a_pairing(kiosk="new")))
    command.close()
    kiosk.give_many(1, first=2)
    assert kiosk.ask(lambda s: s.outbox.device) == "new"
    assert [item.sequence for item in kiosk.ask(lambda s: s.outbox.batch(9))] == [1, 2]


def test_a_public_key_of_another_length_is_no_pairing() -> None:
    document = a_pairing().to_document()
    assert Pairing.from_document(json.loads(json.dumps(document))) == a_pairing()
    with pytest.raises(ValueError, match="32 bytes"):
        Pairing.from_document(document | {"public_key": "AAAA"})


def test_strangers_on_the_machine_cannot_read_the_answers(kiosk: Kiosk) -> None:
    kiosk.give_many(1)
    assert stat.S_IMODE(kiosk.config.data.stat().st_mode) == 0o700


def test_durable_and_tidy_settings_are_on(kiosk: Kiosk) -> None:
    def pragma(name: str) -> object:
        return kiosk.ask(lambda s: s._db.execute(f"PRAGMA {name}").fetchone()[0])

    assert [pragma(name) for name in ("journal_mode", "synchronous", "secure_delete", "foreign_keys")] == [
        "wal", 2, 1, 1,
    ]  # fmt: skip


def test_a_full_queue_survives_the_migrations(kiosk: Kiosk, config: Config) -> None:
    kiosk.give_many(50)
    before = kiosk.kept()
    assert kiosk.ask(lambda s: migrations.pending(s._db)) == []
    kiosk.close()
    again = Kiosk(config)
    again.ask(lambda s: migrations.apply(s._db))
    assert again.kept() == before
    again.close()
