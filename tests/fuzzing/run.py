"""One run: a real hub in a process of its own, clients that send, readers that read, and what was found."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from itertools import chain, islice
from json import loads
from pathlib import Path
from threading import local
from time import monotonic
from typing import Any

from sqlalchemy import Connection

from common.settings import BrokenSettings
from common.settings_document import from_document as read_settings
from common.surveys import BrokenSurvey
from common.surveys import from_document as read_survey
from common.wire import BadBatch, read_batch, read_receipt
from hub.db import open_engine, writing
from hub.fleet.queries import approve
from hub.fleet.rules import typed_code
from hub.openapi import describe
from hub.programs.queries import add_key
from hub.programs.rules import new_key
from tests.fuzzing.inputs import CASES, Input, Inputs, Known
from tests.support.hub import Hub, serving
from tests.support.progress import Tell, untold
from tests.support.tablet import ask_key, begin_pairing, over_http

MOST_GROWTH = 32 * 2**20
"""Bytes that the hub may grow by, however many inputs there are, after the largest and a first share.

The caches of the database's connections fill, and large inputs leave a few arenas behind that are not quite
empty; Python's own objects stay the same. 34 bytes kept of each of a million inputs would be too much.
"""

CLIENTS = 4
KIOSKS = 40
"""That the inputs are sent as, one a round: one kiosk with a million answers is another matter."""

PROGRAMS = 40
"""That read: each may ask 120 times a minute before it is sent away."""

MOST_COMPLAINTS = 10


@dataclass
class Report:
    """What came of a run. Memory is the hub's, in bytes; seconds are those of the whole run."""

    inputs: int = 0
    generated: int = 0
    read: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    before: int = 0
    after: int = 0
    seconds: float = 0.0
    found: list[str] = field(default_factory=list)

    @property
    def growth(self) -> int:
        """Bytes that the hub's process has grown by."""
        return self.after - self.before

    def complaints(self) -> list[str]:
        """Say what must not be, the first things of it."""
        grown = f"the hub grew by {self.growth:,} bytes; {MOST_GROWTH:,} are allowed"
        return self.found[:MOST_COMPLAINTS] + ([grown] if self.growth > MOST_GROWTH else [])


def fuzz(count: int, seed: int, folder: Path, cases: int = CASES, tell: Tell = untold) -> Report:
    """Send so many inputs to a hub whose data is in a folder; return what came of it."""
    report, begun = Report(), monotonic()

    def tell_report() -> None:
        tell(f"{min(report.inputs, count):,} of {count:,} inputs sent, {len(report.found):,} complaints")

    with serving(folder / "hub") as hub:
        inputs = Inputs(seed, pair(hub), cases)
        with clients(hub) as send:
            made = inputs.make(count)
            _work(chain(inputs.largest(), islice(made, count // 20)), send, report, tell_report)
            report.before = memory(hub)
            _work(made, send, report, tell_report)
        report.after, report.generated = memory(hub), inputs.generated
        hub.stop()
        report.found += [line for line in hub.log.splitlines() if "Failed at" in line or "Traceback" in line]
    report.seconds = monotonic() - begun
    return report


def _work(inputs: Iterator[Input], send: "Send", report: Report, sent_some: Callable[[], None]) -> None:
    while some := list(islice(inputs, 200)):
        for each, complaint, status in send(some):
            report.statuses[status] += 1
            report.found += [f"{complaint}: {each!r:.600}"] if complaint else []
        for each in some[::10]:
            report.read += 1
            report.found += [f"{complaint}: {each!r:.600}" for complaint in unread(each.document)]
        report.inputs += len(some)
        sent_some()


class Send:
    """Sends inputs to a hub over connections that stay open."""

    def __init__(self, hub: Hub, pool: ThreadPoolExecutor) -> None:
        self._address, self._pool, self._mine = hub.address.removeprefix("http://"), pool, local()
        self.told = {path: _statuses(item) for path, item in describe()["paths"].items()}

    def __call__(self, inputs: Sequence[Input]) -> Iterator[tuple[Input, str, int]]:
        """Send inputs; yield each with what was wrong with its answer, empty if nothing, and its status."""
        for each, (complaint, status) in zip(inputs, self._pool.map(self._send, inputs), strict=True):
            yield each, complaint, status

    def _send(self, each: Input) -> tuple[str, int]:
        line = getattr(self._mine, "line", None) or HTTPConnection(self._address, timeout=60)
        self._mine.line = line
        try:
            headers = {name: value.encode("latin-1") for name, value in each.headers.items()}
            line.request(each.method, each.target, each.body or None, headers)
            reply = line.getresponse()
            return self._complaint(
                each, reply.status, reply.read(), reply.getheader("Content-Type", "")
            ), reply.status
        except (HTTPException, OSError) as reason:
            line.close()
            return f"no answer: {reason!r}", 0

    def _complaint(self, each: Input, status: int, body: bytes, kind: str) -> str:
        if status not in self.told[each.path]:
            return f"status {status} is none that the description names"
        if status >= 400 and (kind != "application/problem+json" or loads(body)["status"] != status):
            return f"status {status} without a problem"
        return "status 500" if status == 500 else ""


def _statuses(item: dict[str, dict[str, dict[str, object]]]) -> set[int]:
    return {int(status) for operation in item.values() for status in operation["responses"]}


@contextmanager
def clients(hub: Hub) -> Iterator[Send]:
    """Give what sends to a hub."""
    with ThreadPoolExecutor(CLIENTS) as pool:
        yield Send(hub, pool)


Reader = tuple[Callable[[Any], object], type[Exception]]
"""What reads a document, and what it may raise."""

READERS: Sequence[Reader] = (
    (read_batch, BadBatch), (read_receipt, BadBatch),
    (read_survey, BrokenSurvey), (read_settings, BrokenSettings),
)  # fmt: skip


def unread(document: object, readers: Sequence[Reader] = READERS) -> Iterator[str]:
    """Yield what readers raise beside what they may."""
    for read, allowed in readers:
        try:
            read(document)
        except allowed:
            pass
        except Exception as reason:
            yield f"{read.__module__} raised {reason!r:.200}"


def pair(hub: Hub) -> Known:
    """Pair kiosks and give programs keys; the codes are of pairings that were approved or still wait."""
    hub.add_store("rome")
    send, keys, codes = over_http(hub.address), [], []
    engine = open_engine(f"sqlite:///{hub.data / 'hub.sqlite'}")
    with writing(engine) as connection:
        programs = [_program(connection, f"program {number}") for number in range(PROGRAMS)]
    for number in range(KIOSKS + 3):
        begun = begin_pairing(send)
        codes.append(begun["device_code"])
        if number < KIOSKS:
            with writing(engine) as connection:
                code = typed_code(begun["user_code"])
                assert approve(connection, code, "rome", "checkout", "fuzzing", datetime.now(UTC))
            keys.append(ask_key(send, begun["device_code"]).document["device_key"])
    engine.dispose()
    return Known(keys, codes, programs)


def _program(connection: Connection, name: str) -> str:
    key = new_key()
    assert add_key(connection, name, key, (), "fuzzing", datetime.now(UTC))
    return key


def memory(hub: Hub) -> int:
    """Return the bytes of memory that a hub's process holds."""
    assert hub.process is not None
    status = Path(f"/proc/{hub.process.pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))) * 1024
