"""The work that nobody asks for: contact details that have been kept for long enough go."""

import logging
from datetime import timedelta

from hub.db import empty_log, reading, writing
from hub.privacy.queries import AT_ONCE, delete_contacts, due_contacts
from hub.privacy.rules import Terms
from hub.web.context import Hub

log = logging.getLogger(__name__)

BY_ITSELF = "the hub itself"


def terms(hub: Hub) -> Terms:
    """Return how long this hub keeps contact details."""
    kept = hub.settings
    return Terms(timedelta(days=kept.keep_after_reply), timedelta(days=kept.keep_at_most))


def delete_due(hub: Hub, person: str = BY_ITSELF) -> int:
    """Delete the contact details that are due, some at a time; return how many answers had them.

    Two processes may do it at once: what one has deleted the other finds no more.
    """
    due, total = terms(hub).due(hub.now()), 0
    while True:
        with reading(hub.engine) as connection:
            ids = due_contacts(connection, due, AT_ONCE)
        if not ids:
            break
        with writing(hub.engine) as connection:
            total += delete_contacts(connection, ids, person, hub.now())
    if total:
        empty_log(hub.engine)
        log.info("The contact details of %d answers were deleted: they were kept for long enough.", total)
    return total
