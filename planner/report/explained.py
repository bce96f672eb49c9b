"""Prints explanations on a terminal: what fails for each vehicle type, and what would make the order fit."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from planner.errors import printable
from planner.explained import Explanation, Grade, Repair, Shortfall
from planner.plan import Plan, Reason
from planner.report.summary import plain_table, print_text, shown
from planner.report.view import REASON_TEXT, PlanView

GRADE_TEXT = {
    Grade.PROVED: "proved: it fails even alone on a fresh vehicle",
    Grade.NOT_FOUND: "not found: alone it could be served; nearest miss beside the planned orders",
}
NO_REPAIR = "no change that was tried makes it fit"
CUT = "the time limit ended the look for more"


def print_explanations(plan: Plan, explanations: Sequence[Explanation], console: Console) -> None:
    """Print them all; no text of the user is taken for markup."""
    view = PlanView(plan)
    for number, one in enumerate(explanations):
        if number:
            print_text(console, "")
        _print_one(view, one, console)


def _print_one(view: PlanView, one: Explanation, console: Console) -> None:
    reason = REASON_TEXT[Reason(one.reason)]
    print_text(console, f"{printable(one.order_id)}  {reason}", style="bold")
    print_text(console, GRADE_TEXT[one.grade])
    rows = [(f"  {printable(s.type_name, limit=24)}", shortfall_text(s)) for s in one.shortfalls]
    _print_rows(console, rows)
    if one.repairs:
        print_text(console, f"it fits with, cost of the day in {printable(view.plan.day.currency)} and audited:")
        _print_rows(console, [(f"  {repair.extra_cost:+.2f}", repair_text(view, repair)) for repair in one.repairs])
    elif not one.cut:
        print_text(console, NO_REPAIR)
    if one.cut:
        print_text(console, CUT)


def shortfall_text(shortfall: Shortfall) -> str:
    """Say what fails, and at which place."""
    text = printable(shortfall.text, limit=200)
    if shortfall.after is None:
        return text
    return f"{text} ({printable(shortfall.vehicle_id or '')} after {printable(shortfall.after)})"


def repair_text(view: PlanView, repair: Repair) -> str:
    """Say what is changed, who serves the order then, and whose routes differ from the plan."""
    text = printable(repair.text, limit=200)
    others = [id for id in repair.routes_changed if id != repair.vehicle_id]
    more = f", {' and '.join(printable(id) for id in others)} re-planned" if others else ""
    return f"{text}: {printable(repair.vehicle_id)} at {view.clock(repair.begin_s)}{more}"


def _print_rows(console: Console, rows: Sequence[tuple[str, str]]) -> None:
    table = plain_table()
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for left, right in rows:
        table.add_row(shown(console, left), shown(console, right))
    console.print(table)
