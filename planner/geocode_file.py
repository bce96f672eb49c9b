"""Fill in where the rows of a CSV file are, from their addresses; what is doubtful is listed and left empty."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

from planner.errors import Fault, InputError
from planner.geocode.found import Found
from planner.io.cells import CellError, degrees
from planner.io.csv_table import TextRow, TextTable, column_name, read_table
from planner.io.files import read_file
from planner.io.safe_csv import FORMULA_STARTS, csv_text

MAX_BYTES = 100_000_000
ADDRESS_COLUMNS = ("address", "street", "house_number", "postcode", "city")
REPORT_NAME = "geocode_report.csv"
REPORT_HEADER = ("row", "id", "address", "grade", "reason", "code", "use", "lat", "lon", "candidate")
DECIMALS = 7  # about a centimetre


class Asked(NamedTuple):
    """What a row says about where it is."""

    text: str
    city: str
    postcode: str


Find = Callable[[Asked], Found]


class Pin(NamedTuple):
    """A place for a row that a person has confirmed."""

    lat: str
    lon: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row as it was written, what it asks for, and what was found; `fault` is why it stays without a place.

    Nothing is asked for a row that has coordinates.
    """

    line: int
    id: str
    cells: tuple[str, ...]
    asked: Asked | None = None
    found: Found | None = None
    pin: Pin | None = None
    fault: Fault | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressFile:
    """A CSV file, row by row. `header` has `lat` and `lon`, put at the end where they were missing."""

    name: str
    header: tuple[str, ...]
    columns: tuple[str, ...]
    delimiter: str
    rows: tuple[Row, ...]

    @property
    def waiting(self) -> list[Row]:
        """The rows that still need a place and say something about it."""
        return [row for row in self.rows if row.asked is not None and row.pin is None]

    @property
    def without_place(self) -> list[Row]:
        """The rows that stay without coordinates."""
        return [row for row in self.rows if row.fault is not None]


def read_addresses_file(path: Path, *, confirmed: Mapping[tuple[str, str], Pin] | None = None) -> AddressFile:
    """Read a CSV file with an `address`, or `street` and its like, per row. Raises `InputError`.

    `confirmed` are places by id and address, as `read_confirmed` returns them.
    """
    table = read_table(read_file(path, max_bytes=MAX_BYTES), file=path.name)
    columns = [column_name(name) for name in table.header]
    _refuse_columns(table, columns, path.name)
    header = [*table.header]
    added = [name for name in ("lat", "lon") if name not in columns]
    columns += added
    header += added
    rows = [_row(row, columns, len(table.header), path.name, confirmed or {}) for row in table.rows]
    return AddressFile(
        name=path.name, header=tuple(header), columns=tuple(columns), delimiter=table.delimiter, rows=tuple(rows)
    )


def _refuse_columns(table: TextTable, columns: Sequence[str], file: str) -> None:
    faults = [
        Fault(
            code="E-O19",
            file=file,
            row=table.header_line,
            column=name,
            message="the column is there more than once",
            remedy="keep one of them",
        )
        for name in ("id", "lat", "lon", *ADDRESS_COLUMNS)
        if columns.count(name) > 1
    ]
    if not {"address", "street"} & set(columns):
        message = "the column is missing"
        remedy = f"the header needs address, or street; {', '.join(ADDRESS_COLUMNS[2:])} may stand apart"
        faults.append(
            Fault(code="E-O20", file=file, row=table.header_line, column="address", message=message, remedy=remedy)
        )
    if faults:
        raise InputError(faults)


def _row(row: TextRow, columns: Sequence[str], width: int, file: str, confirmed: Mapping[tuple[str, str], Pin]) -> Row:
    whole = len(row.cells) == width
    cells = (*row.cells, *[""] * (len(columns) - width)) if whole else row.cells
    by_name = {name: cell.strip() for name, cell in zip(columns, cells, strict=False)}
    read = Row(line=row.line, id=by_name.get("id", ""), cells=cells)

    def at_fault(code: str, message: str, remedy: str, column: str | None = None) -> Row:
        fault = Fault(
            code=code, file=file, row=row.line, id=read.id or None, column=column, message=message, remedy=remedy
        )
        return replace(read, fault=fault)

    if not whole:
        message = f"{len(row.cells)} fields, the header has {width}"
        return at_fault("E-O18", message, "check its separators and quotes")
    has_lat, has_lon = bool(by_name["lat"]), bool(by_name["lon"])
    if has_lat and has_lon:
        return read
    if has_lat or has_lon:
        column = "lon" if has_lat else "lat"
        return at_fault("E-G05", "is empty beside the other coordinate", "give both, or neither", column)
    asked = _asked(by_name)
    if asked is None:
        return at_fault("E-G02", "has neither coordinates nor an address", "fill in one of them", "address")
    return replace(read, asked=asked, pin=confirmed.get((read.id, asked.text)))


