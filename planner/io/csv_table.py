"""Bytes of a CSV file to rows of text, with true line numbers and nothing guessed but the delimiter."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from planner.errors import Fault, InputError

DELIMITERS = ",;\t|"
MAX_COLUMNS = 200
MAX_FIELD_CHARACTERS = 65_536
MAX_FIELD_LINES = 5
BOM = "\ufeff"

SIGNATURES = (
    (b"PK\x03\x04", "a zip file"),
    (b"\x1f\x8b", "a gzip file"),
    (b"\xd0\xcf\x11\xe0", "an old Excel (XLS) file"),
    (b"%PDF", "a PDF file"),
    (b"PAR1", "a Parquet file"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRow:
    """The cells of one record as written; `line` is where it starts, the header being line 1."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextTable:
    """A CSV file as text. Blank lines and rows of empty cells are left out; rows may differ in width."""

    header: tuple[str, ...]
    header_line: int
    rows: tuple[TextRow, ...]
    delimiter: str


def read_table(data: bytes, *, file: str) -> TextTable:
    """Parse a CSV file strictly. Raises `InputError` for what is no CSV text at all."""
    _refuse_other_formats(data, file)
    text = _decoded(data, file).lstrip(BOM)
    records = [row for row in _records(text, _delimiter(text), file) if any(cell.strip() for cell in row.cells)]
    if len(records) < 2:
        raise InputError(_fault("E-O21", file, "no orders in it", "give a header line and one line per order"))
    header, *rows = records
    if len(header.cells) > MAX_COLUMNS:
        message = f"{len(header.cells):,} columns, more than {MAX_COLUMNS}"
        raise InputError(_fault("E-O25", file, message, "keep the columns named in docs/orders.md", header.line))
    _refuse_shifted_rows(rows, len(header.cells), file)
    return TextTable(header=header.cells, header_line=header.line, rows=tuple(rows), delimiter=_delimiter(text))


def first_row(data: bytes, *, file: str) -> tuple[str, ...]:
    """Return the cells of the first line that is not blank. Raises `InputError` for what is no UTF-8 text, or none."""
    _refuse_other_formats(data, file)
    text = _decoded(data, file).lstrip(BOM)
    for row in _records(text, _delimiter(text), file):
        if any(cell.strip() for cell in row.cells):
            return row.cells
    return ()


def _refuse_other_formats(data: bytes, file: str) -> None:
    kind = next((name for start, name in SIGNATURES if data.startswith(start)), None)
    if kind == "a zip file" and b"xl/" in data:
        kind = "an XLSX file"
    if data[:1_000].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith((b"<!doctype", b"<html", b"<?xml")):
        kind = "an HTML or XML file"
    if kind is not None:
        raise InputError(_fault("E-O47", file, f"this is {kind}, not CSV text", "save it as CSV (UTF-8)"))


def _decoded(data: bytes, file: str) -> str:
    remedy = "save it as CSV (UTF-8)"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data[:2]:
        raise InputError(_fault("E-O13", file, "not UTF-8; looks like UTF-16", remedy, 1))
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        column = len(before) - before.rfind(b"\n")
        message = f"byte {column} is not UTF-8; looks like Windows-1252"
        raise InputError(_fault("E-O13", file, message, remedy, before.count(b"\n") + 1)) from None


def _delimiter(text: str) -> str:
    """Return the separator found most often in the first line that is not blank, outside quotes."""
    line = next((line for line in io.StringIO(text, newline=None) if line.strip()), "")
    unquoted = "".join(line.split('"')[::2])
    return max(DELIMITERS, key=unquoted.count)


def _records(text: str, delimiter: str, file: str) -> Iterator[TextRow]:
    # newline="" splits lines at \n, \r\n and \r alike and leaves them as they are inside quotes
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise InputError(_broken_record(error, line, reader.line_num, file)) from None
        if reader.line_num > line and any(_lines(cell) > MAX_FIELD_LINES for cell in cells):
            raise InputError(_unclosed(file, line))
        if any(len(cell) > MAX_FIELD_CHARACTERS for cell in cells):
            raise InputError(_too_long(file, line))
        yield TextRow(line=line, cells=tuple(cells))


def _lines(cell: str) -> int:
    return max(cell.count("\n"), cell.count("\r"))


def _broken_record(error: csv.Error, line: int, last_line: int, file: str) -> Fault:
    if "field limit" in str(error) and last_line == line:
        return _too_long(file, line)
    return _unclosed(file, line)


def _unclosed(file: str, line: int) -> Fault:
    return _fault(
        "E-O16", file, "a quote that opens here is not closed properly", 'close it, or write " inside text as ""', line
    )


def _too_long(file: str, line: int) -> Fault:
    return _fault("E-O25", file, f"a field has more than {MAX_FIELD_CHARACTERS:,} characters", "shorten it", line)


def _refuse_shifted_rows(rows: list[TextRow], width: int, file: str) -> None:
    """Refuse the file where most rows have the same wrong number of fields, as a trailing comma gives."""
    usual, times = Counter(len(row.cells) for row in rows).most_common(1)[0]
    if usual != width and 2 * times > len(rows):
        message = f"rows have {usual} fields, the header {width}"
        remedy = "remove the separator at the end of the lines, or name the missing column"
        raise InputError(_fault("E-O17", file, message, remedy, rows[0].line))


def _fault(code: str, file: str, message: str, remedy: str, row: int | None = None) -> Fault:
    return Fault(code=code, file=file, message=message, remedy=remedy, row=row)


def column_name(written: str) -> str:
    """Return a header as a column name: without capitals, with one underscore for spaces and underscores."""
    return "_".join(written.casefold().replace("_", " ").split())
