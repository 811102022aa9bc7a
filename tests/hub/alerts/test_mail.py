"""Mails about alarms, through a real mail server on a real socket, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from hub.alerts import mail
from hub.alerts.delivery import deliver
from hub.alerts.queries import board, post
from hub.app import create_app
from hub.config import Settings
from hub.db import reading, writing
from hub.people.queries import set_language
from hub.web.context import Hub
from tests.hub.alerts.conftest import Days
from tests.support.chain import BOSS, MANAGER
from tests.support.postbox import CERTIFICATES, PASSWORD, USER, Postbox, free_port
from tests.support.reader import Reader
from tests.support.tablet import Tablet


@pytest.fixture
def postbox() -> Postbox:
    return Postbox(free_port())


@pytest.fixture
def settings(
    database_url: str, tmp_path: Path, postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """Return settings with a mail server, whose authority this machine trusts for now."""
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATES / "ca.pem"))
    secret = tmp_path / "mail password"
    secret.write_text(PASSWORD + "\n")
    return Settings(
        data=tmp_path, database=database_url, address="https://hub.example.com",
        mail_host="localhost", mail_port=postbox.port, mail_user=USER, mail_password_file=str(secret),
    )  # fmt: skip


@pytest.fixture
def silent(days: Days, old_tablet: Tablet) -> Days:
    """Return the shop when its covered tablet has just raised an alarm, at one o'clock."""
    days.until("03-25 13:00", old_tablet)
    assert len(days.alarms()) == 1
    return days


def rounds(app: Flask) -> None:
    """Let the hub send what is due: a failure ends a round, and the next one tries the other mail."""
    for _ in range(2):
        deliver(app)


def failing(days: Days) -> tuple[int, str]:
    with reading(days.engine) as connection:
        return post.trouble(connection)


def test_head_office_and_the_manager_get_one_mail_each(silent: Days, app: Flask, postbox: Postbox) -> None:
    with postbox.opened():
        rounds(app)
    [to_boss], [to_manager] = postbox.to(BOSS), postbox.to(MANAGER)
    assert to_boss["Subject"] == "Da Vinci, checkout: no answers"
    assert "Open 4 hours, usually 16 answers, none today." in to_boss.get_content()
    assert "https://hub.example.com/alerts" in to_boss.get_content()
    assert to_boss["Message-ID"] != to_manager["Message-ID"]
    assert str(to_boss["Message-ID"]).endswith("@example.com>")
    assert to_boss["Auto-Submitted"] == "auto-generated"


def test_a_mail_speaks_the_language_of_its_reader(
    days: Days, old_tablet: Tablet, app: Flask, postbox: Postbox
) -> None:
    with writing(days.engine) as connection:
        set_language(connection, MANAGER, "it")
    days.until("03-25 13:00", old_tablet)
    with postbox.opened():
        rounds(app)
    [mail] = postbox.to(MANAGER)
    assert mail["Subject"] == "Da Vinci, checkout: nessuna risposta"
    assert "Aperto da 4 ore, di solito 16 risposte, oggi nessuna." in mail.get_content()


def test_mails_also_go_through_tls_from_the_first_byte(silent: Days, app: Flask, postbox: Postbox) -> None:
    set_mail(app, mail_security="tls")
    with postbox.opened("tls"):
        rounds(app)
    assert len(postbox.mails) == 2


def set_mail(app: Flask, **changes: object) -> None:
    hub: Hub = app.extensions["cerchio"]
    app.extensions["cerchio"] = replace(hub, settings=replace(hub.settings, **changes))  # type: ignore[arg-type]


def test_a_refused_sign_in_waits_and_tells_no_secret(
    silent: Days, app: Flask, postbox: Postbox, caplog: pytest.LogCaptureFixture
) -> None:
    postbox.password = "another one"
    with postbox.opened():
        rounds(app)
        assert postbox.sign_ins >= 2
        assert failing(silent) == (2, "the mail server refuses the sign-in (code 535)")
        postbox.password = PASSWORD
        rounds(app)
        assert postbox.mails == [], "the next try is a minute away"
        silent.clock.forward(minutes=2)
        rounds(app)
    assert len(postbox.mails) == 2
    assert failing(silent) == (0, "")
    assert PASSWORD not in caplog.text
    assert PASSWORD not in repr(silent.hub.settings)


def test_while_the_server_is_down_mails_wait_longer_each_time(
    silent: Days, app: Flask, postbox: Postbox
) -> None:
    for _ in range(3):
        rounds(app)
        assert failing(silent) == (2, "nobody listens at the mail server's port")
        silent.clock.forward(minutes=6)
    with postbox.opened():
        rounds(app)
    assert len(postbox.mails) == 2


def test_a_mail_whose_receipt_was_too_slow_is_sent_again_under_the_same_name(
    silent: Days, app: Flask, postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "PATIENCE", 0.3)
    postbox.takes = 1.0
    with postbox.opened():
        rounds(app)
        assert failing(silent) == (2, "the mail server did not answer in time, or ended the connection")
        postbox.takes = 0.0
        silent.clock.forward(minutes=2)
        rounds(app)
    names = [mail["Message-ID"] for mail in postbox.to(BOSS)]
    assert len(names) == 2
    assert names[0] == names[1], "a reader's mail program shows it once, or shows that it is the same"


def test_a_server_that_refuses_a_mail_is_told_by_code(silent: Days, app: Flask, postbox: Postbox) -> None:
    postbox.answer = "554 We do not like this"
    with postbox.opened():
        rounds(app)
    assert failing(silent) == (2, "the mail server refuses the mail (code 554)")


