"""The metadata that every feature's tables belong to, and the column types that they share."""

from datetime import UTC, datetime
from functools import lru_cache
from json import dumps, loads
from typing import Any

from sqlalchemy import DateTime, Dialect, LargeBinary, MetaData, String, Text, Uuid
from sqlalchemy.types import TypeDecorator, TypeEngine

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """An aware datetime, always UTC when it comes back, to the millisecond.

    SQLite has no type for it: there it is text of one width, so that text order is time order.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text in SQLite, timestamptz elsewhere."""
        return dialect.type_descriptor(String(29) if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Turn a moment into what the engine stores; a naive one raises ValueError."""
        if value is None:
            return None
        return moment_text(value) if dialect.name == "sqlite" else _aware(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Turn what the engine stored into an aware datetime."""
        if value is None:
            return None
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        return moment.astimezone(UTC)


def moment_text(moment: datetime) -> str:
    """Return a moment as SQLite keeps it: UTC, 29 characters; raise ValueError for a naive one."""
    return _aware(moment).astimezone(UTC).isoformat(timespec="milliseconds")


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment without its offset from UTC")
    return moment


class Names(TypeDecorator[tuple[str, ...]]):
    """A few names, such as the ids of reasons, as JSON text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str:
        """Turn names into JSON."""
        return names_text(value or ())

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...]:
        """Turn JSON into names."""
        return tuple(loads(value)) if value else ()


@lru_cache(maxsize=1024)
def names_text(names: tuple[str, ...]) -> str:
    """Return names as the database keeps them."""
    return dumps(names, ensure_ascii=False) if names else "[]"


Identity = Uuid(as_uuid=False).with_variant(String(36), "sqlite")
"""A UUIDv7 in its usual spelling; PostgreSQL keeps 16 bytes of it, SQLite the text."""

Digest = LargeBinary
"""A hash: 16 or 32 bytes."""
