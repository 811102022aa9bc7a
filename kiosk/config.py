"""The kiosk's settings and its first screen, both known before any library is loaded.

Cheap on purpose: the question is drawn from here while storage and network are still being imported.
"""

import json
import os
import sys
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import tzinfo
from enum import StrEnum
from pathlib import Path
from re import fullmatch
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from common import settings_document, words
from common.settings import BrokenSettings, KioskSettings
from common.surveys import BrokenSurvey, Survey, from_document, standard_survey, to_document

PREFIX = "CERCHIO_KIOSK_"
SCREEN_FILE = "screen.json"
LOCAL_FILE = "settings.json"
THEME_FILE = "theme"
UNASSIGNED_TOUCHPOINT = "store"
"""The touchpoint of answers given before the hub assigned one."""


NO_SETTINGS = KioskSettings()
"""What holds until the hub or the shop says something else."""


class BadSetting(ValueError):
    """A setting cannot be used; the message names it and says why."""


def default_folder(platform: str = sys.platform, environ: Mapping[str, str] = os.environ) -> Path:
    """Return where this platform keeps a program's data."""
    home = Path(environ.get("HOME") or environ.get("USERPROFILE") or "~").expanduser()
    if "ANDROID_PRIVATE" in environ:
        return Path(environ["ANDROID_PRIVATE"]) / "cerchio"
    if platform == "win32":
        return Path(environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "Cerchio" / "kiosk"
    if platform == "darwin":
        return home / "Library" / "Application Support" / "Cerchio" / "kiosk"
    return Path(environ.get("XDG_DATA_HOME") or home / ".local" / "share") / "cerchio" / "kiosk"


class Theme(StrEnum):
    """The colours of the window."""

    LIGHT = "light"
    DARK = "dark"


def _setting(default: Any, sentence: str) -> Any:
    return field(default=default, metadata={"sentence": sentence})


@dataclass(frozen=True, slots=True)
class Config:
    """Every setting: a name, a default and a sentence. CERCHIO_KIOSK_‹NAME› in the environment sets it."""

    data: Path = field(
        default_factory=default_folder,
        metadata={"sentence": "The folder that holds the answers, the pairing and the first screen."},
    )
    hub: str = _setting("", "The hub's address, https://…, for a tablet that is paired in its window.")
    sync_every: float = _setting(60.0, "Seconds between syncs until the hub sets another pace.")
    connect_timeout: float = _setting(5.0, "Seconds to wait for a connection to the hub.")
    read_timeout: float = _setting(30.0, "Seconds to wait for the hub's reply.")
    authority: str = _setting(
        "", "A file with the certificate of the shop's own authority (PEM), where the hub's is signed by it."
    )
    pins: str = _setting(
        "",
        "The public keys that the hub may have, sha256//… as curl takes them, with semicolons between: the "
        "one in use and a spare one. Without any, each certificate that is valid is good enough.",
    )
    theme: Theme = field(
        default=Theme.LIGHT, metadata={"sentence": "The colours of the window: light or dark."}
    )
    screen_mm: float = _setting(
        0.0,
        "The screen's diagonal in millimetres (25.4 for each inch), for screens that do not tell or tell "
        "wrongly; scores too small for fingers are laid out in two rows.",
    )
    key_days: float = _setting(90.0, "Days after which the tablet takes a new device key by itself.")
    batch: int = _setting(500, "Most answers in one batch, 1 to 1000; smaller ones are tried where it must.")

    @property
    def database(self) -> Path:
        """The file that holds the answers."""
        return self.data / "kiosk.sqlite"

    @property
    def local_settings(self) -> Path:
        """The file of settings that hold on this tablet whatever head office sets."""
        return self.data / LOCAL_FILE


def load_config(environ: Mapping[str, str], data: Path | None = None) -> Config:
    """Read the settings from the environment, data first from its argument; raise BadSetting."""
    given: dict[str, Any] = {}
    for setting in fields(Config):
        text = environ.get(PREFIX + setting.name.upper())
        if text:
            given[setting.name] = _value(setting.name, setting.type, text)
    if data is not None:
        given["data"] = data
    config = Config(**given)
    if not 1 <= config.batch <= 1000:
        raise BadSetting(f"{PREFIX}BATCH must be from 1 to 1000, not {config.batch}")
    for pin in filter(None, config.pins.split(";")):
        if not fullmatch(r" *sha256//[A-Za-z0-9+/]{43}= *", pin):
            raise BadSetting(f"{PREFIX}PINS: {pin!r} is no pin such as sha256//{'A' * 43}=")
    return config


def _value(name: str, kind: Any, text: str) -> Any:
    try:
        value = kind(text)
    except ValueError as reason:
        raise BadSetting(f"{PREFIX}{name.upper()} is no {kind.__name__}: {text!r}") from reason
    # A NaN compares false with everything, so it fails here too.
    if kind is float and not 0 < value < 1e6:
        raise BadSetting(f"{PREFIX}{name.upper()} must be more than 0, not {text}")
    return value


def chosen_theme(config: Config) -> Theme:
    """Return the colours that somebody chose on the tablet, or those of the settings."""
    try:
        return Theme((config.data / THEME_FILE).read_text("ascii").strip())
    except (OSError, ValueError):
        return config.theme


def keep_theme(folder: Path, theme: Theme) -> None:
    """Keep the colours chosen on the tablet; raise OSError."""
    (folder / THEME_FILE).write_text(theme.value, "ascii")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the first frame needs. An empty store_name or time_zone means that none is known yet.

    public_key is the 32 bytes that contact details are sealed with; without it none are asked for. Like
    the survey, the settings are those of a whole visit. asking says whether customers are asked at all.
    """

    store_name: str
    touchpoint: str
    survey: Survey
    public_key: bytes | None
    paired: bool
    time_zone: str
    settings: KioskSettings = NO_SETTINGS
    asking: bool = True

    def name_in(self, language: str) -> str:
        """Return the store's name, or "this store" in a language while there is none."""
        return self.store_name or words.text(language, "kiosk.this_store")

    @property
    def zone(self) -> tzinfo | None:
        """The store's time zone, or None, which for astimezone() is the device's own."""
        try:
            return ZoneInfo(self.time_zone) if self.time_zone else None
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return None


def unpaired_snapshot() -> Snapshot:
    """Return the screen of a kiosk that no hub knows yet: the standard survey and no contact step."""
    return Snapshot("", UNASSIGNED_TOUCHPOINT, standard_survey(), None, paired=False, time_zone="")


def load_snapshot(folder: Path) -> Snapshot:
    """Return the screen that storage left in the folder; the unpaired one if it is missing or broken."""
    try:
        return _from_document(json.loads((folder / SCREEN_FILE).read_text("utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, BrokenSurvey):
        return unpaired_snapshot()


def write_snapshot(folder: Path, snapshot: Snapshot) -> None:
    """Replace the screen in the folder at once and whole; raise OSError and leave the old one otherwise."""
    fresh = folder / (SCREEN_FILE + ".new")
    with fresh.open("w", encoding="utf-8") as file:
        json.dump(_to_document(snapshot), file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(folder / SCREEN_FILE)


def _to_document(snapshot: Snapshot) -> dict[str, Any]:
    key = snapshot.public_key
    return {
        "store_name": snapshot.store_name,
        "touchpoint": snapshot.touchpoint,
        "survey": to_document(snapshot.survey),
        "public_key": b64encode(key).decode() if key else None,
        "paired": snapshot.paired,
        "time_zone": snapshot.time_zone,
        "settings": settings_document.to_document(snapshot.settings),
        "asking": snapshot.asking,
    }


def _from_document(document: Any) -> Snapshot:
    key = document["public_key"]
    return Snapshot(
        store_name=str(document["store_name"]),
        touchpoint=str(document["touchpoint"]),
        survey=from_document(document["survey"]),
        public_key=b64decode(key, validate=True) if key else None,
        paired=bool(document["paired"]),
        time_zone=str(document["time_zone"]),
        settings=_settings(document.get("settings")),
        asking=bool(document.get("asking", True)),
    )


def _settings(document: Any) -> KioskSettings:
    """Read the settings; a file from before there were any has none, and broken ones spoil nothing else."""
    try:
        return settings_document.from_document(document) if document else NO_SETTINGS
    except BrokenSettings:
        return NO_SETTINGS
