"""The answers: every one is a row from the tap on, and leaves this table never.

A row is open while its customer is still there, then waiting for the hub, then delivered or, refused by
the hub, quarantined. Sequence numbers count 1, 2, 3 … per device, without gaps and never used twice.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from common.nps import SCORES, Tally
from common.responses import Response
from common.wire import Numbered, Outcome, Receipt, Totals, Verdict
from kiosk.storage.clocks import Boots
from kiosk.storage.database import Database, rows, writing
from kiosk.storage.outgoing import Outgoing, sendable, waiting, written
from kiosk.storage.rows import CONTACT_COLUMNS, milliseconds, moment, readable, to_row
from kiosk.storage.statements import (
    AGAIN,
    DELIVER,
    DEVICE,
    EVERYTHING,
    FINISH_ALL,
    GAPLESS,
    KEPT_BACK,
    LEFT_OPEN,
    OFFER,
    OLDEST,
    PART,
    QUARANTINE,
    REFUSALS,
    REFUSE,
    REMARKS,
    RENUMBER,
    SAVE,
    SET_ASIDE,
    STANDING,
    TALLIES,
    UNSENT,
)
from kiosk.storage.ticks import Reading

AT_ONCE = 500
"""Rows that are read in one go."""

NO_BOOTS = Boots()

UNREADABLE = "unreadable"
"""The code of an answer whose row is damaged; the hubs' own codes are in common.wire.Code."""


