"""Personal data erased from the whole store: orders, plan files, edits and events."""

from __future__ import annotations

import json
import secrets
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, select, text, update

from planner.store import tables as t
from planner.store.engine import told
from planner.store.faults import refused
from planner.store.place import Place
from planner.store.redact import SHORTEST, Person, Redaction
from planner.store.saving import as_json, now_utc, packed
from planner.store.telling import document
from planner.store.values import Forgotten, Found

Orders = Sequence[Any]  # rows of the table


def matching(connection: Connection, who: str) -> Orders:
    """Return the orders with this id, or with these words in their address or notes, in all their versions."""
    columns = (t.orders.c[name] for name in ("id", "day_id", "order_id", "lat", "lon", "address", "notes"))
    wanted = select(*columns, t.days.c.date).join(t.days).where(t.orders.c.erased_utc.is_(None)).order_by(t.orders.c.id)
    rows = connection.execute(wanted).all()
    said = who.strip().casefold()
    inside = len(said) >= SHORTEST
    hits = [
        row
        for row in rows
        if row.order_id.casefold() == said
        or (inside and (said in row.address.casefold() or said in row.notes.casefold()))
    ]
    same = {_identity(row) for row in hits}
    return [row for row in rows if _identity(row) in same]


def _identity(row: Any) -> tuple[Any, ...]:
    return row.day_id, row.order_id, row.lat, row.lon


def found(connection: Connection, rows: Orders) -> tuple[Found, ...]:
    """Return what is told about orders before they are erased."""
    plans = _plans_of(connection, rows)
    return tuple(
        Found(date=row.date, order_id=row.order_id, address=row.address, plans=tuple(plans[row.id])) for row in rows
    )


def _plans_of(connection: Connection, rows: Orders) -> dict[int, list[int]]:
    """Return by order row the plans that know it."""
    plans: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        links = select(t.plan_orders.c.plan_id).filter_by(order_row=row.id).order_by(t.plan_orders.c.plan_id)
        plans[row.id] = list(connection.scalars(links))
    return plans


def erase(connection: Connection, who: str, *, store: str) -> Forgotten:
    """Erase a customer in one transaction; `scrub` has to follow it."""
    rows = matching(connection, who)
    told_of = found(connection, rows)
    words = (who.strip(),) if len(who.strip()) >= SHORTEST else ()
    aliases = {(row.day_id, row.order_id): f"forgotten-{secrets.token_hex(4)}" for row in rows}
    persons = {
        row.id: Person(
            order_id=row.order_id,
            alias=aliases[row.day_id, row.order_id],
            words=tuple(word for word in (row.address, row.notes) if word),
        )
        for row in rows
    }
    plans = _erase_plans(connection, rows, persons, words, store=store)
    remarks = _erase_remarks(connection, rows, persons, words)
    for row in rows:
        _erase_order(connection, row.id, persons[row.id].alias)
    return Forgotten(
        orders=told_of,
        plans=tuple(plans),
        remarks=remarks,
        backups=tuple(Path(path) for path in connection.scalars(select(t.backups.c.path).order_by(t.backups.c.id))),
        folders=tuple(_folders(connection, plans)),
    )


def _erase_plans(
    connection: Connection, rows: Orders, persons: dict[int, Person], words: Iterable[str], *, store: str
) -> list[int]:
    of_plan: dict[int, list[Person]] = defaultdict(list)
    for row_id, plan_ids in _plans_of(connection, rows).items():
        for plan_id in plan_ids:
            of_plan[plan_id].append(persons[row_id])
    for plan_id, known in of_plan.items():
        cleared = Redaction(known, words).document(document(connection, plan_id, store=store))
        values = {**packed(cleared), "erased_utc": now_utc()}
        connection.execute(update(t.plans).where(t.plans.c.id == plan_id).values(values))
    return sorted(of_plan)


def _erase_remarks(connection: Connection, rows: Orders, persons: dict[int, Person], words: Iterable[str]) -> int:
    """Clear edits and events: of the persons on their days, of the words on all days."""
    of_day: dict[int, list[Person]] = defaultdict(list)
    for row in rows:
        of_day[row.day_id].append(persons[row.id])
    changed = 0
    for table in (t.edits, t.events):
        wanted = select(table.c.id, table.c.kind, table.c.detail, t.plans.c.day_id).join(t.plans)
        remarks: Orders = connection.execute(wanted).all()
        for row in remarks:
            redaction = Redaction(of_day[row.day_id], words)
            cleared = redaction.text(row.kind), as_json(redaction.value(json.loads(row.detail)))
            if cleared != (row.kind, row.detail):
                kind, detail = cleared
                connection.execute(update(table).where(table.c.id == row.id).values(kind=kind, detail=detail))
                changed += 1
    return changed


def _erase_order(connection: Connection, row_id: int, alias: str) -> None:
    values = {
        "order_id": alias,
        "fingerprint": secrets.token_hex(32),  # a hash of little can be guessed
        "lat": None,
        "lon": None,
        "address": "",
        "notes": "",
        "windows": "[]",
        "erased_utc": now_utc(),
    }
    connection.execute(update(t.orders).where(t.orders.c.id == row_id).values(values))


def _folders(connection: Connection, plans: Sequence[int]) -> list[Path]:
    """Return the folders that plans were written to and that are still there."""
    told_of = {connection.scalar(select(t.provenance.c.folder).filter_by(plan_id=plan_id)) for plan_id in plans}
    return [Path(folder) for folder in sorted(filter(None, told_of)) if Path(folder).exists()]


def scrub(engine: Engine, place: Place) -> None:
    """Write the database anew, so that nothing of what was erased is left in its files."""
    if place.url is not None:
        with told(place), engine.connect().execution_options(isolation_level="AUTOCOMMIT") as server:
            for table in t.metadata.sorted_tables:
                server.execute(text(f"VACUUM (FULL, ANALYZE) {table.name}"))
        return
    with told(place), closing(engine.raw_connection()) as file:
        cursor = file.cursor()
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        busy = any(row[0] for row in cursor.fetchall())
    if busy:
        message = "is erased, but another program still reads, and traces are left in the file beside the store"
        raise refused("E-S31", place.name, message, "close it, and say the same again")
