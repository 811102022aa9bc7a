"""The description's address. It is the same for everybody and holds no secret, so it asks for no key."""

from flask import Blueprint, Response, jsonify

from common.wire import OPENAPI_PATH
from hub.openapi.document import describe

api = Blueprint("openapi", __name__)


@api.get(OPENAPI_PATH)
def openapi() -> Response:
    """Answer with the description of this API."""
    return jsonify(describe())
