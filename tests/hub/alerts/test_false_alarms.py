"""The promise of at most one false alarm for each store in a quarter, on simulated shops of five sizes."""

from math import exp, factorial

from tests.benchmarks.silence import PROMISE, SIZES, Outcome, simulate


def surprised(alarms: int, expected: float) -> float:
    """Return how likely so few alarms, or fewer, would be if so many were expected (Poisson)."""
    return sum(exp(-expected) * expected**number / factorial(number) for number in range(alarms + 1))


def test_shops_of_every_size_keep_the_promise_and_notice_covered_tablets() -> None:
    found = simulate(stores=40, quarters=1, seed=2026)
    assert set(found) == set(SIZES)
    together = Outcome()
    for outcome in found.values():
        together += outcome
    assert together.quarters == 40
    assert surprised(together.alarms, PROMISE * together.quarters) < 0.0001, "no luck would explain so few"
    assert all(outcome.rate <= PROMISE for outcome in found.values())
    noticed = {size: sorted(outcome.delays)[len(outcome.delays) // 2] for size, outcome in found.items()}
    assert noticed[300] <= 4, "open hours, for half of the covers"
    assert noticed[30] <= 10
    assert noticed[3] <= 48
