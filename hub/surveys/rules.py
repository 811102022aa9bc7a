"""The standard survey's versions, and which survey takes the place of which."""

from functools import cache
from importlib.resources import files
from json import loads

from common.surveys import Survey, from_document, standard_survey


@cache
def standard_surveys() -> tuple[Survey, ...]:
    """Return every version of the standard survey, oldest first.

    Kiosks ask the one that they were built with until a hub gives them another, so every hub takes answers
    to all of them. What earlier versions asked is kept in standard/‹version›.json and never changes.
    """
    newest = standard_survey()
    folder = files(__package__) / "standard"
    earlier = (folder / f"{version}.json" for version in range(1, newest.version))
    return (*(from_document(loads(file.read_text("utf-8"))) for file in earlier), newest)


def makes_way(current: Survey | None) -> bool:
    """Say whether the newest standard survey is to be shown in place of the current one.

    It follows an earlier one of its own. A survey that head office wrote stays.
    """
    newest = standard_survey()
    return current is None or (current.id == newest.id and current.version < newest.version)
