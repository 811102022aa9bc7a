"""Contact details that the hub has, looked for between the rows of the file, where SQLite leaves copies."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from random import Random
from sqlite3 import connect

import pytest

from common.responses import Consent, SealedContact
from common.wire import Outcome, Receipt, Verdict
from kiosk.config import Config
from kiosk.storage import traces
from kiosk.storage.outbox import Kept
from kiosk.storage.store import Storage
from kiosk.sync.settling import settle, word
from tests.support.answers import NOON, a_response, an_id
from tests.support.kiosk import Kiosk, a_pairing
from tests.support.scan import files_with_piece

ANSWERS = 40


@dataclass
class Delivered:
    """A kiosk whose answers have been delivered, and the sealed contact details that they came with."""

    kiosk: Kiosk
    boxes: list[bytes]

    def left(self) -> list[str]:
        """Return the names of the files in which pieces of the details are left."""
        folder = self.kiosk.config.data
        return [name for box in self.boxes for name in files_with_piece(folder, box)]

    def remove(self, after: timedelta = timedelta(0)) -> None:
        """Do what the end of a sync does."""
        self.kiosk.ask(lambda s: s.traces.remove(NOON + after))


@pytest.fixture
def delivered(tmp_path: Path) -> Iterator[Delivered]:
    """Return a kiosk in whose file SQLite has left copies, which depends on how rows have moved."""
    for seed in count():
        kiosk = Kiosk(Config(data=tmp_path / str(seed)))
        found = Delivered(kiosk, [Random(seed * ANSWERS + n).randbytes(128) for n in range(ANSWERS)])
        kiosk.ask(lambda s: deliver(s, found.boxes, Random(seed)))  # noqa: B023
        kiosk.ask(lambda s: s.traces.empty_log())
        if found.left():
            break
        kiosk.close()
    yield found
    kiosk.close()


def deliver(storage: Storage, boxes: list[bytes], random: Random) -> None:
    """Give an answer with each of these, have half of them refused for a while, and then all taken."""
    storage.pair(a_pairing())
    with storage.together():
        for number, box in enumerate(boxes):
            contact = SealedContact("key-1", box, Consent("standard-1", "it", NOON))
            storage.outbox.save(a_response(number, comment="w" * random.randint(1, 10), contact=contact))
            storage.outbox.finish(an_id(number))
    for number in random.sample(range(ANSWERS), ANSWERS // 2):
        storage.outbox.quarantine(an_id(number), "unknown_survey")
    storage.outbox.offer_again()
    sent = storage.outbox.batch(ANSWERS)
    verdicts = [Verdict(answer.id, Outcome.ACCEPTED) for answer in sent]
    receipt = Receipt(NOON, verdicts, (), 1, "roma", "Roma", "Europe/Rome", "checkout", 60.0)
    settle(storage, word(receipt, sent, ()))


def test_nothing_is_left_in_any_file_and_the_answers_are_what_they_were(delivered: Delivered) -> None:
    def answers() -> list[Kept]:
        return delivered.kiosk.kept()

    before = answers()
    delivered.remove()
    assert delivered.left() == []
    assert answers() == before
    with closing(connect(delivered.kiosk.config.database)) as database:
        assert database.execute("PRAGMA freelist_count").fetchone() == (0,)


def test_what_could_not_be_removed_is_removed_later(delivered: Delivered) -> None:
    delivered.kiosk.ask(lambda s: s.outbox.save(a_response(ANSWERS)))
    delivered.remove()
    assert delivered.left(), "a customer was there"
    delivered.kiosk.ask(lambda s: s.outbox.finish(an_id(ANSWERS)))
    with somebody_reads(delivered.kiosk.config.database):
        delivered.remove()
    assert delivered.left(), "the log could not be emptied"
    delivered.remove()
    assert delivered.left() == []


@contextmanager
def somebody_reads(file: Path) -> Iterator[None]:
    """Look at the answers for a while, as an export does."""
    with closing(connect(file)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM responses").fetchall()
        yield


def test_a_large_file_is_written_anew_once_a_day(
    delivered: Delivered, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivered.remove()
    monkeypatch.setattr(traces, "QUICK", 0)
    size = delivered.kiosk.config.database.stat().st_size
    give_room(delivered)
    delivered.remove(after=timedelta(hours=23))
    assert delivered.kiosk.config.database.stat().st_size > size
    delivered.remove(after=timedelta(hours=24))
    assert delivered.kiosk.config.database.stat().st_size == size


def give_room(delivered: Delivered) -> None:
    """Leave pages empty in the file, and say that contact details have left their rows."""

    def grow_and_shrink(storage: Storage) -> None:
        storage.settings.put("large", "w" * 50_000)
        storage.settings.put("large", "")
        storage.traces.expect()

    delivered.kiosk.ask(grow_and_shrink)
    delivered.kiosk.ask(lambda s: s.traces.empty_log())
