"""The composition root of a hub: one Flask application out of settings and a clock."""

from collections.abc import Callable
from datetime import datetime
from math import inf

from flask import Flask
from sqlalchemy import Connection

import hub.alerts.tables
import hub.db.audit
import hub.fleet.tables
import hub.followup.tables
import hub.people.tables
import hub.programs.tables
import hub.responses.tables
import hub.stores.tables
import hub.surveys.tables  # noqa: F401 - the metadata is whole once every table has been imported
from common.wire import LARGEST_BATCH
from hub import openapi
from hub.alerts import pages as alerts
from hub.alerts.neighbours import Neighbours
from hub.alerts.queries.board import open_alarms
from hub.alerts.queries.watching import going_on
from hub.alerts.rules.post import Reader
from hub.alerts.words import sentence
from hub.clock import utc_now
from hub.config import Settings
from hub.db import open_engine
from hub.doubts import pages as doubts
from hub.fleet import api as fleet
from hub.fleet import pages as fleet_pages
from hub.fleet.neighbours import Neighbours as FleetNeighbours
from hub.fleet.queries import at_work
from hub.fleet.reports import make_reports
from hub.followup import pages as followup
from hub.followup.queries import waiting_by_store
from hub.ingest import api as ingest
from hub.ingest.pace import Pace
from hub.people.pages import welcome
from hub.people.queries import active_people
from hub.people.rules import Role
from hub.privacy import pages as privacy
from hub.programs.api import require_program
from hub.scores import pages as scores
from hub.surveys import api as surveys
from hub.surveys.queries import settings_for, settings_versions
from hub.vault import Vault
from hub.web import problems
from hub.web.application import Application
from hub.web.context import Hub
from hub.web.dress import dress
from hub.web.failure import failure_page


def create_app(settings: Settings, *, now: Callable[[], datetime] = utc_now) -> Flask:
    """Return the application for a database that is already migrated.

    Raise DatabaseUnreachable, or OSError if the data folder cannot be written.
    """
    app = Application("hub", static_folder=None, template_folder=None)
    vault = Vault(settings.data)
    app.secret_key = vault.secrets.session
    app.extensions["cerchio"] = Hub(open_engine(settings.url), settings, vault, now)
    app.extensions["cerchio.pace"] = Pace(settings.line_seconds or inf)
    dress(app, settings.secure_cookies)
    welcome(app)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BATCH
    problems.install(app, failure_page)
    reports = make_reports(require_program)
    for api in (fleet.api, ingest.api, surveys.make_api(fleet.require_store), openapi.api, reports):
        app.register_blueprint(api)
    scores.show(app, scores.Neighbours(at_work, waiting_by_store))
    app.extensions["cerchio.fleet"] = FLEET
    app.extensions["cerchio.alerts"] = Neighbours(at_work, settings_for, _readers)
    for room in (followup, fleet_pages, doubts, alerts, privacy):
        app.register_blueprint(room.pages)
    return app


def _said(connection: Connection, kiosk: str, now: datetime) -> str:
    """Return what the alarm about a kiosk says."""
    found = open_alarms(connection, None, now, 1, kiosk=kiosk)
    return sentence(found[0], now) if found else ""


FLEET = FleetNeighbours(going_on, settings_versions, _said)
"""What the fleet is told by alarms and settings."""


def _readers(connection: Connection) -> list[Reader]:
    """Return who may be told of alarms: everybody who may sign in, of the stores that they see."""
    return [
        Reader(person.email, person.language, None if person.role is Role.HEAD_OFFICE else person.stores)
        for person in active_people(connection)
    ]
