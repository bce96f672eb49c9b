"""Backups are whole and can be put back, also into another database, and nothing is lost by that."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from planner.store.faults import StoreError
from planner.store.place import find_place
from planner.store.store import Store, open_store, restore_store
from planner.store.values import Edit
from tests.store.plans import plan_of, seed_of
from tests.store.server import Server
from tests.store.test_opening import make_old


def filled(store: Store) -> Store:
    """Two revisions of one day, the second with an edit."""
    first = store.save_plan(plan_of(1))
    store.save_plan(plan_of(2), parent=first.id, edit=Edit(kind="move"))
    return store


def seeds(store: Store) -> list[int]:
    return [seed_of(store.load_plan(entry.id)) for entry in store.history()]


def test_D14_a_backup_of_a_store_in_use_is_a_store_with_all_that_was_acknowledged(store: Store, tmp_path: Path) -> None:
    backup = filled(store).backup(tmp_path / "copy.backup")
    store.save_plan(plan_of(3))
    assert backup.stat().st_mode & 0o777 == 0o600
    copy = open_store(shutil.copy(backup, tmp_path / "copy.db"))
    assert seeds(copy) == [1, 2]
    assert copy.history() == store.history()[:2]
    assert copy.check().problems == ()
    assert store.backups() == (backup,)


def test_a_backup_takes_no_name_that_is_taken_and_leaves_nothing_half_written(store: Store, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("mine")
    with pytest.raises(StoreError, match="E-S38"):
        store.backup(taken)
    with pytest.raises(StoreError, match="E-S30"):
        store.backup(tmp_path / "absent" / "copy.backup")
    assert taken.read_text() == "mine"
    assert list(tmp_path.rglob("*.part*")) == []


def test_a_restored_store_is_as_it_was_and_what_was_there_is_kept(store: Store, tmp_path: Path) -> None:
    backup = filled(store).backup(tmp_path / "copy.backup")
    before = store.history()
    store.save_plan(plan_of(3), parent=2)
    kept = store.restore(backup)
    assert store.history() == before
    assert store.check().problems == ()
    assert set(store.backups()) == {backup, kept}
    assert seeds(open_store(shutil.copy(kept, tmp_path / "kept.db"))) == [1, 2, 3]
    # The number of a plan is never given to another one.
    assert store.save_plan(plan_of(4), parent=2).id > 3


def test_an_older_backup_is_upgraded_on_its_way(store: Store, tmp_path: Path) -> None:
    make_old(str(tmp_path / "old.db"))
    data = (tmp_path / "old.db").read_bytes()
    store.restore(tmp_path / "old.db")
    assert store.check().days == 1
    assert (tmp_path / "old.db").read_bytes() == data


@pytest.mark.parametrize("data", [b"", b"no store at all", b"SQLite format 3\0" + bytes(5_000)])
def test_a_file_that_is_no_backup_is_refused_before_anything_changes(store: Store, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "bad").write_bytes(data)
    filled(store)
    for path in (tmp_path / "bad", tmp_path / "absent"):
        with pytest.raises(StoreError, match="E-S38"):
            store.restore(path)
    assert seeds(store) == [1, 2]


def test_a_backup_with_a_damaged_plan_is_refused(store: Store, tmp_path: Path) -> None:
    backup = filled(store).backup(tmp_path / "copy.backup")
    with closing(sqlite3.connect(backup)) as connection, connection:
        connection.execute("UPDATE plans SET document = x'00' WHERE id = 2")
    with pytest.raises(StoreError, match=r"E-S38 .* is damaged: @2 is not what was saved"):
        store.restore(backup)


def test_D05_a_damaged_store_is_set_aside_when_a_backup_is_restored(file: Path, tmp_path: Path) -> None:
    backup = filled(open_store(file)).backup(tmp_path / "copy.backup")
    file.write_bytes(b"rubbish" * 1_000)
    store, aside = restore_store(backup, file)
    assert seeds(store) == [1, 2]
    assert aside.read_bytes() == b"rubbish" * 1_000
    assert aside.parent == file.parent


def test_a_damaged_store_stays_in_its_place_when_the_backup_cannot_be_used(file: Path, tmp_path: Path) -> None:
    filled(open_store(file))
    file.write_bytes(b"rubbish" * 1_000)
    with pytest.raises(StoreError, match="E-S38"):
        restore_store(tmp_path / "absent", file)
    assert file.read_bytes() == b"rubbish" * 1_000


def test_another_programs_database_is_not_set_aside(file: Path, tmp_path: Path) -> None:
    backup = filled(open_store(tmp_path / "other.db")).backup(tmp_path / "copy.backup")
    file.parent.mkdir()
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TABLE songs (title TEXT)")
    with pytest.raises(StoreError, match="E-S41"):
        restore_store(backup, file)
    assert [path.name for path in file.parent.glob("*.damaged*")] == []


def test_a_store_moves_to_a_server_and_back_by_its_backup(
    file: Path, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    small = filled(open_store(file))
    large = open_store(server.new_database())
    large.restore(small.backup(tmp_path / "copy.backup"))
    assert large.history() == small.history()
    assert large.save_plan(plan_of(3), parent=2).revision == 3
    back = open_store(tmp_path / "back.db")
    back.restore(large.backup(tmp_path / "server.backup"))
    assert back.history() == large.history()
    assert seeds(back) == [1, 2, 3]
    assert find_place(file).path == file


def test_old_days_are_removed_with_all_that_belongs_to_them(store: Store) -> None:
    for seed, date in enumerate(("2026-01-30", "2026-01-31", "2026-02-01")):
        first = store.save_plan(plan_of(seed, date=date), edit=Edit(kind="move"))
        store.save_plan(plan_of(seed + 10, date=date), parent=first.id)
    assert store.prune("2026-02-01") == (2, 4)
    assert seeds(store) == [2, 12]
    assert [found.date for found in store.find_customer("o1")] == ["2026-02-01"]
    assert store.check().problems == ()
    assert store.save_plan(plan_of(9)).id == 7
