"""Decisions about mails: when the night is, how long to wait after a failure, when it is no use any more."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from random import uniform

from hub.stores.rules import zone

HELD = timedelta(minutes=10)
"""For how long whoever sends a mail has it alone. After that it died, and another one sends it."""

FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
TRIED_FOR = timedelta(days=2)
"""After that a mail that cannot be sent is dropped; the page says so."""

ENDED_LATELY = timedelta(days=2)
"""How long the end of an alarm is news, if nothing could be sent meanwhile."""

KEPT = timedelta(days=90)
"""How long it is remembered to whom a mail went."""

Quiet = tuple[int, int]
"""From one hour of the local clock to another, perhaps over midnight; two equal hours are none."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who may be told: an e-mail address, a language (or none), and stores; None are all of them."""

    email: str
    language: str
    stores: Collection[str] | None

    def reads_of(self, store: str) -> bool:
        """Say whether a store is one of theirs."""
        return self.stores is None or store in self.stores


def after_quiet(moment: datetime, time_zone: str, quiet: Quiet) -> datetime:
    """Return a moment, or if it is in the quiet hours of a zone, when they end, in UTC."""
    first, last = quiet
    local = moment.astimezone(zone(time_zone))
    over_midnight = first > last
    is_quiet = (local.hour >= first or local.hour < last) if over_midnight else first <= local.hour < last
    if not is_quiet:
        return moment
    day = local.date() + timedelta(days=over_midnight and local.hour >= first)
    return datetime.combine(day, time(last), zone(time_zone)).astimezone(UTC)


def next_try(now: datetime, tries: int) -> datetime:
    """Return when to try again after so many failures: later each time, and not all mails at once."""
    wait = min(LONGEST_WAIT, (1 << min(tries - 1, 10)) * FIRST_WAIT)
    return now + wait * uniform(0.8, 1.2)  # noqa: S311 - no secret


def too_old(written_at: datetime, now: datetime) -> bool:
    """Say whether a mail was tried for too long."""
    return now - written_at > TRIED_FOR
