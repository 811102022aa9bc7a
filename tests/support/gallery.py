"""Takes a picture of every screen in one size and one look; `packaging/dev.py pictures` runs it.

    python -m tests.support.gallery 1280x800 dark-brand-large FOLDER [LANGUAGE …]

A real kiosk is walked through by touches, as customers and managers do. A look is light or dark, with a
brand's colours or without, and may be large or of high contrast, which whoever comes turns on. Each picture
goes to the folder as ‹screen›--‹language›.png, and its name to standard output.
"""

import json
import os
import sys
import tempfile
import zlib
from base64 import b64encode
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from kiosk.ui.window import prepare_kivy

if __name__ == "__main__":
    # The window has its size from the start: where one grows later, pictures show what the memory held.
    os.environ.update(SDL_VIDEODRIVER="offscreen", KIVY_HOME=tempfile.mkdtemp(prefix="cerchio-kivy-"))
    prepare_kivy((int(sys.argv[1].partition("x")[0]), int(sys.argv[1].partition("x")[2])))
    import kivy.core.window  # noqa: F401 - opens it

from tests.support.window import Screen, window  # isort: skip - before anything of Kivy

from kivy.core.window import Window

import common.words
import kiosk.words
from common.nps import SCORES
from common.sealing import new_private_key, public_key
from kiosk.backstage import Backstage
from kiosk.config import LOCAL_FILE, Config, Theme, load_snapshot
from kiosk.storage.pin import Door, set_pin
from kiosk.storage.store import Storage
from kiosk.ui.theme import DARK, LIGHT
from tests.support import tour
from tests.support.answers import a_response
from tests.support.kiosk import Kiosk, a_pairing

CUSTOMERS = (
    "question", "access", "chosen", "why", "why-typing", "contact", "notice", "contact-wrong-email",
    "still-there", "thanks-detractor", "thanks-passive", "thanks-promoter", "closed",
)  # fmt: skip
MANAGERS = (
    "pin", "today", "trend", "tablet", "service", "leave", "check-height", "check-light", "check-touch",
    "check-result",
)  # fmt: skip
WISHES = ("large", "contrast")
PIN, SERVICE = "24680", "13579"
COMMENTS = {
    "en": "The queue at the checkout was too long.",
    "it": "La fila alla cassa era troppo lunga, perché?",
    "es": "La cola en la caja era demasiado larga.",
    "fr": "La file à la caisse était trop longue.",
    "de": "Die Schlange an der Kasse war zu lang.",
    "pt": "A fila na caixa era demasiado longa.",
}
SAID = (
    "The queue was too long.",
    "Friendly people!",
    "I did not find my size.",
    "",
    "",
    "",
    "Always a pleasure.",
)
FIX = {
    "en": "You said the queue is long. We opened a third till.",
    "it": "Ci avete detto che la fila è lunga. Abbiamo aperto una terza cassa.",
    "es": "Nos dijeron que la cola es larga. Hemos abierto una tercera caja.",
    "fr": "Vous avez dit que la file est longue. Nous avons ouvert une troisième caisse.",
    "de": "Sie sagten, die Schlange sei lang. Wir haben eine dritte Kasse geöffnet.",
    "pt": "Disseram-nos que a fila é longa. Abrimos uma terceira caixa.",
}


def main(size: str, look: str, folder: str, *languages: str) -> None:
    """Take the pictures of one size and look in these languages, or in all."""
    width, height = map(int, size.split("x"))
    with tempfile.TemporaryDirectory() as place:
        parts = look.split("-")
        theme = Theme.DARK if "dark" in parts else Theme.LIGHT
        backstage = furnished(Path(place) / "data", theme, branded="brand" in parts)
        wishes = [f"access-{part}" for part in parts if part in WISHES]
        screen_shown = load_snapshot(Path(place) / "data")
        base = DARK if theme is Theme.DARK else LIGHT
        with window(screen_shown, backstage, (width, height), filled=True, base=base) as screen:
            for language in languages or common.words.LANGUAGES:
                for name in walk(screen, language, wishes):
                    print(shoot(screen, Path(folder) / f"{name}--{language}.png"), flush=True)  # noqa: T201 - whoever started it reads them
        backstage.stop()


