"""The SQL of surveys."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from json import dumps, loads
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Connection, Engine, String, and_, func, literal, or_, select, update

from common.surveys import Survey, from_document, standard_survey, to_document
from hub.db.audit import record
from hub.db.dialect import hold, insert_missing
from hub.surveys.queries.scope import is_for, reaches, whom_text
from hub.surveys.rules import FIRST_OWN, NOT_OWN, Key, makes_way, outline, standard_surveys
from hub.surveys.tables import surveys


@dataclass(frozen=True, slots=True)
class Published:
    """A published survey: for a store or, with store None, for the whole chain.

    why_broken says why nobody can ask it, and is empty if it can be asked.
    """

    id: str
    version: int
    store: str | None
    published_at: datetime
    retired_at: datetime | None
    why_broken: str


def publish(connection: Connection, survey: Survey, now: datetime, store: str | None = None) -> None:
    """Publish a version of a survey; one that is published already stays as it is."""
    row = {
        "id": survey.id,
        "version": survey.version,
        "document": dumps(to_document(survey), ensure_ascii=False),
        "published_at": now,
        "store": store,
    }
    insert_missing(connection, surveys, [row])


def publish_standard(connection: Connection, now: datetime) -> None:
    """Publish the newest standard survey, unless head office shows one of its own."""
    if lacks_standard(connection):
        publish(connection, standard_survey(), now)


def lacks_standard(connection: Connection) -> bool:
    """Say whether the newest standard survey is to be published."""
    return makes_way(next(iter(_shown(connection, None)), None))


def next_version(connection: Connection) -> int:
    """Return the version of the next survey of head office's own; nobody else publishes until this ends."""
    hold(connection, surveys)
    highest = connection.execute(select(func.max(surveys.c.version))).scalar() or 0
    return max(highest + 1, FIRST_OWN)


def publish_own(
    connection: Connection, survey: Survey, store: str | None, person: str, now: datetime
) -> None:
    """Publish a survey of head office's own, which is checked and numbered already."""
    publish(connection, survey, now, store)
    record(connection, now, person, "survey published", f"{survey.id} {survey.version}, {whom_text(store)}")


def retire_own(connection: Connection, store: str | None, person: str, now: datetime) -> int:
    """Show head office's own surveys of a store, or of the whole chain, no more; return how many it were."""
    own = surveys.c.id.not_in(NOT_OWN) & surveys.c.retired_at.is_(None) & is_for(surveys.c.store, store)
    retired = connection.execute(update(surveys).where(own).values(retired_at=now)).rowcount
    publish_standard(connection, now)
    if retired:
        record(connection, now, person, "surveys removed", f"{retired}, {whom_text(store)}")
    return retired


def current(connection: Connection, store: str | None = None) -> Survey:
    """Return the survey that kiosks of a store, or of one that has none of its own, should show.

    It is the one published last. One that cannot be read is passed over: see published.
    """
    for key in _shown(connection, store):
        if survey := sound(connection, [key]).get(key):
            return survey
    return standard_survey()


def published(connection: Connection) -> list[Published]:
    """Return all surveys that were ever published, the last one first."""
    rows = connection.execute(
        select(surveys).order_by(surveys.c.published_at.desc(), surveys.c.version.desc())
    )
    return [
        Published(row.id, row.version, row.store, row.published_at, row.retired_at, _read(row)[1])
        for row in rows
    ]


def ever_asked(connection: Connection) -> list[Survey]:
    """Return every survey that customers may have been asked."""
    read = (_read(row)[0] for row in connection.execute(select(surveys)))
    return [*standard_surveys(), *(survey for survey in read if survey)]


def find(connection: Connection, keys: Collection[Key]) -> dict[Key, Survey]:
    """Return the surveys with these ids and versions, as far as they are published or standard.

    Of one that cannot be asked any more there is an outline, if it has one: what was asked is answered.
    """
    found = sound(connection, keys)
    lost = [_is(*key) for key in keys if key not in found]
    if lost:
        for row in connection.execute(select(surveys).where(or_(*lost))):
            if survey := outline((row.id, row.version), _json(row.document)):
                found[row.id, row.version] = survey
    return found


def sound(connection: Connection, keys: Collection[Key]) -> dict[Key, Survey]:
    """Return those of the surveys that can be asked."""
    standard = {(survey.id, survey.version): survey for survey in standard_surveys()}
    shelf = _shelves.setdefault(connection.engine, standard)
    wanted = [_is(*key) for key in keys if key not in shelf]
    if wanted:
        for row in connection.execute(select(surveys).where(or_(*wanted))):
            if survey := _read(row)[0]:
                shelf[survey.id, survey.version] = survey
    return {key: shelf[key] for key in keys if key in shelf}


_shelves: WeakKeyDictionary[Engine, dict[Key, Survey]] = WeakKeyDictionary()
"""Surveys read from each database. A published version never changes, so reading it once is enough."""


def _is(id_: str, version: int) -> ColumnElement[bool]:
    return and_(surveys.c.id == id_, surveys.c.version == version)


def _shown(connection: Connection, store: str | None) -> list[Key]:
    """Return the surveys that kiosks of a store may be shown, the first choice first."""
    shown = SHOWN.where(reaches(surveys.c.store, literal(store, String)))
    return [(id_, version) for id_, version in connection.execute(shown)]


SHOWN = (
    select(surveys.c.id, surveys.c.version)
    .where(surveys.c.retired_at.is_(None))
    .order_by(surveys.c.store.is_(None), surveys.c.published_at.desc(), surveys.c.version.desc())
)
"""The surveys that kiosks may be shown, the first choice first."""


def _json(text: str) -> Any:
    """Return the values of a JSON text, or None."""
    try:
        return loads(text)
    except (ValueError, RecursionError):
        return None


def _read(row: Any) -> tuple[Survey | None, str]:
    """Read a published survey; return it, or why that is not possible."""
    try:
        survey = from_document(loads(row.document))
    except (ValueError, RecursionError) as reason:
        return None, str(reason)
    if (survey.id, survey.version) != (row.id, row.version):
        return None, f"it says that it is {survey.id} {survey.version}"
    return survey, ""
