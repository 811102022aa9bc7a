"""The window's thread touches no database and no network: a visit never waits for a disk or a line."""

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from socket import socket
from threading import Thread, get_ident
from typing import Any

import pytest

from tests.kiosk.ui.conftest import PIN, Shop
from tests.support.window import middle, window


@dataclass
class Lookout:
    """What was done with SQLite and with sockets while it was open, and on which threads."""

    window: int
    open: bool = False
    seen: list[tuple[int, str]] = field(default_factory=list)

    def audit(self, event: str, _: Any) -> None:
        """Hear of everything that Python itself reports."""
        if event.startswith(("sqlite3.", "socket.")):
            self.note(event)

    def note(self, event: str) -> None:
        """Keep what was done, and on which thread."""
        if self.open:
            self.seen.append((get_ident(), event))

    @property
    def here(self) -> list[str]:
        """What was done on the window's thread."""
        return [event for thread, event in self.seen if thread == self.window]

    @property
    def elsewhere(self) -> set[str]:
        """The kinds of things that were done on other threads."""
        return {event.partition(".")[0] for thread, event in self.seen if thread != self.window}


@contextmanager
def watching() -> Iterator[Lookout]:
    """Watch this thread, on which the window runs in a test."""
    lookout = Lookout(get_ident(), open=True)
    sys.addaudithook(lookout.audit)  # Python has no way to take it away again
    yield lookout
    lookout.open = False


def test_the_windows_thread_touches_neither_sqlite_nor_a_socket(shop: Shop) -> None:
    with watching() as lookout:
        # Python reports connections only; every statement is told by the connection itself.
        shop.ask(lambda s: s._db.conn.set_trace_callback(lambda sql: lookout.note(f"statement.{sql}")))
        lookout.seen.clear()
        with window(shop.screen, shop) as screen:
            screen.tap("score-3", "reason-price", "comment")
            screen.write("Too long.")
            screen.tap("next", "email")
            screen.write("ann@example.org")
            screen.tap("consent", "send")
            screen.until(shop.ended)
            screen.tap("thanks")
            screen.wait(0.4)
            finger = screen.hands.put(*middle(screen.app.stage.ids.corner))
            screen.wait(4)
            screen.lift(finger)
            screen.until(lambda: screen.shows("pin-OK"))
            screen.enter(PIN)
            screen.until(lambda: screen.shows("sync"))
            screen.tap("sync")
            screen.until(lambda: "socket" in lookout.elsewhere)
            screen.tap("back")
    assert lookout.here == []
    assert {"statement", "socket"} <= lookout.elsewhere


@pytest.mark.parametrize("touch", [lambda: sqlite3.connect(":memory:"), socket])
def test_it_would_be_noticed(touch: Any) -> None:
    with watching() as lookout:
        touch().close()
        assert len(lookout.here) >= 1
        other = Thread(target=lambda: closing(touch()).__exit__(None, None, None))
        other.start()
        other.join()
    assert lookout.elsewhere
