"""The verb that gives a plan to drivers and to other programs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli_tools import talk, usage
from planner.errors import did_you_mean, printable

if TYPE_CHECKING:
    from planner.plan import Plan
    from planner.roads.streets import Streets

# Named here again so that --help needs none of the libraries; a test holds them together.
FORMAT_NAMES = ("manifest", "html", "csv", "xlsx", "geojson", "gpx", "kml", "ical", "links", "vroom")
LANGUAGE_NAMES = ("en", "de", "fr", "es")


def export(
    plan_file: Annotated[Path, typer.Argument(metavar="PLAN", help="A plan.json, or the folder of a plan.")],
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
) -> int:
    """Write a plan as manifests for drivers, tables, tracks, calendars or links to a navigation."""
    _refuse_unknown(to, language)
    from planner.export.formats import FORMATS, refuse_missing_parts

    wanted = [FORMATS[name] for name in dict.fromkeys(to)]
    refuse_missing_parts(wanted)

    from planner.export.formats import make
    from planner.export.job import Job
    from planner.export.readable import refuse_unreadable
    from planner.export.write import write_made
    from planner.io.files import PLAN_NAME
    from planner.io.plan_file import read_plan
    from planner.language.words import Words
    from planner.report.broken import kept_words

    file = plan_file / PLAN_NAME if plan_file.is_dir() else plan_file
    plan = read_plan(file)
    refuse_unreadable(plan, file=file.name)
    if plan.kept is not None:
        note = f"note: the plan breaks {len(plan.violations)} rules, {printable(kept_words(plan), limit=200)}"
        talk.print(note, markup=False, soft_wrap=True)
    folder = output or Path("exports") / (file.absolute().parent.name or "plan")
    job = Job(plan, Words(language), _streets(plan, file, streets) if any(found.draws for found in wanted) else None)
    for found in wanted:
        with talk.status(f"writing {found.name}"):
            made = make(found, job)
            paths = write_made(made, found, folder)
        for note in made.notes:
            talk.print(f"note: {note}", markup=False, soft_wrap=True)
        where = f"{folder / found.name}, {len(paths)} files" if found.folder else str(paths[0])
        typer.echo(f"{found.name}: {where}")
    return 0


def _streets(plan: Plan, file: Path, given: Path | None) -> Streets | None:
    """Read the streets to draw behind the trips; where the plan's are not at hand, its own ways have to do."""
    from planner.roads.read import read_streets

    path = given or file.parent / plan.provenance.streets_file
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
