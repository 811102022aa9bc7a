"""Keys that change: those for contact details, and a device's own, whatever reply is lost."""

from base64 import b64decode
from dataclasses import replace
from json import loads
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from common.responses import Contact
from common.sealing import key_id, unseal
from common.wire import SURVEY_PATH, UNPAIRING_PATH, Code, Keys, Outcome, Receipt, batch_document, read_batch
from common.wire import read_receipt as read
from hub.cli import main
from hub.config import Settings
from hub.db import reading, writing
from hub.db.audit import audit
from hub.fleet.queries import find_kiosks, want_new_key
from hub.fleet.rules import State, digest
from hub.fleet.tables import kiosks
from hub.vault import Vault, add_contact_key
from hub.web.context import Hub
from tests.hub.conftest import Clock, PairTablet
from tests.support.answers import a_response, an_id
from tests.support.books import stored_rows
from tests.support.contacts import ANNA, reachable
from tests.support.tablet import Reply, Tablet

NEW_KEY = "a" * 64
NEXT = digest(NEW_KEY).hex()


def send(tablet: Tablet, keys: Keys | None, *answers: Any) -> Reply:
    """Send a batch that names keys."""
    document = tablet.document(tablet.number(*answers))
    return tablet.post(batch_document(replace(read_batch(document), keys=keys)))


def sync(tablet: Tablet, keys: Keys | None, *answers: Any) -> Receipt:
    """Send a batch that names keys, and believe the receipt."""
    reply = send(tablet, keys, *answers)
    assert reply.status == 200, reply.body
    return read(reply.document)


def run(settings: Settings, *arguments: str, typed: str = "") -> Result:
    options = ["--data", str(settings.data), "--database", settings.database]
    return CliRunner().invoke(main, [*options, *arguments], input=typed)


def must(settings: Settings, *arguments: str, typed: str = "") -> str:
    done = run(settings, *arguments, typed=typed)
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture
def first(tablet: Tablet) -> str:
    """Return the id of the key for contact details that the hub began with."""
    return key_id(tablet.public_key)


def offered(client: FlaskClient, tablet: Tablet) -> bytes:
    """Return the key for contact details that comes with the survey."""
    answer = client.get(SURVEY_PATH, headers={"Authorization": f"Bearer {tablet.key}"})
    assert answer.json is not None
    return b64decode(answer.json["public_key"])


def test_w17_a_receipt_names_the_key_to_seal_to_unless_the_kiosk_does(tablet: Tablet, first: str) -> None:
    assert sync(tablet, Keys((first,))).keys.sealing is None
    assert sync(tablet, Keys(("0" * 16, first))).keys.sealing == first
    assert sync(tablet, None).keys.sealing == first


def test_w17_a_new_key_comes_with_the_survey_while_the_hub_runs(
    tablet: Tablet, client: FlaskClient, settings: Settings, first: str
) -> None:
    assert "Copy " in must(settings, "renew-contact-key")
    second = sync(tablet, Keys((first,))).keys.sealing
    assert second
    assert second != first
    assert key_id(offered(client, tablet)) == second


def test_w17_what_was_sealed_with_old_keys_goes_on_opening(
    tablet: Tablet, app: Flask, client: FlaskClient, engine: Engine, settings: Settings
) -> None:
    old = tablet.public_key
    must(settings, "renew-contact-key")
    new = offered(client, tablet)
    answers = (reachable(1, old), reachable(2, new), reachable(3, old))
    assert [each.outcome for each in sync(tablet, None, *answers).verdicts] == [Outcome.ACCEPTED] * 3
    hub: Hub = app.extensions["cerchio"]
    for id_, row in stored_rows(engine).items():
        assert unseal(row["contact_box"], id_, hub.secrets.contact_keys[row["contact_key"]]) == ANNA


