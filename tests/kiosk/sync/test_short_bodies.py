"""A kiosk sends and takes the short coding only where it has seen that it gets through."""

import gzip
import json
from typing import Any

from common.wire import receipt_document
from common.wire.packing import CODING, pack, unpack
from kiosk.sync import Trouble
from tests.kiosk.sync.conftest import sync
from tests.support.kiosk import Kiosk
from tests.support.misbehaving_hub import Call, MisbehavingHub


class Knowing:
    """A hub that knows the coding, or not, and what came to it in which."""

    def __init__(self, hub: MisbehavingHub) -> None:
        self.hub, self.knows = hub, True
        self.came: list[tuple[str, bool]] = []
        hub.always = self.take

    def take(self, call: Call) -> None:
        coding, asked = call.headers["Content-Encoding"], CODING in call.headers["Accept-Encoding"]
        self.came.append((coding, asked))
        if coding == CODING and not self.knows:
            problem = {"code": "not_gzip", "status": 400}
            call.send(400, json.dumps(problem).encode(), "application/problem+json")
            return
        call.content = gzip.compress(unpack(call.content, 10**6)) if coding == CODING else call.content
        body = json.dumps(receipt_document(self.hub.store(call.batch()))).encode()
        short = self.knows and asked
        headers: dict[str, Any] = {"Content_Encoding": CODING} if short else {}
        call.send(200, pack(body) if short else body, "application/json", **headers)

    def heard(self) -> list[tuple[str, bool]]:
        """Return what came since the last time: its coding, and whether the answer might have it."""
        came, self.came = self.came, []
        return came


def test_w21_it_sends_in_the_coding_once_the_hub_answers_in_it(paired: Kiosk, hub: MisbehavingHub) -> None:
    hub_of_today = Knowing(hub)
    paired.give_many(1)
    assert sync(paired).delivered == 1
    assert hub_of_today.heard() == [("gzip", True)]
    paired.give_many(1, first=2)
    assert sync(paired).delivered == 1
    assert hub_of_today.heard() == [(CODING, True)]


def test_w21_it_goes_back_to_gzip_at_once_where_the_hub_does_not_know_it_any_more(
    paired: Kiosk, hub: MisbehavingHub
) -> None:
    hub_of_today = Knowing(hub)
    sync(paired)
    hub_of_today.knows = False
    hub_of_today.heard()
    paired.give_many(2)
    report = sync(paired)
    assert (report.trouble, report.delivered) == (None, 2)
    assert hub_of_today.heard() == [(CODING, True), ("gzip", True)]
    assert sync(paired).trouble is None
    assert hub_of_today.heard() == [("gzip", True)]


def test_w21_where_something_in_between_spoils_it_only_one_sync_fails(
    paired: Kiosk, hub: MisbehavingHub
) -> None:
    hub_of_today = Knowing(hub)

    def spoil(call: Call) -> None:
        if CODING in call.headers["Accept-Encoding"]:
            call.send(200, b"\x00\x01", "application/json", Content_Encoding=CODING)
        else:
            hub_of_today.take(call)

    hub.always = spoil
    paired.give_many(2)
    assert sync(paired).trouble is Trouble.NOT_THE_HUB
    report = sync(paired)
    assert (report.trouble, report.delivered) == (None, 2)
    assert hub_of_today.heard() == [("gzip", False)]
