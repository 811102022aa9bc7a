"""The hub's secrets: files in the data folder, never in the database and never in a setting."""

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_bytes, token_hex

from common import sealing

_FOLDER = "secrets"


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
