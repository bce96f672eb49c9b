"""Rows that are two stops, and two rows that are one job: goods fetched here and brought there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from planner.io.cells import same_id_key
from planner.io.csv_table import TextRow
from planner.io.importing.drafts import Draft
from planner.io.importing.headers import heading
from planner.io.importing.table import Table, cells_of

PREFIXES = {"pickup": "pickup", "delivery": "delivery"}
ADDED = ("Type", "Pair")


def one_stop_a_row(table: Table) -> Table:
    """Return a table with a row for each stop, where the columns say "Pickup ..." and "Delivery ...".

    Both rows keep the line of the row they are from.
    """
    shared: list[int] = []
    own: dict[str, dict[str, int]] = defaultdict(dict)
    for at, name in enumerate(table.header):
        first, *rest = heading(name).words or ("",)
        if first in PREFIXES and rest:
            own[" ".join(rest)][first] = at
        else:
            shared.append(at)
    header = (*(table.header[at] for at in shared), *own, *ADDED)
    rows: list[TextRow] = []
    for row in table.rows:
        cells = cells_of(row, len(table.header))
        if cells is None:
            rows.append(row)
            continue
        for stop in PREFIXES:
            of_stop = (cells[places[stop]] if stop in places else "" for places in own.values())
            rows.append(
                TextRow(line=row.line, cells=(*(cells[at] for at in shared), *of_stop, stop, f"job-{row.line}"))
            )
    return replace(table, header=header, rows=rows)


def paired(drafts: Sequence[Draft]) -> None:
    """Make a pair of the two rows of one id of which one is fetched and the other brought, and give each its own id."""
    by_id: dict[str, list[Draft]] = defaultdict(list)
    for draft in drafts:
        if text := draft.text("id"):
            by_id[same_id_key(text)].append(draft)
    for rows in by_id.values():
        if len(rows) == 2 and {draft.text("type") for draft in rows} == {"pickup", "delivery"}:
            for draft in rows:
                name = draft.text("id")
                draft.values |= {"pair": name, "id": f"{name} {draft.text('type')}"}
