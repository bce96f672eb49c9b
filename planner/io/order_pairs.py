"""Join the rows of an orders file that are the two stops of a pair."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from planner.io.cells import CellError
from planner.io.order_rows import RowReader
from planner.model import Order, OrderKind

GOODS = (("demand_kg", "kg"), ("volume_l", "l"), ("parcels", "parcels"), ("longest_cm", "cm"))
LINES_LISTED = 20


def join_pairs(rows: Sequence[RowReader], orders: Sequence[Order | None]) -> list[Order | None]:
    """Return the orders, those of a pair with the same goods, and None in place of both where a pair is at fault.

    What one row of a pair leaves empty of the goods is taken from the other. Faults are noted in the rows.
    """
    joined = list(orders)
    pairs: dict[str, list[int]] = defaultdict(list)
    for i, row in enumerate(rows):
        if row.text("pair"):
            pairs[row.text("pair")].append(i)
    for members in pairs.values():
        _join([rows[i] for i in members], members, joined)
    return joined


def _join(rows: Sequence[RowReader], members: Sequence[int], joined: list[Order | None]) -> None:
    """Join the rows of one pair, or note why not."""
    if len(rows) != 2:
        lines = ", ".join(str(row.line) for row in rows[:LINES_LISTED]) + (" ..." if len(rows) > LINES_LISTED else "")
        here = f"is on {len(rows)} lines ({lines})" if len(rows) > 1 else "is on no other line"
        _refuse(rows, "pair", f"{here}, and a pair is one pickup and one delivery")
    else:
        one, other = (joined[i] for i in members)
        if one is not None and other is not None:
            joined[members[0]], joined[members[1]] = _with_goods(one, rows[0], other), _with_goods(other, rows[1], one)
            _compare(rows, one, other)
        for row, beside in zip(rows, reversed(rows), strict=True):
            if beside.faults and not row.faults:
                message = f"the other row of the pair, line {beside.line}, is rejected"
                row.refuse("pair", CellError("E-O62", message, "correct that row"))
    if any(row.faults for row in rows):
        for i in members:
            joined[i] = None


def _compare(rows: Sequence[RowReader], one: Order, other: Order) -> None:
    """Note in both rows what keeps two orders from being the stops of a pair."""
    if one.kind is other.kind:
        _refuse(rows, "type", f"both rows of pair {one.pair} are a {one.kind}")
        return
    if not any(row.text("demand_kg") for row in rows):
        _refuse(rows, "demand_kg", "is empty in both rows of the pair", code="E-O56", remedy="fill in one of them")
    fetched, brought = (one, other) if one.kind is OrderKind.PICKUP else (other, one)
    for column, unit in GOODS:
        if all(row.text(column) for row in rows) and getattr(one, column) != getattr(other, column):
            amounts = f"{getattr(fetched, column):g} {unit} fetched and {getattr(brought, column):g} {unit} brought"
            _refuse(rows, column, f"{amounts}", code="E-O61", remedy="make them the same, or leave one empty")
    if one.group != other.group:
        message = "the two rows of a pair are in different groups"
        _refuse(rows, "group", message, code="E-O61", remedy="write the same group in both rows, or in none")
    if one.depot_id or other.depot_id:
        _refuse(
            rows, "depot", "the goods of a pair are at no depot", code="E-O64", remedy="leave it empty in both rows"
        )
    if fetched.windows and brought.windows and fetched.windows[0].start_s > brought.windows[-1].end_s:
        message = "the last window to bring it ends before the first to fetch it begins"
        _refuse(rows, "tw_start", message, code="E-O63", remedy="correct the windows of the pair")


def _refuse(
    rows: Sequence[RowReader],
    column: str,
    message: str,
    *,
    code: str = "E-O60",
    remedy: str = "give the two stops of the same goods one name, type pickup and type delivery",
) -> None:
    for row in rows:
        row.refuse(column, CellError(code, message, remedy))


def _with_goods(order: Order, row: RowReader, other: Order) -> Order:
    """Return an order with what its own row leaves empty of the goods as the other row has it."""
    return replace(
        order,
        demand_kg=order.demand_kg if row.text("demand_kg") else other.demand_kg,
        volume_l=order.volume_l if row.text("volume_l") else other.volume_l,
        parcels=order.parcels if row.text("parcels") else other.parcels,
        longest_cm=order.longest_cm if row.text("longest_cm") else other.longest_cm,
    )
