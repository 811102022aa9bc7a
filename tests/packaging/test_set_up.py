"""The set-up of the environment: interrupted, without a network, without room, and already done."""

import signal
import sys
import time
from pathlib import Path

import pytest

from tests.packaging.conftest import Checkout

NOTE = ".venv/installed.json"


def test_without_a_network_the_set_up_ends_with_one_sentence(offline: Checkout) -> None:
    done = offline.prepare()

    assert done.returncode == 1
    assert done.stderr.startswith("The packages could not be fetched: the package registry does not answer")
    assert done.stderr.count("\n") == 1
    assert not (offline.root / NOTE).exists()


def test_an_interrupted_set_up_is_started_again(offline: Checkout) -> None:
    first = offline.start("packaging/dev.py", "docs")
    assert first.stdout is not None
    assert first.stdout.readline() == "Making .venv\n"
    first.send_signal(signal.SIGINT)
    first.communicate(timeout=30)

    second = offline.prepare()

    assert first.returncode == 130
    assert second.stdout.startswith("Making .venv\n")


def test_a_killed_set_up_leaves_nothing_that_looks_done(offline: Checkout) -> None:
    (offline.root / ".venv/bin").mkdir(parents=True)
    (offline.root / ".venv/bin/python").symlink_to(sys.executable)
    (offline.root / ".venv/half-made").touch()

    done = offline.prepare()

    assert done.stdout.startswith("Making .venv\n")
    assert not (offline.root / ".venv/half-made").exists()


def test_a_finished_set_up_costs_well_under_a_second(checkout: Checkout) -> None:
    checkout.pretend_set_up()
    begun = time.monotonic()

    done = checkout.run(
        "-c", "import sys; sys.path[0] = 'packaging'; import environment; environment.prepare('run')"
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert time.monotonic() - begun < 1


@pytest.mark.parametrize("changed", ["packaging/locks/run.txt", "packaging/locks/uv.txt"])
def test_a_changed_lock_is_installed(offline: Checkout, changed: str) -> None:
    offline.pretend_set_up()
    with (offline.root / changed).open("a") as lock:
        lock.write("\n")

    done = offline.prepare()

    assert done.stdout.startswith("Installing the packages of packaging/locks/run.txt\n")
    assert not (offline.root / NOTE).exists()


def test_without_room_the_set_up_ends_with_one_sentence(checkout: Checkout) -> None:
    script = (
        "import sys; sys.path[0] = 'packaging'; import dev, environment\n"
        "environment.MEGABYTES['run'] = 10**12; sys.exit(dev.main(['docs']))"
    )

    done = checkout.run("-c", script)

    assert done.returncode == 1
    assert done.stderr.startswith("The disk is too full: ")
    assert done.stderr.count("\n") == 1


def test_a_disk_that_fills_up_ends_with_one_sentence(checkout: Checkout) -> None:
    (checkout.root / "build").mkdir()
    (checkout.root / "build" / "set-up.log").symlink_to("/dev/full")

    done = checkout.prepare()

    assert done.returncode == 1
    assert done.stderr.startswith("The disk is full")
    assert done.stderr.count("\n") == 1


def test_a_package_that_is_missing_is_named(checkout: Checkout) -> None:
    script = (
        "import os, sys; sys.path[0] = 'packaging'; os.geteuid = lambda: 1000\n"
        "from machine import DebianPackage, Trouble, provide\n"
        "wanted = [DebianPackage('libnone1', shared_library='none'), DebianPackage('bash', command='bash')]\n"
        "try: provide(wanted)\n"
        "except Trouble as trouble: print(trouble)"
    )

    assert "libnone1: sudo apt-get install libnone1" in checkout.run("-c", script).stdout


def test_an_older_python_is_refused_in_one_sentence(checkout: Checkout) -> None:
    script = "import sys, runpy; sys.hexversion = 0x030A00F0; runpy.run_path('packaging/dev.py')"

    done = checkout.run("-c", script)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Cerchio needs Python 3.11 or newer")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("arguments", [[], ["fly"], ["run", "--port", "many"], ["run", "--visits", "0"]])
def test_bad_use_is_2(checkout: Checkout, arguments: list[str]) -> None:
    done = checkout.run("packaging/dev.py", *arguments)

    assert done.returncode == 2
    assert "usage: dev.py" in done.stderr
    assert not Path(checkout.root, ".venv").exists()
