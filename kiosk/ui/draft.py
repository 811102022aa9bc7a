"""What a customer has put on a screen and not yet handed over."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Draft:
    """Empty for every customer. Reasons and comment are kept when the customer walks away; the rest never."""

    reasons: tuple[str, ...] = ()
    comment: str = ""
    email: str = ""
    phone: str = ""
    agreed: bool = False
