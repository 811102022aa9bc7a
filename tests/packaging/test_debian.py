"""The Debian package without the program in it: what dpkg is told, who may do what, and what is in its way.

`dev.py package --check` tries the whole package in a clean Debian; that is a command and no test.
"""

import os
import re
import shutil
import stat
import subprocess
import tomllib
from configparser import ConfigParser
from pathlib import Path

import pytest

from kiosk.rescue import ROOTS
from tests.packaging.conftest import ROOT, Checkout

SOURCES = ROOT / "packaging" / "kiosk" / "debian"

MAKE = """
import sys; sys.path[0] = "packaging"
from pathlib import Path
import bundle, debian, environment
program = Path("program")
program.mkdir()
(program / "cerchio-kiosk").write_text("#!/bin/sh\\necho $CERCHIO_KIOSK_DATA $*\\n")
(program / "cerchio-kiosk").chmod(0o777)
(program / "library.so").write_text("x" * 5000)
debian.build = lambda: program
environment.LOG.parent.mkdir()
debian.FOLDER.mkdir()
print(debian.package())
"""


@pytest.fixture
def package(checkout: Checkout) -> Path:
    """Return the package with a very small program in it."""
    shutil.copy(ROOT / "LICENSE", checkout.root)
    shutil.copy(ROOT / "CHANGELOG.md", checkout.root)
    done = checkout.run("-c", MAKE)
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.splitlines()[-1])


def told(*command: str | Path) -> str:
    """Return what a program prints."""
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


@pytest.fixture
def unpacked(package: Path, tmp_path: Path) -> Path:
    """Return the package, unpacked into a folder."""
    told("dpkg-deb", "--raw-extract", package, tmp_path / "unpacked")
    return tmp_path / "unpacked"


def test_dpkg_knows_version_and_what_else_is_needed(package: Path) -> None:
    fields = dict(
        line.split(": ", 1) for line in told("dpkg-deb", "--field", package).splitlines() if ": " in line
    )
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]

    assert (fields["Package"], fields["Version"]) == ("cerchio-kiosk", version)
    assert {"cage", "xwayland", "adduser", "seatd", "kbd"} <= set(fields["Depends"].split(", "))
    assert int(fields["Installed-Size"]) > 4
    assert package.name == f"cerchio-kiosk_{version}_{fields['Architecture']}.deb"


def test_everything_belongs_to_root_and_nobody_else_may_write(package: Path) -> None:
    lines = told("dpkg-deb", "--contents", package).splitlines()

    assert [line for line in lines if line[5] == "w" or line[8] == "w" or "root/root" not in line] == []
    assert [line for line in lines if line.endswith("./usr/bin/cerchio-kiosk") and line[3] == "x"]


def test_settings_are_the_administrator_s_and_the_rest_is_summed(unpacked: Path) -> None:
    kept = (unpacked / "DEBIAN/conffiles").read_text().split()
    summed = {line.split("  ")[1] for line in (unpacked / "DEBIAN/md5sums").read_text().splitlines()}
    files = {f"/{path.relative_to(unpacked)}" for path in unpacked.rglob("*") if path.is_file()}

    assert set(kept) == {name for name in files if name.startswith("/etc/")}
    assert summed == {name[1:] for name in files if not name.startswith(("/etc/", "/DEBIAN/"))}
    subprocess.run(["md5sum", "--check", "--quiet", "DEBIAN/md5sums"], cwd=unpacked, check=True, timeout=60)


@pytest.mark.parametrize("name", ["command", "screen", "postinst", "prerm", "postrm"])
def test_scripts_can_be_read_by_a_shell(name: str) -> None:
    told("sh", "-n", SOURCES / name)


def test_the_licence_is_whole(unpacked: Path) -> None:
    said = (unpacked / "usr/share/doc/cerchio-kiosk/copyright").read_text()

    assert said.count("License: Expat") == 1
    assert [line for line in (ROOT / "LICENSE").read_text().split("\n") if line not in said] == []


