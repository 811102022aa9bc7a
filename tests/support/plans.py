"""How a database means to run a statement, in its own words."""

from dataclasses import dataclass
from re import search
from typing import Any

from sqlalchemy import Connection, Select, event

_EXPLAIN = {"sqlite": "EXPLAIN QUERY PLAN ", "postgresql": "EXPLAIN "}
_BY_INDEX = {
    # ANY(column) instead of column=? would be an index walked from end to end.
    "sqlite": r"SEARCH {table} USING (COVERING )?INDEX \w+ \(\w+=\?",
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


def plan(connection: Connection, statement: Select[Any]) -> Plan:
    """Return the plan that the database makes for a statement with its own parameters."""
    name = connection.dialect.name

    def explain(*call: Any) -> tuple[str, Any]:
        return _EXPLAIN[name] + call[2], call[3]

    event.listen(connection, "before_cursor_execute", explain, retval=True)
    try:
        rows = connection.execute(statement).cursor.fetchall()
    finally:
        event.remove(connection, "before_cursor_execute", explain)
    return Plan(name, "\n".join(str(row[-1]) for row in rows))
