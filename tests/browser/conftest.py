"""A real Chromium at real hubs, a full one and an empty one. Whatever it complains of fails the test."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response, sync_playwright

from hub.app import create_app
from hub.cli import bring_up
from hub.config import Settings
from hub.db import open_engine
from hub.web.context import Hub as Inside
from tests.support.alarms import alarm
from tests.support.chain import BOSS, PASSWORD, employ, furnish
from tests.support.hub import Hub, serving

POLYGLOT = "ada@example.com"
"""Somebody of head office whose language changes, which is kept with the person."""

SIZES = {"phone": (390, 844), "tablet": (1024, 768), "desk": (1440, 900)}


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    program = shutil.which("chromium") or "/usr/bin/chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def full_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """Return a hub with a chain of shops that has been open for half a year."""
    data = tmp_path_factory.mktemp("full")
    _fill(data, full=True)
    with serving(data) as hub:
        yield hub


@pytest.fixture(scope="session")
def empty_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """Return a hub with nothing but a person of head office."""
    data = tmp_path_factory.mktemp("empty")
    _fill(data, full=False)
    with serving(data) as hub:
        yield hub


def _fill(data: Path, full: bool) -> None:
    settings = Settings(data=data)
    bring_up(open_engine(settings.url))
    app = create_app(settings)
    if full:
        furnish(app, busy=0.6)
        alarm(app)
        employ(app, POLYGLOT, "Ada Lingua")
    else:
        employ(app, BOSS, "Paola Conti")
    inside: Inside = app.extensions["cerchio"]
    inside.engine.dispose()


class Watched:
    """A browser window whose complaints are kept: console errors, policy violations, failed requests."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.complaints: list[str] = []
        page.on("console", self._note_console)
        page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        page.on("request", self._note_request)
        page.on("response", self._note_response)

    def open(self, path: str) -> Page:
        """Open a path of the hub."""
        self.page.goto(self.address + path)
        return self.page

    def sign_in(self, email: str = BOSS) -> Page:
        """Sign in by keyboard."""
        self.open("/sign-in")
        self.page.fill("#email", email)
        self.page.fill("#password", PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(self.address + "/")
        return self.page

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text}")

    def _note_request(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:")):
            self.complaints.append(f"asked elsewhere: {request.url}")

    def _note_response(self, response: Response) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.status}: {response.url}")


OpenWindow = Callable[..., Watched]


@pytest.fixture
def open_window(chromium: Browser) -> Iterator[OpenWindow]:
    """Return what opens a window on a hub; at the end none of them may have complained."""
    windows: list[Watched] = []
    with ExitStack() as contexts:

        def opened(hub: Hub, size: str = "desk", language: str = "en", scheme: str = "light") -> Watched:
            width, height = SIZES[size]
            context = chromium.new_context(
                viewport={"width": width, "height": height},
                locale=language,
                color_scheme="dark" if scheme == "dark" else "light",
                reduced_motion="reduce",
            )
            contexts.callback(context.close)
            windows.append(Watched(context.new_page(), hub.address.rstrip("/")))
            return windows[-1]

        yield opened
        complaints = [complaint for window in windows for complaint in window.complaints]
    assert complaints == []
