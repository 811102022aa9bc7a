"""Customers' visits by real touches, kept in a real database."""

import pytest

from common.responses import LONGEST_COMMENT, Contact
from common.sealing import unseal
from kiosk.storage.outbox import State
from tests.kiosk.ui.conftest import Shop
from tests.support.window import Screen, window


def contact_of(shop: Shop) -> Contact | None:
    [kept] = shop.kept()
    sealed = kept.response.contact
    return unseal(sealed.box, kept.response.id, shop.private_key) if sealed else None


def test_a_whole_visit_is_kept_step_by_step(screen: Screen, shop: Shop) -> None:
    screen.tap("score-3")
    [tapped] = shop.kept()
    assert (tapped.response.score, tapped.state) == (3, State.OPEN)

    screen.tap("reason-waiting", "reason-price", "comment")
    screen.write("Too long.")
    screen.tap("next")
    [explained] = shop.kept()
    assert explained.response.reasons == ("waiting", "price")
    assert explained.response.comment == "Too long."

    screen.tap("email")
    screen.write("ann@example.org")
    screen.tap("consent", "send")
    screen.until(shop.ended)
    assert contact_of(shop) == Contact("ann@example.org")
    assert screen.shows("thanks")


@pytest.mark.parametrize("score", range(11))
def test_every_score_is_what_was_tapped(screen: Screen, shop: Shop, score: int) -> None:
    screen.tap(f"score-{score}")
    assert [kept.response.score for kept in shop.kept()] == [score]


@pytest.mark.parametrize(
    ("language", "comment"),
    [
        ("en", "Two queues, one “till”; 50% off? £5 at 3:15!"),
        ("it", "È così, perché no? Più caffè: 3 € (però…)"),
        ("es", "¿Señor? ¡Qué niño, según él! Pingüino."),
        ("fr", "Ça va, l’œuf est là ; où ? Élève à côté"),
        ("de", "Größe fehlt: „Bär“ & Öl für 3 € – übrigens schön."),
        ("pt", "Não há pão, avó? Às três e meia: três maçãs… Lição à mãe"),
    ],
)
def test_each_language_can_be_written_on_its_own_keyboard(
    screen: Screen, shop: Shop, language: str, comment: str
) -> None:
    screen.tap(f"language-{language}", "score-7", "comment")
    screen.write(comment)
    screen.tap("next", "decline")
    [kept] = shop.kept()
    assert (kept.response.language, kept.response.comment) == (language, comment)


def test_a_step_that_is_skipped_leaves_the_score(screen: Screen, shop: Shop) -> None:
    screen.tap("score-0", "next", "decline")
    screen.until(shop.ended)
    [kept] = shop.kept()
    assert (kept.response.score, kept.response.reasons, kept.response.comment) == (0, (), "")
    assert contact_of(shop) is None


def test_a_choice_can_be_changed_and_stays_one_answer(screen: Screen, shop: Shop) -> None:
    screen.tap("score-2", "reason-staff", "back")
    assert screen.find("score-2").chosen
    screen.tap("language-it", "score-9")
    assert "Qual è il motivo principale del Suo punteggio?" in screen.texts()
    assert screen.find("reason-staff").chosen
    screen.tap("next", "decline")
    [kept] = shop.kept()
    assert (kept.response.score, kept.response.language, kept.response.reasons) == (9, "it", ("staff",))


def test_a_reason_can_be_taken_off_again(screen: Screen, shop: Shop) -> None:
    screen.tap("score-5", "reason-price", "reason-quality", "reason-price", "next")
    [kept] = shop.kept()
    assert kept.response.reasons == ("quality",)


def test_skip_becomes_next_once_something_is_given(screen: Screen) -> None:
    screen.tap("score-5")
    assert screen.find("next").text == "Skip"
    screen.tap("reason-price")
    assert screen.find("next").text == "Next"


def test_a_comment_takes_4000_characters_and_says_how_many_are_left(screen: Screen, shop: Shop) -> None:
    screen.tap("score-6", "comment")
    field = screen.find("comment")
    field.type("long " * 790)
    screen.frames()
    assert "Characters left: 50" in screen.texts()
    field.type("x" * 100)
    screen.write("y")
    screen.frames()
    assert len(field.text) == LONGEST_COMMENT
    assert "Characters left: 0" in screen.texts()
    screen.tap("next", "decline")
    [kept] = shop.kept()
    assert len(kept.response.comment) == LONGEST_COMMENT


def test_contact_says_what_is_missing_and_never_blocks(screen: Screen, shop: Shop) -> None:
    screen.tap("score-4", "next")
    screen.tap("send")
    assert advice(screen).startswith("Please write an e-mail address or a phone number")
    screen.tap("email")
    screen.write("ann@example")
    screen.tap("send")
    assert advice(screen).startswith("This does not look like an e-mail address yet")
    screen.write(".com")
    assert advice(screen).startswith("Please tick the box")
    screen.tap("phone")
    screen.write("12")
    assert advice(screen).startswith("This does not look like a phone number yet")
    screen.write("34567")
    screen.tap("consent")
    assert advice(screen) == ""
    screen.tap("send")
    screen.until(shop.ended)
    assert contact_of(shop) == Contact("ann@example.com", "1234567")


def test_no_thanks_leaves_no_contact_whatever_was_typed(screen: Screen, shop: Shop) -> None:
    screen.tap("score-4", "next", "email")
    screen.write("ann@example.com")
    screen.tap("consent", "decline")
    screen.until(shop.ended)
    assert contact_of(shop) is None
    assert not screen.find("thanks").typing


def test_consent_is_never_given_beforehand(screen: Screen) -> None:
    screen.tap("score-4", "next")
    assert not screen.find("consent").chosen


def test_no_thanks_is_as_large_as_send(screen: Screen) -> None:
    screen.tap("score-4", "next")
    for typing in (False, True):
        if typing:
            screen.tap("email")
        assert screen.find("decline").size == screen.find("send").size


def test_thanks_are_by_segment(screen: Screen) -> None:
    for score, thanks in ((0, "frankness"), (8, "helps us"), (10, "glad")):
        screen.tap(f"score-{score}", "next", "decline")
        assert any(thanks in text for text in screen.texts())
        screen.tap("thanks")


def test_without_a_key_no_contact_is_asked_for(unpaired: Shop) -> None:
    with window(unpaired.screen, unpaired) as screen:
        assert any("recommend this store" in text for text in screen.texts())
        assert "Step 1 of 2" in screen.texts()
        screen.tap("score-9", "next")
        assert screen.shows("thanks")
        screen.until(unpaired.ended)
        assert [kept.response.score for kept in unpaired.kept()] == [9]


def advice(screen: Screen) -> str:
    return str(screen.app.stage.view.ids.advice.text)
