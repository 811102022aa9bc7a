"""Signing in, signing out and choosing a language. Everything that knows Flask-Security is in this file."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from flask import Blueprint, Flask, Response, after_this_request, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_security import LoginForm, Security, UserDatastore, UserMixin, user_authenticated
from flask_security import hash_password as hash_normalised
from flask_security.forms import EmailField, PasswordField, SubmitField
from werkzeug.exceptions import BadRequest

from common.responses import clean_comment
from hub.db import reading, writing
from hub.people import queries
from hub.people.queries import TRIES, Person
from hub.people.rules import LONGEST_PASSWORD, Role, sign_in_limits
from hub.web import formats, language
from hub.web.access import viewer
from hub.web.context import Hub, current_hub
from hub.web.language import LANGUAGES
from hub.web.paging import local_path

IDLE = timedelta(hours=12)
"""A session that is not used for so long has ended: nobody comes back the next morning signed in."""

LONGEST_ADDRESS = 254

pages = Blueprint("people", __name__, template_folder="templates")


def welcome(app: Flask) -> None:
    """Let people sign in to an application; its Hub is there already."""
    hub: Hub = app.extensions["cerchio"]
    app.config.update(
        PERMANENT_SESSION_LIFETIME=IDLE,
        SECURITY_PASSWORD_SALT=hub.secrets.password_salt.hex(),
        SECURITY_LOGIN_URL="/sign-in",
        SECURITY_LOGOUT_URL="/sign-out",
        SECURITY_LOGIN_USER_TEMPLATE="people/sign_in.html",
        SECURITY_FLASH_MESSAGES=False,
        SECURITY_STATIC_FOLDER=None,
        SECURITY_CACHE_CONTROL=None,  # hub.web.headers says it for every page
        SECURITY_FRESHNESS=timedelta(seconds=-1),
    )
    security = Security(app, _Datastore(hub), login_form=SignInForm)
    # Answers in JSON would say more about a failed sign-in than the page does.
    security.want_json(lambda _: False)
    user_authenticated.connect_via(app)(_signed_in)
    app.register_blueprint(pages)


def hash_password(app: Flask, password: str) -> str:
    """Return the hash that the database keeps of a password."""
    with app.app_context():
        normalised = app.extensions["security"].password_util.normalize(password)
        return str(hash_normalised(normalised))


def new_session() -> str:
    """Return a fresh name for a person in session cookies."""
    return uuid4().hex


@pages.post("/language")
def choose_language() -> ResponseReturnValue:
    """Keep the reader's choice of language, in the browser and with the person, and go back to the page."""
    chosen = request.form.get("language", "")
    if chosen not in LANGUAGES:
        raise BadRequest
    hub = current_hub()
    person: Any = viewer()
    if person.is_authenticated:
        with writing(hub.engine) as connection:
            queries.set_language(connection, person.email, chosen)
    response = Response("", 303, {"Location": local_path(request.form.get("next", "/"))})
    language.remember(response, chosen, hub.settings.secure_cookies)
    return response


class SignedIn(UserMixin):  # type: ignore[misc]  # Flask-Security is not followed by the type checker
    """A person as Flask-Security and the pages know them; a Viewer in the words of hub.web.access."""

    fs_uniquifier = ""  # Flask-Security asks the class whether it has one

    def __init__(self, person: Person) -> None:
        self.id = self.email = person.email
        self.name = person.name
        self.head_office = person.role is Role.HEAD_OFFICE
        self.stores = person.stores
        self.language = person.language
        self.active = person.active
        self.password = person.password
        self.fs_uniquifier = person.session
        self.roles: list[Any] = []


class _Datastore(UserDatastore):  # type: ignore[misc]  # Flask-Security is not followed by the type checker
    """What Flask-Security asks of a database, answered by queries."""

    def __init__(self, hub: Hub) -> None:
        super().__init__(SignedIn, object)
        self.hub = hub

    def find_user(self, **which: Any) -> SignedIn | None:
        """Return the person with an e-mail address, or with a name in session cookies."""
        with reading(self.hub.engine) as connection:
            if "email" in which:
                person = queries.person_by_email(connection, which["email"])
            else:
                person = queries.person_by_session(connection, which["fs_uniquifier"])
        return SignedIn(person) if person else None

    def put(self, user: SignedIn) -> SignedIn:
        """Keep another hash of the same password: Flask-Security makes one when its scheme has changed."""
        with writing(self.hub.engine) as connection:
            queries.set_password(connection, user.email, user.password)
        return user

    def commit(self) -> None:
        """Do nothing: put() has committed."""


class SignInForm(LoginForm):  # type: ignore[misc]  # Flask-Security is not followed by the type checker
    """E-mail address and password. What was wrong is said once, and never which of the two it was."""

    email = EmailField(lazy_gettext("E-mail address"), render_kw={"autocomplete": "username"})
    password = PasswordField(lazy_gettext("Password"), render_kw={"autocomplete": "current-password"})
    remember = None
    submit = SubmitField(lazy_gettext("Sign in"))

    def validate(self, **kwargs: Any) -> bool:
        """Count the try, look at the password, and take the try back if it was right."""
        hub = current_hub()
        self.email.data = clean_comment(self.email.data or "")[:LONGEST_ADDRESS]  # PostgreSQL refuses NUL
        self.password.data = (self.password.data or "")[:LONGEST_PASSWORD]
        limits = sign_in_limits(self.email.data, request.remote_addr or "")
        with writing(hub.engine) as connection:
            waiting = TRIES.count(connection, limits, hub.now())
        if waiting is not None:
            self._refuse_for(waiting)
            return False
        if not super().validate(**kwargs):
            self.form_errors = [gettext("The e-mail address or the password is wrong.")]
            return False
        with writing(hub.engine) as connection:
            TRIES.take_back(connection, limits)
        return True

    def _refuse_for(self, waiting: timedelta) -> None:
        span = formats.span(waiting + timedelta(minutes=1))
        self.form_errors = [gettext("Too many wrong passwords. Please try again in %(span)s.", span=span)]

        @after_this_request
        def too_many(response: Response) -> Response:
            response.status_code = 429
            response.headers["Retry-After"] = str(int(waiting.total_seconds()) + 1)
            return response


def _signed_in(_: Flask, user: SignedIn, **__: Any) -> None:
    session.permanent = True
    if user.language not in LANGUAGES:
        return

    @after_this_request
    def speak_their_language(response: Response) -> Response:
        language.remember(response, user.language, current_hub().settings.secure_cookies)
        return response
