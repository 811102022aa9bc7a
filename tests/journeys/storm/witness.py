"""The witness of one tablet: what it was given, written down beside it before and after it was kept.

A line says what storage is about to be asked to keep, and another one that storage has acknowledged it, or
refused it. Each line is on the disk before the next step is taken. So an answer that was acknowledged has
been given for certain; one whose tablet was killed in between may have been kept, or not; one that was
refused has not, and one that was never written down does not exist.
"""

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Said:
    """What a customer has said at one step of a visit.

    doubted: it has flags. reachable: it comes with contact details. sound: the hub can take it. overruled:
    the manager has said since that it counts although it is doubted.
    """

    id: str
    score: int
    comment: str
    doubted: bool
    reachable: bool
    sound: bool
    overruled: bool = False

    @property
    def counts(self) -> bool:
        """Whether it is part of the score."""
        return self.overruled or not self.doubted


class End(StrEnum):
    """What became of a try to keep something; UNKNOWN where the tablet was killed in between."""

    KEPT = "kept"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(slots=True)
class Try:
    """Some steps that storage was asked to keep together: all of them or none."""

    steps: Sequence[Said]
    end: End = End.UNKNOWN


@dataclass(slots=True)
class Given:
    """One answer: its steps in their order, each with what became of it."""

    steps: list[tuple[Said, Try]] = field(default_factory=list)

    @property
    def certain(self) -> bool:
        """Whether storage has acknowledged any of it."""
        return any(attempt.end is End.KEPT for _, attempt in self.steps)

    @property
    def possible(self) -> list[Said]:
        """What may be on the tablet: the last step acknowledged, or a later one that was not refused."""
        found: list[Said] = []
        for said, attempt in self.steps:
            if attempt.end is End.KEPT:
                found = [said]
            elif attempt.end is End.UNKNOWN:
                found.append(said)
        return found


class Witness:
    """Writes the file. A tablet that is started again goes on in the same one."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._number = os.fstat(self._file).st_size
        # The line that a killed tablet was writing ends here, whole or torn.
        os.write(self._file, b"\n")

    def tries(self, steps: Iterable[Said]) -> int:
        """Write down what storage is about to be asked for; return the number of this try."""
        self._number += 1
        self._write("tries", self._number, [astuple(step) for step in steps])
        return self._number

    def ends(self, number: int, end: End) -> None:
        """Write down what became of a try."""
        self._write(end.value, number)

    def _write(self, *words: object) -> None:
        os.write(self._file, json.dumps(words).encode() + b"\n")
        os.fsync(self._file)


def tries(path: Path) -> list[Try]:
    """Read what a witness wrote, in its order."""
    found: dict[int, Try] = {}
    for word, number, *more in _lines(path):
        if word == "tries":
            found[number] = Try([Said(*step) for step in more[0]])
        else:
            found[number].end = End(word)
    return list(found.values())


def _lines(path: Path) -> Iterator[list[Any]]:
    for line in path.read_bytes().splitlines() if path.exists() else ():
        # A torn line is that of a killed tablet, which then did not take the step that the line is about.
        with suppress(ValueError):
            if line:
                yield json.loads(line)


def given(attempts: Iterable[Try]) -> dict[str, Given]:
    """Return every answer that storage was asked to keep, by its id."""
    found: dict[str, Given] = {}
    for attempt in attempts:
        for step in attempt.steps:
            found.setdefault(step.id, Given()).steps.append((step, attempt))
    return found
