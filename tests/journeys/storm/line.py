"""The line of the storm: all tablets reach the hub through it, each by a path of its own.

What happens to an exchange is drawn from the seed, the tablet's path and how many exchanges it had.
"""

import re
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from json import loads
from random import Random
from threading import Lock, Timer
from time import sleep
from zlib import error

from tests.support.weather import (
    Ask,
    Spell,
    Weather,
    answered,
    asked,
    clear,
    late,
    lost_reply,
    nothing_above,
    opened,
    torn_reply,
    torn_request,
)

_LOGIN = answered("200 OK", "text/html", b"<h1>Welcome to our Wi-Fi</h1>")
_GATEWAY = answered("502 Bad Gateway", "text/html", b"<h1>502</h1>")
_ROUTE = re.compile(rb"(?P<method>[A-Z]+) /(?P<path>[^/ ]+)(?P<rest>/\S*)")


def lost_request(request: bytes, ask: Ask) -> bytes:
    """Lose the request on its way."""
    return b""


def doubled(request: bytes, ask: Ask) -> bytes:
    """Let the request arrive twice at the same time, and one of the answers come back."""
    with ThreadPoolExecutor(2) as pool:
        replies = [pool.submit(ask, request) for _ in range(2)]
    return replies[0].result()


SPELLS: dict[str, tuple[float, Spell]] = {
    "clear": (45, clear),
    "dropped": (6, lost_request),
    "late": (7, late(0.3)),
    "too late": (1, late(3.5)),
    "doubled": (12, doubled),
    "request torn": (4, torn_request),
    "reply torn": (5, torn_reply),
    "closed after commit": (8, lost_reply),
    "log-in page": (4, _LOGIN),
    "bad gateway": (2, _GATEWAY),
    "too large": (2, nothing_above(8000)),
    "overtaken": (6, clear),
}
"""How often each weather comes, and what it does. An overtaken request arrives when later ones have."""


class Line(Weather):
    """The line. rough says whether there is any weather, dark that nothing gets through at all.

    where gives the address of a worker of the hub for each exchange. met counts the exchanges by their
    weather, verdicts what the hub said of answers.
    """

    def __init__(self, seed: str, where: Callable[[], str]) -> None:
        super().__init__("")
        self.rough = self.dark = False
        self.met: Counter[str] = Counter()
        self.verdicts: Counter[str] = Counter()
        self._seed, self._where = seed, where
        self._turns: Counter[str] = Counter()
        self._lock = Lock()
        self._under_way: set[Timer] = set()
        self.spell = self._weather

    def path(self, tablet: str) -> str:
        """Return the address under which a tablet finds the hub."""
        return f"{self.address}/{tablet}"

    def settle(self) -> None:
        """Let no more weather come, and wait until what is overtaken has arrived."""
        self.rough = self.dark = False
        while self._under_way:
            sleep(0.05)

    def _weather(self, request: bytes, ask: Ask) -> bytes:
        route = _ROUTE.match(request)
        if route is None or self.dark:
            return b""
        plain = b"%s %s" % (route["method"], route["rest"]) + request[route.end() :]
        name, delay = self._draw(route["path"].decode())
        if name == "overtaken":
            self._send_later(plain, ask, delay)
            return b""
        return SPELLS[name][1](plain, ask)

    def _draw(self, tablet: str) -> tuple[str, float]:
        with self._lock:
            self._turns[tablet] += 1
            random = Random(f"{self._seed} {tablet} {self._turns[tablet]}")
            weights = [weight for weight, _ in SPELLS.values()]
            name = random.choices(list(SPELLS), weights)[0] if self.rough else "clear"
            self.met[name] += 1
        return name, random.uniform(0.2, 5.0)

    def _send_later(self, request: bytes, ask: Ask, delay: float) -> None:
        def arrive() -> None:
            with suppress(OSError):
                ask(request)
            with self._lock:
                self._under_way.discard(timer)

        timer = Timer(delay, arrive)
        with self._lock:
            self._under_way.add(timer)
        timer.start()

    def _ask(self, request: bytes) -> bytes:
        reply = asked(self._where(), request)
        self._read(reply)
        return reply

    def _read(self, reply: bytes) -> None:
        """Count the verdicts of a receipt."""
        body = reply.partition(b"\r\n\r\n")[2]
        with suppress(OSError, EOFError, error, ValueError), self._lock:
            verdicts = loads(opened(body)).get("verdicts", ())
            self.verdicts.update(verdict["outcome"] for verdict in verdicts)
