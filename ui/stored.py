"""Plans of the store, opened on the screen."""

from __future__ import annotations

from pathlib import Path

from jobs import Job
from workspace import Workspace, cached_streets

from planner.errors import Fault, InputError
from planner.io.files import PLAN_NAME, write_atomic
from planner.plan import Plan
from planner.store.reference import Referred, resolve


def open_stored(work: Workspace, plan_id: int) -> None:
    """Show a plan of the store, byte for byte as it was kept. Raises `InputError` or `RoadsError`."""
    found = resolve(f"@{plan_id}")
    path = _streets_of(work, found)
    cached_streets(path)  # what cannot be read is told here
    if work.job is not None and work.job.running:
        raise InputError(
            Fault(
                code="E-U06",
                file=found.name,
                message="cannot be shown while a plan is being made",
                remedy="wait for it, or stop it on the page Plan",
            )
        )
    folder = work.new_folder()
    target = folder / "plan"
    target.mkdir()
    write_atomic(target / PLAN_NAME, found.document)
    work.show(Job.of_plan(folder, streets=path))


def _streets_of(work: Workspace, found: Referred) -> Path:
    """Return where the streets of a plan are: where they were then, or among those of this workspace."""
    wanted = found.plan.provenance.streets_sha256
    if found.streets.is_file():
        return found.streets
    here = work.draft.streets
    if cached_streets(here).sha256 == wanted:
        return here
    raise InputError(
        Fault(
            code="E-U05",
            file=found.name,
            value=found.streets.name,
            message="the streets of this plan are no longer where they were",
            remedy="choose the same streets file on the page Orders, then open the plan again",
        )
    )


def stored_plan(plan_id: int) -> Plan:
    """Return a plan of the store."""
    return resolve(f"@{plan_id}").plan
