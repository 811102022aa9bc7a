"""What is set about mails is looked at when the hub starts, and not when the first alarm comes."""

import pytest

from hub.config import BadSetting, Settings

MAIL = {"CERCHIO_HUB_MAIL_HOST": "smtp.example.com", "CERCHIO_HUB_MAIL_USER": "hub@example.com"}


@pytest.mark.parametrize(
    ("text", "quiet"), [("21-8", (21, 8)), ("13 - 15", (13, 15)), ("0-0", (0, 0)), ("7-7", (7, 7))]
)
def test_quiet_hours_go_from_one_hour_to_another(text: str, quiet: tuple[int, int]) -> None:
    assert Settings.read({"CERCHIO_HUB_QUIET_HOURS": text}).quiet == quiet


def test_without_a_word_nights_are_quiet_and_nothing_is_mailed() -> None:
    settings = Settings.read({})
    assert settings.quiet == (21, 8)
    assert settings.mail_host == ""


@pytest.mark.parametrize(
    ("name", "text"),
    [("QUIET_HOURS", "22"), ("QUIET_HOURS", "9pm-8am"), ("QUIET_HOURS", "21-24"), ("MAIL_SECURITY", "ssl")],
)
def test_what_cannot_be_is_refused_by_name(name: str, text: str) -> None:
    with pytest.raises(BadSetting, match=name.lower()):
        Settings.read(MAIL | {f"CERCHIO_HUB_{name}": text})


def test_a_mail_has_a_sender() -> None:
    assert Settings.read(MAIL).sender == "hub@example.com"
    with pytest.raises(BadSetting, match="mail_from"):
        Settings.read({"CERCHIO_HUB_MAIL_HOST": "smtp.example.com"})


def test_a_password_does_not_travel_in_the_clear_and_is_not_shown() -> None:
    with pytest.raises(BadSetting, match="in the clear"):
        Settings.read(MAIL | {"CERCHIO_HUB_MAIL_SECURITY": "none"})
    assert "sesame" not in repr(Settings.read(MAIL | {"CERCHIO_HUB_MAIL_PASSWORD": "open sesame"}))
