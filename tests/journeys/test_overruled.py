"""An answer that looks wrong, from the tablet to the score: received, then counted by the manager's touch."""

import os

from kiosk.backstage import Backstage
from kiosk.config import load_config
from tests.support.answers import a_response, an_id
from tests.support.conservation import Books, books, scored
from tests.support.stand import Stand


def counts(stand: Stand) -> list[tuple[int, int]]:
    """Return how many answers were received and how many count, by the kiosk's words and by the hub's."""
    told = (stand.here("results")["score"], scored(stand))
    return [(each["received"], each["counted"]) for each in told]


def test_what_a_manager_counts_at_the_kiosk_counts_at_the_hub(stand: Stand) -> None:
    backstage = Backstage(load_config(os.environ, stand.data), alone=True)
    for number, flags in enumerate([(), ("burst",), ("closed",)], 9000):
        backstage.save(a_response(number, flags=flags, given_at=backstage.now())).result(30)
        backstage.finish(an_id(number)).result(30)
    stand.synced()
    assert counts(stand) == [(3, 1), (3, 1)]

    backstage.overrule(an_id(9001)).result(30)
    assert counts(stand) == [(3, 2), (3, 1)]
    stand.synced()
    assert counts(stand) == [(3, 2), (3, 2)]
    stand.synced()
    assert counts(stand) == [(3, 2), (3, 2)]
    assert "All tallies are right." in stand.hub_says("rebuild-tallies")
    assert books(stand) == Books(given=3, received=3)
    backstage.stop()
