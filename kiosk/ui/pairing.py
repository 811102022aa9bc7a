"""The room in which a tablet is paired: a code to type at head office, what came of it, and its words.

No Kivy in here; see codes.py for the view.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING

from kiosk.sync import Ending, Joined
from kiosk.ui.reader import Reader
from kiosk.ui.services import Services
from kiosk.ui.standing import trouble
from kiosk.ui.timing import Later, Timer, when

if TYPE_CHECKING:
    from kiosk.sync.pairing import Offer
    from kiosk.ui.desk import Stage

LOOK_EVERY = 10.0
"""Seconds between two looks at how long the code is good."""

LONGEST_LINK = 200
"""Characters of an address that becomes a QR code; no hub's is longer."""


@dataclass(frozen=True, slots=True)
class PairPage:
    """The page. headline is large, the code even larger; link becomes a QR code; empty parts are not there.

    below is how long the code is good, or what the manager should write down. go is what the large button
    says, wish what it does.
    """

    title: str
    back: str
    headline: str
    sentence: str
    code: str = ""
    scan: str = ""
    link: str = ""
    below: str = ""
    go: str = ""
    wish: str = "again"


class PairingRoom:
    """One stay in the room. done is called when the manager goes on."""

    def __init__(
        self,
        services: Services,
        stage: "Stage",
        later: Later,
        reader: Reader,
        back: str,
        done: Callable[[], None],
    ) -> None:
        self._services, self._stage, self._later, self._reader = services, stage, later, reader
        self._back, self._done = back, done
        self._until: datetime | None = None
        self._offer: Offer | None = None
        self._timer: Timer | None = None
        self._try = 0
        self._to_read = self._gone = False

    @property
    def busy(self) -> bool:
        """Whether a code waits to be typed, or a PIN to be read that is not shown again."""
        return self._offer is not None or self._to_read

    def begin(self) -> None:
        """Ask for a code."""
        self._try += 1
        number = self._try
        self._show(self._reader.say("pairing.asking"), "")
        joined = self._services.pair(lambda offer: self._from_afar(offer, number))
        when(joined, self._later, self._ended, lambda _: self._ended(Joined(Ending.FAILED)))

    def leave(self) -> None:
        """Nobody is there any more."""
        self._gone = True
        self._stop()
        self._services.give_up_pairing()

    def ask(self, wish: str) -> None:
        """Do what was touched."""
        match wish:
            case "back" | "done":
                self.leave()
                self._done()
            case "again" if not self.busy:
                self._stage.pause()
                self.begin()

    def _from_afar(self, offer: "Offer", number: int) -> None:
        """Take the code on the window's thread, unless another one was asked for since."""
        self._later(lambda: self._told(offer) if number == self._try and not self._gone else None, 0)

    def _told(self, offer: "Offer") -> None:
        self._offer = offer
        self._until = self._services.now() + timedelta(seconds=offer.expires_in)
        self._tick()

    def _tick(self) -> None:
        """Show the code and the minutes that it is good."""
        if self._offer is None or self._until is None:
            return
        say, left = self._reader.say, (self._until - self._services.now()).total_seconds()
        link = self._offer.complete or self._offer.where
        self._show(
            say("pairing.type"),
            say("pairing.how", address=_bare(self._offer.where)),
            code=self._offer.code,
            scan=say("pairing.scan"),
            link=link if len(link) <= LONGEST_LINK else "",
            below=self._reader.say_many("pairing.left", max(1, ceil(left / 60))),
        )
        self._timer = self._later(self._tick, LOOK_EVERY)

    def _ended(self, joined: Joined) -> None:
        self._stop()
        self._offer = None
        if self._gone or joined.ending is Ending.GIVEN_UP:
            return
        say = self._reader.say
        if joined.ending is Ending.PAIRED:
            self._to_read = bool(joined.pin)
            self._services.sync_now()
            stands = say("pairing.stands", store=joined.store_name, place=joined.touchpoint)
            pin = say("pairing.pin", pin=joined.pin) if joined.pin else ""
            self._show(say("pairing.paired"), stands, below=pin, back="", go=say("check.finish"), wish="done")
        else:
            expired = joined.ending in (Ending.EXPIRED, Ending.DENIED)
            self._show(
                say("pairing.ended" if expired else "pairing.failed"),
                self._why(joined),
                go=say("pairing.new_code" if expired else "pairing.again"),
            )

    def _why(self, joined: Joined) -> str:
        if joined.ending is Ending.CROWDED:
            return self._reader.say_many("pairing.crowded", joined.minutes)
        if joined.ending is not Ending.FAILED:
            return self._reader.say(f"pairing.{joined.ending.value}", address=self._services.hub)
        return trouble(self._reader, joined.trouble.value if joined.trouble else "failed")

    def _stop(self) -> None:
        if self._timer:
            self._timer.cancel()

    def _show(self, headline: str, sentence: str, back: str | None = None, **parts: str) -> None:
        title = self._reader.say("pairing.title")
        back = self._back if back is None else back
        self._stage.show_desk(PairPage(title, back, headline, sentence, **parts))


def _bare(address: str) -> str:
    """Return an address as people type it."""
    return address.removeprefix("https://").removeprefix("http://")
