"""The backlog of a kiosk that was offline for long: many answers as customers give them, from one seed."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from common.history import identity
from common.responses import Channel, Consent, Contact, Kind, Response, SealedContact
from common.sealing import key_id, seal
from common.surveys import standard_survey

CONTACT_EVERY = 40
"""One answer of so many comes with contact details, which is about a tenth of the detractors."""

COMMENT_LENGTH = 60

_SCORES = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
_WEIGHTS = (3, 1, 1, 2, 2, 5, 6, 13, 22, 19, 26)
_TEXT = (
    "the a and was very to of for in my we were staff queue till at checkout not had no one could find help"
    " friendly helpful rude slow quick long wait waiting time price prices expensive cheap offer card payment"
    " did work return refund receipt asked told manager nobody shop store clean dirty shelf shelves empty"
    " bread milk fruit fresh old size fitting room shoes jacket colour online order parcel pick up late again"
    " always never usually today morning evening Saturday children parking lift stairs signs music loud cold"
    " warm lovely great good bad terrible fine okay thank you young lady gentleman desk explained everything"
    " well nothing but because so only three minutes ten"
)
_WORDS = _TEXT.split(" ")


def answers(count: int, start: datetime, public_key: bytes, seed: int = 1) -> Iterator[Response]:
    """Give answers, one in about two minutes, each with 60 characters and some with contact details."""
    random = Random(seed)
    survey = standard_survey()
    moment = start
    for number in range(count):
        moment += timedelta(milliseconds=random.randint(30_000, 210_000))
        response = Response(
            id=identity("backlog", str(seed), str(number), given_at=moment),
            survey=survey.id,
            version=survey.version,
            kind=Kind.RELATIONAL,
            touchpoint="checkout",
            channel=Channel.KIOSK,
            language=random.choices(survey.languages, (70, 12, 8, 4, 4, 2))[0],
            score=random.choices(_SCORES, _WEIGHTS)[0],
            given_at=moment,
            reasons=tuple(random.sample(survey.reasons, random.choice((0, 1, 1, 2)))),
            comment=_comment(random),
        )
        yield _reachable(response, public_key, random) if number % CONTACT_EVERY == 0 else response


def _comment(random: Random) -> str:
    words: list[str] = []
    while sum(map(len, words)) + len(words) <= COMMENT_LENGTH:
        words.append(random.choice(_WORDS))
    return " ".join(words)[:COMMENT_LENGTH].strip().ljust(COMMENT_LENGTH, ".")


def _reachable(response: Response, public_key: bytes, random: Random) -> Response:
    contact = Contact(email=f"{random.choice(_WORDS).lower()}.{random.randrange(10**6)}@example.org")
    consent = Consent("standard-1", response.language, response.given_at)
    box = seal(contact, response.id, public_key)
    return replace(
        response, score=response.score % 7, contact=SealedContact(key_id(public_key), box, consent)
    )


def chunks(responses: Sequence[Response], size: int) -> Iterator[Sequence[Response]]:
    """Cut a backlog into batches."""
    for first in range(0, len(responses), size):
        yield responses[first : first + size]
