"""The page that a person sees instead of the one they wanted."""

from flask import Response, current_app, make_response
from flask_babel import gettext

from hub.web.problems import Problem, Reason


def failure_page(problem: Problem) -> Response:
    """Return a problem as a person reads it.

    It is rendered without what Flask adds to every template: Flask-Login's part asks the database who is
    reading, and the database may be what has failed.
    """
    title, sentence = _words(problem.reason)
    template = current_app.jinja_env.get_template("web/failure.html")
    return make_response(template.render(title=title, sentence=sentence))


def _words(reason: Reason) -> tuple[str, str]:
    match reason:
        case Reason.NOT_FOUND | Reason.FORBIDDEN:
            return gettext("This page is not here"), gettext(
                "It may have moved, or it belongs to a store that you do not look after."
            )
        case Reason.BUSY:
            return gettext("The hub is busy"), gettext(
                "Nothing is lost: kiosks keep their answers until the hub takes them. Please try again soon."
            )
        case Reason.BROKEN:
            return gettext("Something went wrong"), gettext(
                "The hub’s log says what it was. Please try again; if it stays, tell head office."
            )
        case _:
            return gettext("That did not work"), gettext(
                "The page was open for too long, or something was missing. Please reload it and try again."
            )
