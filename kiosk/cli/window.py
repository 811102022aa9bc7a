"""The command that shows the window."""

import json
from pathlib import Path
from typing import Any

import click

from kiosk.cli.group import Setup, WindowOptions, main


class Size(click.ParamType[tuple[int, int]]):
    """WIDTHxHEIGHT in pixels."""

    name = "WIDTHxHEIGHT"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        """Read 1280x800; anything else is bad use."""
        width, _, height = str(value).partition("x")
        if not (width.isdecimal() and height.isdecimal() and min(int(width), int(height)) >= 100):
            self.fail(f"{value!r} is no size like 1280x800", param, ctx)
        return int(width), int(height)


class Plan(click.ParamType[str]):
    """A number of visits, or a JSON file that lists them."""

    name = "N|FILE"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """See that there is something to play; anything else is bad use."""
        try:
            if not (value.isdecimal() and int(value) > 0) and not json.loads(Path(value).read_text("utf-8")):
                self.fail(f"{value!r} holds no visits", param, ctx)
        except (OSError, ValueError) as reason:
            self.fail(f"{value!r} is neither a number of visits nor a file of them: {reason}", param, ctx)
        return value


@main.command()
@click.option("--windowed", type=Size(), help="Show a window of this size instead of the full screen.")
@click.option(
    "--play", type=Plan(), hidden=True, help="Play so many visits, or those of a file, by touches, and end."
)
@click.option("--pictures", type=click.Path(path_type=Path), hidden=True, help="Where played screens go.")
@click.option("--pin", hidden=True, help="The manager's, for pictures of the manager's page.")
@click.pass_obj
def run(
    setup: Setup,
    windowed: tuple[int, int] | None,
    play: str | None,
    pictures: Path | None,
    pin: str | None,
) -> None:
    """Show the question until the window is closed, and sync in the background."""
    if setup.run is None:
        raise click.ClickException("There is no window here: start the program cerchio-kiosk.")
    setup.run(setup.config, WindowOptions(windowed, play, pictures, pin))
