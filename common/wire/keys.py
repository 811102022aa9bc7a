"""Keys that change, as they travel: for contact details, and a device's own. A wrong one spoils no answer."""

from collections.abc import Mapping
from re import compile as pattern
from typing import Any

from common.responses import is_name
from common.wire.values import MOST_KEYS, Keys, NewKeys

_HASH = pattern(r"[0-9a-f]{64}")


def batch_part(keys: Keys | None) -> dict[str, Any]:
    """Return what a batch says of its kiosk's keys."""
    if keys is None:
        return {}
    following = {"next": keys.following} if keys.following else {}
    return {"keys": {"sealing": list(keys.sealing), **following}}


def read_batch_part(document: Mapping[str, Any]) -> Keys | None:
    """Read a kiosk's keys; None where they are left out or make no sense."""
    part = document.get("keys")
    if not isinstance(part, dict):
        return None
    sealing = part.get("sealing")
    if not isinstance(sealing, list) or len(sealing) > MOST_KEYS or not all(map(is_name, sealing)):
        return None
    return Keys(tuple(sealing), _hash(part))


def receipt_part(keys: NewKeys) -> dict[str, Any]:
    """Return what a receipt says of keys; nothing, as a rule."""
    said = {"sealing": keys.sealing, "next": keys.following, "renew": keys.renew}
    there = {name: value for name, value in said.items() if value}
    return {"keys": there} if there else {}


def read_receipt_part(document: Mapping[str, Any]) -> NewKeys:
    """Read what a receipt says of keys."""
    part = document.get("keys")
    if not isinstance(part, dict):
        return NewKeys()
    sealing = part.get("sealing")
    return NewKeys(sealing if is_name(sealing) else None, _hash(part), part.get("renew") is True)


def _hash(part: Mapping[str, Any]) -> str | None:
    value = part.get("next")
    return value if isinstance(value, str) and _HASH.fullmatch(value) else None
