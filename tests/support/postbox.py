"""A real mail server on a real socket, that can refuse, be slow, or not be there."""

import ssl
from asyncio import sleep
from collections.abc import Iterator
from contextlib import closing, contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from socket import socket
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session

CERTIFICATES = Path(__file__).parent / "certificates"
USER, PASSWORD = "hub@example.com", "open sesame, said nobody"


class Postbox:
    """What came, and how the server behaves: its password, seconds that it takes, an answer of its own."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.mails: list[EmailMessage] = []
        self.password = PASSWORD
        self.takes = 0.0
        self.answer = "250 OK"
        self.sign_ins = 0

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.answer.startswith("250"):
            assert isinstance(envelope.content, bytes)
            mail = message_from_bytes(envelope.content, policy=default)
            assert isinstance(mail, EmailMessage)
            assert [mail["To"]] == envelope.rcpt_tos
            self.mails.append(mail)
        await sleep(self.takes)
        return self.answer

    def authenticate(
        self, server: Any, session: Session, envelope: Envelope, how: str, data: Any
    ) -> AuthResult:
        self.sign_ins += 1
        right = isinstance(data, LoginPassword) and data.password.decode() == self.password
        return AuthResult(success=right and data.login.decode() == USER, handled=False)

    def to(self, recipient: str) -> list[EmailMessage]:
        """Return the mails to somebody."""
        return [mail for mail in self.mails if mail["To"] == recipient]

    @contextmanager
    def opened(self, security: str = "starttls", certificate: str = "good") -> Iterator[None]:
        """Listen at localhost for as long as the block runs."""
        controller = Controller(self, "localhost", self.port, **self._options(security, certificate))
        controller.start()
        try:
            yield
        finally:
            controller.stop()

    def _options(self, security: str, certificate: str) -> dict[str, Any]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATES / f"{certificate}.pem")
        signing_in = {"authenticator": self.authenticate, "auth_required": True}
        if security == "tls":
            return {**signing_in, "ssl_context": context, "auth_require_tls": False}
        return {**signing_in, "tls_context": context, "require_starttls": True}


def free_port() -> int:
    """Return a port at which nobody listens."""
    with closing(socket()) as probe:
        probe.bind(("localhost", 0))
        port: int = probe.getsockname()[1]
        return port
