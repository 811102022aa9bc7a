"""Contact details, sealed to the hub's public key the moment they are given.

A stolen tablet and a stolen database both hold sealed boxes and no key. The private key lives in a file
of the hub's, outside its database.
"""

from dataclasses import asdict
from functools import lru_cache
from hashlib import sha256
from json import dumps, loads

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from common.responses import Contact, is_clean


class Unsealable(Exception):
    """The box cannot be opened: another key, a damaged box, or a box that belongs to another response."""


def new_private_key() -> bytes:
    """Return a fresh private key of 32 bytes."""
    return bytes(PrivateKey.generate())


def public_key(private_key: bytes) -> bytes:
    """Return the 32 bytes that a kiosk seals with."""
    return bytes(PrivateKey(private_key).public_key)


def key_id(public: bytes) -> str:
    """Return the short name of a public key that travels beside every box: 16 hexadecimal digits."""
    return sha256(public).hexdigest()[:16]


def seal(contact: Contact, response_id: str, public: bytes) -> bytes:
    """Seal contact details to a public key, with the response's id inside.

    A sealed box has no associated data; the id inside is what stops a box from being moved to another
    response.
    """
    message = dumps({"id": response_id, **asdict(contact)}, ensure_ascii=False).encode()
    return SealedBox(PublicKey(public)).encrypt(message)


@lru_cache(maxsize=8)
def _opener(private_key: bytes) -> SealedBox[PrivateKey]:
    # Making the public half of the key again would be a third of the work of opening a box.
    return SealedBox(PrivateKey(private_key))


def unseal(box: bytes, response_id: str, private_key: bytes) -> Contact:
    """Open the box of a response; raise Unsealable if it is not that response's own."""
    try:
        content = loads(_opener(private_key).decrypt(box))
        owner, contact = content.pop("id"), Contact(**content)
        readable = is_clean(contact.email) and is_clean(contact.phone)
    except (CryptoError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as reason:
        raise Unsealable("the box does not open with this key") from reason
    if not readable:
        raise Unsealable("the box holds what no database can store")
    if owner != response_id:
        raise Unsealable("the box belongs to another response")
    return contact
