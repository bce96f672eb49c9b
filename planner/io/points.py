"""Read places to measure between: the `id`, `lat` and `lon` of a CSV file, with the faults that orders have."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from planner.errors import Fault, InputError
from planner.io.area import Area
from planner.io.csv_table import TextTable, column_name, read_table
from planner.io.files import read_file
from planner.io.order_rows import Context, RowReader
from planner.io.orders import MAX_BYTES, _copies, _order, _refuse_wrong_place

NEEDED = ("id", "lat", "lon")
MOST_POINTS = 5_000  # eight tables of 200 MB each
# Points are read as orders for no day in particular, of a weight that nobody looks at.
ANY_DAY, ANY_ZONE, ANY_WEIGHT = date(2000, 1, 1), ZoneInfo("UTC"), {"demand_kg": "1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A place in degrees."""

    id: str
    lat: float
    lon: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsFile:
    """The good rows, the `faults` of the others and `warnings` on what is kept; `sha256` is of the file's bytes."""

    points: tuple[Point, ...]
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]
    rows_read: int
    sha256: str


def read_points(path: Path, *, area: Area) -> PointsFile:
    """Read places near the streets, whose box is `area`; other columns, as those of orders, are not looked at.

    Raises `InputError` for what spoils the whole file, as in `read_orders`, and where no row is left.
    """
    data = read_file(path, max_bytes=MAX_BYTES)
    table = read_table(data, file=path.name)
    if len(table.rows) > MOST_POINTS:
        message = f"has {len(table.rows):,} places, more than {MOST_POINTS:,}"
        raise InputError(Fault(code="E-O24", file=path.name, message=message, remedy="split the file"))
    columns, warnings = _columns(table, path.name)
    _refuse_wrong_place(table, columns, area, path.name)
    context = Context(file=path.name, day=ANY_DAY, zone=ANY_ZONE, area=area)
    copies = _copies(table, columns)
    points: list[Point] = []
    faults: list[Fault] = []
    for row in table.rows:
        cells = dict(zip(columns, row.cells, strict=False))
        reader = RowReader({name: cells.get(name, "") for name in NEEDED} | ANY_WEIGHT, row.line, context)
        found = _order(reader, row, columns, copies)
        warnings += reader.warnings
        faults += reader.faults
        if found is not None:
            points.append(Point(id=found.id, lat=found.lat, lon=found.lon))
    if not points:
        raise InputError(faults)
    return PointsFile(
        points=tuple(points),
        faults=tuple(faults),
        warnings=tuple(warnings),
        rows_read=len(table.rows),
        sha256=hashlib.sha256(data).hexdigest(),
    )


def _columns(table: TextTable, file: str) -> tuple[Sequence[str], list[Fault]]:
    """Return the column names as understood, and a note on each of ours that is written otherwise."""
    columns = tuple(column_name(name) for name in table.header)
    header = partial(Fault, file=file, row=table.header_line)
    times = Counter(columns)
    faults = [
        header(code="E-O19", column=name, message="the column is there more than once", remedy="keep one of them")
        for name in NEEDED
        if times[name] > 1
    ] + [
        header(
            code="E-O20",
            column=name,
            message="the column is missing",
            remedy=f"the header needs {', '.join(NEEDED)}",
        )
        for name in NEEDED
        if not times[name]
    ]
    if faults:
        raise InputError(faults)
    notes = [
        header(code="E-O19", column=name, value=written, message=f"is read as {name}", remedy="nothing to do")
        for name, written in zip(columns, table.header, strict=True)
        if name != written and name in NEEDED
    ]
    return columns, notes
