"""Many at once: retries of one answer, one batch from two kiosks, and a hub that is killed while it works."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from random import Random
from signal import SIGKILL
from threading import Timer

import pytest
import requests
from sqlalchemy import Engine

from common.wire import Numbered, Outcome
from hub.config import Settings
from hub.db import open_engine
from tests.hub.conftest import PairTablet
from tests.support.answers import a_response, an_id
from tests.support.books import assert_balanced, counted, kiosk, stored_rows
from tests.support.hub import Hub, serving
from tests.support.postgres import Postgres
from tests.support.tablet import Tablet, over_http


def test_fifty_parallel_posts_of_one_answer_store_it_once(tablet: Tablet, engine: Engine) -> None:
    document = tablet.document(tablet.number(a_response(1)))
    with ThreadPoolExecutor(50) as pool:
        replies = list(pool.map(lambda _: tablet.post(document), range(50)))
    outcomes = Counter(reply.document["verdicts"][0]["outcome"] for reply in replies)
    assert outcomes == {"accepted": 1, "duplicate": 49}
    assert set(stored_rows(engine)) == {an_id(1)}
    assert_balanced(engine)


def test_the_same_batch_from_two_kiosks_at_once(
    tablet: Tablet, pair_tablet: PairTablet, engine: Engine
) -> None:
    other = pair_tablet()
    answers = [a_response(number, score=number % 11) for number in range(200)]
    with ThreadPoolExecutor(2) as pool:
        # The second one sends them in the other order, which would lock two transactions out.
        mine = pool.submit(tablet.give, *answers)
        theirs = pool.submit(other.give, *reversed(answers))
    verdicts = [*mine.result().verdicts, *theirs.result().verdicts]
    outcomes = Counter(verdict.outcome for verdict in verdicts)
    assert outcomes == {Outcome.ACCEPTED: 200, Outcome.DUPLICATE: 200}
    assert counted(engine).total == len(stored_rows(engine)) == 200
    assert_balanced(engine)


def test_two_answers_with_one_id_at_once_store_one_and_refuse_the_other(
    tablet: Tablet, pair_tablet: PairTablet, engine: Engine
) -> None:
    tablets = [tablet, *(pair_tablet() for _ in range(3))]
    with ThreadPoolExecutor(4) as pool:
        receipts = list(pool.map(lambda n: tablets[n].give(a_response(1, score=n)), range(4)))
    outcomes = Counter(receipt.verdicts[0].outcome for receipt in receipts)
    assert outcomes == {Outcome.ACCEPTED: 1, Outcome.REFUSED: 3}
    assert_balanced(engine)


@pytest.fixture(params=["sqlite", "postgresql"])
def stood(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Hub, str]]:
    """Return a hub in a process of its own, and the URL of its database."""
    database = ""
    if request.param == "postgresql":
        postgres: Postgres = request.getfixturevalue("postgres")
        database = postgres.url(postgres.create())
    with serving(tmp_path, database) as hub:
        yield hub, database or f"sqlite:///{tmp_path / 'hub.sqlite'}"


def test_a_hub_killed_in_the_middle_of_a_batch_has_all_of_it_or_nothing(stood: tuple[Hub, str]) -> None:
    hub, url = stood
    hub.add_store("rome")
    tablet, random, size = hub.pair("rome"), Random(7), 400
    engine = open_engine(Settings(database=url).url)
    waiting: list[Numbered] = []
    for _ in range(4):
        assert hub.process is not None
        Timer(random.uniform(0.02, 0.2), hub.process.kill).start()
        with suppress(requests.RequestException):
            while True:
                numbers = range(tablet.sequence, tablet.sequence + size)
                waiting = waiting or tablet.number(*(a_response(n, score=n % 11) for n in numbers))
                tablet.sync(waiting)
                waiting = []
        hub.stop(SIGKILL)
        stored = stored_rows(engine)
        batches = Counter((row["sequence"] - 1) // size for row in stored.values())
        assert set(batches.values()) <= {size}
        assert counted(engine).total == len(stored) == kiosk(engine, tablet.kiosk).received
        hub.start()
        tablet.send = over_http(hub.address)
    tablet.sync(waiting)
    assert len(stored_rows(engine)) == tablet.sequence > 0
    assert_balanced(engine)
    engine.dispose()
