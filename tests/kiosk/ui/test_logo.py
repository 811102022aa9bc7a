"""What the check of a logo takes, the window draws: the check stands in for it where there is no window."""

from kiosk.ui.idle import picture
from tests.kiosk.ui.conftest import Shop
from tests.support.png import every_kind, png
from tests.support.window import window


def test_a_logo_of_any_kind_is_drawn(shop: Shop) -> None:
    with window(shop.screen, shop):
        for logo in (*every_kind(), png(2048, 2048), png(10, 20, size=64 * 1024)):
            assert picture(logo) is not None
