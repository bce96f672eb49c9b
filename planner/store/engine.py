"""Connections that lose nothing: how each database is spoken to, and what its errors mean."""

from __future__ import annotations

import errno
import logging
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from planner.store.faults import StoreError, refused
from planner.store.place import VARIABLE, Place, refuse_remote

BUSY_S = 10.0  # that a writer waits for another one
WRITES = "planner_writes"  # the option of a connection that is going to write
SILENT = logging.NullHandler()
LOCK = 0x706C616E  # the advisory lock of all writers in PostgreSQL
FOLDER_MODE, FILE_MODE = 0o700, 0o600

RESTORE = "keep it, and bring back a backup: planner store restore FILE"
BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def make_engine(place: Place) -> Engine:
    """Return the engine of a place. A connection is opened for each use, so that no two threads share one."""
    if place.path is not None:
        return sqlite_engine(place.path)
    try:
        url = make_url(str(place.url))
    except (ArgumentError, ValueError):
        remedy = "write it as postgresql+psycopg://user@host/database"
        raise refused("E-S36", VARIABLE, "is no address of a database", remedy, value=place.name) from None
    connecting = {"connect_timeout": int(BUSY_S)}
    try:
        engine = create_engine(url, poolclass=NullPool, hide_parameters=True, connect_args=connecting)
    except ImportError as error:  # no Psycopg, or one without the library of PostgreSQL
        remedy = "pip install 'micro-ev-planner[postgres]'"
        raise refused("E-S36", place.name, f"needs the packages for PostgreSQL ({error})", remedy) from error
    event.listen(engine, "begin", _begin_postgres)
    # Of a connection that is lost it says what we say, and where nobody listens it says so on stderr.
    logging.getLogger("psycopg").addHandler(SILENT)
    return engine


def sqlite_engine(path: Path) -> Engine:
    """Return the engine of a file, which need not exist."""
    url = URL.create("sqlite", database=str(path))
    # Errors are told without the values of a statement, which may be somebody's address.
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True, connect_args={"timeout": BUSY_S})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def make_file(path: Path) -> None:
    """Make an empty store that only its owner can read, and its folder, unless there is one."""
    refuse_remote(path)
    if path.exists() and not path.is_file():
        kind = "is a folder" if path.is_dir() else "is no regular file"
        raise refused("E-S30", str(path), kind, "give the name of a file")
    for folder in reversed([folder for folder in path.parents if not folder.exists()]):
        folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, FILE_MODE))
        sync_folder(path.parent)


def close_to_others(path: Path) -> None:
    """Let only the owner read a file that is known to be a store."""
    if os.name == "posix" and path.stat().st_mode & 0o077:
        with suppress(PermissionError):  # it belongs to another user, who has let us in
            path.chmod(FILE_MODE)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable, where the system can."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _prepare_sqlite(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # transactions begin where we say so
    until_s = time.monotonic() + BUSY_S
    while True:
        try:
            # The first to open a new file changes its mode, and nobody else waits for that.
            connection.execute("PRAGMA journal_mode=WAL")
            break
        except sqlite3.OperationalError as error:
            if _primary(error) not in BUSY or time.monotonic() > until_s:
                raise
            time.sleep(0.02)
    # FULL: what is acknowledged survives a loss of power. `secure_delete`: what is erased is overwritten.
    for setting in ("synchronous=FULL", "foreign_keys=ON", "secure_delete=ON", "trusted_schema=OFF"):
        connection.execute(f"PRAGMA {setting}")


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later fails when another one writes in between: take the lock at once.
    writes = connection.get_execution_options().get(WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _begin_postgres(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get(WRITES):
        connection.execute(text("SELECT set_config('lock_timeout', :ms, true)"), {"ms": str(int(BUSY_S * 1000))})
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        # A server that acknowledges before it has written would lose plans with its power.
        connection.execute(
            text(
                "SELECT set_config('synchronous_commit', 'on', true)"
                " WHERE current_setting('synchronous_commit') = 'off'"
            )
        )
    elif options.get("isolation_level") != "AUTOCOMMIT":
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))


@contextmanager
def writing(engine: Engine, place: Place) -> Iterator[Connection]:
    """Give a transaction that no other writer is in; it is kept as a whole when the block ends well."""
    with told(place), engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        yield connection


@contextmanager
def reading(engine: Engine, place: Place) -> Iterator[Connection]:
    """Give a transaction in which nothing changes."""
    with told(place), engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def told(place: Place) -> Iterator[None]:
    """Turn what a database or a disk complains about into a `StoreError`."""
    try:
        yield
    except DBAPIError as error:
        raise _meaning(error.orig or error, place) from error
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        raise _meaning(error, place) from error


def _primary(error: BaseException) -> int:
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def _meaning(error: BaseException, place: Place) -> StoreError:
    code, state = _primary(error), getattr(error, "sqlstate", None)
    full = isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
    if full or code == sqlite3.SQLITE_FULL or state == "53100":
        return refused("E-B06", place.name, "the disk is full; the store is as before", "make room")
    if code in BUSY or state in {"55P03", "40P01", "40001"}:
        return refused("E-S31", place.name, f"is held by another program for {BUSY_S:.0f} s", "try again")
    if code in DAMAGED:
        return refused("E-S32", place.name, f"is damaged, or no store ({_reason(error)})", RESTORE)
    if place.url and (state is None or state[:3] in {"57P", "080"}):
        remedy = "see whether the server runs; planner history tells what was saved"
        return refused("E-S30", place.name, f"does not answer ({_reason(error)})", remedy)
    return refused("E-S30", place.name, f"cannot be used ({_reason(error)})", "check its rights and its disk")


def _reason(error: BaseException) -> str:
    """Return the first line of what went wrong."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
