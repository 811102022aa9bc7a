"""What a customer feels: from a touch to the frame that answers it, and a window that stays light.

The baseline is one full redraw of the same window, taken right after each touch, so that whatever else the
machine does meets both. Work is timed, without the pauses between frames that a screen would add.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING, Any

from tests.support.ratios import percentile, ratio

if TYPE_CHECKING:
    from tests.support.window import Screen

ROUNDS = 5
"""Windows that are measured. The one in the middle is judged, so that other work does not count."""

WARM = 10
VISITS = 30
"""Visits before anything is measured, and in a round."""

COMMENT = "A long queue"

MOST_FRAMES = 10
"""Frames after which a window that goes on drawing, as a caret that blinks does, is not waited for."""

MANY = 1000
LEAST = 50
"""Visits over which memory may grow by GROWTH, and visits before that, after which every view exists."""

GROWTH = 5.0
"""MiB."""


def main() -> bool:
    """Print the ratios and say whether all keep their bounds."""
    rounds = [measured("touches") for _ in range(ROUNDS)]
    grown = measured("visits")["grown"]
    name = f"memory that {MANY} visits leave behind, against 5 MiB"
    return all(
        (
            felt("a tap to the next screen", rounds, "screens"),
            felt("a key to its letter", rounds, "letters"),
            ratio(name, grown, GROWTH, unit="MiB", at_most=1),
        )
    )


def felt(name: str, rounds: list[Any], what: str) -> bool:
    """Compare the times of touches with those of redraws, in the round in the middle of each."""
    kept = []
    for percent, bound in ((50, 2), (99, 4)):
        pairs = [(percentile(each[what], percent), median(each[f"{what}_redrawn"])) for each in rounds]
        pairs.sort(key=lambda pair: pair[0] / pair[1])
        touched, redrawn = pairs[len(pairs) // 2]
        label = f"{name}, p{percent}, against one full redraw"
        kept.append(ratio(label, touched, redrawn, unit="ms", at_most=bound))
    return all(kept)


def measured(what: str) -> Any:
    """Run one measurement in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.bench_feel", what]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


@dataclass
class Times:
    """Milliseconds of touches and, where they are compared, of one full redraw after each."""

    touched: list[float] = field(default_factory=list)
    redrawn: list[float] = field(default_factory=list)
    compared: bool = True


@contextmanager
def kiosk(*, filled: bool) -> Iterator["Screen"]:
    """Open the window of a paired kiosk, composed as the program composes it, and let it settle.

    filled says whether every frame fills the whole window, which takes two thirds of a visit.
    """
    from common.sealing import new_private_key, public_key
    from kiosk.backstage import Backstage
    from kiosk.config import Config, load_snapshot
    from tests.support.kiosk import Kiosk, a_pairing
    from tests.support.window import window

    with TemporaryDirectory() as folder:
        config = Config(data=Path(folder))
        storage = Kiosk(config)
        key = public_key(new_private_key())
        storage.ask(lambda s: s.pair(a_pairing(hub="http://127.0.0.1:9", public_key=key)))
        storage.close()
        backstage = Backstage(config, alone=True)
        with window(load_snapshot(config.data), backstage, ahead=True, filled=filled) as screen:
            screen.until(lambda: screen.app.ready)
            yield screen
        backstage.stop()


def visit(screen: "Screen", number: int, comment: str, screens: Times, letters: Times) -> None:
    """Play one visit without contact details, and time its touches."""
    score = f"score-{number % 11}"
    screen.touch(score)
    touch(screen, score, partial(screen.shows, "next"), screens)
    screen.touch("comment")
    for character in comment:
        write(screen, character, letters)
    touch(screen, "next", partial(screen.shows, "decline"), screens)
    touch(screen, "decline", partial(screen.shows, "thanks"), screens)
    screen.until(lambda: screen.app.walk.all_kept)
    touch(screen, "thanks", partial(screen.shows, score), screens)


def touch(screen: "Screen", name: str, has_come: Callable[[], Any], times: Times) -> None:
    """Touch a widget, and time it until what it leads to is drawn."""
    screen.settle()
    time(screen, partial(screen.hands.tap, screen.find(name)), has_come, times)


def write(screen: "Screen", character: str, times: Times) -> None:
    """Strike a key, and time it until its letter is drawn."""
    keyboard = screen.app.stage.keyboard
    cap = next(cap for cap in keyboard.caps() if cap.typed == character)
    text = keyboard.field.text + character
    time(screen, partial(screen.hands.tap, cap), lambda: keyboard.field.text == text, times)


def time(screen: "Screen", begin: Callable[[], None], has_come: Callable[[], Any], times: Times) -> None:
    """Time a touch, and after it one full redraw of the window as it is then."""
    times.touched.append(drawn(screen, begin))
    assert has_come(), "the touch leads nowhere"
    if times.compared:
        times.redrawn.append(drawn(screen, ask_redraw))


def drawn(screen: "Screen", begin: Callable[[], None]) -> float:
    """Return the milliseconds until the window has drawn what begins, and has nothing more to draw."""
    from kivy.core.window import Window

    drawing: list[Any] = []
    Window.bind(on_flip=drawing.append)
    begun = ended = perf_counter()
    begin()
    for frame in range(MOST_FRAMES):
        screen.frames(1)
        if len(drawing) == frame:
            break
        ended = perf_counter()
    Window.unbind(on_flip=drawing.append)
    return 1000 * (ended - begun)


def ask_redraw() -> None:
    """Let the next frame draw everything."""
    from kivy.core.window import Window

    Window.canvas.ask_update()


def touches() -> None:
    """Time the touches of a round of visits."""
    with kiosk(filled=True) as screen:
        for number in range(WARM):
            visit(screen, number, COMMENT, Times(), Times())
        screens, letters = Times(), Times()
        for number in range(VISITS):
            visit(screen, number, COMMENT, screens, letters)
    tell(
        screens=screens.touched,
        screens_redrawn=screens.redrawn,
        letters=letters.touched,
        letters_redrawn=letters.redrawn,
    )


def visits() -> None:
    """Tell by how many MiB the process grows while many customers come."""
    unseen = Times(compared=False)
    with kiosk(filled=False) as screen:
        play = partial(visit, screen, comment=COMMENT[:5], screens=unseen, letters=unseen)
        for number in range(LEAST):
            play(number)
        before = resident()
        for number in range(MANY):
            play(number)
        tell(grown=resident() - before)


def tell(**found: Any) -> None:
    """Print what was found."""
    print(json.dumps(found))


def resident() -> float:
    """Return the memory of this process in MiB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


if __name__ == "__main__":
    match sys.argv[1:]:
        case []:
            sys.exit(0 if main() else 1)
        case ["touches"]:
            touches()
        case _:
            visits()
