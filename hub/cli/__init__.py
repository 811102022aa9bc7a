"""The commands of cerchio-hub. Errors go to stderr; exit code 2 is bad use, 1 is failure."""

from hub.cli import (  # noqa: F401 - their commands join main
    alerts,
    audit,
    database,
    fleet,
    followup,
    history,
    keys,
    kiosks,
    people,
    privacy,
    programs,
    rescue,
    scores,
    server,
    settings,
    stores,
    surveys,
)
from hub.cli.group import bring_up, main

__all__ = ["bring_up", "main"]
