"""The form that pairs a new kiosk by the code that it shows."""

from datetime import timedelta
from math import ceil

from flask import Response, after_this_request, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import Connection

from hub.db import reading, writing
from hub.fleet import queries
from hub.fleet.pages.blueprint import pages
from hub.fleet.pages.names import wrong_name
from hub.fleet.rules import DEFAULT_TOUCHPOINT, typed_code, typing_limits
from hub.stores.queries import Store, all_stores
from hub.web import formats
from hub.web.access import may_see, viewer
from hub.web.context import current_hub


@pages.get("/pair")
def pair() -> ResponseReturnValue:
    """Ask for the code that a kiosk shows, and for its place."""
    with reading(current_hub().engine) as connection:
        return _form(_stores(connection))


@pages.post("/pair")
def approve() -> ResponseReturnValue:
    """Give the kiosk that shows a code its place, unless its reader has typed too many wrong ones."""
    code, touchpoint = typed_code(request.form.get("code", "")), request.form.get("touchpoint", "").strip()
    with reading(current_hub().engine) as connection:
        stores = _stores(connection)
    store = next((store for store in stores if store.code == request.form.get("store")), None)
    if store is None:
        return _form(stores, gettext("Please choose a store."))
    if error := wrong_name(touchpoint) or _wrong(code, store.code, touchpoint):
        return _form(stores, error)
    return redirect(url_for("fleet.board", accepted=""), 303)


def _wrong(code: str, store: str, touchpoint: str) -> str:
    """Count the try, look at the code, and take the try back if it was right; else say what is wrong."""
    hub, person = current_hub(), viewer().email
    limits, now = typing_limits(person), hub.now()
    with writing(hub.engine) as connection:
        waiting = queries.TRIES.count(connection, limits, now)
    if waiting is not None:
        return _too_many(waiting)
    with writing(hub.engine) as connection:
        if queries.approve(connection, code, store, touchpoint, person, now):
            queries.TRIES.take_back(connection, limits)
            return ""
        if queries.is_closed(connection, code, now):
            return str(gettext("Wrong codes were typed too often. Let the kiosk show a new one."))
        return str(gettext("No kiosk shows this code, or it has expired."))


def _too_many(waiting: timedelta) -> str:
    @after_this_request
    def too_many(response: Response) -> Response:
        response.status_code = 429
        response.headers["Retry-After"] = str(ceil(waiting.total_seconds()))
        return response

    span = formats.span(waiting + timedelta(minutes=1))
    return str(gettext("Too many wrong codes. Please try again in %(span)s.", span=span))


def _stores(connection: Connection) -> list[Store]:
    return [store for store in all_stores(connection) if may_see(viewer(), store.code)]


def _form(stores: list[Store], error: str = "") -> str:
    typed = request.values
    return render_template(
        "fleet/pair.html",
        stores=stores,
        error=error,
        code=typed.get("code", ""),
        chosen=typed.get("store", ""),
        touchpoint=typed.get("touchpoint", DEFAULT_TOUCHPOINT),
    )
