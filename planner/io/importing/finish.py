"""Drafts to the cells of an orders file, each judged by the reader of such files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from planner.errors import Fault
from planner.io.area import Spot
from planner.io.cells import CellError
from planner.io.csv_table import MAX_FIELD_CHARACTERS, MAX_FIELD_LINES
from planner.io.importing.amounts import written
from planner.io.importing.answers import Answers
from planner.io.importing.columns import PLACE_PARTS, Column, Columns
from planner.io.importing.days import Calendar, window_cells
from planner.io.importing.drafts import Draft
from planner.io.importing.moments import Moment, local
from planner.io.importing.moments import written as written_moment
from planner.io.importing.pins import Asked, Place, no_place
from planner.io.importing.windows import Window
from planner.io.order_rows import Context, RowReader

WORD = re.compile(r"\w+")
SAME = (
    "setup_min",
    "skills",
    "priority",
    "vehicle_class",
    "group",
    "depot",
    "pair",
    "late_max_min",
    "late_cost_per_min",
)
RENAMED = {"volume": "volume_l", "parcels": "parcels", "longest_cm": "longest_cm", "service": "service_min"}
# Which fields a column of ours is made of: a fault is told by the column of the user's file.
SOURCES = {
    "lat": ("lat", "position"),
    "lon": ("lon", "position"),
    "demand_kg": ("weight", "load", "signed_load"),
    "volume_l": ("volume", "load", "length"),
    "service_min": ("service",),
    "tw_start": ("tw_start", "tw"),
    "tw_end": ("tw_end", "tw"),
    "address": PLACE_PARTS,
    "type": ("type", "pickup"),
}


class Frame:
    """What is the same for every row."""

    def __init__(
        self,
        *,
        context: Context,
        columns: Columns,
        answers: Answers,
        calendar: Calendar,
        middle: Spot | None,
        place: Place,
    ) -> None:
        self.context, self.columns, self.answers, self.calendar = context, columns, answers, calendar
        self.middle, self.place = middle, place
        street, number = columns.of("street"), columns.of("house_number")
        self.number_first = bool(street and number and number.at < street.at)
        self.named = columns.has("id")


def reader_of(draft: Draft, windows: Sequence[Window], frame: Frame) -> RowReader:
    """Return the cells of a draft in our words, for the reader of orders to judge; more faults go into the draft."""
    columns, calendar = frame.columns, frame.calendar
    cells = {"id": draft.text("id") if frame.named else f"row-{draft.line}"}
    _place(draft, cells, frame)
    _goods(draft, cells, frame.answers)
    for name in SAME:
        if name in draft.values:
            cells[name] = draft.text(name)
    for name, ours in RENAMED.items():
        if name in draft.values:
            cells[ours] = draft.text(name)
    kind = draft.text("type") or draft.text("pickup")
    if kind:
        cells["type"] = "delivery" if kind == "task" else kind
    _notes(draft, cells)
    try:
        cells.update(window_cells(draft, windows, calendar))
        release = draft.values.get("release")
        if isinstance(release, Moment):
            cells["release"] = written_moment(local(release, calendar.zone), calendar.day)
    except CellError as bad:
        column = next((column for column in columns.used if column.field.startswith("tw")), None)
        draft.refuse(column.name if column else None, bad, _cell(draft, column))
    return RowReader(cells, draft.line, frame.context)


def told_by_source(fault: Fault, draft: Draft, columns: Columns) -> Fault:
    """Return a fault of a column of ours by the column of the user's file that it was made of."""
    if fault.column is None:
        return fault
    for field in SOURCES.get(fault.column, (fault.column,)):
        column = columns.of(field)
        if column is not None:
            return replace(fault, column=column.name, value=_cell(draft, column))
    return replace(fault, value=fault.value or None)


def _cell(draft: Draft, column: Column | None) -> str | None:
    cells = draft.rows[0].cells
    return cells[column.at] if column is not None and column.at < len(cells) else None


def _place(draft: Draft, cells: dict[str, str], frame: Frame) -> None:
    position = draft.values.get("position")
    if isinstance(position, tuple):
        cells["lat"], cells["lon"] = position
    for name in ("lat", "lon"):
        if name in draft.values:
            cells[name] = draft.text(name)
    cells["address"] = _address(draft, frame.number_first)
    if not cells.get("lat") and not cells.get("lon") and not draft.faults:
        town = {name: draft.text(name) or None for name in ("city", "postcode")}
        text = draft.text("address") or _road(draft, frame.number_first)
        found = frame.place(Asked(text=text, **town)) if text else no_place(Asked(text="", **town))
        if isinstance(found, CellError):
            draft.refuse("address" if cells["address"] else None, found, cells["address"] or None)
        else:
            cells["lat"], cells["lon"] = f"{found.lat:.6f}", f"{found.lon:.6f}"
            draft.values["looked_up"] = True


def _address(draft: Draft, number_first: bool) -> str:
    get = draft.text
    whole, road = get("address"), _road(draft, number_first)
    town = f"{get('postcode')} {get('city')}"
    found = [part for text in (road, get("address2"), town, get("region"), get("country")) if (part := text.strip())]
    if whole:
        words = _spaced(whole)
        found = [whole, *(part for part in found if _spaced(part) not in words)]
    return ", ".join(found)


def _road(draft: Draft, number_first: bool) -> str:
    street, number = draft.text("street"), draft.text("house_number")
    return (f"{number} {street}" if number_first else f"{street} {number}").strip()


def _spaced(text: str) -> str:
    """Return words with a space on each side, to look one text up in another by whole words."""
    return f" {' '.join(WORD.findall(text.casefold()))} "


def _goods(draft: Draft, cells: dict[str, str], answers: Answers) -> None:
    """Give the weight; where none is written, that of a visit without load or of so many parcels."""
    if "weight" in draft.values:
        cells["demand_kg"] = draft.text("weight")
    elif draft.text("type") == "task":
        cells["demand_kg"] = "0"
    elif answers.parcel_kg is not None:
        cells["demand_kg"] = written(Decimal(answers.parcel_kg) * Decimal(draft.text("parcels") or 1))


def _notes(draft: Draft, cells: dict[str, str]) -> None:
    """Put together what the driver is to read: who, which number, and what else."""
    text = "; ".join(part for name in ("customer", "phone", "notes") if (part := draft.text(name)))
    if text.count("\n") > MAX_FIELD_LINES:
        text = " / ".join(filter(None, text.split("\n")))
    if len(text) > MAX_FIELD_CHARACTERS:
        message = f"customer, phone and notes together have more than {MAX_FIELD_CHARACTERS:,} characters"
        draft.refuse(None, CellError("E-O25", message, "shorten them"))
    if text:
        cells["notes"] = text
