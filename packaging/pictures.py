"""Pictures of every screen of the kiosk: each size, look and language, and a page with all of them."""

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from html import escape
from itertools import groupby, product
from pathlib import Path

from children import Children
from environment import PYTHON, prepare
from machine import BUILD, OPENGL, check_room, provide, say
from programs import shown

FOLDER = BUILD / "pictures"
SIZES = ("1280x800", "1920x1080", "800x1280", "1024x600")
LOOKS = (
    *("".join(parts) for parts in product(("light", "dark"), ("", "-brand"), ("", "-large"))),
    "light-contrast",
    "dark-contrast",
)
MEGABYTES = 600

STYLE = """
body { font: 15px/1.4 system-ui, sans-serif; margin: 2rem; color: #17212b; background: #eceae5 }
nav a { margin-right: 1rem } h2 { margin: 3rem 0 1rem } td, th { padding: .3rem; text-align: left }
th { font-weight: 600; vertical-align: top; position: sticky; left: 0; background: #eceae5 }
img { height: 240px; display: block; box-shadow: 0 1px 4px #0003 }
"""


@dataclass(frozen=True)
class Wanted:
    """What is wanted of everything there is; no languages means all that customers are asked in."""

    sizes: Sequence[str]
    looks: Sequence[str]
    languages: Sequence[str]

    def rounds(self) -> list[tuple[str, str]]:
        """Return each size in each look."""
        return [(size, look) for look in self.looks for size in self.sizes]


def take(folder: Path, wanted: Wanted) -> int:
    """Take the pictures into a folder, with an index.html that shows them; returns 0 or raises Trouble."""
    # What people run is enough for it: no other terminal's program loses its packages meanwhile.
    prepare("run")
    provide(OPENGL)
    folder = folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    check_room(folder, MEGABYTES)
    rounds, begun = wanted.rounds(), time.monotonic()
    with Children() as children, ThreadPoolExecutor(os.cpu_count()) as painters:
        names = painters.map(lambda one: walk(children, folder, one, wanted.languages), rounds)
        for (size, look), taken in zip(rounds, names, strict=True):
            say(f"  {size} {look}: {taken} pictures")
    page = folder / "index.html"
    page.write_text(sheet(folder), "utf-8")
    say(f"After {time.monotonic() - begun:.0f} s all are in {shown(folder)}; look at {shown(page)}")
    return 0


def walk(children: Children, folder: Path, one: tuple[str, str], languages: Sequence[str]) -> int:
    """Let a kiosk of one size and look be walked through; return how many pictures were taken."""
    size, look = one
    there = folder / f"{look}-{size}"
    there.mkdir(exist_ok=True)
    for old in there.glob("*.png"):
        old.unlink()
    command = [str(PYTHON), "-m", "tests.support.gallery", size, look, str(there), *languages]
    return sum(line.endswith(".png") for line in children.lines(command))


def sheet(folder: Path) -> str:
    """Return a page with all pictures of a folder: a table for each size and look, a row for each screen."""
    groups = sorted(path for path in folder.iterdir() if path.is_dir() and any(path.glob("*.png")))
    links = "".join(f'<a href="#{escape(one.name)}">{escape(one.name)}</a>' for one in groups)
    tables = "\n".join(table(one) for one in groups)
    head = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Screens</title><style>{STYLE}</style>'
    )
    return f"{head}\n<h1>Every screen</h1><nav>{links}</nav>\n{tables}\n</html>\n"


def table(group: Path) -> str:
    """Return the table of one size and look."""
    name = escape(group.name)
    return f'<h2 id="{name}">{name}</h2><table>{"".join(rows(sorted(group.glob("*.png"))))}</table>'


def rows(pictures: Iterable[Path]) -> Iterator[str]:
    """Yield a row for each screen, with its pictures in every language."""
    for screen, group in groupby(pictures, key=lambda path: path.stem.split("--")[0]):
        cells = "".join(f"<td>{image(picture)}</td>" for picture in group)
        yield f"<tr><th>{escape(screen)}</th>{cells}</tr>\n"


def image(picture: Path) -> str:
    """Return a picture that is fetched when it is scrolled to, and opens whole."""
    place = escape(f"{picture.parent.name}/{picture.name}")
    return f'<a href="{place}"><img src="{place}" alt="{escape(picture.stem)}" loading="lazy"></a>'
