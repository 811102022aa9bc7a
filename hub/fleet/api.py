"""What kiosks ask for: pairing (RFC 8628), and the check of a device key that every other request shows."""

from base64 import b64encode
from collections.abc import Callable
from json import loads
from math import ceil
from secrets import token_hex
from typing import Any, TypeVar

from flask import Blueprint, Response, jsonify, request
from sqlalchemy import Connection

from common.history import identity
from common.wire import PAIRING_KEY_PATH, PAIRING_PATH, UNPAIRING_PATH
from hub.db import reading, writing
from hub.fleet import queries, rules
from hub.fleet.rules import Device, Pairing, Progress, State
from hub.stores.queries import find_store
from hub.web.context import current_hub
from hub.web.problems import Problem, Reason

api = Blueprint("fleet_api", __name__)

D = TypeVar("D", bound=Device)
LARGEST_REQUEST = 4096
"""Bytes. Anybody may ask for a key, so nobody may make the hub read much."""


def require_device(connection: Connection) -> Device:
    """Return the kiosk whose key the request shows; a Problem ends the request of anybody else."""
    return require(connection, queries.find_device)


def require(connection: Connection, find: Callable[[Connection, bytes], D | None]) -> D:
    """Return the kiosk as somebody finds it by the hash of its key; a Problem ends anybody else's request."""
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    device = _found(connection, rules.digest(key), find) if scheme.lower() == "bearer" else None
    if device is None or device.state is State.UNPAIRED:
        raise Problem(Reason.UNKNOWN_DEVICE)
    if device.state is State.LOST:
        raise Problem(Reason.REVOKED_DEVICE)
    return device


def _found(
    connection: Connection, key_hash: bytes, find: Callable[[Connection, bytes], D | None]
) -> D | None:
    """Return the kiosk with a key. A new one takes the old one's place at the first request that shows it."""
    if device := find(connection, key_hash):
        return device
    if not queries.is_offered(connection, key_hash):
        return None
    hub = current_hub()
    with writing(hub.engine) as changing:
        queries.change_key(changing, key_hash, hub.now())
        return find(changing, key_hash)


def require_store(connection: Connection) -> str:
    """Return the code of the store where the kiosk that asks stands now; a Problem ends any other request."""
    return rules.place_at(require_device(connection).places, current_hub().now()).store


@api.post(PAIRING_PATH)
def begin() -> Response:
    """Begin a pairing: a code for a person to read, and one that only this kiosk knows."""
    hub = current_hub()
    device_code, user_code = rules.new_device_code(), rules.new_user_code()
    with writing(hub.engine) as connection:
        waiting = queries.open_pairing(
            connection, rules.digest(device_code), user_code, request.remote_addr or "", hub.now()
        )
    if waiting is not None:
        raise Problem(Reason.TOO_MANY_PAIRINGS, wait=ceil(waiting.total_seconds()))
    address = f"{(hub.settings.address or request.host_url).rstrip('/')}/fleet/pair"
    return jsonify(
        device_code=device_code,
        user_code=rules.shown_code(user_code),
        verification_uri=address,
        verification_uri_complete=f"{address}?code={rules.shown_code(user_code)}",
        expires_in=int(rules.LIFE.total_seconds()),
        interval=rules.INTERVAL_SECONDS,
    )


@api.post(PAIRING_KEY_PATH)
def hand_over() -> Response:
    """Give the kiosk its key, as soon as its code has been approved."""
    hub = current_hub()
    now, code = hub.now(), _device_code()
    with writing(hub.engine) as connection:
        pairing = queries.find_pairing(connection, rules.digest(code))
        progress = rules.progress(pairing, now)
        if pairing and progress is Progress.APPROVED:
            return jsonify(_paired(connection, code, pairing))
        queries.note_poll(connection, rules.digest(code), now)
    raise Problem(Reason[progress.value.upper()])


@api.post(UNPAIRING_PATH)
def unpair() -> Response:
    """Take the word of a kiosk that it belongs here no more: its key is worth nothing from now on."""
    hub = current_hub()
    with reading(hub.engine) as connection:
        device = require_device(connection)
    with writing(hub.engine) as connection:
        [kiosk] = queries.find_kiosks(connection, device.id)
        queries.declare(connection, kiosk, State.UNPAIRED, "kiosk", hub.now())
    return jsonify({})


def _device_code() -> str:
    request.max_content_length = LARGEST_REQUEST
    try:
        document = loads(request.get_data(cache=False))
    except (ValueError, RecursionError):
        # Flask's own reader knows no RecursionError, and nesting by the thousand would be a crash.
        document = None
    code = document.get("device_code") if isinstance(document, dict) else None
    if not isinstance(code, str) or not code.isascii():
        raise Problem(Reason.BAD_REQUEST, "device_code is missing.")
    return code


def _paired(connection: Connection, device_code: str, pairing: Pairing) -> dict[str, Any]:
    hub = current_hub()
    key = rules.device_key(device_code, hub.secrets.device_seed)
    kiosk = pairing.kiosk or identity("kiosk", token_hex(), given_at=hub.now())
    if pairing.kiosk is None:
        digests = rules.digest(device_code), rules.digest(key)
        queries.add_kiosk(connection, digests[0], pairing, kiosk, digests[1], hub.now())
        queries.TRIES.take_back(connection, rules.asking_limits(request.remote_addr or ""))
    store = find_store(connection, pairing.store or "")
    assert store is not None  # noqa: S101 - a foreign key says so
    return {
        "kiosk": kiosk,
        "device_key": key,
        "store": store.code,
        "store_name": store.name,
        "time_zone": store.time_zone,
        "touchpoint": pairing.touchpoint,
        "public_key": b64encode(hub.secrets.public_key).decode(),
    }
