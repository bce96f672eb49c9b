"""Rows to drafts of orders: every cell read, faults collected, nothing yet joined or judged as a whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import partial
from typing import NamedTuple

from planner.io.cells import CellError
from planner.io.csv_table import TextRow
from planner.io.importing.amounts import amount_of, count_of, looks_cut, measured, minutes_of, plain_decimal, written
from planner.io.importing.answers import Answers
from planner.io.importing.columns import Column
from planner.io.importing.coordinates import degrees_of, pair_of
from planner.io.importing.moments import date_of, moment_of
from planner.io.importing.table import Table, cells_of
from planner.io.importing.understand import Cells, Understood, priority_numbers
from planner.io.importing.units import TIME_ZONE
from planner.io.importing.windows import windows_of
from planner.io.importing.words import priority_of, ranked_priority, type_of

MEMORY = 50_000  # texts of a column that are read once and remembered
DIRT = str.maketrans(
    {"\u00a0": " ", "\u202f": " ", "\u200b": "", "\u200e": "", "\u200f": "", "\ufeff": "", "\x0b": " "}
)
DERIVED_FROM = ("load", "signed_load", "length", "width", "height")

Convert = Callable[[str], object]


class Trouble(NamedTuple):
    """What is wrong with a cell, or with a row where `column` is None."""

    line: int
    column: str | None
    value: str | None
    bad: CellError


@dataclass(slots=True)
class Draft:
    """One order on its way, of one row or of several item rows. `values` are by field."""

    line: int
    rows: list[TextRow]
    values: dict[str, object]
    faults: list[Trouble] = field(default_factory=list)

    def text(self, name: str) -> str:
        """Return a value that is text, "" where there is none."""
        found = self.values.get(name)
        return found if isinstance(found, str) else ""

    def refuse(self, column: str | None, bad: CellError, value: str | None = None) -> None:
        """Note a fault; the row will be rejected."""
        self.faults.append(Trouble(self.line, column, value, bad))

    def refuse_day(self, column: str | None, found: date, wanted: date | None) -> None:
        """Reject a row that is for another day than the one that is planned."""
        bad = CellError("E-O31", f"is for {found}, and {wanted} is planned", f"import that day with --date {found}")
        self.refuse(column, bad, str(found))


class Reader(NamedTuple):
    """How the cells of a column are read: into which field, by what, and the texts that were read before."""

    at: int
    column: str
    to: str
    convert: Convert
    known: dict[str, object] | None  # None where texts do not repeat


def drafts_of(table: Table, understood: Understood, answers: Answers, *, swapped: bool) -> list[Draft]:
    """Read every row."""
    turned = {"lat": "lon", "lon": "lat"} if swapped else {}
    readers = []
    for column in understood.columns.used:
        convert, repeats = _converter(column, table, understood, answers, swapped)
        to = turned.get(column.field, column.field)
        readers.append(Reader(column.at, column.name, to, convert, {} if repeats else None))
    width = len(table.header)
    drafts = [_draft(row, width, readers, table.bad) for row in table.rows]
    if understood.columns.has(*DERIVED_FROM):
        for draft in drafts:
            _derive(draft.values)
    return drafts


def _draft(row: TextRow, width: int, readers: Sequence[Reader], bad: Mapping[int, CellError]) -> Draft:
    cells = cells_of(row, width)
    values: dict[str, object] = {}
    draft = Draft(row.line, [row], values)
    if row.line in bad:
        draft.refuse(None, bad[row.line])
    if cells is None:
        if not draft.faults:
            message = f"{len(row.cells)} fields, the header has {width}"
            draft.refuse(None, CellError("E-O18", message, "check its separators and quotes"))
        return draft
    for at, name, to, convert, known in readers:
        text = cells[at].strip()
        if not text:
            continue
        if convert is _clean and text.isascii() and text[0] != "'" and "\r" not in text:
            value: object = text  # what most cells are
        elif known is None or (value := known.get(text)) is None:
            value = _read(text, convert, known)
        if isinstance(value, CellError):
            draft.refuse(name, value, text)
        else:
            values[to] = _joined(to, values[to], value) if to in values else value
    return draft


def _read(text: str, convert: Convert, known: dict[str, object] | None) -> object:
    """Return a value, or the fault of the text, and remember either."""
    try:
        value = convert(text)
    except CellError as error:
        value = error
    if known is not None and len(known) < MEMORY:
        known[text] = value
    return value


def _derive(values: dict[str, object]) -> None:
    """Put a load where it belongs, and volume and longest side where three sides are given."""
    for name in ("load", "signed_load"):
        load = values.pop(name, None)
        if isinstance(load, tuple):
            to, amount, kind = load
            values.setdefault(to, amount)
            if kind:
                values["type"] = kind
    sides = [Decimal(str(values[name])) for name in ("length", "width", "height") if name in values]
    if sides:
        values.setdefault("longest_cm", written(max(sides)))
        if len(sides) == 3 and "volume" not in values:
            count = Decimal(str(values.get("parcels", "1")))
            values["volume"] = written(sides[0] * sides[1] * sides[2] * count / 1000)


def _joined(to: str, first: object, more: object) -> object:
    """Join the values of two columns of one field, each once."""
    if to == "skills":
        return ";".join(dict.fromkeys(f"{first};{more}".split(";")))
    if isinstance(first, list) and isinstance(more, list):
        return first + more
    between = "; " if to == "notes" else " " if to == "customer" else ", "
    return first if first == more else f"{first}{between}{more}"


def _converter(
    column: Column, table: Table, understood: Understood, answers: Answers, swapped: bool
) -> tuple[Convert, bool]:
    """Return how a cell of a column is read, and whether its texts are worth remembering."""
    to, decimal, unit = column.field, understood.decimals.get(column.at, "."), understood.units.get(column.at, "")
    utc = column.unit == TIME_ZONE
    read = partial(moment_of, order=understood.date_order, utc=utc, day=answers.day)
    simple: dict[str, Convert] = {
        "lat": partial(degrees_of, axis="lon" if swapped else "lat", decimal=decimal),
        "lon": partial(degrees_of, axis="lat" if swapped else "lon", decimal=decimal),
        "position": partial(pair_of, swapped=swapped),
        "service": partial(minutes_of, unit=unit, decimal=decimal),
        "parcels": partial(count_of, decimal=decimal),
        "date": partial(date_of, order=understood.date_order, day=answers.day),
        "release": read,
        "type": type_of,
        "pickup": type_of,
        "load": partial(_load, unit=unit, decimal=decimal),
        "signed_load": partial(_load, unit=unit, decimal=decimal, signed=True),
        "id": partial(_identifier, whole=understood.whole_ids),
        "phone": _phone,
        "notes": _notes,
        "postcode": _clean,
        "skills": _skills,
    }
    if to in simple:
        return simple[to], to not in {"lat", "lon", "position", "id", "phone", "notes"}
    if measured(to):
        return partial(amount_of, field=to, unit=unit, decimal=decimal), True
    if to in {"tw", "tw2", "tw3"}:
        return partial(windows_of, read=read, single=understood.single_time), True
    if to.startswith("tw"):
        return read, True
    if to == "priority":
        return _priority(column, table, understood, answers), True
    return _clean, False


def _clean(text: str) -> str:
    """Return text without what a spreadsheet has left in it: hard spaces, and a ' before digits or a formula."""
    if not text.isascii():
        text = text.translate(DIRT).strip()
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text[1:] if text[:1] == "'" and (text[1:2].isdigit() or text[1:2] in "=+-@") else text


