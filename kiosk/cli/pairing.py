"""The commands that make a kiosk belong: to a hub, and to its manager."""

import json
from typing import TYPE_CHECKING

import click

from kiosk.cli.group import Setup, as_json, main, now, sentence
from kiosk.storage.lock import AlreadyHeld
from kiosk.storage.pairing import StillUnsent, Unsent, UnsentAnswers
from kiosk.storage.pin import BadPin, Door, check_pin, set_pin

if TYPE_CHECKING:
    from kiosk.storage.pairing import Pairing
    from kiosk.sync.transport import Hub


class Pin(click.ParamType[str]):
    """4 to 12 digits."""

    name = "DIGITS"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Take a PIN that can be used; anything else is bad use."""
        try:
            check_pin(value)
        except BadPin as reason:
            self.fail(str(reason), param, ctx)
        return value


@main.command()
@click.option("--hub", "address", required=True, help="The hub's address, https://…")
@click.option("--pin", type=Pin(), help="The manager's PIN. Without it a random one is set and printed once.")
@click.option("--plain-http", is_flag=True, help="Allow http://, which shows the device key to the network.")
@click.option("--again", is_flag=True, help="Become another kiosk of the hub that this one belongs to.")
@as_json
@click.pass_obj
def pair(setup: Setup, address: str, pin: str | None, plain_http: bool, again: bool, as_json: bool) -> None:
    """Show a code, wait until somebody has typed it at the hub, and sync for the first time."""
    from kiosk.sync.joining import keep
    from kiosk.sync.noreply import NoReply
    from kiosk.sync.once import sync_once
    from kiosk.sync.transport import BadHubAddress, Hub, Timeouts, Trust, clean_address

    try:
        address = clean_address(address, plain_http=plain_http)
    except BadHubAddress as reason:
        raise click.BadParameter(str(reason), param_hint="--hub") from reason
    timeouts = Timeouts(setup.config.connect_timeout, setup.config.read_timeout)
    with setup.storage() as storage:
        try:
            storage.call(lambda s: s.check_leaving(address)).result()
            before = storage.call(lambda s: s.pairing()).result()
            if before and before.hub == address and not again:
                raise click.ClickException(_belongs(before))
            with Hub(address, timeouts, trust=Trust(setup.config.authority, setup.config.pins)) as hub:
                pairing = _wait(hub, address, as_json=as_json)
            fresh_pin = storage.call(lambda s: keep(s, pairing, pin)).result()
        except UnsentAnswers as reason:
            raise click.ClickException(f"Not paired anew: {reason}. Sync or export them first.") from reason
        except BadPin as reason:
            raise click.ClickException(f"Not paired: {reason}.") from reason
        except NoReply as reason:
            raise click.ClickException(f"The hub at {address} did not pair: {reason}.") from reason
        report = sync_once(storage, setup.config, now)
    _tell(pairing, fresh_pin, as_json=as_json)
    if report.trouble:
        click.echo(f"The first sync met trouble and will be tried again: {report.detail}.", err=True)


@main.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def unpair(setup: Setup, yes: bool) -> None:
    """Belong to the hub no more. What the hub lacks must be there first, or in a rescue file.

    Answers stay on this kiosk. Pairing it again, with any hub, makes it another kiosk there.
    """
    from kiosk.sync.leaving import leave

    with setup.storage() as storage:
        pairing, unsent = storage.call(lambda s: (s.pairing(), s.leaving.unsent())).result()
        if pairing is None:
            raise click.ClickException("This kiosk is not paired.")
        if unsent.holds:
            raise click.ClickException(_unsent(unsent))
        if not yes:
            click.confirm(f"{_stands(pairing)} Unpair it? This cannot be undone.", abort=True)
        try:
            left = leave(storage, setup.config)
        except StillUnsent as reason:
            raise click.ClickException(_unsent(reason.unsent)) from reason
        except AlreadyHeld as reason:
            raise click.ClickException("A sync does not end. Nothing was changed; try again.") from reason
    click.echo("Unpaired.")
    if not left.told:
        click.echo(
            "The hub could not be told: give it what you have exported, then report the kiosk lost there.",
            err=True,
        )


def _unsent(unsent: Unsent) -> str:
    what = [f"{unsent.answers} answers"] if unsent.answers else []
    what += [f"{unsent.words} decisions on answers"] if unsent.words else []
    return (
        f"Not at the hub yet: {' and '.join(what)}. Bring them there by cerchio-kiosk sync, or away by"
        " cerchio-kiosk export rescue.cerchio; then unpair."
    )


@main.command()
@click.argument("digits", type=Pin())
@click.option("--service", is_flag=True, help="The second PIN, for settings and the way out.")
@click.pass_obj
def pin(setup: Setup, digits: str, service: bool) -> None:
    """Set the manager's PIN, or the service's, which opens settings and the way out of the window."""
    door = Door.SERVICE if service else Door.MANAGER
    with setup.storage() as storage:
        try:
            storage.call(lambda s: set_pin(s.settings, digits, door)).result()
        except BadPin as reason:
            raise click.ClickException(sentence(reason)) from reason
    click.echo("The service PIN is set." if service else "The manager's PIN is set.")


def _wait(hub: "Hub", address: str, *, as_json: bool) -> "Pairing":
    """Show codes, a fresh one whenever one expires, until somebody types one."""
    from kiosk.sync.pairing import CodeExpired, PairingDenied, TooManyPairings, ask_for_code, wait_for_key

    while True:
        try:
            offer = ask_for_code(hub)
        except TooManyPairings as reason:
            raise click.ClickException(sentence(reason)) from reason
        if as_json:
            click.echo(json.dumps({"code": offer.code, "where": offer.where}))
        else:
            click.echo(f"Code: {offer.code}")
            click.echo(f"Type it at {offer.where} or run: cerchio-hub pair {offer.code} --store STORE")
        try:
            return wait_for_key(hub, address, offer)
        except CodeExpired:
            click.echo("Nobody typed the code in time. Here is a fresh one.", err=True)
        except PairingDenied as reason:
            raise click.ClickException("Somebody at the hub declined this kiosk.") from reason


def _belongs(pairing: "Pairing") -> str:
    again = "With --again it becomes another kiosk there, and the hub keeps the old one in its list."
    return f"{_stands(pairing)} {again}"


def _stands(pairing: "Pairing") -> str:
    return f"This kiosk belongs to {pairing.store_name}, {pairing.touchpoint}, at {pairing.hub}."


def _tell(pairing: "Pairing", fresh_pin: str | None, *, as_json: bool) -> None:
    if as_json:
        told = {
            "kiosk": pairing.kiosk,
            "store": pairing.store,
            "store_name": pairing.store_name,
            "touchpoint": pairing.touchpoint,
            "pin": fresh_pin,
        }
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    click.echo(f"Paired: this kiosk stands at {pairing.store_name}, {pairing.touchpoint}.")
    if fresh_pin:
        click.echo(f"The manager's PIN is {fresh_pin}. It is not shown again.")
