"""Contact details in a batch: which open a case, how they are stored, which are refused."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from common.responses import Contact, SealedContact
from common.sealing import new_private_key
from common.sealing import public_key as a_public_key
from common.wire import Code, Outcome, Verdict
from hub.db import reading, writing
from hub.followup.tables import cases
from hub.privacy.queries import withdraw
from tests.hub.conftest import Clock
from tests.support.answers import NOON, a_response, an_id
from tests.support.books import assert_balanced, case_ids, stored_rows
from tests.support.contacts import ANNA, reachable, sealed
from tests.support.tablet import Tablet


def test_an_unhappy_customer_with_contact_details_has_a_case(
    tablet: Tablet, engine: Engine, clock: Clock
) -> None:
    key = tablet.public_key
    tablet.give(
        reachable(1, key, score=6),
        reachable(2, key, score=0),
        reachable(3, key, score=7),
        a_response(4, score=0),
    )
    assert case_ids(engine) == {an_id(1), an_id(2)}
    with reading(engine) as connection:
        [row] = connection.execute(select(cases).where(cases.c.response == an_id(1))).all()
    assert (row.store, row.opened_at, row.due_at) == ("rome", clock(), clock() + timedelta(hours=48))
    tablet.post(tablet.document(tablet.number(reachable(1, key, score=6))))
    assert len(case_ids(engine)) == 2


def test_contact_details_are_stored_sealed_with_their_consent_and_hashes(
    tablet: Tablet, engine: Engine
) -> None:
    response = reachable(1, tablet.public_key)
    tablet.give(response, reachable(2, tablet.public_key), reachable(3, tablet.public_key))
    rows = stored_rows(engine)
    first, second = rows[an_id(1)], rows[an_id(2)]
    assert response.contact is not None
    assert first["contact_box"] == response.contact.box
    assert ANNA.email.encode() not in first["contact_box"]
    assert (first["consent_text"], first["consent_language"], first["consent_at"]) == (
        "standard-1",
        "en",
        NOON,
    )
    assert first["email_hash"] == second["email_hash"] != first["phone_hash"] == second["phone_hash"]


def test_w2_contact_details_that_come_later_complete_an_answer_that_never_had_any(
    tablet: Tablet, engine: Engine, clock: Clock
) -> None:
    key = tablet.public_key
    bare = tablet.number(a_response(1, score=2), a_response(2, score=9))
    tablet.sync(bare)
    whole = (reachable(1, key, score=2), reachable(2, key, score=9))
    late = [replace(item, response=response) for item, response in zip(bare, whole, strict=True)]
    receipt = tablet.post(tablet.document(late)).document
    assert [verdict["outcome"] for verdict in receipt["verdicts"]] == ["duplicate"] * 2
    assert case_ids(engine) == {an_id(1)}
    rows = stored_rows(engine)
    assert all(rows[an_id(number)]["contact_box"] and rows[an_id(number)]["email_hash"] for number in (1, 2))
    with writing(engine) as connection:
        withdraw(connection, [an_id(1)], "boss", clock())
    tablet.post(tablet.document(late))
    assert case_ids(engine) == set()
    assert stored_rows(engine)[an_id(1)]["contact_box"] is None
    assert_balanced(engine)


def test_w2_the_later_one_of_two_in_a_batch_completes_the_first(tablet: Tablet, engine: Engine) -> None:
    bare, whole = a_response(1, score=2), reachable(1, tablet.public_key, score=2)
    receipt = tablet.give(bare, whole)
    assert [verdict.outcome for verdict in receipt.verdicts] == [Outcome.ACCEPTED, Outcome.DUPLICATE]
    assert case_ids(engine) == {an_id(1)}


def test_w2_contact_details_that_come_later_and_reach_nobody_are_refused(
    tablet: Tablet, engine: Engine
) -> None:
    tablet.give(a_response(1, score=2))
    contact = next(bad_contacts(tablet.public_key))
    receipt = tablet.sync(tablet.number(a_response(1, score=2, contact=contact)))
    assert receipt.verdicts == [Verdict(an_id(1), Outcome.REFUSED, Code.BAD_CONTACT)]
    assert case_ids(engine) == set()


def bad_contacts(public_key: bytes) -> Iterator[SealedContact]:
    """Give contact details that are not those of answer 1, or of nobody who can be reached."""
    yield sealed(ANNA, an_id(2), public_key)
    yield sealed(ANNA, an_id(1), a_public_key(new_private_key()))
    yield replace(sealed(ANNA, an_id(1), public_key), key="0123456789abcdef")
    yield replace(sealed(ANNA, an_id(1), public_key), box=bytes(100))
    yield sealed(Contact(), an_id(1), public_key)
    yield sealed(Contact(email="not an address"), an_id(1), public_key)
    yield sealed(Contact(email="anna@example.org", phone="call me"), an_id(1), public_key)


@pytest.mark.parametrize("number", range(7))
def test_contact_details_that_reach_nobody_are_refused(tablet: Tablet, engine: Engine, number: int) -> None:
    contact = list(bad_contacts(tablet.public_key))[number]
    receipt = tablet.give(a_response(1, contact=contact), a_response(2))
    assert receipt.verdicts == [
        Verdict(an_id(1), Outcome.REFUSED, Code.BAD_CONTACT),
        Verdict(an_id(2), Outcome.ACCEPTED),
    ]
    assert case_ids(engine) == set()
    assert_balanced(engine)
