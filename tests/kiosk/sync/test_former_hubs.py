"""Replies that hubs of former versions sent, recorded from them, are understood by today's kiosk."""

from json import dumps, loads
from pathlib import Path

import pytest

from common.wire import Numbered
from common.wire.items import read_item
from kiosk.storage.outbox import State
from kiosk.sync.once import sync_once
from tests.support.kiosk import Kiosk, a_pairing, clock
from tests.support.weather import Ask, answered, weather

FORMER = loads((Path(__file__).parents[2] / "support" / "former" / "hubs.json").read_text("utf-8"))
LATER = {"app", "mark", "keys", "copy", "overruled"}
"""What receipts had not yet."""


@pytest.mark.parametrize("era", FORMER)
def test_w9_a_sync_with_a_former_hub_delivers_and_brings_its_survey(kiosk: Kiosk, era: str) -> None:
    former = FORMER[era]
    assert not LATER & former["receipt"].keys()
    items = [read_item(item) for item in former["asked"]]
    receipt, offer = (
        answered("200 OK", "application/json", dumps(former[part]).encode(), 'ETag: "1"\r\n')
        for part in ("receipt", "offer")
    )

    def hub(request: bytes, ask: Ask) -> bytes:
        return (receipt if b"/api/v1/sync" in request.split(b"\r\n")[0] else offer)(request, ask)

    with weather("http://127.0.0.1:9") as line:
        line.spell = hub
        kiosk.ask(lambda s: s.pair(a_pairing(line.address)))
        kiosk.give(*(item.response for item in items if isinstance(item, Numbered)))
        report = sync_once(kiosk.thread, kiosk.config, clock)
    assert (report.trouble, report.delivered, report.waiting) == (None, 3, 0)
    assert report.next_sync == former["receipt"]["next_sync"]
    assert {kept.state for kept in kiosk.kept()} == {State.DELIVERED}
    assert kiosk.ask(lambda s: s.survey()).version == former["offer"]["survey"]["version"]
    assert kiosk.ask(lambda s: s.snapshot()).asking
    assert kiosk.ask(lambda s: s.marks.copy) is None
