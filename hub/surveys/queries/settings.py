"""The SQL of what is set on kiosks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from json import dumps, loads
from typing import Any

from sqlalchemy import Connection, func, insert, select

from common.settings import PARTS
from common.settings_document import overlaid
from hub.db.audit import record
from hub.surveys.queries.scope import is_for, whom_text
from hub.surveys.tables import kiosk_settings


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
    record(connection, now, person, action, f"{whom_text(store)}, version {version}")
    return version


def find_settings(connection: Connection, store: str | None) -> Held | None:
    """Return what was set last for a store itself or, with None, for the whole chain."""
    of_it = _ROWS.where(is_for(kiosk_settings.c.store, store))
    row = connection.execute(of_it.order_by(kiosk_settings.c.version.desc()).limit(1)).first()
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

    None while nobody has ever set anything. In place of parts that cannot be read come those before them.
    """
    held = [find_settings(connection, None), find_settings(connection, store)]
    layers = [each for each in held if each]
    if not layers:
        return None
    parts = [_before(connection, each) if each.why_broken else each.parts for each in layers]
    return {"version": max(each.version for each in layers)} | overlaid(*parts)


def _before(connection: Connection, broken: Held) -> Mapping[str, Any]:
    """Return the newest parts that can be read of whom settings are for that cannot; none if none can."""
    of_it = _ROWS.where(is_for(kiosk_settings.c.store, broken.store))
    rows = connection.execute(of_it.order_by(kiosk_settings.c.version.desc()))
    return next((parts for parts, why in (_parts(row.document) for row in rows) if not why), {})


def settings_versions(connection: Connection) -> dict[str | None, int]:
    """Return the version of what was set last for each store that has settings, under None for the chain."""
    newest = select(kiosk_settings.c.store, func.max(kiosk_settings.c.version))
    found = connection.execute(newest.group_by(kiosk_settings.c.store))
    return {row[0]: row[1] for row in found}


_INSERT = insert(kiosk_settings).returning(kiosk_settings.c.version)
_ROWS = select(
    kiosk_settings.c.version, kiosk_settings.c.store, kiosk_settings.c.document, kiosk_settings.c.set_at
)
