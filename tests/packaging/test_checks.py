"""The command that runs the checks and the tests."""

import signal

import pytest

from tests.packaging.conftest import Checkout

RUN = """
import sys; sys.path[0] = "packaging"
import checks
checks.CHECKS = {{"tidy": ["true"], "types": ["bash", "-c", "echo line 7 is wrong; {outcome}"]}}
sys.exit(checks.test(sys.argv[1:]))
"""
FOREGROUND = """
import sys; sys.path[0] = "packaging"
from checks import in_the_foreground
sys.exit(in_the_foreground([sys.executable, "patient.py"]))
"""
PATIENT = """
import time
try:
    print("ready", flush=True)
    for _ in range(300):
        time.sleep(0.1)  # a signal that comes right before a sleep is looked at after it
except KeyboardInterrupt:
    print("tidied up")
    raise SystemExit(5)
"""


@pytest.fixture
def with_tests(checkout: Checkout) -> Checkout:
    """Return a checkout that is set up and has two tests, one of which fails."""
    checkout.pretend_set_up()
    (checkout.root / "tests").mkdir()
    (checkout.root / "tests/test_two.py").write_text(
        "def test_good() -> None:\n    assert True\n\n\ndef test_bad() -> None:\n    assert False\n"
    )
    return checkout


def test_all_is_well(with_tests: Checkout) -> None:
    done = with_tests.run("-c", RUN.format(outcome="true"), "-k", "good", "-q")

    assert done.returncode == 0
    assert "line 7 is wrong" not in done.stdout
    assert done.stdout.splitlines()[-1].startswith("1 passed")


def test_a_failed_check_is_named_and_the_last_line_is_still_that_of_pytest(with_tests: Checkout) -> None:
    done = with_tests.run("-c", RUN.format(outcome="false"), "-k", "good", "-q")

    assert done.returncode == 1
    assert "types: FAILED\nline 7 is wrong\n" in done.stdout
    assert "Failed: types." in done.stdout
    assert done.stdout.splitlines()[-1].startswith("1 passed")


def test_a_failed_test_fails_the_run(with_tests: Checkout) -> None:
    done = with_tests.run("-c", RUN.format(outcome="true"), "-q")

    assert done.returncode == 1
    assert done.stdout.splitlines()[-1].startswith("1 failed, 1 passed in")


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_run_that_is_ended_may_tidy_up(checkout: Checkout, ending: signal.Signals) -> None:
    (checkout.root / "patient.py").write_text(PATIENT)
    process = checkout.start("-c", FOREGROUND)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"

    process.send_signal(ending)
    out, _ = process.communicate(timeout=10)

    assert (process.returncode, out) == (5, "tidied up\n")


ENDED_AT_ITS_START = """
import os, signal, subprocess, sys; sys.path[0] = "packaging"
from checks import in_the_foreground
start = subprocess.Popen
def late(*arguments, **options):
    process = start(*arguments, **options)
    os.kill(os.getpid(), signal.SIGTERM)
    return process
subprocess.Popen = late
print(in_the_foreground(["sleep", "1000"]))
"""


def test_a_run_is_ended_that_had_only_just_been_started(checkout: Checkout) -> None:
    done = checkout.run("-c", ENDED_AT_ITS_START)

    assert (done.returncode, done.stdout, done.stderr) == (0, f"-{signal.SIGINT:d}\n", "")


def test_an_unknown_benchmark_is_bad_use(checkout: Checkout) -> None:
    checkout.pretend_set_up()
    (checkout.root / "tests/benchmarks").mkdir(parents=True)
    (checkout.root / "tests/benchmarks/bench_tap.py").touch()

    done = checkout.run("packaging/dev.py", "bench", "tip")

    assert (done.returncode, done.stderr) == (2, "No such benchmark: bench_tip; there are bench_tap.\n")


@pytest.mark.parametrize(("kept", "code"), [("True", 0), ("False", 1)])
def test_a_benchmark_out_of_bounds_fails_the_run(checkout: Checkout, kept: str, code: int) -> None:
    checkout.pretend_set_up()
    (checkout.root / "tests/benchmarks").mkdir(parents=True)
    (checkout.root / "tests/benchmarks/bench_tap.py").write_text(f"raise SystemExit(not {kept})\n")

    done = checkout.run("packaging/dev.py", "bench")

    assert done.returncode == code
    assert ("Out of bounds: bench_tap" in done.stdout) is bool(code)
