"""Whole stores: backups, restored ones, old days removed, and an inspection of all that is there."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, Engine, Table, delete, func, insert, inspect, select

from planner.store import tables as t
from planner.store.engine import FILE_MODE, make_file, reading, sqlite_engine, sync_folder, told, writing
from planner.store.faults import StoreError, refused
from planner.store.place import Place, data_folder
from planner.store.saving import now_utc
from planner.store.schema import NEWEST, make_tables, upgrade, version
from planner.store.telling import unpacked
from planner.store.values import Checked

ROWS_AT_ONCE = 50


def stamp() -> str:
    """Return the moment as a part of a file name."""
    return datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")


def beside(place: Place, why: str) -> Path:
    """Return the name of a copy that the store makes by itself."""
    home = place.path or data_folder() / "postgresql"
    return home.with_name(f"{home.name}.{why}-{stamp()}.backup")


def back_up(engine: Engine, place: Place, target: Path) -> None:
    """Write a consistent copy of a store in use to a file of SQLite, whole or not at all, and durable."""
    target = target.absolute()
    if target.exists():
        raise refused("E-S38", str(target), "exists already", "give another name")
    if place.path is None:  # for a copy of our own; a folder that the user names is to be there
        data_folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    wanted = Place(path=part)
    with told(Place(path=target)):
        try:
            os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, FILE_MODE))
            if place.path is not None:
                _vacuum_into(engine, place, part)
            else:
                _copy_server(engine, place, wanted)
            with part.open("rb+") as file:
                os.fsync(file.fileno())
            part.rename(target)
            sync_folder(target.parent)
        finally:
            part.unlink(missing_ok=True)


def _vacuum_into(engine: Engine, place: Place, part: Path) -> None:
    with told(place), closing(engine.raw_connection()) as connection:
        connection.cursor().execute("VACUUM INTO ?", (str(part),))


def _copy_server(engine: Engine, place: Place, copy: Place) -> None:
    with reading(engine, place) as source:
        found = version(source, place) or NEWEST
        into = sqlite_engine(Path(str(copy.path)))
        make_tables(into, copy, version=found)
        with writing(into, copy) as target:
            for table in t.metadata.sorted_tables:
                copy_rows(source, target, table)


def copy_rows(source: Connection, target: Connection, table: Table) -> None:
    """Copy a table, as far as its version in the source goes."""
    look = inspect(source)
    if not look.has_table(table.name):
        return
    columns = [table.c[column["name"]] for column in look.get_columns(table.name) if column["name"] in table.c]
    if not columns:
        return
    rows = source.execution_options(stream_results=True).execute(select(*columns).order_by(*table.primary_key))
    for some in rows.partitions(ROWS_AT_ONCE):
        target.execute(insert(table), [dict(row._mapping) for row in some])


@contextmanager
def opened_backup(path: Path) -> Iterator[tuple[Engine, Place]]:
    """Give a copy of a backup that is up to date and sound. Raises `StoreError` E-S38 for any other file."""
    if not path.is_file():
        raise refused("E-S38", str(path), "is no backup", "give a file that planner store backup wrote")
    with tempfile.TemporaryDirectory(prefix="planner-restore-") as folder:
        copy = Place(path=Path(folder) / "copy.db")
        _copy_file(path, Path(folder) / "copy.db")
        engine = sqlite_engine(Path(folder) / "copy.db")
        try:
            with writing(engine, copy) as connection:
                if version(connection, copy) is None:
                    raise refused("E-S38", str(path), "is empty", "give a file that planner store backup wrote")
                upgrade(connection)
            problems = inspected(engine, copy).problems
        except StoreError as error:
            if error.faults[0].code == "E-S38":
                raise
            raise refused("E-S38", str(path), f"cannot be used: {error.faults[0].message}", "give another") from error
        if problems:
            raise refused("E-S38", str(path), f"is damaged: {problems[0]}", "give another")
        yield engine, copy


def _copy_file(path: Path, copy: Path) -> None:
    """Copy a file of SQLite with what its log still holds."""
    try:
        with (
            closing(sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            source.backup(target)
    except sqlite3.Error as error:
        raise refused("E-S38", str(path), f"cannot be read ({error})", "give another") from error


def put_back(engine: Engine, place: Place, backup: Path, *, before: Path) -> None:
    """Put what a backup holds in the place of all that is there, at once; known backups stay known.

    What was there goes to `before`, while nobody else can write.
    """
    contents = [table for table in t.metadata.sorted_tables if table is not t.backups]
    with (
        opened_backup(backup) as (source_engine, copy),
        reading(source_engine, copy) as source,
        writing(engine, place) as target,
    ):
        back_up(engine, place, before)
        for table in reversed(contents):
            target.execute(delete(table))
        for table in contents:
            copy_rows(source, target, table)
        for path in (before, *(Path(path) for path in source.scalars(select(t.backups.c.path)).all())):
            remember(target, path)
        if place.url is not None:
            _number_on(target, contents)


def _number_on(connection: Connection, contents: list[Table]) -> None:
    """Let a server go on behind the numbers that came with the rows, and behind those that it has given already."""
    for table in contents:
        if "id" in table.c:
            newest = connection.scalar(select(func.max(table.c.id))) or 1
            sequence = func.pg_get_serial_sequence(table.name, "id")
            connection.execute(select(func.setval(sequence, func.greatest(func.nextval(sequence), newest))))


def set_aside(path: Path) -> Path:
    """Rename a damaged store, so that it is kept, and return its new name."""
    aside = path.with_name(f"{path.name}.damaged-{stamp()}")
    for end in ("", "-wal", "-shm"):
        part = path.with_name(path.name + end)
        if part.exists():
            shutil.move(part, aside.with_name(aside.name + end))
    make_file(path)
    return aside


def remember(connection: Connection, path: Path) -> None:
    """Note a backup, so that `forget` can name it."""
    if connection.scalar(select(t.backups.c.id).filter_by(path=str(path))) is None:
        connection.execute(insert(t.backups).values(path=str(path), made_utc=now_utc()))


def prune(connection: Connection, before: str) -> tuple[int, int]:
    """Remove all days before a date, and what is known of batches made before it; return how many days and plans."""
    old = select(t.days.c.id).where(t.days.c.date < before)
    plans = connection.execute(delete(t.plans).where(t.plans.c.day_id.in_(old))).rowcount
    connection.execute(delete(t.orders).where(t.orders.c.day_id.in_(old)))
    connection.execute(delete(t.batches).where(t.batches.c.made_utc < before))
    return connection.execute(delete(t.days).where(t.days.c.date < before)).rowcount, plans


def inspected(engine: Engine, place: Place) -> Checked:
    """Look at every page, reference and plan file."""
    problems: list[str] = []
    with reading(engine, place) as connection:
        if place.path is not None:
            pages = connection.exec_driver_sql("PRAGMA integrity_check(20)").scalars()
            problems += [line for line in pages if line != "ok"]
            loose = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            problems += [f"{row[0]} row {row[1]} names a row of {row[2]} that is not there" for row in loose]
        days = connection.scalar(select(func.count()).select_from(t.days)) or 0
        plans = 0
        columns = (t.plans.c.id, t.plans.c.document, t.plans.c.document_sha256, t.provenance.c.plan_id)
        wanted = select(*columns).outerjoin(t.provenance).order_by(t.plans.c.id)
        for some in connection.execution_options(stream_results=True).execute(wanted).partitions(ROWS_AT_ONCE):
            for row in some:
                plans += 1
                if unpacked(row.document, row.document_sha256) is None:
                    problems.append(f"@{row.id} is not what was saved")
                if row.plan_id is None:
                    problems.append(f"@{row.id} has no provenance")
    return Checked(days=days, plans=plans, problems=tuple(problems))
