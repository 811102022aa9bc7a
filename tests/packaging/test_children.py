"""No program outlives its starter, however the starter ends."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.packaging.conftest import Checkout

# Starts a program that starts another, tells both process numbers, and waits.
FAMILY = """
import subprocess, sys, time
sys.path[0] = "packaging"
import children
children.GRACE = 0.5
children.end_like_control_c()
with children.Children() as family:
    process = family.start(["bash", "-c", {script!r}], output=subprocess.PIPE)
    print(process.pid, process.stdout.readline(), flush=True)
    {then}
"""
POLITE = "sleep 1000 & echo $!; wait"
DEAF = "trap '' TERM; sleep 1000 & echo $!; while true; do sleep 1; done"


def family(
    checkout: Checkout, script: str, then: str = "time.sleep(1000)"
) -> tuple["subprocess.Popen[str]", list[int]]:
    starter = checkout.start("-c", FAMILY.format(script=script, then=then))
    assert starter.stdout is not None
    return starter, [int(number) for number in starter.stdout.readline().split()]


def alive(number: int) -> bool:
    """Say whether a process runs; one that has ended and waits to be counted does not."""
    try:
        state = Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def gone_within(seconds: float, numbers: list[int]) -> bool:
    deadline = time.monotonic() + seconds
    while any(alive(number) for number in numbers) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not any(alive(number) for number in numbers)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("script", [POLITE, DEAF], ids=["polite", "deaf"])
def test_programs_end_with_their_starter(checkout: Checkout, how: signal.Signals, script: str) -> None:
    starter, numbers = family(checkout, script)
    assert len(numbers) == 2
    assert all(alive(number) for number in numbers)

    starter.send_signal(how)
    starter.communicate(timeout=10)

    assert gone_within(0, numbers)


SIGNALLED_AT_ITS_START = """
import os, signal, subprocess, sys
sys.path[0] = "packaging"
import children
children.GRACE = 0.5
children.end_like_control_c()
start = subprocess.Popen
def late(*arguments, **options):
    process = start(*arguments, **options)
    print(process.pid, process.stdout.readline(), flush=True)
    os.kill(os.getpid(), signal.SIGTERM)
    return process
subprocess.Popen = late
with children.Children() as family:
    family.start(["bash", "-c", {script!r}], output=subprocess.PIPE)
    print("it went on")
"""


@pytest.mark.parametrize("script", [POLITE, DEAF], ids=["polite", "deaf"])
def test_a_program_is_ended_that_had_only_just_been_started(checkout: Checkout, script: str) -> None:
    starter = checkout.start("-c", SIGNALLED_AT_ITS_START.format(script=script))
    told, problem = starter.communicate(timeout=10)

    assert problem.endswith("KeyboardInterrupt\n")
    numbers = [int(number) for number in told.split()]
    assert len(numbers) == 2
    assert gone_within(0, numbers)


def test_a_second_control_c_does_not_disturb_the_ending(checkout: Checkout) -> None:
    starter, numbers = family(checkout, DEAF)

    for _ in range(4):
        starter.send_signal(signal.SIGINT)
        time.sleep(0.1)
    starter.communicate(timeout=10)

    assert gone_within(0, numbers)


def test_a_program_that_was_killed_takes_its_own_programs_along(checkout: Checkout) -> None:
    starter, numbers = family(checkout, POLITE)

    os.kill(numbers[0], signal.SIGKILL)
    assert alive(numbers[1])
    starter.send_signal(signal.SIGTERM)
    starter.communicate(timeout=10)

    assert gone_within(0, numbers)


def test_programs_end_even_when_their_starter_is_killed(checkout: Checkout) -> None:
    starter, numbers = family(checkout, "echo $$; exec sleep 1000")

    starter.kill()
    starter.communicate(timeout=10)

    assert gone_within(5, numbers)


def test_a_program_that_fails_is_told_in_one_sentence(checkout: Checkout) -> None:
    script = (
        "import sys; sys.path[0] = 'packaging'; import children\n"
        "with children.Children() as family:\n"
        "    try: family.run(['bash', '-c', 'echo one; echo two >&2; exit 3'])\n"
        "    except children.Failed as failure: print(failure, failure.said)"
    )

    assert checkout.run("-c", script).stdout == "bash -c ended with 3: two ['one', 'two']\n"
