"""The connections to a hub: whose certificate is good enough, and an end to those that only trickle."""

import ssl
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from socket import SHUT_RDWR, socket
from threading import Lock, Timer
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

PIN = "sha256//"
"""What a pin begins with, as curl writes them: a SHA-256 of a public key follows, in base64."""


class NotPinned(ssl.SSLError):
    """The certificate is valid, and its public key is none of those that this kiosk may talk to."""


def read_pins(text: str) -> frozenset[bytes]:
    """Read pins, which semicolons separate; the setting was checked before."""
    return frozenset(
        b64decode(pin.strip().removeprefix(PIN), validate=True) for pin in text.split(";") if pin
    )


def pin_of(certificate: bytes) -> bytes:
    """Return the SHA-256 of the public key in a certificate (DER), with what names its kind (SPKI)."""
    body, _ = _inside(certificate, _inside(certificate, 0)[0])
    tag = certificate[body]
    # An optional version comes first; then serial number, signature, issuer, validity and subject.
    for _ in range(6 if tag == _VERSION else 5):
        body = _inside(certificate, body)[1]
    return sha256(certificate[body : _inside(certificate, body)[1]]).digest()


_VERSION = 0xA0


def _inside(der: bytes, at: int) -> tuple[int, int]:
    """Return where the content of the element at a place begins, and where it ends."""
    length, start = der[at + 1], at + 2
    if length & 0x80:
        start += length & 0x7F
        length = int.from_bytes(der[at + 2 : start])
    return start, start + length


class Lines:
    """The open connections to one hub. pins are the public keys that it may have, none for any."""

    def __init__(self, pins: frozenset[bytes]) -> None:
        self._pins = pins
        self._open: list[socket] = []
        self._lock = Lock()
        self.late = False

    def adapter(self) -> HTTPAdapter:
        """Return what makes such connections for a session."""
        return _Adapter(self)

    def opened(self, line: socket) -> None:
        """Take note of a connection, by a second handle: TLS takes the first one over."""
        with self._lock:
            self._open.append(line.dup())

    def check(self, certificate: bytes | None) -> None:
        """Raise NotPinned for a certificate with another public key."""
        if self._pins and (not certificate or pin_of(certificate) not in self._pins):
            raise NotPinned("its certificate has another key than those pinned")

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Cut the connections if what happens inside has not ended by then; late says that this was so."""
        self.late = False
        timer = Timer(seconds, self._cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def close(self) -> None:
        """Let go of the handles."""
        with self._lock:
            while self._open:
                self._open.pop().close()

    def _cut(self) -> None:
        with self._lock:
            self.late = True
            for line in self._open:
                with suppress(OSError):
                    line.shutdown(SHUT_RDWR)


class _Adapter(HTTPAdapter):
    def __init__(self, lines: Lines) -> None:
        self._pools = _pools(lines)
        super().__init__()

    def init_poolmanager(self, *args: Any, **named: Any) -> None:
        """Use our own kinds of connections."""
        super().init_poolmanager(*args, **named)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, *args: Any, **named: Any) -> Any:
        """Use them through a proxy, too."""
        manager = super().proxy_manager_for(*args, **named)
        manager.pool_classes_by_scheme = self._pools
        return manager


def _pools(lines: Lines) -> dict[str, type[HTTPConnectionPool]]:
    """Return the kinds of pools by scheme, whose connections tell lines of themselves."""

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket:
            line = super()._new_conn()
            lines.opened(line)
            return line

    class Encrypted(HTTPSConnection):
        def _new_conn(self) -> socket:
            line = super()._new_conn()
            lines.opened(line)
            return line

        def connect(self) -> None:
            super().connect()
            lines.check(self.sock.getpeercert(binary_form=True))  # type: ignore[union-attr]

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class EncryptedPool(HTTPSConnectionPool):
        ConnectionCls = Encrypted

    return {"http": PlainPool, "https": EncryptedPool}
