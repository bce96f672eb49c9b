"""One file with the orders of many days: a file of orders for each, whose line numbers are still those of the whole."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from planner.batch.jobs import Refused
from planner.batch.rows import Row
from planner.errors import Fault, InputError
from planner.io.csv_table import TextRow, TextTable

DATE_COLUMNS = ("date", "day", "delivery_date")


def dated_orders(
    source: Path, table: TextTable, columns: Sequence[str], *, date_column: str
) -> tuple[list[Row], list[Refused]]:
    """Return a row for each day, the first line of the day being its place, and the lines without a day.

    Raises `InputError` where no line has a day.
    """
    at = columns.index(date_column)
    days: dict[str, list[TextRow]] = defaultdict(list)
    faults: list[Fault] = []
    for row in table.rows:
        fault = _fault(source.name, row, at, columns)
        if fault is None:
            days[row.cells[at].strip()].append(row)
        else:
            faults.append(fault)
    if not days:
        raise InputError(faults)
    rows = [
        Row(
            cells={"id": day, "date": day},
            line=orders[0].line,
            file=source.name,
            folder=source.parent,
            data=partial(day_bytes, table, orders, at),
            orders_name=source.name,
        )
        for day, orders in days.items()
    ]
    refused = [
        Refused(name=f"line-{fault.row}", position=fault.row or 0, code=fault.code, message=str(fault))
        for fault in faults
    ]
    return rows, refused


def _fault(file: str, row: TextRow, at: int, columns: Sequence[str]) -> Fault | None:
    where = partial(Fault, file=file, row=row.line)
    if len(row.cells) != len(columns):
        message = f"{len(row.cells)} fields, the header has {len(columns)}"
        return where(code="E-O18", message=message, remedy="check its separators and quotes")
    said = row.cells[at].strip()
    try:
        if datetime.strptime(said, "%Y-%m-%d").date().isoformat() == said:
            return None
    except ValueError:
        pass
    message = "is no date" if said else "there is no date"
    return where(code="E-B22", column=columns[at], value=said, message=message, remedy="write it as 2026-03-10")


def day_bytes(table: TextTable, orders: Sequence[TextRow], date_at: int) -> bytes:
    """Return the orders of a day as a file without the date, blank where the whole file has other days."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=table.delimiter, lineterminator="\n")
    line = 1
    for row in (TextRow(line=table.header_line, cells=table.header), *orders):
        out.write("\n" * (row.line - line))
        begun = out.tell()
        writer.writerow([cell for at, cell in enumerate(row.cells) if at != date_at])
        out.seek(begun)
        line = row.line + sum(1 for _ in out)
    return out.getvalue().encode()
