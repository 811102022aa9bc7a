"""The survey that a kiosk should show, fetched only when it changed."""

from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from json import dumps

from flask import Blueprint, Response, request
from sqlalchemy import Connection

from common.surveys import to_document
from common.wire import SURVEY_PATH
from hub.db import reading
from hub.surveys.queries import current
from hub.web.context import current_hub


def make_api(require_device: Callable[[Connection], object]) -> Blueprint:
    """Return the API; require_device ends the request of anybody who is no kiosk."""
    api = Blueprint("surveys_api", __name__)

    @api.get(SURVEY_PATH)
    def survey() -> Response:
        """Return the current survey and the public key that contact details are sealed to."""
        hub = current_hub()
        with reading(hub.engine) as connection:
            require_device(connection)
            document = to_document(current(connection))
        public_key = b64encode(hub.secrets.public_key).decode()
        body = dumps({"survey": document, "public_key": public_key}, ensure_ascii=False)
        response = Response(body, mimetype="application/json")
        response.set_etag(sha256(body.encode()).hexdigest()[:32])
        response.cache_control.no_cache = True
        response.cache_control.private = True
        response.make_conditional(request)
        return response

    return api
