"""One batch: read what is known, judge it, and apply everything that follows in one transaction."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from common.version import program_version
from common.wire import Batch, Code, Copy, NewKeys, Numbered, Outcome, Overruled, Receipt, Verdict
from hub.db import writing
from hub.fleet import queries as fleet
from hub.fleet.rules import Device, State, clock_offset, pace, place_at
from hub.followup.queries import open_cases
from hub.ingest.queries import Versions
from hub.ingest.rules import Judge, Judgement, hear
from hub.responses.queries import (
    complete,
    decide,
    gone,
    has_used_twice,
    highest_number,
    standing,
    store,
    stored,
)
from hub.responses.rules import Stored
from hub.surveys import queries as surveys
from hub.vault import Secrets
from hub.web.context import Hub

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the hub knows before it judges a batch.

    fresh says that each number of the batch is above all that are stored, and there once.
    """

    judge: Judge
    fresh: bool
    known: Mapping[str, Stored]
    secrets: Secrets


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
    fresh = _are_fresh(connection, device, [item.sequence for item in items])
    # Fresh numbers mean new responses. Exceptions, such as a tablet that was paired anew, are found when they
    # are inserted.
    look_up = gone if fresh else stored
    known = look_up(connection, [item.response.id for item in items]) if items else {}
    return Facts(judge, fresh, known, secrets)


def _are_fresh(connection: Connection, device: Device, numbers: Sequence[int]) -> bool:
    if not numbers:
        return True
    return len(set(numbers)) == len(numbers) and min(numbers) > highest_number(connection, device.id)


def take(hub: Hub, batch: Batch, facts: Facts, use: Versions, line: Connection) -> Receipt:
    """Store what is new in a batch, with all that follows from it, and return what the kiosk is to be told.

    The receipt acknowledges what the database says is stored, and only after the commit. use says what the
    kiosk should use, and line is the connection by which the facts were read.
    """
    judge = facts.judge
    with writing(hub.engine, line) as connection:
        judgement = keep(connection, batch, facts)
        noted = _note(connection, facts, batch, judgement)
    log_changed(judge.device, judgement)
    overruled = hear_words(hub, batch.overruled, judge) if batch.overruled else []
    place = place_at(judge.device.places, judge.now)
    return Receipt(
        received_at=judge.now,
        verdicts=judgement.verdicts,
        missing=noted.missing,
        survey=use.survey,
        settings=use.settings,
        store=place.store,
        store_name=place.store_name,
        time_zone=place.time_zone,
        touchpoint=place.touchpoint,
        next_sync=pace(hub.settings.sync_seconds),
        overruled=overruled,
        asking=judge.device.state is State.ACTIVE,
        mark=noted.mark,
        copy=noted.copy,
        app=program_version(),
        keys=noted.keys,
    )


def keep(connection: Connection, batch: Batch, facts: Facts) -> Judgement:
    """Judge a batch and store what is new in it."""
    judge = facts.judge
    judgement = judge.judge(batch.items, facts.known)
    inserted = store(connection, list(judgement.rows.values()))
    if len(inserted) < len(judgement.rows):
        # Somebody else has stored some of them since they were read: judge again, knowing those too.
        late = stored(connection, judgement.rows.keys() - inserted)
        judgement = judge.judge(batch.items, {**facts.known, **late})
    completed = complete(connection, judgement.completed)
    open_cases(connection, [*judgement.rows.values(), *completed], judge.now)
    return judgement


def note_verdicts(connection: Connection, facts: Facts, judgement: Judgement) -> int:
    """Note what was refused, and what is so no more; return how many responses are new from this kiosk."""
    judge, kiosk = facts.judge, facts.judge.device.id
    fleet.note_refusals(connection, kiosk, judgement.refused, judge.now)
    taken = [each.id for each in judgement.verdicts if each.id and each.outcome is not Outcome.REFUSED]
    fleet.forget_refusals(connection, kiosk, taken)
    repeated = fleet.note_repeats(connection, kiosk, judgement.repeats)
    if judgement.rows and not facts.fresh:
        fleet.note_doubled(connection, kiosk)
    return len(judgement.rows) + repeated


@dataclass(frozen=True, slots=True)
class _Noted:
    """What a receipt says of a kiosk's numbers, keys and marks."""

    missing: list[tuple[int, int]]
    keys: NewKeys
    mark: str | None = None
    copy: Copy | None = None


def hear_words(hub: Hub, words: Sequence[Overruled], judge: Judge) -> list[Verdict]:
    """Count what the kiosk's manager counts after all.

    In a transaction of its own, because each takes hold of tallies in their order, and the batch's responses
    did so before.
    """
    with writing(hub.engine) as connection:
        known = standing(connection, [word.id for word in words])
        verdicts, decisions = hear(words, known, judge)
        decide(connection, decisions, judge.now)
    return verdicts


def _note(connection: Connection, facts: Facts, batch: Batch, judgement: Judgement) -> _Noted:
    """Note what a batch tells of its kiosk."""
    judge, secrets = facts.judge, facts.secrets
    kiosk, given = judge.device.id, batch.totals.given
    received = note_verdicts(connection, facts, judgement)
    refused = len(judgement.refused)
    totals = batch.totals.after(taken=len(judgement.verdicts) - refused, refused=refused)
    contact = fleet.Contact(totals, batch.health, judge.offset, received, batch.keys)
    told = fleet.note_contact(connection, kiosk, judge.now, contact)
    keys = _keys(secrets, batch, told.keys)
    if batch.mark is None:
        return _Noted(fleet.gaps(connection, kiosk, given) if told.missing else [], keys)
    numbers = [row["sequence"] for row in judgement.rows.values()]
    reused = partial(has_used_twice, connection, kiosk, numbers)
    mark, copies = fleet.note_mark(connection, kiosk, batch.mark, secrets.device_seed, judge.now, reused)
    # Answers of a copy hide by their count what the other one lost; its numbers still tell.
    gaps = fleet.gaps(connection, kiosk, given) if told.missing or copies.word else []
    return _Noted(gaps, keys, mark, copies.word)


def _keys(secrets: Secrets, batch: Batch, new: NewKeys) -> NewKeys:
    """Add the key for contact details where the kiosk seals to another one."""
    seals_to = batch.keys.sealing[:1] if batch.keys else ()
    return new if seals_to == (secrets.contact_key,) else replace(new, sealing=secrets.contact_key)


def log_changed(device: Device, judgement: Judgement) -> None:
    """Name the responses whose id is stored with another answer."""
    for id_, code in judgement.refused:
        if code is Code.ANSWER_CHANGED:
            log.warning("Kiosk %s sent another answer as %s; the first one stays.", device.id, id_)
