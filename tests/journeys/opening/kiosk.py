"""A light kiosk: what it was told while it was away, and its syncs one after the other."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from gzip import compress
from json import dumps, loads
from random import Random
from secrets import token_hex
from time import monotonic
from uuid import UUID
from zlib import MAX_WBITS, decompress
from zlib import compress as packed

from common.responses import Response
from common.sealing import key_id
from common.wire import (
    Batch,
    Health,
    Keys,
    Mark,
    Numbered,
    Outcome,
    Receipt,
    Totals,
    batch_document,
    read_receipt,
)
from kiosk.schedule import next_pause
from kiosk.sync import SyncReport, Trouble
from tests.journeys.opening.line import NoAnswer, code_of, post, retry_after
from tests.support.backlog import answers
from tests.support.tablet import Reply

APART = timedelta(seconds=210)
"""Answers of a backlog are less than this apart."""

USUAL_PACE = 60.0
SURVEY = 2
_GZIP = MAX_WBITS | 16
_TROUBLES = {503: Trouble.BUSY, 500: Trouble.HUB_FAILED}


class WrongReceipt(AssertionError):
    """A receipt does not accept what was sent."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """What customers said: the responses as JSON, packed, and what the hub has to hold afterwards."""

    text: bytes = field(repr=False)
    given: Sequence[tuple[UUID, int]] = field(repr=False)


def backlog(count: int, public_key: bytes, seed: int, now: datetime) -> Backlog:
    """Return what customers said until now: a tenth of the detractors want to be called."""
    responses = list(answers(count, now - count * APART, public_key, seed))
    batch = Batch(now, Totals(0, 0, 0, 0), Health("", 0, 0), _numbered(responses))
    text = dumps(batch_document(batch)["responses"], ensure_ascii=False, separators=(",", ":"))
    return Backlog(packed(text.encode(), 1), [(UUID(each.id), each.score) for each in responses])


def _numbered(responses: Sequence[Response]) -> list[Numbered]:
    return [Numbered(number, response) for number, response in enumerate(responses, 1)]


@dataclass
class LightKiosk:
    """One kiosk. What is measured: seconds of syncs that got a receipt, and rounds that got none.

    showed_up and done are moments of the monotonic clock. sent_away counts rounds that the hub answered with
    a time to come back; in_error those that failed in any other way, worst how many of these came before one
    receipt. failures are a kiosk's own count, which its back-off goes by.
    """

    key: str
    public_key: bytes = field(repr=False)
    backlog: Backlog = field(repr=False)
    syncs: list[float] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    showed_up: float | None = None
    done: float | None = None
    sent_away: int = 0
    in_error: int = 0
    worst: int = 0
    failures: int = 0
    mark: Mark = field(default_factory=lambda: Mark(None, token_hex(8)))

    async def live(self, address: str, after: float, dice: Random, over: asyncio.Event) -> None:
        """Come back so many seconds from now, then sync as a kiosk's schedule does, until it is over."""
        pause = after
        while not await _happens(over, pause):
            if self.showed_up is None:
                self.showed_up = monotonic()
            report = await self._sync(address)
            self.failures = self.failures + 1 if report.trouble else 0
            pause = next_pause(report, self.failures, USUAL_PACE, dice.uniform)

    async def _sync(self, address: str) -> SyncReport:
        begun, body = monotonic(), self._body()
        try:
            reply = await post(address, self.key, body)
        except NoAnswer as reason:
            return self._failed(reason.trouble)
        if reply.status != 200:
            return self._refused(reply)
        receipt = read_receipt(loads(decompress(reply.body, _GZIP)))
        self.syncs.append(monotonic() - begun)
        self._believe(receipt)
        return SyncReport(datetime.now(UTC), next_sync=receipt.next_sync)

    def _body(self) -> bytes:
        waiting = 0 if self.done else len(self.backlog.given)
        totals = Totals(len(self.backlog.given), len(self.backlog.given) - waiting, waiting, 0)
        told = Health("0.1.0", SURVEY, 10**10)
        keys = Keys((key_id(self.public_key),))
        batch = Batch(
            datetime.now(UTC), totals, told, mark=self.mark, keys=keys, ticks=int(monotonic() * 1000)
        )
        text = dumps(batch_document(batch), ensure_ascii=False, separators=(",", ":")).encode()
        if waiting:
            text = text.replace(b'"responses":[]', b'"responses":' + decompress(self.backlog.text))
        return compress(text, 6, mtime=0)

    def _believe(self, receipt: Receipt) -> None:
        self.in_error = 0
        self.mark = Mark(receipt.mark, token_hex(8))
        if self.done:
            return
        named = [verdict.id for verdict in receipt.verdicts if verdict.outcome is not Outcome.REFUSED]
        if named != [str(identity) for identity, _ in self.backlog.given] or receipt.missing:
            raise WrongReceipt(receipt)
        self.done = monotonic()

    def _refused(self, reply: Reply) -> SyncReport:
        pause = retry_after(reply.headers)
        if pause is None or code_of(reply) != "busy":
            return self._failed(_TROUBLES.get(reply.status, Trouble.NOT_THE_HUB))
        self.sent_away += 1
        return SyncReport(datetime.now(UTC), trouble=Trouble.BUSY, retry_after=pause)

    def _failed(self, trouble: Trouble) -> SyncReport:
        self.troubles.append(trouble)
        self.in_error += 1
        self.worst = max(self.worst, self.in_error)
        return SyncReport(datetime.now(UTC), trouble=trouble)


async def _happens(event: asyncio.Event, within: float) -> bool:
    try:
        await asyncio.wait_for(event.wait(), within)
    except TimeoutError:
        return False
    return True
