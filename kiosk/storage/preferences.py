"""The kiosk's settings: what head office sent, what the file settings.json here says, and what holds."""

import json
import logging
import os
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from common.settings import PARTS, BrokenSettings, KioskSettings
from common.settings_document import from_document, overlaid
from common.strict import from_person, usable, usable_parts
from common.wire import Unusable, short
from kiosk.config import LOCAL_FILE
from kiosk.storage.settings import Settings

log = logging.getLogger(__name__)

LARGEST_FILE = 2**20
"""Bytes; the largest logo takes a tenth of it."""

_HUB, _OWN, _UNUSABLE = "hub_settings", "own_settings", "unusable"
_NOTHING: Mapping[str, Any] = {"document": {}, "trouble": ""}


class Origin(StrEnum):
    """Where a part of the settings comes from; of two that say something the later one here holds."""

    DEFAULT = "default"
    HUB = "head office"
    FILE = LOCAL_FILE


@dataclass(frozen=True, slots=True)
class InForce:
    """The settings that hold, where each of their parts comes from, and what is wrong with the file.

    The version is head office's, 0 while it has sent none. trouble is empty while the file is well, or
    not there.
    """

    settings: KioskSettings
    origins: Mapping[str, Origin]
    trouble: str


class Preferences:
    """Both sources of settings, kept in the database, so that a broken file changes nothing."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self._settings, self._file = settings, folder / LOCAL_FILE
        self._seen: object = self

    @property
    def version(self) -> int:
        """The version of head office's settings in use, 0 while there are none."""
        version: int = self._hub.get("version", 0)
        return version

    def take(self, document: Mapping[str, Any] | None) -> None:
        """Keep what head office sent, None if that is nothing; raise BrokenSettings and keep the old."""
        if document is not None:
            usable(document)
        self._settings.put(_HUB, document)

    @property
    def unusable(self) -> Unusable:
        """What head office has for this kiosk that cannot be used, and why.

        Also settings that an earlier version of this program took, and this one does not.
        """
        noted, (_, why) = self._noted, usable_parts(self._hub)
        return replace(noted, settings=noted.settings or short(why))

    def note_unusable(self, unusable: Unusable) -> None:
        """Keep what cannot be used and why, to be told at the next syncs."""
        if unusable != self._noted:
            self._settings.put(_UNUSABLE, asdict(unusable))

    def forget_hub(self) -> None:
        """Know nothing of head office any more: it is another one."""
        self.take(None)
        self.note_unusable(Unusable())

    def look(self, languages: Collection[str]) -> bool:
        """Read settings.json if it changed since the last look; return whether it now says something else.

        languages are those of the survey: with others the file is read again. A broken file is told once,
        and what it said before stays.
        """
        stamp = _stamp(self._file), tuple(languages)
        if stamp == self._seen:
            return False
        before, now = self._own, dict(_NOTHING)
        try:
            now["document"] = _read(self._file, languages)
        except BrokenSettings as reason:
            log.warning("%s cannot be used: %s. The settings from before stay.", self._file, reason)
            now |= {"document": before["document"], "trouble": str(reason)}
        if now != before:
            self._settings.put(_OWN, now)
        self._seen = stamp
        return now != before

    def set_here(self, part: str, value: Any, languages: Collection[str]) -> None:
        """Write a part into settings.json, or take it out for None, at once and whole.

        What else the file says stays. A file that is broken is left as it is, and so is one that would
        be: raise BrokenSettings. Raise OSError where it cannot be written.
        """
        document = _read(self._file, languages)
        document.pop(part, None)
        if value is not None:
            document[part] = value
        from_person(document, languages)
        _write(self._file, document)
        self.look(languages)

    def in_force(self) -> InForce:
        """Return what holds: of each part what the file says, or head office, or else Cerchio's default.

        A part that an earlier version of this program took, and this one does not, is left out and told.
        """
        own = self._own
        (hubs, _), (files, why) = usable_parts(self._hub), usable_parts(own["document"])
        layers = {Origin.HUB: hubs, Origin.FILE: files}
        settings = from_document({"version": self.version} | overlaid(*layers.values()))
        said_by = {name: origin for origin, layer in layers.items() for name in PARTS if name in layer}
        origins = {name: said_by.get(name, Origin.DEFAULT) for name in PARTS}
        return InForce(settings, origins, own["trouble"] or why)

    @property
    def _noted(self) -> Unusable:
        return Unusable(**self._settings.get(_UNUSABLE, {}))

    @property
    def _hub(self) -> Mapping[str, Any]:
        return self._settings.get(_HUB) or {}

    @property
    def _own(self) -> Mapping[str, Any]:
        return self._settings.get(_OWN) or _NOTHING


def _stamp(file: Path) -> object:
    try:
        state = file.stat()
    except OSError:
        return None
    return state.st_ino, state.st_size, state.st_mtime_ns


def _write(file: Path, document: Mapping[str, Any]) -> None:
    fresh = file.with_suffix(".new")
    with fresh.open("w", encoding="utf-8") as content:
        json.dump(document, content, ensure_ascii=False, indent=2)
        content.flush()
        os.fsync(content.fileno())
    fresh.replace(file)


def _read(file: Path, languages: Collection[str]) -> dict[str, Any]:
    """Return what the file says, nothing if there is none; raise BrokenSettings."""
    try:
        with file.open("rb") as content:
            document = json.loads(content.read(LARGEST_FILE))
    except FileNotFoundError:
        return {}
    except OSError as reason:
        raise BrokenSettings(f"it cannot be read ({reason.strerror})") from reason
    except (ValueError, RecursionError) as reason:
        raise BrokenSettings(f"it is no JSON ({reason})") from reason
    from_person(document, languages)
    return dict(document)
