"""The board of kiosks, as a page and as a table for a spreadsheet: which are heard of, what is on its way."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from typing import Any

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from hub.db import reading
from hub.fleet import queries, rules
from hub.fleet.pages import names
from hub.fleet.pages.blueprint import pages
from hub.fleet.rules import Kiosk, State, Worry
from hub.web.access import may_see, viewer
from hub.web.context import current_hub
from hub.web.paging import Page, asked_page

KIOSKS_ON_A_PAGE = 50

SORTS: Mapping[str, Callable[[Kiosk], Any]] = {
    "silent": lambda kiosk: kiosk.last_contact or kiosk.paired_at,
    "name": lambda kiosk: kiosk.name,
    "store": lambda kiosk: kiosk.store_name,
    "missing": lambda kiosk: -kiosk.missing,
    "waiting": lambda kiosk: -kiosk.waiting,
    "given": lambda kiosk: -kiosk.given,
}
"""The orders of the board; kiosks that are equal in one stay in the order of their names."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which kiosks the reader asks for, in what order.

    which is "" for all of them, "worry" for those with any worry, a Worry, or a State that is not active.
    """

    text: str
    which: str
    sort: str

    @classmethod
    def of_request(cls) -> "Asked":
        """Read the address; what it does not say, or says wrongly, has its default."""
        which, sort = request.args.get("which", ""), request.args.get("sort", "silent")
        return cls(
            text=request.args.get("text", "").strip()[:100],
            which=which if which in WHICH else "",
            sort=sort if sort in SORTS else "silent",
        )

    def of(self, kiosks: list[Kiosk], now: datetime) -> list[Kiosk]:
        """Return the kiosks asked for, in order."""
        found = [kiosk for kiosk in kiosks if self._has_text(kiosk) and self._is_meant(kiosk, now)]
        return sorted(sorted(found, key=SORTS["name"]), key=SORTS[self.sort])

    def _has_text(self, kiosk: Kiosk) -> bool:
        words = f"{kiosk.name} {kiosk.store} {kiosk.store_name} {kiosk.touchpoint} {kiosk.app}".casefold()
        return all(word in words for word in self.text.casefold().split())

    def _is_meant(self, kiosk: Kiosk, now: datetime) -> bool:
        worries = rules.worries(kiosk, now)
        return self.which in ("", kiosk.state, *worries) or (self.which == "worry" and bool(worries))


WHICH = ("worry", *Worry, State.STOPPED, State.LOST)


@pages.get("")
def board() -> ResponseReturnValue:
    """Show the kiosks of the stores that the person may see, the ones silent for longest first."""
    hub, asked = current_hub(), Asked.of_request()
    with reading(hub.engine) as connection:
        kiosks = _seen(connection, hub.now())
    return render_template(
        "fleet/board.html",
        kiosks=Page.cut(asked.of(kiosks, hub.now()), asked_page(), KIOSKS_ON_A_PAGE),
        asked=asked,
        everything=len(kiosks),
        accepted="accepted" in request.args,
        now=hub.now(),
        silent=rules.SILENT,
        names=names,
    )


@pages.get("/kiosks.csv")
def table() -> Response:
    """Give the kiosks asked for as a table for a spreadsheet, a line at a time."""
    hub, asked = current_hub(), Asked.of_request()
    with reading(hub.engine) as connection:
        kiosks = asked.of(_seen(connection, hub.now()), hub.now())
    headers = {"Content-Disposition": "attachment; filename=kiosks.csv"}
    return Response(_lines(kiosks, hub.now()), mimetype="text/csv", headers=headers)


def _lines(kiosks: list[Kiosk], now: datetime) -> Iterator[str]:
    yield _line(rules.TITLES)
    for kiosk in kiosks:
        yield _line(rules.document(kiosk, now).values())


def _line(values: Iterable[object]) -> str:
    text = StringIO()
    csv.writer(text).writerow([_cell(value) for value in values])
    return text.getvalue()


def _cell(value: object) -> object:
    """Return a value as a spreadsheet takes it, and no text that one takes for a formula."""
    if isinstance(value, datetime):
        return value.isoformat()
    text = " ".join(value) if isinstance(value, list) else value
    return f"'{text}" if isinstance(text, str) and text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _seen(connection: Connection, now: datetime) -> list[Kiosk]:
    return [kiosk for kiosk in queries.fleet(connection, now) if may_see(viewer(), kiosk.store)]
