"""What the tablet shows of the last receipt that it kept, so that the hub tells it from its copies."""

from secrets import token_hex

from common.wire import Copy, Mark, Receipt
from kiosk.storage.settings import Settings

_MARK, _COPY = "mark", "copy"


class Marks:
    """The mark to show at the next sync, and what the hub has made of the ones before."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def shown(self) -> Mark:
        """Return the mark to show, the same one until a receipt is kept."""
        kept = self._settings.get(_MARK)
        if kept is None:
            self._draw(None)
            kept = self._settings.get(_MARK)
        return Mark(kept["last"], kept["draw"])

    def keep(self, receipt: Receipt) -> None:
        """Keep what a receipt hands out; a hub from before there were marks hands out nothing."""
        if receipt.mark:
            self._draw(receipt.mark)
        copy = receipt.copy.value if receipt.copy else None
        if copy != self._settings.get(_COPY):
            self._settings.put(_COPY, copy)

    @property
    def copy(self) -> Copy | None:
        """What head office knows of copies of this tablet."""
        kept = self._settings.get(_COPY)
        return Copy(kept) if kept else None

    def forget(self) -> None:
        """Begin anew, as another device."""
        for name in (_MARK, _COPY):
            self._settings.put(name, None)

    def _draw(self, last: str | None) -> None:
        # Drawn when the receipt is kept: a copy that is made later draws another one after its next receipt.
        self._settings.put(_MARK, {"last": last, "draw": token_hex(8)})