class State(StrEnum):
    """Where an answer stands, as the database spells it.

    Four letters each: a row that keeps its length is changed in its place, and marking 500 long answers
    as delivered takes an eighth of the disk's room, which a nearly full disk may not have.
    """

    OPEN = "open"
    WAITING = "wait"
    DELIVERED = "done"
    QUARANTINED = "held"


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer with everything that the tablet knows of it; refusal is why it is quarantined.

    overruled is since when a manager lets it count although it has flags.
    """

    sequence: int
    state: State
    refusal: str | None
    response: Response
    overruled: datetime | None = None


@dataclass(frozen=True, slots=True)
class Applied:
    """What a receipt changed, in answers. Duplicates are part of delivered."""

    delivered: int = 0
    duplicates: int = 0
    refused: int = 0

    def __add__(self, other: "Applied") -> "Applied":
        return Applied(
            self.delivered + other.delivered,
            self.duplicates + other.duplicates,
            self.refused + other.refused,
        )


class Outbox:
    """The answers of this tablet."""

    def __init__(self, db: Database) -> None:
        self._db = db

    @property
    def device(self) -> str:
        """The kiosk's id at its hub, empty while it has none.

        Asked each time, because a command may pair the kiosk while its window is open.
        """
        identity: str = self._db.execute(f"SELECT {DEVICE}").fetchone()[0]
        return identity

    def save(self, response: Response, tapped: Reading | None = None) -> None:
        """Keep an answer, or amend the one with its id while its customer is still there.

        tapped is what the clock that never jumps showed at the tap; the first one stays. Saving again what
        is kept already changes nothing; another answer under the id of a finished visit is a mistake of the
        caller: ValueError.
        """
        with writing(self._db):
            boot, ticks = (tapped.boot, tapped.ticks) if tapped else (None, None)
            if not self._db.execute(SAVE, to_row(response) | {"boot": boot, "ticks": ticks}).rowcount:
                self._check_finished(response)

    def finish(self, response_id: str) -> None:
        """End the visit of an answer: it waits for the hub. An unknown or finished one is left alone."""
        with writing(self._db):
            self._db.execute(
                "UPDATE responses SET state = 'wait' WHERE id = ? AND state = 'open'", [response_id]
            )

    def finish_all(self) -> None:
        """End the visits that a killed program left open."""
        if self._db.execute(f"SELECT 1 {LEFT_OPEN}").fetchone():
            with writing(self._db):
                self._db.execute(FINISH_ALL)

    def knows(self, response_id: str) -> bool:
        """Say whether there is an answer with this id."""
        return bool(self._db.execute("SELECT 1 FROM responses WHERE id = ?", [response_id]).fetchone())

    def is_gapless(self) -> bool:
        """Say whether this device's numbers are 1, 2, 3 … without a gap."""
        return bool(self._db.execute(GAPLESS, [self.device]).fetchone()[0])

    def totals(self) -> Totals:
        """Count the answers of this device; a visit that is under way counts as waiting."""
        device = self.device
        counts = dict(self._db.execute(STANDING, [device]).fetchall())
        open_, waiting, delivered, quarantined = (counts.get(state, 0) for state in State)
        since = self._oldest(device)
        return Totals(
            given=open_ + waiting + delivered + quarantined,
            delivered=delivered,
            waiting=open_ + waiting,
            quarantined=quarantined,
            oldest_waiting=None if since is None else moment(since),
        )

    def _oldest(self, device: str) -> int | None:
        """Return when the oldest answer was given that the hub does not have, in milliseconds since 1970."""
        found = [
            self._db.execute(OLDEST, [device, state]).fetchone()[0] for state in (State.OPEN, State.WAITING)
        ]
        return min((given_ms for given_ms in found if given_ms is not None), default=None)

    def batch(self, limit: int, after: int = 0, boots: Boots = NO_BOOTS) -> list[Outgoing]:
        """Return the oldest answers that wait for the hub with a number above after, at most limit.

        A row that a failing disk has damaged goes to quarantine, so that it holds up no other.
        """
        found = []
        for row in waiting(self._db, self.device, after, limit, boots):
            place, *_, text = row
            answer = Outgoing(*row) if text else written(self._db, place, boots)
            if answer:
                found.append(answer)
            else:
                self._set_aside(place)
        return found

    def unsent(self, boots: Boots = NO_BOOTS) -> Iterator[Numbered]:
        """Return what the hub lacks of this device, quarantined answers too, by number; not an open visit."""
        device, last = self.device, 0
        while part := list(rows(self._db, KEPT_BACK, [device, last, AT_ONCE])):
            last = part[-1]["sequence"]
            for row in part:
                if item := sendable(row, boots):
                    yield item

    def apply(self, receipt: Receipt, sent: Sequence[Outgoing]) -> Applied:
        """Do what the hub's verdicts say about the answers that were sent, and nothing else.

        A verdict about anything that was not sent, or that waits no more, changes nothing.
        """
        said = verdicts_on(sent, receipt)
        heard = [(answer, said[answer.id]) for answer in sent if answer.id in said]
        with writing(self._db):
            accepted, duplicates = (
                self._change(DELIVER, [answer for answer, verdict in heard if verdict.outcome is outcome])
                for outcome in (Outcome.ACCEPTED, Outcome.DUPLICATE)
            )
            refused = [each for each in heard if each[1].outcome is Outcome.REFUSED]
            set_aside = [self.refuse(answer, _code(verdict)) for answer, verdict in refused]
        return sum(set_aside, Applied(accepted + duplicates, duplicates))

    def refuse(self, answer: Outgoing, code: str) -> Applied:
        """Keep an answer that was sent, and that the hub cannot take, apart and with the reason."""
        with writing(self._db):
            return Applied(refused=self._change(REFUSE, [answer], code=code))

    def quarantine(self, response_id: str, code: str) -> None:
        """Keep an answer apart as another file of this tablet did."""
        with writing(self._db):
            self._db.execute(QUARANTINE, [code, response_id, self.device])

    def _set_aside(self, place: int) -> None:
        with writing(self._db):
            self._db.execute(SET_ASIDE, [UNREADABLE, place])

    def offer_again(self) -> int:
        """Let the quarantined answers of this device wait once more; return how many."""
        with writing(self._db):
            return int(self._db.execute(OFFER, [self.device]).rowcount)

    def refusals(self) -> dict[str, int]:
        """Return how many answers of this device are quarantined for each reason, the most frequent first."""
        return dict(self._db.execute(REFUSALS, [self.device]).fetchall())

    def send_again(self, spans: Iterable[tuple[int, int]]) -> int:
        """Let delivered answers wait again whose numbers the hub says it has never seen."""
        again = 0
        with writing(self._db):
            for first, last in spans:
                again += self._db.execute(AGAIN, [self.device, first, last]).rowcount
        return again

    def send_everything_again(self, device: str) -> None:
        """Let all that was ever given as a device wait again: its hub has forgotten that there was one."""
        with writing(self._db):
            self._db.execute(EVERYTHING, [device])

    def move_to(self, device: str, before: str | None = None) -> None:
        """Take the answers that the hub lacks along to a new device id, numbered anew in their order.

        before is the id that they have now, that of this device if it is None. Quarantined ones wait again,
        and delivered ones stay with the device that gave them to its hub.
        """
        with writing(self._db):
            for (identity,) in self._db.execute(UNSENT, [before or self.device]).fetchall():
                self._db.execute(RENUMBER, {"id": identity, "device": device})

    def tallies(self, since: datetime | None = None, before: datetime | None = None) -> tuple[Tally, Tally]:
        """Return what this tablet was told from since on and before before: counted, and flagged."""
        low = milliseconds(since) if since else 0
        high = milliseconds(before) if before else 2**62
        counts = ([0] * len(SCORES), [0] * len(SCORES))
        for score, counted, count in self._db.execute(TALLIES, [low, high]).fetchall():
            counts[0 if counted else 1][score] = count
        return Tally(tuple(counts[0])), Tally(tuple(counts[1]))

    def remarks(self, limit: int) -> list[Response]:
        """Return the newest answers with a reason or a comment."""
        found = map(readable, rows(self._db, REMARKS, [limit]))
        return [response for response in found if response]

    def all(self) -> Iterator[Kept]:
        """Return every readable answer of this tablet, whatever device it was given as, oldest first."""
        for row in self._rows():
            if response := readable(row):
                yield _kept(row, response)

    def _rows(self) -> Iterator[dict[str, Any]]:
        # In parts, because a look that somebody takes his time over keeps the log from being emptied.
        part = [*rows(self._db, PART, [0, AT_ONCE])]
        while part:
            last = part[-1]["place"]
            yield from part
            part = [*rows(self._db, PART, [last, AT_ONCE])]

    def _check_finished(self, response: Response) -> None:
        (kept,) = rows(self._db, "SELECT * FROM responses WHERE id = ?", [response.id])
        # Contact details are left out: they are gone from the row once the hub has them. So is whether it
        # counts, which a manager may have changed since.
        apart = (*CONTACT_COLUMNS, "counted")
        wanted = {name: value for name, value in to_row(response).items() if name not in apart}
        if any(kept[name] != value for name, value in wanted.items()):
            raise ValueError(f"the visit of {response.id} has ended with another answer")

    def _change(self, statement: str, answers: Sequence[Outgoing], **values: str) -> int:
        # In one statement for all of a batch, because a customer's tap may wait for this thread.
        places, ids = [answer.place for answer in answers], [answer.id for answer in answers]
        values |= {"places": json.dumps(places), "ids": json.dumps(ids), "device": self.device}
        return int(self._db.execute(statement, values).rowcount) if answers else 0


def verdicts_on(sent: Sequence[Outgoing], receipt: Receipt) -> dict[str | None, Verdict]:
    """Return by id what a receipt says of the answers that were sent; of two words the first one holds."""
    ids = {answer.id for answer in sent}
    return {each.id: each for each in reversed(receipt.verdicts) if each.id in ids}


def _kept(row: Mapping[str, Any], response: Response) -> Kept:
    since = row["overruled_ms"] if row["counted"] else None
    overruled = None if since is None else moment(since)
    return Kept(row["sequence"], State(row["state"]), row["refusal"], response, overruled)


def _code(verdict: Verdict) -> str:
    return verdict.code.value if verdict.code else "refused"
