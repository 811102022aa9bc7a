"""One command takes the pictures of every screen; here of one size, one look and one language."""

import json
import re
from pathlib import Path

from tests.packaging.conftest import ROOT, Checkout

PNG = b"\x89PNG\r\n\x1a\n"
SMALL = ("--sizes", "1024x600", "--looks", "dark-brand-large", "--languages", "it")


def size_of(picture: Path) -> tuple[int, int]:
    """Return width and height of a PNG in pixels."""
    head = picture.read_bytes()[:24]
    assert head.startswith(PNG)
    return int.from_bytes(head[16:20]), int.from_bytes(head[20:24])


def test_the_page_shows_a_picture_of_every_screen(ready: Checkout, tmp_path: Path) -> None:
    (ready.root / "tests").symlink_to(ROOT / "tests")
    folder = tmp_path / "pictures"
    old = folder / "dark-brand-large-1024x600" / "99-of-yesterday--it.png"
    old.parent.mkdir(parents=True)
    old.touch()
    note = ready.root / ".venv" / "installed.json"
    enough = json.dumps({"run": json.loads(note.read_text())["run"]})
    note.write_text(enough)
    done = ready.run("packaging/dev.py", "pictures", "--to", str(folder), *SMALL)
    pictures = sorted(folder.rglob("*.png"))

    assert (done.returncode, done.stderr) == (0, "")
    assert f"{len(pictures)} pictures" in done.stdout
    assert done.stdout.endswith(f"look at {folder / 'index.html'}\n")
    assert {size_of(picture) for picture in pictures} == {(1024, 600)}
    assert {picture.stem for picture in pictures} >= {
        f"{name}--it" for name in ("01-question", "04-why", "06-contact", "13-closed", "20-pin", "21-today")
    }
    assert note.read_text() == enough
    assert len({picture.read_bytes() for picture in pictures}) == len(pictures)
    shown = re.findall(r'<img src="([^"]+)"', (folder / "index.html").read_text("utf-8"))
    assert shown == [str(picture.relative_to(folder)) for picture in pictures]


def test_a_size_that_is_none_is_bad_use(checkout: Checkout) -> None:
    done = checkout.run("packaging/dev.py", "pictures", "--sizes", "1x1")

    assert done.returncode == 2
    assert "invalid choice: '1x1'" in done.stderr
