"""The command that shows the window."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kiosk.cli.group import Setup, WindowOptions, main, now
from kiosk.storage.pin import PinOutcome, try_pin

if TYPE_CHECKING:
    from kiosk.ui.plan import Planned


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


@main.command()
@click.option("--windowed", type=Size(), help="Show a window of this size instead of the full screen.")
@click.option(
    "--play",
    metavar="N|FILE",
    help="Play so many visits, or those of a JSON file, by touches, and end. Their answers count.",
)
@click.option(
    "--pictures",
    type=click.Path(path_type=Path, file_okay=False),
    help="Keep a picture of every screen that is played in this folder.",
)
@click.option("--pin", help="The manager's, for pictures of the manager's page, too.")
@click.pass_obj
def run(
    setup: Setup,
    windowed: tuple[int, int] | None,
    play: str | None,
    pictures: Path | None,
    pin: str | None,
) -> None:
    """Show the question until the window is closed, and sync in the background.

    A file for --play lists visits: [{"score": 3, "language": "it", "reasons": [0, 2], "comment": "Too long",
    "email": "me@example.org", "phone": ""}]. All but the score may be left out; reasons are the places of
    the chips, counted from 0.
    """
    if pictures and not play:
        raise click.UsageError("--pictures are of what is played: give --play, too.")
    if pin and not pictures:
        raise click.UsageError("--pin is for pictures: give --pictures, too.")
    planned = _plan(setup, play) if play else ()
    if pin:
        _check(setup, pin)
    if setup.run is None:
        raise click.ClickException("There is no window here: start the program cerchio-kiosk.")
    setup.run(setup.config, WindowOptions(windowed, planned, pictures, pin))


def _plan(setup: Setup, play: str) -> "Sequence[Planned]":
    """Read what is to be played, in the languages that customers can choose; end the command if it cannot."""
    from kiosk.ui.compose import offered
    from kiosk.ui.plan import NoPlan, read_plan

    with setup.storage() as storage:
        languages = offered(storage.call(lambda s: s.next_snapshot()).result())
    try:
        return read_plan(play, languages)
    except NoPlan as reason:
        raise click.BadParameter(f"{reason}.", param_hint="--play") from reason


def _check(setup: Setup, pin: str) -> None:
    """See that a PIN opens the manager's page; end the command if not."""
    with setup.storage() as storage:
        outcome = storage.call(lambda s: try_pin(s.settings, pin, now())).result().outcome
    if outcome is not PinOutcome.OPEN:
        raise click.BadParameter(_REFUSALS[outcome], param_hint="--pin")


_REFUSALS = {
    PinOutcome.NOT_SET: "there is none on this kiosk yet: set it by cerchio-kiosk pin.",
    PinOutcome.WRONG: "it is not the manager's.",
    PinOutcome.LOCKED: "too many wrong ones were tried; try again in five minutes.",
}
