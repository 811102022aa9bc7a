"""Answers that look wrong: kept with their flags for good, counted once a manager says so."""

import json
from datetime import timedelta
from functools import partial
from io import StringIO

import pytest
from sqlite_utils import Database

from common.responses import TEST, Response
from common.wire import Overruled
from kiosk.config import Config
from kiosk.export import write_answers
from kiosk.storage.migrations import migrations
from kiosk.storage.outbox import State
from kiosk.storage.rows import to_row
from kiosk.storage.store import Storage
from tests.support.answers import NOON, a_response, an_id
from tests.support.kiosk import Kiosk, a_pairing

LATER = NOON + timedelta(minutes=7)


def doubted(number: int, score: int = 10) -> Response:
    return a_response(number, score=score, flags=("burst", "speed"), given_at=NOON + timedelta(number))


def overrule(kiosk: Kiosk, number: int) -> bool:
    return kiosk.ask(lambda s: s.doubts.overrule(an_id(number), LATER))


def tallies(kiosk: Kiosk) -> tuple[int, int]:
    """Return how many answers count, and how many do not."""
    counted, flagged = kiosk.ask(lambda s: s.outbox.tallies())
    return counted.total, flagged.total


def untold(kiosk: Kiosk) -> list[str]:
    return [word.id for word in kiosk.ask(lambda s: s.doubts.untold(100))]


def tell(kiosk: Kiosk) -> None:
    kiosk.ask(lambda s: s.doubts.told(s.doubts.untold(100)))


def take_back(kiosk: Kiosk, number: int) -> bool:
    return kiosk.ask(lambda s: s.doubts.take_back(an_id(number), LATER))


def next_words(storage: Storage, after: list[str]) -> list[str]:
    return [word.id for word in storage.doubts.untold(3, after[-1] if after else "")]


def test_an_overruled_answer_counts_and_keeps_its_flags(kiosk: Kiosk) -> None:
    kiosk.give(a_response(1), doubted(2, score=0), doubted(3))
    assert tallies(kiosk) == (1, 2)
    assert overrule(kiosk, 2)
    assert tallies(kiosk) == (2, 1)
    assert kiosk.ask(lambda s: s.outbox.tallies())[0].counts[0] == 1
    assert [kept.response for kept in kiosk.kept()] == [a_response(1), doubted(2, score=0), doubted(3)]


def test_the_manager_sees_the_newest_first_and_what_was_overruled_no_more(kiosk: Kiosk) -> None:
    kiosk.give(*(doubted(number) for number in (2, 1, 4, 3)), a_response(9))
    found = [response.id for response in kiosk.ask(lambda s: s.doubts.newest(3))]
    assert found == [an_id(4), an_id(3), an_id(2)]
    overrule(kiosk, 4)
    assert [response.id for response in kiosk.ask(lambda s: s.doubts.newest(1))] == [an_id(3)]


def test_overruling_again_or_what_needs_it_not_changes_nothing(kiosk: Kiosk) -> None:
    kiosk.give(a_response(1), doubted(2))
    assert [overrule(kiosk, number) for number in (2, 2, 1, 77)] == [True, False, False, False]
    assert tallies(kiosk) == (2, 0)


def test_a_test_of_the_kiosk_never_counts(kiosk: Kiosk) -> None:
    kiosk.give(a_response(1, flags=(TEST,)))
    assert kiosk.ask(lambda s: s.doubts.newest(9)) == []
    assert not overrule(kiosk, 1)
    assert tallies(kiosk) == (0, 1)


def test_an_answer_whose_customer_is_still_there_cannot_be_overruled(kiosk: Kiosk) -> None:
    kiosk.save(doubted(1)).result()
    assert kiosk.ask(lambda s: s.doubts.newest(9)) == []
    assert not overrule(kiosk, 1)


