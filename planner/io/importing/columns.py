"""Which column is which field, and what is asked where the names do not tell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from planner.errors import Fault, InputError
from planner.io.importing.answers import Answers
from planner.io.importing.coordinates import is_pair
from planner.io.importing.headers import alias_of, heading
from planner.io.importing.questions import Question
from planner.io.importing.table import Table

SEVERAL = frozenset({"customer", "address2", "notes", "skills", "item"})
PLACE_PARTS = ("address", "street", "house_number", "address2", "postcode", "city", "region", "country")
SAMPLE = 200
MOSTLY = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column that is used: where it is, what it is called, the field it is, and the unit that its name says."""

    at: int
    name: str
    field: str
    unit: str = ""
    rank: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The columns that are used, and why others are not."""

    used: tuple[Column, ...]
    unused: tuple[tuple[str, str], ...]

    def of(self, field: str) -> Column | None:
        """Return the first column of a field."""
        return next((column for column in self.used if column.field == field), None)

    def has(self, *fields: str) -> bool:
        """Tell whether there is a column of any of these fields."""
        return any(column.field in fields for column in self.used)


def columns_of(table: Table, answers: Answers, file: str) -> Columns:
    """Find the field of each column. Raises `InputError` where a column of the mapping is not there."""
    if missing := [name for name, meant in answers.columns.items() if meant and name not in table.header]:
        listed = ", ".join(f'"{name}"' for name in missing)
        message = f"the mapping names columns that the file does not have: {listed}"
        remedy = f"correct the mapping; the columns are {', '.join(table.header)}"
        raise InputError(Fault(code="E-O84", file=file, row=table.header_line, message=message, remedy=remedy))
    unused: list[tuple[str, str]] = []
    found = _settled(list(_named(table, answers, unused)), table)
    return Columns(used=tuple(_one_each(found, unused)), unused=tuple(unused))


def values_of(table: Table, column: Column, *, most: int = SAMPLE) -> list[str]:
    """Return the first cells of a column that are not empty."""
    found = []
    for row in table.rows:
        if column.at < len(row.cells) and (text := row.cells[column.at].strip()):
            found.append(text)
            if len(found) == most:
                break
    return found


def not_used(table: Table, columns: Columns) -> tuple[str, ...]:
    """Return the names of the columns that no field was found for."""
    used = {column.at for column in columns.used}
    return tuple(name for at, name in enumerate(table.header) if at not in used)


def unplaced(table: Table, columns: Columns, file: str) -> list[Question]:
    """Return the questions where no column tells the place of an order."""
    wanted = [name for name in ("lat", "lon") if not columns.has(name, "position")]
    near = _that_look_like_degrees(table, columns)
    if not wanted or (len(wanted) == 2 and not near and columns.has("address", "street")):
        return []  # places with addresses alone: each row is told so
    words = {"lat": "latitude", "lon": "longitude"}
    listed = "; ".join(f'"{name}" (such as {_example(table, at)})' for at, name in enumerate(table.header))
    hint = f"; these hold numbers that would do: {', '.join(near)}" if near else ""
    addressed = len(wanted) == 2 and not columns.has("address", "street")
    instead = ' (or "address" behind that of the addresses)' if addressed else ""
    return [
        Question(
            code="E-O71",
            file=file,
            row=table.header_line,
            message=f"which column is the {words[name]}? The columns are {listed}{hint}",
            remedy=f'write "{name}" behind it{instead} in import_mapping.json, and say --mapping import_mapping.json',
            answer="columns",
            about=name,
            choices=table.header,
        )
        for name in wanted
    ]


def _named(table: Table, answers: Answers, unused: list[tuple[str, str]]) -> Iterator[Column]:
    product = table.product
    positions = product.positions if product is not None and not table.named else ()
    own = product.columns if product is not None else {}
    for at, name in enumerate(table.header):
        if name in answers.columns:
            field, unit, rank = answers.columns[name] or "-", heading(name).unit, -2
            if field != "-" and not unit and (alias := alias_of(name)) is not None:
                unit = alias.unit
        elif positions:
            field, unit, rank = (positions[at] if at < len(positions) else "-"), "", 0
        else:
            alias = alias_of(name, own)
            field, unit, rank = (alias.field, alias.unit, alias.rank) if alias is not None else ("-", "", 0)
        if field == "-":
            unused.append((name, ""))
        else:
            yield Column(at=at, name=name, field=field, unit=unit, rank=rank)


def _settled(found: Sequence[Column], table: Table) -> list[Column]:
    """Decide what depends on other columns: a name may be the id, x and y coordinates, one cell may hold both."""
    fields = {column.field for column in found}
    turned = {"name": "customer" if "id" in fields else "id"}
    if not fields & {"lat", "lon"}:
        turned |= {"x": "lon", "y": "lat"}
        fields |= {turned[field] for field in fields & {"x", "y"}}
    settled = [replace(column, field=turned.get(column.field, column.field)) for column in found]
    if fields & {"position"} or {"lat", "lon"} <= fields:
        return settled
    for i, column in enumerate(settled):
        if column.field in {"lat", "lon", "address"}:
            values = values_of(table, column)
            if values and sum(map(is_pair, values)) >= MOSTLY * len(values):
                settled[i] = replace(column, field="position")
                break
    return settled


def _one_each(found: Sequence[Column], unused: list[tuple[str, str]]) -> Iterator[Column]:
    by_field: dict[str, list[Column]] = defaultdict(list)
    for column in found:
        by_field[column.field].append(column)
    chosen = {field: min(columns, key=lambda column: column.rank) for field, columns in by_field.items()}
    both = {"lat", "lon"} <= set(chosen)
    for column in found:
        if column.field in {"x", "y"} or (column.field == "position" and both):
            unused.append((column.name, "there are columns for lat and lon"))
        elif column.field == "pickup" and "type" in chosen:
            unused.append((column.name, f"{chosen['type'].name} tells the type"))
        elif column.field in SEVERAL or chosen[column.field] is column:
            yield column
        else:
            unused.append((column.name, f"{chosen[column.field].name} is taken for {column.field}"))


def _that_look_like_degrees(table: Table, columns: Columns) -> list[str]:
    """Return the columns without a field whose cells could be coordinates."""
    used = {column.at for column in columns.used}
    near = []
    for at, name in enumerate(table.header):
        if at in used:
            continue
        values = values_of(table, Column(at=at, name=name, field=""), most=50)
        numbers = [value.replace(",", ".") for value in values]
        fine = any(len(number.partition(".")[2]) > 3 for number in numbers)
        if fine and all(map(_is_degree, numbers)):
            near.append(f'"{name}"')
    return near


def _is_degree(text: str) -> bool:
    whole, point, places = text.lstrip("+-").partition(".")
    return bool(point) and whole.isdigit() and places.isdigit() and int(whole) <= 180


def _example(table: Table, at: int) -> str:
    values = values_of(table, Column(at=at, name="", field=""), most=1)
    text = values[0] if values else "nothing"
    return text if len(text) <= 24 else f"{text[:23]}…"