@pytest.mark.parametrize("certificate", ["other", "expired"])
def test_no_password_goes_to_a_server_of_another_name(
    silent: Days, app: Flask, postbox: Postbox, certificate: str
) -> None:
    with postbox.opened(certificate=certificate):
        rounds(app)
    assert (postbox.mails, postbox.sign_ins) == ([], 0)
    assert failing(silent) == (2, "the mail server's certificate is none that this machine trusts")


def test_mails_wait_for_the_morning_and_are_needless_by_then(
    days: Days, old_tablet: Tablet, app: Flask, postbox: Postbox
) -> None:
    set_mail(app, quiet_hours="12-8")
    days.until("03-25 13:00", old_tablet)
    with postbox.opened():
        rounds(app)
        assert (postbox.mails, len(days.alarms())) == ([], 1)
        days.until("03-26 07:45", old_tablet)
        rounds(app)
        assert postbox.mails == []
        days.until("03-26 08:00", old_tablet)
        rounds(app)
        assert len(postbox.mails) == 2, "it is silent still"


def test_who_answers_in_time_spares_the_mail(
    days: Days, old_tablet: Tablet, app: Flask, postbox: Postbox
) -> None:
    set_mail(app, quiet_hours="12-8")
    days.until("03-25 13:00", old_tablet)
    days.until("03-25 19:00", old_tablet, answered=True)
    days.until("03-26 08:30", old_tablet)
    with postbox.opened():
        rounds(app)
    assert postbox.mails == []
    assert failing(days) == (0, "")


def test_what_is_known_or_muted_is_not_mailed(silent: Days, app: Flask, postbox: Postbox) -> None:
    with writing(silent.engine) as connection:
        board.see(connection, silent.alarms()[0].id, BOSS, silent.clock())
    with postbox.opened():
        rounds(app)
    assert postbox.mails == []


def test_who_wants_no_mails_gets_none(days: Days, old_tablet: Tablet, app: Flask, postbox: Postbox) -> None:
    reader = Reader(app.test_client())
    reader.sign_in()
    reader.get("/alerts")
    assert "You get no mails about alarms." in reader.send("/alerts/mails", wanted="no").text
    days.until("03-25 13:00", old_tablet)
    with postbox.opened():
        rounds(app)
    assert [mail["To"] for mail in postbox.mails] == [MANAGER]


def test_two_processes_send_each_mail_once(
    silent: Days, app: Flask, settings: Settings, postbox: Postbox
) -> None:
    postbox.takes = 0.2
    apps = [app, create_app(settings, now=silent.clock)]
    with postbox.opened(), ThreadPoolExecutor(4) as pool:
        list(pool.map(deliver, apps * 2))
    assert sorted(mail["To"] for mail in postbox.mails) == [BOSS, MANAGER]
    other: Hub = apps[1].extensions["cerchio"]
    other.engine.dispose()


def test_a_mail_in_the_hands_of_a_process_that_dies_is_sent_by_another_one(
    silent: Days, app: Flask, postbox: Postbox
) -> None:
    with postbox.opened():
        with writing(silent.engine) as connection:
            for letter in post.due(connection, silent.clock()):
                assert post.take_hold(connection, letter, silent.clock())
        rounds(app)
        assert postbox.mails == [], "another process has them in hand, as far as anybody knows"
        silent.clock.forward(minutes=11)
        rounds(app)
        assert len(postbox.mails) == 2, "that process has died"


def test_who_got_a_mail_gets_one_more_when_the_alarm_has_ended(
    silent: Days, old_tablet: Tablet, app: Flask, postbox: Postbox
) -> None:
    with writing(silent.engine) as connection:
        set_language(connection, MANAGER, "it")
    with postbox.opened():
        rounds(app)
        silent.until("03-25 13:30", old_tablet, answered=True)
        rounds(app)
        silent.until("03-25 14:00", old_tablet, answered=True)
        rounds(app)
    first, last = postbox.to(BOSS)
    assert last["Subject"] == "Da Vinci, checkout: answers again"
    assert "Answers again since 13:15.\r\nThere had been no answer since 24 Mar 2026, " in last.get_content()
    assert "https://hub.example.com/alerts?list=ended" in last.get_content()
    assert last["In-Reply-To"] == last["References"] == first["Message-ID"]
    [_, to_manager] = postbox.to(MANAGER)
    assert to_manager["Subject"] == "Da Vinci, checkout: di nuovo risposte"


def test_the_end_of_an_alarm_waits_for_the_morning_too(
    silent: Days, old_tablet: Tablet, app: Flask, postbox: Postbox
) -> None:
    with postbox.opened():
        rounds(app)
        set_mail(app, quiet_hours="13-8")
        silent.until("03-25 13:30", old_tablet, answered=True)
        rounds(app)
        assert len(postbox.mails) == 2
        silent.clock.forward(hours=18, minutes=30)
        rounds(app)
    assert [mail["Subject"] for mail in postbox.to(BOSS)][1:] == ["Da Vinci, checkout: answers again"]


def test_the_end_of_what_nobody_was_mailed_of_is_not_mailed(
    silent: Days, old_tablet: Tablet, app: Flask, postbox: Postbox
) -> None:
    silent.until("03-25 13:30", old_tablet, answered=True)
    with postbox.opened():
        rounds(app)
    assert postbox.mails == []


def test_the_end_of_what_is_known_or_of_no_concern_any_more_is_not_mailed(
    silent: Days, old_tablet: Tablet, app: Flask, postbox: Postbox
) -> None:
    with postbox.opened():
        rounds(app)
        with writing(silent.engine) as connection:
            board.want_mail(connection, MANAGER, wanted=False)
            board.see(connection, silent.alarms()[0].id, BOSS, silent.clock())
        silent.until("03-25 13:30", old_tablet, answered=True)
        rounds(app)
    assert len(postbox.mails) == 2
