"""Rows of an orders file that were rejected, as a table to mend them in, and the file with the mended rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from planner.errors import Fault, printable
from planner.io.csv_table import read_table
from planner.io.files import read_file
from planner.io.orders import MAX_BYTES, OrdersFile, RejectedRow

MOST_ROWS = 500
LINE, PROBLEM, REMEDY = "line", "what is wrong", "what to do"
TOLD = (LINE, PROBLEM, REMEDY)
Fixes = Mapping[int, tuple[str, ...]]


def rows_to_fix(found: OrdersFile, fixes: Fixes) -> dict[str, list[object]]:
    """Return the table by column: line, problem and remedy first, then the cells, those at fault before the others."""
    rows = found.rejected[:MOST_ROWS]
    faults = {row.row: [fault for fault in found.faults if fault.row == row.row] for row in rows}
    cells = {row.row: _padded(fixes.get(row.row, row.cells), len(cell_names(found))) for row in rows}
    table: dict[str, list[object]] = {
        LINE: [row.row for row in rows],
        PROBLEM: ["; ".join(map(problem, faults[row.row])) for row in rows],
        REMEDY: ["; ".join(dict.fromkeys(fault.remedy for fault in faults[row.row])) for row in rows],
    }
    at_fault = {fault.column for listed in faults.values() for fault in listed}
    names = cell_names(found)
    for name in sorted(names, key=lambda name: (name != "id", name not in at_fault)):
        table[name] = [cells[row.row][names.index(name)] for row in rows]
    return table


def cell_names(found: OrdersFile) -> list[str]:
    """Return a name for each cell of the widest rejected row: the header's, made unique and never one of `TOLD`."""
    width = max([len(found.columns), *(len(row.cells) for row in found.rejected[:MOST_ROWS])])
    names: list[str] = []
    for number in range(width):
        name = found.columns[number] if number < len(found.columns) else ""
        taken = not name or name in names or name in TOLD
        names.append(f"column {number + 1}" if taken else name)
    return names


def take_edits(
    found: OrdersFile, fixes: Fixes, edits: Mapping[int, Mapping[str, object]]
) -> dict[int, tuple[str, ...]]:
    """Return `fixes` with the edits of the table: by number of the shown row, then by column."""
    names = cell_names(found)
    taken = dict(fixes)
    for number, edited in edits.items():
        row: RejectedRow = found.rejected[number]
        cells = list(_padded(taken.get(row.row, row.cells), len(names)))
        for name, value in edited.items():
            cells[names.index(name)] = "" if value is None else str(value)
        taken[row.row] = _trimmed(cells, len(found.columns))
    return taken


def mended_csv(path: Path, fixes: Fixes) -> bytes:
    """Return the orders file with the fixed rows in the place of the old ones, by line."""
    table = read_table(read_file(path, max_bytes=MAX_BYTES), file=path.name)
    text = io.StringIO()
    writer = csv.writer(text, delimiter=table.delimiter, lineterminator="\n")
    writer.writerow(table.header)
    writer.writerows(fixes.get(row.line, row.cells) for row in table.rows)
    return text.getvalue().encode()


def problem(fault: Fault) -> str:
    """Return what is wrong with a row: the code, the column, the value."""
    where = f"{fault.column} " if fault.column else ""
    value = f'"{printable(fault.value)}" ' if fault.value is not None else ""
    return f"{fault.code} {where}{value}{fault.message}"


def _padded(cells: Sequence[str], width: int) -> tuple[str, ...]:
    return (*cells, *[""] * (width - len(cells)))


def _trimmed(cells: list[str], width: int) -> tuple[str, ...]:
    """Drop empty cells beyond the header's width: so a row with a cell too many is mended by emptying it."""
    while len(cells) > width and not cells[-1]:
        cells.pop()
    return tuple(cells)
