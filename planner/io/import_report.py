"""Write what became of the rows of an orders file that need a look."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from planner.errors import Fault
from planner.io.files import write_atomic
from planner.io.orders import OrdersFile
from planner.io.safe_csv import csv_text

HEADER = ("row", "id", "column", "code", "value", "message", "suggestion", "result", "original")


def write_import_report(path: Path, orders_file: OrdersFile) -> None:
    """Write the report of an orders file, whole or not at all."""
    write_atomic(path, import_report(orders_file))


def import_report(orders_file: OrdersFile) -> str:
    """Return one line per fault and per warning, by row.

    `result` is ``rejected`` or ``kept``; `original` is the rejected row as it was written.
    """
    return csv_text(HEADER, _lines(orders_file))


def _lines(orders_file: OrdersFile) -> Iterator[Sequence[str | float | None]]:
    originals = {row.row: _record(row.cells, orders_file.delimiter) for row in orders_file.rejected}
    for fault in sorted((*orders_file.faults, *orders_file.warnings), key=lambda fault: fault.row or 0):
        yield _line(fault, originals.get(fault.row or 0))


def _line(fault: Fault, original: str | None) -> Sequence[str | float | None]:
    result = "kept" if original is None else "rejected"
    where = (fault.row, fault.id, fault.column)
    return (*where, fault.code, fault.value, fault.message, fault.remedy, result, original)


def _record(cells: Sequence[str], delimiter: str) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter, lineterminator="").writerow(cells)
    return buffer.getvalue()
