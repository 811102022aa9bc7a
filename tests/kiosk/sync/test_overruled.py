"""What a manager counts at the kiosk reaches the hub, after the answer itself, whatever the weather."""

from collections import deque

from common.wire import MOST_OVERRULED
from kiosk.storage.outbox import State
from kiosk.storage.store import Storage
from kiosk.sync import Trouble
from tests.kiosk.sync.conftest import sync
from tests.support.answers import NOON, a_response, an_id
from tests.support.kiosk import Kiosk
from tests.support.misbehaving_hub import (
    MisbehavingHub,
    behave,
    replies,
    store_and_say_nothing,
)


def doubt(kiosk: Kiosk, *numbers: int) -> None:
    kiosk.give(*(a_response(number, flags=("burst",)) for number in numbers))


def overrule(kiosk: Kiosk, *numbers: int) -> None:
    def count_after_all(storage: Storage) -> None:
        for number in numbers:
            storage.doubts.overrule(an_id(number), NOON)

    kiosk.ask(count_after_all)


def take_back(kiosk: Kiosk, number: int) -> None:
    kiosk.ask(lambda s: s.doubts.take_back(an_id(number), NOON))


def untold(kiosk: Kiosk) -> set[str]:
    return {word.id for word in kiosk.ask(lambda s: s.doubts.untold(1000))}


def told(hub: MisbehavingHub) -> list[int]:
    """Return how many words each batch brought."""
    return [len(batch.overruled) for batch in hub.batches]


def test_w14_the_answer_travels_as_it_was_and_the_managers_word_after_it(
    paired: Kiosk, hub: MisbehavingHub
) -> None:
    doubt(paired, 1, 2)
    overrule(paired, 1)
    report = sync(paired)
    assert (report.delivered, report.trouble) == (2, None)
    answers, word = hub.batches
    assert [item.response.flags for item in answers.items] == [("burst",)] * 2  # type: ignore[union-attr]
    assert ([each.id for each in word.overruled], word.overruled[0].at) == ([an_id(1)], NOON)
    assert hub.overruled == {an_id(1)}
    assert untold(paired) == set()


def test_w14_what_the_hub_has_already_travels_alone_and_once(paired: Kiosk, hub: MisbehavingHub) -> None:
    doubt(paired, 1)
    sync(paired)
    overrule(paired, 1)
    sync(paired)
    sync(paired)
    assert told(hub) == [0, 0, 1, 0]
    assert [kept.state for kept in paired.kept()] == [State.DELIVERED]


def test_w14_a_word_that_is_taken_back_reaches_the_hub_as_such(paired: Kiosk, hub: MisbehavingHub) -> None:
    doubt(paired, 1, 2)
    sync(paired)
    overrule(paired, 1, 2)
    sync(paired)
    take_back(paired, 1)
    sync(paired)
    assert hub.overruled == {an_id(2)}
    assert [[word.counts for word in batch.overruled] for batch in hub.batches if batch.overruled] == [
        [True, True], [False],
    ]  # fmt: skip
    assert untold(paired) == set()


def test_w14_a_word_that_is_taken_back_while_its_receipt_is_lost_is_told_all_the_same(
    paired: Kiosk, hub: MisbehavingHub
) -> None:
    doubt(paired, 1)
    overrule(paired, 1)
    hub.weather = deque([behave, store_and_say_nothing])
    sync(paired)
    take_back(paired, 1)
    sync(paired)
    assert (hub.overruled, untold(paired)) == (set(), set())


def test_w14_a_lost_receipt_makes_the_kiosk_say_it_again(paired: Kiosk, hub: MisbehavingHub) -> None:
    doubt(paired, 1)
    overrule(paired, 1)
    hub.weather = deque([behave, store_and_say_nothing])
    assert sync(paired).trouble is Trouble.OFFLINE
    assert (hub.overruled, untold(paired)) == ({an_id(1)}, {an_id(1)})
    assert sync(paired).trouble is None
    assert untold(paired) == set()


def test_w14_a_login_page_hears_nothing(paired: Kiosk, hub: MisbehavingHub) -> None:
    doubt(paired, 1)
    overrule(paired, 1)
    hub.weather = deque([behave, replies(200)])
    assert sync(paired).trouble is Trouble.NOT_THE_HUB
    assert untold(paired) == {an_id(1)}


def test_w14_a_hub_from_before_the_promise_is_told_again_until_it_hears(
    paired: Kiosk, hub: MisbehavingHub
) -> None:
    doubt(paired, 1)
    overrule(paired, 1)
    hub.old = True
    reports = [sync(paired), sync(paired)]
    assert [report.trouble for report in reports] == [None, None]
    assert untold(paired) == {an_id(1)}
    hub.old = False
    sync(paired)
    assert (hub.overruled, untold(paired)) == ({an_id(1)}, set())


def test_w14_an_unknown_answer_is_told_again_at_the_next_sync(paired: Kiosk, hub: MisbehavingHub) -> None:
    doubt(paired, 1, 2)
    sync(paired)
    overrule(paired, 1, 2)
    lost = hub.stored.pop(an_id(1))
    assert sync(paired).trouble is None
    assert untold(paired) == {an_id(1)}
    hub.stored[an_id(1)] = lost
    sync(paired)
    assert untold(paired) == set()


def test_w14_many_words_go_in_parts_and_each_once_a_sync(paired: Kiosk, hub: MisbehavingHub) -> None:
    numbers = range(1, MOST_OVERRULED + 51)
    doubt(paired, *numbers)
    sync(paired)
    overrule(paired, *numbers)
    hub.old = True
    sync(paired)
    assert sorted(told(hub)[2:]) == [50, MOST_OVERRULED]
