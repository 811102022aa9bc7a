"""The SQL of mails: written in the transaction that raises an alarm, sent by whoever takes hold of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, or_, select, update

from hub.alerts.rules.post import ENDED_LATELY, HELD, KEPT, Reader
from hub.alerts.tables import alarms, letter_alarms, letters, mutes, unmailed

AT_ONCE = 50
"""Mails looked at in one round; the next round looks at the next ones."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail to send; tries counts the present one. tells_end says that its alarms have ended."""

    id: str
    recipient: str
    language: str
    time_zone: str
    tells_end: bool
    written_at: datetime
    tries: int


def write(
    connection: Connection,
    reader: Reader,
    time_zone: str,
    about: Iterable[int],
    now: datetime,
    at: datetime,
    *,
    tells_end: bool = False,
) -> None:
    """Put a mail about alarms into the post, to be sent from a moment on."""
    id_ = str(uuid4())
    to = {
        "recipient": reader.email,
        "language": reader.language,
        "time_zone": time_zone,
        "tells_end": tells_end,
    }
    connection.execute(insert(letters).values({"id": id_, **to, "written_at": now, "try_at": at}))
    connection.execute(insert(letter_alarms), [{"letter": id_, "alarm": alarm} for alarm in about])


@dataclass(frozen=True, slots=True)
class Owed:
    """An alarm that has ended, its store, and somebody who got a mail when it began."""

    recipient: str
    alarm: int
    store: str


def owed(connection: Connection, now: datetime) -> list[Owed]:
    """Return to whom the end of which alarms is still to be told, that of long ago left out.

    It is looked up afresh each time, because a mail may have been on its way when its alarm ended.
    """
    told, about = letters.alias(), letter_alarms.alias()
    already = (
        select(told.c.id)
        .join(about, about.c.letter == told.c.id)
        .where(told.c.tells_end, told.c.recipient == letters.c.recipient, about.c.alarm == alarms.c.id)
    )
    chosen = (
        select(letters.c.recipient, alarms.c.id, alarms.c.store)
        .join(letter_alarms, letter_alarms.c.letter == letters.c.id)
        .join(alarms, alarms.c.id == letter_alarms.c.alarm)
        .where(letters.c.sent_at.is_not(None), ~letters.c.tells_end, alarms.c.ended_at >= now - ENDED_LATELY)
        .where(~already.exists())
        .order_by(alarms.c.id, letters.c.recipient)
    )
    return [Owed(*row) for row in connection.execute(chosen)]


def first_of(connection: Connection, letter: Letter) -> list[str]:
    """Return the ids of the mails by which the recipient of one about ends heard of the alarms, in order."""
    mine = select(letter_alarms.c.alarm).where(letter_alarms.c.letter == letter.id)
    chosen = (
        select(letters.c.id, letters.c.written_at)
        .join(letter_alarms, letter_alarms.c.letter == letters.c.id)
        .where(letters.c.recipient == letter.recipient, ~letters.c.tells_end, letters.c.sent_at.is_not(None))
        .where(letter_alarms.c.alarm.in_(mine))
        .distinct()
        .order_by(letters.c.written_at)
    )
    return list(connection.execute(chosen).scalars())


def without_mail(connection: Connection) -> set[str]:
    """Return the addresses of those who want no mails."""
    return set(connection.execute(select(unmailed.c.person)).scalars())


def due(connection: Connection, now: datetime) -> list[Letter]:
    """Return mails that are to be sent now, the oldest first."""
    columns = [letters.c[name] for name in Letter.__slots__ if name != "tries"]
    chosen = select(*columns, (letters.c.tries + 1).label("tries")).where(_is_due(now))
    found = connection.execute(chosen.order_by(letters.c.written_at).limit(AT_ONCE))
    return [Letter(**row) for row in found.mappings()]


def take_hold(connection: Connection, letter: Letter, now: datetime) -> bool:
    """Keep others from sending a mail for a while; return False where somebody else has it already."""
    mine = update(letters).where(letters.c.id == letter.id, letters.c.tries == letter.tries - 1, _is_due(now))
    return bool(connection.execute(mine.values(held_until=now + HELD, tries=letter.tries)).rowcount)


def about(connection: Connection, letter: Letter, now: datetime) -> list[int]:
    """Return the alarms of a mail that it is still about, and that nobody has seen or muted."""
    muted = select(mutes.c.kiosk).where(mutes.c.until > now)
    chosen = (
        select(alarms.c.id)
        .join(letter_alarms, letter_alarms.c.alarm == alarms.c.id)
        .where(letter_alarms.c.letter == letter.id, alarms.c.seen_at.is_(None))
        .where(alarms.c.ended_at.is_not(None) if letter.tells_end else alarms.c.ended_at.is_(None))
        .where(alarms.c.kiosk.not_in(muted))
        .order_by(alarms.c.id)
    )
    return list(connection.execute(chosen).scalars())


def sent(connection: Connection, letter: str, now: datetime) -> None:
    """Note that a mail was sent."""
    values = {"sent_at": now, "held_until": None, "trouble": ""}
    connection.execute(update(letters).where(letters.c.id == letter).values(values))


def drop(connection: Connection, letter: str, now: datetime, trouble: str = "") -> None:
    """Note that a mail is needless, or that it was tried for too long."""
    values = {"dropped_at": now, "held_until": None, "trouble": trouble}
    connection.execute(update(letters).where(letters.c.id == letter).values(values))


def put_off(connection: Connection, letter: str, until: datetime, trouble: str = "") -> None:
    """Try a mail again at a moment; trouble says what was wrong, in a few words without any secret."""
    values = {"try_at": until, "held_until": None, "trouble": trouble[:200]}
    connection.execute(update(letters).where(letters.c.id == letter).values(values))


def trouble(connection: Connection) -> tuple[int, str]:
    """Return how many mails wait after a failure, and what was wrong with the latest of them."""
    failed = and_(letters.c.trouble != "", letters.c.sent_at.is_(None), letters.c.dropped_at.is_(None))
    number = connection.execute(select(func.count()).where(failed)).scalar_one()
    latest = select(letters.c.trouble).where(failed).order_by(letters.c.written_at.desc()).limit(1)
    return number, connection.execute(latest).scalar() or ""


def tidy(connection: Connection, now: datetime) -> None:
    """Forget to whom mails went long ago."""
    over = or_(letters.c.sent_at.is_not(None), letters.c.dropped_at.is_not(None))
    old = select(letters.c.id).where(over, letters.c.written_at < now - KEPT)
    connection.execute(delete(letter_alarms).where(letter_alarms.c.letter.in_(old)))
    connection.execute(delete(letters).where(letters.c.id.in_(old)))


def _is_due(now: datetime) -> ColumnElement[bool]:
    return and_(
        letters.c.sent_at.is_(None),
        letters.c.dropped_at.is_(None),
        letters.c.try_at <= now,
        or_(letters.c.held_until.is_(None), letters.c.held_until <= now),
    )
