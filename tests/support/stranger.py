"""A kiosk by somebody who has read WIRE.md and nothing else: requests, PyNaCl and the standard library.

It keeps its answers in memory, so it is no kiosk for a shop. What it cannot do without looking into
another file of this repository, WIRE.md does not say well enough.
"""

import gzip
import json
import time
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from secrets import token_bytes
from typing import Any
from uuid import UUID

import requests
from nacl.public import PublicKey, SealedBox

PATIENCE = 30


@dataclass
class Stranger:
    """One kiosk at a hub. waiting and quarantined hold responses by id, the latter with the hub's code."""

    hub: str
    paired: dict[str, Any] = field(default_factory=dict)
    survey: dict[str, Any] = field(default_factory=dict)
    tag: str = ""
    sequence: int = 0
    waiting: dict[str, dict[str, Any]] = field(default_factory=dict)
    delivered: dict[str, dict[str, Any]] = field(default_factory=dict)
    quarantined: dict[str, str] = field(default_factory=dict)
    offset: int | None = None
    receipt: dict[str, Any] = field(default_factory=dict)

    def ask_for_code(self) -> dict[str, Any]:
        """Begin a pairing; user_code is for somebody at the hub."""
        begun: dict[str, Any] = self._post("/api/v1/pairing", {}).json()
        return begun

    def ask_for_key(self, device_code: str) -> str:
        """Ask for the key; return the hub's code where there is none yet."""
        reply = self._post("/api/v1/pairing/key", {"device_code": device_code})
        if reply.status_code != 200:
            return problem(reply)
        self.paired = reply.json()
        return ""

    def fetch(self) -> bool:
        """Get the survey and the key if they changed; say whether they did."""
        headers = self._authorization() | ({"If-None-Match": self.tag} if self.tag else {})
        reply = requests.get(
            self.hub + "/api/v1/survey", headers=headers, timeout=PATIENCE, allow_redirects=False
        )
        if reply.status_code == 304:
            return False
        assert reply.status_code == 200, problem(reply)
        self.survey, self.tag = reply.json()["survey"], reply.headers["ETag"]
        self.paired["public_key"] = reply.json()["public_key"]
        return True

    def give(self, score: Any, email: str = "", **more: Any) -> str:
        """Take an answer in the survey's first language; return its id."""
        self.sequence += 1
        response = {
            "id": uuid7(),
            "sequence": self.sequence,
            "survey": self.survey["id"],
            "version": self.survey["version"],
            "kind": self.survey["kind"],
            "touchpoint": self.paired["touchpoint"],
            "channel": "kiosk",
            "language": next(iter(self.survey["wording"])),
            "score": score,
            "given_at": now(),
        }
        if email:
            response["contact"] = self._sealed(response, email)
        self.waiting[response["id"]] = response | more
        return str(response["id"])

    def sync(self) -> str:
        """Bring all that waits; return the hub's code where that failed. Only a receipt changes anything."""
        sent_at, headers = time.time(), {"Content-Encoding": "gzip"} | self._authorization()
        reply = self._post("/api/v1/sync", self._batch(), headers)
        if reply.status_code != 200:
            return problem(reply)
        self.receipt = reply.json()
        middle = (sent_at + time.time()) / 2
        self.offset = round((datetime.fromisoformat(self.receipt["received_at"]).timestamp() - middle) * 1000)
        for verdict in self.receipt["verdicts"]:
            self._obey(verdict)
        for first, last in self.receipt["missing"]:
            again = [each for each in self.delivered.values() if first <= each["sequence"] <= last]
            for response in again:
                self.waiting[response["id"]] = self.delivered.pop(response["id"])
        return ""

    def _obey(self, verdict: dict[str, Any]) -> None:
        response = self.waiting.pop(verdict["id"], None)
        if response is None:
            return
        response.pop("contact", None)
        if verdict["outcome"] == "refused":
            self.quarantined[verdict["id"]] = verdict["code"]
        else:
            self.delivered[verdict["id"]] = response

    def _batch(self) -> dict[str, Any]:
        counts = {name: len(getattr(self, name)) for name in ("delivered", "waiting", "quarantined")}
        oldest = min((response["given_at"] for response in self.waiting.values()), default=None)
        return {
            "protocol": 1,
            "sent_at": now(),
            "totals": {"given": self.sequence, **counts, "oldest_waiting": oldest},
            "health": {
                "app": "stranger 1",
                "survey": self.survey.get("version", 0),
                "free_disk": 10**9,
                "offset": self.offset,
            },
            "responses": sorted(self.waiting.values(), key=lambda response: response["sequence"]),
        }

    def _sealed(self, response: dict[str, Any], email: str) -> dict[str, Any]:
        key = b64decode(self.paired["public_key"])
        inside = json.dumps({"id": response["id"], "email": email, "phone": ""}).encode()
        consent = {"text": self.survey["consent_text"], "language": response["language"], "given_at": now()}
        return {
            "key": sha256(key).hexdigest()[:16],
            "box": b64encode(SealedBox(PublicKey(key)).encrypt(inside)).decode(),
            "consent": consent,
        }

    def _authorization(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.paired['device_key']}"}

    def _post(self, path: str, document: Any, headers: dict[str, str] | None = None) -> requests.Response:
        body = json.dumps(document).encode()
        body = gzip.compress(body) if headers else body
        kind = {"Content-Type": "application/json"} | (headers or {})
        return requests.post(self.hub + path, body, headers=kind, timeout=PATIENCE, allow_redirects=False)


def problem(reply: requests.Response) -> str:
    """Return the code of a hub's problem; what is no hub's answer has none."""
    known = reply.headers["Content-Type"].partition(";")[0] == "application/problem+json"
    return str(reply.json()["code"]) if known else "not the hub"


def now() -> str:
    """Return the time as it travels."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def uuid7() -> str:
    """Return a fresh UUIDv7 (RFC 9562): 48 bits of milliseconds, the version, the variant, and chance."""
    number = int.from_bytes(int(time.time() * 1000).to_bytes(6) + token_bytes(10))
    number = number & ~(0xF << 76) | (7 << 76)
    return str(UUID(int=number & ~(0b11 << 62) | (0b10 << 62)))
