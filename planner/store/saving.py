"""One plan into the store, as one transaction."""

from __future__ import annotations

import getpass
import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select

from planner.errors import Fault
from planner.model import Day, Order
from planner.plan import Plan
from planner.report.kpis import kpis
from planner.store import tables as t
from planner.store.faults import Conflict, no_such_plan, refused
from planner.store.values import Edit, Event, Saved

AT_ONCE = 500  # values in one question to the database


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A plan that is to be saved, and what belongs to it."""

    plan: Plan
    document: bytes
    parent: int | None
    branch: bool
    edits: Sequence[Edit]
    events: Sequence[Event]
    run: Mapping[str, Any] | None
    folder: Path | None
    author: str


def now_utc() -> str:
    """Return the moment, to the millisecond, in a form that sorts."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def author() -> str:
    """Return the name that the user has on this machine."""
    try:
        return clean(getpass.getuser())
    except (KeyError, OSError):
        return "unknown"


def clean(text: str) -> str:
    """Return text that both databases can hold: no NUL, no half of a character."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()


def as_json(value: object) -> str:
    """Return what the store keeps of free values. Raises `ValueError` for NaN and infinity."""
    return json.dumps(value, ensure_ascii=True, allow_nan=False, sort_keys=True, default=str)


def packed(document: bytes) -> dict[str, Any]:
    """Return the columns that hold a plan file."""
    return {
        "document": zlib.compress(document, 6),
        "document_bytes": len(document),
        "document_sha256": hashlib.sha256(document).hexdigest(),
    }


def save(connection: Connection, draft: Draft, *, store: str) -> Saved:
    """Write all rows of a plan."""
    day_id = _day_id(connection, draft.plan.day)
    revision = 1 if draft.parent is None else _revision(connection, draft, day_id, store=store)
    plan_id = _insert_plan(connection, draft, day_id, revision)
    _link_orders(connection, draft.plan, day_id, plan_id)
    for edit in draft.edits:
        row = {"plan_id": plan_id, "kind": clean(edit.kind), "detail": as_json(edit.detail)}
        connection.execute(insert(t.edits).values(row))
    for event in draft.events:
        row = {"plan_id": plan_id, "at_s": event.at_s, "kind": clean(event.kind), "detail": as_json(event.detail)}
        connection.execute(insert(t.events).values(row))
    connection.execute(insert(t.provenance).values(_provenance(draft, plan_id)))
    return Saved(id=plan_id, revision=revision)


def _day_id(connection: Connection, day: Day) -> int:
    key = {"date": clean(day.date), "time_zone": clean(day.time_zone), "currency": clean(day.currency)}
    found = connection.scalar(select(t.days.c.id).filter_by(**key))
    return found if found is not None else _key(connection.execute(insert(t.days).values(key)).inserted_primary_key)


def _key(row: Any) -> int:
    return int(row[0])


def _revision(connection: Connection, draft: Draft, day_id: int, *, store: str) -> int:
    """Return the number of the next revision. Raises `Conflict` where somebody else has saved it."""
    parent = connection.execute(select(t.plans.c.day_id, t.plans.c.revision).filter_by(id=draft.parent)).one_or_none()
    if parent is None or draft.parent is None:
        raise no_such_plan(store, draft.parent or 0)
    if parent.day_id != day_id:
        remedy = "save it without a parent, or on a plan of its day"
        raise refused("E-S37", store, "is a plan of another day", remedy, value=f"@{draft.parent}")
    newest = None if draft.branch else _newest(connection, draft.parent)
    if newest is not None:
        raise Conflict(
            Fault(
                code="E-S34",
                file=store,
                value=f"@{draft.parent}",
                message=f"has been changed: {newest.author} saved revision {newest.revision}, @{newest.id}, "
                f"at {newest.saved_utc}",
                remedy=f"look at it with planner show @{newest.id} and repeat the change there, or save a branch",
            ),
            newest=newest.id,
        )
    return int(parent.revision) + 1


def _newest(connection: Connection, plan_id: int) -> Any:
    """Return the newest revision that was saved on a plan, by whatever way; None where there is none."""
    columns = (t.plans.c.id, t.plans.c.revision, t.plans.c.author, t.plans.c.saved_utc)
    found = None
    while True:
        following = connection.execute(select(*columns).filter_by(parent=plan_id, branch=0)).one_or_none()
        if following is None:
            return found
        found, plan_id = following, following.id


def _insert_plan(connection: Connection, draft: Draft, day_id: int, revision: int) -> int:
    measured = kpis(draft.plan)
    row = {
        "day_id": day_id,
        "parent": draft.parent,
        "branch": int(draft.branch),
        "revision": revision,
        "saved_utc": now_utc(),
        "author": clean(draft.author),
        "cost": measured.cost.total,
        "km": measured.distance_km,
        "orders": measured.orders_total,
        "served": measured.orders_planned,
        "unassigned": measured.orders_unassigned,
        "vehicles": measured.vehicles_used,
        "violations": len(draft.plan.violations),
        "kept_with_violations": int(bool(draft.plan.violations)),
        **packed(draft.document),
    }
    return _key(connection.execute(insert(t.plans).values(row)).inserted_primary_key)


def order_row(order: Order, day_id: int) -> dict[str, Any]:
    """Return the row of an order in a day."""
    whole = as_json(asdict(order))
    return {
        "day_id": day_id,
        "order_id": clean(order.id),
        "fingerprint": hashlib.sha256(whole.encode()).hexdigest(),
        "kind": str(order.kind),
        "priority": str(order.priority),
        "lat": order.lat,
        "lon": order.lon,
        "address": clean(order.address),
        "notes": clean(order.notes),
        "demand_kg": order.demand_kg,
        "volume_l": order.volume_l,
        "parcels": order.parcels,
        "windows": as_json([[window.start_s, window.end_s] for window in order.windows]),
    }


def _link_orders(connection: Connection, plan: Plan, day_id: int, plan_id: int) -> None:
    """Keep each order of the plan's day, unless an equal one is there, and say which the plan serves."""
    rows = {row["fingerprint"]: row for row in (order_row(order, day_id) for order in plan.day.orders)}
    known = _known(connection, day_id, list(rows))
    fresh = [row for fingerprint, row in rows.items() if fingerprint not in known]
    if fresh:
        connection.execute(insert(t.orders), fresh)
        known |= _known(connection, day_id, [row["fingerprint"] for row in fresh])
    served = {clean(step.place_id) for route in plan.routes for step in route.steps if step.serves}
    links = [
        {"plan_id": plan_id, "order_row": known[fingerprint], "served": int(row["order_id"] in served)}
        for fingerprint, row in rows.items()
    ]
    if links:
        connection.execute(insert(t.plan_orders), links)


