"""What the columns of a file agree on: decimal signs, units, order of day and month. What is left open is asked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Literal

from planner.io.importing.amounts import PLAIN, decimal_signs, measured
from planner.io.importing.answers import CHOICES, Answers
from planner.io.importing.columns import Column, Columns, not_used
from planner.io.importing.moments import date_orders
from planner.io.importing.questions import Question
from planner.io.importing.table import Table
from planner.io.importing.units import OURS, units_of
from planner.io.importing.windows import is_single

NUMBERS = frozenset({"weight", "volume", "service", "length", "width", "height", "parcels", "load", "signed_load"})
DEGREES = frozenset({"lat", "lon"})
TIMES = frozenset(f"{window}{end}" for window in ("tw", "tw2", "tw3") for end in ("", "_start", "_end")) | {"release"}
LOADS = frozenset({"load", "signed_load"})
DateOrder = Literal["dmy", "mdy"]
FIRST = {"dmy": "day", "mdy": "month"}
FLOAT = re.compile(r"\d+\.0")
CLEAR_MAJORITY = 0.8
LONGEST_MINUTES = 60  # a usual stop that takes longer is rather one in seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """How to read the cells of each column, and what is said about it to the user."""

    columns: Columns
    decimals: Mapping[int, str]  # by place of the column
    units: Mapping[int, str]
    date_order: DateOrder
    sure_date_order: DateOrder | None  # None where no date shows it
    window_end: str
    single_time: str | None
    item_rows: bool
    whole_ids: bool  # ids are whole numbers that a program has written as 1049.0
    said: tuple[str, ...]
    questions: tuple[Question, ...]


class Cells:
    """The distinct texts of each column, as far as they are needed."""

    def __init__(self, table: Table, columns: Columns) -> None:
        self.table, self.columns = table, columns
        self._by_place: dict[int, set[str]] = {}

    def of(self, column: Column) -> Collection[str]:
        """Return the distinct cells of a column that are not empty."""
        if column.at not in self._by_place:
            at = column.at
            found = {row.cells[at].strip() for row in self.table.rows if at < len(row.cells)}
            found.discard("")
            self._by_place[at] = found
        return self._by_place[column.at]

    def all_of(self, column: Column) -> Iterator[str]:
        """Give the cells of a column in which hardly any two are the same."""
        return (row.cells[column.at] for row in self.table.rows if column.at < len(row.cells))


def understand(table: Table, columns: Columns, answers: Answers, file: str) -> Understood:
    """Look at whole columns and settle how their cells are read."""
    cells = Cells(table, columns)
    said: list[str] = []
    questions: list[Question] = []
    ask = _Asker(file, table.header_line, questions)
    decimals = dict(_decimals(cells, answers, ask, said))
    units = dict(_units(cells, answers, table, ask, said))
    order = _date_order(cells, answers, table, ask, said)
    single = _single_time(cells, answers, ask)
    _priority(cells, answers, ask)
    whole_ids = _whole_ids(cells, said)
    _cut_postcodes(cells, said)
    product = table.product
    window_end = answers.window_end or (product.window_end if product else "") or "service-start"
    if columns.has("tw_end", "tw") and not answers.window_end:
        of = f" in {product.title}" if product and product.window_end else ""
        said.append(f"the end of a window means {window_end}{of}; --window-end-means says otherwise")
    loads = [units[column.at] for column in columns.used if column.field in LOADS]
    if not columns.has("weight") and "kg" not in loads and answers.parcel_kg is None:
        remedy = "say --parcel-kg 2.5 for the kilograms of one parcel, or name the column in a mapping"
        message = "no column tells the weight of an order, and the bays are small"
        ask("E-O76", None, message, remedy, answer="parcel_kg", about="weight", choices=not_used(table, columns))
    rows_of_items = columns.has("item") or bool(product and product.item_rows)
    return Understood(
        columns=columns,
        decimals=decimals,
        units=units,
        date_order=order or "dmy",
        sure_date_order=order,
        window_end=window_end,
        single_time=single,
        item_rows=rows_of_items if answers.item_rows is None else answers.item_rows,
        whole_ids=whole_ids,
        said=tuple(said),
        questions=tuple(questions),
    )


@dataclass(frozen=True, slots=True)
class _Asker:
    file: str
    line: int
    questions: list[Question]

    def __call__(
        self,
        code: str,
        column: str | None,
        message: str,
        remedy: str,
        *,
        answer: str,
        about: str = "",
        choices: tuple[str, ...] = (),
    ) -> None:
        question = Question(
            code=code,
            file=self.file,
            row=self.line,
            column=column,
            message=message,
            remedy=remedy,
            answer=answer,
            about=about,
            choices=choices or CHOICES.get(answer, ()),
        )
        self.questions.append(question)


def _decimals(cells: Cells, answers: Answers, ask: _Asker, said: list[str]) -> Iterator[tuple[int, str]]:
    """Settle the decimal sign of each column of numbers: by itself, else by the other columns."""
    numeric = [column for column in cells.columns.used if column.field in NUMBERS | DEGREES]
    if answers.decimal is not None:
        yield from ((column.at, answers.decimal) for column in numeric)
        return
    votes = {
        column.at: decimal_signs(cells.all_of(column), grouped=False)
        if column.field in DEGREES
        else decimal_signs(cells.of(column))
        for column in numeric
    }
    in_all = Counter[str]()
    for found in votes.values():
        in_all.update(
            {sign: 1 for sign in ",." if found[sign] and found[sign] >= CLEAR_MAJORITY * (found[","] + found["."])}
        )
    commas = []
    for column in numeric:
        found = votes[column.at]
        proofs = found[","] + found["."]
        best = max(",.", key=lambda sign: found[sign])
        if proofs and found[best] >= CLEAR_MAJORITY * proofs:
            sign = best
        elif proofs or (found["?"] and len(in_all) != 1):
            what = (
                "some numbers with a comma and some with a point" if proofs else "numbers such as 1.250 or 1,250 only"
            )
            remedy = "say which is the decimal sign: --decimal , or --decimal ."
            ask("E-O75", column.name, f"has {what}", remedy, answer="decimal")
            sign = "."
        else:
            sign = next(iter(in_all), ".") if len(in_all) == 1 else "."
        if sign == ",":
            commas.append(column.name)
        yield column.at, sign
    if commas:
        said.append(f"decimal comma in {', '.join(commas)}")


def _units(cells: Cells, answers: Answers, table: Table, ask: _Asker, said: list[str]) -> Iterator[tuple[int, str]]:
    product = table.product
    for column in cells.columns.used:
        field = "load" if column.field in LOADS else column.field
        if not measured(field) and field != "load":
            continue
        kind = "length" if field in {"width", "height"} else field
        unit = answers.units.get(kind) or column.unit or (product.units.get(kind, "") if product else "")
        if unit not in units_of(kind):
            unit = ""
        bare = [text for text in cells.of(column) if PLAIN.fullmatch(text.replace(",", "."))]
        if unit or not bare:
            yield column.at, unit or OURS.get(kind, "kg")
            continue
        open_service = kind == "service" and (
            (product is not None and "service" in product.ask_units)
            or median(float(text.replace(",", ".")) for text in bare) > LONGEST_MINUTES
        )
        if kind in {"volume", "load"} or open_service:
            example = min(bare, key=len)
            flags = " or ".join(f"--unit {kind}={unit}" for unit in units_of(kind)[:3])
            message = f"has numbers such as {example} and does not say of what"
            ask("E-O74", column.name, message, f"say {flags}", answer="units", about=kind, choices=units_of(kind))
        else:
            said.append(f"{column.name} is taken to be in {OURS[kind]}; --unit {kind}=... says otherwise")
        yield column.at, OURS.get(kind, "kg")


def _date_order(cells: Cells, answers: Answers, table: Table, ask: _Asker, said: list[str]) -> DateOrder | None:
    """Settle whether 01/05/2024 is in May or in January: by the other dates, else by the product, else by asking.

    None where no date of the file needs it.
    """
    if answers.date_order is not None:
        return answers.date_order
    dated = [column for column in cells.columns.used if column.field in TIMES | {"date"}]
    found = Counter[str]()
    for column in dated:
        found.update(date_orders(cells.of(column)))
    proofs = found["dmy"] + found["mdy"]
    best: DateOrder = "dmy" if found["dmy"] >= found["mdy"] else "mdy"
    if proofs and found[best] >= CLEAR_MAJORITY * proofs:
        said.append(f"dates are {FIRST[best]} first, as the whole column shows")
        return best
    if not proofs and not found["?"]:
        return None
    product = table.product
    if not proofs and product is not None and product.date_order:
        said.append(f"dates are {FIRST[product.date_order]} first, as {product.title} writes them")
        return "dmy" if product.date_order == "dmy" else "mdy"
    name = next(column.name for column in dated if date_orders(cells.of(column)))
    what = "day first and others that are month first" if proofs else "day first or month first: both can be read"
    ask("E-O72", name, f"has dates that are {what}", "say --date-order dmy or --date-order mdy", answer="date_order")
    return None


def _single_time(cells: Cells, answers: Answers, ask: _Asker) -> str | None:
    """Ask what a time alone means in a column of windows."""
    if answers.single_time is None:
        for column in cells.columns.used:
            if column.field in {"tw", "tw2", "tw3"} and any(map(is_single, cells.of(column))):
                example = next(filter(is_single, cells.of(column)))
                message = f"has a time alone, such as {example}: does the window begin or end then?"
                remedy = "say --single-time after or --single-time before"
                ask("E-O77", column.name, message, remedy, answer="single_time")
    return answers.single_time


def _priority(cells: Cells, answers: Answers, ask: _Asker) -> None:
    """Ask which end of a scale of numbers is urgent."""
    column = cells.columns.of("priority")
    numbers = priority_numbers(cells.of(column)) if column is not None else []
    if column is not None and len(set(numbers)) > 1 and answers.first_priority is None:
        message = f"has numbers from {min(numbers):g} to {max(numbers):g}: which end is urgent?"
        remedy = "say --priority-first high or --priority-first low"
        ask("E-O78", column.name, message, remedy, answer="first_priority")


def priority_numbers(texts: Collection[str]) -> list[float]:
    """Return the numbers of a column of priorities, if most of it are."""
    found = [float(text) for text in texts if text.isascii() and text.replace(".", "", 1).isdigit()]
    return found if len(found) * 2 > len(texts) else []


def _whole_ids(cells: Cells, said: list[str]) -> bool:
    """Tell whether every id is a whole number written as 1049.0, as programs do that took the column for numbers."""
    column = cells.columns.of("id")
    found = column is not None and all(FLOAT.fullmatch(bare) for text in cells.all_of(column) if (bare := text.strip()))
    if found and column is not None:
        said.append(f"{column.name} holds whole numbers written as 1049.0; the .0 is left out")
    return found


def _cut_postcodes(cells: Cells, said: list[str]) -> None:
    """Say where some postcodes have a digit less than the others: spreadsheets drop a zero in front."""
    column = cells.columns.of("postcode")
    digits = [text for text in cells.of(column) if text.isascii() and text.isdigit()] if column is not None else []
    lengths = Counter(map(len, digits))
    usual = lengths.most_common(1)[0][0] if lengths else 0
    short = min((text for text in digits if len(text) == usual - 1), default="")
    if column is not None and short and 2 * lengths[usual] > len(digits):
        said.append(f"{column.name} has {usual} digits, but {short} and others one less: zeros in front may be lost")
