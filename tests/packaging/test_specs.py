"""What can be said here of packages that are not built here, and of the specs of those that are."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from configparser import ConfigParser
from importlib.metadata import distribution, packages_distributions
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest

from tests.packaging.test_repository import LOCKS, ROOT, pins

FILES = ROOT / "packaging" / "kiosk"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LOCK = pins(next(lock for lock in LOCKS if lock.stem == "package"))

RECIPES = {
    "python3": "the interpreter itself",
    "kivy": "C and Cython; python-for-android was made for it",
    "sqlite3": "the C library that Python's own module needs",
    "openssl": "the C library that Python's own module needs",
    "libffi": "the C library that cffi needs",
    "cffi": "C",
    "pynacl": "C; the recipe brings libsodium, in an older version that is known to build",
}
"""What python-for-android has a recipe for, and why one is needed; everything else has to be pure Python."""

PURE_FROM_SOURCE = {"charset-normalizer": "its wheel here is compiled for speed; its source is pure Python"}

NOT_ON_ANDROID = {
    "pip": "sqlite-utils asks for it, for the plug-ins of a command of its own",
    "docutils": "Kivy asks for it, for a widget that shows reStructuredText",
    "pygments": "Kivy asks for it, for a widget that shows code",
    "kivy-garden": "Kivy asks for it, for a command of its own",
    "pycparser": "cffi asks for it, to compile",
    "setuptools": "packages are built with it, elsewhere",
    "pyinstaller": "Linux and Windows", "pyinstaller-hooks-contrib": "Linux and Windows",
    "altgraph": "of PyInstaller", "macholib": "of PyInstaller", "pefile": "of PyInstaller",
    "pywin32-ctypes": "of PyInstaller", "pywin32": "Windows", "pypiwin32": "Windows",
    "kivy-deps-angle": "Windows", "kivy-deps-glew": "Windows", "kivy-deps-sdl2": "Windows",
}  # fmt: skip


@pytest.fixture
def android() -> dict[str, str]:
    """Return the settings of Android's package."""
    parser = ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string((FILES / "buildozer.spec").read_text("utf-8"))
    return dict(parser["app"])


@pytest.fixture
def requirements(android: dict[str, str]) -> dict[str, str]:
    """Return what Android's package is made of: names and versions, empty where the recipe decides."""
    wanted = (one.strip().partition("==") for one in android["requirements"].split(","))
    return {name: version for name, _, version in wanted}


def test_the_version_is_the_project_s(android: dict[str, str]) -> None:
    assert android["version"] == PROJECT["version"]


def test_requirements_are_pure_python_or_have_a_recipe(requirements: dict[str, str]) -> None:
    for name in requirements.keys() - RECIPES.keys() - PURE_FROM_SOURCE.keys():
        compiled = [file for file in distribution(name).files or () if file.suffix in (".so", ".pyd")]
        assert compiled == [], name


def test_requirements_have_the_versions_that_are_tested(requirements: dict[str, str]) -> None:
    free = RECIPES.keys() - {"kivy"}

    assert {name: LOCK[name] for name in requirements.keys() - free} == {
        name: requirements[name] for name in requirements.keys() - free
    }


def test_nothing_that_the_kiosk_needs_is_forgotten(requirements: dict[str, str]) -> None:
    assert LOCK.keys() - requirements.keys() == NOT_ON_ANDROID.keys()


ONLY_THESE = """
import sys

class Guard:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {refused}:
            raise ImportError(f"{{name}} is not on the tablet")

sys.meta_path.insert(0, Guard())
from datetime import datetime, timezone
from pathlib import Path
from kiosk.config import Config
from kiosk.storage.opening import open_storage
from kiosk import export, results, schedule, sync, __main__
from kiosk.sync import once, pairing, transport
from kiosk.ui.window import prepare_kivy
prepare_kivy((400, 300))
from kiosk.ui import app, customer, keyboard, manager
open_storage(Path(sys.argv[1]) / "kiosk.sqlite", datetime.now(timezone.utc), alone=True).close()
print("all there")
"""


