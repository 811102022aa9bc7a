"""One batch: read what is known, judge it, and apply everything that follows in one transaction."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from common.wire import Batch, Code, Numbered, Receipt, Verdict
from hub.config import Secrets
from hub.db import writing
from hub.fleet import queries as fleet
from hub.fleet.rules import Device, State, after, clock_offset, pace, place_at
from hub.followup.queries import open_cases
from hub.ingest.rules import Judge, Judgement, hear
from hub.responses.queries import decide, gone, highest_number, standing, store, stored
from hub.responses.rules import Stored
from hub.surveys import queries as surveys
from hub.web.context import Hub

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the hub knows before it judges a batch; survey and settings are the versions to use."""

    judge: Judge
    known: Mapping[str, Stored]
    survey: int
    settings: int


def gather(connection: Connection, secrets: Secrets, device: Device, batch: Batch, now: datetime) -> Facts:
    """Read what judging a batch needs."""
    items = [item for item in batch.items if isinstance(item, Numbered)]
    judge = Judge(
        device=device,
        offset=clock_offset(batch.sent_at, now),
        now=now,
        surveys=surveys.find(connection, {(item.response.survey, item.response.version) for item in items}),
        contact_keys=secrets.contact_keys,
        erasure=secrets.erasure,
        ticks=batch.ticks,
    )
    return Facts(
        judge,
        _known(connection, device, items),
        surveys.current_version(connection),
        surveys.settings_version(connection, place_at(device.places, now).store),
    )


def _known(connection: Connection, device: Device, items: Sequence[Numbered]) -> dict[str, Stored]:
    """Return what has been met before, as far as that can be told cheaply.

    Numbers above all that a kiosk has brought mean new responses. Exceptions, such as a tablet that was
    paired anew, are found when they are inserted.
    """
    lowest = min((item.sequence for item in items), default=0)
    look_up = gone if lowest > highest_number(connection, device.id) else stored
    return look_up(connection, [item.response.id for item in items])


def take(hub: Hub, batch: Batch, facts: Facts) -> Receipt:
    """Store what is new in a batch, with all that follows from it, and return what the kiosk is to be told.

    The receipt acknowledges what the database says is stored, and only after the commit.
    """
    judge = facts.judge
    judgement = judge.judge(batch.items, facts.known)
    with writing(hub.engine) as connection:
        inserted = store(connection, list(judgement.rows.values()))
        if len(inserted) < len(judgement.rows):
            # Somebody else has stored some of them since they were read: judge again, knowing those too.
            late = stored(connection, judgement.rows.keys() - inserted)
            judgement = judge.judge(batch.items, {**facts.known, **late})
        open_cases(connection, judgement.rows.values(), judge.now)
        missing = _note(connection, judge, batch, judgement)
    _log(judge.device, judgement)
    overruled = _hear(hub, batch, judge) if batch.overruled else []
    place = place_at(judge.device.places, judge.now)
    return Receipt(
        received_at=judge.now,
        verdicts=judgement.verdicts,
        missing=missing,
        survey=facts.survey,
        settings=facts.settings,
        store=place.store,
        store_name=place.store_name,
        time_zone=place.time_zone,
        touchpoint=place.touchpoint,
        next_sync=pace(hub.settings.sync_seconds),
        overruled=overruled,
        asking=judge.device.state is State.ACTIVE,
    )


def _hear(hub: Hub, batch: Batch, judge: Judge) -> list[Verdict]:
    """Count what the kiosk's manager counts after all.

    In a transaction of its own, because each takes hold of tallies in their order, and the batch's responses
    did so before.
    """
    with writing(hub.engine) as connection:
        known = standing(connection, [word.id for word in batch.overruled])
        verdicts, decisions = hear(batch.overruled, known, judge)
        decide(connection, decisions, judge.now)
    return verdicts


def _note(connection: Connection, judge: Judge, batch: Batch, judgement: Judgement) -> list[tuple[int, int]]:
    """Note what a batch tells of its kiosk; return the ranges of numbers that are missing."""
    kiosk, given = judge.device.id, batch.totals.given
    fleet.note_refusals(connection, kiosk, judgement.refused, judge.now)
    received = len(judgement.rows) + fleet.note_repeats(connection, kiosk, judgement.repeats)
    refused = len(judgement.refused)
    totals = after(batch.totals, taken=len(judgement.verdicts) - refused, refused=refused)
    contact = fleet.Contact(totals, batch.health, judge.offset, received)
    missing = fleet.note_contact(connection, kiosk, judge.now, contact)
    return fleet.gaps(connection, kiosk, given) if missing else []


def _log(device: Device, judgement: Judgement) -> None:
    for id_, code in judgement.refused:
        if code is Code.ANSWER_CHANGED:
            log.warning("Kiosk %s sent another answer as %s; the first one stays.", device.id, id_)
