"""Answers of customers who left contact details, sealed as a kiosk seals them."""

from dataclasses import replace
from typing import Any

from common.responses import Consent, Contact, Response, SealedContact
from common.sealing import key_id, seal
from tests.support.answers import NOON, a_response

ANNA = Contact(email="anna@example.org", phone="+39 06 123456")


def sealed(contact: Contact, response_id: str, public_key: bytes) -> SealedContact:
    """Seal contact details for a response."""
    box = seal(contact, response_id, public_key)
    return SealedContact(key_id(public_key), box, Consent("standard-1", "en", NOON))


def reachable(number: int, public_key: bytes, contact: Contact = ANNA, **changes: Any) -> Response:
    """Return an answer of somebody who may be contacted."""
    response = a_response(number, **changes)
    return replace(response, contact=sealed(contact, response.id, public_key))
