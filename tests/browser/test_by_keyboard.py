"""What people do with the pages: by keyboard alone, and from a customer's complaint to its answer."""

import pytest
from playwright.sync_api import Error, Page, expect

from tests.browser.conftest import POLYGLOT, OpenWindow
from tests.support.chain import MANAGER
from tests.support.hub import Hub


def focused(page: Page) -> str:
    """Return the text of what has the focus."""
    return str(page.evaluate("document.activeElement.innerText || document.activeElement.name"))


def test_the_first_tab_offers_to_skip_to_the_content(open_window: OpenWindow, full_hub: Hub) -> None:
    page = open_window(full_hub).sign_in()
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert focused(page) == "7 days"


def test_the_focus_is_always_visible_and_goes_everywhere(open_window: OpenWindow, full_hub: Hub) -> None:
    page = open_window(full_hub).sign_in()
    seen = []
    for _ in range(25):
        page.keyboard.press("Tab")
        width = page.evaluate("parseFloat(getComputedStyle(document.activeElement).outlineWidth)")
        style = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert (width, style) == (3, "solid"), focused(page)
        seen.append(focused(page))
    assert {"Cerchio", "Scores", "Follow-up", "EN", "FR", "Sign out", "90 days", "Show"} <= set(seen)
    assert [name for name in seen if name.startswith(("All regions", "by name"))]


def test_signing_in_and_out(open_window: OpenWindow, full_hub: Hub) -> None:
    window = open_window(full_hub)
    page = window.open("/")
    expect(page.locator("#email")).to_be_focused()
    window.sign_in()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_choosing_a_language_keeps_the_page(open_window: OpenWindow, full_hub: Hub) -> None:
    window = open_window(full_hub)
    window.sign_in(POLYGLOT)
    page = window.open("/stores/ROMA?days=7")
    page.get_by_role("button", name="Français").click()
    page.wait_for_url("**/stores/ROMA?days=7")
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.get_by_role("button", name="Français")).to_have_attribute("aria-current", "true")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_from_the_board_to_a_store_and_its_comments(open_window: OpenWindow, full_hub: Hub) -> None:
    page = open_window(full_hub).sign_in()
    page.get_by_label("Region").select_option("Italia")
    page.get_by_label("Order").select_option("lowest")
    page.get_by_role("button", name="Show", exact=True).click()
    page.wait_for_url("**region=Italia**")
    assert page.locator("tbody tr").count() == 6
    page.get_by_role("link", name="90 days").click()
    page.wait_for_url("**days=90**")
    expect(page.get_by_label("Region")).to_have_value("Italia")
    page.get_by_role("link", name="Roma Termini").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Roma Termini")
    assert page.locator(".comments li").count() == 20
    page.get_by_role("link", name="Next page").click()
    page.wait_for_url("**page=2**")
    assert page.locator(".comments li").count() > 0


def test_a_manager_answers_a_customer_and_takes_it_back(open_window: OpenWindow, full_hub: Hub) -> None:
    window = open_window(full_hub, "phone")
    window.sign_in(MANAGER)
    page = window.open("/follow-up")
    waiting = page.locator(".case").count()
    assert waiting > 0
    page.get_by_role("button", name="Show contact").first.click()
    expect(page.locator(".contact")).to_contain_text("@example.com")
    page.get_by_label("What did you tell the customer").fill("Called, apologised, voucher sent.")
    page.get_by_role("button", name="Mark as answered").click()
    expect(page.get_by_role("status")).to_contain_text("Marked as answered: Roma Termini")
    assert page.locator(".case").count() == waiting - 1
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#note")).to_have_value("Called, apologised, voucher sent.")
    window.open("/follow-up")
    assert page.locator(".case").count() == waiting


def test_a_shared_computer_keeps_no_contact_in_its_history(open_window: OpenWindow, full_hub: Hub) -> None:
    window = open_window(full_hub)
    window.sign_in(MANAGER)
    page = window.open("/follow-up")
    page.get_by_role("button", name="Show contact").first.click()
    expect(page.locator(".contact")).to_contain_text("@example.com")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    with pytest.raises(Error, match="ERR_CACHE_MISS"):
        page.go_back()
