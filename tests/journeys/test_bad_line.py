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


@pytest.mark.bad_day("B20")
def test_answers_whose_receipt_was_lost_are_sent_again_and_known(stand: Stand) -> None:
    stand.give(*range(11))
    stand.line.spell = lost_reply
    code, said = stand.sync()
    assert code == 1
    assert said.startswith("0 delivered (0 of them known to the hub already), 0 refused, 11 waiting.\n")
    assert AWAY in said
    assert scored(stand)["received"] == 11
    stand.line.spell = clear
    assert stand.synced() == "11 delivered (11 of them known to the hub already), 0 refused, 0 waiting.\n"
    assert books(stand) == Books(given=11, received=11)
    assert scored(stand)["received"] == 11


@pytest.mark.bad_day("B20")
@pytest.mark.parametrize(
    ("spell", "sentence"), [(torn_reply, AWAY), (late(1.0), "The hub did not answer in time.")]
)
def test_half_a_receipt_and_a_late_one_are_none(
    any_stand: Stand, spell: Spell, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    any_stand.give(0)
    any_stand.line.spell = spell
    with monkeypatch.context() as hasty:
        hasty.setenv("CERCHIO_KIOSK_READ_TIMEOUT", "0.5")
        code, said = any_stand.sync()
    assert code == 1
    assert sentence in said, said
    any_stand.line.spell = clear
    assert any_stand.synced().startswith("1 delivered (1 of them known to the hub already)")
    assert books(any_stand) == Books(given=1, received=1)


@pytest.mark.bad_day("B21")
def test_a_proxy_that_lets_little_pass_gets_smaller_batches(any_stand: Stand) -> None:
    any_stand.give(*[9] * 200)
    any_stand.line.spell = nothing_above(4000)
    assert any_stand.synced().startswith("200 delivered")
    assert any_stand.line.exchanges > 4
    assert books(any_stand) == Books(given=200, received=200)
