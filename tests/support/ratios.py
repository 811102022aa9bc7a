"""How every benchmark prints: what was measured, the baseline of the same run, their ratio, the bound."""

from collections.abc import Sequence
from statistics import quantiles


def ratio(
    name: str,
    measured: float,
    baseline: float,
    *,
    unit: str,
    at_most: float | None = None,
    at_least: float | None = None,
) -> bool:
    """Print one line and say whether measured / baseline keeps its bound."""
    value = measured / baseline
    kept = (at_most is None or value <= at_most) and (at_least is None or value >= at_least)
    bound = f"at most {at_most}" if at_most is not None else f"at least {at_least}"
    print(
        f"{'ok  ' if kept else 'OVER'} {name}: {measured:.4g} {unit} against {baseline:.4g} {unit},"
        f" ratio {value:.2f} ({bound})",
        flush=True,
    )
    return kept


def percentile(values: Sequence[float], percent: int) -> float:
    """Return a percentile 1…99 of at least two values."""
    return quantiles(values, n=100, method="inclusive")[percent - 1]
