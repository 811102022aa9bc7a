"""What a customer has put on a screen and not yet handed over."""

from dataclasses import dataclass

CONTACT_FIELDS = frozenset({"email", "phone"})


@dataclass(frozen=True, slots=True)
class Draft:
    """Empty for every customer. Reasons and comment are kept when the customer walks away; the rest never.

    left are the fields of contact details that the customer has been in and left; sending says that they
    wanted to send those details.
    """

    reasons: tuple[str, ...] = ()
    comment: str = ""
    email: str = ""
    phone: str = ""
    agreed: bool = False
    left: frozenset[str] = frozenset()
    sending: bool = False
