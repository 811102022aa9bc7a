"""A brand's colours keep the contrast of WCAG 2.2, whatever they are."""

from colorsys import rgb_to_hls

import pytest
from hypothesis import given
from hypothesis.strategies import integers

from common.settings import Brand
from kiosk.ui.contrast import contrast, luminance, mixed
from kiosk.ui.theme import DARK, LIGHT, MARK, TEXT, Palette, ink_on, palette_for

THEMES = [LIGHT, DARK]
TEXTS = [
    ("accent_ink", "accent"), ("accent", "ground"), ("accent", "surface"), ("accent", "board"),
    ("ink", "wash"), ("quiet", "wash"), ("accent_ink", "quiet"), ("brand_ink", "brand"),
    ("chosen_ink", "chosen"),
]  # fmt: skip
COLOURS = integers(0, 0xFFFFFF).map(lambda number: f"#{number:06X}")


def hue(colour: str) -> float:
    red, green, blue = (channel / 255 for channel in bytes.fromhex(colour[1:]))
    return rgb_to_hls(red, green, blue)[0]


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#FFFFFF", 21.0),
        ("#777777", "#FFFFFF", 4.48),
        ("#0000FF", "#FFFF00", 8.0),
        ("#123456",) * 2 + (1,),
    ],
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.01)
    assert contrast(other, one) == contrast(one, other)


def test_white_and_black_are_the_ends_of_luminance() -> None:
    assert luminance("#FFFFFF") == pytest.approx(1)
    assert luminance("#000000") == 0


def test_a_mixture_lies_between_its_colours() -> None:
    assert mixed("#000000", "#FF8000", 0) == "#000000"
    assert mixed("#000000", "#FF8000", 1) == "#FF8000"
    assert mixed("#000000", "#FF8000", 0.5) == "#804000"


@pytest.mark.parametrize("base", THEMES, ids=["light", "dark"])
@given(primary=COLOURS, secondary=COLOURS)
def test_every_brand_can_be_read(base: Palette, primary: str, secondary: str) -> None:
    for brand in (Brand(primary, secondary), Brand(primary), Brand("", secondary)):
        palette = palette_for(brand, base)
        low = [pair for pair in TEXTS if contrast(*(getattr(palette, name) for name in pair)) < TEXT]
        assert low == []
        assert contrast(palette.accent, palette.wash) >= MARK


@pytest.mark.parametrize("base", THEMES, ids=["light", "dark"])
def test_without_a_brand_the_colours_are_cerchios(base: Palette) -> None:
    assert palette_for(Brand(), base) is base


@pytest.mark.parametrize(
    ("colour", "base"),
    [("#FFF200", LIGHT), ("#FFD1DC", LIGHT), ("#000000", LIGHT), ("#0A1F44", DARK), ("#E30613", DARK)],
)
def test_surfaces_have_the_brands_own_colour_and_an_edge_that_is_seen(colour: str, base: Palette) -> None:
    palette = palette_for(Brand(colour), base)
    assert (palette.brand, palette.chosen) == (colour, colour)
    assert contrast(palette.accent, palette.surface) >= TEXT


@pytest.mark.parametrize(("colour", "base"), [("#FFFFFF", LIGHT), ("#F6F4EF", LIGHT), ("#000000", DARK)])
def test_a_colour_that_nobody_would_see_leaves_surfaces_to_another(colour: str, base: Palette) -> None:
    palette = palette_for(Brand(colour), base)
    assert palette.brand == palette.accent != colour
    assert palette.chosen == base.chosen
    assert palette_for(Brand("#7A1022", colour), base).chosen == "#7A1022"


def test_what_is_chosen_has_the_second_colour() -> None:
    palette = palette_for(Brand("#FFF200", "#000000"), LIGHT)
    assert (palette.brand, palette.brand_ink) == ("#FFF200", "#000000")
    assert (palette.chosen, palette.chosen_ink) == ("#000000", "#FFFFFF")


@given(COLOURS)
def test_black_or_white_is_read_on_every_colour(colour: str) -> None:
    assert contrast(ink_on(colour), colour) >= TEXT


@pytest.mark.parametrize(("colour", "base"), [("#7A1022", LIGHT), ("#0B3D91", LIGHT), ("#FFD166", DARK)])
def test_a_colour_with_enough_contrast_is_the_brands_own(colour: str, base: Palette) -> None:
    assert palette_for(Brand(colour), base).accent == colour


@pytest.mark.parametrize(("colour", "base"), [("#FFD166", LIGHT), ("#0B3D91", DARK), ("#E30613", DARK)])
def test_a_colour_with_too_little_moves_as_far_as_it_must_and_no_further(colour: str, base: Palette) -> None:
    accent = palette_for(Brand(colour), base).accent
    assert accent != colour
    beside = (base.accent_ink, base.ground, base.surface, base.board)
    assert TEXT <= min(contrast(accent, other) for other in beside) < TEXT + 0.8
    assert abs(hue(accent) - hue(colour)) % 1 < 0.12
