"""A short run of what `dev.py fuzz` does at length, and proof that it would notice."""

from pathlib import Path

from tests.fuzzing.command import line
from tests.fuzzing.inputs import Input, Inputs, Known, cases_of
from tests.fuzzing.run import MOST_GROWTH, Report, clients, fuzz, memory, unread
from tests.support.hub import serving

KNOWN = Known(["key"], ["code"], ["program"])


def test_requests_that_no_kiosk_sends_break_nothing(tmp_path: Path) -> None:
    report = fuzz(1000, 7, tmp_path, cases=2)
    assert report.complaints() == []
    assert report.statuses[200] > 100
    assert report.statuses[400] > 100
    assert report.statuses[500] == 0
    assert report.generated >= 20
    assert "0 answered 500" in line(7, report)


def test_the_hub_gives_back_what_the_largest_requests_took(tmp_path: Path) -> None:
    with serving(tmp_path / "hub") as hub, clients(hub) as send:
        hub.add_store("rome")
        inputs = Inputs(1, Known([hub.pair("rome").key], [], []), 2)
        before = memory(hub)
        statuses = {status for _, _, status in send(list(inputs.largest()))}
        grown = memory(hub) - before
    assert statuses == {200, 400, 413}
    assert grown < MOST_GROWTH


def test_the_same_seed_makes_the_same_inputs() -> None:
    first, again, other = (list(Inputs(seed, KNOWN, 2).make(60)) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_programs_ask_for_pages_that_there_are_not_and_by_words_that_are_none() -> None:
    inputs = [each for each in Inputs(1, KNOWN, 2).make(2000) if each.path == "/api/v1/fleet"]
    assert len(inputs) > 20
    assert not any(each.body for each in inputs)
    assert any("page=" in each.target for each in inputs)
    known = [each for each in inputs if each.headers["Authorization"] == "Bearer program"]
    assert len(known) > 0.9 * len(inputs)


def test_schemathesis_makes_what_the_hub_accepts_and_what_it_must_not() -> None:
    documents = [case.document for case in cases_of("/api/v1/pairing/key", 3)]
    good = [isinstance(each, dict) and isinstance(each.get("device_code"), str) for each in documents]
    assert any(good)
    assert not all(good)


def test_a_status_that_is_not_described_is_noticed(tmp_path: Path) -> None:
    strange = Input("/api/v1/pairing", {}, b"", None)
    with serving(tmp_path / "hub") as hub, clients(hub) as send:
        send.told[strange.path] = {500}
        [(_, complaint, status)] = send([strange])
    assert (complaint, status) == ("status 200 is none that the description names", 200)


def test_growth_and_whatever_else_a_reader_raises_are_noticed() -> None:
    assert Report(before=0, after=MOST_GROWTH).complaints() == []
    assert len(Report(before=0, after=MOST_GROWTH + 1).complaints()) == 1
    assert list(unread({"protocol": 1})) == []
    assert list(unread("7", [(int, ValueError)])) == []
    assert list(unread("seven", [(int, ValueError)])) == []
    assert len(list(unread("seven", [(int, KeyError)]))) == 1
