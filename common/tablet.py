"""What a tablet says of itself beside its answers: its lock-down, its battery, and what went wrong."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Trouble(StrEnum):
    """Why a sync did not do all that it should. Nothing was lost by any of them."""

    NOT_PAIRED = "not_paired"
    OFFLINE = "offline"
    TIMED_OUT = "timed_out"
    CLOCK_WRONG = "clock_wrong"
    UNTRUSTED = "untrusted"
    NOT_THE_HUB = "not_the_hub"
    UNKNOWN_DEVICE = "unknown_device"
    REVOKED_DEVICE = "revoked_device"
    BUSY = "busy"
    HUB_FAILED = "hub_failed"
    UNSPOKEN_PROTOCOL = "unspoken_protocol"
    REFUSED = "refused"
    NO_VERDICT = "no_verdict"
    BROKEN_SURVEY = "broken_survey"
    BROKEN_SETTINGS = "broken_settings"
    ANOTHER_SYNC = "another_sync"
    DISK_FULL = "disk_full"
    STORAGE = "storage"
    FAILED = "failed"


class Lock(StrEnum):
    """What keeps customers in: the whole screen; nothing, in a window; or somebody is at its settings."""

    LOCKED = "locked"
    WINDOWED = "windowed"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Battery:
    """How full a tablet's battery is, 0 to 100, and whether power comes in."""

    percent: int
    plugged: bool


@dataclass(frozen=True, slots=True)
class Met:
    """A trouble that a sync met, and when. The code is one of Trouble, or of a newer program's."""

    code: str
    at: datetime
