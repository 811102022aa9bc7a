"""What customers leave of themselves, looked for in every byte that the tablet has on its disk."""

import sqlite3
from contextlib import closing
from pathlib import Path

from click.testing import CliRunner

import kiosk.cli
from tests.support.front import in_front_of, is_thanked
from tests.support.scan import files_with_piece, files_with_text
from tests.support.stand import Stand
from tests.support.window import Screen

ANNA, ANNAS_PHONE = "anna.scanned@example.org", "+39061234567"
BRUNO = "bruno.undecided@example.org"
EVERYTHING = (ANNA, "anna.scanned", ANNAS_PHONE, "1234567", BRUNO, "bruno.undecided")


def test_no_file_of_the_tablet_tells_who_a_customer_is_and_after_the_receipt_not_even_sealed(
    any_stand: Stand,
) -> None:
    with in_front_of(any_stand) as screen:
        leave_details(screen)
        type_and_think(screen)
        [box] = boxes(any_stand)
        assert files_with_piece(any_stand.data, box) == ["kiosk.sqlite-wal"]
        assert files_with_text(any_stand.data, *EVERYTHING) == []
    for suffix in ("csv", "jsonl", "cerchio"):
        file = any_stand.papers / "carried" / f"rescue.{suffix}"
        file.parent.mkdir(exist_ok=True)
        carry_away(any_stand, file)
        assert files_with_piece(file.parent, box)
        assert files_with_text(any_stand.papers, *EVERYTHING) == []
        file.unlink()

    assert any_stand.synced().startswith("2 delivered")
    assert files_with_piece(any_stand.data, box) == []
    assert files_with_text(any_stand.data, *EVERYTHING) == []
    assert "The contact details were deleted." in any_stand.hub_says("forget", ANNA, "--yes")


def carry_away(stand: Stand, file: Path) -> None:
    """Write what the hub does not have into a file."""
    done = CliRunner().invoke(kiosk.cli.main, ["--data", str(stand.data), "export", str(file)])
    assert done.exit_code == 0, done.stderr


def leave_details(screen: Screen) -> None:
    """Answer, and leave an e-mail address and a phone number, by touches."""
    screen.give(3)
    screen.tap("next", "email")
    screen.write(ANNA)
    screen.tap("phone")
    screen.write(ANNAS_PHONE)
    screen.tap("consent", "send")
    screen.until(lambda: is_thanked(screen))
    screen.tap("thanks")


def type_and_think(screen: Screen) -> None:
    """Answer, type an address, and do not send it."""
    screen.until(lambda: screen.shows("score-5"))
    screen.give(5)
    screen.tap("next", "email")
    screen.write(BRUNO)


def boxes(stand: Stand) -> list[bytes]:
    """Return the sealed contact details that the tablet has."""
    with closing(sqlite3.connect(stand.data / "kiosk.sqlite")) as database:
        found = database.execute("SELECT contact_box FROM responses WHERE contact_box IS NOT NULL")
        return [box for (box,) in found.fetchall()]
