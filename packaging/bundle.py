"""Makes the kiosk's program with its own Python in one folder, by PyInstaller, from a lock of its own."""

import hashlib
import os
import shutil
import sys
import sysconfig
from pathlib import Path

from environment import LOCKS, VENV, prepare, step
from machine import BUILD, OPENGL, ROOT, DebianPackage, Trouble, check_room, provide, say

FOLDER = BUILD / "package"
LOCK = LOCKS / "package.txt"
BUILDER = FOLDER / "venv"
SPEC = ROOT / "packaging" / "kiosk" / "linux.spec"
PROGRAM = "cerchio-kiosk"
MEGABYTES = 600  # what the builder, its work and the program take
TOOLS = (*OPENGL, DebianPackage("binutils", command="objdump"))  # PyInstaller looks into libraries with it


def build() -> Path:
    """Build the program and return its folder; raises Trouble."""
    prepare("run")
    provide((*TOOLS, *python_library()))
    FOLDER.mkdir(exist_ok=True)
    check_room(FOLDER, MEGABYTES)
    make_builder()
    say("Building the program")
    target = FOLDER / "program"
    shutil.rmtree(target, ignore_errors=True)
    # Importing Kivy's packaging tools opens no window, but looks for what could.
    quiet = {"KIVY_NO_ARGS": "1", "KIVY_HOME": str(FOLDER / "kivy"), "SDL_VIDEODRIVER": "offscreen"}
    options = ["--noconfirm", "--log-level", "WARN", "--distpath", str(target)]
    work = ["--workpath", str(FOLDER / "work")]
    os.environ.update(quiet)
    step([str(BUILDER / "bin" / "pyinstaller"), *options, *work, str(SPEC)])
    return whole(target / PROGRAM)


def make_builder() -> None:
    """Make the environment that PyInstaller works in, unless it holds the lock already."""
    note, wanted = BUILDER / "lock.sha256", hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if note.exists() and note.read_text() == wanted:
        return
    say(f"Installing the packages of {LOCK.relative_to(ROOT)}")
    step([sys.executable, "-m", "venv", "--clear", "--without-pip", str(BUILDER)])
    python = str(BUILDER / "bin" / "python")
    step([str(VENV / "bin" / "uv"), "pip", "sync", "--python", python, "--require-hashes", str(LOCK)])
    note.write_text(wanted)


def python_library() -> tuple[DebianPackage, ...]:
    """Return Debian's package of Python as a library, unless this Python has it beside it."""
    version = sysconfig.get_python_version()
    folder, name = (sysconfig.get_config_var(key) for key in ("LIBDIR", "INSTSONAME"))
    beside = bool(folder and name and Path(folder, name).exists())
    return () if beside else (DebianPackage(f"libpython{version}", shared_library=f"python{version}"),)


def whole(folder: Path) -> Path:
    """Return the folder of the program; raise Trouble if something that it cannot do without is not in it."""
    inside = {path.name for path in folder.rglob("*")}
    lacking = sorted({PROGRAM, "question.kv", "en.toml", "it.toml", "style.kv"} - inside)
    if lacking:
        raise Trouble(f"The program lacks {', '.join(lacking)}: PyInstaller left it out (see {SPEC.name}).")
    return folder


def megabytes(path: Path) -> float:
    """Return the size of a file, or of all files of a folder."""
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.lstat().st_size for file in files if file.is_file()) / 1e6
