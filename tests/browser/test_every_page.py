"""Every page, at three sizes, light and dark, full and empty: readable by all, and nothing is cut."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import OpenWindow, Watched
from tests.support.hub import Hub

PAGES = (
    "/", "/?days=7&sort=lowest", "/?region=Italia&days=90", "/stores/ROMA?days=90", "/stores/FIRENZE",
    "/stores/NANTES?days=7", "/follow-up", "/follow-up?answered", "/fleet", "/fleet?which=lost",
    "/fleet/pair", "/privacy", "/in-doubt/stores/ROMA", "/in-doubt/stores/NANTES",
    "/alerts", "/alerts?list=ended&page=2", "/alerts?list=watched",
    "/alerts/closed-days",
)  # fmt: skip
EMPTY = (
    "/", "/follow-up", "/follow-up?answered", "/fleet", "/fleet/pair", "/alerts", "/alerts?list=ended",
    "/alerts/closed-days",
)  # fmt: skip
LOOKS = [("phone", "it", "light"), ("tablet", "es", "dark"), ("desk", "en", "light"), ("desk", "fr", "dark")]
axe = Axe()


def check(page: Page) -> None:
    """Run the accessibility rules; look for anything wider than the window, and for forms without a token."""
    found = axe.run(page)
    assert found.violations_count == 0, found.generate_report()
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(overflow) == 0, f"{page.url} is wider than its window"
    assert page.locator("form[method=post]:not(:has(input[name=csrf_token]))").count() == 0


@pytest.mark.parametrize(("size", "language", "scheme"), LOOKS)
def test_pages_of_a_full_hub(
    open_window: OpenWindow, full_hub: Hub, size: str, language: str, scheme: str
) -> None:
    window = open_window(full_hub, size, language, scheme)
    check(window.open("/sign-in"))
    window.sign_in()
    for path in (*PAGES, *kiosk_pages(window)):
        page = window.open(path)
        assert page.locator("html").get_attribute("lang") == language
        check(page)
        hidden = page.locator("details").all()
        for details in hidden:
            details.locator("summary").click()
        if hidden:
            check(page)


def kiosk_pages(window: Watched) -> tuple[str, str]:
    """Return the pages of the kiosk that has been silent for longest."""
    link = window.open("/fleet").locator("tbody a").first.get_attribute("href")
    return f"{link}", f"{link}/lost"


@pytest.mark.parametrize(("size", "language", "scheme"), LOOKS[:2])
def test_pages_of_an_empty_hub(
    open_window: OpenWindow, empty_hub: Hub, size: str, language: str, scheme: str
) -> None:
    window = open_window(empty_hub, size, language, scheme)
    window.sign_in()
    for path in EMPTY:
        check(window.open(path))


def test_the_page_of_a_failure(open_window: OpenWindow, full_hub: Hub) -> None:
    window = open_window(full_hub, "phone", "fr", "dark")
    check(window.open("/nothing/here"))
    assert "Cette page n’est pas ici" in window.page.inner_text("main")
    # What is tested here is the complaint itself: a page that is not there answers 404.
    assert [complaint for complaint in window.complaints if "404" not in complaint] == []
    window.complaints.clear()


def test_paper_is_light_whatever_the_screen_is(open_window: OpenWindow, full_hub: Hub) -> None:
    window = open_window(full_hub, scheme="dark")
    page = window.sign_in()
    colour = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(colour)
    page.emulate_media(media="print", color_scheme="dark")
    assert dark == "rgb(15, 21, 28)"
    assert page.evaluate(colour) == "rgb(245, 246, 248)"
    assert not page.locator(".menu").is_visible()


def test_a_page_needs_no_script_at_all(open_window: OpenWindow, full_hub: Hub) -> None:
    page = open_window(full_hub).sign_in()
    assert page.locator("script").count() == 0
    assert page.evaluate("[...document.querySelectorAll('[style]')].length") == 0
