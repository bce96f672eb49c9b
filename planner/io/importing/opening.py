"""From a path to a table: which kind of file it is, its encoding, its rows and its header."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from planner.errors import Fault, InputError
from planner.io.csv_table import SIGNATURES
from planner.io.files import read_file
from planner.io.importing.answers import Answers
from planner.io.importing.products import products
from planner.io.importing.records import Grid, read_records
from planner.io.importing.table import Table, as_table
from planner.io.importing.text import decode
from planner.io.importing.workbook import read_workbook

MAX_BYTES = 100_000_000
WORD = re.compile(r"\w+")
NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
FORMATS = {"{": "JSON", "[": "JSON", "<": "an HTML or XML file"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A table and where it came from; `encoding` is None for a workbook."""

    table: Table
    grid: Grid
    encoding: str | None
    said: tuple[str, ...]


def open_file(path: Path, answers: Answers) -> Opened:
    """Read a file as a table. Raises `InputError` for what is no table, or too large."""
    data = read_file(path, max_bytes=MAX_BYTES, remedy="split the file, by day for instance")
    if data.startswith(b"PK\x03\x04"):
        grid = read_workbook(data, file=path.name, sheet=answers.sheet)
        encoding, said = None, [f"XLSX, {', '.join(grid.said)}"]
    else:
        _refuse_other_formats(data, path.name)
        decoded = decode(data, file=path.name, encoding=answers.encoding)
        grid = read_records(decoded.text, file=path.name, delimiter=answers.delimiter)
        encoding = decoded.encoding
        guess = "" if decoded.sure else f", told by letters as in {_example(decoded.text)}; --encoding says otherwise"
        said = [f"{decoded.encoding}{guess}; separated by {NAMES.get(grid.delimiter, grid.delimiter)}", *grid.said]
    product = products()[answers.product] if answers.product is not None else None
    table = as_table(grid, names=frozenset(answers.columns), product=product, header=answers.header)
    if not table.rows:
        raise InputError(
            Fault(code="E-O21", file=path.name, message="no orders in it", remedy="give a header and rows below it")
        )
    if table.named:
        said.append(f"header on line {table.header_line}")
    else:
        said.append("no header line: columns are told by their number")
    if table.product is not None:
        said.append(
            f"looks like {table.product.title}" if answers.product is None else f"read as {table.product.title}"
        )
    return Opened(table=table, grid=grid, encoding=encoding, said=(*said, *table.said))


def _example(text: str) -> str:
    """Return a word with letters beyond ASCII, for the user to see whether it is right."""
    word = next((word for word in WORD.findall(text) if not word.isascii()), "")
    return f'"{word}"'


def _refuse_other_formats(data: bytes, file: str) -> None:
    kind = next((name for start, name in SIGNATURES if data.startswith(start)), None)
    first = data[:200].lstrip(b"\xef\xbb\xbf \t\r\n")[:1].decode("ascii", errors="replace")
    kind = kind or FORMATS.get(first)
    if kind is not None:
        message = f"this is {kind}, and CSV, TSV and XLSX are read"
        raise InputError(Fault(code="E-O47", file=file, message=message, remedy="save or export it as CSV or XLSX"))
    if not data.strip():
        raise InputError(Fault(code="E-O21", file=file, message="no orders in it", remedy="give a file with rows"))
