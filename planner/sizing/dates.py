"""Dates of the days: how they are written, how often each comes, and what is odd about them as a whole."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

from planner.errors import Fault, InputError
from planner.io.csv_table import column_name, read_table
from planner.io.files import read_file
from planner.io.orders import MAX_BYTES

DAYS_LISTED = 5
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WEEKEND = (5, 6)
WEIGHT_CODE = "E-Y16"
NO_ROWS_CODE = "E-O21"
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def parse_date(text: str) -> date | None:
    """Read a date as in 2026-03-10; None for anything else."""
    try:
        return date.fromisoformat(text) if DATE.fullmatch(text) else None
    except ValueError:
        return None


def read_weights(file: Path, days: Collection[date] | None = None) -> dict[date, float]:
    """Read a CSV file of dates and weights, of `days` where they are known. Raises `InputError` with every fault."""
    try:
        table = read_table(read_file(file, max_bytes=MAX_BYTES), file=file.name)
    except InputError as error:
        if {fault.code for fault in error.faults} != {NO_ROWS_CODE}:
            raise
        message, remedy = "has no weights", "write date,weight in the first line, and a line for each day"
        raise InputError(Fault(code=WEIGHT_CODE, file=file.name, message=message, remedy=remedy)) from None
    names = [column_name(name) for name in table.header]
    if sorted(names) != ["date", "weight"]:
        message, remedy = "has other columns than date and weight", "write date,weight in the first line"
        raise InputError(Fault(code=WEIGHT_CODE, file=file.name, row=1, message=message, remedy=remedy))
    found: dict[date, float] = {}
    line_of: dict[date, int] = {}
    faults: list[Fault] = []
    for row in table.rows:
        cells = dict(zip(names, row.cells, strict=False))
        day, weight = parse_date(cells["date"].strip()), _number(cells.get("weight", ""))
        if day is None:
            wrong = ("date", "is no date of the form 2026-03-10", "write the year first")
        elif days is not None and day not in days:
            wrong = ("date", "is no date of the days", "use the dates of the days")
        elif day in line_of:
            wrong = ("date", f"has a weight in line {line_of[day]} already", "keep one of them")
        elif weight is None or not 0 < weight < math.inf:
            remedy = (
                "write 52 for a day that stands for 52 of a year, with a point for decimals; leave out a day of none"
            )
            wrong = ("weight", "is no number above 0", remedy)
        else:
            found[day], line_of[day] = weight, row.line
            continue
        faults.append(_fault(file.name, row.line, wrong[0], cells.get(wrong[0], ""), *wrong[1:]))
    if faults:
        raise InputError(faults)
    return found


def without_weight(file: str, weights: Collection[date], days: Sequence[date]) -> Iterator[Fault]:
    """Say which days have no weight where others have."""
    bare = [day for day in days if day not in weights]
    if bare:
        message = f"says nothing of {listed(bare)}: they count once"
        yield Fault(
            code="E-Y18", file=file, message=message, remedy="give each day a weight, if others come more often"
        )


def about_days(
    days: Sequence[date], empty: Sequence[date], file: str, *, left_out: Collection[date] = ()
) -> Iterator[Fault]:
    """Say what is odd about the days as a whole: `empty` are without orders, `left_out` could not be read."""
    if len(days) == 1:
        message = "is one day only: how often a fleet falls short cannot be told from it"
        yield Fault(
            code="E-Y14", file=file, message=message, remedy="give some weeks, with the busiest days of the year"
        )
    if empty:
        message = f"{listed(empty)} without orders: they count, at the price of a fleet that stands still"
        yield Fault(
            code="E-Y15", file=file, message=message, remedy="leave such days out if the business is closed then"
        )
    known, span = {*days, *left_out}, (days[-1] - days[0]).days
    missing = [day for day in (days[0] + timedelta(days=n) for n in range(span)) if day not in known]
    closed = _closed(missing, known)
    if closed:
        names = " and ".join(f"{WEEKDAYS[weekday]}s" for weekday in closed)
        count = sum(day.weekday() in closed for day in missing)
        message = f"no {names} there, {count} in all: the business is taken to be closed then"
        remedy = "nothing to do if so; otherwise add them, with the header line alone where nobody ordered"
        yield Fault(code="E-Y13", file=file, message=message, remedy=remedy)
    others = [day for day in missing if day.weekday() not in closed]
    if others:
        message = f"{listed(others)} missing between the first and the last: those that are there stand for the year"
        yield Fault(code="E-Y13", file=file, message=message, remedy="add them unless the business is closed then")


def _closed(missing: Sequence[date], known: Collection[date]) -> list[int]:
    """Return the weekdays that are never there: of the weekend, or more than once."""
    counts = [sum(day.weekday() == weekday for day in missing) for weekday in range(len(WEEKDAYS))]
    there = {day.weekday() for day in known}
    return [w for w, count in enumerate(counts) if w not in there and (count > 1 or (count == 1 and w in WEEKEND))]


def listed(days: Sequence[date]) -> str:
    """Return how many days there are, and the first of them."""
    named = ", ".join(str(day) for day in days[:DAYS_LISTED]) + (", ..." if len(days) > DAYS_LISTED else "")
    return f"{len(days)} day{'s' if len(days) > 1 else ''} ({named})"


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _fault(file: str, row: int, column: str, value: str, message: str, remedy: str) -> Fault:
    return Fault(code=WEIGHT_CODE, file=file, row=row, column=column, value=value, message=message, remedy=remedy)
