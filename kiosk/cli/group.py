"""The command that all others belong to, and what each of them gets."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kiosk.config import PREFIX, BadSetting, Config, load_config
from kiosk.storage.errors import StorageError
from kiosk.storage.thread import StorageThread

if TYPE_CHECKING:
    from kiosk.storage.store import Storage
    from kiosk.ui.plan import Planned


@dataclass(frozen=True, slots=True)
class WindowOptions:
    """How the window is shown: full screen, or with a size in pixels; and what it plays by itself.

    With pictures, the manager's page is among them if pin is the manager's.
    """

    size: tuple[int, int] | None = None
    play: "Sequence[Planned]" = ()
    pictures: Path | None = None
    pin: str | None = None


Run = Callable[[Config, WindowOptions], None]
"""Shows the window until it is closed. The composition root hands it in."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What every command gets."""

    config: Config
    run: Run | None

    def storage(self) -> AbstractContextManager[StorageThread]:
        """Open the storage for one command, beside a window or without; tell its troubles plainly."""
        return self._thread(self._open)

    @contextmanager
    def reading(self) -> Iterator[StorageThread]:
        """Open the storage for a command that changes nothing, also on a disk that cannot be written."""
        with ExitStack() as spare, self._thread(lambda: self._open_to_read(spare)) as thread:
            yield thread

    @contextmanager
    def _thread(self, opener: "Callable[[], Storage]") -> Iterator[StorageThread]:
        thread = StorageThread(self.config.data, opener)
        try:
            yield thread
        except StorageError as reason:
            raise click.ClickException(sentence(reason)) from reason
        finally:
            thread.close()

    def _open(self) -> "Storage":
        from kiosk.storage.opening import open_storage

        return open_storage(self.config.database, now(), alone=False)

    def _open_to_read(self, spare: ExitStack) -> "Storage":
        from kiosk.storage.opening import open_to_read

        return open_to_read(self.config.database, now(), spare)


def now() -> datetime:
    """Return the device's time, aware, in the device's own zone."""
    return datetime.now(UTC).astimezone()


def sentence(reason: Exception) -> str:
    """Return an exception's message as a sentence."""
    text = str(reason)
    return f"{text[:1].upper()}{text[1:]}."


as_json = click.option("--json", "as_json", is_flag=True, help="Print for programs.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--data", type=click.Path(path_type=Path), help=f"The data folder (or {PREFIX}DATA).")
@click.pass_context
def main(context: click.Context, data: Path | None) -> None:
    """Run a kiosk of Cerchio and look after its answers."""
    try:
        context.obj = Setup(load_config(os.environ, data), context.obj)
    except BadSetting as reason:
        raise click.UsageError(str(reason)) from reason
