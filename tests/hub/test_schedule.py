"""What a serving hub does by itself, in the threads of two hubs on one database."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from time import monotonic, sleep

import pytest
from flask import Flask
from sqlalchemy import Engine

import hub.schedule
from hub.app import create_app
from hub.config import Settings
from hub.schedule import Schedule
from hub.web.context import Hub
from tests.hub.alerts.conftest import Days
from tests.hub.conftest import Clock
from tests.support.chain import BOSS, employ
from tests.support.postbox import CERTIFICATES, PASSWORD, USER, Postbox, free_port
from tests.support.tablet import Tablet


@pytest.fixture
def two_hubs(
    app: Flask, settings: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[list[Flask]]:
    monkeypatch.setattr(hub.schedule, "LOOK_EVERY", 0.1)
    monkeypatch.setattr(hub.schedule, "SEND_EVERY", 0.1)
    other = create_app(settings, now=clock)
    yield [app, other]
    inside: Hub = other.extensions["cerchio"]
    inside.engine.dispose()


def wait_for(happened: Callable[[], bool]) -> None:
    """Wait for something that a thread does, ten seconds at most."""
    deadline = monotonic() + 10
    while not happened():
        assert monotonic() < deadline, "it did not happen"
        sleep(0.02)


@contextmanager
def running(app: Flask) -> Iterator[None]:
    """Let an application do by itself what it does, for as long as the block runs."""
    schedule = Schedule(app)
    schedule.start()
    try:
        yield
    finally:
        schedule.stop()


def with_mail(app: Flask, postbox: Postbox) -> None:
    """Let an application send mails through a server."""
    inside: Hub = app.extensions["cerchio"]
    settings = replace(inside.settings, mail_host="localhost", mail_port=postbox.port)
    settings = replace(settings, mail_user=USER, mail_password=PASSWORD)
    app.extensions["cerchio"] = replace(inside, settings=settings)


def test_a_job_that_fails_is_tried_again(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(hub.schedule, "LOOK_EVERY", 0.1)
    del app.extensions["cerchio.alerts"]
    with running(app):
        wait_for(lambda: caplog.text.count("did not work; it is tried again") >= 2)


def test_two_hubs_raise_one_alarm_and_send_one_mail(
    two_hubs: list[Flask],
    engine: Engine,
    clock: Clock,
    tablet: Tablet,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATES / "ca.pem"))
    postbox = Postbox(free_port())
    employ(two_hubs[0], BOSS, "Paola Conti")
    clock.time = clock.time.replace(day=24, hour=22, minute=30)
    days = Days(two_hubs[0], clock, engine)
    days.past(tablet)
    days.until("03-25 12:45", tablet)
    for app in two_hubs:
        with_mail(app, postbox)
    clock.forward(minutes=15)
    tablet.give()
    with postbox.opened(), running(two_hubs[0]), running(two_hubs[1]):
        wait_for(lambda: bool(postbox.mails))
        sleep(0.5)
    assert len(days.alarms()) == 1
    assert [mail["To"] for mail in postbox.mails] == [BOSS]
