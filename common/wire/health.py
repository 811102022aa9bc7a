"""How a tablet is, as it travels. What is for people only holds up no answer: wrong, it is passed over."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, fields
from typing import Any

from common.responses import clean_comment, is_name
from common.tablet import Battery, Lock, Met
from common.wire.fields import read_count, read_time, read_version, short, written_time
from common.wire.values import LONGEST_APP, BadBatch, Health, Unusable

_USED = tuple(part.name for part in fields(Unusable))
_LOCKS = {lock.value: lock for lock in Lock}


def health_document(health: Health) -> dict[str, Any]:
    """Return a tablet's state as JSON values; what it does not know is left out."""
    document = asdict(health)
    if health.trouble:
        document["trouble"]["at"] = written_time(health.trouble.at)
    unknown = [name for name in ("battery", "lock", "trouble") if document[name] is None]
    return {name: value for name, value in document.items() if name not in unknown}


def read_health(document: Mapping[str, Any]) -> Health:
    """Read a tablet's state; raise BadBatch, KeyError or TypeError."""
    return Health(
        app=clean_comment(str(document["app"]))[:LONGEST_APP],
        survey=read_count(document, "survey"),
        free_disk=read_count(document, "free_disk"),
        offset=_offset(document["offset"]),
        settings=read_version(document),
        unusable=_unusable(document.get("unusable")),
        battery=_battery(document.get("battery")),
        lock=_lock(document.get("lock")),
        trouble=_trouble(document.get("trouble")),
    )


def _offset(value: Any) -> int | None:
    if value is not None and (type(value) is not int or abs(value) >= 2**53):
        raise BadBatch("offset is no number of milliseconds")
    return value


def _unusable(document: Any) -> Unusable:
    whys = document if isinstance(document, dict) else {}
    return Unusable(*(short(whys[name]) if isinstance(whys.get(name), str) else "" for name in _USED))


def _battery(document: Any) -> Battery | None:
    part = document if isinstance(document, dict) else {}
    match part.get("percent"), part.get("plugged"):
        case (int(percent), bool(plugged)) if type(percent) is int and 0 <= percent <= 100:
            return Battery(percent, plugged)
    return None


def _lock(value: Any) -> Lock | None:
    return _LOCKS.get(value) if isinstance(value, str) else None


def _trouble(document: Any) -> Met | None:
    part = document if isinstance(document, dict) else {}
    with suppress(ValueError, TypeError, OverflowError):
        moment = read_time(part.get("at"))
        return Met(part["code"], moment) if is_name(part.get("code")) else None
    return None
