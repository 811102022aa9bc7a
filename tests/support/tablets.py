"""Real kiosks without a window for tests: `cerchio-kiosk` commands in processes of their own."""

import os
import subprocess
import sys
from dataclasses import dataclass, field
from json import loads
from pathlib import Path
from typing import Any

_COMMAND = (sys.executable, "-m", "kiosk")


@dataclass
class KioskCommands:
    """One kiosk's data folder."""

    data: Path
    _pairing: subprocess.Popen[str] | None = field(default=None, repr=False)

    def run(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        """Run a command."""
        return subprocess.run(
            [*_COMMAND, *map(str, arguments)],
            env=self._environment, capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip

    def must(self, *arguments: object) -> Any:
        """Run a command that has to succeed, and return the JSON that it printed."""
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return loads(done.stdout)

    def ask_for_pairing(self, address: str) -> str:
        """Begin to pair with a hub and return the code that the kiosk shows; it goes on waiting."""
        self._pairing = subprocess.Popen(
            [*_COMMAND, "pair", "--hub", address, "--json"],
            env=self._environment | {"PYTHONUNBUFFERED": "1"}, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._pairing.stdout is not None
        return str(loads(self._pairing.stdout.readline())["code"])

    def paired(self) -> Any:
        """Wait until it is paired and return what it printed."""
        assert self._pairing is not None
        out, _ = self._pairing.communicate(timeout=60)
        assert self._pairing.returncode == 0
        return loads(out)

    @property
    def _environment(self) -> dict[str, str]:
        return os.environ | {"CERCHIO_KIOSK_DATA": str(self.data)}