def test_an_overruled_answer_that_is_saved_again_is_the_same_answer(kiosk: Kiosk) -> None:
    kiosk.give(doubted(1))
    overrule(kiosk, 1)
    kiosk.give(doubted(1))
    assert tallies(kiosk) == (1, 0)
    with pytest.raises(ValueError, match="another answer"):
        kiosk.give(doubted(1, score=3))


def test_w14_the_hub_is_told_of_an_answer_once_it_has_it_and_until_it_has_heard(kiosk: Kiosk) -> None:
    kiosk.give(doubted(1), doubted(2))
    overrule(kiosk, 1)
    assert untold(kiosk) == []
    kiosk.deliver(1, 2)
    assert kiosk.ask(lambda s: s.doubts.untold(100)) == [Overruled(an_id(1), LATER)]
    tell(kiosk)
    assert untold(kiosk) == []
    overrule(kiosk, 2)
    assert untold(kiosk) == [an_id(2)]


def test_a_word_is_due_where_the_next_sync_tells_it(kiosk: Kiosk) -> None:
    kiosk.give(doubted(1), doubted(2))
    assert due(kiosk) == 0
    overrule(kiosk, 1)
    overrule(kiosk, 2)
    assert due(kiosk) == 2
    kiosk.ask(lambda s: s.outbox.quarantine(an_id(2), "bad_reasons"))
    assert due(kiosk) == 1
    kiosk.deliver(1)
    assert due(kiosk) == 1
    tell(kiosk)
    assert due(kiosk) == 0


def due(kiosk: Kiosk) -> int:
    return kiosk.ask(lambda s: s.doubts.due())


def test_an_overruled_answer_that_is_taken_back_does_not_count_again(kiosk: Kiosk) -> None:
    kiosk.give(a_response(1), doubted(2), doubted(3))
    overrule(kiosk, 2)
    assert [take_back(kiosk, number) for number in (2, 2, 1, 3, 77)] == [True, False, False, False, False]
    assert tallies(kiosk) == (1, 2)
    assert [response.id for response in kiosk.ask(lambda s: s.doubts.newest(9))] == [an_id(3), an_id(2)]
    assert [kept.overruled for kept in kiosk.kept()] == [None] * 3
    assert overrule(kiosk, 2)
    assert tallies(kiosk) == (2, 1)


def test_w14_the_hub_is_told_the_last_word_only_and_each_word_is_later_than_the_one_before(
    kiosk: Kiosk,
) -> None:
    kiosk.give(doubted(1), doubted(2))
    kiosk.deliver(1, 2)
    overrule(kiosk, 1)
    under_way = kiosk.ask(lambda s: s.doubts.untold(100))
    take_back(kiosk, 1)
    kiosk.ask(lambda s: s.doubts.told(under_way))
    later = LATER + timedelta(milliseconds=1)
    assert kiosk.ask(lambda s: s.doubts.untold(100)) == [Overruled(an_id(1), later, counts=False)]
    tell(kiosk)
    assert untold(kiosk) == []
    overrule(kiosk, 1)
    [word] = kiosk.ask(lambda s: s.doubts.untold(100))
    assert (word.at, word.counts) == (LATER + timedelta(milliseconds=2), True)


def test_what_was_overruled_lately_is_listed_for_a_while(kiosk: Kiosk) -> None:
    kiosk.give(doubted(1), doubted(2), doubted(3))
    overrule(kiosk, 1)
    overrule(kiosk, 3)
    take_back(kiosk, 3)
    for since, found in ((LATER, [an_id(1)]), (LATER + timedelta(seconds=1), [])):
        listed = kiosk.ask(lambda s, since=since: s.doubts.overruled(since, 9))  # type: ignore[misc]
        assert [response.id for response in listed] == found


