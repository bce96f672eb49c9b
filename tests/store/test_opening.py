"""A store is made, found, upgraded or refused; what cannot be read is never touched."""

from __future__ import annotations

import os
import sqlite3
import stat
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from planner.store import engine as engines
from planner.store import schema
from planner.store.engine import make_engine, make_file, reading, writing
from planner.store.faults import StoreError
from planner.store.place import file_system, find_place
from planner.store.store import Store, open_store
from planner.store.tables import metadata
from tests.store.plans import plan_of
from tests.store.server import Server


def refusal(url: str | Path, *, create: bool = True) -> str:
    """Return the code and the words with which a store is refused."""
    with pytest.raises(StoreError) as refused:
        open_store(url, create=create)
    return str(refused.value)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_D17_nobody_else_can_read_any_file_of_a_store(file: Path) -> None:
    before = os.umask(0)
    try:
        store = open_store(file)
        with closing(sqlite3.connect(file)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT * FROM days").fetchall()
            store.save_plan(plan_of(1))
            names = {path.name: mode(path) for path in file.parent.iterdir()}
    finally:
        os.umask(before)
    assert names == {"plans.db": 0o600, "plans.db-wal": 0o600, "plans.db-shm": 0o600}
    assert mode(file.parent) == 0o700


def test_a_file_that_others_can_read_is_closed_to_them(file: Path) -> None:
    open_store(file)
    file.chmod(0o644)
    open_store(file)
    assert mode(file) == 0o600


def test_the_store_is_where_the_variable_says_or_in_the_platforms_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.delenv("PLANNER_STORE")
    assert find_place().path == tmp_path / "micro-ev-planner" / "plans.db"
    monkeypatch.setenv("PLANNER_STORE", str(tmp_path / "my.db"))
    assert find_place().path == tmp_path / "my.db"
    monkeypatch.setenv("PLANNER_STORE", f"sqlite:///{tmp_path}/my.db")
    assert find_place().path == tmp_path / "my.db"
    monkeypatch.setenv("PLANNER_STORE", "postgresql://anna:secret@host/plans")
    assert find_place().url == "postgresql+psycopg://anna:secret@host/plans"
    assert find_place().name == "postgresql+psycopg://anna:***@host/plans"


def test_a_database_that_is_not_spoken_to_is_refused() -> None:
    assert 'E-S36 PLANNER_STORE: "mysql"' in refusal("mysql://host/plans")


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("postgresql://anna:sec@ret@host/plans", "postgresql+psycopg://anna:***@host/plans"),
        ("postgres://anna@host:5433/plans", "postgresql+psycopg://anna@host:5433/plans"),
        (
            "postgresql:///plans?host=/tmp&password=secret&user=a",
            "postgresql+psycopg:///plans?host=/tmp&password=***&user=a",
        ),
    ],
)
def test_no_password_is_ever_told(url: str, name: str) -> None:
    assert find_place(url).name == name


def test_a_server_without_its_packages_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    told = refusal("postgresql://host/plans")
    assert "E-S36" in told
    assert "pip install 'micro-ev-planner[postgres]'" in told


@pytest.mark.parametrize(
    "url", ["postgresql://", "postgresql://host:port/x", "postgresql://[::1/x", "sqlite://", "://"]
)
def test_an_address_that_is_none_is_refused_in_a_sentence(url: str) -> None:
    assert refusal(url).startswith(("E-S30", "E-S36"))


def test_a_device_is_no_store() -> None:
    assert "is no regular file" in refusal("/dev/null")


def test_a_folder_is_no_store_and_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir(mode=0o755)
    assert "is a folder" in refusal(tmp_path / "mine")
    assert mode(tmp_path / "mine") == 0o755


def test_several_who_open_a_new_store_at_once_all_can_use_it(url: str) -> None:
    def save(seed: int) -> int:
        return open_store(url).save_plan(plan_of(seed)).id

    with ThreadPoolExecutor(6) as pool:
        ids = set(pool.map(save, range(12)))
    assert ids == set(range(1, 13))
    assert open_store(url).check().problems == ()


def test_a_server_that_does_not_answer_is_told_without_the_password(tmp_path: Path) -> None:
    told = refusal(f"postgresql://anna:secret@/plans?host={tmp_path}")
    assert "E-S30" in told
    assert "does not answer" in told
    assert "secret" not in told


def test_reading_makes_no_store(file: Path) -> None:
    assert "E-S35" in refusal(file, create=False)
    assert not file.parent.exists()


def test_both_databases_hold_what_is_acknowledged(store: Store, url: str) -> None:
    place = find_place(url)
    with writing(make_engine(place), place) as connection:
        if place.path is None:
            assert connection.execute(text("SHOW synchronous_commit")).scalar() == "on"
        else:
            settings = ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
            assert [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in settings] == ["wal", 2, 1, 1]
            strict = connection.exec_driver_sql("SELECT name FROM pragma_table_list WHERE strict = 1").scalars()
            assert set(strict) == set(metadata.tables)


def test_the_steps_make_the_tables_that_the_program_knows(store: Store, url: str) -> None:
    place = find_place(url)
    options = {"version_table": schema.VERSION_TABLE}
    with reading(make_engine(place), place) as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts=options), metadata) == []
    config = Config()
    config.set_main_option("script_location", str(schema.STEPS))
    steps = ScriptDirectory.from_config(config)
    assert tuple(reversed([step.revision for step in steps.walk_revisions()])) == schema.VERSIONS


def make_old(url: str, version: str = "0001") -> None:
    """Make a store as an older program has left it, with one day in it."""
    place = find_place(url)
    if place.path is not None:
        make_file(place.path)
    engine = make_engine(place)
    schema.make_tables(engine, place, version=version)
    with writing(engine, place) as connection:
        connection.execute(text("INSERT INTO days (date, time_zone, currency) VALUES ('2026-01-02', 'UTC', 'EUR')"))