def test_the_service_runs_what_is_installed_and_starts_it_again(unpacked: Path) -> None:
    parser = ConfigParser(interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(unpacked / "usr/lib/systemd/system/cerchio-kiosk.service")
    service = parser["Service"]

    assert os.access(unpacked / service["ExecStart"][1:], os.X_OK)
    assert (unpacked / service["EnvironmentFile"][1:]).exists()
    assert "PAMName" not in service, (
        "the session's processes would not be the service's, which hears only its own"
    )
    assert service["Environment"] == f"XDG_RUNTIME_DIR=/run/{service['RuntimeDirectory']}"
    assert (service["Restart"], service["Type"], service["WatchdogSec"]) == ("always", "notify", "30")
    assert service["RestartPreventExitStatus"] == "0"
    assert service["User"] == "cerchio-kiosk"
    assert (
        f"CERCHIO_KIOSK_DATA={service['ReadWritePaths'].split()[0]}\n" in (SOURCES / "settings").read_text()
    )


CAGE = """#!/bin/sh
# Ends with 0 whatever its program ends with, as Debian's does.
shift
"$@"
exit 0
"""
ENDS = {"left": ("exit 0", 0), "failed": ("exit 3", 3), "killed": ("kill -9 $$", 137)}


def on_screen(folder: Path, kiosk: str, cage: str = CAGE) -> "subprocess.Popen[str]":
    """Start what the service runs, with a kiosk and a compositor that are scripts."""
    for name, text in {"cage": cage, "cerchio-kiosk": f"#!/bin/sh\n{kiosk}\n"}.items():
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    session = folder / "session"
    session.mkdir()
    return subprocess.Popen(
        ["sh", SOURCES / "screen"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={"PATH": f"{folder}:{os.environ['PATH']}", "XDG_RUNTIME_DIR": str(session)},
    )  # fmt: skip


@pytest.mark.parametrize(("kiosk", "code"), ENDS.values(), ids=ENDS)
def test_the_service_ends_as_the_kiosk_ended(tmp_path: Path, kiosk: str, code: int) -> None:
    with on_screen(tmp_path, kiosk) as screen:
        assert screen.wait(20) == code


def test_a_compositor_that_fails_is_no_way_out(tmp_path: Path) -> None:
    with on_screen(tmp_path, "exit 0", cage="#!/bin/sh\nexit 0\n") as screen:
        assert screen.wait(20) == 1


def test_a_service_that_is_stopped_asks_the_kiosk_and_waits_for_it(tmp_path: Path) -> None:
    asked = "trap 'sleep 0.3; echo ended; exit 0' TERM"
    kiosk = f'{asked}; [ "$(cat program)" = $$ ] || exit; echo ready; while :; do sleep 0.05; done'
    with on_screen(tmp_path, kiosk) as screen:
        assert screen.stdout
        assert screen.stdout.readline() == "ready\n"
        screen.terminate()
        said, _ = screen.communicate(timeout=20)

    assert (said, screen.returncode) == ("ended\n", 0)


def test_sticks_are_mounted_where_the_kiosk_looks_and_may_write(unpacked: Path) -> None:
    rule = (unpacked / "usr/lib/udev/rules.d/90-cerchio-kiosk.rules").read_text()
    place = re.search(r"\$devnode (/\S+)\$kernel", rule)
    service = (unpacked / "usr/lib/systemd/system/cerchio-kiosk.service").read_text()

    assert place
    assert Path(place[1]).parent in ROOTS
    assert re.search(rf"^ReadWritePaths=.* -{Path(place[1]).parent}$", service, re.MULTILINE)
    assert "--owner=cerchio-kiosk" in rule
    assert "noexec" in rule


def test_the_command_is_for_root_and_the_kiosk_s_user_only(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    command = tmp_path / "cerchio-kiosk"
    shutil.copy(SOURCES / "command", command)
    command.chmod(command.stat().st_mode | stat.S_IXGRP | stat.S_IXOTH | stat.S_IXUSR)
    somebody = ["setpriv", "--reuid", "65534"] if os.geteuid() == 0 else []
    done = subprocess.run(
        [*somebody, "sh", "-s", "results"],
        stdin=command.open(), env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 1
    assert done.stderr == "The answers belong to the user cerchio-kiosk: use sudo cerchio-kiosk.\n"


def test_purging_deletes_the_answers_and_says_so_and_removing_does_not() -> None:
    script = (SOURCES / "postrm").read_text()
    before, purge = script.split("    purge)")

    assert "rm -rf" not in before
    assert "Deleting /var/lib/cerchio-kiosk" in purge
    assert purge.index("echo") < purge.index("rm -rf")


AS_ROOT = "import os; os.geteuid = lambda: 0; import clean_root as c; c.TOOLS = ()"
TROUBLES = {
    "nobody": ("import os; os.geteuid = lambda: 1000", "A clean Debian can only be made by root"),
    "no room": (f"{AS_ROOT}; c.MEGABYTES = 10**9", "The disk is too full: "),
    "no mirror": (f"{AS_ROOT}; c.own_targets = lambda: []", "No mirror of "),
    "no release": (f"{AS_ROOT}; c.RELEASE = c.Path('/dev/null')", "This is no Debian with a named release"),
}


@pytest.mark.parametrize(("trouble", "sentence"), TROUBLES.values(), ids=TROUBLES)
def test_what_is_in_the_way_of_a_clean_debian_is_told_in_one_sentence(
    checkout: Checkout, trouble: str, sentence: str
) -> None:
    script = (
        f"import sys; sys.path[0] = 'packaging'\n{trouble}\nimport clean_root\nfrom pathlib import Path\n"
        "try:\n    with clean_root.clean_root(Path('build/root')): print('made')\n"
        "except clean_root.Trouble as trouble: print(trouble)"
    )

    done = checkout.run("-c", script)

    assert done.stdout.startswith(sentence), done.stderr
    assert done.stdout.count("\n") == 1
    assert not (checkout.root / "build/root").exists()


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("E: Failed getting release file http://mirror/dists/x/Release", "Debian's packages could not be"),
        ("E: Couldn't download packages: gzip", "Debian's packages could not be fetched"),
        ("E: Failed to fetch http://mirror/cage.deb  Connection refused", "Debian's packages could not be"),
        ("tar: dev: Cannot mkdir: No space left on device", "The disk became full"),
        ("E: Something else", "debootstrap failed: E: Something else (see "),
        ("", "debootstrap failed: it gave no reason (see "),
    ],
)
def test_what_debian_s_tools_say_becomes_one_sentence(checkout: Checkout, said: str, sentence: str) -> None:
    script = (
        "import sys; sys.path[0] = 'packaging'; import clean_root as c; print(c.explain('debootstrap', [%r]))"
    )

    assert checkout.run("-c", script % said).stdout.startswith(sentence)


@pytest.mark.parametrize("option", ["--check", "--boot"])
def test_only_root_tries_the_package_and_hears_it_before_anything_is_made(
    checkout: Checkout, option: str
) -> None:
    script = (
        "import sys, os; sys.path[0] = 'packaging'; os.geteuid = lambda: 1000\n"
        f"import dev; sys.exit(dev.main(['package', '{option}']))"
    )
    done = checkout.run("-c", script)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("A clean Debian can only be made by root: sudo ")
    assert not (checkout.root / "build").exists()


def test_bad_use_of_package_is_2(checkout: Checkout) -> None:
    assert checkout.run("packaging/dev.py", "package", "--fly").returncode == 2
