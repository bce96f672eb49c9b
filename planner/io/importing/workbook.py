"""XLSX to rows of text. The archive's sizes are looked at first; formulas are never evaluated."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import python_calamine

from planner.errors import Fault, InputError
from planner.io.cells import CellError
from planner.io.csv_table import MAX_COLUMNS, TextRow
from planner.io.importing.headers import known
from planner.io.importing.questions import Question
from planner.io.importing.records import MAX_ROWS, Grid, too_many

MOST_BYTES = 250_000_000
MOST_RATIO = 100
MOST_PARTS = 1_000
MOST_CELLS = 15_000_000  # the reader lays a sheet out as a rectangle, at some 24 bytes a cell
EXACT = 2**53  # above it a spreadsheet's numbers are no longer whole
HEADER_WITHIN = 20

CELL = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,3})(\d{1,7})["']""")
HIDDEN = re.compile(rb"""<(?:\w+:)?row\b[^>]*\bhidden\s*=\s*["'](?:1|true)["']""")
_VALUELESS = rb"""\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"""
FORMULA = re.compile(
    rb"""<(?:\w+:)?c\b[^>]*\br="([A-Z]{1,3})(\d+)"[^>]*>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)"""
    + _VALUELESS
)


def read_workbook(data: bytes, *, file: str, sheet: str | None = None) -> Grid:
    """Return the rows of the sheet of orders.

    Raises `InputError`: E-O48 for a bomb, E-O50 where a sheet is to be named.
    """
    safe, parts = _unpacked(data, file)
    sheets = [(name, content) for name, content in parts.items() if name.startswith("xl/worksheets/")]
    for _, content in sheets:
        _refuse_wide(content, file)
    try:
        with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(safe)) as book:
            name = _chosen(book, sheet, file)
            found = book.get_sheet_by_name(name)
            rows = [row for row in _rows(found) if any(row.cells)]
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        message = f"is no XLSX file that can be read ({error})"
        raise InputError(_fault(file, "E-O47", message, "save it again as XLSX or CSV")) from None
    if len(rows) > MAX_ROWS:
        raise InputError(too_many(file, len(rows)))
    if not rows:
        raise InputError(_fault(file, "E-O21", f'no orders in sheet "{name}"', "name another with --sheet"))
    content = _part_of(book_index=book.sheet_names.index(name), parts=parts)
    hidden = len(HIDDEN.findall(content))
    said = (f'sheet "{name}"', *((f"{hidden} hidden rows are read like the others",) if hidden else ()))
    return Grid(rows=rows, bad=_uncomputed(content), delimiter=",", said=said)