def test_D06_an_older_store_is_upgraded_after_a_backup_of_it(url: str, tmp_path: Path) -> None:
    make_old(url)
    store = open_store(url)
    assert store.check().days == 1
    store.save_plan(plan_of(1))
    (backup,) = store.backups()
    assert "before-upgrade-of-0001" in backup.name
    assert mode(backup) == 0o600
    with closing(sqlite3.connect(backup)) as copy:
        assert copy.execute(f"SELECT version_num FROM {schema.VERSION_TABLE}").fetchall() == [("0001",)]
        assert copy.execute("SELECT date FROM days").fetchall() == [("2026-01-02",)]
        assert copy.execute("SELECT count(*) FROM plans").fetchall() == [(0,)]
    assert open_store(url).backups() == (backup,)


def test_D06_an_upgrade_that_fails_leaves_the_store_as_it_was(url: str) -> None:
    make_old(url)
    place = find_place(url)
    with writing(make_engine(place), place) as connection:
        connection.execute(text("CREATE TABLE backups (mine INTEGER)"))  # the step cannot make it
    told = refusal(url)
    assert "E-S42" in told
    assert "before-upgrade-of-0001" in told
    with reading(make_engine(place), place) as connection:
        assert schema.version(connection, place) == "0001"


def test_D06_a_newer_store_is_refused_and_not_touched(store: Store, url: str) -> None:
    place = find_place(url)
    with writing(make_engine(place), place) as connection:
        connection.execute(text(f"UPDATE {schema.VERSION_TABLE} SET version_num = '0099'"))
    before = None if place.path is None else place.path.read_bytes()
    assert f'E-S33 {place.name}: "0099" was written by a newer planner' in refusal(url)
    assert before is None or (place.path is not None and place.path.read_bytes() == before)


def test_another_programs_database_is_refused_and_not_touched(url: str) -> None:
    place = find_place(url)
    if place.path is not None:
        make_file(place.path)
        place.path.chmod(0o640)
    with writing(make_engine(place), place) as connection:
        connection.execute(text("CREATE TABLE orders (mine INTEGER)"))
    before = None if place.path is None else (mode(place.path), place.path.read_bytes())
    assert "E-S41" in refusal(url)
    assert before is None or (place.path is not None and before == (mode(place.path), place.path.read_bytes()))


def damage_all(data: bytes) -> bytes:
    return b"PK\x03\x04" + data[4:]


def damage_half(data: bytes) -> bytes:
    return data[: len(data) // 2]


@pytest.mark.parametrize("damage", [damage_all, damage_half])
def test_D05_a_damaged_store_is_told_and_kept_as_it_is(file: Path, damage: Callable[[bytes], bytes]) -> None:
    store = open_store(file)
    for seed in range(20):
        store.save_plan(plan_of(seed))
    file.write_bytes(damage(file.read_bytes()))
    before = file.read_bytes()
    with pytest.raises(StoreError, match="E-S32"):
        open_store(file).check()
    assert file.read_bytes() == before


def test_D05_a_flipped_bit_in_a_plan_is_noticed(file: Path) -> None:
    store = open_store(file)
    store.save_plan(plan_of(1))
    store.save_plan(plan_of(2))
    with closing(sqlite3.connect(file)) as connection, connection:
        (document,) = connection.execute("SELECT document FROM plans WHERE id = 2").fetchone()
        flipped = bytes([*document[:200], document[200] ^ 4, *document[201:]])
        connection.execute("UPDATE plans SET document = ? WHERE id = 2", (flipped,))
    assert store.check().problems == ("@2 is not what was saved",)
    assert store.load_plan(1)
    with pytest.raises(StoreError, match=r"E-S32 .*@2.* is damaged"):
        store.load_plan(2)


def test_D03_a_store_that_another_program_holds_is_told_to_be_busy(
    store: Store, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "BUSY_S", 0.3)
    place, waiting = find_place(url), open_store(url)
    with writing(make_engine(place), place):
        with pytest.raises(StoreError, match="E-S31"):
            waiting.save_plan(plan_of(1))
        assert waiting.history() == []  # who reads is not held up
    assert waiting.save_plan(plan_of(1)).revision == 1


MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
server:/home /home nfs4 rw 0 0
/dev/sdb1 /home/anna/my\\040disk ext4 rw 0 0
broken
"""


@pytest.mark.parametrize(
    ("path", "system"),
    [("/var/plans.db", "ext4"), ("/home/ben/plans.db", "nfs4"), ("/home/anna/my disk/plans.db", "ext4")],
)
def test_D07_the_disk_of_another_machine_is_known_by_its_mount(path: str, system: str) -> None:
    assert file_system(Path(path), MOUNTS) == system


def test_D07_a_store_on_the_disk_of_another_machine_is_refused(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/sda1 / ext4 rw 0 0\nserver:/x {tmp_path} nfs4 rw 0 0\n")
    monkeypatch.setattr("planner.store.place.MOUNTS", mounts)
    assert "E-S40" in refusal(file)
    assert not file.exists()


def test_a_server_without_waiting_for_its_disk_waits_for_it_when_a_plan_is_saved(server: Server) -> None:
    url = server.new_database()
    server.say(f"ALTER DATABASE {url.partition('?')[0].rpartition('/')[2]} SET synchronous_commit = off")
    place = find_place(url)
    with writing(make_engine(place), place) as connection:
        assert connection.execute(text("SHOW synchronous_commit")).scalar() == "on"
    with reading(make_engine(place), place) as connection:
        assert connection.execute(text("SHOW synchronous_commit")).scalar() == "off"
