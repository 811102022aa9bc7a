"""The hub's settings and secrets: each setting is a name, a default and a sentence.

A setting comes from an option of the command, else from the environment, else from its default. Secrets
are files in the data folder, never in the database and never in a setting.
"""

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields
from math import inf
from pathlib import Path
from secrets import token_bytes, token_hex
from sys import platform
from typing import Any, Self

from common import sealing

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


@dataclass(frozen=True, slots=True)
class Secrets:
    """What the hub must never tell: 32 random bytes each, and the private keys of contact details by id.

    contact_key names the one that kiosks seal to now; older ones only open what was sealed before.
    """

    session: bytes = field(repr=False)
    password_salt: bytes = field(repr=False)
    device_seed: bytes = field(repr=False)
    erasure: bytes = field(repr=False)
    contact_keys: Mapping[str, bytes] = field(repr=False)
    contact_key: str

    @property
    def public_key(self) -> bytes:
        """The public half that kiosks seal contact details to."""
        return sealing.public_key(self.contact_keys[self.contact_key])


class Vault:
    """The secrets of a data folder, read again when one comes or goes, which a command may bring about."""

    def __init__(self, data: Path) -> None:
        self._data, self._folder = data, str(data / _FOLDER)
        self._names: list[str] = []
        self._secrets = self._read()

    @property
    def secrets(self) -> Secrets:
        """The secrets of now; those of before where the folder cannot be read at the moment."""
        with suppress(OSError):
            if self._listed() != self._names:
                self._secrets = self._read()
        return self._secrets

    def _read(self) -> Secrets:
        secrets = open_secrets(self._data)
        self._names = self._listed()
        return secrets

    def _listed(self) -> list[str]:
        return sorted(os.listdir(self._folder))


_FOLDER = "secrets"


def open_secrets(data: Path) -> Secrets:
    """Read the secrets of a data folder, making what is missing; raise OSError if it cannot be written."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = data / _FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    if not _contact_files(data):
        _kept(folder / "contact-1.key", sealing.new_private_key())
    keys = _contact_keys(_contact_files(data))
    return Secrets(
        session=_kept(folder / "session.key", token_bytes(32)),
        password_salt=_kept(folder / "password_salt.key", token_bytes(32)),
        device_seed=_kept(folder / "device_seed.key", token_bytes(32)),
        erasure=_kept(folder / "erasure.key", token_bytes(32)),
        contact_keys=keys,
        contact_key=list(keys)[-1],
    )


def has_secrets(data: Path) -> bool:
    """Say whether a data folder has any secrets; reading them would make what is missing."""
    return (data / _FOLDER).is_dir() and any((data / _FOLDER).glob("*.key"))


def add_contact_key(data: Path) -> str:
    """Make a new key for contact details, which kiosks seal to from now on; return its id."""
    last = _contact_files(data)[-1]
    number = int(last.stem.removeprefix("contact-")) + 1
    _kept(last.with_name(f"contact-{number}.key"), sealing.new_private_key())
    return open_secrets(data).contact_key


def drop_contact_key(data: Path, key: str) -> None:
    """Delete a key for contact details: nothing that is sealed to it can ever be opened again."""
    for file in _contact_files(data):
        if key in _contact_keys([file]):
            file.unlink()


def _contact_files(data: Path) -> list[Path]:
    """Return the files of the keys for contact details, the current one last."""
    files = (data / _FOLDER).glob("contact-*.key")
    return sorted(files, key=lambda file: (len(file.name), file.name))


def _contact_keys(files: Sequence[Path]) -> dict[str, bytes]:
    keys = (bytes.fromhex(file.read_text()) for file in files)
    return {sealing.key_id(sealing.public_key(key)): key for key in keys}


def _kept(file: Path, fresh: bytes) -> bytes:
    """Return the secret in a file; the first process that comes writes it, whole or not at all."""
    if not file.exists():
        draft = file.with_suffix(f".{token_hex(8)}")
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(fresh.hex())
            out.flush()
            os.fsync(out.fileno())
        with suppress(FileExistsError):
            os.link(draft, file)
        draft.unlink()
    return bytes.fromhex(file.read_text())
