"""Everything that the tablet remembers, behind one door."""

import json
import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from common.surveys import Survey, from_document, standard_survey, to_document
from common.tablet import Trouble
from common.wire import Receipt
from kiosk.config import Snapshot, unpaired_snapshot, write_snapshot
from kiosk.storage.clocks import Clocks
from kiosk.storage.database import Database, writing
from kiosk.storage.days import Days
from kiosk.storage.doubts import FORMER, Doubts
from kiosk.storage.keys import TabletKeys
from kiosk.storage.last_sync import LastSync, from_kept, to_kept
from kiosk.storage.leaving import Leaving
from kiosk.storage.marks import Marks
from kiosk.storage.outbox import Outbox
from kiosk.storage.pairing import LEFT, PAIRING, Pairing, StillUnsent, UnsentAnswers
from kiosk.storage.preferences import Preferences
from kiosk.storage.running import recount
from kiosk.storage.settings import Settings
from kiosk.storage.traces import Traces

log = logging.getLogger(__name__)


class Storage:
    """The open database. Only the storage thread may use it; see StorageThread and open_storage."""

    def __init__(self, db: Database, folder: Path) -> None:
        self._db = db
        self.folder = folder
        self.settings = Settings(db)
        self.preferences = Preferences(self.settings, folder)
        self.outbox = Outbox(db)
        self.clocks = Clocks(self.settings)
        self.days = Days(db)
        self.doubts = Doubts(db)
        self.marks = Marks(self.settings)
        self.traces = Traces(db, self.settings, folder)
        self.keys = TabletKeys(db, self.settings)
        self.leaving = Leaving(db, self.settings)

    def close(self) -> None:
        """Close the file; its last program writes what is in the log into it."""
        self._db.close()

    def settle(self) -> None:
        """Look through the file, and count again what it says of its answers; raise StorageBroken.

        A start leaves both for later, because they take the longer the more answers there are.
        """
        with writing(self._db):
            wrong = recount(self._db)
        if wrong:
            log.warning("the running totals did not agree with the answers and were counted again")
            self.days.forget()

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make everything inside one durable step, for many visits at once."""
        with writing(self._db):
            yield

    def copy_rows(self, table: str, content: Iterable[dict[str, Any]]) -> None:
        """Insert rows as they are, from another database of the same make; raise sqlite3.IntegrityError."""
        with writing(self._db):
            self._db.table(table).insert_all(content)

    def pairing(self) -> Pairing | None:
        """Return what the hub told this kiosk, or None before it was paired."""
        return self._paired(PAIRING)

    def _paired(self, name: str) -> Pairing | None:
        document = self.settings.get(name)
        return Pairing.from_document(document) if document else None

    def check_leaving(self, hub: str) -> None:
        """Raise UnsentAnswers if another hub than this one should have answers first, or a file."""
        pairing, unsent = self.pairing(), self.leaving.unsent()
        if pairing and pairing.hub != hub and unsent.answers and not unsent.carried:
            raise UnsentAnswers(pairing.hub, unsent.answers)

    def pair(self, pairing: Pairing) -> None:
        """Belong to a hub from now on and take the answers that wait along; raise UnsentAnswers."""
        with writing(self._db):
            self.check_leaving(pairing.hub)
            here = self.pairing()
            before = here or self._paired(LEFT)
            if before and before.hub == pairing.hub:
                self._recall(before)
                self.outbox.move_to(pairing.kiosk, before.kiosk)
            if here is None or here.hub == pairing.hub:
                # What went to its hub in a file stays with it: another one cannot open contact details.
                self.outbox.move_to(pairing.kiosk)
            self._note_former(before, pairing)
            self._keep_pairing(pairing)
            if before and before.hub != pairing.hub:
                self._forget_hub()
            elif before and before.store != pairing.store:
                self._fetch_again()
            self._begin_anew()
        self.refresh_screen()

    def unpair(self) -> Pairing | None:
        """Belong to no hub any more, and return the pairing that was; raise StillUnsent.

        What went along in a file only stays here with the kiosk that this tablet was. The same hub gets it if
        the tablet is paired with it again, another one never does.
        """
        with writing(self._db):
            unsent, pairing = self.leaving.unsent(), self.pairing()
            if unsent.holds:
                raise StillUnsent(unsent)
            if pairing:
                self.settings.put(LEFT, replace(pairing, device_key="").to_document())
                self.settings.put(PAIRING, None)
                self._forget_hub()
                self._begin_anew()
        self.refresh_screen()
        return pairing

    def _forget_hub(self) -> None:
        self.settings.put("survey", None)
        self.preferences.forget_hub()

    def _begin_anew(self) -> None:
        """Forget what was between the device of before and its hub."""
        self.note_sync(LastSync())
        self.marks.forget()
        self.keys.forget()
        self.settings.put("asking", True)

    def _recall(self, before: Pairing) -> None:
        """Let everything wait again if the hub did not know this kiosk any more.

        It was restored from a backup which is older than the pairing, and so lacks all that came since.
        What it has all the same is a duplicate to it.
        """
        if self.last_sync().trouble == Trouble.UNKNOWN_DEVICE:
            for former in self.settings.get(FORMER, []):
                self.outbox.send_everything_again(former)
                self.outbox.move_to(before.kiosk, former)
            self.outbox.send_everything_again(before.kiosk)

    def _note_former(self, before: Pairing | None, after: Pairing) -> None:
        """Keep which kiosks of its hub this tablet was: the hub has their answers and is told of them."""
        stays = before and before.hub == after.hub
        self.settings.put(FORMER, [*self.settings.get(FORMER, []), before.kiosk] if before and stays else [])

    def obey(self, receipt: Receipt) -> None:
        """Take over from a receipt where the kiosk stands and whether it is to ask customers."""
        before = self.pairing()
        if before is None:
            return
        after = replace(
            before,
            store=receipt.store,
            store_name=receipt.store_name,
            time_zone=receipt.time_zone,
            touchpoint=receipt.touchpoint,
        )
        if after.store != before.store:
            self._fetch_again()
        if after != before:
            self._keep_pairing(after)
            self.refresh_screen()
        self.note_asking(receipt.asking)

    def offer_again(self, side: str, version: str) -> int:
        """Let what is quarantined wait once more if a side runs another version now; return how many.

        Who refused an answer, or spelt it wrongly, may have learned better. side is "kiosk" or "hub".
        """
        known = self.settings.get("offered_to", {})
        if known.get(side) == version:
            return 0
        with writing(self._db):
            self.settings.put("offered_to", known | {side: version})
            return self.outbox.offer_again()

    def note_asking(self, asking: bool) -> None:
        """Keep whether head office wants customers to be asked here; the next one is met accordingly."""
        if asking != self.settings.get("asking", True):
            self.settings.put("asking", asking)
            self.refresh_screen()

    def _fetch_again(self) -> None:
        """Forget the hub's mark of the survey: another store may have other settings of the same version."""
        if current := self.settings.get("survey"):
            self.settings.put("survey", current | {"tag": None})

    def survey(self) -> Survey:
        """Return the survey to ask: the last that the hub gave, or the standard one."""
        current = self.settings.get("survey")
        if current is None:
            return standard_survey()
        found = self._db.execute(
            "SELECT document FROM surveys WHERE id = ? AND version = ?", [current["id"], current["version"]]
        )
        return from_document(json.loads(found.fetchone()[0]))

    def survey_tag(self) -> str | None:
        """Return the hub's mark of the survey in use, for "only if it changed"; None before there is one."""
        current = self.settings.get("survey")
        return current["tag"] if current else None

    def use_survey(self, survey: Survey, public_key: bytes, tag: str) -> None:
        """Ask another survey from the next visit on, and seal to this key."""
        pairing = self.pairing()
        document = json.dumps(to_document(survey), ensure_ascii=False)
        with writing(self._db):
            self._db.execute(
                "INSERT INTO surveys (id, version, document) VALUES (?, ?, ?)"
                " ON CONFLICT (id, version) DO UPDATE SET document = excluded.document",
                [survey.id, survey.version, document],
            )
            self.settings.put("survey", {"id": survey.id, "version": survey.version, "tag": tag})
            if pairing:
                self._keep_pairing(replace(pairing, public_key=public_key))
        self.refresh_screen()

    def surveys(self) -> list[Survey]:
        """Return all surveys that were ever asked here and can be read, oldest first."""
        found = []
        for (document,) in self._db.execute("SELECT document FROM surveys ORDER BY version").fetchall():
            with suppress(ValueError):
                found.append(from_document(json.loads(document)))
        return found

    def snapshot(self) -> Snapshot:
        """Return what the window needs to ask the next customer."""
        pairing = self.pairing()
        survey, settings = self.survey(), self.preferences.in_force().settings
        if pairing is None:
            return replace(unpaired_snapshot(), survey=survey, settings=settings)
        return Snapshot(
            store_name=pairing.store_name,
            touchpoint=pairing.touchpoint,
            survey=survey,
            public_key=pairing.public_key,
            paired=True,
            time_zone=pairing.time_zone,
            settings=settings,
            asking=self.settings.get("asking", True),
        )

    def next_snapshot(self) -> Snapshot:
        """Look at settings.json, which may have changed, and return what the next customer is asked."""
        if self.preferences.look(self.survey().languages):
            self.refresh_screen()
        return self.snapshot()

    def set_here(self, part: str, value: Any) -> None:
        """Set a part of the settings on this tablet, None to leave it to others; see Preferences."""
        self.preferences.set_here(part, value, self.survey().languages)
        self.refresh_screen()

    def refresh_screen(self) -> None:
        """Leave the snapshot beside the database for the next start's first frame."""
        try:
            write_snapshot(self.folder, self.snapshot())
        except OSError as reason:
            # The old screen stays and is right again at the next opening; answers matter more.
            log.warning("the first screen could not be written: %s", reason)

    def note_screen(self, cramped: float) -> None:
        """Keep how wide a score is in millimetres where fingers cannot hit it, 0 where they can."""
        if cramped != self.cramped():
            self.settings.put("cramped", cramped)

    def cramped(self) -> float:
        """Return how wide a score is in millimetres if that is too small for fingers, else 0."""
        width: float = self.settings.get("cramped", 0)
        return width

    def broken_files(self) -> tuple[str, ...]:
        """Return the names of databases that were moved aside, oldest first."""
        return tuple(sorted(file.name for file in self.folder.glob("*.broken")))

    def last_sync(self) -> LastSync:
        """Return how the syncs went so far."""
        return from_kept(self.settings.get("last_sync"))

    def note_sync(self, last: LastSync) -> None:
        """Keep how the last sync went."""
        self.settings.put("last_sync", to_kept(last))

    def _keep_pairing(self, pairing: Pairing) -> None:
        self.settings.put(PAIRING, pairing.to_document())
