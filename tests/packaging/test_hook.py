"""The contributors' git hook looks at what is staged, and only at that."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GOOD = '"""A module."""\n\nANSWER = 42\n'
UNTIDY = '"""A module."""\n\nANSWER   =   42\n'
WRONG = '"""A module."""\n\nimport os\n'


class Clone:
    """A repository with the hook installed as `dev.py hooks` installs it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        shutil.copytree(ROOT / ".githooks", folder / ".githooks")
        shutil.copytree(
            ROOT / "packaging", folder / "packaging", ignore=shutil.ignore_patterns("__pycache__")
        )
        shutil.copy(ROOT / "pyproject.toml", folder)
        (folder / ".venv").mkdir()
        (folder / ".venv/bin").symlink_to(Path(sys.executable).parent)
        self.git("init", "--quiet")
        self.run(sys.executable, "packaging/dev.py", "hooks")

    def run(self, *command: str) -> "subprocess.CompletedProcess[str]":
        identity = {
            f"GIT_{who}_{what}": "a@example.org"
            for who in ("AUTHOR", "COMMITTER")
            for what in ("NAME", "EMAIL")
        }
        return subprocess.run(
            command, cwd=self._folder, env=os.environ | identity, capture_output=True, text=True, check=False
        )

    def git(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return self.run("git", *arguments)

    def commit(self, name: str, staged: str, left: str | None = None) -> "subprocess.CompletedProcess[str]":
        """Stage a file with one text, leave it in the folder with another, and commit."""
        file = self._folder / name
        file.write_text(staged)
        self.git("add", name)
        file.write_text(staged if left is None else left)
        return self.git("commit", "--quiet", "-m", "A change")


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path)


def test_a_tidy_file_is_committed(clone: Clone) -> None:
    assert clone.commit("a file.py", GOOD).returncode == 0


@pytest.mark.parametrize(("text", "said"), [(UNTIDY, "ruff format"), (WRONG, "F401")])
def test_a_file_that_ci_would_refuse_is_refused(clone: Clone, text: str, said: str) -> None:
    done = clone.commit("a file.py", text)

    assert done.returncode != 0
    assert said in done.stdout + done.stderr


def test_only_what_is_staged_counts(clone: Clone) -> None:
    assert clone.commit("a.py", GOOD, left=WRONG).returncode == 0
    assert clone.commit("b.py", WRONG, left=GOOD).returncode != 0


def test_other_files_are_not_its_business(clone: Clone) -> None:
    assert clone.commit("notes.md", "x   =   1\n").returncode == 0
