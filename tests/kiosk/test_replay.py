"""Files given again as visits, and answers written to a file."""

import csv
import json
from datetime import datetime
from io import StringIO
from zoneinfo import ZoneInfo

import pytest

from common.history import Layout, read
from common.nps import SCORES
from common.responses import Channel, Consent, SealedContact
from common.table import COLUMNS
from kiosk.export import document, write_csv, write_lines
from kiosk.replay import Replayed, replay
from kiosk.storage.errors import StorageFull
from kiosk.storage.outbox import Kept, State
from tests.support.answers import NOON, a_response
from tests.support.kiosk import Kiosk, a_pairing

HEADER = "response_id,store,timestamp,score,comment,language\n"


def give(kiosk: Kiosk, text: str, **where: str) -> tuple[Replayed, list[tuple[int, str]]]:
    told: list[tuple[int, str]] = []
    snapshot = kiosk.ask(lambda s: s.snapshot())
    rows = read(StringIO(HEADER + text, newline=""), Layout({}), where)
    return replay(rows, kiosk.thread, snapshot, lambda line, reason: told.append((line, reason))), told


@pytest.fixture
def paired(kiosk: Kiosk) -> Kiosk:
    """Return a kiosk in Rome."""
    kiosk.ask(lambda s: s.pair(a_pairing()))
    return kiosk


def test_each_row_is_a_whole_visit_at_its_own_time(paired: Kiosk) -> None:
    done, _ = give(paired, "a,Roma,2026-03-29T14:05,0,Non va,it\n")
    assert done == Replayed(given=1)
    (kept,) = paired.kept()
    response = kept.response
    assert (kept.state, response.score) == (State.WAITING, 0)
    assert (response.comment, response.language) == ("Non va", "it")
    assert (response.touchpoint, response.channel, response.survey) == ("checkout", Channel.KIOSK, "standard")
    assert response.given_at == datetime(2026, 3, 29, 14, 5, tzinfo=ZoneInfo("Europe/Rome"))


def test_doing_it_again_changes_nothing(paired: Kiosk) -> None:
    text = "".join(f"r{n},Roma,2026-03-29,{n},c{n},en\n" for n in SCORES)
    assert give(paired, text)[0] == Replayed(given=11)
    before = paired.kept()
    assert give(paired, text)[0] == Replayed(known=11)
    assert paired.kept() == before
    assert [kept.response.score for kept in before] == list(SCORES)


def test_rows_that_are_no_answer_are_told_and_the_others_given(paired: Kiosk) -> None:
    done, told = give(
        paired, "a,Roma,2026-03-29,11,,\nb,,2026-03-29,5,,\nc,Roma,someday,5,,\nd,Roma,2026-03-29,5,,\n"
    )
    assert done == Replayed(given=1, rejected=3)
    assert [line for line, _ in told] == [2, 3, 4]


def test_a_comment_that_is_too_long_is_cut_and_told(paired: Kiosk) -> None:
    done, told = give(paired, f"a,Roma,2026-03-29,5,{'x' * 5000},\n")
    assert done == Replayed(given=1, cut=1)
    assert [line for line, _ in told] == [2]
    assert len(paired.kept()[0].response.comment) == 4000


def test_only_the_rows_that_are_wanted(paired: Kiosk) -> None:
    done, _ = give(paired, "a,Roma,2026-03-29,5,,\nb,Bari,2026-03-29,6,,\n", store="Bari")
    assert done == Replayed(given=1)
    assert paired.kept()[0].response.score == 6


def test_a_language_that_the_survey_is_not_asked_in_becomes_its_first(paired: Kiosk) -> None:
    give(paired, "a,Roma,2026-03-29,5,,sw\n")
    assert paired.kept()[0].response.language == "en"


def test_an_unpaired_kiosk_takes_the_times_for_its_own(kiosk: Kiosk) -> None:
    give(kiosk, "a,Roma,2026-03-29T12:00,5,,\nb,Roma,2026-03-29T12:00+05:00,5,,\n")
    first, second = (kept.response.given_at for kept in kiosk.kept())
    assert first == datetime(2026, 3, 29, 12).astimezone()
    assert second.isoformat() == "2026-03-29T12:00:00+05:00"


def test_a_row_that_cannot_be_kept_stops_it_and_a_second_run_goes_on(paired: Kiosk) -> None:
    text = "".join(f"r{n},Roma,2026-03-29,{n % 11},{'x' * 3000},en\n" for n in range(450))
    paired.ask(lambda s: s._db.execute("PRAGMA max_page_count = 400").fetchall())
    with pytest.raises(StorageFull):
        give(paired, text)
    kept = paired.totals().given
    assert 0 < kept < 450
    paired.ask(lambda s: s._db.execute("PRAGMA max_page_count = 100000").fetchall())
    assert give(paired, text)[0] == Replayed(given=450 - kept, known=kept)


SEALED = SealedContact("key-1", b"+\xff" * 30, Consent("standard-1", "it", NOON))


@pytest.mark.parametrize("score", SCORES)
def test_a_score_is_in_the_file_as_it_was_given(score: int) -> None:
    out = StringIO()
    assert write_csv([document(Kept(1, State.WAITING, None, a_response(score=score)), "roma")], out) == 1
    (row,) = csv.DictReader(StringIO(out.getvalue()))
    assert row["score"] == str(score)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "＝"])
def test_a_spreadsheet_runs_nothing_that_a_customer_wrote(start: str) -> None:
    comment = f'{start}HYPERLINK("https://evil.example","click")'
    kept = Kept(1, State.WAITING, None, a_response(comment=comment))
    out = StringIO()
    write_csv([document(kept, "=roma")], out)
    (row,) = csv.DictReader(StringIO(out.getvalue()))
    assert row["comment"] == f"'{comment}"
    assert row["store"] == "'=roma"


def test_both_files_say_everything_and_contact_stays_sealed() -> None:
    response = a_response(reasons=("staff", "price"), flags=("burst",), comment="a\nb", contact=SEALED)
    told = document(Kept(7, State.QUARANTINED, "bad_score", response), "roma")
    assert tuple(told) == COLUMNS
    lines, table = StringIO(), StringIO()
    assert (write_lines([told, told], lines), write_csv([told], table)) == (2, 1)
    assert json.loads(lines.getvalue().splitlines()[0]) == told
    (row,) = csv.DictReader(StringIO(table.getvalue(), newline=""))
    assert row["state"] == "quarantined"
    assert (row["reasons"], row["comment"], row["refusal"]) == ("staff;price", "a\nb", "bad_score")
    assert bytes.fromhex(row["contact_box"]) == SEALED.box


def test_an_exported_file_can_be_read_as_a_history() -> None:
    out = StringIO()
    write_csv([document(Kept(1, State.WAITING, None, a_response(score=0)), "roma")], out)
    (row,) = read(StringIO(out.getvalue()), Layout({}))
    assert (row.score, row.store, row.given_at) == (0, "roma", NOON)  # type: ignore[union-attr]
