"""The pages for customers who want something deleted: their contact details, or their whole answers."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import Connection

from hub.db import empty_log, reading, writing
from hub.privacy import queries, rules
from hub.privacy.queries import Found
from hub.web.access import may_see, viewer
from hub.web.context import current_hub

MOST_FOUND = 100
"""Answers of one person that are listed, and deleted, at a time."""

pages = Blueprint("privacy", __name__, template_folder="templates", url_prefix="/privacy")


@pages.get("")
def ask() -> ResponseReturnValue:
    """Ask for the e-mail address or phone number of somebody who wants something deleted."""
    return _form(done=request.args.get("done", ""))


@pages.post("")
def find() -> ResponseReturnValue:
    """List what the person left. It is sent by POST because addresses of pages are kept in logs."""
    hub = current_hub()
    traces = rules.traces(request.form.get("who", ""), hub.secrets.erasure)
    if traces is None:
        return _form(gettext("This is no e-mail address and no phone number."))
    with reading(hub.engine) as connection:
        found = [
            each for each in queries.find(connection, traces, MOST_FOUND) if may_see(viewer(), each.store)
        ]
    if not found:
        return _form(
            gettext(
                "Nothing was left with it. A phone number is found as the customer wrote it: try it with and"
                " without the country code. What is on a tablet is found once it has arrived."
            )
        )
    return render_template("privacy/found.html", found=found)


@pages.get("/answers/<uuid:response>")
def one(response: UUID) -> ResponseReturnValue:
    """Show what can be deleted of one answer."""
    with reading(current_hub().engine) as connection:
        return render_template("privacy/found.html", found=_seen(connection, [str(response)]))


@pages.post("/delete")
def delete() -> ResponseReturnValue:
    """Delete contact details, or whole answers; there is no way back."""
    hub, what = current_hub(), request.form.get("what")
    if what not in ("answers", "contacts"):
        abort(400)
    with writing(hub.engine) as connection:
        ids = [each.id for each in _seen(connection, _asked())]
        do = queries.erase if what == "answers" else queries.withdraw
        do(connection, ids, viewer().email, hub.now())
    empty_log(hub.engine)
    return redirect(url_for("privacy.ask", done=what), 303)


def _form(error: str = "", done: str = "") -> str:
    kept = current_hub().settings
    return render_template(
        "privacy/ask.html", error=error, done=done, viewer=viewer(),
        after_reply=kept.keep_after_reply, at_most=kept.keep_at_most,
    )  # fmt: skip


def _asked() -> list[str]:
    try:
        return [str(UUID(text)) for text in request.form.getlist("answer")[:MOST_FOUND]]
    except ValueError:
        abort(404)


def _seen(connection: Connection, ids: Sequence[str]) -> list[Found]:
    """Return the answers with these ids; 404 where the person may not see one's store, or there is none."""
    found = [queries.find_answer(connection, id_) for id_ in ids]
    seen = [each for each in found if each and may_see(viewer(), each.store)]
    if not ids or len(seen) < len(ids):
        abort(404)
    return seen
