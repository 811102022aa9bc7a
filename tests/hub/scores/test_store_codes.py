"""A store's code may be whatever its owner calls it; the board leads to its page all the same."""

from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from hub.web.context import Hub
from tests.support.chain import BOSS, employ
from tests.support.reader import Reader
from tests.support.tallies import add_stores


@pytest.mark.parametrize("code", ["NEAS/PTS  - Transport", "a/b/c", "100% Café?", "Ecke #2 & Co", "東京"])
def test_the_board_leads_to_the_page(app: Flask, client: FlaskClient, code: str) -> None:
    hub: Hub = app.extensions["cerchio"]
    add_stores(hub.engine, [code])
    employ(app, BOSS, "Paola Conti")
    reader = Reader(client)
    reader.sign_in()
    (link,) = [link for link in reader.get("/").links if link.startswith("/stores/")]
    page = reader.get(link)
    assert f"<h1>{code}</h1>" in unescape(page.html)
