"""A person at a browser without a screen: reads the hub's pages and sends the forms that are on them."""

from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.chain import BOSS, PASSWORD


@dataclass
class Form:
    """A form of a page: where it goes and what it holds before anybody fills it in."""

    action: str
    method: str
    fields: dict[str, str]


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.words: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(values.get("action", ""), values.get("method", "get"), {}))
        elif tag in ("input", "textarea") and self.forms and values.get("name"):
            self.forms[-1].fields[values["name"]] = values.get("value", "")
        elif tag == "a":
            self.links.append(values["href"])

    def handle_data(self, data: str) -> None:
        self.words.append(data)


class Page:
    """An answer of the hub: its status, its text without the markup, its links and forms."""

    def __init__(self, response: TestResponse) -> None:
        parser = _Parser()
        parser.feed(response.text)
        self.status = response.status_code
        self.headers = response.headers
        self.html = response.text
        self.text = " ".join(" ".join(parser.words).split())
        self.links = parser.links
        self.forms = parser.forms

    def form(self, action: str) -> Form:
        """Return the form that goes to an address, without regard to what follows the path."""
        return next(form for form in self.forms if form.action.partition("?")[0] == action)


class Reader:
    """Somebody who reads pages in a language and follows redirects, as browsers do."""

    def __init__(self, client: FlaskClient, language: str = "en") -> None:
        self.client = client
        self.headers = {"Accept-Language": language}
        self.page: Page

    def get(self, address: str) -> Page:
        """Open an address."""
        return self._arrived(self.client.get(address, headers=self.headers, follow_redirects=True))

    def send(self, action: str, **fields: Any) -> Page:
        """Fill in the form of the page that goes to an address, and send it."""
        form = self.page.form(action)
        answer = self.client.post(
            form.action, data=form.fields | fields, headers=self.headers, follow_redirects=True
        )
        return self._arrived(answer)

    def sign_in(self, email: str = BOSS, password: str = PASSWORD) -> Page:
        """Sign in, starting at the page for it."""
        self.get("/sign-in")
        return self.send("/sign-in", email=email, password=password)

    def _arrived(self, response: TestResponse) -> Page:
        self.page = Page(response)
        return self.page
