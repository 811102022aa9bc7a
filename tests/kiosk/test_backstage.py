"""What the window gets from backstage."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from threading import current_thread
from time import monotonic
from uuid import UUID

import pytest

from common.tablet import Lock
from common.wire import SURVEY_PATH
from kiosk.backstage import Backstage
from kiosk.config import Config
from kiosk.storage.errors import StorageClosed, StorageFull
from kiosk.storage.lock import RUNNING, held
from kiosk.storage.pin import PinOutcome, set_pin
from kiosk.sync import Trouble
from kiosk.ui.services import Services
from tests.support.answers import a_response, an_id
from tests.support.kiosk import Kiosk, a_pairing
from tests.support.misbehaving_hub import MisbehavingHub, misbehaving_hub


@pytest.fixture
def hub() -> Iterator[MisbehavingHub]:
    """Return a hub that behaves."""
    with misbehaving_hub() as hub:
        yield hub


@pytest.fixture
def backstage(config: Config, hub: MisbehavingHub) -> Iterator[Backstage]:
    """Return the backstage of a paired kiosk, started."""
    kiosk = Kiosk(config)
    kiosk.ask(lambda s: s.pair(a_pairing(hub.address)))
    kiosk.ask(lambda s: set_pin(s.settings, "2468"))
    kiosk.close()
    backstage = Backstage(config, alone=True)
    backstage.start()
    yield backstage
    backstage.stop()


def test_it_is_what_the_window_asks_for(config: Config) -> None:
    services: Services = Backstage(config, alone=True)
    services.stop()


def test_an_answer_goes_from_the_tap_to_the_hub(backstage: Backstage, hub: MisbehavingHub) -> None:
    backstage.save(a_response(score=0)).result(10)
    backstage.finish(an_id()).result(10)
    assert backstage.sync_now().result(10).trouble is None
    assert list(hub.stored) == [an_id()]
    overview = backstage.overview().result(10)
    assert (overview.totals.delivered, overview.last_error, overview.paired) == (1, None, True)
    assert overview.last_sync


def test_it_syncs_by_itself_soon_after_the_start(backstage: Backstage, hub: MisbehavingHub) -> None:
    give_up = monotonic() + 10
    while not any(path == SURVEY_PATH for path, _ in hub.calls):
        assert monotonic() < give_up
        backstage.snapshot().result(10)
    assert backstage.snapshot().result(10).public_key is not None


def test_the_pin_is_checked(backstage: Backstage) -> None:
    assert backstage.try_pin("1357").result(10).outcome is PinOutcome.WRONG
    assert backstage.try_pin("2468").result(10).outcome is PinOutcome.OPEN


def test_nothing_touches_the_database_on_the_callers_thread(backstage: Backstage) -> None:
    names = backstage._storage.call(lambda _: current_thread().name).result(10)
    assert names.startswith("storage")
    assert current_thread().name != names


def test_identities_are_version_7_and_the_time_is_aware(backstage: Backstage) -> None:
    made = [backstage.new_identity() for _ in range(1000)]
    assert {UUID(identity).version for identity in made} == {7}
    assert len(set(made)) == 1000
    assert sorted(made) == made
    offset = backstage.now().utcoffset()
    assert offset is not None
    assert abs(offset) <= timedelta(hours=14)


def test_a_full_disk_is_told_with_the_answer_and_over_when_there_is_space(backstage: Backstage) -> None:
    backstage._storage.call(lambda s: s._db.execute("PRAGMA max_page_count = 1").fetchall()).result(10)
    saved, failure, number = 0, None, 0
    while failure is None:
        number += 1
        failure = backstage.save(a_response(number, comment="x" * 4000)).exception(10)
        saved += failure is None
    assert isinstance(failure, StorageFull)
    backstage._storage.call(lambda s: s._db.execute("PRAGMA max_page_count = 9999").fetchall()).result(10)
    assert backstage.save(a_response(number, comment="x" * 4000)).exception(10) is None
    assert backstage.overview().result(10).totals.given == saved + 1


def test_w20_it_tells_what_keeps_customers_in(backstage: Backstage, hub: MisbehavingHub) -> None:
    told = []
    for begun in (False, True, False):
        backstage.note_service(begun=begun)
        backstage.sync_now().result(10)
        told.append(hub.batches[-1].health.lock)
    assert told == [Lock.LOCKED, Lock.SERVICE, Lock.LOCKED]


def test_stopping_keeps_what_was_just_given_and_may_be_repeated(config: Config, hub: MisbehavingHub) -> None:
    backstage = Backstage(config, alone=True)
    saved = [backstage.save(a_response(number)) for number in range(50)]
    backstage.stop()
    backstage.stop()
    assert [future.exception(0) for future in saved] == [None] * 50
    assert isinstance(backstage.save(a_response(99)).exception(0), StorageClosed)
    kiosk = Kiosk(config)
    assert kiosk.totals().waiting == 50
    kiosk.close()


def test_a_hub_that_is_away_is_a_report(config: Config) -> None:
    backstage = Backstage(config, alone=True)
    backstage.start()
    assert backstage.sync_now().result(10).trouble is Trouble.NOT_PAIRED
    backstage.stop()


def test_a_second_window_on_the_same_folder_is_refused(config: Config) -> None:
    config.data.mkdir()
    with held(config.data / RUNNING, patience=0):
        command = [sys.executable, "-m", "kiosk", "--data", str(config.data), "run"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert done.stderr == f"Error: A kiosk already runs on the folder {config.data}.\n"
