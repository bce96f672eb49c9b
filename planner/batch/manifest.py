"""From what the user names to jobs: a manifest, a folder of days, or one file with the orders of many days."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from planner.batch.jobs import Defaults, Item, Refused
from planner.batch.rows import COLUMNS, Row, read_row
from planner.batch.shelf import Shelf
from planner.batch.split import DATE_COLUMNS, dated_orders
from planner.errors import Fault, InputError, did_you_mean
from planner.io.cells import same_id_key
from planner.io.csv_table import TextTable, column_name, read_table
from planner.io.files import read_file
from planner.io.orders import MAX_BYTES

FLEET_NAME, ORDERS_NAME = "fleet.toml", "orders.csv"
DAY_NAME = re.compile(r"\d{4}-\d{2}-\d{2}")
DOCS = "docs/batch.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What a source holds: jobs and refused rows in its order, and what looks odd about the file itself."""

    items: tuple[Item, ...]
    notes: tuple[Fault, ...] = ()


def read_source(source: Path, defaults: Defaults) -> Source:
    """Read a source. A bad row stops no other; raises `InputError` for what is no source at all."""
    shelf = Shelf()
    if source.is_dir():
        rows, notes = _folder_rows(source)
        if (source / FLEET_NAME).is_file():
            defaults = _with_fleet(defaults, source / FLEET_NAME)
        return Source(items=_alone([read_row(row, shelf, defaults) for row in rows]), notes=notes)
    data = read_file(source, max_bytes=MAX_BYTES)
    table = read_table(data, file=source.name)
    columns = tuple(column_name(name) for name in table.header)
    if "orders" in columns:
        return _manifest(source, table, columns, shelf, defaults)
    dated = next((name for name in DATE_COLUMNS if name in columns), None)
    if dated is None or not {"id", "lat"} <= set(columns):
        raise InputError(_unknown(source.name, table, columns))
    rows, refused = dated_orders(source, table, columns, date_column=dated)
    jobs = [read_row(row, shelf, defaults) for row in rows]
    return Source(items=tuple(sorted((*jobs, *refused), key=lambda item: item.position)))


def _with_fleet(defaults: Defaults, fleet: Path) -> Defaults:
    return defaults if defaults.fleet is not None else replace(defaults, fleet=fleet)


def _folder_rows(folder: Path) -> tuple[list[Row], tuple[Fault, ...]]:
    """Return a row for each day of a folder: `2026-03-10/orders.csv`, as `planner generate` writes it, or
    `2026-03-10.csv`; and a note for each file that is passed over because its day has a folder."""
    days: dict[str, Path] = {}
    notes = []
    for entry in sorted(folder.iterdir()):
        if entry.is_dir() and DAY_NAME.fullmatch(entry.name):
            days[entry.name] = Path(entry.name, ORDERS_NAME)
        elif entry.suffix.lower() == ".csv" and DAY_NAME.fullmatch(entry.stem) and entry.stem in days:
            message, remedy = "is passed over: the day has orders already", "keep one of them"
            notes.append(Fault(code="E-B20", file=entry.name, message=message, remedy=remedy))
        elif entry.suffix.lower() == ".csv" and DAY_NAME.fullmatch(entry.stem):
            days[entry.stem] = Path(entry.name)
    if not days:
        message = "holds no day: no folder or CSV file is named by a date"
        remedy = f"name them like 2026-03-10/orders.csv or 2026-03-10.csv ({DOCS})"
        raise InputError(Fault(code="E-B20", file=str(folder), message=message, remedy=remedy))
    rows = [
        Row(
            cells={"id": day, "date": day, "orders": str(path)},
            line=number,
            file=f"{folder.name}/{day}",
            folder=folder,
        )
        for number, (day, path) in enumerate(days.items(), start=1)
    ]
    return rows, tuple(notes)


def _manifest(source: Path, table: TextTable, columns: Sequence[str], shelf: Shelf, defaults: Defaults) -> Source:
    notes = [
        Fault(
            code="E-B20",
            file=source.name,
            row=table.header_line,
            column=name,
            message=f"is no column of a manifest and is ignored{did_you_mean(name, COLUMNS)}",
            remedy="rename it if it matters",
        )
        for name in columns
        if name not in COLUMNS
    ]
    twice = sorted({name for name in columns if name and columns.count(name) > 1})
    if twice:
        at = partial(Fault, code="E-O19", file=source.name, row=table.header_line)
        raise InputError(
            [at(column=name, message="the column is there more than once", remedy="keep one") for name in twice]
        )
    items: list[Item] = []
    for row in table.rows:
        if len(row.cells) != len(columns):
            items.append(_torn(source.name, row.line, len(row.cells), len(columns)))
            continue
        cells = dict(zip(columns, row.cells, strict=True))
        items.append(read_row(Row(cells=cells, line=row.line, file=source.name, folder=source.parent), shelf, defaults))
    return Source(items=_alone(items, file=source.name), notes=tuple(notes))


def _torn(file: str, line: int, found: int, wanted: int) -> Refused:
    fault = Fault(
        code="E-O18",
        file=file,
        row=line,
        message=f"{found} fields, the header has {wanted}",
        remedy="check its separators and quotes",
    )
    return Refused(name=f"line-{line}", position=line, code=fault.code, message=str(fault))


def _alone(items: Sequence[Item], *, file: str = "") -> tuple[Item, ...]:
    """Refuse all copies of a name, names that differ in capitals being the same: some disks cannot tell them apart."""
    lines = defaultdict(list)
    for item in items:
        lines[same_id_key(item.name)].append(item.position)
    return tuple(
        item if len(lines[same_id_key(item.name)]) == 1 else _copy(item, lines[same_id_key(item.name)], file)
        for item in items
    )


def _copy(item: Item, lines: Sequence[int], file: str) -> Refused:
    listed = ", ".join(map(str, lines[:20])) + (" ..." if len(lines) > 20 else "")
    fault = Fault(
        code="E-B21",
        file=file,
        row=item.position,
        column="id",
        value=item.name,
        message=f"is the id on lines {listed}",
        remedy="give each job an id of its own",
    )
    return Refused(name=f"line-{item.position}", position=item.position, code=fault.code, message=str(fault))


def _unknown(file: str, table: TextTable, columns: Sequence[str]) -> Fault:
    near = did_you_mean("orders", [name for name in columns if name not in {"id", "lat", "lon"}])
    return Fault(
        code="E-B20",
        file=file,
        row=table.header_line,
        message=f'is neither a manifest (column "orders") nor orders with a column "date"{near}',
        remedy=f"see {DOCS}",
    )
