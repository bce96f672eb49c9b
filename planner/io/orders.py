"""Read the orders of a day: good rows become `Order`s, bad rows are kept apart with what is wrong with them."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from planner.errors import Fault, InputError, did_you_mean
from planner.io.area import Area, refuse_wrong_place, spot
from planner.io.cells import CellError, same_id_key
from planner.io.csv_table import TextRow, TextTable, column_name, read_table
from planner.io.files import read_file
from planner.io.order_pairs import join_pairs
from planner.io.order_rows import COLUMNS, REQUIRED, Context, RowReader, read_order
from planner.model import Order

__all__ = ["Area", "OrdersFile", "RejectedRow", "read_orders"]

MAX_BYTES = 100_000_000
LINES_LISTED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedRow:
    """A row that is not planned, as written. `row` is its line; `id` may be empty."""

    row: int
    id: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdersFile:
    """What an orders file holds. `rows_read` is `len(orders) + len(rejected)`.

    `faults` are why rows were rejected, `warnings` what was kept but looks odd. `columns` are the names as
    understood, "" for a column without a name; `sha256` is of the bytes of the file.
    """

    orders: tuple[Order, ...]
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]
    rows_read: int
    rejected: tuple[RejectedRow, ...]
    columns: tuple[str, ...]
    delimiter: str
    sha256: str


def read_orders(
    path: Path,
    *,
    day: date,
    zone: ZoneInfo,
    area: Area | None = None,
    depots: Collection[str] | None = None,
    late_cost_per_min: float | None = None,
) -> OrdersFile:
    """Read a CSV file of orders; ``HH:MM`` and date-times without offset are local time in `zone` on `day`.

    With `area`, the box of the streets, rows more than 5 km outside it are rejected, and with `depots` rows that name
    another one. `late_cost_per_min` is the price of lateness for orders that may be late and do not say at what price.
    Raises `InputError` for what
    spoils the whole file: no CSV, a missing column, shifted or swapped columns, orders of another city.
    """
    data = read_file(path, max_bytes=MAX_BYTES)
    table = read_table(data, file=path.name)
    columns, warnings = _columns(table, path.name)
    _refuse_empty_columns(table, columns, path.name)
    if area is not None:
        _refuse_wrong_place(table, columns, area, path.name)

    context = Context(file=path.name, day=day, zone=zone, area=area, depots=depots, late_cost_per_min=late_cost_per_min)
    copies = _copies(table, columns)
    orders: list[Order] = []
    faults: list[Fault] = []
    rejected: list[RejectedRow] = []
    readers = [RowReader(dict(zip(columns, row.cells, strict=False)), row.line, context) for row in table.rows]
    read = [_order(reader, row, columns, copies) for reader, row in zip(readers, table.rows, strict=True)]
    for reader, row, order in zip(readers, table.rows, join_pairs(readers, read), strict=True):
        warnings += reader.warnings
        faults += reader.faults
        if order is None:
            rejected.append(RejectedRow(row=row.line, id=reader.text("id"), cells=row.cells))
        else:
            orders.append(order)
    return OrdersFile(
        orders=tuple(orders),
        faults=tuple(faults),
        warnings=tuple(warnings),
        rows_read=len(table.rows),
        rejected=tuple(rejected),
        columns=columns,
        delimiter=table.delimiter,
        sha256=hashlib.sha256(data).hexdigest(),
    )


def _order(
    reader: RowReader, row: TextRow, columns: Sequence[str], copies: Mapping[str, Sequence[int]]
) -> Order | None:
    if len(row.cells) != len(columns):
        message = f"{len(row.cells)} fields, the header has {len(columns)}"
        reader.refuse(None, CellError("E-O18", message, "check its separators and quotes"))
        return None
    lines = copies.get(same_id_key(reader.text("id")), ())
    if len(lines) > 1:
        listed = ", ".join(map(str, lines[:LINES_LISTED])) + (" ..." if len(lines) > LINES_LISTED else "")
        reader.refuse("id", CellError("E-O06", f"is the id on lines {listed}", "give each order an id of its own"))
    return read_order(reader)


def _copies(table: TextTable, columns: Sequence[str]) -> dict[str, list[int]]:
    """Return the lines of each id, ids that read the same being the same."""
    at = columns.index("id")
    lines = defaultdict(list)
    for row in table.rows:
        if at < len(row.cells) and row.cells[at].strip():
            lines[same_id_key(row.cells[at])].append(row.line)
    return dict(lines)


def _columns(table: TextTable, file: str) -> tuple[tuple[str, ...], list[Fault]]:
    """Return the column names as understood, and a note on each that is not one of ours as written."""
    columns = tuple(column_name(name) for name in table.header)
    header = partial(Fault, file=file, row=table.header_line)
    twice = [name for name, times in Counter(columns).items() if name and times > 1]
    missing = [name for name in REQUIRED if name not in columns]
    faults = [
        header(code="E-O19", column=name, message="the column is there more than once", remedy="keep one of them")
        for name in twice
    ] + [
        header(
            code="E-O20",
            column=name,
            message="the column is missing" + _misspelt(name, columns),
            remedy=f"the header needs {', '.join(REQUIRED)}",
        )
        for name in missing
    ]
    if faults:
        raise InputError(faults)
    notes = [
        header(code="E-O19", column=name, value=written, message=f"is read as {name}", remedy="nothing to do")
        for name, written in zip(columns, table.header, strict=True)
        if name != written and name in COLUMNS
    ] + [
        header(
            code="E-O20",
            column=name,
            value=written,
            message="is no column of ours and is ignored" + did_you_mean(name, COLUMNS),
            remedy="rename it if it matters",
        )
        for name, written in zip(columns, table.header, strict=True)
        if name not in COLUMNS
    ]
    return columns, notes


def _misspelt(name: str, columns: Sequence[str]) -> str:
    """Say which unknown column might be meant by the missing one."""
    near = get_close_matches(name, [column for column in columns if column not in COLUMNS], n=1)
    return f'; is "{near[0]}" meant?' if near else ""


def _refuse_empty_columns(table: TextTable, columns: Sequence[str], file: str) -> None:
    places = [(name, columns.index(name)) for name in REQUIRED]
    faults = [
        Fault(code="E-O51", file=file, column=name, message="the whole column is empty", remedy="fill it in")
        for name, at in places
        if not any(at < len(row.cells) and row.cells[at].strip() for row in table.rows)
    ]
    if faults:
        raise InputError(faults)


def _refuse_wrong_place(table: TextTable, columns: Sequence[str], area: Area, file: str) -> None:
    lat_at, lon_at = columns.index("lat"), columns.index("lon")
    whole_rows = (row.cells for row in table.rows if len(row.cells) == len(columns))
    spots = [spot(lat=cells[lat_at].strip(), lon=cells[lon_at].strip()) for cells in whole_rows]
    refuse_wrong_place([found for found in spots if found is not None], area, file=file)
