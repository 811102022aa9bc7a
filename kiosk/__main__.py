"""The composition root: the only place that knows all rooms of the kiosk."""

import json
from contextlib import ExitStack
from dataclasses import asdict

import click

from kiosk.backstage import Backstage
from kiosk.cli import main as commands
from kiosk.cli.group import WindowOptions, sentence
from kiosk.config import Config, Theme, chosen_theme, load_snapshot
from kiosk.storage.lock import RUNNING, AlreadyHeld, held

PATIENCE = 2.0
"""Seconds to wait for a command that tidies up in the data folder just now."""


def run(config: Config, options: WindowOptions) -> None:
    """Show the window until it is closed or everything is played."""
    with ExitStack() as lock:
        alone = _take(config, lock)
        from kiosk.ui.window import WindowTrouble, run_window

        backstage = Backstage(config, alone=alone, windowed=options.size is not None)
        try:
            run_window(
                load_snapshot(config.data),
                backstage,
                size=options.size,
                dark=chosen_theme(config) is Theme.DARK,
                screen_mm=config.screen_mm,
                play=options.play,
                pictures=options.pictures,
                pin=options.pin,
                tell=lambda played: click.echo(json.dumps(asdict(played))),
            )
        except WindowTrouble as reason:
            raise click.ClickException(sentence(reason)) from reason
        finally:
            backstage.stop()


def _take(config: Config, lock: ExitStack) -> bool:
    """Have the data folder to ourselves; say no if it cannot be written, which the window then shows."""
    try:
        config.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock.enter_context(held(config.data / RUNNING, PATIENCE))
    except AlreadyHeld as reason:
        raise click.ClickException(f"A kiosk already runs on the folder {config.data}.") from reason
    except OSError as reason:
        click.echo(f"{config.data}: {reason.strerror}. No answer can be taken.", err=True)
        return False
    return True


def main() -> None:
    """Run the program."""
    commands(obj=run)


if __name__ == "__main__":
    main()
