"""Documents and bytes made worse, by the choices of one random generator."""

from copy import deepcopy
from gzip import compress
from json import dumps
from random import Random
from typing import Any

NASTY: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 7, 10, 11, 2**31, 2**53, 2**63, 10**40, -(10**400), 0.5, 1e308, 7.0,
    float("nan"), float("inf"), "", " ", "7", "\x00", "a\x00b", "\ud800", "\u202e", "é" * 65, "x" * 4001,
    "𝕏" * 300, "1970-01-01T00:00:00Z", "2199-12-31T23:59:59.999-23:59", "2026-02-30T25:61:00+99:99",
    "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "'; DROP TABLE responses; --", "../../x",
    "019d2437-399a-7c3f-9a5e-0d6c7b8a9f10", "AAAA", "=" * 9, [], {}, [[]], [None], [1, 1], [[1, 0]],
    {"": {}}, {"id": None}, [{}] * 30, ["reason"] * 21,
)  # fmt: skip

DEEP = ("[" * 200_000, '{"a":' * 50_000, '{"protocol":1,"responses":' + "[" * 3000 + "]" * 3000 + "}")
"""Texts that are deeper than a reader of JSON can go, one of them only just."""

HEADERS = (
    "",
    "Bearer",
    "Bearer ",
    "Basic Og==",
    "bearer x",
    "Bearer \xff",
    "x" * 4000,
    "gzip, gzip",
    '"',
    "W/",
    "*",
)


def changed(document: Any, others: list[Any], chance: Random) -> Any:
    """Return a document with one to three of its parts replaced, left out, doubled or taken from another."""
    box = [deepcopy(document)]
    for _ in range(chance.choice((1, 1, 2, 3))):
        _change(box, others, chance)
    return box[0]


def _change(box: list[Any], others: list[Any], chance: Random) -> None:
    holder, place = chance.choice(_places(box))
    match chance.randrange(6):
        case 0 if holder is not box:
            del holder[place]
        case 1:
            holder[place] = [holder[place]] * chance.choice((1, 2, 30, 1001))
        case 2:
            found, key = chance.choice(_places([chance.choice(others)]))
            holder[place] = deepcopy(found[key])
        case 3 if isinstance(holder, dict):
            holder[str(chance.choice(NASTY))] = holder[place]
        case _:
            holder[place] = deepcopy(chance.choice(NASTY))


def _places(box: Any) -> list[tuple[Any, Any]]:
    """Return every part of a document, each by what holds it and where."""
    found, todo = [], [box]
    while todo:
        holder = todo.pop()
        keys = holder.keys() if isinstance(holder, dict) else range(len(holder))
        for key in keys:
            found.append((holder, key))
            if isinstance(holder[key], dict | list) and holder[key]:
                todo.append(holder[key])
        if len(found) > 300:
            break
    return found


def written(document: Any, chance: Random) -> bytes:
    """Return a document as bytes of JSON; now and then as none."""
    if chance.random() < 0.002:
        return chance.choice(DEEP).encode()
    body = document if isinstance(document, bytes) else _json(document, chance)
    return damaged(body, chance) if chance.random() < 0.1 else body


def _json(document: Any, chance: Random) -> bytes:
    # Schemathesis puts bytes and dates into what is to be no good document.
    text = dumps(document, ensure_ascii=chance.random() < 0.5, default=str)
    return text.encode("utf-8", "surrogatepass")


def packed(body: bytes, chance: Random) -> bytes:
    """Return bytes as gzip; now and then damaged, doubled, or far larger inside than outside."""
    luck = chance.random()
    if luck < 0.0005:
        return compress(bytes(17 * 2**20), 1, mtime=0)
    whole = compress(body, 1, mtime=0)
    return whole * 2 if luck < 0.01 else damaged(whole, chance) if luck < 0.05 else whole


def damaged(body: bytes, chance: Random) -> bytes:
    """Return bytes of which some are changed, or left out, or come too early."""
    spoiled = bytearray(body)
    for _ in range(chance.randrange(1, 4)):
        place = chance.randrange(len(spoiled) + 1)
        match chance.randrange(4):
            case 0:
                del spoiled[place:]
            case 1:
                spoiled[place:place] = chance.randbytes(chance.randrange(1, 9))
            case 2:
                del spoiled[place : place + chance.randrange(1, 9)]
            case _:
                spoiled[place : place + 1] = chance.randbytes(1)
    return bytes(spoiled)
