"""What the verbs share that start from a plan: its file, its streets, and the folder of the new one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from planner.cli_tools import Results

if TYPE_CHECKING:
    from planner.dispatch.desk import Desk
    from planner.plan import Plan


def plan_at(path: Path) -> tuple[Plan, Path]:
    """Read a plan.json, or the one in a folder; return it and its file."""
    from planner.io.files import PLAN_NAME
    from planner.io.plan_file import read_plan

    file = path / PLAN_NAME if path.is_dir() else path
    return read_plan(file), file


def desk_at(path: Path, streets: Path | None) -> Desk:
    """Lay a plan open on its streets, which are named in full from now on."""
    from planner.dispatch.desk import open_desk
    from planner.roads.read import read_streets

    plan, file = plan_at(path)
    named = streets or file.parent / plan.provenance.streets_file
    network = read_streets(named)
    provenance = replace(plan.provenance, streets_file=str(named.resolve()))
    return open_desk(replace(plan, provenance=provenance), network, file=file.name)


def write_plan_folder(desk: Desk, plan: Plan, folder: Path) -> None:
    """Write a plan's folder and say where."""
    from planner.outputs import write_outputs

    write_outputs(plan, desk.streets, folder, orders_file=None, seconds={})
    typer.echo(f"written to {folder}", err=True)


def results() -> Any:
    """Return stdout for tables."""
    return Results(highlight=False)
