"""The demonstration: a hub with three sample stores, a kiosk paired with one of them, and its window."""

import json
import re
import shutil
import socket
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from arrival import Visit, differences, flagged, table
from children import Children, Process, ended
from environment import prepare
from machine import BUILD, OPENGL, Trouble, check_room, provide, say
from programs import SYNC_SECONDS, Programs, has_screen, shown

STORES = {"roma": "Roma Centro", "milano": "Milano Duomo", "torino": "Torino Po"}
KIOSK_STORE = "roma"
EMAIL = "anna@example.org"
PASSWORD = re.compile(r"Password: (\S+)")
MEGABYTES = 100  # what a demonstration may write


@dataclass(frozen=True)
class SignIn:
    """What the person at the terminal has to know; kept in the demonstration's folder."""

    email: str
    password: str
    pin: str


def run(port: int, visits: int, pictures: Path | None, *, once: bool) -> int:
    """Run the demonstration until Ctrl-C, or `once` until the played visits have arrived.

    Returns 0, or 1 where the hub counts something else than what was tapped.
    """
    prepare("run")
    provide(OPENGL)
    check_port(port)
    BUILD.mkdir(exist_ok=True)
    check_room(BUILD, MEGABYTES)
    folder = BUILD / f"{'once' if once else 'demo'}-{port}"
    if once:
        shutil.rmtree(folder, ignore_errors=True)
    with Children() as children:
        programs = Programs(children, folder, port)
        sign_in = open_hub(programs)
        tell(programs, sign_in)
        if has_screen() and not once:
            return watch(programs, programs.window())
        pictures = (pictures or folder / "pictures").absolute()
        return play(programs, visits, pictures, sign_in.pin, once=once)


def open_hub(programs: Programs) -> SignIn:
    """Start the hub with stores, a person and a paired kiosk.

    What an earlier demonstration left is used again; what one left half-made is made anew.
    """
    kept = programs.folder / "sign-in.json"
    if kept.exists():
        programs.serve()
        return SignIn(**json.loads(kept.read_text()))
    shutil.rmtree(programs.folder, ignore_errors=True)
    programs.folder.mkdir(mode=0o700, parents=True)
    say(f"Making a hub with the stores {', '.join(STORES.values())}")
    programs.serve()
    sign_in = pair_and_furnish(programs)
    kept.write_text(json.dumps(asdict(sign_in)))
    return sign_in


def pair_and_furnish(programs: Programs) -> SignIn:
    """Make the stores and a person, and pair the kiosk by the code that it shows.

    The kiosk asks every few seconds whether the code was typed; the rest is made meanwhile.
    """
    told: dict[str, Any] = {}
    password = ""
    for line in programs.kiosk("pair", "--hub", programs.address, "--json"):
        told = json.loads(line) if line.startswith("{") else told
        if "code" in told:
            say(f"Pairing a kiosk with {STORES[KIOSK_STORE]}: it shows {told['code']}")
            add_store(programs, KIOSK_STORE)
            programs.hub("pair", told["code"], "--store", KIOSK_STORE)
            password = furnish(programs)
    return SignIn(EMAIL, password, str(told["pin"]))


def add_store(programs: Programs, code: str) -> None:
    """Add one of the sample stores."""
    programs.hub("add-store", code, "--name", STORES[code], "--time-zone", "Europe/Rome")


def furnish(programs: Programs) -> str:
    """Add the other stores and a person of head office; return the person's password."""
    for code in STORES.keys() - {KIOSK_STORE}:
        add_store(programs, code)
    made = programs.hub("add-person", EMAIL, "--name", "Anna", "--head-office", "--make-password")
    password = PASSWORD.search("\n".join(made))
    if password is None:
        raise Trouble("The hub told no password.")
    return password[1]


def tell(programs: Programs, sign_in: SignIn) -> None:
    """Say where the hub is and how to sign in."""
    say(f"\n  The hub        {programs.address}")
    say(f"  Sign in        {sign_in.email} with {sign_in.password}")
    say(f"  Manager's PIN  {sign_in.pin}, on the kiosk")
    say(f"  Data, logs     {shown(programs.folder)}\n")


def play(programs: Programs, visits: int, pictures: Path, pin: str, *, once: bool) -> int:
    """Play visits on the window and compare them with the hub; unless `once`, go on until Ctrl-C."""
    if not has_screen():
        say("There is no screen here: the same window draws offscreen.")
    before = programs.told()
    played = play_visits(programs, visits, pictures, pin)
    window = programs.window()  # its next scheduled sync sends what was not sent while it played
    after = before

    def arrived() -> bool:
        nonlocal after
        after = programs.told()
        return not differences(played, KIOSK_STORE, before, after)

    say("Waiting for the kiosk's next sync")
    code = 0 if programs.comes_true(arrived, every=SYNC_SECONDS / 3) else 1
    for line in table(after.scores):
        say(line)
    for case in after.cases:
        say(flagged(case))
    for sentence in differences(played, KIOSK_STORE, before, after):
        say(sentence)
    if code == 0:
        say(f"The hub counts exactly what was tapped: {len(played)} answers.")
    return code if once else watch(programs, window)


def play_visits(programs: Programs, visits: int, pictures: Path, pin: str) -> list[Visit]:
    """Play visits on the window by real touches; return what was tapped."""
    say(f"Playing {visits} visits by touches; a picture of every screen goes to {shown(pictures)}")
    options = ("--windowed", "1280x800", "--play", str(visits), "--pictures", str(pictures), "--pin", pin)
    played: list[Visit] = []
    for line in programs.kiosk("run", *options):
        if line.startswith("{"):
            visit = Visit(**json.loads(line))
            played.append(visit)
            say(f"  {len(played)}. tapped {visit.score}{', left contact details' if visit.contact else ''}")
    return played


def watch(programs: Programs, window: Process) -> int:
    """Leave everything running until Ctrl-C, or until the window is closed."""
    say(f"The kiosk syncs every {SYNC_SECONDS} seconds. Ctrl-C ends everything.")
    while not ended(window):
        programs.check_hub()
        time.sleep(0.2)
    programs.check_window(window)
    say("The window was closed.")
    return 0


def check_port(port: int) -> None:
    """Raise Trouble if the hub cannot have this port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OverflowError as problem:
            raise Trouble(f"A port is a number up to 65535, not {port}.") from problem
        except PermissionError as problem:
            raise Trouble(f"Port {port} needs root: choose one above 1023 with --port.") from problem
        except OSError as problem:
            raise Trouble(
                f"Port {port} is taken by another program: free it, or choose another with --port."
            ) from problem
