"""A kiosk that stands in a store, for journeys: real commands, a real hub, and a line between them."""

import os
import subprocess
import sys
from collections.abc import Iterable
from contextlib import closing
from csv import writer
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from json import dumps, loads
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

from click.testing import CliRunner

import kiosk.cli
from hub.config import Settings
from kiosk.storage.opening import open_storage
from kiosk.storage.pairing import Pairing
from tests.support.commands import HubCommands
from tests.support.hub import Hub
from tests.support.tablet import Send, Tablet, ask_key, begin_pairing, over_http
from tests.support.weather import Weather

_numbers = count(1)
_OPENING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@dataclass
class Stand:
    """A kiosk in a store: its data folder, its id at the hub, and a folder for files that a test writes."""

    hub: Hub
    line: Weather
    store: str
    data: Path
    papers: Path
    identity: str = ""
    rows: int = field(default=0, repr=False)

    def run(self, *arguments: object, **options: Any) -> CompletedProcess[str]:
        """Run a command of cerchio-kiosk in a process of its own; options are those of subprocess.run."""
        return subprocess.run(
            self._command(*arguments), capture_output=True, text=True, check=False, timeout=60, **options
        )

    def show(self, *visits: dict[str, Any]) -> "subprocess.Popen[str]":
        """Start the kiosk with its window, drawn offscreen, and play these visits on it by touches."""
        plan = self.papers / f"visits-{next(_numbers)}.json"
        plan.write_text(dumps(visits), "utf-8")
        return subprocess.Popen(
            self._command("run", "--windowed", "1280x800", "--play", plan),
            env=os.environ | {"SDL_VIDEODRIVER": "offscreen", "KIVY_WINDOW": "sdl2"},
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip

    def here(self, *arguments: object) -> Any:
        """Run a command that has to succeed in this process, which is quicker; return the JSON it printed."""
        words = ["--data", str(self.data), *map(str, arguments), "--json"]
        done = CliRunner().invoke(kiosk.cli.main, words)
        assert done.exit_code == 0, done.stderr
        return loads(done.stdout)

    def hub_says(self, *arguments: object) -> str:
        """Run a command of cerchio-hub that has to succeed; return what it printed."""
        return commands(self.hub).must(*arguments).stdout

    def give(self, *scores: int, comment: str = "") -> None:
        """Take answers, a minute apart, as visits of customers who say the same comment."""
        rows = [(self._next(), score, comment) for score in scores]
        done = self.here("replay", self.write(rows))
        assert done["given"] == len(scores), done

    def write(self, rows: Iterable[tuple[int, object, str]]) -> Path:
        """Write a history file out of numbers, scores and comments."""
        file = self.papers / f"history-{next(_numbers)}.csv"
        with file.open("w", encoding="utf-8", newline="") as out:
            lines = writer(out)
            lines.writerow(["response_id", "store", "timestamp", "score", "comment"])
            for number, score, comment in rows:
                moment = _OPENING + timedelta(minutes=number)
                lines.writerow([f"row-{number}", self.store, moment.isoformat(), score, comment])
        return file

    def sync(self) -> tuple[int, str]:
        """Sync; return the exit code and all that was said."""
        done = self.run("sync")
        return done.returncode, done.stdout + done.stderr

    def synced(self) -> str:
        """Sync, which has to work, and return what was said."""
        code, said = self.sync()
        assert code == 0, said
        return said

    def pair(self) -> None:
        """Belong to the store from now on, as `cerchio-kiosk pair` does but without its polite pauses."""
        told = self._approved(over_http(self.line.address))
        self.identity = told["kiosk"]
        database = self.data / "kiosk.sqlite"
        with closing(open_storage(database, datetime.now(UTC), alone=True)) as storage:
            storage.pair(Pairing.from_document(told | {"hub": self.line.address}))

    def stranger(self) -> Tablet:
        """Return a tablet in the same store that is no kiosk of ours but has a device key."""
        send = over_http(self.hub.address)
        told = self._approved(send)
        return Tablet(send, told["device_key"], lambda: datetime.now(UTC), kiosk=told["kiosk"])

    def _approved(self, send: Send) -> dict[str, Any]:
        begun = begin_pairing(send)
        self.hub_says("pair", begun["user_code"], "--store", self.store)
        told: dict[str, Any] = ask_key(send, begun["device_code"]).document
        return told

    def _command(self, *arguments: object) -> list[str]:
        return [sys.executable, "-m", "kiosk", "--data", str(self.data), *map(str, arguments)]

    def _next(self) -> int:
        self.rows += 1
        return self.rows


def commands(hub: Hub) -> HubCommands:
    """Return the commands of a hub, run in this process on its database."""
    return HubCommands(Settings(data=hub.data, database=hub.database))


def open_stand(hub: Hub, line: Weather, folder: Path, disk: Path | None = None) -> Stand:
    """Open a store at a hub and stand a kiosk in it; disk takes what the kiosk keeps, if not the folder."""
    store = f"store-{next(_numbers)}"
    commands(hub).must("add-store", store, "--name", store.title(), "--time-zone", "Europe/Rome")
    stand = Stand(hub, line, store, (disk or folder) / store, folder)
    stand.pair()
    return stand
