"""The page of alarms: which kiosks are silent, which were, which are watched; and what people say to that."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from hub.alerts import closing, words
from hub.alerts.queries import board, post
from hub.alerts.queries.board import Alarm
from hub.db import reading, writing
from hub.db.audit import record
from hub.web.access import require_store, viewer
from hub.web.context import current_hub
from hub.web.paging import Page, asked_page

ON_A_PAGE = 20
MUTED_FOR = (1, 7, 30)
"""Days to choose from."""

LISTS: Mapping[str, Callable[..., Sequence[Any]]] = {
    "": board.open_alarms,
    "ended": board.ended_alarms,
    "watched": board.watched,
}

pages = Blueprint("alerts", __name__, template_folder="templates", url_prefix="/alerts")
pages.get("/closed-days")(closing.closed_days)
pages.post("/closed-days")(closing.close)
pages.post("/closed-days/open")(closing.reopen)


@pages.get("")
def alarms() -> ResponseReturnValue:
    """List the alarms that go on; or, with ?list, those that have ended, or the kiosks that are watched.

    With ?kiosk only those about one.
    """
    hub, number, kiosk = current_hub(), asked_page(), request.args.get("kiosk", "")[:36]
    shown = request.args.get("list", "") if request.args.get("list") in LISTS else ""
    among = None if viewer().head_office else viewer().stores
    with reading(hub.engine) as connection:
        ask = LISTS[shown]
        of = {} if shown == "watched" or not kiosk else {"kiosk": kiosk}
        found = ask(connection, among, hub.now(), ON_A_PAGE + 1, (number - 1) * ON_A_PAGE, **of)
        return render_template(
            "alerts/alarms.html",
            found=Page.of(found, number, ON_A_PAGE), shown=shown, counts=board.counts(connection, among),
            done=_done(connection, among), mail=_mail(connection), words=words, days=MUTED_FOR, now=hub.now(),
            kiosk=kiosk,
        )  # fmt: skip


@pages.post("/<int:alarm>/seen")
def see(alarm: int) -> ResponseReturnValue:
    """Note that somebody knows of an alarm: nothing more is mailed about it."""
    hub = current_hub()
    with writing(hub.engine) as connection:
        found = _alarm(connection, alarm)
        if board.see(connection, found.id, viewer().email, hub.now()):
            record(connection, hub.now(), viewer().email, "alarm seen", f"{found.kiosk}, alarm {found.id}")
    return _back(found)


@pages.post("/<int:alarm>/unseen")
def unsee(alarm: int) -> ResponseReturnValue:
    """Take back that somebody knows of an alarm."""
    hub = current_hub()
    with writing(hub.engine) as connection:
        found = _alarm(connection, alarm)
        if board.unsee(connection, found.id):
            record(connection, hub.now(), viewer().email, "alarm unseen", f"{found.kiosk}, alarm {found.id}")
    return _back()


@pages.post("/<int:alarm>/mute")
def mute(alarm: int) -> ResponseReturnValue:
    """Mail nothing about the kiosk of an alarm for some days."""
    hub, days = current_hub(), request.form.get("days", type=int)
    if days not in MUTED_FOR:
        abort(400)
    with writing(hub.engine) as connection:
        found = _alarm(connection, alarm)
        board.mute(connection, found.kiosk, hub.now() + timedelta(days=days), viewer().email)
        record(connection, hub.now(), viewer().email, "kiosk muted", f"{found.kiosk}, {days} days")
    return _back(found)


@pages.post("/<int:alarm>/unmute")
def unmute(alarm: int) -> ResponseReturnValue:
    """Mail about the kiosk of an alarm again."""
    hub = current_hub()
    with writing(hub.engine) as connection:
        found = _alarm(connection, alarm)
        if board.unmute(connection, found.kiosk):
            record(connection, hub.now(), viewer().email, "kiosk unmuted", found.kiosk)
    return _back()


@pages.post("/mails")
def choose_mails() -> ResponseReturnValue:
    """Keep whether the person gets mails about alarms."""
    with writing(current_hub().engine) as connection:
        board.want_mail(connection, viewer().email, wanted=request.form.get("wanted") == "yes")
    return _back()


def _alarm(connection: Connection, alarm: int) -> Alarm:
    found = board.find_alarm(connection, alarm, current_hub().now()) if alarm < 2**63 else None
    if found is None:
        abort(404)
    require_store(found.store)
    return found


def _done(connection: Connection, among: Collection[str] | None) -> Alarm | None:
    """Return the alarm that somebody has just said something to, for the notice with its undo."""
    number = request.args.get("done", 0, type=int)
    found = board.find_alarm(connection, number, current_hub().now()) if 0 < number < 2**63 else None
    return found if found and (among is None or found.store in among) else None


def _mail(connection: Connection) -> dict[str, object]:
    """Return what the page says of mails: if there are any, if the reader gets them, what failed."""
    failed, why = post.trouble(connection) if viewer().head_office else (0, "")
    return {
        "sent": bool(current_hub().settings.mail_host),
        "wanted": board.wants_mail(connection, viewer().email),
        "failed": failed,
        "why": why,
    }


def _back(done: Alarm | None = None) -> ResponseReturnValue:
    return redirect(url_for("alerts.alarms", done=done and done.id), 303)
