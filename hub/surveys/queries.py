"""The SQL of surveys, and of what is set on the kiosks that show them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from json import dumps, loads
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Connection, Engine, and_, bindparam, func, insert, or_, select

from common.settings import PARTS, overlaid
from common.surveys import Survey, from_document, standard_survey, to_document
from hub.db.audit import record
from hub.db.dialect import insert_missing
from hub.surveys.rules import makes_way, standard_surveys
from hub.surveys.tables import kiosk_settings, surveys

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


@dataclass(frozen=True, slots=True)
class Held:
    """What was set last for a store or, with store None, for the whole chain; no parts after a removal."""

    version: int
    store: str | None
    parts: Mapping[str, Any]
    set_at: datetime


def set_settings(
    connection: Connection, store: str | None, document: Mapping[str, Any], person: str, now: datetime
) -> int:
    """Set the parts of a document, which is already checked, in place of earlier ones; return its version.

    An empty document takes them away. Versions count up over all stores, so that each change of what a
    kiosk should use has a number of its own.
    """
    parts = {name: document[name] for name in PARTS if name in document}
    row = {"store": store, "document": dumps(parts, ensure_ascii=False), "set_at": now}
    version: int = connection.execute(_INSERT, row).scalar_one()
    action = "settings set" if parts else "settings removed"
    record(connection, now, person, action, f"{store or 'whole chain'}, version {version}")
    return version


def find_settings(connection: Connection, store: str | None) -> Held | None:
    """Return what was set last for a store itself or, with None, for the whole chain."""
    is_it = kiosk_settings.c.store.is_(None) if store is None else kiosk_settings.c.store == store
    row = connection.execute(_ROWS.where(is_it).order_by(kiosk_settings.c.version.desc()).limit(1)).first()
    return Held(row.version, row.store, loads(row.document), row.set_at) if row else None


def settings_for(connection: Connection, store: str) -> dict[str, Any] | None:
    """Return the document for the kiosks of a store: the store's own parts before the chain's.

    None while nobody has ever set anything.
    """
    held = [find_settings(connection, None), find_settings(connection, store)]
    layers = [each for each in held if each]
    if not layers:
        return None
    return {"version": max(each.version for each in layers)} | overlaid(*(each.parts for each in layers))


def settings_version(connection: Connection, store: str) -> int:
    """Return the version of the settings that the kiosks of a store should use, 0 for none."""
    version: int = connection.execute(_VERSION, {"of": store}).scalar_one()
    return version


_INSERT = insert(kiosk_settings).returning(kiosk_settings.c.version)
_ROWS = select(
    kiosk_settings.c.version, kiosk_settings.c.store, kiosk_settings.c.document, kiosk_settings.c.set_at
)
_VERSION = select(func.coalesce(func.max(kiosk_settings.c.version), 0)).where(
    or_(kiosk_settings.c.store.is_(None), kiosk_settings.c.store == bindparam("of"))
)