def test_w17_an_old_key_stays_while_anything_or_anybody_needs_it(
    tablet: Tablet, pair_tablet: PairTablet, engine: Engine, settings: Settings, clock: Clock, first: str
) -> None:
    second = pair_tablet()
    sync(tablet, Keys((first,)), reachable(1, tablet.public_key))
    new = must(settings, "renew-contact-key").split()[5]
    done = run(settings, "retire-contact-key", first, "--yes")
    assert done.exit_code == 1
    assert "Answers whose contact details are sealed with it, until they are deleted: 1." in done.output
    assert "These kiosks use it, or have answers with it: rome-1." in done.output
    assert "These kiosks have not said which key they use: rome-2." in done.output
    must(settings, "forget", an_id(1), "--yes")
    sync(tablet, Keys((new, first)))
    sync(second, Keys((new,)))
    assert (
        "answers with it: rome-1. Let them sync."
        in run(settings, "retire-contact-key", first, "--yes").output
    )
    sync(tablet, Keys((new,)))
    assert must(settings, "retire-contact-key", first, "--yes") == f"The key {first} is gone.\n"
    refused = sync(tablet, Keys((new,)), reachable(2, tablet.public_key)).verdicts
    assert [verdict.code for verdict in refused] == [Code.BAD_CONTACT]
    with reading(engine) as connection:
        done_ = connection.execute(select(audit.c.action, audit.c.subject).order_by(audit.c.id)).all()
    assert {("contact key made", new), ("contact key retired", first)} <= {(*each,) for each in done_}


def test_w17_a_kiosk_that_is_lost_holds_up_no_key(tablet: Tablet, settings: Settings, first: str) -> None:
    sync(tablet, Keys((first,)))
    must(settings, "renew-contact-key")
    must(settings, "report-lost", "rome-1", "--yes")
    must(settings, "retire-contact-key", first, typed="y\n")
    assert [each["state"] for each in loads(must(settings, "contact-keys", "--json"))] == ["current"]


@pytest.mark.parametrize(
    ("key", "sentence"),
    [("current", "Kiosks seal to this key now"), ("0123", "There is no key 0123")],
)
def test_a_key_in_use_and_one_that_is_none_cannot_be_retired(
    tablet: Tablet, settings: Settings, first: str, key: str, sentence: str
) -> None:
    done = run(settings, "retire-contact-key", first if key == "current" else key, "--yes")
    assert done.exit_code == 1
    assert sentence in done.output


def test_keys_are_listed_with_who_needs_them(tablet: Tablet, settings: Settings, first: str) -> None:
    sync(tablet, Keys((first,)), reachable(1, tablet.public_key))
    second = must(settings, "renew-contact-key").split()[5]
    assert loads(must(settings, "contact-keys", "--json")) == [
        {"key": first, "state": "old", "answers": 1, "kiosks": ["rome-1"]},
        {"key": second, "state": "current", "answers": 0, "kiosks": []},
    ]
    told = run(settings, "contact-keys").stdout.splitlines()
    assert [line.split() for line in told] == [
        ["key", "state", "answers", "kiosks"], [first, "old", "1", "1"], [second, "current", "0", "0"],
    ]  # fmt: skip


def test_a_key_that_was_retired_is_not_made_again(tmp_path: Path) -> None:
    vault = Vault(tmp_path)
    before = vault.secrets.contact_key
    for _ in range(9):
        add_contact_key(tmp_path)
    after = vault.secrets
    assert (len(after.contact_keys), next(iter(after.contact_keys))) == (10, before)
    (tmp_path / "secrets" / "contact-1.key").unlink()
    assert vault.secrets.contact_key == after.contact_key
    assert list(vault.secrets.contact_keys) == list(after.contact_keys)[1:]


def keys_of(engine: Engine) -> Any:
    """Return what the database keeps of a kiosk's keys."""
    with reading(engine) as connection:
        return connection.execute(select(kiosks)).one()


def test_w18_the_old_key_is_good_until_the_new_one_is_shown(tablet: Tablet, engine: Engine) -> None:
    assert sync(tablet, Keys((), NEXT)).keys.following == NEXT
    assert sync(tablet, Keys((), NEXT), a_response(1)).keys.following == NEXT, "the receipt may be lost"
    assert sync(tablet, Keys(())).keys.following is None
    old, tablet.key = tablet.key, NEW_KEY
    assert sync(tablet, Keys(()), a_response(2)).verdicts[0].outcome is Outcome.ACCEPTED
    tablet.key = old
    assert send(tablet, Keys(())).code == "unknown_device", "whoever stole it has nothing"
    tablet.key = NEW_KEY
    assert send(tablet, Keys(())).status == 200
    kept = keys_of(engine)
    assert (kept.key_hash, kept.next_key_hash, kept.former_key_hash) == (digest(NEW_KEY), None, digest(old))
    assert kept.received == 2


