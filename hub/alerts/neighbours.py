"""What alarms are told by other features, which are strangers: the application introduces them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection

from hub.alerts.rules.post import Reader


class Kiosk(Protocol):
    """What is asked about a kiosk in use."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def store(self) -> str:
        """The code of the store where it stands."""

    @property
    def touchpoint(self) -> str:
        """Where in the store."""

    @property
    def last_contact(self) -> datetime | None:
        """When it was heard of."""

    @property
    def given(self) -> int:
        """How many answers it was ever given."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The kiosks in use at a moment, what is set on those of a store, and who may be told of alarms.

    settings returns the document of what is set on the kiosks of a store, or None.
    """

    kiosks: Callable[[Connection, datetime], Iterable[Kiosk]]
    settings: Callable[[Connection, str], Mapping[str, Any] | None]
    readers: Callable[[Connection], Sequence[Reader]]
