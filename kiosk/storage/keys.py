"""The keys of this tablet: its device key, which changes, and those that contact details are sealed with.

The next device key is written down before it is offered, and the last one is kept after it was changed. So
no reply that is lost, and no hub that was restored from a backup, locks the tablet out.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any

from common.rescue import key_hash
from common.wire import MOST_KEYS, Keys, NewKeys
from kiosk.storage.database import Database, writing
from kiosk.storage.pairing import PAIRING, Pairing
from kiosk.storage.settings import Settings
from kiosk.storage.statements import DEVICE

LONGEST_VISIT = timedelta(hours=1)
"""So long a customer may seal with the key that was given when their visit began."""

_DEVICE_KEYS, _LEFT = "device_keys", "left_sealing_key"


class TabletKeys:
    """The device keys, in use, next and former, and the ids of the keys for contact details."""

    def __init__(self, db: Database, settings: Settings) -> None:
        self._db, self._settings = db, settings

    def known(self) -> list[str]:
        """Return the device keys by which the hub may know this tablet, the one in use first."""
        kept, pairing = self._kept, self._pairing
        found = [pairing.device_key if pairing else None, kept.get("next"), kept.get("former")]
        return [key for key in found if key]

    def named(self, now: datetime) -> Keys:
        """Return what a batch says of the keys. A new device key that is wanted is drawn and written down."""
        kept = self._kept
        if kept.get("wanted") and not kept.get("next"):
            self._keep(next=token_hex(32))
        following = self._kept.get("next")
        return Keys(self._sealing(now), key_hash(following).hex() if following else None)

    def obey(self, said: NewKeys, at: datetime, every: timedelta) -> None:
        """Use the next device key from now on if the hub has kept it; note that a new one is wanted.

        The hub wants one, or the one in use is so old. at is the hub's time, because a device's clock jumps.
        """
        pairing, following = self._pairing, self._kept.get("next")
        if not following and (self._aged(at, every) or said.renew):
            self._keep(wanted=True)
        if pairing and following and said.following == key_hash(following).hex():
            with writing(self._db):
                self._settings.put(_DEVICE_KEYS, {"former": pairing.device_key, "since": at.isoformat()})
                self._use(replace(pairing, device_key=following))

    def _aged(self, at: datetime, every: timedelta) -> bool:
        said = self._kept.get("since")
        since = datetime.fromisoformat(said) if said else None
        # Earlier versions kept the device's time, which may have been years ahead.
        if since is None or at < since:
            self._keep(since=at.isoformat())
            return False
        return at - since >= every

    def worked(self, key: str) -> None:
        """Go back to the former device key, which was good where the one in use was not; offer that again."""
        pairing = self._pairing
        if pairing and key == self._kept.get("former"):
            with writing(self._db):
                self._keep(next=pairing.device_key, former=None)
                self._use(replace(pairing, device_key=key))

    @property
    def seals_to(self) -> str | None:
        """The id of the key that the next customer's contact details are sealed with."""
        from common.sealing import key_id

        return key_id(self._pairing.public_key) if self._pairing else None

    def leave(self, public_key: bytes, now: datetime) -> None:
        """Note that another key takes the place of the one that was sealed to, if it is another."""
        if self._pairing and self._pairing.public_key != public_key:
            self._settings.put(_LEFT, {"key": self.seals_to, "at": now.isoformat()})

    def forget(self) -> None:
        """Begin anew, as another device."""
        for name in (_DEVICE_KEYS, _LEFT):
            self._settings.put(name, None)

    def _sealing(self, now: datetime) -> tuple[str, ...]:
        left = self._settings.get(_LEFT)
        fresh = left and abs(now - datetime.fromisoformat(left["at"])) < LONGEST_VISIT
        unsent = [key for (key,) in self._db.execute(_UNSENT).fetchall()]
        named = (self.seals_to, left["key"] if fresh else None, *unsent)
        return tuple(dict.fromkeys(key for key in named if key))[:MOST_KEYS]

    @property
    def _pairing(self) -> Pairing | None:
        document = self._settings.get(PAIRING)
        return Pairing.from_document(document) if document else None

    def _use(self, pairing: Pairing) -> None:
        self._settings.put(PAIRING, pairing.to_document())

    @property
    def _kept(self) -> dict[str, Any]:
        kept: dict[str, Any] | None = self._settings.get(_DEVICE_KEYS)
        return kept or {}

    def _keep(self, **changes: Any) -> None:
        self._settings.put(_DEVICE_KEYS, self._kept | changes)


_UNSENT = f"""
    SELECT DISTINCT contact_key FROM responses
    WHERE device = {DEVICE} AND state IN ('open', 'wait', 'held') AND contact_key IS NOT NULL
"""
