"""What the manager's pages say: of today beside what is usual, of the trend and reasons, of the tablet."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from string import Formatter
from tomllib import loads

import pytest

from common.nps import Tally, answers_wanted, score, weight
from common.wire import Totals
from kiosk import words
from kiosk.results import Check, Overview, Period, Span, Step, Today
from kiosk.ui import report, standing
from kiosk.ui.checkup import PARTS
from kiosk.ui.frame import frame
from kiosk.ui.reader import Reader
from tests.support.answers import NOON

READER = Reader("en", "Roma Centro", UTC)


def a_period(span: Span, scores: Sequence[int], **reasons: tuple[int, int, int]) -> Period:
    tally = Tally.of(scores)
    return Period(span, tally, 0, score(tally), weight(tally.total), answers_wanted(tally.total), reasons)


def seen(scores: Sequence[int] = (), **parts: object) -> Overview:
    periods = tuple(a_period(span, scores) for span in Span)
    plain = Overview(periods, (), Totals(0, 0, 0, 0, None), None, None, paired=True)
    return replace(plain, **parts)  # type: ignore[arg-type]


def beside(today: Sequence[int], lately: Sequence[int], usual: float | None = None) -> list[str]:
    answers = Today(len(today), 3, usual, Tally.of(lately))
    return report.usual(READER, seen(today, today=answers)).split("\n")


def test_answers_so_far_stand_beside_the_usual_number_of_the_weekday() -> None:
    assert beside([9] * 14, [], 12.5)[0] == (
        "14 answers so far today. By this time on a Thursday there are usually about 12."
    )
    assert beside([9], [])[0] == "1 answer so far today. How many are usual is not known yet."
    assert beside([], [], 3.0)[0].startswith("No answers yet today. By this time")


@pytest.mark.parametrize(
    ("today", "lately", "said"),
    [
        ([9] * 8, [9] * 50, "Too few to say how today compares: about 2 more answers."),
        ([9] * 9, [9] * 50, "Too few to say how today compares: about 1 more answer."),
        ([9] * 20, [9] * 29, "There are too few earlier answers to compare today with."),
        ([9] * 20, [9] * 40 + [3] * 20, "Today is clearly better than the last 28 days (+33)."),
        ([3] * 20, [9] * 40 + [3] * 20, "Today is clearly worse than the last 28 days (+33)."),
        (
            [9] * 8 + [3] * 4,
            [9] * 40 + [3] * 20,
            "Today is not clearly different from the last 28 days (+33).",
        ),
    ],
)
def test_the_score_is_compared_only_as_far_as_the_answers_carry(
    today: list[int], lately: list[int], said: str
) -> None:
    assert beside(today, lately)[1] == said


def test_a_trend_has_gaps_where_there_are_too_few() -> None:
    since = datetime(2026, 3, 2, tzinfo=UTC)
    tallies = [Tally.of([9] * 10), Tally.of([9] * 9), Tally(), Tally.of([0] * 10)]
    steps = tuple(Step(since + timedelta(weeks=n), tally) for n, tally in enumerate(tallies))
    page = report.trend_page(READER, seen(weeks=steps), "weeks")
    assert [mark.points for mark in page.marks] == [100, None, None, -100]
    assert [mark.label for mark in page.marks] == ["2/3", "", "", "23/3"]
    assert "fewer than 10" in page.note
    empty = report.trend_page(READER, seen(weeks=steps[1:3]), "weeks")
    assert empty.note == "Too few answers for a picture yet: each point needs at least 10."


def test_reasons_are_ranked_and_named_even_those_of_an_old_survey() -> None:
    month = a_period(Span.MONTH, [9], price=(3, 1, 0), queue=(0, 0, 9), coda=(1, 0, 0), gone=(1, 0, 0))
    labels = {"it": {"queue": "Coda", "coda": "Coda", "gone": "Chiuso"}, "en": {"price": "Price"}}
    periods = (*seen().periods[:2], month)
    bars = report.trend_page(READER, seen(periods=periods, labels=labels), "days").reasons
    assert [(bar.label, bar.count, bar.part) for bar in bars] == [
        ("Coda", "10", 1.0), ("Price", "4", 0.4), ("Chiuso", "1", 0.1),
    ]  # fmt: skip
    assert bars[1].sentence == "0–6: 3  ·  7–8: 1  ·  9–10: 0"


def strip(**parts: object) -> str:
    return standing.strip(READER, replace(seen(), **parts), NOON)  # type: ignore[arg-type]


def test_the_tablet_says_in_one_line_where_the_answers_are() -> None:
    at = datetime(2026, 3, 29, 9, 40, tzinfo=UTC)
    waits = Totals(37, 0, 37, 0, at)
    assert strip(totals=Totals(1204, 1204, 0, 0, None)) == "All 1,204 answers are at head office."
    assert strip(totals=waits, last_sync=NOON) == "37 answers go to head office with the next contact."
    assert strip(totals=waits, last_error="offline") == (
        "37 answers wait for the network since 09:40."
        " Head office cannot be reached just now. Is there a network?"
    )
    one = Totals(1, 0, 1, 0, at)
    assert strip(totals=one).startswith("1 answer waits for the network since 09:40.")


def test_the_tablets_page_says_what_was_decided_here_and_head_office_has_not_heard() -> None:
    def state(**parts: object) -> str:
        tablet = replace(seen(), totals=Totals(9, 9, 0, 0, None), **parts)  # type: ignore[arg-type]
        return standing.tablet_page(READER, tablet, NOON, told="", unwritten=(), busy=False).state

    there = "All 9 answers are at head office."
    assert state(untold=0).startswith(f"{there} There has been")
    assert state(untold=1).startswith(f"{there} 1 decision about an answer goes to head office with the next")
    assert state(untold=2).startswith(f"{there} 2 decisions about answers go to head office with the next")
    assert "decision" not in state(untold=1, paired=False)


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"paired": False}, "not paired"),
        ({"cramped": 9.7}, "a number is 9 mm wide on this screen, and fingers need 12"),
        ({"broken_files": ("a.broken",)}, "a.broken"),
        ({"free_disk": 100}, "nearly full"),
        ({"broken_settings": "no hours"}, "settings.json on this tablet cannot be used"),
        ({"last_error": "revoked_device"}, "closed this tablet’s access"),
        ({"last_error": "something new"}, "something new"),
        ({"totals": Totals(3, 2, 0, 1, None)}, "1 answer was not taken by head office."),
        ({"offset": -3 * 86_400_000}, "The tablet’s clock is 3 days ahead."),
    ],
)
def test_the_worst_trouble_stands_beside_them(parts: dict[str, object], said: str) -> None:
    assert said in strip(**parts)


def test_no_reason_in_english_stands_in_a_sentence_of_another_language() -> None:
    for language in words.LANGUAGES:
        said = standing.strip(Reader(language, "Roma Centro", UTC), seen(broken_settings="no hours"), NOON)
        assert "settings.json" in said
        assert "no hours" not in said


@pytest.mark.parametrize(
    ("offset", "said"),
    [
        (-86_400_000, "1 day ahead"), (7_200_000, "2 hours behind"), (-3_600_000, "1 hour ahead"),
        (180_000, "3 minutes behind"), (40 * 86_400_000, "40 days behind"),
    ],
)  # fmt: skip
def test_how_wrong_the_clock_is(offset: int, said: str) -> None:
    assert standing.is_clock_off(offset)
    assert said in standing.clock(READER, offset)


@pytest.mark.parametrize("offset", [None, 0, 119_000, -119_000])
def test_a_clock_that_is_right_or_unknown_is_no_trouble(offset: int | None) -> None:
    assert not standing.is_clock_off(offset)
    assert "clock" not in strip(offset=offset)


def test_a_check_is_told_with_its_date() -> None:
    well = Check(NOON - timedelta(days=1), dict.fromkeys(PARTS, True))
    assert standing.checked(READER, well, NOON) == "Installation check, 28/3, 12:00: all is well."
    assert standing.checked(READER, None, NOON).startswith("No installation check")


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_language_has_every_sentence_with_the_same_names(language: str) -> None:
    def names(code: str) -> dict[tuple[str, str], set[str | None]]:
        tables = loads((files(words) / f"{code}.toml").read_text("utf-8"))
        return {
            (section, key): {name for _, name, _, _ in Formatter().parse(sentence) if name}
            for section, table in tables.items()
            for key, sentence in table.items()
        }

    assert names(language) == names("en")


def test_a_store_without_a_name_is_a_heading_all_the_same() -> None:
    assert frame(Reader("it", "questo negozio", UTC), "today").store == "Questo negozio"
