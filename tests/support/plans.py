"""How a database means to run statements, in its own words."""

from collections.abc import Callable
from dataclasses import dataclass
from re import search
from typing import Any

from sqlalchemy import Connection, event

_EXPLAIN = {"sqlite": "EXPLAIN QUERY PLAN ", "postgresql": "EXPLAIN "}
_BY_INDEX = {
    # ANY(column) instead of column=? would be an index walked from end to end.
    "sqlite": r"SEARCH {table} USING ((COVERING )?INDEX \w+|PRIMARY KEY) \(\w+=\?",
    "postgresql": r"(Index|Index Only|Bitmap Heap) Scan (using \w+ )?on {table}\b",
}
_WHOLE = {"sqlite": r"SCAN {table}\b", "postgresql": r"Seq Scan on {table}\b"}


@dataclass(frozen=True)
class Plan:
    """The text of a plan."""

    dialect: str
    text: str

    def __str__(self) -> str:
        return self.text

    def __contains__(self, table: str) -> bool:
        return table in self.text

    def reads_by_index(self, table: str) -> bool:
        """Say whether a table is read through an index and never as a whole."""
        by_index, whole = (
            search(kind[self.dialect].format(table=table), self.text) for kind in (_BY_INDEX, _WHOLE)
        )
        return bool(by_index) and not whole


def plans(connection: Connection, work: Callable[[Connection], Any]) -> list[Plan]:
    """Do some work and return the plan of each statement that it ran, made with the same parameters."""
    calls: list[tuple[str, Any]] = []

    def note(*call: Any) -> None:
        calls.append((call[2], call[3]))

    event.listen(connection, "before_cursor_execute", note)
    try:
        work(connection)
    finally:
        event.remove(connection, "before_cursor_execute", note)
    return [_plan(connection, *call) for call in calls]


def _plan(connection: Connection, statement: str, parameters: Any) -> Plan:
    name = connection.dialect.name
    rows = connection.exec_driver_sql(_EXPLAIN[name] + statement, parameters)
    return Plan(name, "\n".join(str(row[-1]) for row in rows))
