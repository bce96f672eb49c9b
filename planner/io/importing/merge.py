"""Item rows of one order to one draft; the same id at two places is reported, never merged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from planner.io.cells import CellError, same_id_key
from planner.io.importing.amounts import written
from planner.io.importing.drafts import Draft

SUMMED = frozenset({"weight", "volume", "parcels"})
LARGEST = frozenset({"longest_cm", "service"})
TOLD_APART = frozenset(
    [
        "address",
        "street",
        "house_number",
        "postcode",
        "city",
        "lat",
        "lon",
        "position",
        "tw",
        "tw_start",
        "tw_end",
        "tw2_start",
        "tw2_end",
        "date",
        "type",
    ]
)
LINES_LISTED = 20


def merged(drafts: Sequence[Draft], *, item_rows: bool) -> list[Draft]:
    """Return one draft for each order. Copies that are no item rows keep their faults, E-O06.

    Weights, volumes and quantities of item rows are summed; the place, windows and notes are those of the first row
    that has them.
    """
    by_id: dict[str, list[Draft]] = defaultdict(list)
    for draft in drafts:
        if text := draft.text("id"):
            by_id[same_id_key(text)].append(draft)
    gone: set[int] = set()
    for rows in by_id.values():
        if len(rows) > 1:
            if item_rows and not (differing := _differing(rows)):
                gone.update(id(row) for row in rows[1:])
                _merge(rows)
            else:
                _refuse(rows, differing if item_rows else None)
    return [draft for draft in drafts if id(draft) not in gone]


def _differing(rows: Sequence[Draft]) -> str | None:
    """Return a field in which rows of one id contradict each other."""
    for name in sorted(TOLD_APART):
        said = [row.values[name] for row in rows if name in row.values]
        if any(value != said[0] for value in said[1:]):
            return name
    return None


def _refuse(rows: Sequence[Draft], differing: str | None) -> None:
    lines = ", ".join(str(row.line) for row in rows[:LINES_LISTED]) + (" ..." if len(rows) > LINES_LISTED else "")
    if differing is not None:
        message, remedy = f"is the id on lines {lines}, and they differ in {differing}", "give each order its own id"
    else:
        message = f"is the id on lines {lines}"
        remedy = "give each order its own id, or say --item-rows if these are the items of one order"
    for row in rows:
        row.refuse("id", CellError("E-O06", message, remedy), row.text("id"))


def _merge(rows: Sequence[Draft]) -> None:
    first, *others = rows
    for row in others:
        first.rows += row.rows
        first.faults += row.faults
        for name, value in row.values.items():
            own = first.values.get(name)
            if own is None:
                first.values[name] = value
            elif name in SUMMED:
                first.values[name] = written(Decimal(str(own)) + Decimal(str(value)))
            elif name in LARGEST:
                first.values[name] = max(str(own), str(value), key=Decimal)
            elif name in {"notes", "skills"} and str(value) not in str(own):
                first.values[name] = f"{own};{value}"
