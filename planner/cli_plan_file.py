"""What the verbs share that start from a plan: its file, its streets, and the folder of the new one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from planner.cli_tools import Results

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planner.dispatch.desk import Desk
    from planner.plan import Plan
    from planner.store.reference import Referred
    from planner.store.values import Edit, Event


def plan_at(reference: Path) -> Referred:
    """Return the plan that is named: a plan.json, the folder of one, or @17 in the store."""
    from planner.store.reference import resolve

    return resolve(reference)


def desk_at(reference: Path, streets: Path | None) -> tuple[Desk, Referred]:
    """Lay a plan open on its streets, which are named in full from now on."""
    from planner.dispatch.desk import open_desk
    from planner.roads.read import read_streets

    referred = plan_at(reference)
    plan, named = referred.plan, streets or referred.streets
    network = read_streets(named)
    provenance = replace(plan.provenance, streets_file=str(named.resolve()))
    return open_desk(replace(plan, provenance=provenance), network, file=referred.name), referred


def hand_over(
    desk: Desk,
    plan: Plan,
    folder: Path,
    *,
    of: Referred | None,
    edits: Sequence[Edit] = (),
    events: Sequence[Event] = (),
    more: Mapping[str, str] | None = None,
    seconds: Mapping[str, float] | None = None,
) -> None:
    """Write a plan's folder and say where; with `of` also keep it in the store, as a revision of that plan.

    `more` are files that lie beside it.
    """
    from planner.cli_store import keep_plan
    from planner.io.files import write_atomic
    from planner.outputs import write_outputs

    written = write_outputs(plan, desk.streets, folder, orders_file=None, seconds=dict(seconds or {}))
    for name, text in (more or {}).items():
        write_atomic(folder / name, text)
    typer.echo(f"written to {folder}", err=True)
    if of is not None:
        kept = plan.kept is not None
        stored = keep_plan(written, folder, of=of.document, edits=edits, events=events, kept_with_violations=kept)
        if stored:
            typer.echo(f"stored as {stored}: see planner history", err=True)


def results() -> Any:
    """Return stdout for tables."""
    return Results(highlight=False)
