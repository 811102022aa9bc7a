"""The repository itself: nothing of one machine in it, no addresses and no gaps in the locks."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((ROOT / "packaging" / "locks").glob("*.txt"))
ENTRY = re.compile(r"^(?P<name>[a-z0-9][a-z0-9._-]*)==(?P<version>[^ ;\\]+)(?: ; [^\\]+)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")

# Folders that only some machine has. A path is recognised by what comes before it, so that the words
# "end/Users" or a route such as "/home" in a page stay allowed.
MACHINE_PATHS = re.compile(r"""(?<![\w.~/-])/(?:work|root|Users)/|\.\./""" + "shared")
DATA_FOLDER_MAY_BE_NAMED_IN = {".ci/run"}

# Whoever is linked to, and what an example may be called. Where packages come from is the machine's affair.
LINKED = re.compile(r"(?:www\.(?:w3|debian)\.org|github\.com|schemas\.android\.com)")
EXAMPLES = re.compile(r"(?:[\w-]+|[\d.]+|(?:[\w-]+\.)*(?:example(?:\.com|\.org)?|invalid))")
ADDRESS = re.compile(r"https?://([A-Za-z0-9.-]+)")
PACKAGE_HOST = re.compile(
    r"\b(?:(?:deb|files|index|packages|registry)\.[a-z0-9-]+|py\w+)\.(?:org|com|net|io)\b"
)


def tracked() -> list[str]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in listing.stdout.split("\0") if name and (ROOT / name).is_file()]


def text_of(name: str) -> str:
    return (ROOT / name).read_bytes().decode("utf-8", "replace")


def pins(lock: Path) -> dict[str, str]:
    entries = (ENTRY.match(line) for line in lock.read_text().splitlines())
    return {entry["name"]: entry["version"] for entry in entries if entry}


def test_no_file_names_a_folder_of_one_machine() -> None:
    found = [
        (name, match[0])
        for name in tracked()
        if name not in DATA_FOLDER_MAY_BE_NAMED_IN
        for match in MACHINE_PATHS.finditer(text_of(name))
    ]

    assert found == []


def strange_hosts(text: str) -> list[str]:
    addressed = (host.strip(".") for host in ADDRESS.findall(text))
    strange = [host for host in addressed if not (LINKED.fullmatch(host) or EXAMPLES.fullmatch(host))]
    return strange + PACKAGE_HOST.findall(text)


def test_every_address_is_a_link_or_an_example() -> None:
    found = [(name, host) for name in tracked() for host in strange_hosts(text_of(name))]

    assert found == []


@pytest.mark.parametrize(
    ("line", "caught"),
    [
        ("see https:" + "//somewhere.net/simple", True),
        ("deb." + "anywhere.org", True),
        ("files.py" + "thing.org", True),
        ("https://hub.example.com/fleet", False),
        ("http://127.0.0.1:8000", False),
        ("PROFILE.org and py files", False),
    ],
)
def test_the_guard_tells_a_strange_address_from_an_example(line: str, caught: bool) -> None:
    assert bool(strange_hosts(line)) is caught


@pytest.mark.parametrize(
    ("line", "caught"),
    [
        ("cd /wor" + "k/main", True),
        ("from ../sha" + "red/data", True),
        ("'/root" + "/x'", True),
        ("the front-end/Users/list", False),
        ("@route('/home')", False),
    ],
)
def test_the_guard_tells_a_machine_from_a_route(line: str, caught: bool) -> None:
    assert bool(MACHINE_PATHS.search(line)) is caught


def test_the_library_packaging_can_still_be_imported() -> None:
    assert not (ROOT / "packaging" / "__init__.py").exists()

    from packaging.version import Version

    assert Version("1.0") < Version("1.1")


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_a_lock_holds_exact_versions_and_their_hashes_and_nothing_else(lock: Path) -> None:
    lines = lock.read_text().splitlines()
    unhashed = [
        line
        for line, after in zip(lines, [*lines[1:], ""], strict=True)
        if ENTRY.match(line) and not HASH.match(after)
    ]

    assert [line for line in lines if not ENTRY.match(line) and not HASH.match(line)] == []
    assert unhashed == []
    assert pins(lock)


def test_the_tests_run_on_the_versions_that_are_shipped() -> None:
    run, test = (pins(ROOT / "packaging" / "locks" / f"{name}.txt") for name in ("run", "test"))

    assert {name: test.get(name) for name in run} == run


def test_every_direct_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *extras["kiosk"], *extras["hub"]]
    names = {re.split(r"[<>=\[ ]", line, maxsplit=1)[0] for line in wanted}

    assert names - pins(ROOT / "packaging" / "locks" / "run.txt").keys() == set()


def test_every_text_ends_with_a_newline() -> None:
    texts = {name: text_of(name) for name in tracked() if "\0" not in text_of(name)}

    assert [name for name, text in texts.items() if text and not text.endswith("\n")] == []
