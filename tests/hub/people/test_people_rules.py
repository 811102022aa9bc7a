"""Who can be a person, which passwords will do, how many tries there are."""

import pytest

from hub.people.rules import NotAPerson, Role, check, check_password, sign_in_limits


@pytest.mark.parametrize(
    ("email", "name", "role", "stores", "why"),
    [
        ("nobody", "Anna", Role.HEAD_OFFICE, (), "no e-mail address"),
        ("anna@example.com", " ", Role.HEAD_OFFICE, (), "has a name"),
        ("anna@example.com", "A" * 101, Role.HEAD_OFFICE, (), "100 characters"),
        ("anna@example.com", "Anna\x00", Role.HEAD_OFFICE, (), "has a name"),
        ("anna@example.com", "Anna", Role.STORE_MANAGER, (), "at least one store"),
        ("anna@example.com", "Anna", Role.HEAD_OFFICE, ("ROMA",), "sees every store"),
    ],
)
def test_who_cannot_be_a_person(email: str, name: str, role: Role, stores: tuple[str, ...], why: str) -> None:
    with pytest.raises(NotAPerson, match=why):
        check(email, name, role, stores)


def test_who_can() -> None:
    check("anna@example.com", "Anna d’Este", Role.HEAD_OFFICE, ())
    check("anna@example.com", "Anna", Role.STORE_MANAGER, ("ROMA", "MILANO"))


@pytest.mark.parametrize("password", ["", "short", "a" * 201, "aaaaaaaaaaaa", "ababababab"])
def test_passwords_that_will_not_do(password: str) -> None:
    with pytest.raises(NotAPerson):
        check_password(password)


def test_a_password_of_words_will_do() -> None:
    check_password("three blind mice")


def test_the_fewest_tries_are_those_of_one_person_from_one_place() -> None:
    assert sorted(sign_in_limits("anna@example.com", "192.0.2.1").values()) == [5, 50, 50]


def test_the_same_person_is_the_same_however_the_address_is_typed() -> None:
    assert sign_in_limits("Anna@Example.com", "::1") == sign_in_limits("anna@example.com", "::1")
    assert not sign_in_limits("a@example.com", "::1").keys() & sign_in_limits("b@example.com", "::2").keys()
