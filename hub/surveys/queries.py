"""The SQL of surveys."""

from datetime import datetime
from json import dumps

from sqlalchemy import Connection

from common.surveys import Survey, to_document
from hub.db.dialect import insert_missing
from hub.surveys.tables import surveys


def publish(connection: Connection, survey: Survey, now: datetime) -> None:
    """Publish a version of a survey; one that is published already stays as it is."""
    row = {
        "id": survey.id,
        "version": survey.version,
        "document": dumps(to_document(survey), ensure_ascii=False),
        "published_at": now,
    }
    insert_missing(connection, surveys, [row])