def test_w18_a_new_key_may_be_shown_first_for_the_survey(tablet: Tablet, client: FlaskClient) -> None:
    sync(tablet, Keys((), NEXT))
    old, tablet.key = tablet.key, NEW_KEY
    assert offered(client, tablet) == tablet.public_key
    tablet.key = old
    assert send(tablet, None).code == "unknown_device"


def test_w18_the_last_one_offered_is_the_one_that_counts(tablet: Tablet) -> None:
    sync(tablet, Keys((), digest("b" * 64).hex()))
    sync(tablet, Keys((), NEXT))
    tablet.key = "b" * 64
    assert send(tablet, None).code == "unknown_device"
    tablet.key = NEW_KEY
    assert send(tablet, None).status == 200


def test_w18_a_new_key_is_wished_for_until_it_is_used(
    tablet: Tablet, settings: Settings, engine: Engine
) -> None:
    assert not sync(tablet, Keys(())).keys.renew
    assert must(settings, "renew-key", "rome-1") == "rome-1 takes a new key at its next syncs.\n"
    assert sync(tablet, Keys(())).keys.renew
    receipt = sync(tablet, Keys((), NEXT))
    assert (receipt.keys.renew, receipt.keys.following) == (False, NEXT)
    assert keys_of(engine).new_key_wanted
    tablet.key = NEW_KEY
    assert not sync(tablet, Keys(())).keys.renew
    assert not keys_of(engine).new_key_wanted


def test_w18_the_database_keeps_hashes_only(tablet: Tablet, engine: Engine) -> None:
    old = tablet.key
    sync(tablet, Keys((), NEXT))
    tablet.key = NEW_KEY
    sync(tablet, Keys(()))
    kept = repr(keys_of(engine))
    assert old not in kept
    assert NEW_KEY not in kept
    assert bytes.fromhex(old) not in kept.encode()


def test_w18_keys_that_make_no_sense_hold_up_no_answer(tablet: Tablet, engine: Engine) -> None:
    odd: tuple[Any, ...] = (7, [], {"sealing": "all"}, {"sealing": ["<b>"]}, {"sealing": [], "next": "short"})
    for spoilt in odd:
        document = tablet.document(tablet.number(a_response(tablet.sequence + 1))) | {"keys": spoilt}
        assert read(tablet.post(document).document).verdicts[0].outcome is Outcome.ACCEPTED
    assert keys_of(engine).next_key_hash is None


def test_w19_the_key_of_a_kiosk_that_is_unpaired_is_worth_nothing(
    tablet: Tablet, engine: Engine, settings: Settings
) -> None:
    authorization = {"Authorization": f"Bearer {tablet.key}"}
    assert tablet.send(UNPAIRING_PATH, b"{}", authorization).document == {}
    assert send(tablet, None).code == "unknown_device"
    assert tablet.send(UNPAIRING_PATH, b"", authorization).code == "unknown_device"
    assert keys_of(engine).state == State.UNPAIRED.value
    done = run(settings, "resume-kiosk", "rome-1")
    assert (done.exit_code, done.output) == (1, "Error: rome-1 is unpaired.\n")


def test_w19_nobody_can_unpair_without_a_key(client: FlaskClient) -> None:
    assert client.post(UNPAIRING_PATH).status_code == 401


def test_a_wish_for_a_new_key_is_written_down(tablet: Tablet, engine: Engine, clock: Clock) -> None:
    with writing(engine) as connection:
        [kiosk] = find_kiosks(connection, "rome-1")
        want_new_key(connection, kiosk, "boss@example.org", clock())
    sync(tablet, Keys((), NEXT))
    tablet.key = NEW_KEY
    sync(tablet, None)
    with reading(engine) as connection:
        done = connection.execute(
            select(audit.c.person, audit.c.action, audit.c.subject).order_by(audit.c.id)
        ).all()
    assert [(*each,) for each in done[-2:]] == [
        ("boss@example.org", "kiosk key wanted", "rome-1"), ("kiosk", "kiosk key changed", "rome-1"),
    ]  # fmt: skip


def test_a_contact_of_nobody_is_refused_with_every_key(tablet: Tablet, settings: Settings) -> None:
    must(settings, "renew-contact-key")
    answer = reachable(1, tablet.public_key, Contact())
    assert [each.code for each in sync(tablet, None, answer).verdicts] == [Code.BAD_CONTACT]