def _asked(cells: Mapping[str, str]) -> Asked | None:
    street = " ".join(part for name in ("street", "house_number") if (part := cells.get(name, "")))
    text = cells.get("address", "") or street
    return Asked(text, cells.get("city", ""), cells.get("postcode", "")) if text else None


def fill(file: AddressFile, find: Find) -> AddressFile:
    """Look up every row that waits for a place; only what is sure is taken, the others get a fault."""
    return replace(file, rows=tuple(_filled(row, find, file.name) for row in file.rows))


def _filled(row: Row, find: Find, file: str) -> Row:
    if row.asked is None or row.pin is not None:
        return row
    found = find(row.asked)
    if found.grade == "sure" and found.lat is not None and found.lon is not None:
        pin = Pin(f"{found.lat:.{DECIMALS}f}", f"{found.lon:.{DECIMALS}f}")
        return replace(row, found=found, pin=pin, fault=None)
    known = found.grade != "none"
    seen = f" ({found.address})" if found.address else ""
    fault = Fault(
        code="E-G03" if known else "E-G04",
        file=file,
        row=row.line,
        id=row.id or None,
        column="address",
        value=row.asked.text,
        message=f"is {'not certain' if known else 'not found'}{seen}: {found.reason}",
        remedy=f"choose in {REPORT_NAME}, or give coordinates"
        if found.candidates
        else "correct it, or give coordinates",
    )
    return replace(row, found=found, fault=fault)


def filled_csv(file: AddressFile) -> str:
    """Return the whole file again, every cell as it was but the coordinates that were found."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=file.delimiter, lineterminator="\n")
    writer.writerow(file.header)
    lat_at, lon_at = file.columns.index("lat"), file.columns.index("lon")
    for row in file.rows:
        cells = [*row.cells]
        if row.pin is not None:
            cells[lat_at], cells[lon_at] = row.pin
        writer.writerow(cells)
    return buffer.getvalue()


def report_csv(file: AddressFile) -> str:
    """Return one line for each place that a row without one may mean; an x under `use` confirms it."""
    lines: list[Sequence[str | float | None]] = []
    for row in file.without_place:
        text = row.asked.text if row.asked else ""
        fault = row.fault
        reason = row.found.reason if row.found else fault.message if fault else ""
        start = (row.line, row.id, text, row.found.grade if row.found else "", reason, fault.code if fault else "", "")
        places = row.found.candidates if row.found else ()
        lines += [(*start, round(at.lat, DECIMALS), round(at.lon, DECIMALS), at.address) for at in places]
        lines += [] if places else [(*start, None, None, "")]
    return csv_text(REPORT_HEADER, lines)


def read_confirmed(path: Path) -> dict[tuple[str, str], Pin]:
    """Return the places of a report that have something under `use`, by id and address. Raises `InputError`."""
    table = read_table(read_file(path, max_bytes=MAX_BYTES), file=path.name)
    names = [column_name(name) for name in table.header]
    missing = [name for name in ("id", "address", "use", "lat", "lon") if name not in names]
    if missing:
        remedy = f"give a {REPORT_NAME} as written by planner"
        message = f"the columns {', '.join(missing)} are missing"
        raise InputError(Fault(code="E-O20", file=path.name, row=table.header_line, message=message, remedy=remedy))
    chosen: dict[tuple[str, str], Pin] = {}
    faults: list[Fault] = []
    for row in table.rows:
        cells = {name: cell.strip() for name, cell in zip(names, row.cells, strict=False)}
        if not cells.get("use"):
            continue
        key = (_as_written(cells.get("id", "")), _as_written(cells.get("address", "")))
        fault = partial(Fault, file=path.name, row=row.line, id=key[0] or None)
        if key in chosen:
            twice = "a second place is chosen for one address"
            faults.append(fault(code="E-G09", column="use", message=twice, remedy="keep one"))
        for column, limit in (("lat", 90), ("lon", 180)):
            value = cells.get(column, "")
            try:
                degrees(value, limit=limit)
            except CellError as bad:
                faults.append(fault(code=bad.code, column=column, value=value, message=bad.message, remedy=bad.remedy))
        chosen[key] = Pin(cells.get("lat", ""), cells.get("lon", ""))
    if faults:
        raise InputError(faults)
    return chosen


def _as_written(cell: str) -> str:
    """Take away the mark that keeps a spreadsheet from running a cell."""
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(FORMULA_STARTS) else cell
