"""The contact screen helps on while one writes, and shows the whole privacy notice over itself."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from common.responses import Contact
from common.sealing import unseal
from common.surveys import Survey, standard_survey
from kiosk.ui.advice import advice
from kiosk.ui.draft import Draft
from tests.kiosk.ui.conftest import Shop
from tests.support.window import Screen, window

TAB, ENTER, ESCAPE, PAGE_DOWN, PAGE_UP, END = 9, 13, 27, 281, 280, 279
EMAIL = "This does not look like an e-mail address yet"
PHONE = "This does not look like a phone number yet"


@pytest.fixture
def contact(screen: Screen) -> Screen:
    """Return the window at the contact screen."""
    screen.give(4)
    screen.tap("next")
    return screen


def said(screen: Screen) -> str:
    return str(screen.app.stage.view.ids.advice.text)


def scrolled(screen: Screen) -> float:
    """Return how far the notice has been scrolled down, 0 to 1."""
    return 1 - float(screen.find("notice").ids.scroll.scroll_y)


def test_nobody_is_corrected_in_the_middle_of_a_word(contact: Screen) -> None:
    contact.tap("email")
    for letter in "ann@example.org":
        contact.write(letter)
        assert said(contact) == ""


def test_what_can_no_longer_become_right_is_said_at_once_and_unsaid_when_it_is_put_right(
    contact: Screen,
) -> None:
    contact.tap("email")
    contact.write("ann@@")
    assert said(contact).startswith(EMAIL)
    contact.tap("key-⌫")
    assert said(contact) == ""
    contact.tap("phone")
    assert said(contact).startswith(EMAIL), "the field was left"
    contact.tap("email")
    contact.write("example.org")
    assert said(contact) == ""


def test_a_detail_is_looked_at_when_its_field_is_left(contact: Screen) -> None:
    contact.tap("phone")
    contact.write("123")
    assert said(contact) == ""
    contact.tap("key-OK")
    assert said(contact).startswith(PHONE)
    contact.tap("phone")
    contact.write("456")
    assert said(contact) == ""


def test_an_empty_field_that_is_left_is_no_mistake(contact: Screen) -> None:
    contact.tap("email", "phone", "key-OK")
    assert said(contact) == ""


def test_a_wrong_address_is_not_lost_by_going_back_or_into_another_language(
    contact: Screen, shop: Shop, private_key: bytes
) -> None:
    contact.tap("email")
    contact.write("ann@example")
    contact.tap("consent", "back", "back", "language-de")
    contact.give(4)
    contact.tap("next")
    assert contact.find("email").text == "ann@example"
    assert said(contact).startswith("Das sieht noch nicht wie eine E-Mail-Adresse aus")
    assert contact.find("consent").chosen
    contact.tap("email")
    contact.write(".org")
    contact.tap("send")
    contact.until(shop.ended)
    [kept] = shop.kept()
    assert kept.response.contact
    assert unseal(kept.response.contact.box, kept.response.id, private_key) == Contact("ann@example.org")
    assert (kept.response.contact.consent.text, kept.response.contact.consent.language) == (
        "standard-2",
        "de",
    )


def test_the_whole_notice_lies_over_the_screen_and_closes(contact: Screen) -> None:
    contact.tap("email")
    contact.write("ann@")
    contact.tap("details")
    texts = " ".join(contact.texts())
    assert "Roma Centro" in texts
    assert "30 days" in texts
    assert "at the latest 90 days" in texts
    assert "withdraw" in texts
    contact.tap("consent")
    assert contact.shows("close-notice"), "nothing below it can be touched"
    contact.tap("close-notice")
    assert not contact.shows("close-notice")
    assert contact.find("email").text == "ann@"
    assert not contact.find("consent").chosen


def test_a_finger_scrolls_the_notice(contact: Screen) -> None:
    contact.tap("details")
    scroll = contact.find("notice").ids.scroll
    contact.wait(0.4)
    finger = contact.hands.put(*scroll.center)
    contact.frames(2)
    for step in range(1, 11):
        contact.hands.slide(finger, scroll.center_x, scroll.center_y + 20 * step)
        contact.frames(1)
    contact.lift(finger)
    assert scrolled(contact) > 0.2
    contact.tap("close-notice", "details")
    assert scrolled(contact) < 0.01


def test_the_notice_is_read_and_closed_by_keys(contact: Screen) -> None:
    while not contact.find("details").focused:
        contact.press(TAB)
    contact.press(ENTER)
    contact.wait(0.4)
    contact.press(PAGE_DOWN)
    assert scrolled(contact) > 0
    contact.press(END)
    assert scrolled(contact) == 1
    contact.press(PAGE_UP)
    assert scrolled(contact) < 1
    contact.press(TAB)
    assert contact.find("close-notice").focused
    contact.press(ENTER)
    assert not contact.shows("close-notice")
    contact.tap("details")
    contact.press(ESCAPE)
    assert not contact.shows("close-notice")
    assert contact.shows("send")


def test_who_reads_long_is_asked_and_finds_the_notice_again(contact: Screen) -> None:
    contact.tap("details")
    contact.wait(41)
    assert contact.shows("still-here")
    contact.tap("still-here")
    assert contact.shows("close-notice")
    contact.wait(62 + 8)
    assert contact.shows("score-0")
    assert not contact.shows("close-notice")


def test_the_young_are_spoken_to(contact: Screen) -> None:
    assert any("under 16" in text for text in contact.texts())


@pytest.fixture
def plain(shop: Shop) -> Iterator[Screen]:
    """Return the window of a survey from before there were notices."""
    survey: Survey = standard_survey()
    wording = {code: replace(each, notice="", minors="") for code, each in survey.wording.items()}
    old = replace(survey, wording=wording)
    shop.ask(lambda s: s.use_survey(old, shop.screen.public_key or b"", "old"))
    with window(shop.screen, shop) as screen:
        yield screen


def test_without_a_notice_there_is_no_button_to_it(plain: Screen) -> None:
    plain.give(4)
    plain.tap("next")
    assert not plain.find("details").text
    assert plain.find("details").width == 0
    plain.press(TAB)
    plain.press(TAB)
    assert plain.find("email").focused


FULL = Draft(email="a@b.it", phone="061234", agreed=True)


@pytest.mark.parametrize(
    ("draft", "key"),
    [
        (Draft(), ""),
        (Draft(sending=True), "contact_wanted"),
        (replace(FULL, sending=True), ""),
        (replace(FULL, agreed=False), ""),
        (replace(FULL, agreed=False, sending=True), "consent_wanted"),
        (Draft(email="  "), ""),
        (Draft(email="a@b"), ""),
        (Draft(email="a@b", left=frozenset({"phone"})), ""),
        (Draft(email="a@b", left=frozenset({"email"})), "email_wrong"),
        (Draft(email="a@b", sending=True), "email_wrong"),
        (Draft(email="a b"), "email_wrong"),
        (Draft(email=" a@b.it "), ""),
        (Draft(phone="12", left=frozenset({"email"})), ""),
        (Draft(phone="12", left=frozenset({"phone"})), "phone_wrong"),
        (Draft(phone="12+"), "phone_wrong"),
        (Draft(phone="12+", email="@"), "email_wrong"),
    ],
)
def test_what_helps_on(draft: Draft, key: str) -> None:
    assert advice(draft) == key
