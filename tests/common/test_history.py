"""A history file is read row by row; what is no answer is named with its line."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from io import StringIO
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from common.history import Layout, NotAHistory, Rejected, Row, check_encoding, identity, is_date_format, read
from tests.support.history import HEADER, a_row
from tests.support.strategies import times

OURS = Layout({})


def rows(text: str, layout: Layout = OURS, **where: str) -> list[Row | Rejected]:
    """Read a text as if it were a file, its line ends left as they are."""
    return list(read(StringIO(text, newline=""), layout, where))


def a_file(**changes: str) -> str:
    """Return a header and one line with some columns changed."""
    return HEADER + a_row(1, **changes)


def only(text: str, layout: Layout = OURS) -> Row | Rejected:
    (row,) = rows(text, layout)
    return row


def test_a_row_as_it_stands() -> None:
    assert only(a_file(comment=" Ciao ")) == Row(
        line=2,
        response_id="A1",
        store="Milano",
        given_at=datetime.fromisoformat("2026-03-28T14:05"),
        score=9,
        comment="Ciao",
        language="it",
        channel="web",
        touchpoint="Checkout",
    )


@pytest.mark.parametrize("score", range(11))
def test_every_score(score: int) -> None:
    row = only(a_file(score=str(score)))
    assert isinstance(row, Row)
    assert row.score == score


@pytest.mark.parametrize("score", ["-1", "11", "7.0", "1_0", "+7", "٣", "seven", "1e1", "0x1", "9" * 5000])
def test_what_is_no_score(score: str) -> None:
    row = only(a_file(score=score))
    assert isinstance(row, Rejected)
    assert row.line == 2
    assert row.reason == f"{score[:40]!r} is no score from 0 to 10"


@pytest.mark.parametrize("column", ["response_id", "store", "timestamp", "score"])
@pytest.mark.parametrize("value", ["", "  "])
def test_a_required_value_is_missing(column: str, value: str) -> None:
    assert only(a_file(**{column: value})) == Rejected(2, f"no {column}")


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("2026-03-28", "2026-03-28T12:00"),
        ("20260328", "2026-03-28T12:00"),
        ("2026-03-28 00:00", "2026-03-28T00:00"),
        ("2026-03-28T23:59:59", "2026-03-28T23:59:59"),
        ("2026-03-28T14:05Z", "2026-03-28T14:05+00:00"),
        ("2026-03-28T14:05+02:00", "2026-03-28T14:05+02:00"),
    ],
)
def test_iso_times(written: str, read_as: str) -> None:
    row = only(a_file(timestamp=written))
    assert isinstance(row, Row)
    assert row.given_at == datetime.fromisoformat(read_as)


@pytest.mark.parametrize("written", ["yesterday", "28/03/2026", "2026-02-30", "1"])
def test_what_is_no_time(written: str) -> None:
    row = only(a_file(timestamp=written))
    assert row == Rejected(2, f"'{written}' is no time (ISO 8601, for example 2026-03-29T14:05)")


@pytest.mark.parametrize("written", ["1969-12-31", "2200-01-01", "0001-01-01T00:00"])
def test_a_time_of_another_age_is_told_from_none(written: str) -> None:
    assert only(a_file(timestamp=written)) == Rejected(2, f"'{written}' is not of the years 1970 to 2199")


MIXED = Layout({}, ("%d/%m/%Y", "%m/%d/%Y"))


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("30/09/2021", "2021-09-30T12:00"),
        ("09/30/2021", "2021-09-30T12:00"),
        ("03/04/2021", "2021-04-03T12:00"),
    ],
)
def test_mixed_dates_take_the_first_notation_that_fits(written: str, read_as: str) -> None:
    row = only(a_file(timestamp=written), MIXED)
    assert isinstance(row, Row)
    assert row.given_at == datetime.fromisoformat(read_as)


def test_a_notation_with_hours_keeps_them() -> None:
    row = only(a_file(timestamp="28.03.2026 00.30"), Layout({}, ("%d.%m.%Y %H.%M",)))
    assert isinstance(row, Row)
    assert row.given_at == datetime.fromisoformat("2026-03-28T00:30")


def test_no_notation_fits() -> None:
    row = only(a_file(timestamp="31/31/2021"), MIXED)
    assert row == Rejected(2, "'31/31/2021' is no time (%d/%m/%Y or %m/%d/%Y)")


def test_other_names_for_our_columns() -> None:
    text = "id,shop,when,points,lang\n7,Roma,2026-03-28,0,fr\n"
    names = {"response_id": "id", "store": "shop", "timestamp": "when", "score": "points", "language": "lang"}
    row = only(text, Layout(names))
    assert isinstance(row, Row)
    assert (row.response_id, row.store, row.score, row.language) == ("7", "Roma", 0, "fr")
    assert (row.comment, row.channel, row.touchpoint) == ("", "", "")
    assert only(text.replace("Roma", ""), Layout(names)) == Rejected(2, "no shop")


@pytest.mark.parametrize(
    ("text", "layout", "said"),
    [
        ("", OURS, "no column 'response_id'; the file has: nothing"),
        ("response_id,store,score\n", OURS, "no column 'timestamp'; the file has: response_id, store, score"),
        (HEADER, Layout({"comment": "coment"}), "no column 'coment'"),
        ('"response_id\n', OURS, "the header is no CSV"),
    ],
)
def test_what_is_no_history(text: str, layout: Layout, said: str) -> None:
    with pytest.raises(NotAHistory, match=said):
        rows(text, layout)


def test_an_unknown_column_to_choose_by() -> None:
    with pytest.raises(NotAHistory, match="no column 'shop' to choose by"):
        rows(a_file(), shop="Milano")


def test_a_header_alone_has_no_rows() -> None:
    assert rows(HEADER) == []


def test_a_byte_order_mark_is_no_part_of_the_first_column() -> None:
    assert rows("\ufeff" + a_file()) == rows(a_file())
    assert rows("\ufeff" + a_file().replace("response_id", '"response_id"')) == rows(a_file())


def test_line_numbers_are_those_of_an_editor() -> None:
    text = (
        HEADER
        + 'A1,Milano,2026-03-28,9,"two\nlines",it,web,x\n'
        + "\n"
        + "A2,Milano,2026-03-28,x,,it,web,x\n"
        + 'A3,Milano,2026-03-28,0,"three\r\nmore\r\nlines",it,web,x\r\n'
        + "A4,,2026-03-28,8,,it,web,x\n"
    )
    found = rows(text)
    assert [row.line for row in found] == [3, 5, 8, 9]
    assert [type(row) for row in found] == [Row, Rejected, Row, Rejected]
    assert isinstance(found[2], Row)
    assert found[2].comment == "three\nmore\nlines"


def test_broken_csv_is_named_by_its_line_and_the_rest_is_read() -> None:
    text = HEADER + 'A1,Milano,2026-03-28,9,"a"b,it,web,x\n' + "A2,Milano,2026-03-28,8,,it,web,x\n"
    broken, good = rows(text)
    assert isinstance(broken, Rejected)
    assert (broken.line, broken.reason[:10]) == (2, "broken CSV")
    assert isinstance(good, Row)
    assert (good.line, good.response_id) == (3, "A2")


def test_an_open_quote_swallows_to_the_end_and_is_reported() -> None:
    text = a_file() + 'A2,Milano,2026-03-28,8,"never closed,it,web,x\nA3,Milano,2026-03-28,8,,it,web,x\n'
    good, broken = rows(text)
    assert isinstance(good, Row)
    assert isinstance(broken, Rejected)
    assert broken == Rejected(4, "broken CSV from line 3 on: unexpected end of data")


def test_a_comma_that_nobody_quoted_shifts_the_columns_and_is_rejected() -> None:
    found = only(HEADER + "A1,Milano,2026-03-28,9,good, but slow,it,web,x\n")
    assert found == Rejected(2, "9 values for 8 columns")


def test_a_short_row_lacks_only_what_it_lacks() -> None:
    row = only(HEADER + "A1,Milano,2026-03-28,9\n")
    assert isinstance(row, Row)
    assert (row.comment, row.language, row.channel) == ("", "", "")


def test_where_keeps_the_rows_of_a_store_and_those_that_name_none() -> None:
    text = a_file() + "A2,Roma,2026-03-28,8,,it,web,x\n" + "A3,,2026-03-28,8,,it,web,x\n"
    nobodys = Rejected(4, "no store")
    assert [row.line for row in rows(text, store="Roma")] == [3, 4]
    assert rows(text, store="") == rows(text, store="Napoli") == [nobodys]
    assert rows(text, touchpoint="y") == []


def test_codes_keep_the_spaces_and_slashes_inside() -> None:
    row = only(a_file(store=" NEAS/PTS  - Transport "))
    assert isinstance(row, Row)
    assert row.store == "NEAS/PTS  - Transport"


@pytest.mark.parametrize(
    ("typed", "kept", "cut"),
    [
        ("x" * 4000, 4000, False),
        ("x" * 4001, 4000, True),
        ("x\0" * 3000, 3000, False),
        ("🙂" * 9000, 4000, True),
    ],
)
def test_a_long_comment_is_cut_and_says_so(typed: str, kept: int, cut: bool) -> None:
    row = only(a_file(comment=typed))
    assert isinstance(row, Row)
    assert (len(row.comment), row.cut) == (kept, cut)


def test_a_comment_of_a_megabyte_is_one_answer() -> None:
    row = only(a_file(comment="x" * 2**20))
    assert isinstance(row, Row)
    assert (len(row.comment), row.cut) == (4000, True)


def test_rows_come_one_by_one() -> None:
    def endless() -> Iterator[str]:
        yield HEADER
        while True:
            yield "A1,Milano,2026-03-28,9,,it,web,x\n"

    reading = read(endless(), OURS)
    assert [row.line for row in (next(reading), next(reading))] == [2, 3]


@given(some.lists(some.text(), min_size=1), times)
def test_identity_is_a_stable_uuid7(source: list[str], given_at: datetime) -> None:
    made = UUID(identity(*source, given_at=given_at))
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert str(made) == identity(*source, given_at=given_at)
    assert made.int >> 80 == (given_at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


@given(some.lists(some.tuples(some.text(), some.text()), unique=True, min_size=2, max_size=20), times)
def test_other_sources_have_other_identities(sources: list[tuple[str, str]], given_at: datetime) -> None:
    assert len({identity(*source, given_at=given_at) for source in sources}) == len(sources)


def test_identity_knows_the_moment_not_its_spelling() -> None:
    noon = datetime(2026, 3, 28, 12, tzinfo=UTC)
    rome = noon.astimezone(timezone(timedelta(hours=1)))
    assert identity("a", given_at=noon) == identity("a", given_at=rome)
    assert identity("a", given_at=noon) == identity("a", given_at=noon.replace(tzinfo=None))
    assert identity("a", given_at=noon) != identity("a", given_at=noon + timedelta(milliseconds=1))


@pytest.mark.parametrize(
    ("text", "byte", "value"),
    [
        (b"abc\xe9def", 4, "0xe9"),
        (b"\xff\xfea\0", 1, "0xff"),
        ("è".encode() + b"\xc3", 3, "0xc3"),
        (b"\xc3(", 1, "0xc3"),
    ],
)
def test_the_first_byte_that_is_not_utf8_is_named(text: bytes, byte: int, value: str) -> None:
    with pytest.raises(NotAHistory, match=f"byte {byte} is {value}"):
        check_encoding([text])


@given(some.text(min_size=1), some.integers(1, 5))
def test_utf8_in_any_blocks_is_good(text: str, size: int) -> None:
    content = text.encode("utf-8", "replace")
    check_encoding(content[start : start + size] for start in range(0, len(content), size))


@given(some.text(), some.integers(1, 5), some.text())
def test_a_wrong_byte_is_found_in_any_blocks(before: str, size: int, after: str) -> None:
    good = before.encode("utf-8", "replace")
    content = good + b"\xff" + after.encode("utf-8", "replace")
    with pytest.raises(NotAHistory, match=f"byte {len(good) + 1} is 0xff"):
        check_encoding(content[start : start + size] for start in range(0, len(content), size))


@pytest.mark.parametrize(
    ("day", "month", "ambiguous"),
    [(2, 3, True), (3, 3, False), (13, 3, False)],
)
def test_a_time_with_two_readings_is_known_as_such(day: int, month: int, ambiguous: bool) -> None:
    row = only(a_file(timestamp=f"{day:02}/{month:02}/2026"), Layout({}, ("%d/%m/%Y", "%m/%d/%Y")))
    assert isinstance(row, Row)
    assert (row.given_at, row.ambiguous) == (
        datetime.fromisoformat(f"2026-{month:02}-{day:02}T12:00"),
        ambiguous,
    )


@pytest.mark.parametrize(
    "text", ["%d/%m/%Y", "%m/%d/%y %I:%M %p", "%G-W%V-%u", "%Y-%m-%dT%H:%M:%S%z", "%d %B %Y"]
)
def test_a_date_format_tells_day_month_and_year(text: str) -> None:
    assert is_date_format(text)


@pytest.mark.parametrize("text", ["%Q", "%d/%m", "%H:%M", "29/03/2026", "", "%", "%Y-%m-%d %"])
def test_what_tells_no_day_is_no_date_format(text: str) -> None:
    assert not is_date_format(text)
