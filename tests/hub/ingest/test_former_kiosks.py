"""Batches that programs of former versions sent, recorded from them, are taken by today's hub."""

from datetime import timedelta
from json import loads
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from common.wire.fields import read_time
from tests.hub.conftest import Clock
from tests.support.books import assert_balanced, counted, stored_rows
from tests.support.tablet import Tablet

FORMER = loads((Path(__file__).parents[2] / "support" / "former" / "kiosks.json").read_text("utf-8"))
LATER = {"ticks", "mark", "keys", "overruled", "taken_back"}
"""What batches had not yet."""


@pytest.mark.parametrize("era", FORMER)
def test_w9_a_batch_of_a_former_kiosk_is_received_and_counted(
    tablet: Tablet, engine: Engine, clock: Clock, era: str
) -> None:
    batch: dict[str, Any] = FORMER[era]
    assert not LATER & batch.keys()
    clock.time = read_time(batch["sent_at"]) + timedelta(seconds=1)
    reply = tablet.post(batch)
    assert [verdict["outcome"] for verdict in reply.document["verdicts"]] == ["accepted"] * 3
    assert reply.document["missing"] == []
    assert [row["comment"] for row in stored_rows(engine).values()].count("Una sola cassa aperta.") == 1
    assert counted(engine, fair=True).counts == (1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1)
    assert_balanced(engine)
    again = tablet.post(batch)
    assert [verdict["outcome"] for verdict in again.document["verdicts"]] == ["duplicate"] * 3


@pytest.mark.parametrize("era", FORMER)
def test_w9_a_former_kiosk_is_told_nothing_that_it_has_not_asked_for(
    tablet: Tablet, clock: Clock, era: str
) -> None:
    clock.time = read_time(FORMER[era]["sent_at"])
    receipt = tablet.post(FORMER[era]).document
    assert not {"mark", "copy", "overruled"} & receipt.keys()
    assert receipt["protocol"] == 1
