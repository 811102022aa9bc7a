"""What the check of a logo takes, the window draws: the check stands in for it where there is no window."""

from random import Random

from common.logo import check_logo
from common.settings import BrokenSettings
from kiosk.ui.idle import picture
from tests.kiosk.ui.conftest import Shop
from tests.support.png import SIGNATURE, chunk, every_kind, header, png, split
from tests.support.window import window

DAMAGED = 1000


def test_a_logo_of_any_kind_is_drawn(shop: Shop) -> None:
    with window(shop.screen, shop):
        for logo in (*every_kind(), png(2048, 2048), png(10, 20, size=64 * 1024)):
            assert picture(logo) is not None


def damaged(random: Random, logo: bytes) -> bytes:
    """Change, leave out, repeat, swap or add a part, each with a checksum that is right."""
    parts = split(logo)
    at, other = random.randrange(len(parts)), random.randrange(len(parts))
    name, body = parts[at]
    changed = bytearray(body or b"\0")
    changed[random.randrange(len(changed))] ^= random.randrange(1, 256)
    match random.randrange(6):
        case 0:
            parts[at] = name, bytes(changed)
        case 1:
            del parts[at]
        case 2:
            parts.insert(other, parts[at])
        case 3:
            parts[at], parts[other] = parts[other], parts[at]
        case 4:
            parts.insert(at, (random.choice([b"WHAT", b"what", b"PLTE", b"tRNS", b"gAMA", b"iCCP"]), body))
        case 5:
            parts[0] = b"IHDR", header(*(random.randrange(1, 20) for _ in range(2)))
    return SIGNATURE + b"".join(chunk(*part) for part in parts)


def test_a_damaged_logo_is_drawn_or_refused(shop: Shop) -> None:
    random, kinds, taken = Random(7), list(every_kind()), 0
    with window(shop.screen, shop):
        for _ in range(DAMAGED):
            logo = damaged(random, random.choice(kinds))
            try:
                check_logo(logo)
            except BrokenSettings:
                continue
            taken += 1
            assert picture(logo) is not None, logo
    assert 0 < taken < DAMAGED
