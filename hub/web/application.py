"""The application that answers people and programs, and keeps apart what only people need."""

from flask import Flask, Request, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask.typing import ResponseReturnValue

from hub.web.problems import API


class _Sessions(SecureCookieSessionInterface):
    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Open the session of a browser; a program has none."""
        return None if request.path.startswith(API) else super().open_session(app, request)


class Application(Flask):
    """A Flask application whose addresses for programs are not looked at as pages are.

    Sessions, signing in and tokens of forms are for browsers. Looking for them takes a quarter of the time
    of a sync with nothing to send, and Flask-Security would read a gzip batch as JSON with a token in it.
    """

    session_interface = _Sessions()

    def preprocess_request(self) -> ResponseReturnValue | None:
        """Do what comes before a page, for pages only."""
        return None if request.path.startswith(API) else super().preprocess_request()
