"""The sentence that helps a customer on while they write how they can be reached. Pure."""

from common.visit import is_email, is_phone, may_become_email, may_become_phone
from kiosk.ui.draft import CONTACT_FIELDS, Draft


def advice(draft: Draft) -> str:
    """Return the key of the sentence that helps on, empty while nothing has to be said.

    Nobody is corrected in the middle of a word: a detail is called wrong once no going on can make it
    right, or once the customer has left its field or wants to send it. That something is missing is said
    only to who wants to send.
    """
    email, phone = draft.email.strip(), draft.phone.strip()
    if email and not is_email(email) and ("email" in _done(draft) or not may_become_email(email)):
        return "email_wrong"
    if phone and not is_phone(phone) and ("phone" in _done(draft) or not may_become_phone(phone)):
        return "phone_wrong"
    if not draft.sending:
        return ""
    if not email and not phone:
        return "contact_wanted"
    return "" if draft.agreed else "consent_wanted"


def _done(draft: Draft) -> frozenset[str]:
    """Return the fields that the customer has done with, for now."""
    return CONTACT_FIELDS if draft.sending else draft.left
