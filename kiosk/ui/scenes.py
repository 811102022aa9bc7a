"""What the customer's screens show: plain values with every sentence ready, made by the walk.

A view takes one and draws it; it reports taps and knows nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from kiosk.config import Snapshot


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the customer has come: step 1…steps, and the sentence that says so."""

    step: int
    steps: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Keys:
    """What the keyboard has to know: the language of its letters and what stands on the space bar."""

    language: str
    space: str


@dataclass(frozen=True, slots=True)
class Aside:
    """What stands below the question: lines in turn under a heading, and the survey's address with an
    invitation; without lines or without an address, the other of them alone.
    """

    heading: str
    lines: tuple[str, ...]
    invitation: str
    address: str


@dataclass(frozen=True, slots=True)
class Question:
    """The 0-10 question. languages maps codes to names in themselves; chosen is a score given before.

    change is how many seconds from now it can be changed until the next screen comes by itself, or 0.
    mirrored says that its language is read from right to left. logo is a PNG, empty for the house's mark.
    """

    store: str
    question: str
    hint: str
    lowest: str
    highest: str
    languages: Mapping[str, str]
    language: str
    progress: Progress
    chosen: int | None = None
    change: float = 0.0
    mirrored: bool = False
    logo: bytes = b""
    aside: Aside | None = None


@dataclass(frozen=True, slots=True)
class Why:
    """The reason, by chips and in own words.

    reasons maps ids to labels. left is the sentence with {count} shown when the comment comes near to
    longest characters, unshown the one about characters that no font here has. While nothing is given,
    skip stands on the button in place of next.
    """

    title: str
    hint: str
    reasons: Mapping[str, str]
    tapped: tuple[str, ...]
    comment: str
    longest: int
    left: str
    unshown: str
    keys: Keys
    back: str
    next: str
    skip: str
    progress: Progress


@dataclass(frozen=True, slots=True)
class AskContact:
    """May we get in touch?

    advice is the sentence that says what is missing or wrong, empty at first; unshown the one about
    characters that no font here has. details is on the button to the whole notice, empty if there is none.
    """

    title: str
    purpose: str
    consent: str
    advice: str
    unshown: str
    details: str
    email_label: str
    phone_label: str
    email: str
    phone: str
    agreed: bool
    keys: Keys
    back: str
    decline: str
    send: str
    progress: Progress


@dataclass(frozen=True, slots=True)
class Thanks:
    """The end of a visit. promise says what comes next, empty if nothing does."""

    headline: str
    sentence: str
    promise: str


@dataclass(frozen=True, slots=True)
class Closed:
    """No answer can be kept just now, so none is asked for."""

    sentence: str


@dataclass(frozen=True, slots=True)
class StillThere:
    """Laid over a screen that nobody has touched for a while; left is the rest of the time, 0…1."""

    question: str
    sentence: str
    button: str
    left: float


@dataclass(frozen=True, slots=True)
class Details:
    """The whole privacy notice, laid over the contact screen: headings, which may be empty, and texts."""

    title: str
    parts: tuple[tuple[str, str], ...]
    close: str


Overlay = StillThere | Details
"""What is laid over a scene."""

Scene = Question | Why | AskContact | Thanks | Closed


class Stage(Protocol):
    """Where scenes are shown."""

    def welcome(self, snapshot: "Snapshot") -> None:
        """A new customer comes: nothing is left of the last one, and these settings hold for the visit."""

    def show(self, scene: Scene) -> None:
        """Put a scene on the screen in place of the last one."""

    def lay_over(self, overlay: Overlay | None) -> None:
        """Lay something over the scene, or take away what lies there."""

    def resume(self) -> None:
        """Somebody has come back: what they had opened for themselves is there again, too."""
