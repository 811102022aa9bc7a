"""The hub's settings: each is a name, a default and a sentence.

A setting comes from an option of the command, else from the environment, else from its default.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from math import inf
from pathlib import Path
from sys import platform
from typing import Any, Self

ENVIRONMENT = "CERCHIO_HUB_"
"""A setting's environment variable is this and its name in capitals: CERCHIO_HUB_DATA."""


class BadSetting(ValueError):
    """A setting has a value that it cannot have; the message is a sentence for whoever set it."""


def default_data() -> Path:
    """Return the folder that programs of this platform keep their data in, with our name."""
    if platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "Cerchio" / "hub"
    if platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "Cerchio" / "hub"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "cerchio" / "hub"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set. Documentation and --help are made from these lines."""

    data: Path = field(
        default=Path(),
        metadata={"sentence": "The folder for the embedded database and the secrets."},
    )
    database: str = field(
        default="",
        metadata={"sentence": "The database's URL; empty is SQLite in the data folder."},
    )
    host: str = field(
        default="127.0.0.1",
        metadata={"sentence": "The address that the hub listens on; 0.0.0.0 is every address."},
    )
    port: int = field(
        default=8000,
        metadata={"sentence": "The port that the hub listens on; 0 takes a free one."},
    )
    threads: int = field(
        default=4,
        metadata={"sentence": "How many requests are worked on at once."},
    )
    sync_seconds: int = field(
        default=60,
        metadata={"sentence": "How long a kiosk with nothing to send waits until its next sync."},
    )
    line_seconds: float = field(
        default=2.0,
        metadata={"sentence": "Seconds of work that may wait before kiosks are given turns; 0 gives none."},
    )
    secure_cookies: bool = field(
        default=False,
        metadata={"sentence": "Whether people reach the hub by https only, as they should."},
    )
    address: str = field(
        default="",
        metadata={"sentence": "Where people reach the hub, for links in mails: https://hub.example.com."},
    )
    mail_host: str = field(
        default="",
        metadata={"sentence": "The mail server that takes the hub's mails; empty sends none."},
    )
    mail_port: int = field(
        default=587,
        metadata={"sentence": "The mail server's port."},
    )
    mail_security: str = field(
        default="starttls",
        metadata={"sentence": "How mails travel to it: starttls, tls (port 465 as a rule) or none."},
    )
    mail_user: str = field(
        default="",
        metadata={"sentence": "Who signs in at the mail server; empty does not sign in."},
    )
    mail_password: str = field(
        default="",
        metadata={"sentence": "The password for that; better in a file."},
        repr=False,
    )
    mail_password_file: str = field(
        default="",
        metadata={"sentence": "A file whose first line is the password for the mail server."},
    )
    mail_from: str = field(
        default="",
        metadata={"sentence": "The address that mails come from; empty is mail_user."},
    )
    keep_after_reply: int = field(
        default=30,
        metadata={"sentence": "Days from the reply on that contact details are kept, 1 to 30."},
    )
    keep_at_most: int = field(
        default=90,
        metadata={"sentence": "Days from the answer on that they are kept at most, 1 to 90."},
    )
    quiet_hours: str = field(
        default="21-8",
        metadata={"sentence": "When alarms are not mailed, by hours of each store's clock; 0-0 is never."},
    )

    @classmethod
    def read(cls, environment: Mapping[str, str], **options: Any) -> Self:
        """Return the settings; options that are None count as not given. Raise BadSetting."""
        values: dict[str, Any] = {}
        for setting in fields(cls):
            given = options.get(setting.name)
            if given is None:
                given = environment.get(ENVIRONMENT + setting.name.upper())
            if given is not None and given != "":
                values[setting.name] = _value(setting.name, setting.type, given)
        values.setdefault("data", default_data())
        settings = cls(**values)
        settings._check_mail()
        settings._check_promises()
        settings._check_pace()
        return settings

    @property
    def url(self) -> str:
        """The database's URL as SQLAlchemy wants it, with the driver's name in it."""
        if not self.database:
            return f"sqlite:///{self.data.absolute() / 'hub.sqlite'}"
        for spelling in ("postgres://", "postgresql://"):
            if self.database.startswith(spelling):
                return "postgresql+psycopg://" + self.database.removeprefix(spelling)
        return self.database

    @property
    def quiet(self) -> tuple[int, int]:
        """The quiet hours, from one hour of the clock to another; two equal ones are none."""
        if not self.quiet_hours:
            return (0, 0)
        first, _, last = self.quiet_hours.partition("-")
        hours = [int(part) for part in (first.strip(), last.strip()) if part.isdecimal() and int(part) < 24]
        if len(hours) != 2:
            raise BadSetting(f"quiet_hours are two hours like 21-8, not {self.quiet_hours!r}.")
        return (hours[0], hours[1])

    @property
    def sender(self) -> str:
        """The address that mails come from."""
        return self.mail_from or self.mail_user

    def _check_promises(self) -> None:
        """Customers are told 30 and 90 days; less is allowed."""
        for name, most in (("keep_after_reply", 30), ("keep_at_most", 90)):
            days = getattr(self, name)
            if not 1 <= days <= most:
                raise BadSetting(
                    f"{name} is 1 to {most} days, not {days}: {most} is what customers are told."
                )

    def _check_pace(self) -> None:
        if not 0 <= self.line_seconds < inf:
            raise BadSetting(f"line_seconds is 0 or more, not {self.line_seconds}.")

    def _check_mail(self) -> None:
        _ = self.quiet
        if self.mail_security not in ("starttls", "tls", "none"):
            raise BadSetting(f"mail_security is starttls, tls or none, not {self.mail_security!r}.")
        if self.mail_host and "@" not in self.sender:
            raise BadSetting("mail_from is needed: the address that mails come from.")
        if self.mail_user and self.mail_security == "none":
            raise BadSetting("mail_user needs mail_security: a password does not travel in the clear.")

    @property
    def embedded(self) -> bool:
        """Whether the hub keeps its own SQLite file, which no other program looks after."""
        return not self.database


def _value(name: str, kind: Any, given: Any) -> Any:
    if kind is bool and isinstance(given, str):
        if given.lower() not in _TRUTHS:
            raise BadSetting(f"{name} is yes or no, not {given!r}.")
        return _TRUTHS[given.lower()]
    try:
        return kind(given)
    except ValueError as reason:
        raise BadSetting(f"{name} is a number, not {given!r}.") from reason


_TRUTHS = {
    "yes": True,
    "true": True,
    "1": True,
    "on": True,
    "no": False,
    "false": False,
    "0": False,
    "off": False,
}
