"""What comes down beside the receipt: survey and settings, taken as far as they can be used."""

from base64 import b64decode
from datetime import datetime
from typing import TYPE_CHECKING, Any

from common.settings import BrokenSettings
from common.surveys import BrokenSurvey, Survey, from_document
from common.wire import Receipt, Unusable, short
from kiosk.sync import Trouble
from kiosk.sync.noreply import NoReply

if TYPE_CHECKING:
    from kiosk.storage.store import Storage


def is_current(storage: "Storage", receipt: Receipt) -> bool:
    """Say whether the kiosk has the survey, the settings and the key that a receipt names."""
    fetched = storage.survey_tag() is not None
    survey, settings = storage.survey().version, storage.preferences.version
    seals_well = receipt.keys.sealing in (None, storage.keys.seals_to)
    return fetched and seals_well and survey == receipt.survey and receipt.settings in (None, settings)


def take(storage: "Storage", document: Any, tag: str, now: datetime) -> None:
    """Use the hub's survey and settings from the next visit on, or note why that is not possible.

    With a broken survey nothing of the document is used. With broken settings the survey is, and the old
    settings stay.
    """
    unusable = Unusable()
    with storage.together():
        try:
            survey, key = _survey(document)
            unusable = _take_settings(storage, document)
            storage.keys.leave(key, now)
            storage.use_survey(survey, key, tag)
        except BrokenSurvey as reason:
            unusable = Unusable(survey=short(str(reason)))
        storage.preferences.note_unusable(unusable)


def _survey(document: Any) -> tuple[Survey, bytes]:
    """Read the hub's survey and public key; raise BrokenSurvey."""
    try:
        key = b64decode(document["public_key"], validate=True)
        if len(key) != 32:
            raise BrokenSurvey(f"its key has {len(key)} bytes")
        return from_document(document["survey"]), key
    except BrokenSurvey:
        raise
    except (KeyError, TypeError, ValueError) as reason:
        raise BrokenSurvey(f"a part is missing or of the wrong type: {reason}") from reason


def _take_settings(storage: "Storage", document: Any) -> Unusable:
    # A hub from before there were settings says nothing about them.
    if "settings" in document:
        try:
            storage.preferences.take(document["settings"])
        except BrokenSettings as reason:
            return Unusable(settings=short(str(reason)))
    return Unusable()


def complain(unusable: Unusable) -> None:
    """Raise NoReply if there is something that cannot be used."""
    if unusable.survey:
        raise NoReply(Trouble.BROKEN_SURVEY, unusable.survey)
    if unusable.settings:
        raise NoReply(Trouble.BROKEN_SETTINGS, unusable.settings)
