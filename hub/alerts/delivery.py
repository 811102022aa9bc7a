"""The work that nobody asks for: to send what is in the post. Whoever sends a mail has it alone meanwhile."""

import logging
from collections.abc import Sequence
from datetime import datetime

from flask import Flask
from flask_babel import force_locale

from hub.alerts.mail import NotSent, send, written
from hub.alerts.queries import post
from hub.alerts.queries.board import find_alarm
from hub.alerts.rules.post import after_quiet, next_try, too_old
from hub.db import reading, writing
from hub.web.context import Hub

log = logging.getLogger(__name__)


def deliver(app: Flask) -> None:
    """Send the mails that are due. One that has become needless is dropped, at night each waits.

    The first failure ends the round: a server that hangs is not asked for each mail.
    """
    hub: Hub = app.extensions["cerchio"]
    if not hub.settings.mail_host:
        return
    with reading(hub.engine) as connection:
        letters = post.due(connection, hub.now())
    for letter in letters:
        with writing(hub.engine) as connection:
            mine = post.take_hold(connection, letter, hub.now())
        if mine and not _deliver(app, hub, letter):
            return


def _deliver(app: Flask, hub: Hub, letter: post.Letter) -> bool:
    """Do what is to be done with a mail now; return False if sending it failed."""
    now = hub.now()
    with writing(hub.engine) as connection:
        about = post.about(connection, letter, now)
        day_begins = after_quiet(now, letter.time_zone, hub.settings.quiet)
        if not about:
            post.drop(connection, letter.id, now)
        elif day_begins > now:
            post.put_off(connection, letter.id, day_begins)
    if not about or day_begins > now:
        return True
    trouble = _sent(app, hub, letter, about, now)
    with writing(hub.engine) as connection:
        if not trouble:
            post.sent(connection, letter.id, hub.now())
        elif too_old(letter.written_at, now):
            post.drop(connection, letter.id, now, trouble)
        else:
            post.put_off(connection, letter.id, next_try(now, letter.tries), trouble)
    return not trouble


def _sent(app: Flask, hub: Hub, letter: post.Letter, about: Sequence[int], now: datetime) -> str:
    """Send a mail; return what went wrong, or nothing."""
    with reading(hub.engine) as connection:
        found = [alarm for number in about if (alarm := find_alarm(connection, number, now))]
        first = post.first_of(connection, letter) if letter.tells_end else []
    with app.app_context(), force_locale(letter.language or "en_GB"):
        message = written(found, letter.recipient, letter.id, hub.settings, now, after=first)
    try:
        send(hub.settings, message)
    except NotSent as reason:
        log.warning("A mail about an alarm waits: %s.", reason)
        return str(reason)
    return ""
