"""A thousand answers and their open cases go through each migration in turn, and nothing of them is lost."""

from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Connection, Engine, MetaData, Table, inspect, select

from hub.db import metadata as today
from hub.db import migrate, open_engine, require_current, writing
from hub.db.migrations import _config
from tests.support.answers import a_response
from tests.support.books import assert_balanced, case_ids
from tests.support.contacts import reachable
from tests.support.postgres import Postgres
from tests.support.tablet import Tablet

ANSWERS = 1000
Row = tuple[Any, ...]


def versions() -> list[str]:
    """Return all versions of the schema, the oldest first."""
    steps = ScriptDirectory.from_config(_config()).walk_revisions()
    return [step.revision for step in steps][::-1]


@pytest.fixture
def full(engine: Engine, tablet: Tablet) -> Engine:
    """Return a hub with a thousand answers, every tenth of which has a case."""
    answers = [a_response(n, score=n % 11, comment=f"Nr. {n}") for n in range(1, ANSWERS + 1)]
    for number in range(10, ANSWERS + 1, 10):
        answers[number - 1] = reachable(number, tablet.public_key, score=1)
    tablet.give(*answers)
    return engine


@pytest.fixture
def former(engine: Engine, postgres: Postgres, tmp_path: Any) -> Engine:
    """Return an empty database of the same kind."""
    if engine.dialect.name == "sqlite":
        return open_engine(f"sqlite:///{tmp_path / 'former.sqlite'}")
    return open_engine(postgres.url(postgres.create()).replace("postgresql:", "postgresql+psycopg:"))


def tables(connection: Connection) -> list[Table]:
    """Return the tables of a former version, in an order for inserting, with today's types."""
    there = inspect(connection)
    names = set(there.get_table_names())
    return [
        Table(table.name, MetaData(), *(Column(c["name"], table.c[c["name"]].type)
              for c in there.get_columns(table.name)))
        for table in today.sorted_tables if table.name in names
    ]  # fmt: skip


def rows(connection: Connection, table: Table) -> list[Row]:
    """Return all rows of a table, in some order that is always the same."""
    return sorted((tuple(row) for row in connection.execute(select(table))), key=repr)


def test_a_thousand_answers_go_through_every_migration(full: Engine, former: Engine) -> None:
    kept: dict[str, tuple[Table, list[Row]]] = {}
    for version in versions():
        migrate(former, version)
        with full.connect() as source, writing(former) as target:
            for table in tables(target):
                if table.name not in kept and (found := rows(source, table)):
                    names = table.c.keys()
                    target.execute(table.insert(), [dict(zip(names, row, strict=True)) for row in found])
                    kept[table.name] = table, found
            for table, found in kept.values():
                assert rows(target, table) == found, (version, table.name)
    require_current(former)
    assert len(kept["responses"][1]) == ANSWERS
    assert len(case_ids(former)) == ANSWERS // 10
    assert_balanced(former)
    former.dispose()
