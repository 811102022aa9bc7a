"""The manager's PIN and its lock."""

from datetime import timedelta

import pytest

from kiosk.config import Config
from kiosk.storage.pin import BadPin, Door, PinOutcome, PinVerdict, locked_until, set_pin, try_pin
from tests.support.answers import NOON
from tests.support.kiosk import Kiosk, database_bytes

MINUTE = timedelta(minutes=1)


def attempt(kiosk: Kiosk, pin: str, minutes: float = 0) -> PinVerdict:
    return kiosk.ask(lambda s: try_pin(s.settings, pin, NOON + minutes * MINUTE))


@pytest.fixture
def locked(kiosk: Kiosk) -> Kiosk:
    """Return a kiosk after five wrong PINs."""
    kiosk.ask(lambda s: set_pin(s.settings, "0042"))
    verdicts = [attempt(kiosk, "0043") for _ in range(5)]
    assert [v.outcome for v in verdicts] == [PinOutcome.WRONG] * 4 + [PinOutcome.LOCKED]
    assert [v.tries_left for v in verdicts[:4]] == [4, 3, 2, 1]
    assert verdicts[4].until == NOON + 5 * MINUTE
    return kiosk


def test_the_right_pin_opens_and_forgets_wrong_tries(kiosk: Kiosk) -> None:
    kiosk.ask(lambda s: set_pin(s.settings, "0042"))
    for _ in range(3):
        for _ in range(4):
            assert attempt(kiosk, "42").outcome is PinOutcome.WRONG
        assert attempt(kiosk, "0042").outcome is PinOutcome.OPEN


def test_without_a_pin_nothing_opens(kiosk: Kiosk) -> None:
    assert attempt(kiosk, "").outcome is PinOutcome.NOT_SET


def test_the_fifth_wrong_one_locks_even_the_right_one_out(locked: Kiosk) -> None:
    assert attempt(locked, "0042", 4.9) == PinVerdict(PinOutcome.LOCKED, until=NOON + 5 * MINUTE)
    assert attempt(locked, "0042", 5).outcome is PinOutcome.OPEN


@pytest.mark.parametrize(("minutes", "until"), [(0, 5), (4.9, 5), (5, None), (-60, None)])
def test_a_lock_is_told_to_who_comes_before_a_try(locked: Kiosk, minutes: float, until: int | None) -> None:
    at = NOON + minutes * MINUTE
    found = locked.ask(lambda s: locked_until(s.settings, at, Door.MANAGER))
    assert found == (None if until is None else NOON + until * MINUTE)
    assert locked.ask(lambda s: locked_until(s.settings, at, Door.SERVICE)) is None


def test_after_the_lock_there_are_five_tries_again(locked: Kiosk) -> None:
    assert attempt(locked, "0043", 6) == PinVerdict(PinOutcome.WRONG, tries_left=4)


def test_a_restart_does_not_shorten_the_lock(locked: Kiosk, config: Config) -> None:
    locked.close()
    again = Kiosk(config)
    assert attempt(again, "0042", 1).outcome is PinOutcome.LOCKED
    again.close()


def test_a_clock_set_back_by_years_does_not_lock_for_years(locked: Kiosk) -> None:
    assert attempt(locked, "0042", -60).outcome is PinOutcome.OPEN


def test_a_new_pin_ends_the_lock(locked: Kiosk) -> None:
    locked.ask(lambda s: set_pin(s.settings, "13579"))
    assert attempt(locked, "13579").outcome is PinOutcome.OPEN


@pytest.mark.parametrize("pin", ["", "123", "1234567890123", "12a4", "１２３４", "12 4", "1234\n"])
def test_a_pin_has_4_to_12_digits(kiosk: Kiosk, pin: str) -> None:
    with pytest.raises(BadPin):
        kiosk.ask(lambda s: set_pin(s.settings, pin))


def test_the_pin_itself_is_nowhere_on_the_disk(kiosk: Kiosk) -> None:
    kiosk.ask(lambda s: set_pin(s.settings, "90817263"))
    assert b"90817263" not in database_bytes(kiosk.config.data)


def test_the_service_pin_is_another_one_with_tries_of_its_own(locked: Kiosk) -> None:
    with pytest.raises(BadPin, match="must not be the same"):
        locked.ask(lambda s: set_pin(s.settings, "0042", Door.SERVICE))
    locked.ask(lambda s: set_pin(s.settings, "8642", Door.SERVICE))
    with pytest.raises(BadPin, match="must not be the same"):
        locked.ask(lambda s: set_pin(s.settings, "8642"))

    def service(pin: str) -> PinVerdict:
        return locked.ask(lambda s: try_pin(s.settings, pin, NOON, Door.SERVICE))

    assert service("0042") == PinVerdict(PinOutcome.WRONG, tries_left=4)
    assert service("8642").outcome is PinOutcome.OPEN
    assert attempt(locked, "0042").outcome is PinOutcome.LOCKED


def test_without_a_service_pin_its_door_stays_shut(kiosk: Kiosk) -> None:
    kiosk.ask(lambda s: set_pin(s.settings, "0042"))
    verdict = kiosk.ask(lambda s: try_pin(s.settings, "0042", NOON, Door.SERVICE))
    assert verdict == PinVerdict(PinOutcome.NOT_SET)
