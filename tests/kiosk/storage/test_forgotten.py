"""A hub that was restored from a backup has forgotten something: the tablet brings and says it again."""

from datetime import timedelta

import pytest

from common.wire import Receipt, Verdict
from kiosk.storage.last_sync import LastSync
from kiosk.sync.settling import settle, word
from tests.kiosk.storage.test_outbox import a_receipt, accepted
from tests.support.answers import NOON, a_response, an_id
from tests.support.kiosk import Kiosk, a_pairing


def deliver(kiosk: Kiosk, *verdicts: Verdict, missing: tuple[tuple[int, int], ...] = ()) -> int:
    """Do what a receipt says; return how many answers wait again."""
    receipt: Receipt = a_receipt(*verdicts)
    return kiosk.ask(lambda s: settle(s, word(receipt, s.outbox.batch(10), missing)))[1]


def give_three(kiosk: Kiosk) -> None:
    """Let the hub have the first of three answers, refuse the second and not see the third."""
    kiosk.ask(lambda s: s.pair(a_pairing()))
    kiosk.give_many(3)
    kiosk.ask(lambda s: s.outbox.quarantine(an_id(2), "bad_score"))
    deliver(kiosk, accepted(1))


def pair_anew(kiosk: Kiosk, trouble: str | None, identity: str, hub: str = a_pairing().hub) -> None:
    """Pair with a hub after a sync that met this trouble."""
    kiosk.ask(lambda s: s.note_sync(LastSync(trouble=trouble)))
    kiosk.ask(lambda s: s.pair(a_pairing(hub, kiosk=identity)))


@pytest.mark.parametrize(("trouble", "waiting"), [("unknown_device", 3), ("offline", 2), (None, 2)])
def test_w1_where_the_hub_knows_the_kiosk_no_more_everything_goes_along(
    kiosk: Kiosk, trouble: str | None, waiting: int
) -> None:
    give_three(kiosk)
    pair_anew(kiosk, trouble, "second")
    assert kiosk.totals().given == kiosk.totals().waiting == waiting
    assert kiosk.ask(lambda s: s.outbox.is_gapless())


def test_w1_so_do_the_answers_of_pairings_before(kiosk: Kiosk) -> None:
    give_three(kiosk)
    pair_anew(kiosk, None, "second")
    pair_anew(kiosk, "unknown_device", "third")
    assert kiosk.totals().given == kiosk.totals().waiting == 3
    assert kiosk.ask(lambda s: s.outbox.is_gapless())


def test_another_hub_is_not_brought_what_the_first_one_had(kiosk: Kiosk) -> None:
    give_three(kiosk)
    deliver(kiosk, accepted(3))
    kiosk.ask(lambda s: s.leaving.carry(s.leaving.contents()))
    pair_anew(kiosk, "unknown_device", "elsewhere", "https://other.example.com")
    assert kiosk.totals().given == 0


def test_w14_words_are_said_again_to_a_hub_that_has_forgotten_answers(kiosk: Kiosk) -> None:
    kiosk.give(a_response(1, flags=("fast",)), a_response(2))
    deliver(kiosk, accepted(1), accepted(2))
    kiosk.ask(lambda s: s.doubts.overrule(an_id(1), NOON + timedelta(hours=1)))
    kiosk.ask(lambda s: s.doubts.told(s.doubts.untold(10)))
    assert deliver(kiosk) == 0
    assert kiosk.ask(lambda s: s.doubts.untold(10)) == []
    assert deliver(kiosk, missing=((2, 2),)) == 1
    assert [word.id for word in kiosk.ask(lambda s: s.doubts.untold(10))] == [an_id(1)]
