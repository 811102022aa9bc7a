"""The small parts that schemas are put together from."""

from collections.abc import Iterable, Mapping
from typing import Any

Schema = dict[str, Any]


def shape(needed: Mapping[str, Schema], optional: Mapping[str, Schema] | None = None) -> Schema:
    """Return an object's schema: members that are always there, and members that may be left out."""
    schema: Schema = {"type": "object", "properties": {**needed, **(optional or {})}}
    return schema | ({"required": list(needed)} if needed else {})


def table(values: Schema, **limits: Any) -> Schema:
    """Return the schema of an object that maps names of any kind to such values."""
    return {"type": "object", "additionalProperties": values, **limits}


def a_list(items: Schema, **limits: Any) -> Schema:
    """Return a list's schema."""
    return {"type": "array", "items": items, **limits}


def text(**limits: Any) -> Schema:
    """Return a text's schema."""
    return {"type": "string", **limits}


def count(lowest: int = 0, below: int = 2**53) -> Schema:
    """Return the schema of a whole number that every JSON reader keeps exact."""
    return {"type": "integer", "minimum": lowest, "maximum": below - 1}


def among(values: Iterable[Any]) -> Schema:
    """Return the schema of one of several values."""
    return {"enum": list(values)}


def or_null(schema: Schema) -> Schema:
    """Return the schema of something that may be null."""
    return {"anyOf": [schema, {"type": "null"}]}


def base64_of(least: int, most: int) -> Schema:
    """Return the schema of so many bytes, written in base64."""
    lengths = {f"{name}Length": -(-size // 3) * 4 for name, size in (("min", least), ("max", most))}
    pattern = "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
    return {"type": "string", "contentEncoding": "base64", "pattern": pattern, **lengths}


def ref(name: str) -> Schema:
    """Return a reference to a schema of the document."""
    return {"$ref": f"#/components/schemas/{name}"}
