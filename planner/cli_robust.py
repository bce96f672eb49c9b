"""The verb that replays a plan on days that turn out otherwise."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner.cli_tools import Results, talk
from planner.errors import printable

if TYPE_CHECKING:
    from planner.model import Scenario
    from planner.plan import Replay

DECIMALS = 4  # of the share that holds


def robust(
    plan_file: Annotated[Path, typer.Argument(metavar="PLAN.json")],
    scenarios: Annotated[
        Path | None,
        typer.Option("--scenarios", help="TOML file of scenarios, see docs/robust.md; the usual if absent."),
    ] = None,
    streets: Annotated[
        Path | None, typer.Option("--streets", help="Streets file; the one that the plan names if absent.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON on stdout.")] = False,
) -> int:
    """Replay a plan in the cold, in traffic, with more load, aged batteries or a plug out: what breaks first?"""
    from planner.io.plan_file import read_plan
    from planner.report.replays import print_replays
    from planner.roads.read import read_streets
    from planner.robust import replay_plan, scenarios_for

    plan = read_plan(plan_file)
    wanted = scenarios_for(plan.day, scenarios)
    network = read_streets(streets or plan_file.parent / plan.provenance.streets_file)
    with talk.status("auditing the plan") as status:

        def tell(scenario: Scenario) -> None:
            status.update(f"replaying: {printable(scenario.name)}")

        replays = replay_plan(plan, network, wanted, tell=tell)
    if as_json:
        typer.echo(json.dumps(_told(replays), ensure_ascii=False))
    else:
        print_replays(plan, replays, Results(highlight=False))
    return 0


def _told(replays: Sequence[Replay]) -> dict[str, Any]:
    from planner.plan import share_held

    return {
        "share": round(share_held(replays), DECIMALS),
        "held": sum(replay.holds for replay in replays),
        "scenarios": [
            {
                **asdict(replay.scenario),
                "holds": replay.holds,
                "orders_hit": replay.orders_hit,
                "breaks": [asdict(found) for found in replay.breaks],
            }
            for replay in replays
        ],
    }
