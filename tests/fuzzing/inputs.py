"""Inputs: requests out of the hub's description, and the same made worse."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from gzip import compress
from json import dumps
from random import Random
from typing import Any
from urllib.parse import urlencode

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from schemathesis import GenerationMode
from schemathesis.core import NotSet

from common.responses import LONGEST_COMMENT
from common.wire import (
    LARGEST_BATCH,
    MOST_RESPONSES,
    PAIRING_KEY_PATH,
    PAIRING_PATH,
    SURVEY_PATH,
    SYNC_PATH,
    Numbered,
)
from common.wire.items import item_document
from hub.fleet.reports import FLEET_PATH
from hub.openapi import describe
from tests.fuzzing.damage import DEEP, HEADERS, NASTY, changed, packed, written
from tests.support.answers import a_response, an_id

ROUND = 10_000
"""Inputs that are made from the same cases."""

CASES = 12
"""Of each address, good ones and as many bad ones, a round."""

LARGE = 12
"""Times that each of the largest inputs is sent first, by all clients at once."""

WEIGHTS = {SYNC_PATH: 72, PAIRING_KEY_PATH: 14, SURVEY_PATH: 9, PAIRING_PATH: 2, FLEET_PATH: 3}
METHODS = {SURVEY_PATH: "GET", FLEET_PATH: "GET"}


@dataclass(frozen=True, slots=True)
class Case:
    """What schemathesis made for an address; document is None where there is no body."""

    path: str
    document: Any
    headers: Mapping[str, str] = field(default_factory=dict)
    questions: Mapping[str, Any] = field(default_factory=dict)

    @property
    def has_body(self) -> bool:
        """Whether requests to the address bring a body."""
        return self.path not in METHODS


@dataclass(frozen=True, slots=True)
class Input:
    """One request. document is what its body was written from, before it was damaged as bytes."""

    path: str
    headers: Mapping[str, str]
    body: bytes
    document: Any
    questions: str = ""

    @property
    def method(self) -> str:
        """The HTTP method of the address."""
        return METHODS.get(self.path, "POST")

    @property
    def target(self) -> str:
        """The address with the questions behind it."""
        return f"{self.path}?{self.questions}" if self.questions else self.path


@dataclass(frozen=True, slots=True)
class Known:
    """What a hub gave: keys of devices, device codes of pairings, and keys of programs."""

    keys: Sequence[str]
    codes: Sequence[str]
    programs: Sequence[str]


class Inputs:
    """Makes inputs by a seed, out of so many cases of each kind a round.

    known is what the hub knows: device keys, device codes and keys of programs.
    """

    def __init__(self, seed: int, known: Known, cases: int = CASES) -> None:
        self._chance, self._known, self._most = Random(seed), known, cases
        self.generated = 0

    def make(self, count: int) -> Iterator[Input]:
        """Yield so many inputs: each case of a round as it is, then others made from these."""
        while count > 0:
            cases = self._cases()
            documents = [case.document for case in cases] + [_sound(self._chance)]
            key = self._chance.choice(self._known.keys)
            for place in range(min(count, ROUND)):
                if place < len(cases):
                    yield self._as_it_is(cases[place], key)
                else:
                    yield self._worse(cases, documents, key)
            count -= ROUND

    def largest(self) -> Iterator[Input]:
        """Yield what takes the most memory to refuse."""
        headers = {"Authorization": f"Bearer {self._known.keys[0]}", "Content-Type": "application/json"}
        full = dumps(_full(), ensure_ascii=False).encode()
        assert LARGEST_BATCH * 0.9 < len(full) <= LARGEST_BATCH
        for body in (full, bytes(LARGEST_BATCH + 1), *(text.encode() for text in DEEP)):
            yield from [Input(SYNC_PATH, headers, compress(body, 1, mtime=0), None)] * LARGE

    def _cases(self) -> list[Case]:
        number = self._chance.randrange(2**32)
        cases = [case for path in WEIGHTS for case in cases_of(path, number, self._most)]
        self.generated += len(cases)
        return cases

    def _as_it_is(self, case: Case, key: str) -> Input:
        body = written(case.document, _Calm()) if case.document is not None else b""
        body = packed(body, _Calm()) if case.path == SYNC_PATH else body
        return Input(case.path, self._headers(case, key), body, case.document, _asked(case.questions))

    def _worse(self, cases: list[Case], documents: list[Any], key: str) -> Input:
        chance = self._chance
        path = chance.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        case = chance.choice([case for case in cases if case.path == path])
        sound = self._sound(path)
        document = sound if sound is not None and chance.random() < 0.6 else case.document
        if chance.random() < 0.9:
            document = changed(document, documents, chance)
        body = written(document, chance) if case.has_body else b""
        body = packed(body, chance) if path == SYNC_PATH else body
        headers = self._headers(case, key)
        if chance.random() < 0.03:
            headers[chance.choice(list(headers))] = chance.choice(HEADERS)
        return Input(path, headers, body, document, _asked(self._worse_questions(case.questions)))

    def _worse_questions(self, questions: Mapping[str, Any]) -> Mapping[str, Any]:
        worse = {**questions}
        for name in worse:
            if self._chance.random() < 0.3:
                worse[name] = self._chance.choice(NASTY)
        return worse

    def _sound(self, path: str) -> Any:
        if path == SYNC_PATH:
            return _sound(self._chance)
        return {"device_code": self._chance.choice(self._known.codes)} if path == PAIRING_KEY_PATH else None

    def _headers(self, case: Case, key: str) -> dict[str, str]:
        if case.path == FLEET_PATH:
            key = self._chance.choice(self._known.programs)
        usual = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        if case.path == SURVEY_PATH:
            usual["If-None-Match"] = self._chance.choice(('"x"', "*", 'W/"x"', ""))
        return {**case.headers, **usual}


class _Calm(Random):
    """A generator that never does anything rare."""

    def random(self) -> float:
        return 0.99


def cases_of(path: str, number: int, most: int = CASES) -> list[Case]:
    """Return what schemathesis makes for an address by a seed: requests that fit, and others."""
    operation = _SCHEMA[path][METHODS.get(path, "POST")]
    found: list[Case] = []
    for mode in GenerationMode:

        @seeded(number)
        @settings(
            max_examples=most,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(operation.as_strategy(generation_mode=mode))
        def note(case: Any) -> None:
            headers = {name: value for name, value in (case.headers or {}).items() if _travels(value)}
            body = None if isinstance(case.body, NotSet) else case.body
            found.append(Case(path, body, headers, case.query or {}))

        note()
    return found


_SCHEMA = schemathesis.openapi.from_dict(describe())


def _travels(value: Any) -> bool:
    return isinstance(value, str) and value.isascii() and value.isprintable()


def _asked(questions: Mapping[str, Any]) -> str:
    return urlencode(questions, doseq=True, errors="replace")


def _full() -> dict[str, Any]:
    """Return the largest batch there is, of answers that are all refused."""
    item = item_document(Numbered(1, a_response(comment="𝕏" * LONGEST_COMMENT))) | {"score": 11}
    return _batch([item] * MOST_RESPONSES)


def _sound(chance: Random) -> dict[str, Any]:
    """Return a batch that a kiosk could send, with one to three answers out of some thousands."""
    numbers = [chance.randrange(1, 5000) for _ in range(chance.randrange(1, 4))]
    words = [{"id": an_id(numbers[0]), "at": "2026-03-25T10:00:00.000+01:00"}]
    items = [item_document(Numbered(number, a_response(number))) for number in numbers]
    return _batch(items, chance.choice((0, 0, 0, 5000))) | {"overruled": words}


def _batch(items: list[dict[str, Any]], given: int = 0) -> dict[str, Any]:
    return {
        "protocol": 1,
        "sent_at": "2026-03-25T10:00:00.000+01:00",
        "totals": {"given": given, "delivered": 0, "waiting": 3, "quarantined": 0, "oldest_waiting": None},
        "health": {"app": "0.1.0", "survey": 2, "free_disk": 10**9, "offset": None},
        "responses": items,
    }
