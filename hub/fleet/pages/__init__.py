"""The pages of kiosks."""

from hub.fleet.pages import board, kiosk, pair  # noqa: F401 - their pages join the blueprint
from hub.fleet.pages.blueprint import pages
from hub.fleet.pages.board import KIOSKS_ON_A_PAGE

__all__ = ["KIOSKS_ON_A_PAGE", "pages"]
