"""The words of hand edits: what a dispatcher may do to a plan, as values and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

from planner.errors import Fault, InputError, did_you_mean
from planner.plan import LockKind
from planner.store.values import Edit as Stored


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Put an order, planned or not, on a vehicle: at a stop of a trip, both counted from 1.

    Without a position it goes where that trip costs least, without a trip anywhere on the vehicle. One trip more than
    the vehicle has is a new one.
    """

    order: str
    vehicle: str
    trip: int | None = None
    position: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap:
    """Let two planned orders change places."""

    a: str
    b: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Remove:
    """Leave an order out."""

    order: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reorder:
    """Serve the orders of a trip in this order; all of them are named."""

    vehicle: str
    trip: int
    orders: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """Charge before a trip at the depot, or after an order at the station that is the least way round.

    For so many minutes, or until the battery takes less than full power; for 0 minutes not at all.
    """

    vehicle: str
    after: str | None = None
    trip: int | None = None
    minutes: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetLock:
    """Lock an order on its vehicle or a vehicle with its whole route, or take the lock off."""

    kind: LockKind
    id: str
    on: bool = True


Edit = Move | Swap | Remove | Reorder | Charge | SetLock
KINDS: dict[str, type[Edit]] = {
    "move": Move,
    "swap": Swap,
    "remove": Remove,
    "reorder": Reorder,
    "charge": Charge,
    "lock": SetLock,
}


def in_words(edit: Edit) -> str:
    """Return what an edit does in a few words."""
    if isinstance(edit, Move):
        trip = "" if edit.trip is None else f" trip {edit.trip}"
        stop = "" if edit.position is None else f" stop {edit.position}"
        return f"move {edit.order} to {edit.vehicle}{trip}{stop}"
    if isinstance(edit, Swap):
        return f"swap {edit.a} and {edit.b}"
    if isinstance(edit, Remove):
        return f"remove {edit.order}"
    if isinstance(edit, Reorder):
        return f"{edit.vehicle} trip {edit.trip} in the order {', '.join(edit.orders)}"
    if isinstance(edit, Charge):
        where = f"after {edit.after}" if edit.after is not None else f"before trip {edit.trip}"
        lasts = "" if edit.minutes is None else f" for {edit.minutes:g} min"
        return f"charge {edit.vehicle} {where}{lasts}"
    return f"{'lock' if edit.on else 'unlock'} {edit.kind} {edit.id}"


def to_json(edits: tuple[Edit, ...] | list[Edit]) -> str:
    """Return edits as the text that `from_json` reads."""
    names = {kind: name for name, kind in KINDS.items()}
    told = [
        {"edit": names[type(edit)]} | {f.name: getattr(edit, f.name) for f in fields(edit) if _said(edit, f.name)}
        for edit in edits
    ]
    return json.dumps(told, indent=1, ensure_ascii=False) + "\n"


def for_the_store(edits: Iterable[Edit]) -> list[Stored]:
    """Return edits as the store keeps them."""
    entries: list[dict[str, Any]] = json.loads(to_json(list(edits)))
    return [Stored(kind=entry.pop("edit"), detail=entry) for entry in entries]


def _said(edit: Edit, name: str) -> bool:
    return getattr(edit, name) is not None


def from_json(data: Any, *, file: str = "edits.json") -> tuple[Edit, ...]:
    """Return the edits of a list of objects as JSON has them. Raises `InputError` E-D42 with all that is wrong."""
    if not isinstance(data, list):
        raise InputError(_fault(file, "is no list of edits"))
    faults: list[Fault] = []
    found = [_read(entry, row, file, faults) for row, entry in enumerate(data, start=1)]
    if faults:
        raise InputError(faults)
    return tuple(edit for edit in found if edit is not None)


def _read(entry: Any, row: int, file: str, faults: list[Fault]) -> Edit | None:
    name = entry.get("edit") if isinstance(entry, dict) else None
    kind = KINDS.get(name) if isinstance(name, str) else None
    if kind is None:
        near = did_you_mean(name, KINDS) if isinstance(name, str) else ""
        faults.append(_fault(file, f"names no edit{near}", row=row, column="edit", value=_shown(name)))
        return None
    known = {field.name: field for field in fields(kind)}
    before = len(faults)
    for key, value in entry.items():
        if key != "edit" and key not in known:
            faults.append(
                _fault(file, f"is unknown{did_you_mean(key, known)}", row=row, column=key, value=_shown(value))
            )
    values: dict[str, Any] = {}
    for field in known.values():
        value = entry.get(field.name)
        if value is None and "None" not in str(field.type) and field.name != "on":
            faults.append(_fault(file, "is missing", row=row, column=field.name))
        elif value is not None and not _fits(value, str(field.type)):
            faults.append(_fault(file, "is of the wrong kind", row=row, column=field.name, value=_shown(value)))
        elif value is not None:
            values[field.name] = _made(value, str(field.type))
    if kind is Charge and (entry.get("after") is None) == (entry.get("trip") is None):
        faults.append(_fault(file, "needs one of after and trip", row=row, column="after"))
    return kind(**values) if len(faults) == before else None


def _fits(value: Any, wanted: str) -> bool:
    if wanted.startswith("int"):
        return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 10_000
    if wanted.startswith("float"):
        return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1_440
    if wanted.startswith("tuple"):
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    if wanted == "bool":
        return isinstance(value, bool)
    if wanted == "LockKind":
        return isinstance(value, str) and value in {*LockKind}
    return isinstance(value, str)


def _made(value: Any, wanted: str) -> Any:
    if wanted == "LockKind":
        return LockKind(value)
    return tuple(value) if wanted.startswith("tuple") else value


def _shown(value: Any) -> str | None:
    return None if value is None else str(value)


def _fault(
    file: str, message: str, *, row: int | None = None, column: str | None = None, value: str | None = None
) -> Fault:
    entry = file if row is None else f"{file} edit {row}"
    return Fault(
        code="E-D42", file=entry, column=column, value=value, message=message, remedy="see docs/edit.md for each edit"
    )