def _known(connection: Connection, day_id: int, fingerprints: Sequence[str]) -> dict[str, int]:
    """Return the rows of orders that are there already."""
    found: dict[str, int] = {}
    for first in range(0, len(fingerprints), AT_ONCE):
        some = fingerprints[first : first + AT_ONCE]
        wanted = select(t.orders.c.fingerprint, t.orders.c.id).where(
            t.orders.c.day_id == day_id, t.orders.c.fingerprint.in_(some)
        )
        found |= {row.fingerprint: row.id for row in connection.execute(wanted)}
    return found


def _provenance(draft: Draft, plan_id: int) -> dict[str, Any]:
    source = draft.plan.provenance
    return {
        "plan_id": plan_id,
        "program": clean(source.program),
        "engine": clean(source.engine),
        "seed": source.seed,
        "iterations": source.iterations,
        "time_limit_s": source.time_limit_s,
        "stopped_by": clean(source.stopped_by),
        "streets_file": clean(source.streets_file),
        "streets_sha256": clean(source.streets_sha256),
        "inputs": as_json(source.inputs_sha256),
        "rows_read": source.rows_read,
        "rows_rejected": source.rows_rejected,
        "run": None if draft.run is None else as_json(draft.run),
        "folder": None if draft.folder is None else clean(str(draft.folder.absolute())),
    }
