"""Answers on the disk: numbered, never lost, never twice."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from sqlite3 import IntegrityError

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from common.nps import SCORES
from common.responses import Consent, Response, SealedContact
from common.wire import Code, Outcome, Receipt, Totals, Verdict
from kiosk.config import Config
from kiosk.storage.outbox import Applied, State
from kiosk.storage.rows import from_row, to_row
from kiosk.storage.running import recount
from kiosk.storage.store import Storage
from tests.support.answers import NOON, a_response, an_id
from tests.support.kiosk import Kiosk, a_pairing, read
from tests.support.strategies import responses

SEALED = SealedContact("key-1", b"sealed box of anna" + bytes(60), Consent("standard-1", "it", NOON))


def a_receipt(*verdicts: Verdict, missing: tuple[tuple[int, int], ...] = ()) -> Receipt:
    return Receipt(NOON, verdicts, missing, 1, "roma", "Roma Centro", "Europe/Rome", "checkout", 60.0)


def accepted(number: int) -> Verdict:
    return Verdict(an_id(number), Outcome.ACCEPTED)


def states(kiosk: Kiosk) -> list[State]:
    return [kept.state for kept in kiosk.kept()]


@pytest.mark.parametrize("score", SCORES)
def test_every_score_comes_back_as_it_was_tapped(kiosk: Kiosk, score: int) -> None:
    kiosk.give(a_response(score=score))
    assert [kept.response.score for kept in kiosk.kept()] == [score]
    assert read(kiosk.ask(lambda s: s.outbox.batch(10))[0]).response.score == score
    assert kiosk.ask(lambda s: s.outbox.tallies())[0].counts[score] == 1


@settings(max_examples=200)
@given(responses)
def test_a_row_is_the_response(response: Response) -> None:
    assert from_row(to_row(response)) == response
    assert from_row(json.loads(json.dumps(to_row(replace(response, contact=None))))) == replace(
        response, contact=None
    )


def test_w1_the_row_is_there_at_the_tap_and_later_steps_amend_it(kiosk: Kiosk) -> None:
    tapped = a_response(score=0)
    kiosk.save(tapped).result()
    assert [(kept.state, kept.response) for kept in kiosk.kept()] == [(State.OPEN, tapped)]
    told = replace(tapped, score=3, language="it", reasons=("staff",), comment="già", contact=SEALED)
    kiosk.save(told).result()
    assert [(kept.sequence, kept.response) for kept in kiosk.kept()] == [(1, told)]


def test_an_open_visit_is_not_sent_but_counts_as_waiting(kiosk: Kiosk) -> None:
    kiosk.save(a_response()).result()
    assert kiosk.ask(lambda s: s.outbox.batch(10)) == []
    assert kiosk.totals() == Totals(1, 0, 1, 0, NOON)
    kiosk.ask(lambda s: s.outbox.finish(an_id()))
    assert [answer.id for answer in kiosk.ask(lambda s: s.outbox.batch(10))] == [an_id()]
    assert kiosk.totals() == Totals(1, 0, 1, 0, NOON)


def test_saving_or_finishing_again_changes_nothing(kiosk: Kiosk) -> None:
    for _ in range(3):
        kiosk.give(a_response(contact=SEALED))
    kiosk.ask(lambda s: s.outbox.finish("unknown"))
    assert kiosk.totals().given == 1


def test_another_answer_under_the_id_of_a_finished_visit_is_a_mistake(kiosk: Kiosk) -> None:
    kiosk.give(a_response(score=0))
    with pytest.raises(ValueError, match="ended with another answer"):
        kiosk.save(a_response(score=10)).result()
    assert [kept.response.score for kept in kiosk.kept()] == [0]


def test_a_delivered_answer_may_be_saved_again_without_its_contact(kiosk: Kiosk) -> None:
    response = a_response(contact=SEALED)
    kiosk.give(response)
    kiosk.ask(lambda s: s.outbox.apply(a_receipt(accepted(1)), s.outbox.batch(10)))
    kiosk.give(response)
    assert states(kiosk) == [State.DELIVERED]


def test_batches_are_oldest_first_and_limited(kiosk: Kiosk) -> None:
    kiosk.give_many(7)
    first = kiosk.ask(lambda s: s.outbox.batch(3))
    rest = kiosk.ask(lambda s: s.outbox.batch(100, after=first[-1].sequence))
    assert [item.sequence for item in [*first, *rest]] == [1, 2, 3, 4, 5, 6, 7]


def test_w3_a_receipt_marks_exactly_what_it_names(kiosk: Kiosk) -> None:
    kiosk.give_many(5)
    receipt = a_receipt(
        accepted(1),
        Verdict(an_id(2), Outcome.DUPLICATE),
        Verdict(an_id(3), Outcome.REFUSED, Code.BAD_CONTACT),
        Verdict(None, Outcome.REFUSED, Code.BAD_ID),
        Verdict(an_id(99), Outcome.ACCEPTED),
    )
    applied = kiosk.ask(lambda s: s.outbox.apply(receipt, s.outbox.batch(4)))
    assert applied == Applied(delivered=2, duplicates=1, refused=1)
    assert [state.name for state in states(kiosk)] == [
        "DELIVERED", "DELIVERED", "QUARANTINED", "WAITING", "WAITING",
    ]  # fmt: skip
    assert kiosk.kept()[2].refusal == "bad_contact"
    assert kiosk.totals() == Totals(5, 2, 2, 1, NOON)


def test_w3_a_verdict_on_what_was_not_sent_changes_nothing(kiosk: Kiosk) -> None:
    kiosk.give_many(2)
    assert kiosk.ask(lambda s: s.outbox.apply(a_receipt(accepted(2)), s.outbox.batch(1))) == Applied()
    assert states(kiosk) == [State.WAITING, State.WAITING]


def test_verdicts_that_contradict_each_other_are_settled_by_the_first(kiosk: Kiosk) -> None:
    kiosk.give_many(1)
    both = a_receipt(Verdict(an_id(1), Outcome.REFUSED, Code.BAD_SCORE), accepted(1))
    kiosk.ask(lambda s: s.outbox.apply(both, s.outbox.batch(1)))
    assert states(kiosk) == [State.QUARANTINED]


def test_w10_missing_ranges_let_delivered_answers_wait_again(kiosk: Kiosk) -> None:
    kiosk.give_many(4)
    refused = Verdict(an_id(2), Outcome.REFUSED, Code.BAD_SCORE)
    receipt = a_receipt(accepted(1), refused, accepted(3))
    kiosk.ask(lambda s: s.outbox.apply(receipt, s.outbox.batch(4)))
    assert kiosk.ask(lambda s: s.outbox.send_again([(1, 2), (4, 2**60)])) == 1
    assert [state.name for state in states(kiosk)] == ["WAITING", "QUARANTINED", "DELIVERED", "WAITING"]


def test_w1_numbers_are_gapless_per_device_and_start_anew_with_a_new_one(kiosk: Kiosk) -> None:
    kiosk.give_many(3)
    kiosk.ask(lambda s: s.pair(a_pairing(kiosk="a")))
    kiosk.ask(lambda s: s.outbox.apply(a_receipt(accepted(1)), s.outbox.batch(1)))
    kiosk.ask(lambda s: s.pair(a_pairing(kiosk="b")))
    kiosk.give_many(1, first=4)
    assert [item.sequence for item in kiosk.ask(lambda s: s.outbox.batch(10))] == [1, 2, 3]
    assert kiosk.totals() == Totals(3, 0, 3, 0, NOON)


def test_an_answer_cannot_be_deleted(kiosk: Kiosk) -> None:
    kiosk.give_many(1)
    with pytest.raises(IntegrityError, match="never deleted"):
        kiosk.ask(lambda s: s.outbox._db.execute("DELETE FROM responses"))
    assert kiosk.totals().given == 1


def test_a_score_that_is_none_never_gets_into_the_table(kiosk: Kiosk) -> None:
    for score in (-1, 11, 7.5, "seven", None):
        with pytest.raises(IntegrityError):
            kiosk.save(replace(a_response(), score=score)).result()  # type: ignore[arg-type]
    assert kiosk.totals() == Totals(0, 0, 0, 0, None)


def test_totals_name_the_oldest_that_waits(kiosk: Kiosk) -> None:
    rome = timezone(timedelta(hours=2))
    late, early = NOON, datetime(2026, 3, 29, 13, 30, tzinfo=rome)
    kiosk.give(a_response(1, given_at=late), a_response(2, given_at=early))
    assert kiosk.totals().oldest_waiting == early
    kiosk.ask(lambda s: s.outbox.apply(a_receipt(accepted(2)), s.outbox.batch(2)))
    assert kiosk.totals().oldest_waiting == late


def test_tallies_keep_flagged_answers_apart(kiosk: Kiosk) -> None:
    kiosk.give(a_response(1, score=0), a_response(2, score=10, flags=("burst",)))
    counted, flagged = kiosk.ask(lambda s: s.outbox.tallies())
    assert (counted.counts[0], counted.total, flagged.counts[10], flagged.total) == (1, 1, 1, 1)


def test_tallies_take_the_beginning_and_leave_the_end(kiosk: Kiosk) -> None:
    moments = [NOON - timedelta(milliseconds=1), NOON, NOON + timedelta(hours=1)]
    kiosk.give(*(a_response(n, score=n, given_at=moment) for n, moment in enumerate(moments)))
    counted, _ = kiosk.ask(lambda s: s.outbox.tallies(NOON, NOON + timedelta(hours=1)))
    assert counted.counts[1] == counted.total == 1


@settings(max_examples=60, deadline=None)
@given(
    some.lists(
        some.tuples(
            some.sampled_from(["save", "amend", "finish", "deliver", "refuse", "again", "finish_all"]),
            some.integers(1, 6),
        ),
        max_size=25,
    )
)
def test_w1_any_sequence_of_steps_keeps_every_answer_and_its_number(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]]
) -> None:
    kiosk = Kiosk(Config(data=tmp_path_factory.mktemp("steps")))
    seen: dict[str, int] = {}
    try:
        for step, number in steps:
            kiosk.ask(partial(_take, step, number))
            kiosk.totals()
            numbers = {kept.response.id: kept.sequence for kept in kiosk.kept()}
            assert not kiosk.ask(lambda s: recount(s._db)), "the running totals are not what a count finds"
            assert seen.items() <= numbers.items(), "a number was changed or an answer lost"
            assert sorted(numbers.values()) == list(range(1, len(numbers) + 1))
            seen = numbers
    finally:
        kiosk.close()


def _take(step: str, number: int, storage: Storage) -> None:
    outbox = storage.outbox
    verdict = {"deliver": Outcome.ACCEPTED, "refuse": Outcome.REFUSED}.get(step)
    match step:
        case "save":
            if not outbox.knows(an_id(number)):
                outbox.save(a_response(number))
        case "amend":
            if any(k.response.id == an_id(number) and k.state is State.OPEN for k in outbox.all()):
                outbox.save(a_response(number, comment=f"amended {datetime.now(UTC)}"))
        case "finish":
            outbox.finish(an_id(number))
        case "finish_all":
            outbox.finish_all()
        case "again":
            outbox.send_again([(number, number + 1)])
        case _:
            assert verdict
            code = Code.BAD_SCORE if verdict is Outcome.REFUSED else None
            outbox.apply(a_receipt(Verdict(an_id(number), verdict, code)), outbox.batch(10))


def test_marking_long_answers_as_delivered_takes_little_room(kiosk: Kiosk) -> None:
    for start in range(1, 200, 50):
        kiosk.give(*(a_response(number, comment="x" * 4000) for number in range(start, start + 50)))
    kiosk.ask(lambda s: s.traces.empty_log())
    receipt = a_receipt(*(accepted(number) for number in range(1, 201)))
    kiosk.ask(lambda s: s.outbox.apply(receipt, s.outbox.batch(200)))
    log = kiosk.config.database.with_name("kiosk.sqlite-wal")
    assert 0 < log.stat().st_size < 200 * 4000 / 2


def test_what_is_counted_once_is_what_a_count_finds(kiosk: Kiosk) -> None:
    def counted(storage: Storage) -> dict[str, int]:
        sql = "SELECT state, count(*) FROM responses WHERE device = ? GROUP BY state"
        return dict(storage._db.execute(sql, [storage.outbox.device]).fetchall())

    def kept(storage: Storage) -> dict[str, int]:
        sql = "SELECT state, number FROM standing WHERE device = ? AND number <> 0"
        return dict(storage._db.execute(sql, [storage.outbox.device]).fetchall())

    def agree() -> None:
        assert kiosk.ask(kept) == kiosk.ask(counted)
        kiosk.totals()

    agree()
    given = kiosk.give_many(20)
    agree()
    kiosk.save(a_response(21)).result(10)
    kiosk.save(a_response(21, score=3)).result(10)
    agree()
    other = Kiosk(kiosk.config, alone=False)
    other.give(a_response(22))
    agree()
    other.close()
    kiosk.ask(lambda s: s._db.conn.execute("UPDATE responses SET state = 'done' WHERE id = ?", [given[0].id]))
    agree()
    kiosk.ask(lambda s: s._db.rollback())
    agree()
    assert kiosk.totals().given == 22


def test_an_answer_whose_id_a_disk_has_changed_is_marked_all_the_same(kiosk: Kiosk) -> None:
    kiosk.give_many(3)
    kiosk.ask(lambda s: s.traces.empty_log())
    kiosk.close()
    # In its row, and not in the index, which goes on to lead to the row by the id that was.
    kept, id_then = kiosk.config.database.read_bytes(), an_id(2).encode()
    place = next(found.start() for found in re.finditer(id_then, kept) if b"wait" in kept[found.end() :][:99])
    kiosk.config.database.write_bytes(kept[: place + 35] + b"f" + kept[place + 36 :])

    again = Kiosk(kiosk.config)
    sent = again.ask(lambda s: s.outbox.batch(9))
    assert [answer.id for answer in sent] == [an_id(1), an_id(2)[:-1] + "f", an_id(3)]
    verdicts = [Verdict(answer.id, Outcome.ACCEPTED) for answer in sent[:2]]
    refused = Verdict(sent[2].id, Outcome.REFUSED, Code.BAD_ID)
    assert again.ask(lambda s: s.outbox.apply(a_receipt(*verdicts, refused), sent)) == Applied(2, 0, 1)
    assert again.totals().waiting == 0
    again.close()
