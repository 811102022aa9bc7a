"""The SQL of surveys, and of what is set on the kiosks that show them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from json import dumps, loads
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Engine,
    ScalarSelect,
    String,
    and_,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from common.settings import PARTS
from common.settings_document import overlaid
from common.surveys import Survey, from_document, standard_survey, to_document
from hub.db.audit import record
from hub.db.dialect import hold, insert_missing
from hub.surveys.rules import FIRST_OWN, NOT_OWN, Key, makes_way, outline, standard_surveys
from hub.surveys.tables import kiosk_settings, surveys


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
    record(connection, now, person, "survey published", f"{survey.id} {survey.version}, {_whom(store)}")


def retire_own(connection: Connection, store: str | None, person: str, now: datetime) -> int:
    """Show head office's own surveys of a store, or of the whole chain, no more; return how many it were."""
    own = surveys.c.id.not_in(NOT_OWN) & surveys.c.retired_at.is_(None) & _for(store)
    retired = connection.execute(update(surveys).where(own).values(retired_at=now)).rowcount
    publish_standard(connection, now)
    if retired:
        record(connection, now, person, "surveys removed", f"{retired}, {_whom(store)}")
    return retired


def current(connection: Connection, store: str | None = None) -> Survey:
    """Return the survey that kiosks of a store, or of one that has none of its own, should show.

    It is the one published last. One that cannot be read is passed over: see published.
    """
    for key in _shown(connection, store):
        if survey := _sound(connection, [key]).get(key):
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
    found = _sound(connection, keys)
    lost = [_is(*key) for key in keys if key not in found]
    if lost:
        for row in connection.execute(select(surveys).where(or_(*lost))):
            if survey := outline((row.id, row.version), _json(row.document)):
                found[row.id, row.version] = survey
    return found


def _sound(connection: Connection, keys: Collection[Key]) -> dict[Key, Survey]:
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
    shown = _SHOWN.where(_reaches(surveys.c.store, literal(store, String)))
    return [(id_, version) for id_, version in connection.execute(shown)]


_SHOWN = (
    select(surveys.c.id, surveys.c.version)
    .where(surveys.c.retired_at.is_(None))
    .order_by(surveys.c.store.is_(None), surveys.c.published_at.desc(), surveys.c.version.desc())
)


def _reaches(whom: Column[Any], store: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return the condition that what is for a store, or for the whole chain, is for this store."""
    return or_(whom.is_(None), whom == store)


def _for(store: str | None) -> ColumnElement[bool]:
    return surveys.c.store.is_(None) if store is None else surveys.c.store == store


def _whom(store: str | None) -> str:
    return store or "whole chain"


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


@dataclass(frozen=True, slots=True)
class Held:
    """What was set last for a store or, with store None, for the whole chain; no parts after a removal.

    why_broken says why the parts cannot be read, if so; then there are none.
    """

    version: int
    store: str | None
    parts: Mapping[str, Any]
    set_at: datetime
    why_broken: str = ""


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
    record(connection, now, person, action, f"{_whom(store)}, version {version}")
    return version


def find_settings(connection: Connection, store: str | None) -> Held | None:
    """Return what was set last for a store itself or, with None, for the whole chain."""
    is_it = kiosk_settings.c.store.is_(None) if store is None else kiosk_settings.c.store == store
    row = connection.execute(_ROWS.where(is_it).order_by(kiosk_settings.c.version.desc()).limit(1)).first()
    if row is None:
        return None
    parts, why = _parts(row.document)
    return Held(row.version, row.store, parts, row.set_at, why)


def _parts(text: str) -> tuple[Mapping[str, Any], str]:
    """Read settings that were set; return their parts, and why that is not possible."""
    try:
        parts = loads(text)
    except (ValueError, RecursionError) as reason:
        return {}, str(reason)
    return (parts, "") if isinstance(parts, dict) else ({}, "they are no JSON object")


def broken_settings(connection: Connection) -> list[Held]:
    """Return what was set last and cannot be read."""
    held = [find_settings(connection, store) for store in settings_versions(connection)]
    return [each for each in held if each and each.why_broken]


def settings_for(connection: Connection, store: str) -> dict[str, Any] | None:
    """Return the document for the kiosks of a store: the store's own parts before the chain's.

    None while nobody has ever set anything.
    """
    held = [find_settings(connection, None), find_settings(connection, store)]
    layers = [each for each in held if each]
    if not layers:
        return None
    return {"version": max(each.version for each in layers)} | overlaid(*(each.parts for each in layers))


def newest(store: ColumnElement[Any]) -> tuple[ScalarSelect[Any], ScalarSelect[Any], ScalarSelect[Any]]:
    """Return what a query asks for beside a store's code, to learn what the store's kiosks should use.

    These are id and version of the survey that was published last, which asked_version may pass over, and the
    version of the settings, 0 for none.
    """
    shown = _SHOWN.where(_reaches(surveys.c.store, store)).limit(1)
    last = select(func.coalesce(func.max(kiosk_settings.c.version), 0))
    return (
        shown.with_only_columns(surveys.c.id).scalar_subquery(),
        shown.with_only_columns(surveys.c.version).scalar_subquery(),
        last.where(_reaches(kiosk_settings.c.store, store)).scalar_subquery(),
    )


def asked_version(connection: Connection, store: str, last: Key) -> int:
    """Return the version of the survey that a store's kiosks should ask, given the one published last."""
    return last[1] if last in _sound(connection, [last]) else current(connection, store).version


def settings_versions(connection: Connection) -> dict[str | None, int]:
    """Return the version of what was set last for each store that has settings, under None for the chain."""
    newest = select(kiosk_settings.c.store, func.max(kiosk_settings.c.version))
    found = connection.execute(newest.group_by(kiosk_settings.c.store))
    return {row[0]: row[1] for row in found}


_INSERT = insert(kiosk_settings).returning(kiosk_settings.c.version)
_ROWS = select(
    kiosk_settings.c.version, kiosk_settings.c.store, kiosk_settings.c.document, kiosk_settings.c.set_at
)
