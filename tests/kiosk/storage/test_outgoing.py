"""Answers that wait, written by SQLite and by Python: the same JSON."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from common.responses import Response
from common.wire import Code, Refusal
from common.wire.items import item_document, read_item
from kiosk.config import Config
from kiosk.storage.clocks import WRITTEN, Boots
from kiosk.storage.outgoing import waiting, written
from kiosk.storage.store import Storage
from kiosk.storage.ticks import Reading
from tests.support.answers import an_id
from tests.support.kiosk import Kiosk, read
from tests.support.strategies import responses

MEASURED = {"first": (1_000, 1_774_000_000_000), "second": (-5, 2**40), "wild": (0, 2**52)}
BOOTS = Boots("now", MEASURED)

taps = some.none() | some.builds(
    Reading, some.sampled_from(["now", *MEASURED, "forgotten", WRITTEN]), some.integers(-(2**45), 2**45)
)


@pytest.fixture(scope="module")
def tablet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kiosk]:
    """Return a kiosk for all examples, because making one takes longer than an example."""
    kiosk = Kiosk(Config(data=tmp_path_factory.mktemp("tablet")))
    yield kiosk
    kiosk.close()


@settings(max_examples=100, deadline=None)
@given(some.lists(some.tuples(responses, taps), min_size=1, max_size=12))
def test_sqlite_writes_what_python_writes(
    tablet: Kiosk, given: list[tuple[Response, Reading | None]]
) -> None:
    def compare(storage: Storage) -> None:
        before = storage.outbox.totals().given
        answers = [replace(response, id=an_id(before + n)) for n, (response, _) in enumerate(given, 1)]
        with storage.together():
            for answer, (_, tapped) in zip(answers, given, strict=True):
                storage.outbox.save(answer, tapped)
                storage.outbox.finish(answer.id)
        found = waiting(storage._db, "", before, 100, BOOTS)
        assert [row[2] for row in found] == [answer.id for answer in answers]
        for (place, *_, has_contact, text), answer in zip(found, answers, strict=True):
            by_python = written(storage._db, place, BOOTS)
            assert by_python
            assert read(by_python).response == answer
            assert bool(has_contact) is (answer.contact is not None) is (text is None)
            assert text is None or json.loads(text) == json.loads(by_python.text)

    tablet.ask(compare)


def test_what_is_empty_does_not_travel(kiosk: Kiosk) -> None:
    kiosk.give_many(1)
    (answer,) = kiosk.ask(lambda s: s.outbox.batch(9))
    assert list(json.loads(answer.text)) == list(item_document(read(answer)))


@pytest.mark.parametrize(
    "damage",
    [
        "kind = 'relat'",
        "channel = 'kiosk\x01'",
        "channel = x'00'",
        "given_at = '2026-03-25T12:00:0'",
        "given_at = 'yesterday'",
        "given_at = x'ff'",
        "reasons = '[\"staff\"'",
        "reasons = '5'",
        "survey = x'ff'",
        "comment = x'00'",
        "given_at = CAST(given_at AS BLOB)",
        "version = x'01'",
        "boot = 'now', ticks = x'01'",
        "contact_box = 'text'",
        "contact_box = x'00', consent_text = x'00', consent_at = given_at",
        f"reasons = '{'[' * 2000}{']' * 2000}'",
        "id = CAST(x'ff' AS TEXT), reasons = '5x'",
        "id = upper(id)",
        "id = substr(id, 2)",
        "id = 'a' || char(9) || substr(id, 3)",
        "flags = ''",
        "flags = x'5b'",
    ],
)
def test_a_damaged_row_holds_up_no_other(kiosk: Kiosk, damage: str) -> None:
    kiosk.give_many(3)
    kiosk.ask(lambda s: s._db.execute(f"UPDATE responses SET {damage} WHERE id = ?", [an_id(2)]))
    found = kiosk.ask(lambda s: s.outbox.batch(9, boots=BOOTS))
    assert [answer.id for answer in found] == [an_id(1), an_id(3)]
    assert kiosk.totals().quarantined == 1


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        ("survey = ''", Code.BAD_NAME),
        ("version = 'two'", Code.UNKNOWN_SURVEY),
        ("language = ''", Code.BAD_NAME),
        ("given_at = '2026-02-31T12:00:00.000+00:00'", Code.BAD_TIME),
        ("reasons = '[{}]'", Code.BAD_NAME),
        ("comment = 'a' || char(0)", Code.BAD_COMMENT),
    ],
)
def test_damage_that_only_the_hub_can_tell_is_left_to_it(kiosk: Kiosk, damage: str, code: Code) -> None:
    kiosk.give_many(3)
    kiosk.ask(lambda s: s._db.execute(f"UPDATE responses SET {damage} WHERE id = ?", [an_id(2)]))
    answers = [json.loads(answer.text) for answer in kiosk.ask(lambda s: s.outbox.batch(9))]
    assert [read_item(answer) for answer in answers if answer["sequence"] == 2] == [Refusal(an_id(2), code)]
    assert len(answers) == 3
