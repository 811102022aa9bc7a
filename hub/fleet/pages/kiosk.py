"""The page of one kiosk: how it is, where it stood, and what can be done with it."""

from datetime import datetime

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug import Response

from hub.db import reading, writing
from hub.fleet import queries, rules
from hub.fleet.kiosks import Kiosk
from hub.fleet.neighbours import introduced
from hub.fleet.pages import condition, names
from hub.fleet.pages.blueprint import pages
from hub.fleet.queries import Named
from hub.fleet.rules import Hindrance, Move, NoSuchTime, State
from hub.stores.queries import Store, all_stores
from hub.web.access import may_see, viewer
from hub.web.context import current_hub

REFUSALS_SHOWN = 20


@pages.get("/kiosk/<kiosk>")
def one(kiosk: str) -> ResponseReturnValue:
    """Show one kiosk."""
    with reading(current_hub().engine) as connection:
        return _page(connection, _find(connection, kiosk))


@pages.post("/kiosk/<kiosk>/move")
def move(kiosk: str) -> ResponseReturnValue:
    """Let a kiosk stand in another place from a moment on."""
    hub = current_hub()
    with writing(hub.engine) as connection:
        found = _find(connection, kiosk)
        to = _asked_move(connection, hub.now())
        error = to if isinstance(to, str) else _hindrance(connection, found, to, hub.now())
        if error:
            return _page(connection, found, error)
    return _back(kiosk, "moved")


@pages.post("/kiosk/<kiosk>/stay")
def stay(kiosk: str) -> ResponseReturnValue:
    """Call off the move of a kiosk that lies ahead."""
    hub = current_hub()
    with writing(hub.engine) as connection:
        queries.call_off(connection, _find(connection, kiosk), viewer().email, hub.now())
    return _back(kiosk, "stays")


@pages.post("/kiosk/<kiosk>/name")
def name(kiosk: str) -> ResponseReturnValue:
    """Call a kiosk by another name."""
    hub, wanted = current_hub(), request.form.get("name", "").strip()
    with writing(hub.engine) as connection:
        found = _find(connection, kiosk)
        if wrong := names.wrong_name(wanted):
            return _page(connection, found, wrong)
        queries.rename(connection, found, wanted, viewer().email, hub.now())
    return _back(kiosk, "named")


@pages.post("/kiosk/<kiosk>/key")
def renew(kiosk: str) -> ResponseReturnValue:
    """Let a kiosk take a new device key."""
    hub = current_hub()
    with writing(hub.engine) as connection:
        queries.want_new_key(connection, _find(connection, kiosk), viewer().email, hub.now())
    return _back(kiosk, "renewed")


@pages.get("/kiosk/<kiosk>/lost")
def ask_lost(kiosk: str) -> ResponseReturnValue:
    """Ask before a kiosk is reported lost."""
    with reading(current_hub().engine) as connection:
        return render_template("fleet/lost.html", kiosk=_shown(connection, _find(connection, kiosk)))


@pages.post("/kiosk/<kiosk>/state")
def declare(kiosk: str) -> ResponseReturnValue:
    """Stop a kiosk, report it lost, or let it ask again."""
    hub, wanted = current_hub(), request.form.get("state", "")
    if wanted not in rules.DECLARED:
        abort(400)
    with writing(hub.engine) as connection:
        queries.declare(connection, _find(connection, kiosk), State(wanted), viewer().email, hub.now())
    return _back(kiosk, wanted)


def _asked_move(connection: Connection, now: datetime) -> Move | str:
    """Return the move that the form asks for, or a sentence on what is wrong with it."""
    touchpoint, at = request.form.get("touchpoint", "").strip(), request.form.get("at", "").strip()
    store = next((each for each in _stores(connection) if each.code == request.form.get("store")), None)
    if store is None:
        return str(gettext("Please choose a store."))
    if wrong := names.wrong_name(touchpoint):
        return wrong
    try:
        return Move(rules.moment_of(at, store.time_zone) if at else now, store.code, touchpoint)
    except NoSuchTime:
        return str(gettext("The store’s clock never shows this time: that night it goes forward over it."))
    except ValueError:
        return str(gettext("Please say when as a day and a time."))


def _hindrance(connection: Connection, kiosk: Named, to: Move, now: datetime) -> str:
    return _sentence(queries.move(connection, kiosk, to, viewer().email, now))


def _sentence(hindrance: Hindrance | None) -> str:
    match hindrance:
        case None:
            return ""
        case Hindrance.SAME_PLACE:
            return str(gettext("It stands there already."))
        case Hindrance.BEFORE_LAST_MOVE:
            return str(gettext("It came to where it is only after that moment."))
        case Hindrance.ANSWERS_SINCE:
            return str(gettext("Answers given since that moment are stored, and stay where they are."))
        case Hindrance.TOO_FAR_AHEAD:
            return str(gettext("That is more than a year ahead."))


def _find(connection: Connection, kiosk: str) -> Named:
    """Return the kiosk with an id; 404 where it stands in no store that the person may see."""
    found = next((each for each in queries.find_kiosks(connection, kiosk) if each.id == kiosk), None)
    if found is None or not may_see(viewer(), rules.place_at(found.places, current_hub().now()).store):
        abort(404)
    return found


def _shown(connection: Connection, kiosk: Named) -> Kiosk:
    return next(each for each in introduced().fleet(connection, current_hub().now()) if each.id == kiosk.id)


def _stores(connection: Connection) -> list[Store]:
    return [store for store in all_stores(connection) if may_see(viewer(), store.code)]


def _back(kiosk: str, done: str) -> Response:
    return redirect(url_for("fleet.one", kiosk=kiosk, done=done), 303)


def _page(connection: Connection, found: Named, error: str = "") -> str:
    now = current_hub().now()
    kiosk = _shown(connection, found)
    return render_template(
        "fleet/kiosk.html",
        kiosk=kiosk,
        places=found.places[::-1],
        namesakes=len(queries.find_kiosks(connection, kiosk.name)) - 1,
        zones=len({place.time_zone for place in found.places}),
        ahead=found.places[-1].from_at > now,
        refusals=queries.refusals_of(connection, kiosk.id, REFUSALS_SHOWN),
        stores=_stores(connection),
        alarm=introduced().said(connection, kiosk.id, now),
        names=names,
        condition=condition,
        error=error,
        done=request.args.get("done", ""),
        now=now,
        typed=request.form,
    )
