"""The version of a store: made anew, brought up to date after a backup, or refused because it is newer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from planner.store import tables
from planner.store.engine import RESTORE, reading, told, writing
from planner.store.faults import StoreError, refused
from planner.store.place import Place

VERSION_TABLE = "planner_store_version"
VERSIONS = ("0001", "0002", "0003")  # of the steps in `migrations`, oldest first
NEWEST = VERSIONS[-1]
ONE_AT_A_TIME = threading.Lock()  # Alembic keeps what it is at in one place for all threads
STEPS = Path(__file__).parent / "migrations"


def bring_up_to_date(engine: Engine, place: Place, *, back_up: Callable[[str], Path]) -> None:
    """Make or upgrade the tables. `back_up` is called with the old version before an upgrade."""
    with reading(engine, place) as connection:
        found = version(connection, place)
    if found == NEWEST:
        return
    copy = None if found is None else back_up(found)
    try:
        with writing(engine, place) as connection:
            if version(connection, place) != NEWEST:  # nobody else was first
                upgrade(connection)
    except StoreError as error:
        if copy is None or error.faults[0].code != "E-S30":
            raise
        message = f"{error.faults[0].message}: it is not upgraded, and as it was"
        raise refused("E-S42", place.name, message, f"please report it; a backup is at {copy}") from error


def version(connection: Connection, place: Place) -> str | None:
    """Return the version of a store, None for an empty database. Raises `StoreError` for what we cannot read."""
    names = set(inspect(connection).get_table_names())
    if VERSION_TABLE not in names:
        strangers = sorted(names if place.path else names & set(tables.metadata.tables))
        if strangers:
            remedy = "name another in PLANNER_STORE"
            raise refused("E-S41", place.name, "is another program's database", remedy, value=strangers[0])
        return None
    found = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608  (a constant)
    if found is None:
        raise refused("E-S32", place.name, "does not say of which version it is", RESTORE)
    if found not in VERSIONS:
        remedy = "use the newer planner, or name another store in PLANNER_STORE"
        raise refused("E-S33", place.name, "was written by a newer planner", remedy, value=str(found))
    return str(found)


def upgrade(connection: Connection, to: str = NEWEST) -> None:
    """Take the steps that are missing, all or none of them."""
    with ONE_AT_A_TIME:
        _upgrade(connection, to)


def _upgrade(connection: Connection, to: str) -> None:
    from alembic import command  # noqa: PLC0415  (only a new or an old store needs it)
    from alembic.config import Config  # noqa: PLC0415

    config = Config(attributes={"connection": connection, "version_table": VERSION_TABLE})
    config.set_main_option("script_location", str(STEPS).replace("%", "%%"))
    command.upgrade(config, to)


def make_tables(engine: Engine, place: Place, *, version: str) -> None:
    """Make the tables of a version in an empty database."""
    with told(place), writing(engine, place) as connection:
        upgrade(connection, version)
