"""A copy of the embedded database, taken while it is written to."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from hub.cli import bring_up
from hub.db import open_engine, reading, require_current, writing
from hub.db.backup import copy_to
from hub.stores.queries import Store, add_store, all_stores
from hub.vault import open_secrets
from tests.hub.conftest import Clock


def test_a_copy_taken_under_load_is_whole(tmp_path: Path, clock: Clock) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'hub.sqlite'}")
    bring_up(engine)

    def work(number: int) -> None:
        with writing(engine) as connection:
            for part in "ab":
                add_store(connection, Store(f"{number:03}{part}", "Name", "", "UTC", 0), clock())

    with ThreadPoolExecutor(4) as pool:
        done = [pool.submit(work, number) for number in range(60)]
        done[10].result()
        copy_to(engine, tmp_path / "copy.sqlite")
    engine.dispose()
    copy = open_engine(f"sqlite:///{tmp_path / 'copy.sqlite'}")
    require_current(copy)
    with reading(copy) as connection:
        codes = [store.code for store in all_stores(connection)]
    # Of the eleven that were begun first, three may have been under way in the other threads.
    assert len(codes) >= 16
    assert {code[:3] + "a" for code in codes} | {code[:3] + "b" for code in codes} == set(codes)
    copy.dispose()


def test_a_copy_is_for_its_owner_only_and_holds_no_secret(tmp_path: Path) -> None:
    secrets = open_secrets(tmp_path)
    engine = open_engine(f"sqlite:///{tmp_path / 'hub.sqlite'}")
    bring_up(engine)
    file = tmp_path / "copy.sqlite"
    copy_to(engine, file)
    engine.dispose()
    content = file.read_bytes()
    for secret in (secrets.session, secrets.device_seed, secrets.erasure, *secrets.contact_keys.values()):
        assert secret not in content
        assert secret.hex().encode() not in content
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not list(tmp_path.glob("*.part"))


def test_a_copy_never_overwrites_a_file(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'hub.sqlite'}")
    (tmp_path / "copy.sqlite").write_text("precious")
    with pytest.raises(FileExistsError):
        copy_to(engine, tmp_path / "copy.sqlite")
    engine.dispose()
    assert (tmp_path / "copy.sqlite").read_text() == "precious"
