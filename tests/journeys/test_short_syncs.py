"""A sync with nothing to send is short. Its cost needs a quiet machine to be told, its bytes do not."""

from pathlib import Path

from tests.benchmarks.bench_empty_sync import weighs


def test_a_sync_with_nothing_to_send_has_under_700_bytes_both_ways(tmp_path: Path) -> None:
    assert weighs(tmp_path / "hub")
