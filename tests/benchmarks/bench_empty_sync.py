"""A sync with nothing to send, which is nearly every one: what it costs the hub, and its bytes both ways.

A light kiosk with a mark of its own syncs on a connection that stays open, and the hub's processor time is
read from the system. The baseline is a view that answers the same bytes and does nothing, behind the same
server. The bytes are those of a real kiosk's sync, headers included, counted on their way.
"""

import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from gzip import compress, decompress
from http.client import HTTPConnection
from pathlib import Path
from secrets import token_hex
from socket import SHUT_RDWR, SHUT_WR, create_connection, create_server, socket
from statistics import median
from subprocess import PIPE, Popen
from tempfile import TemporaryDirectory
from threading import Thread
from urllib.parse import urlsplit

from flask import Flask, Response, request
from waitress.server import create_server as create_waitress

from common.wire import SYNC_PATH, Mark
from kiosk.config import Config
from kiosk.sync.once import sync_once
from tests.support import postgres
from tests.support.hub import serving
from tests.support.kiosk import Kiosk, a_pairing, clock
from tests.support.ratios import ratio
from tests.support.tablet import Reply, Send, Tablet

ROUNDS, SYNCS = 20, 100
"""Rounds, of which the one in the middle is judged, and syncs in each. One more goes before them."""

ANSWERS, SETTLED = 3, 4
"""Answers that the kiosk has given, and syncs until the one whose bytes are counted."""

UP, DOWN = "up", "down"

MOST_MILLISECONDS = 1.0
MOST_BYTES = 700

TIMES_EMPTY = 5.0
"""What a sync may cost of a view that does nothing: it knows its device, and keeps what it was told."""


def main(rounds: int = ROUNDS) -> bool:
    """Print the ratios and say whether all keep their bounds."""
    with TemporaryDirectory() as folder, postgres.running(durable=True) as server:
        home = Path(folder)
        lite = costs(home / "sqlite", "", rounds)
        grown = costs(home / "postgresql", server.url(server.create()), rounds)
        return all((lite, grown, weighs(home / "bytes")))


def costs(folder: Path, database: str, rounds: int) -> bool:
    """Measure the hub's processor time on one engine, and an empty view's in turns."""
    with serving(folder, database) as hub:
        hub.add_store("rome", "Roma Centro")
        tablet = hub.pair("rome")
        tablet.mark, tablet.send = Mark(None, token_hex(8)), keep_alive(hub.address)
        receipt = tablet.post(tablet.document([])).body
        with empty_view(receipt) as (address, process):
            still = replace(tablet, send=keep_alive(address))
            assert hub.process
            times = [
                (milliseconds(hub.process, tablet), milliseconds(process, still)) for _ in range(rounds + 1)
            ][1:]
    ours, nothing = (median(each) for each in zip(*times, strict=True))
    name = f"{folder.name}, a sync with nothing to send"
    return all(
        (
            ratio(f"{name}, against 1 ms", ours, MOST_MILLISECONDS, unit="ms of CPU", at_most=1),
            ratio(f"{name}, against an empty view", ours, nothing, unit="ms of CPU", at_most=TIMES_EMPTY),
        )
    )


def weighs(folder: Path) -> bool:
    """Count the bytes of a real kiosk's sync, once it has been paired for a while."""
    with serving(folder) as hub, counted(hub.address) as (address, count):
        hub.add_store("rome", "Roma Centro")
        tablet = hub.pair("rome")
        config = Config(data=folder.with_name("kiosk"))
        config.data.mkdir()
        kiosk = Kiosk(config)
        key = {"kiosk": tablet.kiosk, "device_key": tablet.key, "public_key": tablet.public_key}
        kiosk.ask(lambda storage: storage.pair(a_pairing(address, **key)))
        kiosk.give_many(ANSWERS)
        for _ in range(SETTLED):
            count.clear()
            report = sync_once(kiosk.thread, config, clock)
            assert report.trouble is None, report
        kiosk.close()
    name = f"a sync with nothing to send, {count[UP]} bytes up and {count[DOWN]} down, against {MOST_BYTES}"
    return ratio(name, count.total(), MOST_BYTES, unit="bytes", at_most=1)


def milliseconds(process: Popen[str], tablet: Tablet) -> float:
    """Return the processor time that each of a round of syncs takes a process."""
    before = cpu_seconds(process.pid)
    for _ in range(SYNCS):
        tablet.sync([])
    return 1000 * (cpu_seconds(process.pid) - before) / SYNCS


def cpu_seconds(pid: int) -> float:
    """Return the processor time of a process's threads so far, in its own code and in the system's."""
    threads = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9


def keep_alive(address: str) -> Send:
    """Return what sends on one connection, with the headers that a kiosk sends."""
    connection = HTTPConnection(urlsplit(address).netloc, timeout=60)

    def send(path: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        connection.request("POST", path, body, {**headers, "Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        return Reply(answer.status, dict(answer.headers), decompress(answer.read()))

    return send


@contextmanager
def empty_view(body: bytes) -> Iterator[tuple[str, Popen[str]]]:
    """Give the address of a view that answers every sync with a body, and the process that serves it."""
    command = [sys.executable, "-m", "tests.benchmarks.bench_empty_sync", "serve"]
    with Popen(command, stdin=PIPE, stdout=PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(body.hex() + "\n")
        process.stdin.flush()
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}", process
        process.kill()


def serve(body: bytes) -> None:
    """Be such a process: the same server with the same settings, and nothing behind it."""
    app = Flask("empty")

    @app.post(SYNC_PATH)
    def answer() -> Response:
        request.get_data()
        return Response(body, content_type="application/json", headers={"Content-Encoding": "gzip"})

    server = create_waitress(app, port=0, threads=4, ident=None, recv_bytes=2**16)
    print(server.effective_port, flush=True)
    server.run()


@contextmanager
def counted(address: str) -> Iterator[tuple[str, "Counter[str]"]]:
    """Give an address from which everything goes on to another one, and how many bytes went each way."""
    count: Counter[str] = Counter()
    target = urlsplit(address)

    def relay() -> None:
        for line in callers(door):
            far = create_connection((target.hostname, target.port))
            Thread(target=pump, args=(line, far, UP), daemon=True).start()
            Thread(target=pump, args=(far, line, DOWN), daemon=True).start()

    def pump(source: socket, drain: socket, way: str) -> None:
        while piece := source.recv(1 << 16):
            count[way] += len(piece)
            drain.sendall(piece)
        drain.shutdown(SHUT_WR)

    with create_server(("127.0.0.1", 0)) as door:
        Thread(target=relay, daemon=True).start()
        yield f"http://127.0.0.1:{door.getsockname()[1]}", count
        door.shutdown(SHUT_RDWR)


def callers(door: socket) -> Iterator[socket]:
    """Give the connections that come in at a door until it is shut."""
    with suppress(OSError):
        while True:
            yield door.accept()[0]


if __name__ == "__main__":
    if len(sys.argv) == 1:
        sys.exit(0 if main() else 1)
    serve(compress(bytes.fromhex(sys.stdin.readline())))
