"""In front of the window of a kiosk that stands at a real hub."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from common import words
from common.nps import Segment
from kiosk.backstage import Backstage
from kiosk.config import load_config, load_snapshot
from tests.support.stand import Stand
from tests.support.window import Screen, window

THANKS = [words.text("en", f"kiosk.thanks_{segment}") for segment in Segment]


@contextmanager
def in_front_of(stand: Stand) -> Iterator[Screen]:
    """Stand in front of a kiosk's window while its backstage works."""
    backstage = Backstage(load_config(os.environ, stand.data), alone=True)
    with window(load_snapshot(stand.data), backstage) as screen:
        screen.until(lambda: backstage.sync_now().result(30))
        yield screen
    backstage.stop()


def is_thanked(screen: Screen) -> bool:
    """Say whether the customer is thanked."""
    return any(thanks in screen.texts() for thanks in THANKS)
