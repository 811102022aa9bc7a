"""What a kiosk's manager counts after all: counted once, in the tallies too, never against a later word."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select

from common.responses import TEST, Response
from common.wire import Batch, Code, Health, Outcome, Overruled, Totals, Verdict, batch_document, read_receipt
from hub.db import reading, writing
from hub.db.audit import audit
from hub.responses.queries import decide, rebuild_tallies
from hub.responses.rules import Decision
from hub.responses.tables import erased, tallies
from tests.hub.conftest import Clock, PairTablet
from tests.support.answers import NOON, a_response, an_id
from tests.support.books import assert_balanced, case_ids, counted, stored_rows
from tests.support.contacts import reachable
from tests.support.tablet import Tablet
from tests.support.tallies import add_stores

ACCEPTED, DUPLICATE = Outcome.ACCEPTED, Outcome.DUPLICATE


@pytest.fixture(autouse=True)
def _days_later(clock: Clock) -> None:
    """Let the answers here be given before they arrive."""
    clock.forward(days=5)


def doubted(number: int, score: int = 0) -> Response:
    return a_response(number, score=score, flags=("burst",), given_at=NOON)


def document(tablet: Tablet, *numbers: int, at: datetime = NOON) -> dict[str, Any]:
    """Return a batch without responses in which a manager counts some of them after all."""
    whole = tablet.document([])
    words = [{"id": an_id(number), "at": at.isoformat()} for number in numbers]
    return whole | {"overruled": words}


def overrule(tablet: Tablet, *numbers: int, at: datetime = NOON) -> list[Verdict]:
    reply = tablet.post(document(tablet, *numbers, at=at))
    assert reply.status == 200, reply.body
    return list(read_receipt(reply.document).overruled)


def done(outcome: Outcome, *numbers: int) -> list[Verdict]:
    return [Verdict(an_id(number), outcome) for number in numbers]


def unknown(number: int) -> list[Verdict]:
    return [Verdict(an_id(number), Outcome.REFUSED, Code.UNKNOWN_ANSWER)]


def told(engine: Engine) -> list[tuple[str, str, str]]:
    """Return who did what to which answer, by the audit."""
    wanted = select(audit.c.person, audit.c.action, audit.c.subject).where(audit.c.action.like("answer%"))
    with reading(engine) as connection:
        return [
            (row.person, row.action, row.subject) for row in connection.execute(wanted.order_by(audit.c.id))
        ]


def check_tallies(engine: Engine) -> None:
    """See that the tallies are what counting everything again gives, row by row."""
    with writing(engine) as connection:
        assert rebuild_tallies(connection) == []
    assert_balanced(engine)


def say(engine: Engine, clock: Clock, number: int, *, counts: bool) -> None:
    """Decide at the hub."""
    with writing(engine) as connection:
        decide(connection, [Decision(an_id(number), counts, clock(), "boss@example.com")], clock())


def test_w14_an_overruled_answer_counts_in_the_tallies_and_the_audit_names_the_kiosk(
    tablet: Tablet, engine: Engine, clock: Clock
) -> None:
    tablet.give(a_response(1, score=10), doubted(2), doubted(3))
    assert overrule(tablet, 2) == done(ACCEPTED, 2)
    assert (counted(engine, fair=True).counts[0], counted(engine, fair=False).counts[0]) == (1, 1)
    row = stored_rows(engine)[an_id(2)]
    assert (row["counted"], row["flags"]) == (True, ("burst",))
    assert (row["decided_at"], row["decided_by"]) == (NOON, f"kiosk {tablet.kiosk}")
    assert told(engine) == [(f"kiosk {tablet.kiosk}", "answer counted", an_id(2))]
    check_tallies(engine)


def take_back(tablet: Tablet, *numbers: int, at: datetime = NOON + timedelta(minutes=1)) -> list[Verdict]:
    whole = document(tablet, *numbers, at=at)
    reply = tablet.post(whole | {"overruled": [], "taken_back": whole["overruled"]})
    assert reply.status == 200, reply.body
    return list(read_receipt(reply.document).overruled)


def test_w14_a_word_that_is_taken_back_takes_the_answer_out_again(tablet: Tablet, engine: Engine) -> None:
    tablet.give(a_response(1, score=10), doubted(2))
    overrule(tablet, 2)
    assert [take_back(tablet, 2), take_back(tablet, 2)] == [done(ACCEPTED, 2), done(DUPLICATE, 2)]
    assert counted(engine, fair=True).total == 1
    who = f"kiosk {tablet.kiosk}"
    assert told(engine) == [(who, "answer counted", an_id(2)), (who, "answer not counted", an_id(2))]
    check_tallies(engine)


def test_w14_the_later_word_stands_in_whichever_order_they_come(tablet: Tablet, engine: Engine) -> None:
    tablet.give(doubted(1), doubted(2))
    overrule(tablet, 1)
    take_back(tablet, 1)
    assert overrule(tablet, 1) == done(DUPLICATE, 1), "a batch of earlier that was held up on its way"
    assert counted(engine, fair=True).total == 0
    assert overrule(tablet, 1, at=NOON + timedelta(minutes=2)) == done(ACCEPTED, 1)
    assert counted(engine, fair=True).total == 1


def test_w14_a_tablet_that_was_paired_anew_may_take_its_word_back(
    tablet: Tablet, pair_tablet: PairTablet, engine: Engine
) -> None:
    tablet.give(doubted(1))
    overrule(tablet, 1)
    assert take_back(pair_tablet(), 1) == done(ACCEPTED, 1)
    assert counted(engine, fair=True).total == 0


def test_w14_nothing_is_taken_back_that_was_not_said_at_a_tablet(
    tablet: Tablet, engine: Engine, clock: Clock
) -> None:
    tablet.give(a_response(1), doubted(2), doubted(3))
    say(engine, clock, 2, counts=True)
    late = NOON + timedelta(days=1)
    assert take_back(tablet, 1, 2, 3, at=late) == done(DUPLICATE, 1, 2, 3)
    assert counted(engine, fair=True).total == 2
    assert [person for person, _, _ in told(engine)] == ["boss@example.com"]


def test_w14_saying_it_again_changes_nothing(tablet: Tablet, engine: Engine) -> None:
    tablet.give(doubted(1))
    assert [overrule(tablet, 1), overrule(tablet, 1)] == [done(ACCEPTED, 1), done(DUPLICATE, 1)]
    assert overrule(tablet, 1, 1) == done(DUPLICATE, 1, 1)
    assert counted(engine, fair=True).total == 1
    assert len(told(engine)) == 1
    check_tallies(engine)


def test_w14_one_batch_may_bring_an_answer_and_the_word_on_it(tablet: Tablet, engine: Engine) -> None:
    items = tablet.number(doubted(1), doubted(2))
    whole = document(tablet, 1) | {"responses": tablet.document(items)["responses"]}
    receipt = read_receipt(tablet.post(whole).document)
    assert (receipt.verdicts, receipt.overruled) == (done(ACCEPTED, 1, 2), done(ACCEPTED, 1))
    assert (counted(engine, fair=True).total, counted(engine, fair=False).total) == (1, 1)


def test_w14_an_overruled_answer_that_is_sent_again_is_the_same_answer(
    tablet: Tablet, engine: Engine
) -> None:
    items = tablet.number(doubted(1))
    tablet.sync(items)
    overrule(tablet, 1)
    again = tablet.post(tablet.document(items))
    assert again.document["verdicts"][0]["outcome"] == "duplicate"
    assert counted(engine, fair=True).total == 1
    check_tallies(engine)
    bare = replace(items[0], response=replace(items[0].response, flags=()))
    assert tablet.post(tablet.document([bare])).document["verdicts"][0]["code"] == "answer_changed"


def test_w14_what_needs_no_word_or_is_erased_is_acknowledged(
    tablet: Tablet, engine: Engine, clock: Clock
) -> None:
    tablet.give(a_response(1))
    with writing(engine) as connection:
        connection.execute(insert(erased).values(id=an_id(2), erased_at=clock()))
    assert overrule(tablet, 1, 2) == done(DUPLICATE, 1, 2)
    assert stored_rows(engine).keys() == {an_id(1)}
    assert told(engine) == []


def test_w14_an_unknown_answer_is_refused_and_holds_back_no_neighbour(tablet: Tablet, engine: Engine) -> None:
    tablet.give(doubted(1))
    assert overrule(tablet, 7, 1) == [*unknown(7), *done(ACCEPTED, 1)]
    tablet.give(doubted(7))
    assert overrule(tablet, 7) == done(ACCEPTED, 7)
    assert counted(engine, fair=True).total == 2


def test_w14_a_kiosk_has_no_word_on_answers_of_other_stores(
    tablet: Tablet, pair_tablet: PairTablet, engine: Engine
) -> None:
    add_stores(engine, ["milan"])
    elsewhere, beside = pair_tablet("milan"), pair_tablet()
    tablet.give(doubted(1), doubted(2))
    assert overrule(elsewhere, 1) == unknown(1)
    assert overrule(beside, 1) == done(ACCEPTED, 1)


def test_w14_the_word_of_somebody_at_the_hub_stands(tablet: Tablet, engine: Engine, clock: Clock) -> None:
    tablet.give(doubted(1))
    say(engine, clock, 1, counts=True)
    say(engine, clock, 1, counts=False)
    assert overrule(tablet, 1) == done(DUPLICATE, 1)
    assert counted(engine, fair=True).total == 0
    assert [action for _, action, _ in told(engine)] == ["answer counted", "answer not counted"]
    check_tallies(engine)


def test_nobody_can_take_an_honest_answer_out_of_the_score_or_a_test_into_it(
    tablet: Tablet, engine: Engine, clock: Clock
) -> None:
    tablet.give(a_response(1), a_response(2, flags=(TEST,)))
    say(engine, clock, 1, counts=False)
    say(engine, clock, 2, counts=True)
    assert (counted(engine, fair=True).total, counted(engine, fair=False).total) == (1, 1)
    assert told(engine) == []


def test_w14_the_time_of_the_word_is_corrected_like_every_other(
    tablet: Tablet, engine: Engine, clock: Clock
) -> None:
    tablet.give(doubted(1))
    clock.forward(hours=3)
    tablet.now = lambda: clock() - timedelta(hours=1)
    overrule(tablet, 1, at=NOON)
    assert stored_rows(engine)[an_id(1)]["decided_at"] == NOON + timedelta(hours=1)


def test_a_flagged_detractor_with_contact_details_opens_a_case_all_the_same(
    tablet: Tablet, engine: Engine
) -> None:
    tablet.give(replace(reachable(1, tablet.public_key, score=2), flags=("closed",)))
    assert case_ids(engine) == {an_id(1)}
    overrule(tablet, 1)
    assert case_ids(engine) == {an_id(1)}


def test_an_empty_tally_is_no_row(tablet: Tablet, engine: Engine, clock: Clock) -> None:
    tablet.give(doubted(1))
    say(engine, clock, 1, counts=True)
    with reading(engine) as connection:
        assert list(connection.execute(select(tallies.c.counted)).scalars()) == [True]


def test_w14_words_that_come_at_once_count_an_answer_once(
    tablet: Tablet, engine: Engine, clock: Clock
) -> None:
    numbers = range(1, 9)
    tablet.give(*(doubted(number, score=number) for number in numbers))

    def there_and_back() -> None:
        for counts in (True, False, True):
            for number in numbers:
                say(engine, clock, number, counts=counts)

    def arrive() -> None:
        for number in range(100, 120):
            tablet.give(a_response(number, score=number % 11))
            overrule(tablet, *numbers)

    threads = [Thread(target=work) for work in (there_and_back, there_and_back, arrive)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    check_tallies(engine)


@pytest.mark.parametrize("spoil", [lambda words: None, lambda words: {}, lambda words: words * 101])
def test_w14_a_list_that_is_none_makes_no_batch(tablet: Tablet, spoil: Callable[[Any], Any]) -> None:
    whole = document(tablet, 1)
    reply = tablet.post(whole | {"overruled": spoil(whole["overruled"])})
    assert (reply.status, reply.code) == (400, "bad_batch")


def test_w14_a_batch_as_the_kiosk_writes_it_is_heard(tablet: Tablet, engine: Engine) -> None:
    tablet.give(doubted(1))
    totals, health = Totals(1, 1, 0, 0), Health("0.1.0", 1, 10**9)
    batch = Batch(tablet.now(), totals, health, (), [Overruled(an_id(1), NOON)])
    receipt = read_receipt(tablet.post(batch_document(batch)).document)
    assert receipt.overruled == done(ACCEPTED, 1)
    assert counted(engine, fair=True).total == 1
