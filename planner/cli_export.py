"""The verb that gives a plan to drivers and to other programs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli_tools import talk, usage
from planner.errors import did_you_mean, printable

if TYPE_CHECKING:
    from planner.roads.streets import Streets
    from planner.store.reference import Referred

# Named here again so that --help needs none of the libraries; a test holds them together.
FORMAT_NAMES = ("manifest", "html", "csv", "xlsx", "geojson", "gpx", "kml", "ical", "links", "vroom")
FOR_DRIVERS = ("manifest", "html", "gpx", "ical", "links")
LANGUAGE_NAMES = ("en", "de", "fr", "es")


def export(
    plan_file: Annotated[
        Path, typer.Argument(metavar="PLAN", help="A plan.json, the folder of a plan, or @17 of the store.")
    ],
    to: Annotated[list[str], typer.Option("--to", help=f"One of: {', '.join(FORMAT_NAMES)}; may be given again.")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Folder for the files; exports/NAME OF THE PLAN if absent.")
    ] = None,
    language: Annotated[
        str, typer.Option("--language", help=f"Of the texts, one of: {', '.join(LANGUAGE_NAMES)}.")
    ] = LANGUAGE_NAMES[0],
    streets: Annotated[
        Path | None, typer.Option("--streets", help="Streets behind the maps, if not where the plan says.")
    ] = None,
    changed_since: Annotated[
        Path | None,
        typer.Option("--changed-since", metavar="PLAN", help="Only for vehicles that had other stops or times there."),
    ] = None,
) -> int:
    """Write a plan as manifests for drivers, tables, tracks, calendars or links to a navigation."""
    _refuse_unknown(to, language)
    _refuse_whole_plans(to, changed_since)
    from planner.export.formats import FORMATS, refuse_missing_parts

    wanted = [FORMATS[name] for name in dict.fromkeys(to)]
    refuse_missing_parts(wanted)

    from planner.export.formats import make
    from planner.export.job import Job
    from planner.export.readable import refuse_unreadable
    from planner.export.write import write_made
    from planner.language.words import Words
    from planner.report.broken import kept_words
    from planner.report.view import changed_vehicles
    from planner.store.reference import resolve

    referred = resolve(plan_file)
    plan = referred.plan
    refuse_unreadable(plan, file=referred.name)
    if plan.kept is not None:
        note = f"note: the plan breaks {len(plan.violations)} rules, {printable(kept_words(plan), limit=200)}"
        talk.print(note, markup=False, soft_wrap=True)
    only = None if changed_since is None else changed_vehicles(resolve(changed_since).plan, plan)
    if only is not None:
        typer.echo(f"changed: {', '.join(map(printable, sorted(only))) or 'no vehicle'}")
    folder = output or Path("exports") / _name_of(referred)
    drawn = _streets(referred, streets) if any(found.draws for found in wanted) else None
    job = Job(plan, Words(language), drawn, only)
    for found in wanted:
        with talk.status(f"writing {found.name}"):
            made = make(found, job)
            paths = write_made(made, found, folder)
        for note in made.notes:
            talk.print(f"note: {note}", markup=False, soft_wrap=True)
        where = f"{folder / found.name}, {len(paths)} files" if found.folder else str(paths[0])
        typer.echo(f"{found.name}: {where}")
    return 0


def _name_of(referred: Referred) -> str:
    """Return the name of a plan's folder, or its number in the store."""
    if referred.story is not None:
        return f"plan-{referred.story.entry.id}"
    return referred.folder.absolute().name or "plan"


def _refuse_whole_plans(to: list[str], changed_since: Path | None) -> None:
    whole = [name for name in to if name not in FOR_DRIVERS]
    if changed_since is not None and whole:
        remedy = f"leave it out, or ask for {', '.join(FOR_DRIVERS)}"
        raise usage("--changed-since", whole[0], "is one file of the whole plan", remedy, code="E-T05")


def _streets(referred: Referred, given: Path | None) -> Streets | None:
    """Read the streets to draw behind the trips; where the plan's are not at hand, its own ways have to do."""
    from planner.roads.read import read_streets

    path = given or referred.streets
    if given is None and not path.is_file():
        talk.print(f"note: no streets at {path}: the maps show the ways alone", markup=False, soft_wrap=True)
        return None
    with talk.status("reading the streets"):
        return read_streets(path)


def _refuse_unknown(to: list[str], language: str) -> None:
    for name in to:
        if name not in FORMAT_NAMES:
            near = did_you_mean(name, FORMAT_NAMES)
            raise usage("--to", name, f"is no format{near}", f"choose one of: {', '.join(FORMAT_NAMES)}", code="E-T04")
    if language not in LANGUAGE_NAMES:
        remedy = f"choose one of: {', '.join(LANGUAGE_NAMES)}"
        raise usage("--language", language, "is no language of the manifests", remedy, code="E-T04")