def _unpacked(data: bytes, file: str) -> tuple[bytes, dict[str, bytes]]:
    """Return the archive, repacked from what it said it holds and no byte more, and its parts that are XML."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            _refuse_bomb(infos, file)
            wanted = [info for info in infos if info.filename.endswith((".xml", ".rels"))]
            parts = {info.filename: archive.read(info) for info in wanted}
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        reason = "it is locked with a password" if "encrypted" in str(error) else str(error)
        message = f"is a damaged XLSX file ({reason})"
        raise InputError(_fault(file, "E-O47", message, "save it again as XLSX or CSV")) from None
    if "xl/workbook.xml" not in parts:
        raise InputError(_fault(file, "E-O47", "is a zip file, but no XLSX", "give the CSV or XLSX file inside"))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue(), parts


def _refuse_bomb(infos: Sequence[zipfile.ZipInfo], file: str) -> None:
    total = sum(info.file_size for info in infos)
    packed = sum(info.compress_size for info in infos)
    if total > MOST_BYTES or len(infos) > MOST_PARTS or (total > 1_000_000 and total > MOST_RATIO * packed):
        message = f"unpacks from {packed:,} to {total:,} bytes in {len(infos):,} parts: no list of orders does that"
        raise InputError(_fault(file, "E-O48", message, "save the sheet as CSV"))


def _refuse_wide(content: bytes, file: str) -> None:
    """Refuse a sheet whose few cells lie so far apart that the rectangle around them does not fit into memory."""
    columns: set[bytes] = set()
    last = 0
    for match in CELL.finditer(content):
        columns.add(match[1])
        last = max(last, int(match[2]))
    width = max((_column_number(letters.decode()) for letters in columns), default=0)
    if width > MAX_COLUMNS:
        raise InputError(
            _fault(file, "E-O25", f"{width:,} columns, more than {MAX_COLUMNS}", "delete those on the right")
        )
    if last * width > MOST_CELLS:
        raise InputError(too_many(file, last))


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def _chosen(book: python_calamine.CalamineWorkbook, asked: str | None, file: str) -> str:
    names = book.sheet_names
    if asked is not None:
        if asked not in names:
            listed = ", ".join(names)
            raise InputError(_fault("--sheet", "E-O50", f'"{asked}" is no sheet of {file}', f"use one of: {listed}"))
        return asked
    visible = [
        meta.name
        for meta in book.sheets_metadata
        if meta.visible == python_calamine.SheetVisibleEnum.Visible
        and meta.typ == python_calamine.SheetTypeEnum.WorkSheet
    ]
    if len(visible) == 1:
        return visible[0]
    filled = [name for name in visible if book.get_sheet_by_name(name).height]
    if len(filled) <= 1:
        return (filled or visible or names)[0]
    of_orders = [name for name in filled if _has_header(book.get_sheet_by_name(name))]
    if len(of_orders) == 1:
        return of_orders[0]
    message = f"has {len(filled)} sheets with rows, and which one holds the orders cannot be told"
    remedy = f"name it: --sheet with one of: {', '.join(filled)}"
    raise InputError(
        Question(code="E-O50", file=file, message=message, remedy=remedy, answer="sheet", choices=tuple(filled))
    )


def _has_header(sheet: python_calamine.CalamineSheet) -> bool:
    head = sheet.to_python(skip_empty_area=False, nrows=HEADER_WITHIN)
    return any(sum(known(cell) for cell in row if isinstance(cell, str)) >= 2 for row in head)


def _rows(sheet: python_calamine.CalamineSheet) -> Iterator[TextRow]:
    for number, row in enumerate(sheet.to_python(skip_empty_area=False), 1):
        yield TextRow(line=number, cells=tuple(map(_text, row)))


def _text(value: object) -> str:
    """Return a cell as it would be written by hand."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer():
        return str(int(value)) if abs(value) < EXACT else f"{value:.14E}"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"
    return repr(value) if isinstance(value, float) else str(value)  # dates and times of day are ISO 8601 as text


def _part_of(*, book_index: int, parts: dict[str, bytes]) -> bytes:
    """Return the XML of a sheet: by the relation that the workbook names, else by its number."""
    ids = re.findall(rb"""<(?:\w+:)?sheet\b[^>]*\br:id="([^"]+)\"""", parts["xl/workbook.xml"])
    relations = parts.get("xl/_rels/workbook.xml.rels", b"")
    for element in re.findall(rb"<(?:\w+:)?Relationship\b[^>]*>", relations) if book_index < len(ids) else ():
        if b'Id="' + ids[book_index] + b'"' in element and (target := re.search(rb'Target="([^"]+)"', element)):
            path = target[1].decode(errors="replace").lstrip("/")
            return parts.get(path if path.startswith("xl/") else f"xl/{path}", b"")
    return parts.get(f"xl/worksheets/sheet{book_index + 1}.xml", b"")


def _uncomputed(content: bytes) -> dict[int, CellError]:
    """Return the rows with a formula whose value was never saved."""
    found = {}
    for match in FORMULA.finditer(content) if b"<f" in content else ():
        cell = (match[1] + match[2]).decode()
        message = f"cell {cell} is a formula without a saved value"
        found[int(match[2])] = CellError(
            "E-O50", message, "open and save the file in a spreadsheet, or write the value"
        )
    return found


def _fault(file: str, code: str, message: str, remedy: str) -> Fault:
    return Fault(code=code, file=file, message=message, remedy=remedy)
