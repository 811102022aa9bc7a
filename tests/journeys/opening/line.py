"""One request of a light kiosk, on a connection of its own, as patient as a kiosk is."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from json import loads
from urllib.parse import urlsplit

from common.wire import SYNC_PATH
from kiosk.config import Config
from kiosk.sync import Trouble
from tests.support.tablet import Reply

_DEFAULTS = Config()


class NoAnswer(Exception):
    """Nothing that a hub says came back; the trouble is what a kiosk would call it."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble)
        self.trouble = trouble


async def post(address: str, key: str, body: bytes) -> Reply:
    """Send a batch and return what the hub answers; raise NoAnswer."""
    try:
        return await _exchange(address, _head(address, key, len(body)) + body)
    except TimeoutError as reason:
        raise NoAnswer(Trouble.TIMED_OUT) from reason
    except (OSError, EOFError) as reason:
        raise NoAnswer(Trouble.OFFLINE) from reason


async def _exchange(address: str, request: bytes) -> Reply:
    where = urlsplit(address)
    async with asyncio.timeout(_DEFAULTS.connect_timeout):
        reader, writer = await asyncio.open_connection(where.hostname, where.port)
    try:
        async with asyncio.timeout(_DEFAULTS.read_timeout):
            writer.write(request)
            return await _read(reader)
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


async def _read(reader: asyncio.StreamReader) -> Reply:
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").strip().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    return Reply(int(first.split()[1]), headers, await reader.readexactly(int(headers["Content-Length"])))


def _head(address: str, key: str, length: int) -> bytes:
    lines = (
        f"POST {SYNC_PATH} HTTP/1.1",
        f"Host: {urlsplit(address).netloc}",
        f"Authorization: Bearer {key}",
        "Content-Type: application/json",
        "Content-Encoding: gzip",
        "Accept-Encoding: gzip",
        f"Content-Length: {length}",
    )
    return "\r\n".join((*lines, "", "")).encode()


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that a hub asks for."""
    return float(headers["Retry-After"]) if "Retry-After" in headers else None


def code_of(reply: Reply) -> str:
    """Return the code of a problem; empty where the reply is none."""
    with suppress(ValueError, KeyError):
        return str(loads(reply.body)["code"])
    return ""
