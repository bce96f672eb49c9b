"""Text to rows of cells: delimiters, quotes that are not closed, line breaks inside quotes."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from planner.errors import Fault, InputError
from planner.io.cells import CellError
from planner.io.csv_table import DELIMITERS, MAX_FIELD_CHARACTERS, MAX_FIELD_LINES, TextRow
from planner.io.importing.headers import known

MAX_ROWS = 250_000
SAMPLE_LINES = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Rows of a file as text, blank ones left out, and what is wrong with single ones, by line."""

    rows: Sequence[TextRow]
    bad: dict[int, CellError]
    delimiter: str
    said: tuple[str, ...] = ()


def read_records(text: str, *, file: str, delimiter: str | None = None) -> Grid:
    """Cut a text into rows. Raises `InputError` E-O24 above `MAX_ROWS`, E-O21 where there are none."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if len(lines) > MAX_ROWS * 2:
        raise InputError(too_many(file, len(lines)))
    first = next((line.strip() for line in lines if line.strip()), "")
    skip = 0
    if first.casefold().startswith("sep=") and len(first) == 5:
        delimiter = delimiter or first[4]
        skip = lines.index(next(line for line in lines if line.strip())) + 1
    elif first.casefold() == "sep=":
        delimiter, skip = delimiter or "\t", 1
    used = delimiter or _delimiter(lines)
    bad: dict[int, CellError] = {}
    rows = []
    for row in _rows(lines, skip, used, bad):
        if (row.cells[0] and not row.cells[0].isspace()) or any(cell.strip() for cell in row.cells):
            rows.append(row)
            if len(rows) > MAX_ROWS:
                raise InputError(too_many(file, len(lines)))
    if not rows:
        raise InputError(Fault(code="E-O21", file=file, message="no orders in it", remedy="give a file with rows"))
    said = (f'the first line says "{first}"',) if skip else ()
    return Grid(rows=rows, bad=bad, delimiter=used, said=said)


def too_many(file: str, rows: int) -> Fault:
    """Return the fault of a file with more rows than are read at once."""
    message = f"has about {rows:,} rows, more than {MAX_ROWS:,}: no day has so many orders"
    return Fault(code="E-O24", file=file, message=message, remedy="split the file, by day for instance")


def _delimiter(lines: Sequence[str]) -> str:
    """Return the delimiter under which a row looks most like a header; then the one that cuts most rows alike."""
    sample = [line for line in lines[: 4 * SAMPLE_LINES] if line.strip()][:SAMPLE_LINES]

    def worth(delimiter: str) -> tuple[int, int, int]:
        cut = [next(csv.reader([line], delimiter=delimiter), []) for line in sample]
        widths = [len(cells) for cells in cut]
        usual = max(set(widths), key=widths.count, default=1)
        alike = widths.count(usual) if usual > 1 else 0
        return max((sum(map(known, cells)) for cells in cut), default=0), alike, usual

    return max(DELIMITERS, key=worth)


def _rows(lines: Sequence[str], at: int, delimiter: str, bad: dict[int, CellError]) -> Iterator[TextRow]:
    while at < len(lines):
        line = lines[at]
        start, at = at, at + 1
        if '"' not in line:
            cells: Sequence[str] = line.split(delimiter)
        else:
            cells, at = _quoted(lines, start, delimiter, bad)
        if len(line) > MAX_FIELD_CHARACTERS and any(len(cell) > MAX_FIELD_CHARACTERS for cell in cells):
            message = f"a field has more than {MAX_FIELD_CHARACTERS:,} characters"
            bad[start + 1] = CellError("E-O25", message, "shorten it")
            cells = [cell[:100] for cell in cells]
        yield TextRow(line=start + 1, cells=tuple(cells))


def _quoted(lines: Sequence[str], start: int, delimiter: str, bad: dict[int, CellError]) -> tuple[Sequence[str], int]:
    """Return the cells of a record with quotes and where the next begins; it may go over a few lines."""
    for end in range(start + 1, min(start + 1 + MAX_FIELD_LINES, len(lines)) + 1):
        record = [f"{line}\n" for line in lines[start : end - 1]] + [lines[end - 1]]
        try:
            return next(csv.reader(record, delimiter=delimiter, strict=True)), end
        except csv.Error as error:
            if "expected after" in str(error):  # text goes on behind a closing quote: '"Box" Berg'
                break
    if lines[start].count('"') % 2 == 0:
        return next(csv.reader([lines[start]], delimiter=delimiter)), start + 1
    remedy = 'close it, or write " inside text as ""'
    bad[start + 1] = CellError("E-O16", "a quote that opens here is not closed properly", remedy)
    return next(csv.reader([lines[start]], delimiter=delimiter, quoting=csv.QUOTE_NONE)), start + 1
