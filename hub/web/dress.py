"""What every page of the hub has: headers, language, Bootstrap's files, CSRF tokens, formats, the guard."""

from functools import cache
from hashlib import sha256
from importlib.resources import files

from flask import Blueprint, Flask, request, url_for
from flask_bootstrap import Bootstrap5
from flask_wtf import CSRFProtect

from hub.web import access, formats, headers, labels, language
from hub.web.paging import here_with
from hub.web.problems import API

_pages = Blueprint("web", __name__, template_folder="templates", static_folder="static")
_DAY = 24 * 3600


def dress(app: Flask, https: bool) -> None:
    """Prepare an application for pages; https says whether it is reached by https only."""
    app.config.update(
        BOOTSTRAP_SERVE_LOCAL=True,
        SEND_FILE_MAX_AGE_DEFAULT=30 * _DAY,
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,  # a token lives as long as its session
    )
    app.static_url_path = "/static"  # Bootstrap-Flask makes its own address out of it
    headers.protect(app, https)
    language.speak(app)
    Bootstrap5(app)
    csrf = CSRFProtect(app)
    app.register_blueprint(_pages)
    app.jinja_env.globals.update(
        asset=asset,
        formats=formats,
        labels=labels,
        here_with=here_with,
        has_page=app.view_functions.__contains__,
    )
    app.jinja_env.filters.update(
        kind_label=labels.kind, channel_label=labels.channel, doubt_label=labels.doubt
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    access.guard(app)

    @app.before_request
    def check_token() -> None:
        """Refuse a form that no page of ours has made. Kiosks have no cookies, so they need no token."""
        if not request.path.startswith(API):
            csrf.protect()


def asset(name: str) -> str:
    """Return the address of a static file, which changes whenever the file does, so that it may be kept."""
    return url_for("web.static", filename=name, v=_digest(name))


@cache
def _digest(name: str) -> str:
    return sha256((files(__package__) / "static" / name).read_bytes()).hexdigest()[:12]
