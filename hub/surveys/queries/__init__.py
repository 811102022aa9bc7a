"""The SQL of surveys, and of what is set on the kiosks that show them."""

from hub.surveys.queries.settings import (
    Held,
    broken_settings,
    find_settings,
    set_settings,
    settings_for,
    settings_versions,
)
from hub.surveys.queries.surveys import (
    Published,
    current,
    ever_asked,
    find,
    lacks_standard,
    next_version,
    publish,
    publish_own,
    publish_standard,
    published,
    retire_own,
)
from hub.surveys.queries.wanted import asked_version, newest

__all__ = [
    "Held",
    "Published",
    "asked_version",
    "broken_settings",
    "current",
    "ever_asked",
    "find",
    "find_settings",
    "lacks_standard",
    "newest",
    "next_version",
    "publish",
    "publish_own",
    "publish_standard",
    "published",
    "retire_own",
    "set_settings",
    "settings_for",
    "settings_versions",
]
