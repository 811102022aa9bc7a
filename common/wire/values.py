"""What travels: the values of the sync contract, its limits, its addresses and its errors."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from common.responses import Response
from common.tablet import Battery, Lock, Met

PROTOCOL = 1
SPOKEN = (PROTOCOL,)
"""The protocol versions that this version understands: its own and, once there is one, the one before."""

MOST_RESPONSES = 1000
"""In one batch. A kiosk sends 500 and halves that when it is told "too large"."""

MOST_OVERRULED = 100
"""In one batch. A kiosk that has more sends another one."""

LARGEST_BATCH = 16 * 2**20
"""Bytes of one batch after decompression: 1,000 responses with 4,000 characters of any script."""

UUID7 = r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
"""How the id of a response is written."""

MOST_NAMES = 20
"""Reasons of one response, and flags."""

SMALLEST_BOX, LARGEST_BOX = 49, 2048
"""Bytes of sealed contact details; 48 of them are the seal."""

LONGEST_APP = 40
"""Characters of the version of a kiosk's program."""

LONGEST_MARK = 100
"""Characters of what a hub hands out in a receipt and a kiosk shows again, and of what the kiosk draws."""

MOST_KEYS = 20
"""Keys for contact details that a batch names."""

LONGEST_WHY = 200
"""Characters in which a kiosk says why it does not use something."""

SYNC_PATH = "/api/v1/sync"
SURVEY_PATH = "/api/v1/survey"
PAIRING_PATH = "/api/v1/pairing"
PAIRING_KEY_PATH = "/api/v1/pairing/key"
UNPAIRING_PATH = "/api/v1/unpairing"
OPENAPI_PATH = "/api/v1/openapi.json"


class BadBatch(ValueError):
    """The document as a whole is no batch; the message says why."""


class UnspokenProtocol(BadBatch):
    """The batch is of a protocol version that this side does not speak."""


class TooManyResponses(BadBatch):
    """The batch holds more than MOST_RESPONSES."""


class Outcome(StrEnum):
    """What a hub made of one response. Stored and accepted, stored before, or not stored and why."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REFUSED = "refused"


class Code(StrEnum):
    """Why a response was refused. Each has a sentence in the words of kiosk and hub."""

    BAD_RESPONSE = "bad_response"
    BAD_ID = "bad_id"
    BAD_SEQUENCE = "bad_sequence"
    BAD_SCORE = "bad_score"
    BAD_TIME = "bad_time"
    BAD_COMMENT = "bad_comment"
    BAD_REASONS = "bad_reasons"
    BAD_CONTACT = "bad_contact"
    BAD_NAME = "bad_name"
    UNKNOWN_SURVEY = "unknown_survey"
    UNKNOWN_LANGUAGE = "unknown_language"
    ANSWER_CHANGED = "answer_changed"
    UNKNOWN_ANSWER = "unknown_answer"


@dataclass(frozen=True, slots=True)
class Numbered:
    """A response with the number that its device gave it: 1, 2, 3 … without gaps, never used twice.

    ticks are those of the tap, only if they count from the same start as its batch's. happened_at is when
    it was given by the hub's clock, as far as the device knows that by other means than its clock.
    """

    sequence: int
    response: Response
    ticks: int | None = None
    happened_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A place in a batch that holds no response: its id as far as it can be read, and the reason."""

    id: str | None
    code: Code


@dataclass(frozen=True, slots=True)
class Overruled:
    """A manager's word at the kiosk on an answer that has flags; at is the device's time.

    It counts all the same, or, where such a word was taken back, it does not.
    """

    id: str
    at: datetime
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Mark:
    """What a kiosk shows of the last receipt that it kept, none yet if last is null.

    draw was drawn when that receipt was kept and stays the same until the next one is. So two tablets with
    one memory show the same mark only once.
    """

    last: str | None
    draw: str


@dataclass(frozen=True, slots=True)
class Keys:
    """Which keys a kiosk has: ids of those for contact details, and the one by which it wants to be known.

    sealing begins with the key that it seals to; the others are of answers that the hub does not have.
    following is the SHA-256 of its next device key, as 64 hexadecimal digits.
    """

    sealing: tuple[str, ...]
    following: str | None = None


@dataclass(frozen=True, slots=True)
class NewKeys:
    """What a hub says of keys: the id of the one to seal to, if the kiosk seals to another.

    following is the next device key that the hub has kept, renew the wish that the kiosk takes a new one.
    """

    sealing: str | None = None
    following: str | None = None
    renew: bool = False


class Copy(StrEnum):
    """What the marks tell: a tablet went on from an old memory, or two tablets have one key."""

    RESTORED = "restored"
    SHARED = "shared"


@dataclass(frozen=True, slots=True)
class Totals:
    """What a kiosk says of itself: given = delivered + waiting + quarantined, always."""

    given: int
    delivered: int
    waiting: int
    quarantined: int
    oldest_waiting: datetime | None = None

    def after(self, *, taken: int, refused: int) -> "Totals":
        """Return the totals once the verdicts are applied on so many answers that waited."""
        return Totals(
            given=self.given,
            delivered=self.delivered + taken,
            waiting=max(0, self.waiting - taken - refused),
            quarantined=self.quarantined + refused,
            oldest_waiting=self.oldest_waiting if self.waiting > taken + refused else None,
        )


@dataclass(frozen=True, slots=True)
class Unusable:
    """Why a kiosk does not use the survey or the settings that the hub has for it; empty where it does."""

    survey: str = ""
    settings: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """The state of a tablet. Free disk in bytes; offset is hub time minus device time, in milliseconds.

    survey and settings are the versions in use; a kiosk from before there were settings tells no version.
    battery and lock are None where the tablet does not know them, trouble where the sync before met none.
    """

    app: str
    survey: int
    free_disk: int
    offset: int | None = None
    settings: int | None = None
    unusable: Unusable = Unusable()
    battery: Battery | None = None
    lock: Lock | None = None
    trouble: Met | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """One sync's question. sent_at is the device's clock at the moment of sending.

    ticks are the milliseconds of a clock of the device that never jumps, at the same moment.
    overruled are about answers that the hub has, or gets with this batch.
    """

    sent_at: datetime
    totals: Totals
    health: Health
    items: Sequence[Numbered | Refusal] = ()
    overruled: Sequence[Overruled] = field(default_factory=list)
    mark: Mark | None = None
    ticks: int | None = None
    keys: Keys | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The hub's word on one response, or on its being overruled."""

    id: str | None
    outcome: Outcome
    code: Code | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """One sync's answer: a verdict per response, in the order sent, and what the kiosk should do next.

    missing are ranges of sequence numbers (first, last) that the hub has never seen. survey and settings
    are the versions that the kiosk should use; a hub from before there were settings names none. store is
    its code, store_name what customers read, time_zone its IANA name. next_sync is in seconds.
    asking says whether customers are to be asked; a kiosk that was stopped only brings what it has.
    mark is what the kiosk is to show next, copy what the hub knows from the marks, app its program's version.
    """

    received_at: datetime
    verdicts: Sequence[Verdict]
    missing: Sequence[tuple[int, int]]
    survey: int
    store: str
    store_name: str
    time_zone: str
    touchpoint: str
    next_sync: float
    settings: int | None = None
    overruled: Sequence[Verdict] = field(default_factory=list)
    asking: bool = True
    mark: str | None = None
    copy: Copy | None = None
    app: str | None = None
    keys: NewKeys = NewKeys()
