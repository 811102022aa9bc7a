"""docs/bad-days.md and the tests say the same: every row has its test, every journey its row."""

import ast
from collections.abc import Iterator
from pathlib import Path
from re import MULTILINE, findall

TESTS = Path(__file__).parents[1]
TABLE = (TESTS.parent / "docs" / "bad-days.md").read_text("utf-8")
JOURNEYS = sorted(TESTS.glob("journeys/test_bad_*.py"))


def rows() -> dict[str, list[str]]:
    """Return the tests that each row of the tables names."""
    found = findall(r"^\| (B\d+) \|.*\| ([^|]+) \|$", TABLE, MULTILINE)
    return {row: findall(r"`([^`]+)`", tests) for row, tests in found}


def functions(file: Path) -> Iterator[ast.FunctionDef]:
    """Return the tests of a file."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node


def signed(test: ast.FunctionDef) -> set[str]:
    """Return the rows that a test signs."""
    calls = [ast.unparse(call) for call in test.decorator_list]
    return {
        row for call in calls if call.startswith("pytest.mark.bad_day(") for row in findall(r"B\d+", call)
    }


def test_rows_are_numbered_without_gaps() -> None:
    assert list(rows()) == [f"B{number}" for number in range(1, len(rows()) + 1)]


def test_every_row_has_the_tests_that_it_names() -> None:
    for row, tests in rows().items():
        assert tests, row
        for test in tests:
            file, _, name = test.partition("::")
            known = list(functions(TESTS / file))
            assert (
                name in {one.name for one in known} if name else any(row in signed(one) for one in known)
            ), row


def test_every_journey_has_its_row() -> None:
    for file in JOURNEYS:
        named = {row for row, tests in rows().items() if f"journeys/{file.name}" in tests}
        found = set().union(*map(signed, functions(file)))
        assert found == named, file.name


def test_every_journey_keeps_the_books() -> None:
    for file in JOURNEYS:
        for test in functions(file):
            if file != Path(__file__):
                assert signed(test), test.name
                assert "books(" in ast.unparse(test), test.name
