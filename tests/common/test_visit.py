"""The walk of a customer: each step, skipped or taken twice, keeps one answer."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from common.nps import SCORES, Segment
from common.responses import Channel, Contact
from common.sealing import key_id, new_private_key, public_key, unseal
from common.surveys import standard_survey
from common.visit import Moment, Visit, is_email, is_phone, may_become_email, may_become_phone
from tests.support.answers import NOON, an_id

PRIVATE = new_private_key()
PUBLIC = public_key(PRIVATE)
ANNA = Contact(email="anna@example.com")


def at_the_question(language: str = "en") -> Visit:
    return Visit(standard_survey(), "checkout", Channel.KIOSK, language)


def after_the_tap(score: int = 7) -> Visit:
    return at_the_question().choose(score, NOON, an_id())


def test_the_whole_walk() -> None:
    visit = after_the_tap(3)
    assert (visit.moment, visit.segment) == (Moment.REASON, Segment.DETRACTOR)
    visit = visit.explain(("price", "staff"), "  Too dear\n")
    assert visit.moment is Moment.CONTACT
    visit = visit.leave_contact(ANNA, PUBLIC, NOON + timedelta(seconds=40))
    response = visit.response
    assert visit.moment is Moment.THANKS
    assert response
    assert (response.id, response.given_at, response.score) == (an_id(), NOON, 3)
    assert (response.reasons, response.comment) == (("staff", "price"), "Too dear")
    assert (response.survey, response.version, response.touchpoint) == ("standard", 2, "checkout")
    assert response.contact
    assert response.contact.key == key_id(PUBLIC)
    assert unseal(response.contact.box, response.id, PRIVATE) == ANNA
    consent = response.contact.consent
    assert (consent.text, consent.language) == ("standard-2", "en")
    assert consent.given_at == NOON + timedelta(seconds=40)


@pytest.mark.parametrize("score", SCORES)
def test_every_score_is_taken_as_tapped(score: int) -> None:
    response = after_the_tap(score).response
    assert response
    assert response.score == score


def test_a_double_tap_is_one_answer() -> None:
    first = after_the_tap(0)
    assert first.choose(0, NOON + timedelta(milliseconds=80), an_id(2)) == first


def test_a_second_choice_corrects_the_first() -> None:
    response = after_the_tap(0).choose(10, NOON + timedelta(seconds=1), an_id(2)).response
    assert response
    assert (response.score, response.id, response.given_at) == (10, an_id(), NOON)


def test_everything_after_the_score_can_be_skipped() -> None:
    visit = after_the_tap().explain().decline_contact()
    assert visit.moment is Moment.THANKS
    assert visit.response
    assert (visit.response.reasons, visit.response.comment, visit.response.contact) == ((), "", None)


def test_no_thanks_takes_contact_details_back() -> None:
    visit = after_the_tap().explain().leave_contact(ANNA, PUBLIC, NOON)
    back = replace(visit, moment=Moment.CONTACT).decline_contact()
    assert back.response
    assert back.response.contact is None


def test_another_language_keeps_the_answer() -> None:
    visit = after_the_tap(0).explain(("staff",), "Mah")
    italian = visit.speak("it")
    assert visit.response
    assert italian.response == replace(visit.response, language="it")
    assert (italian.language, italian.moment) == ("it", Moment.CONTACT)


def test_another_language_before_the_tap() -> None:
    response = at_the_question().speak("fr").choose(9, NOON, an_id()).response
    assert response
    assert response.language == "fr"


def test_what_the_survey_does_not_have() -> None:
    with pytest.raises(ValueError, match="no wording in 'nl'"):
        at_the_question().speak("nl")
    with pytest.raises(ValueError, match="no reason 'weather'"):
        after_the_tap().explain(("weather",))
    with pytest.raises(ValueError, match="whole number"):
        at_the_question().choose(11, NOON, an_id())


def chosen(visit: Visit) -> tuple[str, ...]:
    assert visit.response
    return visit.response.reasons


def test_a_reason_that_the_corrected_score_is_not_offered_goes() -> None:
    unhappy = after_the_tap(2).explain(("waiting", "quality"))
    happy = unhappy.choose(10, NOON, an_id(2))
    assert (chosen(unhappy), chosen(happy)) == (("waiting", "quality"), ("quality",))
    assert chosen(happy.explain(("waiting", "quality"))) == ("quality",)
    assert chosen(unhappy.choose(3, NOON, an_id(2))) == ("waiting", "quality")


def test_nothing_is_stored_before_the_score() -> None:
    visit = at_the_question()
    for step in (
        visit.explain,
        visit.decline_contact,
        lambda: visit.leave_contact(ANNA, PUBLIC, NOON),
        lambda: visit.segment,
    ):
        with pytest.raises(ValueError, match="no score yet"):
            step()


steps = some.one_of(
    some.tuples(some.just("choose"), some.sampled_from(SCORES)),
    some.tuples(some.just("speak"), some.sampled_from(standard_survey().languages)),
    some.tuples(
        some.just("explain"), some.sets(some.sampled_from(standard_survey().reasons)).map(tuple), some.text()
    ),
    some.tuples(some.just("contact")),
    some.tuples(some.just("decline")),
)


def walk(visit: Visit, step: tuple[object, ...], seconds: int) -> Visit:
    """Take one step of a path at a time of its own."""
    now = NOON + timedelta(seconds=seconds)
    match step:
        case "choose", int(score):
            return visit.choose(score, now, an_id(seconds))
        case "speak", str(language):
            return visit.speak(language)
        case "explain", tuple(reasons), str(comment):
            return visit.explain(reasons, comment)
        case ("contact",):
            return visit.leave_contact(ANNA, PUBLIC, now)
        case _:
            return visit.decline_contact()


@given(some.lists(steps, max_size=12))
def test_any_path_keeps_id_and_time(path: list[tuple[object, ...]]) -> None:
    visit = after_the_tap(0)
    for seconds, step in enumerate(path, start=2):
        visit = walk(visit, step, seconds)
        assert visit.response
        assert (visit.response.id, visit.response.given_at) == (an_id(), NOON)
        assert visit.response.language == visit.language


@pytest.mark.parametrize("text", ["a@b.it", "anna.rossi+shop@posta.example.com", "è@caffè.it"])
def test_could_be_an_email_address(text: str) -> None:
    assert is_email(text)


@pytest.mark.parametrize(
    "text", ["", "anna", "anna@", "@b.it", "a@b", "a b@c.it", "a@b..it", "a@b.it\n", "a@" + "b." * 130 + "it"]
)
def test_is_no_email_address(text: str) -> None:
    assert not is_email(text)


@pytest.mark.parametrize("text", ["+39 06 1234 5678", "061234", "(020) 7946-0123", "+44.20/7946 0123"])
def test_could_be_a_phone_number(text: str) -> None:
    assert is_phone(text)


@pytest.mark.parametrize(
    "text", ["", "12345", "+", "0612345678901234", "call me", "06 1234 5678 x", "٠٦١٢٣٤٥"]
)
def test_is_no_phone_number(text: str) -> None:
    assert not is_phone(text)


@pytest.mark.parametrize(
    "text", ["anna@example.com", "anna.rossi+shop@posta.example.com", "a@b.it", "a" * 64 + "@b.it"]
)
def test_an_email_address_is_never_hopeless_while_it_is_typed(text: str) -> None:
    assert is_email(text)
    assert all(may_become_email(text[:end]) for end in range(len(text) + 1))


@pytest.mark.parametrize("text", ["@", "a ", "a@b@", "a@b..", "a@.", "a" * 65, "a@" + "b" * 253])
def test_what_is_no_email_address_however_one_goes_on(text: str) -> None:
    assert may_become_email(text[:-1])
    assert not may_become_email(text)


@pytest.mark.parametrize("text", ["+39 06 1234 5678", "061234", "(020) 7946-0123", "+44.20/7946 0123"])
def test_a_phone_number_is_never_hopeless_while_it_is_typed(text: str) -> None:
    assert all(may_become_phone(text[:end]) for end in range(len(text) + 1))


@pytest.mark.parametrize("text", ["a", "++", "06a", "((", "-", "0612345678901234", "0" + " " * 32])
def test_what_is_no_phone_number_however_one_goes_on(text: str) -> None:
    assert may_become_phone(text[:-1])
    assert not may_become_phone(text)


@given(some.text("ab@. ", max_size=9), some.text("ab@. ", max_size=6))
def test_what_is_hopeless_stays_so(text: str, more: str) -> None:
    assert may_become_email(text) or not is_email(text + more)


@given(some.text("12+( -x", max_size=9), some.text("12+( -x", max_size=9))
def test_a_hopeless_phone_number_stays_so(text: str, more: str) -> None:
    assert may_become_phone(text) or not is_phone(text + more)
