"""The QR code below the question is one that a telephone reads, and no word makes a line too small."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from math import hypot, inf

import pytest
import segno

from common.settings import LONGEST_ADDRESS, LONGEST_FIX
from kiosk.ui.footer import LEAST_MM, LEAST_PIXELS, QUIET, WIDE_MM, Footer, module_pixels
from kiosk.ui.theme import look
from tests.kiosk.ui.conftest import Shop
from tests.support.legibility import at_every_size, flaws
from tests.support.setting import set_up
from tests.support.window import Screen, window

ADDRESS = "https://feedback.example.com/s/milano-duomo?k=3f9a"
FIXES = [{"en": "You said it was cold: the door has a curtain now."}]


def footer(screen: Screen) -> Footer:
    assert screen.app._idle
    return screen.app._idle.footer


@contextmanager
def as_long_as(pitch: float) -> Iterator[None]:
    """Let a pixel have so many millimetres."""
    before, look.pitch = look.pitch, pitch
    try:
        yield
    finally:
        look.pitch = before


def test_the_code_leads_to_the_address_and_is_drawn_in_whole_pixels(shop: Shop) -> None:
    set_up(shop, address=ADDRESS)
    with window(shop.screen, shop) as screen:
        assert "Or answer on your own phone" in screen.texts()
        code = footer(screen)._ticket.ids.code
        wanted = list(segno.make_qr(ADDRESS).matrix_iter(border=0))
        module, rest = divmod(code.edge, QUIET)
        assert (rest, code.side) == (0, module * (len(wanted) + 2 * QUIET))
        assert module >= LEAST_PIXELS
        drawn = code.parent.export_as_image().texture
        pixels = drawn.pixels  # each look at it reads all of them anew
        left, bottom = code.x - code.parent.x + 2 * code.edge, code.y - code.parent.y + code.edge

        def is_dark(row: int, column: int) -> bool:
            x = int(left + (column + 0.5) * module)
            y = int(bottom + (len(wanted) - 1 - row + 0.5) * module)
            return bool(pixels[4 * ((drawn.height - 1 - y) * drawn.width + x)] < 128)

        found = [[is_dark(row, column) for column in range(len(wanted))] for row in range(len(wanted))]
        assert found == [[bool(module) for module in row] for row in wanted]


@pytest.mark.parametrize("inches", [8.0, 10.1])
@at_every_size
def test_the_code_is_as_large_as_a_telephone_wants_it(
    shop: Shop, size: tuple[int, int], inches: float
) -> None:
    set_up(shop, address=ADDRESS, fixes=FIXES)
    with as_long_as(inches * 25.4 / hypot(*size)), window(shop.screen, shop, size, drawn=False) as screen:
        code = footer(screen)._ticket.ids.code
        assert footer(screen).coded
        assert LEAST_MM <= (code.side - 2 * code.edge) * look.pitch <= WIDE_MM * 1.3
        assert flaws(screen.app.stage) == []


@pytest.mark.parametrize(
    ("address", "size", "inches"),
    [(ADDRESS.ljust(LONGEST_ADDRESS, "x"), (600, 1024), 10.1), (ADDRESS, (1024, 600), 7.0)],
    ids=["a long address", "no room"],
)
def test_a_code_that_no_telephone_could_read_is_left_out_and_that_is_said(
    shop: Shop, caplog: pytest.LogCaptureFixture, address: str, size: tuple[int, int], inches: float
) -> None:
    set_up(shop, address=address, fixes=FIXES)
    small = as_long_as(inches * 25.4 / hypot(*size))
    with caplog.at_level(logging.ERROR), small, window(shop.screen, shop, size, drawn=False) as screen:
        assert not footer(screen).coded
        assert "Or answer on your own phone" not in screen.texts()
        assert FIXES[0]["en"] in screen.texts()
        assert address in caplog.text


@pytest.mark.parametrize(
    ("modules", "room", "pitch", "pixels"),
    [
        (25, 178, 0.168, 5),  # 21 mm on ten inches
        (25, 178, inf, 5),
        (37, 133, 0.2147, 0),  # two pixels each
        (25, 178, 0.1, 0),  # 12 mm
        (57, 400, 0.1, 4),
    ],
)
def test_a_module_has_so_many_pixels(modules: int, room: float, pitch: float, pixels: int) -> None:
    assert module_pixels(modules, room, pitch) == pixels


def test_every_address_that_is_taken_has_a_code_on_the_smallest_screen(shop: Shop) -> None:
    set_up(shop, address="https://a.example/".ljust(LONGEST_ADDRESS, "x"))
    with window(shop.screen, shop, (1024, 600), drawn=False) as screen:
        assert footer(screen).coded


def test_a_word_without_end_leaves_a_line_to_be_read(shop: Shop) -> None:
    set_up(shop, fixes=[{"en": "W" * LONGEST_FIX}], address=ADDRESS)
    with window(shop.screen, shop, drawn=False) as screen:
        assert flaws(screen.app.stage) == []
        assert footer(screen)._card.sentence.replace(" ", "") == "W" * LONGEST_FIX
