"""The days that a fleet is sized for: a folder of them, or one file of orders with a date in each row."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from planner.errors import Fault, InputError, printable
from planner.io.csv_table import BOM, TextTable, column_name, read_table
from planner.io.files import read_file
from planner.io.orders import MAX_BYTES
from planner.model import Day
from planner.pipeline import Inputs, read_inputs
from planner.roads.streets import Streets
from planner.sizing.dates import (
    DATE,
    NO_ROWS_CODE,
    about_days,
    parse_date,
    read_weights,
    without_weight,
)

FLEET_NAME, ORDERS_NAME = "fleet.toml", "orders.csv"
DIGITS_OF_A_DATE = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandDay:
    """A day with its orders; `day` is None where nobody ordered anything. `sha256` is of its orders."""

    date: date
    day: Day | None
    weight: float = 1.0  # how often it comes, beside the others
    sha256: str = ""

    @property
    def orders(self) -> int:
        """Return how many orders there are."""
        return len(self.day.orders) if self.day else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """All days in order of time, what was rejected of them and what looks odd."""

    days: tuple[DemandDay, ...]
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()


@dataclass(slots=True)
class _Found:
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)


def read_demand(
    source: Path, *, fleet: Path, streets: Path | None, network: Streets, weights: Path | None = None
) -> Demand:
    """Read the days of a folder as `planner generate` writes it, or of a CSV file with a column `date`.

    Bad rows, and days that cannot be read, are kept apart, in `faults`. Raises `InputError` where no day is left, or
    where a file that concerns all of them is wrong.
    """
    found = _Found()
    with tempfile.TemporaryDirectory(prefix="planner-") as scratch:
        files = _in_folder(source, found) if source.is_dir() else _split(source, Path(scratch), found)
        if not files:
            raise InputError(found.faults or [_no_days(source)])
        try:
            weight_of = read_weights(weights, files) if weights else {}
        except InputError as error:
            raise InputError([*found.faults, *error.faults]) from None
        read = (
            _day(day, file, fleet=fleet, streets=streets, network=network, found=found)
            for day, file in sorted(files.items())
        )
        days = tuple(replace(day, weight=weight_of.get(day.date, 1.0)) for day in read if day is not None)
    faults = tuple(dict.fromkeys(found.faults))
    if not any(day.orders for day in days):
        raise InputError([*faults, _no_days(source)])
    dates = [day.date for day in days]
    found.warnings += about_days(dates, [day.date for day in days if not day.orders], source.name, left_out=files)
    if weights:
        found.warnings += without_weight(weights.name, weight_of, dates)
    return Demand(days=days, faults=faults, warnings=tuple(dict.fromkeys(found.warnings)))


def _day(
    day: date, file: Path, *, fleet: Path, streets: Path | None, network: Streets, found: _Found
) -> DemandDay | None:
    """Read a day; None where nothing of it can be read, which is then among the faults."""
    name = f"{day}/{file.name}" if file.name == ORDERS_NAME else file.name
    try:
        inputs: Inputs = read_inputs(file, fleet, day=day, streets=streets, place_streets=network)
    except InputError as error:
        if {fault.code for fault in error.faults} == {NO_ROWS_CODE}:
            return DemandDay(date=day, day=None)
        if any(fault.file != file.name for fault in error.faults):
            raise  # the fleet is wrong, on every day
        found.faults += (replace(fault, file=name) for fault in error.faults)
        return None
    rows = inputs.orders_file
    found.faults += (replace(fault, file=name) for fault in rows.faults)
    # A note on a column holds for all files, and is told once.
    found.warnings += (
        note if note.row is None or note.file != file.name else replace(note, file=name)
        for note in inputs.notes
        if note.column != "date"
    )
    if not rows.orders:
        message = "has no row that could be read, so that the day is left out"
        found.faults.append(Fault(code="E-Y12", file=name, message=message, remedy="mend its rows"))
        return None
    return DemandDay(date=day, day=inputs.day, sha256=rows.sha256)


def _in_folder(folder: Path, found: _Found) -> dict[date, Path]:
    """Find a folder for each day, or a file named by its date."""
    files: dict[date, Path] = {}
    for entry in sorted(folder.iterdir()):
        name = entry.stem if entry.suffix == ".csv" else entry.name
        if not DATE.fullmatch(name):
            if _may_be_a_day(entry):
                message = "is no date of the form 2026-03-10, so that it is left out"
                _left_out(found, "E-Y11", entry.name, message, "name it by its day, with the year first")
            continue
        day = parse_date(name)
        file = entry / ORDERS_NAME if entry.is_dir() else entry
        if day is None:
            _left_out(found, "E-Y11", entry.name, "is no day of the calendar", "name the folder as in 2026-03-10")
        elif not file.is_file():
            remedy = "add it; a header line alone says that nobody ordered anything"
            _left_out(found, "E-Y12", entry.name, f"has no {ORDERS_NAME}", remedy)
        elif not file.stat().st_size:
            told = f"{entry.name}/{ORDERS_NAME}" if entry.is_dir() else entry.name
            remedy = "write its rows; a header line alone says that nobody ordered anything"
            _left_out(found, "E-Y12", told, "is empty, without a header line", remedy)
        elif day in files:
            _left_out(found, "E-Y12", entry.name, "is there as a folder and as a file", "keep one")
        else:
            files[day] = file
    return files


def _may_be_a_day(entry: Path) -> bool:
    """Say whether something named in another way looks like a day: it holds orders, or has the digits of a date."""
    if entry.is_dir():
        return (entry / ORDERS_NAME).is_file()
    return entry.suffix == ".csv" and sum(letter.isdigit() for letter in entry.stem) >= DIGITS_OF_A_DATE


def _left_out(found: _Found, code: str, file: str, message: str, remedy: str) -> None:
    found.faults.append(Fault(code=code, file=file, message=message, remedy=remedy))


def _split(source: Path, scratch: Path, found: _Found) -> dict[date, Path]:
    """Write the rows of each date to a file of their own, in their lines, so that faults name the right one."""
    if source.suffix == ".toml":
        raise InputError(_no_days(source))
    data = read_file(source, max_bytes=MAX_BYTES)
    table = read_table(data, file=source.name)
    names = [column_name(name) for name in table.header]
    if "date" not in names:
        near = next((name for name in table.header if "date" in column_name(name)), None)
        message = "has no column date, which says what day an order is of"
        remedy = "add it, or give a folder of days as planner generate writes it"
        if near is not None:
            remedy = f"call the column {printable(near)} date, if that is it"
        raise InputError(Fault(code="E-Y10", file=source.name, message=message, remedy=remedy))
    lines = list(io.StringIO(data.decode("utf-8").lstrip(BOM), newline=""))
    rows_of: dict[date, list[tuple[int, int]]] = {}
    for (start, end), cells in _spans(table, len(lines)):
        text = cells[names.index("date")].strip() if len(cells) > names.index("date") else ""
        day = parse_date(text)
        if day is not None:
            rows_of.setdefault(day, []).append((start, end))
            continue
        message = "is no date of the form 2026-03-10" if text else "the date is empty"
        remedy = "write the year first" if text else "fill it in; the row is left out"
        fault = Fault(
            code="E-Y11", file=source.name, row=start, column="date", value=text, message=message, remedy=remedy
        )
        found.faults.append(fault)
    return {day: _written(scratch / str(day) / source.name, table, lines, spans) for day, spans in rows_of.items()}


def _spans(table: TextTable, lines: int) -> Iterator[tuple[tuple[int, int], Sequence[str]]]:
    """Yield the first line of each row and the line after its last one, counted from 1."""
    starts = [row.line for row in table.rows]
    for row, end in zip(table.rows, [*starts[1:], lines + 1], strict=True):
        yield (row.line, end), row.cells


def _written(target: Path, table: TextTable, lines: Sequence[str], spans: Sequence[tuple[int, int]]) -> Path:
    keep = {line for start, end in spans for line in range(start, end)} | {*range(1, table.rows[0].line)}
    target.parent.mkdir()
    text = "".join(line if number in keep else "\n" for number, line in enumerate(lines, start=1))
    target.write_text(text, encoding="utf-8", newline="")
    return target


def _no_days(source: Path) -> Fault:
    message = "holds no day with orders"
    remedy = "give a folder with YYYY-MM-DD/orders.csv, as planner generate writes it, or a CSV file with a column date"
    return Fault(code="E-Y10", file=str(source), message=message, remedy=remedy)
