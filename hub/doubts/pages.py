"""The answers of a store that look wrong, and the buttons that let one count after all, or not again."""

from datetime import timedelta
from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.db import reading, writing
from hub.responses.queries import Stretch, decide, doubted, standing
from hub.responses.rules import Decision
from hub.stores.queries import find_store
from hub.stores.rules import business_day
from hub.web.access import require_store, viewer
from hub.web.context import current_hub
from hub.web.paging import Page, asked_page, local_path

ON_A_PAGE = 20
DAYS = 90
"""Days that the list goes back, today among them; as far as the longest period of the board."""

pages = Blueprint("doubts", __name__, template_folder="templates", url_prefix="/in-doubt")


@pages.get("/stores/<path:code>")
def answers(code: str) -> ResponseReturnValue:
    """List a store's answers that look wrong, the newest first, with the reason of each."""
    require_store(code)
    if not code.isprintable():
        abort(404)  # PostgreSQL refuses NUL
    hub, number = current_hub(), asked_page()
    with reading(hub.engine) as connection:
        store = find_store(connection, code) or abort(404)
        today = business_day(hub.now(), store.time_zone, store.closing_hour)
        stretch = Stretch(code, today - timedelta(days=DAYS - 1), today)
        found = doubted(connection, stretch, ON_A_PAGE + 1, (number - 1) * ON_A_PAGE)
    listed = Page.of(found, number, ON_A_PAGE)
    return render_template("doubts/answers.html", store=store, answers=listed, days=DAYS)


@pages.post("/<uuid:response>/count")
def count(response: UUID) -> ResponseReturnValue:
    """Let an answer that looks wrong count."""
    return _say(str(response), counts=True)


@pages.post("/<uuid:response>/do-not-count")
def do_not_count(response: UUID) -> ResponseReturnValue:
    """Let an answer that looks wrong count no more."""
    return _say(str(response), counts=False)


def _say(response: str, *, counts: bool) -> ResponseReturnValue:
    hub = current_hub()
    with writing(hub.engine) as connection:
        found = standing(connection, [response]).get(response)
        store = (found and found.store) or abort(404)
        require_store(store)
        decide(connection, [Decision(response, counts, hub.now(), viewer().email)], hub.now())
    there = url_for("doubts.answers", code=store)
    return redirect(f"{local_path(request.form.get('back', there))}#doubt-{response}", 303)
