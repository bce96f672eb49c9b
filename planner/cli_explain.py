"""The verb that tells why orders are left out of a plan, and what would make them fit."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

import typer

from planner.cli_tools import Results, talk


def explain(
    plan_file: Annotated[Path, typer.Argument(metavar="PLAN.json")],
    orders: Annotated[
        list[str] | None, typer.Argument(metavar="[ORDER]...", help="Ids of orders left out; all of them if absent.")
    ] = None,
    streets: Annotated[Path | None, typer.Option("--streets", help="Streets file, if not where the plan says.")] = None,
    time_limit: Annotated[
        float | None,
        typer.Option(
            "-l", "--time-limit", min=1, max=86_400, help="Seconds after which no more repairs are looked for."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON on stdout.")] = False,
) -> int:
    """Tell why orders are left out, by how much they fail, and what would make them fit."""
    from planner.explain.orders import explain_orders
    from planner.io.explained_file import explanations_to_json
    from planner.io.plan_file import read_plan
    from planner.report.explained import print_explanations
    from planner.roads.read import read_streets

    plan = read_plan(plan_file)
    network = read_streets(streets or plan_file.parent / plan.provenance.streets_file)
    with talk.status("trying what would help") as status:
        found = explain_orders(
            plan,
            network,
            orders or (),
            file=plan_file.name,
            time_limit_s=math.inf if time_limit is None else time_limit,
            told=lambda done: status.update(f"{done} orders explained"),
        )
    if as_json:
        typer.echo(explanations_to_json(found, currency=plan.day.currency))
    elif not found:
        typer.echo("every order is planned: there is nothing to explain")
    else:
        print_explanations(plan, found, Results(highlight=False))
    return 0
