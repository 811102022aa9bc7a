"""The follow-up: who waits for an answer, how to reach them, and that they have been answered."""

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import groupby
from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from common.responses import Contact, clean_comment
from common.sealing import Unsealable, unseal
from hub.db import reading, writing
from hub.db.audit import record
from hub.followup import queries, rules
from hub.followup.queries import Case
from hub.stores.queries import Store, all_stores
from hub.web.access import may_see, require_store, viewer
from hub.web.context import current_hub
from hub.web.paging import Page, asked_page

ON_A_PAGE = 20

pages = Blueprint("followup", __name__, template_folder="templates", url_prefix="/follow-up")


@pages.get("")
def cases() -> ResponseReturnValue:
    """List who waits for an answer, the most urgent one first; or, with ?answered, who has got one."""
    hub = current_hub()
    answered = "answered" in request.args
    with reading(hub.engine) as connection:
        seen = [store for store in all_stores(connection) if may_see(viewer(), store.code)]
        chosen = next((store for store in seen if store.code == request.args.get("store")), None)
        found = _page(connection, _among(chosen), answered)
        done = _done(connection)
    return render_template(
        "followup/cases.html", cases=found, groups=_groups(found.items, answered, hub.now()), stores=seen,
        chosen=chosen, answered=answered, done=done, now=hub.now(), rules=rules,
    )  # fmt: skip


@pages.get("/<uuid:response>")
@pages.get("/<uuid:response>/contact", endpoint="contact_again")
def case(response: UUID) -> ResponseReturnValue:
    """Show one case. A contact that was shown is not shown again by reloading its address."""
    with reading(current_hub().engine) as connection:
        return _case_page(_case(connection, response))


@pages.post("/<uuid:response>/contact")
def show_contact(response: UUID) -> ResponseReturnValue:
    """Open the sealed box of a case, and write down who had it opened."""
    hub = current_hub()
    with writing(hub.engine) as connection:
        found = _case(connection, response)
        contact = _opened(queries.sealed_contact(connection, found.response), found.response)
        if contact:
            record(connection, hub.now(), viewer().email, "contact shown", found.response)
    return _case_page(found, contact, asked=True)


@pages.post("/<uuid:response>/answered")
def mark_answered(response: UUID) -> ResponseReturnValue:
    """Mark a case as answered, with a note, and go back to the list."""
    hub = current_hub()
    note = clean_comment(request.form.get("note", ""))[: rules.LONGEST_NOTE]
    with writing(hub.engine) as connection:
        found = _case(connection, response)
        if queries.answer(connection, found.response, hub.now(), viewer().email, note):
            record(connection, hub.now(), viewer().email, "case answered", found.response)
    return redirect(url_for("followup.cases", done=found.response), 303)


@pages.post("/<uuid:response>/undo")
def undo(response: UUID) -> ResponseReturnValue:
    """Open an answered case again: the mark was a mistake, or the customer came back."""
    hub = current_hub()
    with writing(hub.engine) as connection:
        found = _case(connection, response)
        if queries.reopen(connection, found.response):
            record(connection, hub.now(), viewer().email, "case reopened", found.response)
    return redirect(url_for("followup.case", response=found.response), 303)


def _among(chosen: Store | None) -> Collection[str] | None:
    """Return the codes to choose from; None where the person sees everything."""
    if chosen:
        return (chosen.code,)
    return None if viewer().head_office else viewer().stores


def _page(connection: Connection, among: Collection[str] | None, answered: bool) -> Page[Case]:
    number = asked_page()
    ask = queries.answered_cases if answered else queries.waiting_cases
    return Page.of(ask(connection, among, ON_A_PAGE + 1, (number - 1) * ON_A_PAGE), number, ON_A_PAGE)


def _groups(found: Sequence[Case], answered: bool, now: datetime) -> list[tuple[bool, list[Case]]]:
    """Return neighbours together that are overdue, or are not; answered ones are not overdue any more."""
    late = groupby(found, key=lambda case: not answered and rules.overdue(case.due_at, now))
    return [(overdue, list(group)) for overdue, group in late]


def _done(connection: Connection) -> Case | None:
    """Return the case that has just been marked, for the notice with its undo."""
    try:
        found = queries.find_case(connection, str(UUID(request.args.get("done", ""))))
    except ValueError:
        return None
    return found if found and found.answered_at and may_see(viewer(), found.store) else None


def _case(connection: Connection, response: UUID) -> Case:
    found = queries.find_case(connection, str(response))
    if found is None:
        abort(404)
    require_store(found.store)
    return found


def _case_page(found: Case, contact: Contact | None = None, asked: bool = False) -> str:
    """Render one case; asked says that its contact details were wanted, which may be gone."""
    now: datetime = current_hub().now()
    return render_template(
        "followup/case.html", case=found, contact=contact, asked=asked, now=now,
        rules=rules, here=url_for("followup.case", response=found.response),
    )  # fmt: skip


def _opened(sealed: tuple[str, bytes] | None, response: str) -> Contact | None:
    """Open a box with the private key that it names; None where the key or the box is gone."""
    keys = current_hub().secrets.contact_keys
    if sealed is None or sealed[0] not in keys:
        return None
    try:
        return unseal(sealed[1], response, keys[sealed[0]])
    except Unsealable:
        return None
