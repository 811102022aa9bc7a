"""A bad line to the hub: nothing is believed but a receipt, and everything arrives in the end."""

from collections.abc import Mapping
from gzip import compress

import pytest

from tests.support.conservation import Books, books, scored
from tests.support.stand import Stand
from tests.support.weather import (
    Spell,
    answered,
    clear,
    late,
    lost_reply,
    nothing_above,
    torn_reply,
    torn_request,
)

NOT_THE_HUB = "Something else answered in the hub's place, perhaps a log-in page of the network."
AWAY = "The hub cannot be reached."

IN_THE_HUBS_PLACE: Mapping[str, tuple[Spell, str]] = {
    "a log-in page": (answered("200 OK", "text/html", b"<h1>Welcome to our Wi-Fi</h1>"), NOT_THE_HUB),
    "an empty page": (answered("200 OK", "text/html", b""), NOT_THE_HUB),
    "another document": (answered("200 OK", "application/json", b'{"status": "ok"}'), NOT_THE_HUB),
    "a gzip bomb": (
        answered("200 OK", "text/html", compress(bytes(2**28)), "Content-Encoding: gzip\r\n"),
        NOT_THE_HUB,
    ),
    "the way to a log-in page": (
        answered("302 Found", "text/html", b"", "Location: http://localhost:9/login\r\n"),
        NOT_THE_HUB,
    ),
    "a bad gateway": (answered("502 Bad Gateway", "text/html", b"<h1>502</h1>"), "The hub failed."),
    "a torn request": (torn_request, AWAY),
}  # fmt: skip


@pytest.mark.bad_day("B18", "B19")
def test_whatever_answers_in_the_hubs_place_delivers_nothing(any_stand: Stand) -> None:
    any_stand.give(0, 5, 10)
    for spell, sentence in IN_THE_HUBS_PLACE.values():
        any_stand.line.spell = spell
        code, said = any_stand.sync()
        assert code == 1
        assert sentence in said, said
        assert books(any_stand) == Books(given=3, received=0, waiting=3)
    any_stand.line.spell = clear
    any_stand.synced()
    assert books(any_stand) == Books(given=3, received=3)


AFTER_THE_COMMIT: Mapping[str, tuple[Spell, str]] = {
    "lost": (lost_reply, AWAY),
    "torn": (torn_reply, AWAY),
    "late": (late(1.0), "The hub did not answer in time."),
}


@pytest.mark.bad_day("B20")
@pytest.mark.parametrize("fate", AFTER_THE_COMMIT)
def test_a_receipt_that_does_not_arrive_is_asked_for_again(
    stand: Stand, fate: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CERCHIO_KIOSK_READ_TIMEOUT", "0.5")
    stand.give(*range(11))
    stand.line.spell, sentence = AFTER_THE_COMMIT[fate]
    code, said = stand.sync()
    assert code == 1
    assert "0 delivered" in said
    assert sentence in said, said
    assert scored(stand)["received"] == 11
    stand.line.spell = clear
    monkeypatch.undo()
    assert stand.synced() == "11 delivered (11 of them known to the hub already), 0 refused, 0 waiting.\n"
    assert books(stand) == Books(given=11, received=11)
    assert scored(stand)["received"] == 11


@pytest.mark.bad_day("B21")
def test_a_proxy_that_lets_little_pass_gets_smaller_batches(any_stand: Stand) -> None:
    any_stand.give(*[9] * 200)
    any_stand.line.spell = nothing_above(4000)
    assert any_stand.synced().startswith("200 delivered")
    assert any_stand.line.exchanges > 4
    assert books(any_stand) == Books(given=200, received=200)
