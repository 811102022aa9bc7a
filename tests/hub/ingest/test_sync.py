"""A batch in, a receipt out: what is stored, what is counted, what is told."""

from sqlalchemy import Engine

from common.wire import Outcome, Verdict
from tests.support.answers import a_response, an_id
from tests.support.tablet import Tablet


def test_a_batch_is_stored_and_acknowledged(tablet: Tablet, engine: Engine) -> None:
    receipt = tablet.give(a_response(1, score=0), a_response(2, score=10))
    assert receipt.verdicts == [Verdict(an_id(1), Outcome.ACCEPTED), Verdict(an_id(2), Outcome.ACCEPTED)]
    assert receipt.store_name == "Da Vinci"
