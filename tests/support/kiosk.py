"""A kiosk without its window for tests: its storage on a real file, and answers given to it."""

import json
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from common.responses import Response
from common.wire import Numbered, Outcome, Receipt, Totals, Verdict
from common.wire.items import read_item
from kiosk.config import Config
from kiosk.storage.opening import open_storage
from kiosk.storage.outbox import Kept
from kiosk.storage.outgoing import Outgoing
from kiosk.storage.pairing import Pairing
from kiosk.storage.store import Storage
from kiosk.storage.thread import StorageThread
from tests.support.answers import NOON, a_response, an_id

T = TypeVar("T")


def a_pairing(hub: str = "https://hub.example.com", **changes: Any) -> Pairing:
    """Return a pairing with a hub, with some parts changed."""
    parts: dict[str, Any] = {
        "hub": hub,
        "kiosk": "0195d000-0000-7000-8000-000000000001",
        "device_key": "key",
        "store": "roma",
        "store_name": "Roma Centro",
        "time_zone": "Europe/Rome",
        "touchpoint": "checkout",
        "public_key": bytes(range(32)),
    }
    return Pairing(**parts | changes)


def read(answer: Outgoing) -> Numbered:
    """Read an answer as the hub does."""
    item = read_item(json.loads(answer.text))
    assert isinstance(item, Numbered)
    return item


class Kiosk:
    """A data folder and the storage thread on it; every call waits for its result."""

    def __init__(self, config: Config, *, alone: bool = True) -> None:
        self.config = config
        self.alone = alone
        self.first = True
        self.thread = StorageThread(config.data, self._open)

    def _open(self) -> Storage:
        storage = open_storage(self.config.database, NOON, alone=self.alone, first=self.first)
        self.first = False
        return storage

    def ask(self, function: Callable[[Storage], T]) -> T:
        """Run a function of the storage and return its result."""
        return self.thread.call(function).result(30)

    def save(self, response: Response) -> Future[None]:
        """Save an answer whose visit goes on."""
        return self.thread.call(lambda s: s.outbox.save(response))

    def give(self, *responses: Response) -> None:
        """Give whole visits."""
        for response in responses:
            self.save(response).result(30)
            self.ask(partial(_finish, response.id))

    def give_many(self, count: int, first: int = 1) -> list[Response]:
        """Give plain answers with the numbers first, first + 1 …, scores 0 … 10 in turn."""
        given = [a_response(number, score=number % 11) for number in range(first, first + count)]

        def give(storage: Storage) -> None:
            with storage.together():
                for response in given:
                    storage.outbox.save(response)
                    storage.outbox.finish(response.id)

        self.ask(give)
        return given

    def deliver(self, *numbers: int) -> None:
        """Let a hub accept the answers with these numbers."""
        verdicts = [Verdict(an_id(number), Outcome.ACCEPTED) for number in numbers]
        receipt = Receipt(NOON, verdicts, (), 1, "roma", "Roma Centro", "Europe/Rome", "checkout", 60.0)
        self.ask(lambda s: s.outbox.apply(receipt, s.outbox.batch(100)))

    def totals(self) -> Totals:
        """Count the answers, and see that every one is somewhere."""
        totals = self.ask(lambda s: s.outbox.totals())
        assert totals.given == totals.delivered + totals.waiting + totals.quarantined
        return totals

    def kept(self) -> list[Kept]:
        """Return all answers."""
        return self.ask(lambda s: list(s.outbox.all()))

    def close(self) -> None:
        """Close the storage."""
        self.thread.close()


def _finish(identity: str, storage: Storage) -> None:
    storage.outbox.finish(identity)


@contextmanager
def unprivileged() -> Iterator[None]:
    """Be an ordinary user inside, because no permission holds root back."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def clock() -> datetime:
    """Return the real time."""
    return datetime.now(UTC)


def database_bytes(folder: Path) -> bytes:
    """Return everything that the database left on the disk."""
    return b"".join(file.read_bytes() for file in sorted(folder.glob("kiosk.sqlite*")))