def test_w14_an_answer_that_the_hub_has_lost_is_told_of_again(kiosk: Kiosk) -> None:
    kiosk.give(doubted(1))
    overrule(kiosk, 1)
    kiosk.deliver(1)
    tell(kiosk)
    kiosk.ask(lambda s: s.outbox.send_again([(1, 1)]))
    assert [kept.state for kept in kiosk.kept()] == [State.WAITING]
    kiosk.deliver(1)
    assert untold(kiosk) == [an_id(1)]
    assert tallies(kiosk) == (1, 0)


def test_another_hub_is_not_told_of_answers_that_it_never_got(kiosk: Kiosk) -> None:
    kiosk.ask(lambda s: s.pair(a_pairing()))
    kiosk.give(doubted(1))
    kiosk.deliver(1)
    overrule(kiosk, 1)
    kiosk.ask(lambda s: s.pair(a_pairing("https://other.example.com", kiosk=an_id(99))))
    assert untold(kiosk) == []


def test_w14_a_hub_is_told_of_answers_that_it_got_before_the_tablet_was_paired_anew(kiosk: Kiosk) -> None:
    kiosk.ask(lambda s: s.pair(a_pairing()))
    kiosk.give(doubted(1), doubted(2))
    kiosk.deliver(1, 2)
    overrule(kiosk, 1)
    for number in (98, 99):
        kiosk.ask(partial(pair_as, number))
    overrule(kiosk, 2)
    assert untold(kiosk) == [an_id(1), an_id(2)]
    kiosk.ask(lambda s: s.pair(a_pairing("https://other.example.com", kiosk=an_id(97))))
    assert untold(kiosk) == []


def pair_as(number: int, storage: Storage) -> None:
    storage.pair(a_pairing(kiosk=an_id(number)))


def test_many_words_come_in_parts_and_each_once(kiosk: Kiosk) -> None:
    numbers = range(1, 8)
    kiosk.give(*(doubted(number) for number in numbers))
    kiosk.deliver(*numbers)
    for number in numbers:
        overrule(kiosk, number)
    found: list[str] = []
    while part := kiosk.ask(partial(next_words, after=found)):
        found += part
    assert found == sorted(an_id(number) for number in numbers)


def test_answers_from_before_there_was_overruling_can_be_overruled(config: Config) -> None:
    """A released kiosk with a full database is updated: every row as it was, and new rooms beside it."""
    old = to_row(a_response(1, score=0, flags=("burst",)))
    config.data.mkdir(parents=True)
    db = Database(config.database)
    migrations.apply(db, stop_before=migrations.pending(db)[1].name)
    db.table("responses").insert(old | {"device": "", "sequence": 1, "state": "wait"})
    db.close()
    kiosk = Kiosk(config)
    assert [kept.response for kept in kiosk.kept()] == [a_response(1, score=0, flags=("burst",))]
    assert (tallies(kiosk), untold(kiosk)) == ((0, 1), [])
    assert overrule(kiosk, 1)
    assert tallies(kiosk) == (1, 0)
    kiosk.close()


def test_a_rescue_file_says_what_was_overruled(kiosk: Kiosk) -> None:
    kiosk.give(a_response(1), doubted(2), doubted(3))
    overrule(kiosk, 3)
    lines = StringIO()
    kiosk.ask(lambda s: write_answers(s, lines, ".jsonl"))
    found = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert [(bool(one["flags"]), one["overruled_at"]) for one in found] == [
        (False, None), (True, None), (True, LATER.isoformat(timespec="milliseconds")),
    ]  # fmt: skip


def test_what_was_overruled_survives_a_broken_file(config: Config) -> None:
    kiosk = Kiosk(config)
    kiosk.give(doubted(1), doubted(2), doubted(3))
    overrule(kiosk, 2)
    overrule(kiosk, 3)
    take_back(kiosk, 3)
    kiosk.close()
    with config.database.open("r+b") as content:
        content.write(bytes(64))
    kiosk = Kiosk(config)
    assert tallies(kiosk) == (1, 2)
    assert len(list(config.data.glob("*.broken"))) == 1
    kiosk.close()
