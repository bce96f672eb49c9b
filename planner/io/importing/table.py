"""Rows of text to a table: which row is the header, what stands above it, and totals below that are no orders."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from planner.io.cells import CellError
from planner.io.csv_table import MAX_COLUMNS, TextRow
from planner.io.importing.headers import heading, key_of, known
from planner.io.importing.products import Product, recognised
from planner.io.importing.records import Grid
from planner.io.importing.words import vocabulary

HEADER_WITHIN = 20
FEWEST_KNOWN = 2
NUMBER = re.compile(r"[+-]?[\d.,]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows that are to become orders. `named` is False where the columns have numbers instead of names."""

    header: tuple[str, ...]
    header_line: int
    named: bool
    rows: Sequence[TextRow]
    bad: dict[int, CellError] = field(default_factory=dict)
    product: Product | None = None
    said: tuple[str, ...] = ()


def as_table(grid: Grid, *, names: Collection[str] = (), product: Product | None = None, header: bool = True) -> Table:
    """Find the header of a grid: among the first rows the one with most names that we know, or that are in `names`.

    With `header` False, or a product whose columns are told by their place, there is none.
    """
    if not header or (product is not None and product.positions and not _score(grid.rows[0], names)):
        width = max(len(row.cells) for row in grid.rows)
        return _without_ends(
            grid, 0, width=width, names=tuple(f"column {n}" for n in range(1, width + 1)), product=product
        )
    first = grid.rows[:HEADER_WITHIN]
    scores = [_score(row, names) for row in first]
    best = max(range(len(first)), key=lambda i: scores[i])
    if scores[best] < FEWEST_KNOWN:
        named = _unknown_header(first)
        if named is None:
            return as_table(grid, product=product, header=False)
        best = named
    head = grid.rows[best].cells
    return _without_ends(grid, best + 1, width=_width(head), names=tuple(head[: _width(head)]), product=product)


def cells_of(row: TextRow, width: int) -> Sequence[str] | None:
    """Return the cells of a row for a table of this width, or None where it has too few, or too many with text."""
    if len(row.cells) == width:
        return row.cells
    if len(row.cells) > width and not any(cell.strip() for cell in row.cells[width:]):
        return row.cells[:width]
    return None


def _score(row: TextRow, names: Collection[str]) -> int:
    cells = [cell for cell in row.cells if cell and not cell.isspace()]
    return len({key_of(cell) for cell in cells if cell in names or known(cell)})


def _unknown_header(rows: Sequence[TextRow]) -> int | None:
    """Return the first row that looks like names, in whatever language: several texts and no number."""
    for at, row in enumerate(rows[:-1]):
        cells = [cell.strip() for cell in row.cells if cell.strip()]
        if len(cells) > 1 and not any(NUMBER.fullmatch(cell) for cell in cells):
            return at
    return None


def _width(head: Sequence[str]) -> int:
    """Return the columns of a header, without those at its end that have no name."""
    named = [at for at, name in enumerate(head) if name.strip()]
    return min(named[-1] + 1 if named else len(head), MAX_COLUMNS)


def _without_ends(grid: Grid, begin: int, *, width: int, names: tuple[str, ...], product: Product | None) -> Table:
    head = grid.rows[begin - 1] if begin else None
    rows = list(grid.rows[begin:])
    keys = {heading(name).key for name in names}
    found = product or (recognised(names, keys) if begin else None)
    said: list[str] = []
    if begin > 1:
        said.append(f"{begin - 1} rows above the header left out")
    again = [row for row in rows if head is not None and row.cells == head.cells]
    if again:
        rows = [row for row in rows if row.cells != head.cells] if head else rows
        said.append(f"{len(again)} rows that repeat the header left out")
    totals = 0
    while rows and _is_total(rows[-1], usual=width):
        totals += 1
        said.append(f"line {rows[-1].line} is a total and left out")
        rows.pop()
        if totals == 3:
            break
    return Table(
        header=_unique(names),
        header_line=head.line if head else 1,
        named=bool(begin),
        rows=rows,
        bad=grid.bad,
        product=found,
        said=tuple(said),
    )


def _is_total(row: TextRow, *, usual: int) -> bool:
    """Tell whether a last row is a sum: a word for it first, and few other cells."""
    filled = [cell for cell in row.cells if cell.strip()]
    first = re.match(r"\w+", filled[0].strip().casefold()) if filled else None
    words = {key_of(word) for word in vocabulary("totals")["first"]}
    return first is not None and key_of(first[0]) in words and len(filled) <= max(2, usual // 2)


def _unique(names: Sequence[str]) -> tuple[str, ...]:
    """Give columns without a name, and those of a name that was there already, a name of their own."""
    seen: dict[str, int] = {}
    found = []
    for at, written in enumerate(names, 1):
        name = written.strip().strip("\ufeff") or f"column {at}"
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name} [{seen[name]}]")
    return tuple(found)
