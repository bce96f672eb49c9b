"""The verb that lays two plans side by side."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner.cli_tools import refuse_output

if TYPE_CHECKING:
    from planner.dispatch.compare import At, Comparison
    from planner.plan import Plan

FORMAT = "planner-comparison-1"
MOST_SHOWN = 50


def compare(
    a: Annotated[Path, typer.Argument(metavar="A", help="A plan.json, its folder, or @17 of the store.")],
    b: Annotated[Path, typer.Argument(metavar="B", help="The plan to hold against it.")],
    tolerance: Annotated[
        int, typer.Option("--tolerance", min=0, max=1_440, help="Minutes by which an arrival may differ.")
    ] = 15,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="JSON file for the comparison.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it is there.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the comparison as JSON on stdout.")] = False,
) -> int:
    """Compare two plans: figures, money, stops that moved, promises broken."""
    from planner.cli_plan_file import plan_at
    from planner.dispatch.compare import compare as compared
    from planner.io.files import write_atomic

    one, other = plan_at(a), plan_at(b)
    if output is not None:
        refuse_output(output, read=(one.folder / one.name, other.folder / other.name), force=force)
    found = compared(one.plan, other.plan, tolerance_s=tolerance * 60)
    text = json.dumps(_told(found), ensure_ascii=False, indent=1)
    if output is not None:
        write_atomic(output, text + "\n")
    if as_json:
        typer.echo(text)
    else:
        _print(one.plan, other.plan, found)
    return 0


def _told(found: Comparison) -> dict[str, Any]:
    return {"format": FORMAT, **asdict(found)}


def _print(a: Plan, b: Plan, found: Comparison) -> None:
    from planner.cli_plan_file import results
    from planner.errors import printable
    from planner.report.broken import verdict
    from planner.report.rows import print_rows

    same_day = found.days[0] == found.days[1]
    typer.echo(f"{found.common} orders in common" + ("" if same_day else f", days {found.days[0]} and {found.days[1]}"))
    money = "" if found.currencies[0] == found.currencies[1] else f" in {found.currencies[0]} and {found.currencies[1]}"
    figures = [*found.figures, *found.money]
    rows = [
        (
            f"cost: {one.name}{money}" if one in found.money else one.name,
            f"{one.a:.{one.decimals}f}",
            f"{one.b:.{one.decimals}f}",
            "" if money and one in found.money else f"{round(one.difference, one.decimals) + 0.0:+.{one.decimals}f}",
        )
        for one in figures
    ]
    print_rows(results(), ("", "A", "B", "B - A"), rows, right={1, 2, 3})
    if found.moved:
        typer.echo(
            f"\n{len(found.moved)} stops moved, {sum(m.vehicle_changed for m in found.moved)} to another vehicle"
        )
        moves = [
            (m.order_id, _where(a, m.a), _where(b, m.b), f"{round(m.later_s / 60):+d}")
            for m in found.moved[:MOST_SHOWN]
        ]
        print_rows(results(), ("order", "A", "B", "min"), moves, right={3})
        _more(len(found.moved))
    if found.broken:
        typer.echo(f"\n{len(found.broken)} promises broken")
        broken = [
            (p.promise, p.id, p.text + ("" if p.by_s is None else f", {-(-p.by_s // 60)} min"))
            for p in found.broken[:MOST_SHOWN]
        ]
        print_rows(results(), ("promise", "order", ""), broken)
        _more(len(found.broken))
    for title, ids in (
        ("left out in B only", found.left_out_in_b),
        ("left out in A only", found.left_out_in_a),
        ("orders of A only", found.only_in_a),
        ("orders of B only", found.only_in_b),
    ):
        if ids:
            shown = ", ".join(printable(id) for id in ids[:MOST_SHOWN])
            typer.echo(f"{title}: {len(ids)} ({shown}{', ...' if len(ids) > MOST_SHOWN else ''})")
    for name, plan in (("A", a), ("B", b)):
        if plan.violations:
            typer.echo(f"{name} {printable(verdict(plan), limit=200)}")


def _where(plan: Plan, at: At) -> str:
    from planner.report.view import PlanView

    return f"{at.vehicle_id} trip {at.trip} stop {at.position} {PlanView(plan).clock(at.begin_s)}"


def _more(count: int) -> None:
    if count > MOST_SHOWN:
        typer.echo(f"... {count - MOST_SHOWN} more with --json")
