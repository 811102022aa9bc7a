"""A clock that cannot be set: it counts from the start of the system on, also while that sleeps."""

import os
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Reading:
    """The milliseconds of such a clock, and the boot since which it counts them."""

    boot: str
    ticks: int


def ticks() -> int:
    """Return the milliseconds since the start, without those asleep where the system does not count them."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return (time.monotonic_ns() if clock is None else time.clock_gettime_ns(clock)) // 1_000_000


def boot() -> str:
    """Return what tells this boot from all others; where the system does not say, this run of the program."""
    return _boot(os.getpid())


def reading() -> Reading:
    """Return what the clock shows now."""
    return Reading(boot(), ticks())


@lru_cache(maxsize=1)
def _boot(_process: int) -> str:
    try:
        return BOOT_ID.read_text("ascii").strip() or os.urandom(16).hex()
    except (OSError, ValueError):
        return os.urandom(16).hex()
