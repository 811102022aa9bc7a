"""Batches and receipts in the coding of common.wire.packing, beside those in gzip."""

from gzip import compress, decompress
from json import dumps, loads

from flask.testing import FlaskClient
from sqlalchemy import Engine

from common.wire import LARGEST_BATCH, SYNC_PATH
from common.wire.packing import CODING, pack, unpack
from tests.support.answers import a_response, an_id
from tests.support.books import stored_rows
from tests.support.tablet import Tablet


def sent(client: FlaskClient, tablet: Tablet, body: bytes, coding: str, accepts: str) -> tuple[str, bytes]:
    """Send a body; return the coding of the answer, and the answer."""
    headers = {
        "Authorization": f"Bearer {tablet.key}", "Content-Encoding": coding, "Accept-Encoding": accepts,
    }  # fmt: skip
    answer = client.post(SYNC_PATH, data=body, headers=headers)
    return answer.headers.get("Content-Encoding", ""), answer.data


def test_w21_each_side_chooses_its_coding(client: FlaskClient, tablet: Tablet, engine: Engine) -> None:
    one, two = (dumps(tablet.document(tablet.number(a_response(number)))).encode() for number in (1, 2))
    coding, answer = sent(client, tablet, compress(one), "gzip", f"{CODING}, gzip")
    assert coding == CODING
    assert [each["id"] for each in loads(unpack(answer, LARGEST_BATCH))["verdicts"]] == [an_id(1)]
    coding, answer = sent(client, tablet, pack(two), CODING, "gzip")
    assert coding == "gzip"
    assert [each["id"] for each in loads(decompress(answer))["verdicts"]] == [an_id(2)]
    assert stored_rows(engine).keys() == {an_id(1), an_id(2)}


def test_w21_who_takes_anything_gets_no_coding_that_only_kiosks_know(
    client: FlaskClient, tablet: Tablet
) -> None:
    body = compress(dumps(tablet.document([])).encode())
    assert [sent(client, tablet, body, "gzip", accepts)[0] for accepts in ("*", "")] == ["gzip", ""]


def test_a_damaged_body_and_a_bomb_have_their_problems(client: FlaskClient, tablet: Tablet) -> None:
    whole = pack(dumps(tablet.document([])).encode())
    for body, code in (
        (whole[:-2], "not_gzip"),
        (whole + b"more", "not_gzip"),
        (compress(b"{}"), "not_gzip"),
        (pack(bytes(10 * LARGEST_BATCH)), "too_large"),
    ):
        assert loads(sent(client, tablet, body, CODING, "gzip")[1])["code"] == code
