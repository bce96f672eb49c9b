"""The days that a fleet is sized for: a folder of them, or one file of orders with a date in each row."""

from __future__ import annotations

import io
import math
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from planner.errors import Fault, InputError
from planner.io.csv_table import BOM, TextTable, column_name, read_table
from planner.io.files import read_file
from planner.io.orders import MAX_BYTES
from planner.model import Day
from planner.pipeline import Inputs, read_inputs
from planner.roads.streets import Streets

FLEET_NAME, ORDERS_NAME = "fleet.toml", "orders.csv"
NO_ORDERS_CODE = "E-O21"
DAYS_LISTED = 5
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandDay:
    """A day with its orders; `day` is None where nobody ordered anything. `sha256` is of its orders."""

    date: date
    weight: float
    day: Day | None
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

    Bad rows are kept apart, in `faults`. Raises `InputError` where no day is left, or a file cannot be read at all.
    """
    found = _Found()
    with tempfile.TemporaryDirectory(prefix="planner-") as scratch:
        files = _in_folder(source, found) if source.is_dir() else _split(source, Path(scratch), found)
        weight_of = _weights(weights, files) if weights else {}
        if not files:
            raise InputError(found.faults or [_no_days(source)])
        days = tuple(
            _day(day, file, fleet=fleet, streets=streets, network=network, weight=weight_of.get(day, 1.0), found=found)
            for day, file in sorted(files.items())
        )
    if not any(day.orders for day in days):
        raise InputError([*found.faults, _no_days(source)])
    found.warnings += _about_days(days, source.name)
    return Demand(days=days, faults=tuple(found.faults), warnings=tuple(dict.fromkeys(found.warnings)))


def _day(
    day: date, file: Path, *, fleet: Path, streets: Path | None, network: Streets, weight: float, found: _Found
) -> DemandDay:
    try:
        inputs: Inputs = read_inputs(file, fleet, day=day, streets=streets, place_streets=network)
    except InputError as error:
        if {fault.code for fault in error.faults} != {NO_ORDERS_CODE}:
            raise
        return DemandDay(date=day, weight=weight, day=None)
    rows = inputs.orders_file
    found.faults += rows.faults
    found.warnings += (note for note in inputs.notes if note.column != "date")
    if not rows.orders:
        return DemandDay(date=day, weight=weight, day=None)
    return DemandDay(date=day, weight=weight, day=inputs.day, sha256=rows.sha256)


def _in_folder(folder: Path, found: _Found) -> dict[date, Path]:
    """Find a folder for each day, or a file named by its date."""
    files: dict[date, Path] = {}
    for entry in sorted(folder.iterdir()):
        if not _DATE.fullmatch(entry.stem if entry.suffix == ".csv" else entry.name):
            continue
        day = _date(entry.name[:10])
        file = entry / ORDERS_NAME if entry.is_dir() else entry
        if day is None:
            message, remedy = "is no day of the calendar", "name the folder as in 2026-03-10"
            found.faults.append(Fault(code="E-Y11", file=entry.name, message=message, remedy=remedy))
        elif not file.is_file():
            message, remedy = f"has no {ORDERS_NAME}", "add it; a header line alone says that nobody ordered anything"
            found.faults.append(Fault(code="E-Y12", file=entry.name, message=message, remedy=remedy))
        elif day in files:
            message, remedy = "is there as a folder and as a file", "keep one"
            found.faults.append(Fault(code="E-Y12", file=entry.name, message=message, remedy=remedy))
        else:
            files[day] = file
    return files


def _split(source: Path, scratch: Path, found: _Found) -> dict[date, Path]:
    """Write the rows of each date to a file of their own, in their lines, so that faults name the right one."""
    data = read_file(source, max_bytes=MAX_BYTES)
    table = read_table(data, file=source.name)
    names = [column_name(name) for name in table.header]
    if "date" not in names:
        message = "has no column date, which says what day an order is of"
        remedy = "add it, or give a folder of days as planner generate writes it"
        raise InputError(Fault(code="E-Y10", file=source.name, message=message, remedy=remedy))
    lines = list(io.StringIO(data.decode("utf-8").lstrip(BOM), newline=""))
    rows_of: dict[date, list[tuple[int, int]]] = {}
    for (start, end), cells in _spans(table, len(lines)):
        text = cells[names.index("date")].strip() if len(cells) > names.index("date") else ""
        day = _date(text)
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


def _weights(file: Path, days: Mapping[date, Path]) -> dict[date, float]:
    """Read a CSV file of dates and weights. Raises `InputError` E-Y16 with every fault."""
    table = read_table(read_file(file, max_bytes=MAX_BYTES), file=file.name)
    names = [column_name(name) for name in table.header]
    if sorted(names) != ["date", "weight"]:
        message, remedy = "has other columns than date and weight", "write date,weight in the first line"
        raise InputError(Fault(code="E-Y16", file=file.name, message=message, remedy=remedy))
    weights: dict[date, float] = {}
    faults: list[Fault] = []
    for row in table.rows:
        cells = dict(zip(names, row.cells, strict=False))
        day, weight = _date(cells["date"].strip()), _number(cells.get("weight", ""))
        wrong = None
        if day is None or day not in days:
            wrong = ("date", "is no date of the days", "use the dates of the days")
        elif weight is None or not 0 < weight < math.inf:
            wrong = ("weight", "is no number above 0", "write 52 for a day that stands for 52 of a year")
        if wrong:
            column, message, remedy = wrong
            value = cells.get(column, "")
            faults.append(
                Fault(
                    code="E-Y16",
                    file=file.name,
                    row=row.line,
                    column=column,
                    value=value,
                    message=message,
                    remedy=remedy,
                )
            )
        elif day is not None and weight is not None:
            weights[day] = weight
    if faults:
        raise InputError(faults)
    return weights


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None


def _no_days(source: Path) -> Fault:
    message = "holds no day with orders"
    remedy = "give a folder with YYYY-MM-DD/orders.csv, as planner generate writes it, or a CSV file with a column date"
    return Fault(code="E-Y10", file=str(source), message=message, remedy=remedy)


def _about_days(days: Sequence[DemandDay], file: str) -> Iterator[Fault]:
    """Say what is odd about the days as a whole."""
    if len(days) == 1:
        message = "is one day only: how often a fleet falls short cannot be told from it"
        yield Fault(
            code="E-Y14", file=file, message=message, remedy="give some weeks, with the busiest days of the year"
        )
    empty = [day.date for day in days if not day.orders]
    if empty:
        message = f"{_listed(empty)} without orders: they count, at the price of a fleet that stands still"
        yield Fault(
            code="E-Y15", file=file, message=message, remedy="leave such days out if the business is closed then"
        )
    known = {day.date for day in days}
    span = (days[-1].date - days[0].date).days
    missing = [day for day in (days[0].date + timedelta(days=n) for n in range(span)) if day not in known]
    if missing:
        message = f"{_listed(missing)} missing between the first and the last: those that are there stand for the year"
        yield Fault(code="E-Y13", file=file, message=message, remedy="add them unless the business is closed then")


def _listed(days: Sequence[date]) -> str:
    named = ", ".join(str(day) for day in days[:DAYS_LISTED]) + (", ..." if len(days) > DAYS_LISTED else "")
    return f"{len(days)} day{'s' if len(days) > 1 else ''} ({named})"
