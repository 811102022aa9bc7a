"""Tells the service manager that the window lives: systemd's notification protocol, which is a datagram.

Where no service manager asks, nothing is sent.
"""

import os
import socket
from collections.abc import Mapping

SHARE = 0.4
"""How much of the watchdog's time may pass between two beats, so that a late one is not a dead window."""


class Watchdog:
    """The notification socket of a service. pause is the seconds between two beats, None if none is wanted.

    A dead window is one that draws no frame; so ready and beat are to be called by the window's own loop.
    """

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        self._address = environ.get("NOTIFY_SOCKET", "")
        # WATCHDOG_PID is not looked at: it names the service's main process, which starts the compositor.
        microseconds = environ.get("WATCHDOG_USEC", "")
        within = int(microseconds) if self._address and microseconds.isdecimal() else 0
        self.pause = SHARE * within / 1e6 if within else None

    def ready(self) -> None:
        """Say that the first frame is drawn."""
        self._tell("READY=1")

    def beat(self) -> None:
        """Say that another frame is drawn."""
        self._tell("WATCHDOG=1")

    def stopping(self) -> None:
        """Say that the program ends by itself."""
        self._tell("STOPPING=1")

    def _tell(self, state: str) -> None:
        """Send a state; a service manager that is gone or does not listen stops no customer."""
        if not self._address:
            return
        # An abstract address is written with an @ in place of its first zero byte.
        address = self._address.replace("@", "\0", 1) if self._address[0] == "@" else self._address
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as out:
            try:
                out.sendto(state.encode(), address)
            except OSError:
                return
