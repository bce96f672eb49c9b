"""What is in the store: plans, their history, and how each came about."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections import defaultdict
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Select, func, select

from planner.store import tables as t
from planner.store.engine import RESTORE
from planner.store.faults import no_such_plan, refused
from planner.store.values import Edit, Entry, Event, Story

COLUMNS = (
    *(t.plans.c[name] for name in ("id", "parent", "branch", "revision", "saved_utc", "author", "cost", "km")),
    *(t.plans.c[name] for name in ("orders", "served", "unassigned", "vehicles", "violations", "kept_with_violations")),
    t.plans.c.erased_utc,
    *(t.days.c[name] for name in ("date", "time_zone", "currency")),
)


def document(connection: Connection, plan_id: int, *, store: str) -> bytes:
    """Return the plan file of a plan. Raises `StoreError` where it is not what was saved."""
    wanted = select(t.plans.c.document, t.plans.c.document_sha256).filter_by(id=plan_id)
    row = connection.execute(wanted).one_or_none()
    if row is None:
        raise no_such_plan(store, plan_id)
    data = unpacked(row.document, row.document_sha256)
    if data is None:
        raise refused("E-S32", store, "is damaged", RESTORE, value=f"@{plan_id}")
    return data


def unpacked(document: bytes, sha256: str) -> bytes | None:
    """Return the plan file that a row holds, None where its hash is another one."""
    try:
        data = zlib.decompress(document)
    except zlib.error:
        return None
    return data if hashlib.sha256(data).hexdigest() == sha256 else None


def find(connection: Connection, document: bytes) -> int | None:
    """Return the newest plan with this plan file."""
    sha256 = hashlib.sha256(document).hexdigest()
    found: int | None = connection.scalar(select(func.max(t.plans.c.id)).filter_by(document_sha256=sha256))
    return found


def history(connection: Connection, day: str | None) -> list[Entry]:
    """Return the plans of a day or of all days, by day and number."""
    wanted = select(*COLUMNS).join(t.days).order_by(t.days.c.date, t.plans.c.id)
    return _entries(connection, wanted if day is None else wanted.where(t.days.c.date == day))


def story(connection: Connection, plan_id: int, *, store: str) -> Story:
    """Return all that is known of a plan but the plan."""
    entries = _entries(connection, select(*COLUMNS).join(t.days).where(t.plans.c.id == plan_id))
    if not entries:
        raise no_such_plan(store, plan_id)
    edits = connection.execute(select(t.edits).filter_by(plan_id=plan_id).order_by(t.edits.c.id))
    events = connection.execute(select(t.events).filter_by(plan_id=plan_id).order_by(t.events.c.id))
    source = dict(connection.execute(select(t.provenance).filter_by(plan_id=plan_id)).one()._mapping)
    folder = source.pop("folder")
    source |= {"inputs": json.loads(source["inputs"]), "run": json.loads(source["run"] or "null")}
    return Story(
        entry=entries[0],
        edits=tuple(Edit(kind=row.kind, detail=json.loads(row.detail)) for row in edits),
        events=tuple(Event(kind=row.kind, at_s=row.at_s, detail=json.loads(row.detail)) for row in events),
        provenance={name: value for name, value in source.items() if name != "plan_id"},
        folder=None if folder is None else Path(folder),
    )


def _entries(connection: Connection, wanted: Select[Any]) -> list[Entry]:
    rows = connection.execute(wanted).all()
    one = rows[0].id if len(rows) == 1 else None
    edits, events = (_kinds(connection, table, one) for table in (t.edits, t.events))
    changed = set(connection.scalars(select(t.plans.c.parent).where(t.plans.c.branch == 0)))
    return [_entry(row, row.id not in changed, edits[row.id], events[row.id]) for row in rows]


def _kinds(connection: Connection, table: Any, plan_id: int | None) -> dict[int, list[str]]:
    wanted = select(table.c.plan_id, table.c.kind).order_by(table.c.id)
    kinds: dict[int, list[str]] = defaultdict(list)
    for row in connection.execute(wanted if plan_id is None else wanted.where(table.c.plan_id == plan_id)):
        kinds[row.plan_id].append(row.kind)
    return kinds


def _entry(row: Any, newest: bool, edits: list[str], events: list[str]) -> Entry:
    values = dict(row._mapping)
    values |= {name: bool(values[name]) for name in ("branch", "kept_with_violations")}
    return Entry(**values, newest=newest, edits=tuple(edits), events=tuple(events))
