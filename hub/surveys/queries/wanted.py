"""The SQL of what kiosks should use, asked together with who they are."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, ScalarSelect, func, select

from hub.surveys.queries.scope import reaches
from hub.surveys.queries.surveys import SHOWN, current, sound
from hub.surveys.rules import Key
from hub.surveys.tables import kiosk_settings, surveys


def newest(store: ColumnElement[Any]) -> tuple[ScalarSelect[Any], ScalarSelect[Any], ScalarSelect[Any]]:
    """Return what a query asks for beside a store's code, to learn what the store's kiosks should use.

    These are id and version of the survey that was published last, which asked_version may pass over, and the
    version of the settings, 0 for none.
    """
    shown = SHOWN.where(reaches(surveys.c.store, store)).limit(1)
    last = select(func.coalesce(func.max(kiosk_settings.c.version), 0))
    return (
        shown.with_only_columns(surveys.c.id).scalar_subquery(),
        shown.with_only_columns(surveys.c.version).scalar_subquery(),
        last.where(reaches(kiosk_settings.c.store, store)).scalar_subquery(),
    )


def asked_version(connection: Connection, store: str, last: Key) -> int:
    """Return the version of the survey that a store's kiosks should ask, given the one published last."""
    return last[1] if last in sound(connection, [last]) else current(connection, store).version
