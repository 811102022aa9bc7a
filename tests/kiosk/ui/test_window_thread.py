"""The window's thread touches no database and no network: a visit never waits for a disk or a line."""

import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from socket import socket
from threading import Thread, get_ident
from typing import Any

import pytest

from kiosk.storage.pin import Door, set_pin
from tests.kiosk.ui.conftest import PIN, Shop
from tests.kiosk.ui.test_manager_rooms import COUNTS, SERVICE, check, doubt, open_tablet, scene
from tests.support.window import middle, window


@dataclass
class Lookout:
    """What was done with SQLite and with sockets while it was open, and on which threads."""

    window: int
    open: bool = False
    files: tuple[Path, ...] = ()
    seen: list[tuple[int, str]] = field(default_factory=list)

    def audit(self, event: str, details: Any) -> None:
        """Hear of everything that Python itself reports."""
        if event.startswith(("sqlite3.", "socket.")) or (event == "open" and self._ours(details[0])):
            self.note(event)

    def note(self, event: str) -> None:
        """Keep what was done, and on which thread."""
        if self.open:
            self.seen.append((get_ident(), event))

    def _ours(self, file: object) -> bool:
        """Say whether a file that is opened lies in the folders watched."""
        return isinstance(file, str | PathLike) and any(
            Path(os.fspath(file)).is_relative_to(folder) for folder in self.files
        )

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


def test_nor_do_the_manager_s_rooms_or_the_screen_that_waits(shop: Shop, tmp_path: Path) -> None:
    """Doubts, a stick, the check, settings and their files, and an idle screen that looks for new ones."""
    shop.ask(lambda s: set_pin(s.settings, SERVICE, Door.SERVICE))
    shop._sticks = [tmp_path / "media"]
    identity, first = doubt(shop), shop.screen
    with watching() as lookout:
        shop.ask(lambda s: s._db.conn.set_trace_callback(lambda sql: lookout.note(f"statement.{sql}")))
        lookout.files = (shop.config.data, tmp_path / "media")
        lookout.seen.clear()
        with window(first, shop) as screen:
            open_tablet(screen)
            screen.tap(f"doubt-{identity}")
            screen.until(lambda: COUNTS in screen.texts())
            screen.tap("rescue")
            screen.until(lambda: scene(screen).told)
            check(screen, "yes", "yes")
            screen.tap("yes")
            screen.until(lambda: screen.shows("service"))
            screen.tap("service")
            screen.enter(SERVICE)
            screen.until(lambda: screen.shows("leave"))
            for wish in ("speak-it", "give-back", "theme-dark", "theme-light"):
                screen.until(lambda wish=wish: screen.shows(wish))  # type: ignore[misc]
                screen.tap(wish)
            screen.tap("back", "back")
            lookout.open = False  # This is the thread of the test, too.
            shop.config.local_settings.write_text('{"fixes": [{"en": "You asked for chairs."}]}')
            lookout.open = True
            screen.wait(130)
            screen.until(lambda: "You asked for chairs." in screen.texts())
    assert lookout.here == []
    assert {"statement", "socket", "open"} <= lookout.elsewhere


@pytest.mark.parametrize("touch", [lambda: sqlite3.connect(":memory:"), socket, Path(__file__).open])
def test_it_would_be_noticed(touch: Any) -> None:
    with watching() as lookout:
        lookout.files = (Path(__file__).parent,)
        touch().close()
        assert len(lookout.here) >= 1
        other = Thread(target=lambda: closing(touch()).__exit__(None, None, None))
        other.start()
        other.join()
    assert lookout.elsewhere
