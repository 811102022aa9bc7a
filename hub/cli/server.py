"""The command that serves the hub until it is told to stop."""

import gc
import logging
import signal
import sys
from contextlib import suppress
from ctypes import CDLL
from dataclasses import replace
from errno import EACCES, EADDRINUSE, EADDRNOTAVAIL
from types import FrameType
from typing import Any, NoReturn

import click
from flask import Flask
from waitress.server import create_server

from common.wire import LARGEST_BATCH
from hub.app import create_app
from hub.cli.group import main, ready_engine, told_plainly
from hub.cli.settings import broken_settings
from hub.cli.surveys import broken_surveys
from hub.config import Settings
from hub.db import reading
from hub.schedule import Schedule
from hub.web.context import Hub

log = logging.getLogger(__name__)

MOST_CONNECTIONS = 800
"""At once. Systems let a program open 1,024 files as a rule."""

MMAP_THRESHOLD = -3
"""What glibc's mallopt calls the size from which a block is the system's own again once it is free."""


@main.command("serve")
@click.option("--host", help="The address to listen on (or CERCHIO_HUB_HOST).")
@click.option("--port", type=click.IntRange(0, 65535), help="The port (or CERCHIO_HUB_PORT); 0 is any.")
@click.pass_obj
def serve_command(settings: Settings, host: str | None, port: int | None) -> None:
    """Serve the hub until Ctrl-C or SIGTERM. The embedded database is migrated first."""
    settings = replace(
        settings,
        host=settings.host if host is None else host,
        port=settings.port if port is None else port,
    )
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", level=logging.INFO)
    for talker in ("alembic", "apscheduler", "waitress"):
        logging.getLogger(talker).setLevel(logging.ERROR)
    with told_plainly():
        ready_engine(settings).dispose()
        app = create_app(settings)
        _warn_of_what_is_broken(app)
        server = _listen(app, settings)
        app.extensions["cerchio.pace"].line = lambda: len(server.task_dispatcher.queue)
    schedule = Schedule(app)
    _spare_the_collector()
    _give_memory_back()
    signal.signal(signal.SIGTERM, _stop)
    click.echo(f"The hub listens at {_address(server)} - Ctrl-C stops it.")
    schedule.start()
    server.run()
    schedule.stop()
    click.echo("The hub has stopped.")


def _warn_of_what_is_broken(app: Flask) -> None:
    hub: Hub = app.extensions["cerchio"]
    with reading(hub.engine) as connection:
        for sentence in broken_surveys(connection) + broken_settings(connection):
            log.warning(sentence)


def _spare_the_collector() -> None:
    """Let Python look for cycles less often: doing it in the middle of every batch is a sixth of its time.

    What exists when serving begins stays for ever; and the objects of a batch are no cycles, they go when
    it ends.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)


def _give_memory_back() -> None:
    """Let large blocks go back to the system, which glibc stops doing after the first ones.

    It raises the threshold to the largest that was ever freed: a dozen full batches left 120 MiB behind.
    """
    with suppress(AttributeError, OSError):  # another system's C library has none
        CDLL(None).mallopt(MMAP_THRESHOLD, 2**17)


def _listen(app: Flask, settings: Settings) -> Any:
    try:
        return create_server(
            app,
            host=settings.host,
            port=settings.port,
            threads=settings.threads,
            url_scheme="https" if settings.secure_cookies else "http",
            # Above what the application takes, so that it is the one that says "too large".
            max_request_body_size=2 * LARGEST_BATCH,
            ident=None,
            # One read per request of a full batch instead of four.
            recv_bytes=2**16,
            # So that the hub sees a crowd, and can tell it when to come back.
            connection_limit=MOST_CONNECTIONS,
            asyncore_use_poll=True,
            # Beyond that a body waits on the disk, or a crowd's would fill the memory. A full batch has half.
            inbuf_overflow=2**16,
        )
    except OSError as reason:
        sentence = _SENTENCES.get(reason.errno or 0, reason.strerror or str(reason))
        where = f"{settings.host} port {settings.port}"
        raise click.ClickException(f"The hub cannot listen at {where}: {sentence}") from reason


_SENTENCES = {
    EADDRINUSE: "another program does already; choose another with --port.",
    EACCES: "the system does not allow it; choose a port above 1023.",
    EADDRNOTAVAIL: "this machine has no such address.",
}


def _address(server: Any) -> str:
    host, port = server.effective_host, server.effective_port
    return f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"  # noqa: S104 - it is compared


def _stop(_signal: int, _frame: FrameType | None) -> NoReturn:
    # waitress ends its loop, and the requests being worked on, when this reaches it.
    sys.exit(0)
