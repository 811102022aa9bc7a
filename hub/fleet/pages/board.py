"""The board of kiosks, as a page and as a table for a spreadsheet: which are heard of, what is on its way."""

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from io import StringIO

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from hub.db import reading
from hub.fleet.choice import LONGEST_TEXT, SORTS, WHICH, Choice, is_behind, is_troubled
from hub.fleet.kiosks import SILENT, TITLES, Kiosk, document, worries
from hub.fleet.neighbours import introduced
from hub.fleet.pages import condition, names
from hub.fleet.pages.blueprint import pages
from hub.web.access import may_see, viewer
from hub.web.context import current_hub
from hub.web.paging import Page, asked_page

KIOSKS_ON_A_PAGE = 50
OLD = timedelta(hours=1)
"""Since then an answer that waits on a tablet is worth a line; a kiosk syncs every few minutes."""


def asked() -> Choice:
    """Return what the address asks for; what it does not say, or says wrongly, has its default."""
    which, sort = request.args.get("which", ""), request.args.get("sort", "silent")
    return Choice(
        text=request.args.get("text", "").strip()[:LONGEST_TEXT],
        which=which if which in WHICH else "",
        sort=sort if sort in SORTS else "silent",
    )


@pages.get("")
def board() -> ResponseReturnValue:
    """Show the kiosks of the stores that the person may see, the ones silent for longest first."""
    hub, choice = current_hub(), asked()
    with reading(hub.engine) as connection:
        kiosks = _seen(connection, hub.now())
    return render_template(
        "fleet/board.html",
        kiosks=Page.cut(choice.of(kiosks, hub.now()), asked_page(), KIOSKS_ON_A_PAGE),
        asked=choice,
        everything=len(kiosks),
        accepted="accepted" in request.args,
        now=hub.now(),
        silent=SILENT,
        old=OLD,
        worries=worries,
        names=names,
        condition=condition,
        is_behind=is_behind,
        is_troubled=is_troubled,
    )


@pages.get("/kiosks.csv")
def table() -> Response:
    """Give the kiosks asked for as a table for a spreadsheet, a line at a time."""
    hub, choice = current_hub(), asked()
    with reading(hub.engine) as connection:
        kiosks = choice.of(_seen(connection, hub.now()), hub.now())
    headers = {"Content-Disposition": "attachment; filename=kiosks.csv"}
    return Response(_lines(kiosks, hub.now()), mimetype="text/csv", headers=headers)


def _lines(kiosks: list[Kiosk], now: datetime) -> Iterator[str]:
    yield _line(TITLES)
    for kiosk in kiosks:
        yield _line(document(kiosk, now).values())


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
    return [kiosk for kiosk in introduced().fleet(connection, now) if may_see(viewer(), kiosk.store)]
