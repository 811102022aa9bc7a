"""The commands of this checkout; they need Python 3.11 and its standard library, nothing else.

python3 packaging/dev.py run      the hub, three sample stores and a kiosk, paired and syncing
python3 packaging/dev.py test     every check and every test
python3 packaging/dev.py bench    every benchmark against its bounds
python3 packaging/dev.py storm    many kiosks and a hub in every weather; nothing may be lost or doubled
python3 packaging/dev.py opening  thousands of kiosks come back to a hub within a minute; it gives them turns
python3 packaging/dev.py silence  simulated shops: how often the silence alarm is wrong, and how soon right
python3 packaging/dev.py fuzz     requests that no kiosk sends; the hub may neither break nor grow
python3 packaging/dev.py docs     writes the generated pages of docs/
python3 packaging/dev.py pictures pictures of every screen, and a page that shows them side by side
python3 packaging/dev.py package  the kiosk's Debian package; --check and --boot try it in a clean Debian
python3 packaging/dev.py hooks    quick checks before each commit in this clone
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

if sys.hexversion < 0x030B0000:
    sys.exit(f"Cerchio needs Python 3.11 or newer; this is {sys.version.split()[0]}.")

# An older Python could not even read these.
import checks
import demo
import packages
import pictures
from children import end_like_control_c
from machine import Trouble, disk_full

READERS = {
    "test": checks.test,
    "storm": checks.storm,
    "opening": checks.opening,
    "silence": checks.silence,
    "fuzz": checks.fuzz,
}
"""Commands that read all that stands after them by themselves, options too."""


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code: 0, 1 with a sentence on standard error, 2 for bad use."""
    end_like_control_c()
    try:
        return obey(arguments)
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    except OSError as problem:
        if not disk_full(problem):
            raise
        print(f"The disk is full; make room and start again ({problem}).", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nEnded, and every program with it.")
        return 130


def obey(arguments: Sequence[str]) -> int:
    """Read the command line and do what it says."""
    if arguments and arguments[0] in READERS:
        return READERS[arguments[0]](arguments[1:])
    wanted = parser().parse_args(arguments)
    match wanted.command:
        case "run":
            return demo.run(wanted.port, wanted.visits, wanted.pictures, once=wanted.once)
        case "bench":
            return checks.bench(wanted.names)
        case "docs":
            return checks.docs()
        case "pictures":
            return pictures.take(wanted.to, pictures.Wanted(wanted.sizes, wanted.looks, wanted.languages))
        case "package":
            return packages.make(tried=wanted.check, booted=wanted.boot)
        case _:
            return checks.hooks()


def at_least_one(text: str) -> int:
    """Read a number of visits; argparse turns ValueError into bad use."""
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    top = argparse.ArgumentParser(prog="dev.py", description="The commands of this checkout.")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="start the hub, three sample stores and a paired kiosk")
    run.add_argument("--once", action="store_true", help="end when the played visits have arrived")
    run.add_argument("--port", type=int, default=8000, help="the hub's port (8000)")
    run.add_argument(
        "--visits", type=at_least_one, default=8, help="visits to play where there is no screen (8)"
    )
    run.add_argument("--pictures", type=Path, help="folder for the pictures of the screens")
    commands.add_parser("test", help="run every check, then pytest with the arguments that follow")
    bench = commands.add_parser("bench", help="run the benchmarks")
    bench.add_argument("names", nargs="*", help="only these")
    commands.add_parser("storm", help="let a storm blow on many kiosks and a hub; --help says how")
    commands.add_parser("opening", help="let thousands of kiosks come back at once; --help says how")
    commands.add_parser("silence", help="try the silence alarm on simulated shops; --help says how")
    commands.add_parser("fuzz", help="send a hub what no kiosk sends; --help says how")
    commands.add_parser("docs", help="write the generated pages of docs/")
    shown = commands.add_parser("pictures", help="take a picture of every screen in every size and look")
    shown.add_argument("--to", type=Path, default=pictures.FOLDER, help="folder for them (build/pictures)")
    shown.add_argument("--sizes", nargs="+", default=pictures.SIZES, choices=pictures.SIZES)
    shown.add_argument("--looks", nargs="+", default=pictures.LOOKS, choices=pictures.LOOKS)
    shown.add_argument("--languages", nargs="+", default=[], help="codes such as it; all if none is named")
    package = commands.add_parser("package", help="make the kiosk's Debian package")
    package.add_argument("--check", action="store_true", help="try it in a clean Debian, as root")
    package.add_argument("--boot", action="store_true", help="try its service in a booted one, too")
    commands.add_parser("hooks", help="install the git hook of this clone")
    return top


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
