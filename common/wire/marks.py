"""The marks by which a hub tells a tablet from its copies, as they travel. A wrong one holds up no answer."""

from collections.abc import Mapping
from typing import Any, TypeGuard

from common.wire.values import LONGEST_MARK, Copy, Mark


def batch_part(mark: Mark | None) -> dict[str, Any]:
    """Return what a batch says of its kiosk's mark."""
    return {"mark": {"last": mark.last, "draw": mark.draw}} if mark else {}


def read_batch_part(document: Mapping[str, Any]) -> Mark | None:
    """Read a kiosk's mark; None where it is left out or makes no sense."""
    part = document.get("mark")
    if not isinstance(part, dict):
        return None
    last, draw = part.get("last"), part.get("draw")
    if not _is_mark(draw) or not (last is None or _is_mark(last)):
        return None
    return Mark(last, draw)


def read_receipt_part(document: Mapping[str, Any]) -> tuple[str | None, Copy | None]:
    """Read the next mark and what the hub knows from the marks; None where there is no such thing."""
    mark, copy = document.get("mark"), document.get("copy")
    known = Copy(copy) if isinstance(copy, str) and copy in tuple(Copy) else None
    return mark if _is_mark(mark) else None, known


def _is_mark(value: Any) -> TypeGuard[str]:
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_MARK:
        return False
    return value.isascii() and value.isprintable()
