"""The SQL of surveys."""

from collections.abc import Collection
from datetime import datetime
from json import dumps, loads
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Connection, Engine, and_, or_, select

from common.surveys import Survey, from_document, standard_survey, to_document
from hub.db.dialect import insert_missing
from hub.surveys.rules import makes_way, standard_surveys
from hub.surveys.tables import surveys

Key = tuple[str, int]
"""A survey's id and version."""


def publish(connection: Connection, survey: Survey, now: datetime) -> None:
    """Publish a version of a survey; one that is published already stays as it is."""
    row = {
        "id": survey.id,
        "version": survey.version,
        "document": dumps(to_document(survey), ensure_ascii=False),
        "published_at": now,
    }
    insert_missing(connection, surveys, [row])


def publish_standard(connection: Connection, now: datetime) -> None:
    """Publish the newest standard survey, unless head office shows one of its own."""
    document = connection.execute(_LATEST.with_only_columns(surveys.c.document)).scalar()
    if makes_way(_read(document) if document else None):
        publish(connection, standard_survey(), now)


def current(connection: Connection) -> Survey:
    """Return the survey that kiosks should show: the one published last."""
    return _read(connection.execute(_LATEST.with_only_columns(surveys.c.document)).scalar_one())


def current_version(connection: Connection) -> int:
    """Return the version of the survey that kiosks should show."""
    version: int = connection.execute(_LATEST).scalar_one()
    return version


_LATEST = select(surveys.c.version).order_by(surveys.c.published_at.desc(), surveys.c.version.desc()).limit(1)


def find(connection: Connection, keys: Collection[Key]) -> dict[Key, Survey]:
    """Return the surveys with these ids and versions, as far as they are published or standard."""
    standard = {(survey.id, survey.version): survey for survey in standard_surveys()}
    shelf = _shelves.setdefault(connection.engine, standard)
    wanted = [_is(*key) for key in keys if key not in shelf]
    if wanted:
        for document in connection.execute(select(surveys.c.document).where(or_(*wanted))).scalars():
            survey = _read(document)
            shelf[survey.id, survey.version] = survey
    return {key: shelf[key] for key in keys if key in shelf}


_shelves: WeakKeyDictionary[Engine, dict[Key, Survey]] = WeakKeyDictionary()
"""Surveys read from each database. A published version never changes, so reading it once is enough."""


def _is(id_: str, version: int) -> ColumnElement[bool]:
    return and_(surveys.c.id == id_, surveys.c.version == version)


def _read(document: str) -> Survey:
    return from_document(loads(document))
