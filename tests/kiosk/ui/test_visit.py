"""Customers' visits by real touches, kept in a real database."""

from common.responses import Contact
from common.sealing import unseal
from kiosk.storage.outbox import State
from tests.kiosk.ui.conftest import Shop
from tests.support.window import Screen


def test_a_whole_visit_is_kept_step_by_step(screen: Screen, shop: Shop) -> None:
    screen.tap("score-3")
    [tapped] = shop.kept()
    assert (tapped.response.score, tapped.state) == (3, State.OPEN)

    screen.tap("reason-waiting", "reason-price", "comment")
    screen.write("Too long.")
    screen.tap("next")
    [explained] = shop.kept()
    assert explained.response.reasons == ("waiting", "price")
    assert explained.response.comment == "Too long."

    screen.tap("email")
    screen.write("ann@example.org")
    screen.tap("consent", "send")
    [ended] = shop.kept()
    assert ended.state is State.WAITING
    assert ended.response.contact is not None
    opened = unseal(ended.response.contact.box, ended.response.id, shop.private_key)
    assert opened == Contact("ann@example.org")
    assert screen.shows("thanks")
