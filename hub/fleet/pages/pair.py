"""The form that pairs a new kiosk by the code that it shows."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import Connection

from common.responses import is_name
from hub.db import reading, writing
from hub.fleet import queries
from hub.fleet.pages.blueprint import pages
from hub.fleet.rules import DEFAULT_TOUCHPOINT, typed_code
from hub.stores.queries import Store, all_stores
from hub.web.access import may_see, viewer
from hub.web.context import current_hub


@pages.get("/pair")
def pair() -> ResponseReturnValue:
    """Ask for the code that a kiosk shows, and for its place."""
    with reading(current_hub().engine) as connection:
        return _form(_stores(connection))


@pages.post("/pair")
def approve() -> ResponseReturnValue:
    """Give the kiosk that shows a code its place; a wrong code counts against every pairing under way."""
    hub = current_hub()
    code, touchpoint = typed_code(request.form.get("code", "")), request.form.get("touchpoint", "").strip()
    with writing(hub.engine) as connection:
        stores = _stores(connection)
        store = next((store for store in stores if store.code == request.form.get("store")), None)
        if store is None or not is_name(touchpoint):
            return _form(stores, gettext("Please choose a store, and name the place with plain letters."))
        if not queries.approve(connection, code, store.code, touchpoint, viewer().email, hub.now()):
            return _form(stores, gettext("No kiosk shows this code, or it has expired."))
    return redirect(url_for("fleet.board", accepted=""), 303)


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