def _identifier(text: str, *, whole: bool) -> str:
    if whole:
        return text.removesuffix(".0")
    if looks_cut(text):
        raise CellError("E-O49", "is a number that a spreadsheet has cut short", "export again with the column as text")
    return _clean(text)


def _phone(text: str) -> str:
    if looks_cut(text):
        return ""  # its digits are gone; what is left would only mislead
    return _clean(text)


def _notes(text: str) -> str:
    return _clean(text.replace("\\n", "\n"))


def _skills(text: str) -> str:
    parts = _clean(text).replace("|", ";").replace(",", ";").split(";")
    return ";".join(dict.fromkeys(part.strip() for part in parts if part.strip()))


def _load(text: str, *, unit: str, decimal: str, signed: bool = False) -> tuple[str, str, str]:
    """Return what a load counts, how much of it, and the type of order that its sign tells."""
    negative = signed and text.startswith("-")
    bare = text.lstrip("-") if negative else text
    if unit == "parcels":
        amount = count_of(bare, decimal)
    else:
        amount = amount_of(bare, field="weight" if unit == "kg" else "volume", unit=unit, decimal=decimal)
    kind = "" if not signed else "delivery" if negative or not plain_decimal(bare, decimal) else "pickup"
    return {"kg": "weight", "l": "volume", "parcels": "parcels"}[unit], amount, kind


def _priority(column: Column, table: Table, understood: Understood, answers: Answers) -> Convert:
    """Read words, or numbers in thirds of the range of the column."""
    numbers = priority_numbers(Cells(table, understood.columns).of(column))
    if not numbers:
        return priority_of
    return partial(
        ranked_priority, lowest=min(numbers), highest=max(numbers), high_first=answers.first_priority == "high"
    )
