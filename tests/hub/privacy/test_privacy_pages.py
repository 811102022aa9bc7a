"""The pages for customers who want something deleted."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from hub.db import reading
from hub.db.audit import audit
from hub.responses.tables import responses
from tests.hub.followup.test_followup_pages import give
from tests.support.answers import an_id
from tests.support.chain import MANAGER, open_two_stores
from tests.support.reader import Reader


@pytest.fixture
def reader(app: Flask, client: FlaskClient) -> Reader:
    open_two_stores(app)
    give(app, 1)
    give(app, 2, "MILANO")
    reader = Reader(client)
    reader.sign_in()
    return reader


def left(engine: Engine) -> list[str]:
    with reading(engine) as connection:
        some = responses.c.contact_box.is_not(None)
        return list(connection.execute(select(responses.c.id).where(some)).scalars())


def delete(reader: Reader, what: str) -> None:
    form = next(form for form in reader.page.forms if form.fields.get("what") == what)
    answers = [field for field in [form.fields["answer"]] if field]
    reader.page = type(reader.page)(
        reader.client.post(form.action, data=form.fields | {"answer": answers}, follow_redirects=True)
    )


def test_contact_details_are_found_by_what_the_customer_says_and_deleted(
    reader: Reader, engine: Engine
) -> None:
    reader.get("/privacy")
    page = reader.send("/privacy", who="customer1@example.com")
    assert "Roma Centro" in page.text
    assert "Milano Centro" not in page.text
    assert page.text.count("This cannot be undone.") == 2
    delete(reader, "contacts")
    assert "The contact details were deleted." in reader.page.text
    assert left(engine) == [an_id(2)]
    assert an_id(1) not in reader.get("/follow-up").html
    with reading(engine) as connection:
        said = " ".join(str(tuple(row)) for row in connection.execute(select(audit)))
    assert "contact details deleted" in said
    assert "customer1" not in said


def test_one_case_leads_there(reader: Reader, engine: Engine) -> None:
    page = reader.get(f"/follow-up/{an_id(2)}")
    assert f"/privacy/answers/{an_id(2)}" in page.links
    reader.get(f"/privacy/answers/{an_id(2)}")
    delete(reader, "answers")
    assert "They count no more." in reader.page.text
    with reading(engine) as connection:
        assert connection.execute(select(responses.c.id)).scalars().all() == [an_id(1)]
    assert reader.get(f"/privacy/answers/{an_id(2)}").status == 404


@pytest.mark.parametrize(
    ("who", "sentence"),
    [
        ("nobody@example.com", "Nothing was left with it."),
        ("", "This is no e-mail address and no phone number."),
        ("<script>", "This is no e-mail address and no phone number."),
        ("x" * 9000, "This is no e-mail address and no phone number."),
    ],
)
def test_what_is_not_found_is_said_and_not_repeated(reader: Reader, who: str, sentence: str) -> None:
    reader.get("/privacy")
    page = reader.send("/privacy", who=who)
    assert sentence in page.text
    assert "nobody@" not in page.html


def test_a_manager_deletes_in_their_store_only(reader: Reader, app: Flask, engine: Engine) -> None:
    manager = Reader(app.test_client())
    manager.sign_in(MANAGER)
    manager.get("/privacy")
    assert "Milano" not in manager.send("/privacy", who="+390612345678").text
    assert manager.get(f"/privacy/answers/{an_id(2)}").status == 404
    manager.get(f"/privacy/answers/{an_id(1)}")
    token = manager.page.forms[-1].fields["csrf_token"]
    for answer in (an_id(2), an_id(7), "none", ""):
        data = {"what": "answers", "answer": answer, "csrf_token": token}
        assert manager.client.post("/privacy/delete", data=data).status_code == 404
    assert manager.client.post("/privacy/delete", data={"answer": an_id(1)}).status_code == 400
    assert len(left(engine)) == 2
