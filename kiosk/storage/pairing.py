"""What a hub told this kiosk when it was paired."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

PAIRING = "pairing"
"""The setting that holds it, null after the tablet was unpaired."""

LEFT = "left_pairing"
"""The setting that holds the one which the tablet left last, without its key."""


class UnsentAnswers(Exception):
    """The kiosk holds answers that another hub should have first."""

    def __init__(self, hub: str, waiting: int) -> None:
        super().__init__(f"{waiting} answers are waiting for {hub}")


@dataclass(frozen=True, slots=True)
class Unsent:
    """What the hub does not have, in answers, and in a manager's words on answers; carried if a file does."""

    answers: int
    words: int
    carried: bool

    @property
    def holds(self) -> bool:
        """Whether the tablet must not leave."""
        return bool(self.answers + self.words) and not self.carried


class StillUnsent(Exception):
    """The tablet holds what its hub should have first."""

    def __init__(self, unsent: Unsent) -> None:
        super().__init__(f"{unsent.answers} answers and {unsent.words} decisions are not at the hub")
        self.unsent = unsent


@dataclass(frozen=True, slots=True)
class Pairing:
    """A kiosk's place in a chain. device_key is secret; public_key has 32 bytes; store is its code."""

    hub: str
    kiosk: str
    device_key: str
    store: str
    store_name: str
    time_zone: str
    touchpoint: str
    public_key: bytes

    def to_document(self) -> dict[str, str]:
        """Return the pairing as JSON values."""
        return asdict(self) | {"public_key": b64encode(self.public_key).decode()}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Pairing":
        """Read a pairing from JSON values; raise KeyError or ValueError where a part is missing or wrong."""
        values = {name: str(document[name]) for name in cls.__dataclass_fields__}
        key = b64decode(values.pop("public_key"), validate=True)
        if len(key) != 32:
            raise ValueError(f"a public key has 32 bytes, not {len(key)}")
        return cls(**values, public_key=key)
