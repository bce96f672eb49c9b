"""Prints what became of a plan under each scenario: a line each, and what breaks first."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from planner.errors import printable
from planner.plan import Break, Plan, Replay, share_held
from planner.report.view import PlanView

NOTHING = "nothing breaks"


def print_replays(plan: Plan, replays: Sequence[Replay], console: Console) -> None:
    """Print the share that holds and a table; no text of the user is taken for markup."""
    held, orders = sum(replay.holds for replay in replays), planned_orders(plan)
    _print(console, f"{held} of {len(replays)} scenarios hold ({100 * share_held(replays):.0f} %)", bold=True)
    table = Table(box=None, show_header=True, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("scenario", overflow="fold", min_width=12)
    table.add_column("holds", no_wrap=True)
    table.add_column("breaks first", overflow="fold")
    table.add_column("rules", justify="right", no_wrap=True)
    table.add_column(f"hit of {orders}", justify="right", no_wrap=True)
    view = PlanView(plan)
    for replay in replays:
        cells = (
            printable(replay.scenario.name),
            "yes" if replay.holds else "no",
            breaks_first(view, replay),
            str(len(replay.breaks)),
            str(len(replay.orders_hit)),
        )
        table.add_row(*(_text(console, cell) for cell in cells))
    console.print(table)


def planned_orders(plan: Plan) -> int:
    """Return how many orders a plan serves."""
    return len(plan.day.orders) - len(plan.unassigned)


def breaks_first(view: PlanView, replay: Replay) -> str:
    """Say what breaks first, when, where, and by how much."""
    return _said(view, replay.breaks[0]) if replay.breaks else NOTHING


def _said(view: PlanView, found: Break) -> str:
    if found.at_s is None or found.vehicle_id is None:
        return f"{printable(found.where)}: {printable(found.message, limit=200)}"
    place = "" if found.place_id is None else f" at {printable(found.place_id)}"
    when = view.clock(found.at_s)
    return f"{when} {printable(found.vehicle_id)}{place}: {found.code}, {printable(found.message, limit=200)}"


def _print(console: Console, line: str, *, bold: bool) -> None:
    console.print(_text(console, line), style="bold" if bold else "")


def _text(console: Console, text: str) -> Text:
    """Make text that is not markup, with ``?`` for what the terminal cannot show."""
    return Text(text.encode(console.encoding, errors="replace").decode(console.encoding))