def furnished(data: Path, theme: Theme, *, branded: bool) -> Backstage:
    """Return the backstage of a kiosk that has been in a store for two months."""
    data.mkdir()
    if branded:
        brand = {"primary": "#7A1F5C", "secondary": "#F2C14E", "logo": b64encode(mark()).decode()}
        (data / LOCAL_FILE).write_text(
            json.dumps({"brand": brand, "fixes": [FIX], "address": "https://ask.example.com/roma"}), "utf-8"
        )
    config = Config(data=data, theme=theme)
    kiosk = Kiosk(config)
    pairing = a_pairing(hub="http://127.0.0.1:9", public_key=public_key(new_private_key()))
    kiosk.ask(lambda s: s.pair(pairing))
    kiosk.ask(lambda s: set_pin(s.settings, PIN))
    kiosk.ask(lambda s: set_pin(s.settings, SERVICE, Door.SERVICE))
    kiosk.ask(partial(fill, now=datetime.now(UTC)))
    kiosk.ask(lambda s: s.snapshot())
    kiosk.close()
    return Backstage(config, alone=True)


def fill(storage: Storage, now: datetime) -> None:
    """Give the answers of two months: most are content, Saturdays are busy, some do not count."""
    chance, reasons = Random(7), list(storage.snapshot().survey.wording["en"].reasons)
    with storage.together():
        for number in range(1, 620):
            score = chance.choices(SCORES, (3, 1, 2, 3, 2, 5, 6, 11, 19, 24, 24))[0]
            storage.outbox.save(
                a_response(
                    number,
                    score=score,
                    given_at=now - timedelta(hours=2.3 * number, minutes=chance.randrange(90)),
                    reasons=tuple(chance.sample(reasons, chance.randrange(3))),
                    comment=chance.choice(SAID),
                    flags=("burst",) if number % 97 == 0 else (),
                )
            )
        storage.outbox.finish_all()


def mark() -> bytes:
    """Return an invented shop's logo as a PNG: a ring and a dot in the brand's colours."""
    side, rows = 96, bytearray()
    for y in range(side):
        rows.append(0)
        for x in range(side):
            far = ((x - 47.5) ** 2 + (y - 47.5) ** 2) ** 0.5
            rows += b"\x7a\x1f\x5c\xff" if 30 < far < 46 else b"\xf2\xc1\x4e\xff" if far < 18 else bytes(4)
    head = side.to_bytes(4) * 2 + b"\x08\x06\x00\x00\x00"
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(rows))), (b"IEND", b""))
    chunks = (
        len(body).to_bytes(4) + kind + body + zlib.crc32(kind + body).to_bytes(4) for kind, body in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def walk(screen: Screen, language: str, wishes: Sequence[str]) -> Iterator[str]:
    """Go through every screen in a language; yield the name of each picture to take when it is there.

    wishes are the switches that whoever comes turns on.
    """

    def turn_on() -> None:
        if wishes:
            screen.tap("access", *wishes, "access-done")

    def come() -> None:
        screen.tap(f"language-{language}")
        turn_on()
        screen.wait(2)  # a score that is tapped before anybody could read the question does not count

    yield from _numbered(1, CUSTOMERS, tour.customers(screen, come, COMMENTS.get(language, COMMENTS["en"])))
    if language in kiosk.words.LANGUAGES:
        screen.tap(f"language-{language}")
        yield from _numbered(20, MANAGERS, tour.managers(screen, PIN, SERVICE, turn_on))


def _numbered(first: int, wanted: Sequence[str], screens: Iterator[str]) -> Iterator[str]:
    """Yield the wanted ones of the screens' names, with the numbers that keep pictures in their order."""
    for name in screens:
        if name in wanted:
            yield f"{first + wanted.index(name):02}-{name}"


def shoot(screen: Screen, picture: Path) -> str:
    """Keep what is on the screen as a picture, and return its name."""
    screen.frames(8)

    def take(_: Any) -> None:
        # Only in here does the buffer hold the frame that is being shown.
        Path(Window.screenshot(name=str(picture.with_suffix(".new.png")))).replace(picture)

    Window.bind(on_flip=take)
    Window.canvas.ask_update()
    screen.frames(1)
    Window.unbind(on_flip=take)
    return picture.name


if __name__ == "__main__":
    arguments: Sequence[str] = sys.argv[1:]
    main(*arguments)
