"""Nothing is lost: given = received + waiting + quarantined, by the words of both programs."""

from dataclasses import dataclass
from json import loads
from typing import Any

from tests.support.stand import Stand


@dataclass(frozen=True)
class Books:
    """What became of the answers that one kiosk was given."""

    given: int
    received: int
    waiting: int = 0
    quarantined: int = 0


def books(stand: Stand) -> Books:
    """Ask the kiosk what it was given and the hub what it received; whatever is left over is a loss."""
    told = stand.here("results")
    line = at_the_hub(stand)
    found = Books(told["given"], line["received"], told["waiting"], told["quarantined"])
    assert found.given == found.received + found.waiting + found.quarantined, (told, line)
    assert told["given"] == told["delivered"] + told["waiting"] + told["quarantined"], told
    assert line["missing"] == 0, line
    return found


def scored(stand: Stand) -> dict[str, Any]:
    """Return what the hub's scores say of the stand's store."""
    lines = loads(stand.hub_says("scores", "--json"))
    found: dict[str, Any] = next(line for line in lines if line["store"] == stand.store)
    return found


def at_the_hub(stand: Stand) -> dict[str, Any]:
    """Return what the hub's fleet says of the stand's kiosk."""
    lines = loads(stand.hub_says("fleet", "--json"))
    found: dict[str, Any] = next(line for line in lines if line["kiosk"] == stand.identity)
    return found
