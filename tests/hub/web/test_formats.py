"""Numbers, days and spans as each language writes them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as some

from hub.web import formats
from hub.web.language import speak

NOON = datetime(2026, 3, 25, 12, 0, tzinfo=UTC)
app = Flask("hub")
speak(app)


@contextmanager
def reading(language: str) -> Iterator[None]:
    with app.test_request_context(headers={"Accept-Language": language}):
        yield


@pytest.mark.parametrize(
    ("value", "shown"),
    [(41.5, "42"), (-41.5, "−42"), (0.0, "0"), (-0.4, "0"), (-0.5, "−1"), (0.5, "1"), (-100.0, "−100")],
)
def test_points_are_rounded_once_halves_away_from_zero(value: float, shown: str) -> None:
    with reading("en"):
        assert formats.points(value) == shown


def test_numbers_have_the_grouping_of_the_language() -> None:
    shown = {}
    for language in ("en", "it", "es", "fr"):
        with reading(language):
            shown[language] = formats.count(12345)
    assert shown == {"en": "12,345", "it": "12.345", "es": "12.345", "fr": "12\u202f345"}


@given(some.lists(some.integers(0, 10**6), min_size=1, max_size=5).filter(any))
def test_percentages_of_a_whole_say_100_together(parts: list[int]) -> None:
    with reading("en"):
        shown = formats.percents(parts)
    assert sum(int(text.rstrip("%")) for text in shown) == 100
    for part, text in zip(parts, shown, strict=True):
        assert abs(int(text.rstrip("%")) - 100 * part / sum(parts)) < 1


def test_percentages_of_nothing_are_zero() -> None:
    with reading("fr"):
        assert formats.percents([0, 0, 0]) == ["0\xa0%"] * 3


@pytest.mark.parametrize(
    ("span", "en", "it"),
    [
        (timedelta(seconds=59), "0 minutes", "0 minuti"),
        (timedelta(minutes=1), "1 minute", "1 minuto"),
        (timedelta(hours=1, minutes=59), "1 hour", "1 ora"),
        (timedelta(hours=47, minutes=59), "47 hours", "47 ore"),
        (timedelta(hours=-48), "2 days", "2 giorni"),
        (timedelta(days=9, hours=23), "9 days", "9 giorni"),
    ],
)
def test_a_span_never_says_more_than_there_is(span: timedelta, en: str, it: str) -> None:
    with reading("en"):
        assert formats.span(span) == en
    with reading("it"):
        assert formats.span(span) == it


def test_moments_are_told_by_the_clock_of_the_place() -> None:
    with reading("en"):
        assert formats.moment(NOON, "Europe/Rome") == "25 Mar 2026, 13:00"
        assert formats.moment(NOON + timedelta(days=4), "Europe/Rome") == "29 Mar 2026, 14:00"
    with reading("fr"):
        assert formats.moment(NOON, "Pacific/Auckland") == "26 mars 2026, 01:00"


def test_days() -> None:
    with reading("it"):
        assert formats.day(date(2026, 12, 1)) == "1 dic 2026"
        assert formats.short_day(date(2026, 12, 1)) == "1 dic"


def test_how_long_ago() -> None:
    with reading("es"):
        assert formats.ago(NOON - timedelta(hours=3), NOON) == "hace 3 horas"
        assert formats.ago(NOON + timedelta(seconds=30), NOON) == "ahora mismo"


def test_a_command_without_a_reader_speaks_english() -> None:
    assert formats.count(12345) == "12,345"
