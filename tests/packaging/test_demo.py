"""The demonstration as its user meets it: what it compares, what is in its way, what it leaves behind."""

import os
import re
import signal
import subprocess
from pathlib import Path

import pytest

from tests.packaging.conftest import Checkout

PNG = b"\x89PNG\r\n"


def programs_of(checkout: Checkout) -> dict[int, str]:
    """Return the command lines of the hub and kiosk processes that work on the data of a checkout."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            environment = (process / "environ").read_bytes()
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:  # it has ended meanwhile
            continue
        if b"CERCHIO_HUB_DATA=" + os.fsencode(checkout.root) in environment:
            found[int(process.name)] = command
    return found


def lines_until(process: "subprocess.Popen[str]", beginning: str) -> list[str]:
    """Read what a process prints until a line begins so; fail if it ends before."""
    lines = []
    for line in process.stdout or ():
        lines.append(line.rstrip())
        if line.startswith(beginning):
            return lines
    pytest.fail(f"it ended without '{beginning}': {lines} {process.communicate()}")


def test_what_was_tapped_is_what_the_hub_counts(ready: Checkout, port: int) -> None:
    done = ready.run("packaging/dev.py", "run", "--once", "--visits", "4", "--port", str(port))

    assert (done.returncode, done.stderr) == (0, "")
    assert "There is no screen here" in done.stdout
    assert len(re.findall(r"^  \d\. tapped \d+", done.stdout, re.MULTILINE)) == 4
    assert done.stdout.endswith("The hub counts exactly what was tapped: 4 answers.\n")
    pictures = list((ready.root / f"build/once-{port}/pictures").iterdir())
    assert len(pictures) >= 4
    assert all(picture.read_bytes().startswith(PNG) for picture in pictures)
    assert programs_of(ready) == {}


def test_however_it_ends_no_process_is_left_and_its_data_serve_again(ready: Checkout, port: int) -> None:
    def start(until: str) -> "tuple[subprocess.Popen[str], list[str]]":
        demo = ready.start("packaging/dev.py", "run", "--visits", "1", "--port", str(port))
        return demo, lines_until(demo, until)

    running, playing = "The kiosk syncs every", "Playing 1 visits"
    demo, told = start(running)
    assert len(programs_of(ready)) == 2
    [hub] = [number for number, line in programs_of(ready).items() if "cerchio-hub" in line]
    os.kill(hub, signal.SIGKILL)
    _, problem = demo.communicate(timeout=20)
    assert demo.returncode == 1
    assert problem.startswith("The hub has stopped: ")
    assert problem.count("\n") == 1
    assert programs_of(ready) == {}

    for ending, moment in ((signal.SIGTERM, playing), (signal.SIGINT, running)):
        demo, told_again = start(moment)
        assert [line for line in told_again if "Sign in" in line] == [
            line for line in told if "Sign in" in line
        ]
        assert any("cerchio-hub" in line for line in programs_of(ready).values())
        demo.send_signal(ending)
        demo.communicate(timeout=20)
        assert demo.returncode == 130
        assert programs_of(ready) == {}


def test_a_port_that_is_taken_is_told_in_one_sentence(ready: Checkout, closed_port: int) -> None:
    done = ready.run("packaging/dev.py", "run", "--port", str(closed_port))

    assert done.returncode == 1
    assert done.stderr == (
        f"Port {closed_port} is taken by another program: free it, or choose another with --port.\n"
    )


@pytest.mark.parametrize("wrong", ["65536", "-1"])
def test_a_port_that_is_none_is_told_in_one_sentence(ready: Checkout, wrong: str) -> None:
    done = ready.run("packaging/dev.py", "run", f"--port={wrong}")

    assert (done.returncode, done.stderr) == (1, f"A port is a number up to 65535, not {wrong}.\n")


COMPARISON = """
import sys; sys.path[0] = "packaging"
from arrival import Told, Visit, differences
nothing = {"received": 0, "counted": 0, "promoters": 0, "passives": 0, "detractors": 0}
before = Told([{"store": "roma"} | nothing, {"store": "milano"} | nothing], [])
visits = [Visit("a", 0, True), Visit("b", 9, True), Visit("c", 7, False)]
three = {"received": 3, "counted": 3, "promoters": 1, "passives": 1, "detractors": 1}
stores = [{"store": "roma"} | three | %s, {"store": "milano"} | nothing | %s]
after = Told(stores, [{"response": id} for id in %s])
print(*differences(visits, "roma", before, after), sep="\\n", end="")
"""


@pytest.mark.parametrize(
    ("roma", "milano", "cases", "sentences"),
    [
        ({}, {}, "a", ""),
        ({"received": 2}, {}, "a", "roma, received: 3 were tapped, the hub counts 2."),
        ({"detractors": 0}, {}, "a", "roma, detractors: 1 were tapped, the hub counts 0."),
        ({}, {"passives": 1}, "a", "milano, passives: 0 were tapped, the hub counts 1."),
        ({}, {}, "", "The answer a is not flagged."),
        ({}, {}, "ab", "The answer b is flagged wrongly."),
    ],
)
def test_every_difference_between_taps_and_counts_is_told(
    checkout: Checkout, roma: dict[str, int], milano: dict[str, int], cases: str, sentences: str
) -> None:
    assert checkout.run("-c", COMPARISON % (roma, milano, list(cases))).stdout == sentences
