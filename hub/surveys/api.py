"""The survey and the settings that a kiosk should use, fetched only when they changed."""

from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from json import dumps

from flask import Blueprint, Response, request
from sqlalchemy import Connection

from common.surveys import to_document
from common.wire import SURVEY_PATH
from hub.db import reading
from hub.surveys.queries import current, settings_for
from hub.web.context import current_hub


def make_api(require_store: Callable[[Connection], str]) -> Blueprint:
    """Return the API; require_store says where a kiosk stands and ends the request of anybody who is none."""
    api = Blueprint("surveys_api", __name__)

    @api.get(SURVEY_PATH)
    def survey() -> Response:
        """Return the current survey, the settings, and the public key that contact details are sealed to."""
        hub = current_hub()
        with reading(hub.engine) as connection:
            store = require_store(connection)
            document = {
                "survey": to_document(current(connection, store)),
                "public_key": b64encode(hub.secrets.public_key).decode(),
                "settings": settings_for(connection, store),
            }
        body = dumps(document, ensure_ascii=False)
        response = Response(body, mimetype="application/json")
        response.set_etag(sha256(body.encode()).hexdigest()[:32])
        response.cache_control.no_cache = True
        response.cache_control.private = True
        response.make_conditional(request)
        return response

    return api
