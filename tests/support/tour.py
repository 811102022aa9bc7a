"""One walk through every screen, by touches as customers and managers make them.

Each walk yields the name of a screen when it is there: one who takes it measures what stands on it, another
takes its picture. Names are the same everywhere.
"""

from collections.abc import Callable, Iterator, Mapping

from kiosk.ui import compose
from tests.support.window import Screen

LENGTHY = "many words " * 355
"""A comment that comes near the longest."""


def customers(
    screen: Screen, come: Callable[[], None] = lambda: None, comment: str = "many words"
) -> Iterator[str]:
    """Be a customer who tries everything, then two who are content; come is called as each of them comes."""
    screen.until(lambda: screen.app.ready)
    screen.sweep()
    come()
    yield from _question(screen)
    yield from _why(screen, comment)
    yield from _contact(screen)
    yield from _end(screen)
    for score, name in ((8, "thanks-passive"), (10, "thanks-promoter")):
        come()
        screen.tap(f"score-{score}", "next", "decline")
        yield name
        screen.tap("thanks")
    come()
    language = screen.app.walk.bystander[1]
    screen.app.show(compose.shut(language, language))
    screen.frames(4)
    yield "closed"
    screen.app.walk.next_customer()


def _question(screen: Screen) -> Iterator[str]:
    yield "question"
    screen.tap("access")
    yield "access"
    screen.tap("access-done")
    screen.touch("score-3")
    yield "chosen"
    screen.wait(3)
    screen.tap("back")
    yield "chosen-before"
    screen.tap("score-3")


def _why(screen: Screen, comment: str) -> Iterator[str]:
    yield "why"
    reasons = list(screen.app.stage.view.scene.reasons)
    screen.tap(f"reason-{reasons[0]}", f"reason-{reasons[2]}", "comment")
    screen.find("comment").type(comment)
    yield "why-typing"
    screen.find("comment").type(LENGTHY)
    screen.frames(4)
    yield "why-full"
    screen.tap("key-?123")
    yield "why-symbols"
    screen.find("comment").fill_in(comment)
    screen.tap("next")


def _contact(screen: Screen) -> Iterator[str]:
    yield "contact"
    if screen.shows("details"):
        screen.tap("details")
        yield "notice"
        screen.tap("close-notice")
    screen.tap("send")
    yield "contact-empty"
    screen.tap("email", "send")
    yield "contact-typing"
    screen.find("email").type("anna@")
    screen.tap("send")
    yield "contact-wrong-email"
    screen.find("email").fill_in("")
    screen.tap("phone")
    screen.find("phone").type("1")
    screen.tap("send")
    yield "contact-wrong-phone"
    screen.find("phone").type("234567")
    screen.tap("send")
    yield "contact-without-consent"


def _end(screen: Screen) -> Iterator[str]:
    screen.wait(45)
    yield "still-there"
    screen.tap("still-here", "decline")
    yield "thanks-detractor"
    screen.tap("thanks")


def managers(
    screen: Screen, pin: str, service: str, come: Callable[[], None] = lambda: None
) -> Iterator[str]:
    """Be a manager, then somebody of the service; both PINs are set, and come is called on the first page."""
    screen.app._open_desk()
    screen.frames(4)
    yield "pin"
    screen.enter(pin)
    screen.until(lambda: screen.shows("tab-today"))
    come()
    yield "today"
    yield from _touch_each(screen, {"span-WEEK": "week", "span-MONTH": "month"})
    yield from _touch_each(screen, {"tab-trend": "trend", "steps-weeks": "trend-weeks"})
    yield from _touch_each(screen, {"tab-tablet": "tablet", "service": "service-pin"})
    screen.enter(service)
    screen.until(lambda: screen.shows("leave"))
    yield "service"
    yield from _touch_each(screen, {"leave": "leave"})
    screen.tap("stay", "back")
    yield from _check(screen)
    screen.app.desk.close()


def _check(screen: Screen) -> Iterator[str]:
    """Hang the tablet at the right height, in bad light, where touches go astray."""
    screen.tap("check")
    yield "check-height"
    yield from _touch_each(screen, {"yes": "check-light", "no": "check-touch"})
    screen.tap("no")
    screen.until(lambda: screen.app.stage.view.scene.kind == "result")
    yield "check-result"
    screen.tap("yes")
    screen.until(lambda: screen.shows("rescue"))
    yield "tablet-checked"


def _touch_each(screen: Screen, leads: Mapping[str, str]) -> Iterator[str]:
    for name, to in leads.items():
        screen.tap(name)
        yield to
