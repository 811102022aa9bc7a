"""Settings come from options, then the environment, then their defaults; secrets are files of the owner's."""

import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from pathlib import Path

import pytest

from common.sealing import key_id
from hub.config import ENVIRONMENT, BadSetting, Settings, default_data
from hub.vault import open_secrets


def test_an_option_goes_before_the_environment_and_that_before_the_default(tmp_path: Path) -> None:
    environment = {"CERCHIO_HUB_DATA": str(tmp_path), "CERCHIO_HUB_PORT": "9000", "CERCHIO_HUB_HOST": ""}
    settings = Settings.read(environment, port=9001, database=None)
    assert (settings.data, settings.port, settings.host) == (tmp_path, 9001, "127.0.0.1")
    assert Settings.read({}).data == default_data()


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("", "sqlite:////data/hub.sqlite"),
        ("postgresql://me@host/cerchio", "postgresql+psycopg://me@host/cerchio"),
        ("postgres://me@host/cerchio", "postgresql+psycopg://me@host/cerchio"),
        ("sqlite:////elsewhere/x.sqlite", "sqlite:////elsewhere/x.sqlite"),
    ],
)
def test_the_url_names_the_driver(given: str, url: str) -> None:
    assert Settings(data=Path("/data"), database=given).url == url


@pytest.mark.parametrize(("text", "value"), [("yes", True), ("0", False), ("TRUE", True), ("off", False)])
def test_yes_and_no(text: str, value: bool) -> None:
    assert Settings.read({"CERCHIO_HUB_SECURE_COOKIES": text}).secure_cookies is value


@pytest.mark.parametrize(
    ("name", "text"),
    [("PORT", "many"), ("SECURE_COOKIES", "perhaps"), ("LINE_SECONDS", "-1"), ("LINE_SECONDS", "nan")],
)
def test_a_value_that_a_setting_cannot_have_is_told_with_its_name(name: str, text: str) -> None:
    with pytest.raises(BadSetting, match=name.lower()):
        Settings.read({ENVIRONMENT + name: text})


def test_every_setting_has_a_sentence() -> None:
    assert all(setting.metadata["sentence"].endswith(".") for setting in fields(Settings))


def test_secrets_are_made_once_and_are_the_owners_only(tmp_path: Path) -> None:
    data = tmp_path / "new" / "folder"
    first = open_secrets(data)
    assert open_secrets(data) == first
    assert first.contact_key == key_id(first.public_key)
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    files = list((data / "secrets").iterdir())
    assert len(files) == 5
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_processes_that_start_at_once_agree_on_their_secrets(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(open_secrets, [tmp_path] * 8))
    assert all(secrets == found[0] for secrets in found)


def test_secrets_do_not_show_themselves(tmp_path: Path) -> None:
    secrets = open_secrets(tmp_path)
    shown = repr(secrets)
    for secret in (secrets.session, secrets.password_salt, secrets.device_seed, secrets.erasure):
        assert secret.hex() not in shown
        assert repr(secret) not in shown
    assert "contact_keys" not in shown


def test_an_older_contact_key_still_opens_and_the_newest_seals(tmp_path: Path) -> None:
    first = open_secrets(tmp_path)
    (tmp_path / "secrets" / "contact-2.key").write_text("22" * 32)
    second = open_secrets(tmp_path)
    assert second.contact_key != first.contact_key
    assert set(second.contact_keys) == {first.contact_key, second.contact_key}
