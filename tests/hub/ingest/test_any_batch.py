"""Whatever JSON comes, the hub answers with a receipt or a problem, and its books stay right."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import Engine

from common.wire import Code, Numbered, Refusal, read_batch
from common.wire.items import item_document
from tests.support.answers import a_response
from tests.support.books import counted, stored_rows
from tests.support.strategies import any_json, responses
from tests.support.tablet import Tablet

HIGH = 2**53 - 1
COUNTS = ("given", "delivered", "waiting", "quarantined")
EXTREMES = ("1900-01-01T00:00:00+14:00", "2999-12-31T23:59:59-12:00")

envelopes = some.fixed_dictionaries(
    {},
    optional={
        "totals": some.fixed_dictionaries(
            {
                name: some.sampled_from([0, 1, HIGH])
                for name in ("given", "delivered", "waiting", "quarantined")
            }
            | {
                "oldest_waiting": some.sampled_from(
                    [None, "1970-01-01T00:00:00+14:00", "2199-12-31T23:59:59Z"]
                )
            }
        ),
        "health": some.fixed_dictionaries(
            {
                "app": any_json,
                "survey": some.sampled_from([0, HIGH]),
                "free_disk": some.sampled_from([0, HIGH]),
                "offset": some.sampled_from([None, -HIGH, HIGH]),
            }
        ),
        "sent_at": some.sampled_from(EXTREMES) | any_json,
        "protocol": any_json,
        "responses": any_json,
        "more": any_json,
    },
)
parts = some.sampled_from(sorted(item_document(Numbered(1, a_response()))))
"""Parts of a response, each of which may be anything."""


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=envelopes, spoiled=some.dictionaries(parts, any_json, max_size=3), other=responses)
def test_any_json_gets_a_receipt_or_a_problem(
    tablet: Tablet, engine: Engine, changes: dict[str, Any], spoiled: dict[str, Any], other: Any
) -> None:
    number = tablet.sequence
    items = tablet.number(a_response(number), a_response(number + 1), other)
    document = tablet.document(items)
    document["responses"][0] |= spoiled
    reply = tablet.post(document | changes)
    assert reply.status in (200, 400)
    if reply.status == 200:
        judged = read_batch(document | changes).items
        verdicts = reply.document["verdicts"]
        assert len(verdicts) == len(judged)
        for verdict, item in zip(verdicts, judged, strict=True):
            if isinstance(item, Refusal):
                assert verdict == {"id": item.id, "outcome": "refused", "code": item.code}
            assert ("code" in verdict) == (verdict["outcome"] == "refused")
            assert verdict.get("code") in {None, *Code}
    assert counted(engine).total == len(stored_rows(engine))
