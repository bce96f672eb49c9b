"""Hand edits that are kept: a new plan with its files, and a revision in the store as ``planner edit`` makes one."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from hands import Hands, Made
from jobs import Job
from workspace import Workspace

from planner.dispatch.edits import for_the_store
from planner.dispatch.insert import told
from planner.dispatch.slots import Slot
from planner.errors import PlannerError
from planner.io.files import PLAN_NAME, REPORT_NAME
from planner.io.plan_file import plan_from_json
from planner.outputs import write_outputs
from planner.plan import Kept
from planner.store.values import Edit as Stored
from planner.store.values import Written

if TYPE_CHECKING:
    from planner.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """What became of kept edits: their name in the store, beside a newer one of somebody else, or why it has none."""

    stored: str | None
    beside: bool = False
    problem: str = ""


def keep(work: Workspace, job: Job, hands: Hands, *, by: str) -> Revision:
    """Write the plan with its edits, show it from now on, and keep it in the store.

    One that breaks rules says so from then on: it is for the caller to have asked.
    """
    plan = hands.plan
    if plan.violations:
        plan = replace(plan, kept=Kept(by=by, at=datetime.now(UTC).isoformat(timespec="seconds")))
    folder = work.new_folder()
    write_outputs(plan, hands.streets, folder / "plan", orders_file=None, seconds={}, bare=True)
    if job.result(REPORT_NAME).exists():
        shutil.copy(job.result(REPORT_NAME), folder / "plan" / REPORT_NAME)
    document = job.result(PLAN_NAME).read_bytes()
    work.show(Job.of_plan(folder, streets=job.streets))
    try:
        return _stored(document, Written.read(folder / "plan"), hands, by)
    except (PlannerError, OSError, ImportError, ValueError) as error:
        return Revision(stored=None, problem=str(error))


def _stored(before: bytes, written: Written, hands: Hands, by: str) -> Revision:
    """Save a revision of the plan that it was made from; that one too, where it was not worth keeping till now."""
    from planner.store.faults import Conflict  # noqa: PLC0415  (a screen without edits needs no database)
    from planner.store.store import open_store  # noqa: PLC0415

    store: Store = open_store()
    parent = store.find_plan(before)
    if parent is None:
        first = plan_from_json(before, file=PLAN_NAME)
        parent = store.save_plan(before, kept_with_violations=first.kept is not None, author=by).id
    document = written.document or b""
    plan = plan_from_json(document, file=PLAN_NAME)
    edits = stored_edits(hands.made)
    kept = plan.kept is not None
    try:
        saved = store.save_plan(plan, parent=parent, edit=edits, kept_with_violations=kept, written=written, author=by)
    except Conflict:
        saved = store.save_plan(
            plan,
            parent=parent,
            branch=True,
            edit=edits,
            kept_with_violations=kept,
            written=written,
            author=by,
        )
        return Revision(stored=f"@{saved.id}", beside=True)
    return Revision(stored=f"@{saved.id}")


def stored_edits(made: list[Made]) -> list[Stored]:
    """Return edits and slots taken as the store keeps them."""
    found: list[Stored] = []
    for one in made:
        if isinstance(one.what, Slot):
            found.append(Stored(kind="insert", detail={"order": one.order, **told(one.what)}))
        else:
            found += for_the_store([one.what])
    return found
