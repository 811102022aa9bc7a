"""Decisions about copies of a tablet: one that went on from an old memory, and two that have one key.

Each receipt hands out a mark, and a kiosk shows the last one that it kept. Receipts of which each was shown
at the next sync are a line; a tablet has one. A memory that was copied goes on from where it was copied, and
that is another line. An old request that arrives late, or twice, asks for a mark which its line handed out
long ago; a line remembers some of those. Nobody learns a mark but from its receipt, so one that asks for a
mark too old to be remembered begins a line that never goes on.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from common.wire import Copy, Mark

REMEMBERED = 128
"""Digits of the steps that a line remembers."""

_SHORT = 4
"""Of them for each mark."""


@dataclass(frozen=True, slots=True)
class Line:
    """A run of receipts. last_at is when it last went on; proven says that it did, or must be a copy's.

    before has the steps of the marks before this one, shortened, the newest first.
    """

    number: int
    mark: str
    began_at: datetime
    last_at: datetime
    proven: bool = False
    before: str = ""

    def went_through(self, mark: str) -> bool:
        """Say whether it handed out a mark, one of this hub's, now or as far back as it remembers."""
        place = (_count(self.mark) - _count(mark) - 1) * _SHORT
        return self.mark == mark or (place >= 0 and self.before[place : place + _SHORT] == short_step(mark))

    def going_on(self, handed: str, now: datetime) -> "Line":
        """Return it with the next mark handed out."""
        before = (short_step(self.mark) + self.before)[:REMEMBERED]
        return replace(self, mark=handed, last_at=now, before=before)


@dataclass(frozen=True, slots=True)
class Copies:
    """When a tablet was last seen to go on from an old memory, and when two were last seen with one key."""

    restored_at: datetime | None = None
    shared_at: datetime | None = None

    @property
    def word(self) -> Copy | None:
        """The gravest of it, as the wire says it."""
        if self.shared_at:
            return Copy.SHARED
        return Copy.RESTORED if self.restored_at else None


def next_mark(kiosk: str, shown: Mark, seed: bytes) -> str:
    """Return the mark that a receipt hands out: the same one whenever the same is shown.

    So a receipt that was lost, and a request that arrives twice, change nothing.
    """
    count = _count(shown.last) + 1 if shown.last and is_ours(kiosk, shown.last, seed) else 1
    step = sha256(f"{shown.last or ''}\0{shown.draw}".encode()).hexdigest()[:16]
    return f"{count}-{step}-{_signature(kiosk, count, step, seed)}"


def is_ours(kiosk: str, mark: str, seed: bytes) -> bool:
    """Say whether this hub handed out a mark to a kiosk, although it may not remember it."""
    count, step, signature = [*mark.split("-"), "", ""][:3]
    right = count.isdecimal() and len(count) < 16 and _signature(kiosk, int(count), step, seed)
    return bool(right) and hmac.compare_digest(str(right), signature)


def _signature(kiosk: str, count: int, step: str, seed: bytes) -> str:
    return hmac.new(seed, f"mark\0{kiosk}\0{count}\0{step}".encode(), sha256).hexdigest()[:24]


def _count(mark: str) -> int:
    return int(mark.partition("-")[0])


def short_step(mark: str) -> str:
    """Return what a line remembers of a mark."""
    return mark.partition("-")[2][:_SHORT]


def follow(
    lines: Sequence[Line], last: str | None, handed: str, now: datetime, *, ours: bool, reused: bool
) -> Line:
    """Return the line that a sync belongs to, as it is after it; a number that is new is a new line.

    last is what was shown, handed what is handed out, ours whether last is from this hub. reused says that
    new answers have numbers that others had: then it is no old request that comes again. Two memories went on
    from a mark that was followed by another one before.
    """
    for line in reversed(lines):
        if line.mark == last:
            return replace(line.going_on(handed, now), proven=True)
        if line.went_through(handed) and not reused:
            return line
    if lines and last and ours:
        furthest = max(lines, key=lambda line: _count(line.mark))
        if _count(last) > _count(furthest.mark):
            # The hub itself was restored from a backup: the tablet knows what it has forgotten.
            return furthest.going_on(handed, now)
    parted = ours and any(line.went_through(last or "") for line in lines)
    return Line(len(lines) + 1, handed, now, now, reused or parted)


def copies(lines: Sequence[Line]) -> Copies:
    """Say what the lines of a kiosk, the oldest first, tell of copies."""
    restored, shared = [], []
    for newer in lines:
        older = [line for line in lines if line.number < newer.number]
        if older and newer.proven:
            together = [min(line.last_at, newer.last_at) for line in older if line.last_at > newer.began_at]
            shared += together
            restored += [] if together else [newer.began_at]
    return Copies(max(restored, default=None), max(shared, default=None))
