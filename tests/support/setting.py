"""Settings for the kiosk of a test, given as a shop gives them: by the file settings.json."""

import json
from typing import Any

from kiosk.config import LOCAL_FILE
from tests.kiosk.ui.conftest import Shop


def set_up(shop: Shop, **parts: Any) -> None:
    """Let parts of the settings, as JSON values, hold from the next customer on."""
    (shop.config.data / LOCAL_FILE).write_text(json.dumps(parts), "utf-8")
    shop.ask(lambda storage: storage.next_snapshot())
