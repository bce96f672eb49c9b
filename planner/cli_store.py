"""The verbs of the store: what is in it, one plan of it, and how it is looked after."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli_tools import Results, parse_date, talk, usage

if TYPE_CHECKING:
    from planner.plan import Plan
    from planner.store.values import Edit, Event

VIOLATIONS = 7
store_app = typer.Typer(rich_markup_mode=None, help="Look after the store of plans.")
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON on stdout.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do it; without it is only told what would be done.")]


def keep_plan(
    plan: Plan,
    folder: Path,
    *,
    of: bytes | None = None,
    edits: Sequence[Edit] = (),
    events: Sequence[Event] = (),
    kept_with_violations: bool = False,
) -> str | None:
    """Save a plan whose files are written, and return how it is named; a store that fails is a warning.

    `of` is the plan.json that it was made from; where the store has that, the plan is a revision of it.
    """
    from planner.errors import PlannerError

    try:
        from planner.store.store import open_store
        from planner.store.values import Written

        store = open_store()
        saved = store.save_plan(
            plan,
            parent=None if of is None else store.find_plan(of),
            edit=edits,
            events=events,
            kept_with_violations=kept_with_violations,
            written=Written.read(folder),
        )
    except (PlannerError, OSError, ImportError, ValueError) as error:
        talk.print(f"warning: the plan is not in the store: {error}", markup=False, soft_wrap=True)
        return None
    return f"@{saved.id}"


def history(
    day: Annotated[str | None, typer.Option("--day", help="Of this date only, YYYY-MM-DD.")] = None,
    as_json: Json = False,
) -> int:
    """List the plans of the store, one line for each plan and revision."""
    from planner.report.history import print_history
    from planner.store.store import open_store

    entries = open_store(create=False).history(None if day is None else parse_date(day).isoformat())
    if as_json:
        typer.echo(json.dumps([asdict(entry) for entry in entries]))
    elif not entries:
        typer.echo("no plans" if day is None else f"no plans of {day}")
    else:
        print_history([asdict(entry) for entry in entries], Results(highlight=False))
    return 0


def show(
    plan: Annotated[str, typer.Argument(metavar="PLAN", help="A plan.json, the folder of a plan, or @ID.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the plan.json itself.")] = False,
) -> int:
    """Show a plan as it was reported when it was made, and how it came about."""
    from planner.report.history import print_provenance, print_story
    from planner.report.summary import print_summary
    from planner.store.reference import resolve

    found = resolve(plan)
    if as_json:
        sys.stdout.write(found.document.decode())
        return 0
    console = Results(highlight=False)
    print_summary(found.plan, console)
    if found.story is not None:
        story = found.story
        remarks = [
            *(("edit", None, edit.kind, edit.detail) for edit in story.edits),
            *(("event", event.at_s, event.kind, event.detail) for event in story.events),
        ]
        print_story(found.plan, asdict(story.entry), remarks, console)
    print_provenance(found.plan, found.folder if found.story is None else found.story.folder, console)
    return 0


@store_app.command("path")
def store_path() -> int:
    """Tell where the store is."""
    from planner.store.place import find_place

    typer.echo(find_place().name)
    return 0


@store_app.command("check")
def store_check(as_json: Json = False) -> int:
    """Look at every page, reference and plan of the store."""
    from planner.store.store import open_store

    found = open_store(create=False).check()
    if as_json:
        typer.echo(json.dumps(asdict(found)))
    else:
        for problem in found.problems:
            typer.echo(problem)
        typer.echo(f"{found.plans} plans of {found.days} days checked: {len(found.problems)} problems")
    return VIOLATIONS if found.problems else 0


@store_app.command("backup")
def store_backup(file: Annotated[Path, typer.Argument(help="File to write; it must not be there yet.")]) -> int:
    """Write a copy of the store, also while it is in use."""
    from planner.store.store import open_store

    store = open_store(create=False)
    typer.echo(f"{len(store.history())} plans copied to {store.backup(file)}")
    return 0


@store_app.command("restore")
def store_restore(file: Annotated[Path, typer.Argument(help="A backup of any store.")]) -> int:
    """Put a backup in the place of the store; what was there is kept beside it."""
    from planner.store.store import restore_store

    store, before = restore_store(file)
    typer.echo(f"{len(store.history())} plans restored to {store.place.name}; what was there is in {before}")
    return 0


@store_app.command("forget")
def store_forget(
    customer: Annotated[str, typer.Argument(help="Id of an order, or a part of its address or notes.")],
    yes: Yes = False,
) -> int:
    """Erase a customer's personal data from the store for good; what was measured stays."""
    from planner.report.history import print_found
    from planner.store.store import open_store

    store = open_store(create=False)
    console = Results(highlight=False)
    if not yes:
        print_found([asdict(found) for found in store.find_customer(customer)], console)
        typer.echo("nothing is erased yet: say it again with --yes")
        return 0
    erased = store.forget(customer)
    print_found([asdict(found) for found in erased.orders], console)
    typer.echo(f"erased from {len(erased.plans)} plans and {erased.remarks} edits and events")
    for kind, paths in (("backup", erased.backups), ("plan folder", erased.folders)):
        for path in paths:
            typer.echo(f"not touched: {kind} {path}")
    return 0


@store_app.command("prune")
def store_prune(
    before: Annotated[str | None, typer.Option("--before", help="Remove the days before this date.")] = None,
    keep_days: Annotated[
        int | None, typer.Option("--keep-days", min=1, max=36_500, help="Remove all but so many days, to today.")
    ] = None,
    yes: Yes = False,
) -> int:
    """Remove old days with all their plans for good."""
    from planner.store.store import open_store

    if (before is None) == (keep_days is None):
        raise usage("--before", before, "is one way to say it, --keep-days the other", "give one of them")
    first = parse_date(before) if before is not None else date.today() - timedelta(days=(keep_days or 1) - 1)
    store = open_store(create=False)
    if not yes:
        old = [entry for entry in store.history() if entry.date < first.isoformat()]
        typer.echo(f"{len(old)} plans of {len({entry.date for entry in old})} days are before {first}")
        typer.echo("nothing is removed yet: say it again with --yes")
        return 0
    days, plans = store.prune(first.isoformat())
    typer.echo(f"removed {plans} plans of {days} days before {first}")
    return 0
