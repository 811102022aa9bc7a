"""Who may see what: all pages need a signed-in person, but for those listed here; managers see their stores.

A store that a person may not see answers 404, like one that does not exist.
"""

from collections.abc import Collection
from typing import Protocol, cast

from flask import Flask, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from hub.web.headers import STATIC
from hub.web.problems import API

_OPEN = (*STATIC, "security.login", "people.choose_language")
"""The endpoints for people who have not signed in."""


class Viewer(Protocol):
    """The person who reads a page. stores are codes; head office sees every store and has none listed."""

    @property
    def email(self) -> str:
        """The address that names the person."""

    @property
    def name(self) -> str:
        """How the person is called."""

    @property
    def head_office(self) -> bool:
        """Whether the person sees every store."""

    @property
    def stores(self) -> Collection[str]:
        """The codes of a store manager's stores."""


def guard(app: Flask) -> None:
    """Ask for a sign-in before every page of an application that is not for everybody."""

    @app.before_request
    def ask_for_sign_in() -> ResponseReturnValue | None:
        if request.endpoint is None or request.endpoint in _OPEN or request.path.startswith(API):
            return None  # kiosks show their device key to each address below /api/
        if current_user.is_authenticated:
            return None
        come_back = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("security.login", next=come_back))


def viewer() -> Viewer:
    """Return the signed-in person of the request."""
    return cast(Viewer, current_user)


def may_see(person: Viewer, store: str) -> bool:
    """Say whether a person may see what belongs to a store, given by its code."""
    return person.head_office or store in person.stores


def require_store(store: str) -> None:
    """Answer 404 unless the person of the request may see a store."""
    if not may_see(viewer(), store):
        abort(404)


def require_head_office() -> None:
    """Answer 404 unless the person of the request belongs to head office."""
    if not viewer().head_office:
        abort(404)
