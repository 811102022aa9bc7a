"""The page of closed days, on which no answers are expected."""

from collections.abc import Mapping
from datetime import date

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from hub.alerts.queries import closing
from hub.alerts.rules.closing import AHEAD, BACK, Closed, NoSpan, asked, in_rows
from hub.db import reading, writing
from hub.db.audit import record
from hub.stores.queries import all_stores, find_store
from hub.web.access import may_see, viewer
from hub.web.context import current_hub
from hub.web.paging import Page, asked_page

ON_A_PAGE = 20


def closed_days() -> ResponseReturnValue:
    """List the closed days of the person's stores, with a form for more."""
    with reading(current_hub().engine) as connection:
        return _page(connection, undo=_from(request.args))


def close() -> ResponseReturnValue:
    """Note that a store is closed on some days."""
    hub = current_hub()
    with writing(hub.engine) as connection:
        closed = _from(request.form)
        if closed is None:
            return _page(connection, wrong=True), 400
        _require(connection, closed.store)
        if closing.close(connection, closed):
            record(connection, hub.now(), viewer().email, "days closed", _named(closed))
    return redirect(url_for("alerts.closed_days"), 303)


def reopen() -> ResponseReturnValue:
    """Take back that a store is closed on some days; the page then offers to undo that."""
    hub = current_hub()
    with writing(hub.engine) as connection:
        closed = _from(request.form) or abort(400)
        _require(connection, closed.store)
        if closing.reopen(connection, closed):
            record(connection, hub.now(), viewer().email, "days open", _named(closed))
    first, last = closed.first.isoformat(), closed.last.isoformat()
    return redirect(url_for("alerts.closed_days", store=closed.store, first=first, last=last), 303)


def _page(connection: Connection, undo: Closed | None = None, *, wrong: bool = False) -> str:
    today, person = _today(), viewer()
    stores = [store for store in all_stores(connection) if may_see(person, store.code)]
    days = closing.closed_since(connection, today - BACK, None if person.head_office else person.stores)
    return render_template(
        "alerts/closed_days.html",
        found=Page.cut(in_rows(days), asked_page(), ON_A_PAGE),
        stores=stores, names={store.code: store.name for store in stores}, may=_may,
        earliest=today - BACK, latest=today + AHEAD,
        undo=undo if undo and _may(undo.store) and (undo.store, undo.first) not in days else None,
        wrong=wrong,
        typed=request.form,
    )  # fmt: skip


def _from(values: Mapping[str, str]) -> Closed | None:
    """Return the days that a form or an address names, None where it names none."""
    try:
        return asked(values.get("store", ""), values.get("first", ""), values.get("last", ""), _today())
    except NoSpan:
        return None


def _today() -> date:
    return current_hub().now().date()


def _may(store: str) -> bool:
    """Say whether the person may say when a store is closed; for all stores at once only head office may."""
    return viewer().head_office or (store != "" and may_see(viewer(), store))


def _require(connection: Connection, store: str) -> None:
    if not _may(store) or (store and find_store(connection, store) is None):
        abort(404)


def _named(closed: Closed) -> str:
    days = f"{closed.first}" if closed.first == closed.last else f"{closed.first} to {closed.last}"
    return f"{days} {closed.store or 'whole chain'}"
