"""How tablets are, as the hub keeps it and shows it: battery, lock-down, settings in use, last trouble."""

from typing import Any

import pytest

from tests.support.answers import a_response
from tests.support.tablet import Tablet


@pytest.mark.parametrize("told", [{"battery": 84, "lock": "bolted", "trouble": {"code": "offline"}}])
def test_w20_what_makes_no_sense_holds_up_no_answer(tablet: Tablet, told: dict[str, Any]) -> None:
    document = tablet.document(tablet.number(a_response(1)))
    document["health"] |= told
    assert tablet.post(document).document["verdicts"][0]["outcome"] == "accepted"
