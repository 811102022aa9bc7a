"""The hub's and the kiosk's programs on the folder of one demonstration."""

import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from arrival import Told
from children import Children, Process, ended, stop
from environment import program
from machine import ROOT, Trouble

PATIENCE = 60.0  # seconds within which a program must be ready, and answers must have arrived
SYNC_SECONDS = 3
OFFSCREEN = {"SDL_VIDEODRIVER": "offscreen", "KIVY_WINDOW": "sdl2"}


class Programs:
    """Runs `cerchio-hub` and `cerchio-kiosk` with one folder and one port; each keeps a log there."""

    def __init__(self, children: Children, folder: Path, port: int) -> None:
        self.folder = folder
        self.address = f"http://127.0.0.1:{port}"
        self._children = children
        self._hub: Process | None = None
        self._environment = {
            "CERCHIO_HUB_DATA": str(folder / "hub"),
            "CERCHIO_HUB_PORT": str(port),
            "CERCHIO_HUB_SYNC_SECONDS": str(SYNC_SECONDS),
            "CERCHIO_KIOSK_DATA": str(folder / "kiosk"),
            "CERCHIO_KIOSK_SYNC_EVERY": str(SYNC_SECONDS),
        } | ({} if has_screen() else OFFSCREEN)

    def hub(self, *arguments: str) -> list[str]:
        """Run a command of the hub to its end and return its lines; raises Failed."""
        return self._children.run([program("cerchio-hub"), *arguments], self._environment)

    def kiosk(self, *arguments: str) -> Iterator[str]:
        """Run a command of the kiosk and yield its lines as they come, also into its log; raises Failed."""
        with (self.folder / "kiosk.log").open("a") as log:
            for line in self._children.lines([program("cerchio-kiosk"), *arguments], self._environment):
                log.write(f"{line}\n")
                yield line

    def serve(self) -> None:
        """Start the hub and wait until it listens."""
        log = self.folder / "hub.log"
        log.unlink(missing_ok=True)
        self._hub = self._start("hub", "serve")
        if not self.comes_true(lambda: "listens at" in log.read_text()):
            raise Trouble(f"The hub does not start: {self._last_words('hub')}")

    def window(self) -> Process:
        """Open the kiosk's window."""
        return self._start("kiosk", "run", "--windowed", "1280x800")

    def told(self) -> Told:
        """Ask the hub for the scores and the open cases."""
        return Told(self._json("scores"), self._json("cases"))

    def comes_true(self, condition: Callable[[], bool], every: float = 0.2) -> bool:
        """Wait until a condition holds, as long as patience lasts and the hub runs.

        It is looked at again after so many seconds.
        """
        deadline = time.monotonic() + PATIENCE
        while not condition():
            self.check_hub()
            if time.monotonic() > deadline:
                return False
            time.sleep(every)
        return True

    def check_hub(self) -> None:
        """Raise Trouble if the hub has stopped."""
        if self._hub is not None and ended(self._hub):
            raise Trouble(f"The hub has stopped: {self._last_words('hub')}")

    def check_window(self, window: Process) -> None:
        """Raise Trouble if the window, which has ended, ended by an error."""
        stop(window)
        if window.returncode:
            raise Trouble(f"The kiosk's window has stopped: {self._last_words('kiosk')}")

    def _start(self, side: str, *arguments: str) -> Process:
        with (self.folder / f"{side}.log").open("a") as log:
            return self._children.start([program(f"cerchio-{side}"), *arguments], self._environment, log)

    def _json(self, command: str) -> Any:
        return json.loads("\n".join(self.hub(command, "--json")))

    def _last_words(self, side: str) -> str:
        log = self.folder / f"{side}.log"
        lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
        return f"{lines[-1] if lines else 'it gave no reason'} (see {shown(log)})"


def has_screen() -> bool:
    """Say whether a window can be shown to somebody."""
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def shown(path: Path) -> Path:
    """Return a path as short as it can be said."""
    return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
