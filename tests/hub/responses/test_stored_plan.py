"""What the hub remembers of a batch's responses is found by their ids, however many responses there are."""

from datetime import date

from sqlalchemy import Engine

from hub.db import reading, writing
from hub.responses.queries import stored
from tests.support.answers import an_id
from tests.support.plans import plans
from tests.support.tallies import fill, invented


def test_known_responses_are_found_by_index(engine: Engine) -> None:
    fill(engine, invented(["Milano"], date(2026, 1, 1), 90, 5000))
    with writing(engine) as connection:
        connection.exec_driver_sql("ANALYZE")
    with reading(engine) as connection:
        (told,) = plans(connection, lambda connection: stored(connection, [an_id(1), an_id(2)]))
    assert told.reads_by_index("responses"), str(told)
