"""The same answer again: from two tablets, fifty times at once, or with another body under its id."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree

import pytest

from common.responses import Response
from common.wire import Outcome, read_receipt
from kiosk.storage.opening import open_storage
from tests.support.answers import a_response
from tests.support.conservation import Books, books, scored
from tests.support.stand import Stand
from tests.support.tablet import over_http


def cloned(stand: Stand) -> Stand:
    """Restore a copy of a kiosk's memory on a second tablet, which is then paired as a kiosk of its own."""
    twin = replace(stand, data=stand.data.with_name(stand.data.name + "-twin"))
    copytree(stand.data, twin.data)
    twin.pair()
    return twin


@pytest.mark.bad_day("B15")
def test_the_same_batch_from_two_kiosks_at_once_is_stored_once(stand: Stand) -> None:
    stand.give(*range(11), *[9] * 289)
    twin = cloned(stand)
    with ThreadPoolExecutor() as pool:
        said = [future.result() for future in [pool.submit(stand.synced), pool.submit(twin.synced)]]
    assert all(line.startswith("300 delivered") for line in said), said
    assert books(stand) == books(twin) == Books(given=300, received=300)
    assert scored(stand)["received"] == 300


@pytest.mark.bad_day("B16")
def test_fifty_posts_of_one_answer_at_once_are_one_answer(stand: Stand) -> None:
    tablet = stand.stranger()
    document = tablet.document(tablet.number(a_response(16)))
    lines = [replace(tablet, send=over_http(stand.hub.address)) for _ in range(50)]
    with ThreadPoolExecutor(50) as pool:
        replies = list(pool.map(lambda line: line.post(document), lines))
    outcomes = [read_receipt(reply.document).verdicts[0].outcome for reply in replies]
    assert sorted(outcomes) == [Outcome.ACCEPTED] + [Outcome.DUPLICATE] * 49
    assert scored(stand)["received"] == 1
    stand.give(9)
    stand.synced()
    assert books(stand) == Books(given=1, received=1)


def visit(data: Path, response: Response, *, over: bool) -> None:
    """Keep an answer in a kiosk's memory, while its customer is still there or after the visit."""
    with closing(open_storage(data / "kiosk.sqlite", datetime.now(UTC), alone=False, first=False)) as storage:
        storage.outbox.save(response)
        if over:
            storage.outbox.finish(response.id)


@pytest.mark.bad_day("B17")
def test_the_same_id_with_another_answer_is_set_apart(stand: Stand) -> None:
    tapped = a_response(17, score=3)
    visit(stand.data, tapped, over=False)
    twin = replace(stand, data=stand.data.with_name("twin"))
    copytree(stand.data, twin.data)
    visit(stand.data, replace(tapped, comment="The queue."), over=True)
    visit(twin.data, replace(tapped, comment="The prices."), over=True)
    twin.pair()
    stand.synced()
    assert twin.synced() == "0 delivered (0 of them known to the hub already), 1 refused, 0 waiting.\n"
    assert books(stand) == Books(given=1, received=1)
    assert books(twin) == Books(given=1, received=0, quarantined=1)
    assert scored(stand)["received"] == 1
