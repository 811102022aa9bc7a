"""Mails about alarms: what they say, and how one is handed to the mail server."""

import smtplib
import ssl
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from pathlib import Path

from flask_babel import gettext, ngettext

from hub.alerts import words
from hub.alerts.queries.board import Alarm
from hub.config import Settings

PATIENCE = 20.0
"""Seconds that the mail server has for each of its answers."""


class UnreadablePassword(ValueError):
    """The file with the password cannot be read."""


class NotSent(Exception):
    """A mail was not taken; the message says why in a few words, without anything secret."""


def written(
    alarms: Sequence[Alarm],
    recipient: str,
    letter: str,
    settings: Settings,
    now: datetime,
    after: Sequence[str] = (),
) -> EmailMessage:
    """Return the mail about alarms (at least one), in the language that is spoken now.

    All of them go on, or all have ended; after are the letters that told of them when they began.
    """
    message = EmailMessage(SMTP)
    message["From"], message["To"] = settings.sender, recipient
    message["Subject"] = _subject(alarms)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = _message_id(letter, settings)
    if after:  # mail programs show both as one conversation
        message["In-Reply-To"] = _message_id(after[-1], settings)
        message["References"] = " ".join(_message_id(each, settings) for each in after)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday notice answers it
    parts = [*(_paragraph(alarm, now) for alarm in alarms), _foot(alarms, settings)]
    message.set_content("\n\n".join(parts) + "\n")
    return message


def _message_id(letter: str, settings: Settings) -> str:
    return f"<{letter}@{parseaddr(settings.sender)[1].rpartition('@')[2]}>"


def send(settings: Settings, message: EmailMessage) -> None:
    """Hand a mail to the mail server; raise NotSent."""
    try:
        server = _connected(settings)
        try:
            _hand_over(server, settings, message)
        finally:
            # The mail is taken by now, or the reason why it is not is on its way.
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
    except (smtplib.SMTPException, OSError, ValueError) as reason:
        raise NotSent(_why(reason)) from None  # what was said to the server is nobody's business


def _connected(settings: Settings) -> smtplib.SMTP:
    where = (settings.mail_host, settings.mail_port)
    if settings.mail_security == "tls":
        return smtplib.SMTP_SSL(*where, timeout=PATIENCE, context=ssl.create_default_context())
    return smtplib.SMTP(*where, timeout=PATIENCE)


def _hand_over(server: smtplib.SMTP, settings: Settings, message: EmailMessage) -> None:
    if settings.mail_security == "starttls":
        server.starttls(context=ssl.create_default_context())
    if settings.mail_user:
        server.login(settings.mail_user, _password(settings))
    server.send_message(message)


def _why(reason: Exception) -> str:
    """Return what went wrong in a few words; of what the server said only the code."""
    if isinstance(reason, smtplib.SMTPRecipientsRefused):
        return f"the mail server refuses the recipient (code {next(iter(reason.recipients.values()))[0]})"
    for kind, words_for in _WHY:
        if isinstance(reason, kind):
            return words_for.format(code=getattr(reason, "smtp_code", 0))
    return "the mail server cannot be reached"


_WHY: Sequence[tuple[type[Exception], str]] = (
    (smtplib.SMTPAuthenticationError, "the mail server refuses the sign-in (code {code})"),
    (smtplib.SMTPResponseException, "the mail server refuses the mail (code {code})"),
    (smtplib.SMTPServerDisconnected, "the mail server did not answer in time, or ended the connection"),
    (smtplib.SMTPException, "the mail server does not offer what mail_security or mail_user ask for"),
    (TimeoutError, "the mail server cannot be reached in time"),
    (ssl.SSLError, "the mail server's certificate is none that this machine trusts"),
    (ConnectionRefusedError, "nobody listens at the mail server's port"),
    (UnreadablePassword, "the file with the mail server's password cannot be read"),
    (ValueError, "the mail has an address that cannot be written to"),
)
"""From the narrowest on: each kind is tried before those that it belongs to."""


def _password(settings: Settings) -> str:
    if not settings.mail_password_file:
        return settings.mail_password
    try:
        return Path(settings.mail_password_file).read_text("utf-8").partition("\n")[0].strip()
    except (OSError, ValueError):
        raise UnreadablePassword from None


def _subject(alarms: Sequence[Alarm]) -> str:
    first = alarms[0]
    if len(alarms) == 1:
        place = f"{first.store_name}, {first.touchpoint}"
        return f"{place}: {words.ending(first.ending) if first.ended_at else words.kind(first.kind)}"
    if first.ended_at:
        number = ngettext("%(num)d alarm has ended", "%(num)d alarms have ended", len(alarms))
    else:
        number = ngettext("%(num)d kiosk is silent", "%(num)d kiosks are silent", len(alarms))
    return f"{number}: {', '.join(sorted({alarm.store_name for alarm in alarms})[:3])}"


def _paragraph(alarm: Alarm, now: datetime) -> str:
    if alarm.ended_at:
        return "\n".join([words.place(alarm), words.ended(alarm, now), words.was(alarm, now)])
    return "\n".join([words.place(alarm), words.sentence(alarm, now), words.hint(alarm.kind)])


def _foot(alarms: Sequence[Alarm], settings: Settings) -> str:
    if alarms[0].ended_at:
        lines, page = [gettext("You got a mail when it began. There is nothing to do.")], "/alerts?list=ended"
    else:
        lines = [
            gettext("As soon as it is answered again, the alarm ends by itself."),
            gettext("Say on the page of alarms that you know of it, mute the kiosk there, or these mails."),
        ]
        page = "/alerts"
    return "\n".join([*lines, *([f"{settings.address.rstrip('/')}{page}"] if settings.address else [])])
