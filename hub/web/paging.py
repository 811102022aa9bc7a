"""Lists that are shown a page at a time, and the way back to where somebody was."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Self, TypeVar
from urllib.parse import urlsplit

from flask import request, url_for

T = TypeVar("T")
MOST_PAGES = 100_000


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list: what is on it, its number from 1, and whether there is another one."""

    items: Sequence[T]
    number: int
    more: bool

    @classmethod
    def of(cls, found: Sequence[T], number: int, size: int) -> Self:
        """Return a page of what was found: one more than a page holds says that there is a next one."""
        return cls(found[:size], number, len(found) > size)

    @classmethod
    def cut(cls, everything: Sequence[T], number: int, size: int) -> Self:
        """Return a page of a whole list; a number beyond its end is its last page."""
        last = max(1, -(-len(everything) // size))
        number = min(number, last)
        return cls(everything[(number - 1) * size : number * size], number, number < last)


def asked_page() -> int:
    """Return which page the request asks for: 1 unless it says a number."""
    return min(max(1, request.args.get("page", 1, type=int)), MOST_PAGES)


def here_with(**changes: str | int | None) -> str:
    """Return the address of this page with some of its arguments changed, or left out where None."""
    arguments = {**(request.view_args or {}), **request.args.to_dict(), **changes}
    return url_for(
        request.endpoint or "", **{name: value for name, value in arguments.items() if value is not None}
    )


def local_path(target: str) -> str:
    """Return a path of this hub, as a form sent it, or "/" for anything that leads elsewhere."""
    parts = urlsplit(target)
    local = target.startswith("/") and not target.startswith("//") and "\\" not in target
    return target if local and target.isprintable() and not parts.scheme and not parts.netloc else "/"
