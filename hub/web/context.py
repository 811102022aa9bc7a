"""What one hub is made of; pages and API reach it through current_hub()."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy import Engine

from hub.config import Settings
from hub.vault import Secrets, Vault


@dataclass(frozen=True, slots=True)
class Hub:
    """The database, the settings, the vault of secrets and the clock (aware, UTC) of one application."""

    engine: Engine
    settings: Settings
    vault: Vault
    now: Callable[[], datetime]

    @property
    def secrets(self) -> Secrets:
        """The secrets of now."""
        return self.vault.secrets


def current_hub() -> Hub:
    """Return the hub of the request being answered."""
    hub: Hub = current_app.extensions["cerchio"]
    return hub