def test_the_kiosk_runs_with_what_is_required_and_nothing_else(
    requirements: dict[str, str], tmp_path: Path
) -> None:
    """Without pip, which sqlite-utils asks for and does not need."""
    wanted = {name.replace("-", "_") for name in requirements}
    refused = {
        module
        for module, owners in packages_distributions().items()
        if not any(owner.lower().replace("-", "_") in wanted | {"cerchio"} for owner in owners)
    }
    script = ONLY_THESE.format(refused=refused - {"setuptools", "_distutils_hack"})
    environment = {"SDL_VIDEODRIVER": "offscreen", "KIVY_HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip

    assert "pip" in refused
    assert (done.stdout, done.returncode) == ("all there\n", 0), done.stderr


def test_what_android_starts_is_the_kiosk(tmp_path: Path) -> None:
    stage(tmp_path)
    done = subprocess.run(
        [sys.executable, "main.py", "run", "--help"],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip

    assert "Show the question until the window is closed" in done.stdout, done.stderr


def stage(folder: Path) -> None:
    """Lay everything out for buildozer, as its file says."""
    for name in ("kiosk", "common"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(FILES / "android", folder, dirs_exist_ok=True)
    shutil.copy(FILES / "buildozer.spec", folder)


def test_all_that_the_spec_names_is_there(android: dict[str, str], tmp_path: Path) -> None:
    stage(tmp_path)
    kinds = {path.suffix for name in ("kiosk", "common") for path in (tmp_path / name).rglob("*")}
    named = ("p4a.hook", "android.add_src", "android.add_resources")

    assert [android[name] for name in named if not (tmp_path / android[name]).exists()] == []
    assert kinds - {"", ".md"} <= {f".{kind}" for kind in android["source.include_exts"].split(",")}


def test_the_receiver_is_made_known_to_android(tmp_path: Path, android: dict[str, str]) -> None:
    manifest = tmp_path / "src" / "main" / "AndroidManifest.xml"
    manifest.parent.mkdir(parents=True)
    space = "http://schemas.android.com/apk/res/android"
    manifest.write_text(f'<manifest xmlns:android="{space}"><application></application></manifest>')
    hook: dict[str, object] = {}
    exec((FILES / "android" / "hook.py").read_text("utf-8"), hook)
    for _ in range(2):
        hook["after_apk_build"](SimpleNamespace(_dist=SimpleNamespace(dist_dir=tmp_path)))  # type: ignore[operator]

    [receiver] = ElementTree.parse(manifest).getroot().iter("receiver")
    name = receiver.attrib[f"{{{space}}}name"]
    source = FILES / "android" / android["android.add_src"] / Path(*name.split(".")).with_suffix(".java")
    assert source.exists()
    assert name.startswith(f"{android['package.domain']}.{android['package.name']}.")
    assert f"package {name.rpartition('.')[0]};" in source.read_text("utf-8")
    [policies] = receiver.iter("meta-data")
    resource = policies.attrib[f"{{{space}}}resource"].removeprefix("@")
    ElementTree.parse(FILES / "android" / android["android.add_resources"] / f"{resource}.xml")


def test_what_python_asks_of_the_receiver_is_there() -> None:
    """Nothing but an Android runs it; a wrong name would end the kiosk at its start."""
    asked = re.search(r'autoclass\("([\w.]+)"\)\.(\w+)\(mActivity\)', (FILES / "android/main.py").read_text())
    assert asked
    source = (FILES / "android/java" / Path(*asked[1].split("."))).with_suffix(".java").read_text("utf-8")

    assert f"public static void {asked[2]}(Context context)" in source


@pytest.mark.parametrize("name", ["linux", "windows"])
def test_pyinstaller_s_files_start_what_the_project_starts(name: str) -> None:
    tree = ast.parse((FILES / f"{name}.spec").read_text("utf-8"))
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    program, start = next(item for item in PROJECT["scripts"].items() if item[0] == "cerchio-kiosk")
    module = start.partition(":")[0].split(".")

    assert program in texts
    assert (ROOT.joinpath(*module)).with_suffix(".py").exists()
    assert [text for text in texts if text in (module[0], f"{module[1]}.py")]


@pytest.mark.parametrize(("before", "after"), [("", "None"), ("/opt/lib", "/opt/lib")])
def test_what_the_packaged_program_starts_loads_the_system_s_libraries(before: str, after: str) -> None:
    hook = FILES / "system_libraries.py"
    assert f'"{hook.name}"' in (FILES / "linux.spec").read_text("utf-8")

    script = f"{hook.read_text('utf-8')}\nprint(os.environ.get('LD_LIBRARY_PATH'))"
    environment = {"LD_LIBRARY_PATH": "/the/program's/own"} | (
        {"LD_LIBRARY_PATH_ORIG": before} if before else {}
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
    )

    assert done.stdout == f"{after}\n"


@pytest.mark.parametrize("name", ["buildozer.spec", "windows.spec"])
def test_what_is_not_built_here_says_so(name: str) -> None:
    assert re.search(r"^# .*NOT BUILT HERE", (FILES / name).read_text("utf-8"), re.MULTILINE)
