"""The customers of the storm: each visit as the steps that its tablet keeps, and what the witness is told."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from random import Random

from common.responses import Channel, Contact, Response
from common.visit import Visit
from kiosk.config import Snapshot
from tests.journeys.storm.witness import Said

REACHABLE, DOUBTED, UNSOUND = 0.05, 0.05, 0.003
"""How many leave contact details, how many look wrong, how many the hub cannot take."""

_COMMENTS = ("", "", "", "La fila è lunga.", "Très bien !", "Nobody at the till. " * 12)


@dataclass(frozen=True, slots=True)
class Step:
    """An answer as one step of a visit leaves it, and the same for the witness."""

    response: Response
    said: Said


def visit(random: Random, snapshot: Snapshot, now: datetime, name: str) -> Sequence[Step]:
    """Walk one customer through the survey; the first step is the tap on a score."""
    survey = snapshot.survey
    walk = Visit(survey, snapshot.touchpoint, Channel.KIOSK, random.choice(survey.languages))
    tapped = walk.choose(random.randrange(11), now, name)
    offered = survey.reasons_for(tapped.segment)
    told = tapped.explain(tuple(random.sample(offered, random.randrange(2))), random.choice(_COMMENTS))
    if snapshot.public_key and random.random() < REACHABLE:
        contact = Contact(email=f"customer.{random.randrange(10**9)}@example.org")
        told = told.leave_contact(contact, snapshot.public_key, now)
    flags = ("quick",) if random.random() < DOUBTED else ()
    sound = random.random() >= UNSOUND
    steps = (each.response for each in (tapped, told) if each.response)
    return [_step(response, flags, sound=sound) for response in steps]


def _step(response: Response, flags: tuple[str, ...], *, sound: bool) -> Step:
    reasons = response.reasons if sound else ("never offered",)
    kept = replace(response, flags=flags, reasons=reasons)
    reachable = kept.contact is not None
    return Step(kept, Said(kept.id, kept.score, kept.comment, bool(flags), reachable, sound))
