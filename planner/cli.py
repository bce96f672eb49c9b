"""The command line: verbs that parse, call the pipeline, and print. Results go to stdout, talk to stderr."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.status import Status

from planner import __version__, interrupt
from planner.cli_batch import batch
from planner.cli_bench import bench_app
from planner.cli_compare import compare
from planner.cli_edit import InOrder, edit
from planner.cli_explain import explain
from planner.cli_export import export
from planner.cli_fleet import fleet_new, fleet_types
from planner.cli_generate import generate
from planner.cli_geocode import geocode
from planner.cli_import import import_file
from planner.cli_insert import insert
from planner.cli_replan import replan
from planner.cli_roads import matrix, streets_cut, streets_elevate, streets_info
from planner.cli_robust import robust
from planner.cli_size import size
from planner.cli_solve import solve
from planner.cli_store import history, keep_plan, show, store_app
from planner.cli_tools import Results, parse_date, search_options, usage
from planner.cli_ui import ui
from planner.cli_vroom import vroom_check, vroom_solve, vroom_write
from planner.clock import process_age_s
from planner.errors import Fault, InputError, PlannerError, listing, printable
from planner.solve.options import ENGINES, SolveOptions

if TYPE_CHECKING:
    from planner.large.hands import Hands
    from planner.pipeline import Inputs, Progress, Stages
    from planner.plan import Plan

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    help="Plan a day of deliveries by micro electric vehicles on real streets.",
)
streets_app = typer.Typer(
    rich_markup_mode=None, help="Look at a streets file, cut a small one out of a large one, or give it heights."
)
app.add_typer(streets_app, name="streets")
fleet_app = typer.Typer(rich_markup_mode=None, help="Begin a fleet file, and see which vehicle types there are.")
app.add_typer(fleet_app, name="fleet")
vroom_app = typer.Typer(rich_markup_mode=None, help="Exchange problems and solutions with VROOM.")
app.add_typer(vroom_app, name="vroom")
app.add_typer(store_app, name="store")
app.add_typer(bench_app, name="bench")
talk = Console(stderr=True, highlight=False)


class Exit(IntEnum):
    """What the program's exit code means, beside those of the error family."""

    DONE = 0
    INTERNAL = 1
    REFUSED = 2
    INCOMPLETE = 4
    VIOLATIONS = 7
    INTERRUPTED = 130


Output = Annotated[Path | None, typer.Option("-o", "--output", help="Folder for the results; replaced as a whole.")]
ProgressFile = Annotated[Path | None, typer.Option("--progress-file", hidden=True)]
Bare = Annotated[bool, typer.Option("--bare", hidden=True)]  # the plan alone, for a screen that makes the rest of it
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON on stdout.")]
StreetsFile = Annotated[
    Path | None, typer.Option("--streets", help="Streets file (.osm.pbf, .osm, GraphML, .streets.npz).")
]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; no traceback reaches the user."""
    begun = time.monotonic() - (process_age_s() if argv is None else 0.0)
    _prepare_streams()
    interrupt.listen()
    arguments = list(sys.argv[1:] if argv is None else argv)
    as_json = "--json" in arguments
    try:
        code = int(app(args=arguments, prog_name="planner", standalone_mode=False, obj=begun) or 0)
        # Typer makes an exit code of Ctrl-C, and says nothing.
        return _complain(code, "stopped", as_json=as_json) if code == Exit.INTERRUPTED and interrupt.asked() else code
    except PlannerError as error:
        return _complain(error.exit_code, str(error), as_json=as_json, faults=getattr(error, "faults", ()))
    except (KeyboardInterrupt, typer.Abort):
        return _complain(Exit.INTERRUPTED, "stopped", as_json=as_json)
    except BrokenPipeError:
        # The reader of our output has gone; leave quietly, also when Python flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.DONE
    except Exception as error:  # noqa: BLE001  (the one place where a defect of ours becomes a message)
        # Typer brings a copy of Click or uses the installed one: its usage errors are told by what they can do.
        if hasattr(error, "format_message"):
            message = error.format_message()
            return _complain(Exit.REFUSED, f"E-A01 {message} → see planner --help", as_json=as_json)
        if interrupt.asked():  # an import that was cut short tells so in words of its own
            code, message = Exit.INTERRUPTED, "stopped"
        else:
            code, message = Exit.INTERNAL, _keep_traceback()
        return _complain(code, message, as_json=as_json)


@app.callback(invoke_without_command=True)
def _version(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    if version or context.invoked_subcommand is None:
        typer.echo(f"planner {__version__}" if version else context.get_help())
        raise typer.Exit


@app.command()
def demo(output: Output = None, as_json: Json = False, progress_file: ProgressFile = None) -> int:
    """Plan the embedded day in La Serena and Coquimbo, Chile."""
    from planner.demo import DAY, OPTIONS, demo_folder

    folder = demo_folder()
    request = {"orders": folder / "orders.csv", "fleet": folder / "fleet.toml", "day": DAY}
    job = _Job(options=OPTIONS, folder=output or Path("runs/demo"), as_json=as_json, progress_file=progress_file)
    return _plan(request, job)


@app.command()
def plan(
    orders: Annotated[Path, typer.Argument(help="CSV file of orders, see docs/orders.md.")],
    fleet: Annotated[Path, typer.Option("--fleet", help="TOML file of vehicles and depots, see docs/fleet.md.")],
    streets: StreetsFile = None,
    place: Annotated[
        str | None,
        typer.Option(
            "--place", help="Place name, or west,south,east,north, whose streets to download (needs the [osm] extra)."
        ),
    ] = None,
    day: Annotated[str | None, typer.Option("--date", help="Planning date, YYYY-MM-DD; today if absent.")] = None,
    iterations: Annotated[
        int | None, typer.Option("--iterations", min=1, max=10**9, help="Search budget; makes a plan repeatable.")
    ] = None,
    time_limit: Annotated[
        float | None, typer.Option("-l", "--time-limit", min=1, max=86_400, help="Seconds to search at most.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, max=2**31 - 1)] = 1,
    threads: Annotated[
        int, typer.Option("--threads", min=0, max=1_024, help="That search at once; 0 for one a core.")
    ] = 0,
    engine: Annotated[str, typer.Option("--engine", help=f"One of: {', '.join(ENGINES)}.")] = ENGINES[0],
    no_charging: Annotated[
        bool, typer.Option("--no-charging", help="Plan as if there were no plug on the way.")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Refuse the file if any row is bad.")] = False,
    allow_incomplete: Annotated[
        bool, typer.Option("--allow-incomplete", help="Exit 0 although rows were rejected or orders left out.")
    ] = False,
    share: Annotated[
        float | None, typer.Option("--robust", min=0, max=1, help="Share of the scenarios that the plan is to hold in.")
    ] = None,
    scenarios: Annotated[
        Path | None, typer.Option("--scenarios", help="TOML file of scenarios for --robust, see docs/robust.md.")
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option("--scheduler", help="tcp://HOST:8786 of a Dask cluster that searches the parts of a large day."),
    ] = None,
    no_store: Annotated[bool, typer.Option("--no-store", help="Do not keep the plan in the store.")] = False,
    output: Output = None,
    as_json: Json = False,
    progress_file: ProgressFile = None,
    bare: Bare = False,
) -> int:
    """Plan a day: which vehicle delivers what, when, and where it charges."""
    from planner.roads.read import fetch_place

    if scenarios is not None and share is None:
        raise usage("--scenarios", str(scenarios), "goes with --robust", "add --robust 0.8, or leave it out")
    request = {
        "orders": orders,
        "fleet": fleet,
        "day": parse_date(day) if day is not None else None,
        "streets": fetch_place(place) if place else streets,
        "charging": not no_charging,
    }
    job = _Job(
        options=search_options(engine=engine, iterations=iterations, time_limit=time_limit, seed=seed, threads=threads),
        folder=output or Path("runs") / orders.stem,
        as_json=as_json,
        progress_file=progress_file,
        strict=strict,
        allow_incomplete=allow_incomplete,
        share=share,
        scenarios=scenarios,
        store=not no_store,
        bare=bare,
        scheduler=scheduler,
    )
    return _plan(request, job)


@app.command()
def check(
    plan_file: Annotated[Path, typer.Argument(metavar="PLAN.json")],
    streets: StreetsFile = None,
    as_json: Json = False,
) -> int:
    """Audit a plan anew: every rule, from the day in the plan and the streets it names."""
    from planner.check import audit
    from planner.io.plan_file import read_plan
    from planner.report.broken import kept_words
    from planner.roads.read import read_streets

    found = read_plan(plan_file)
    network = read_streets(streets or plan_file.parent / found.provenance.streets_file)
    violations = audit(found, network)
    if as_json:
        told = [{"code": v.code, "where": v.where, "message": v.message} for v in violations]
        kept = {"kept": {"by": found.kept.by, "at": found.kept.at}} if found.kept else {}
        typer.echo(json.dumps({"violations": told} | kept))
    else:
        for violation in violations:
            typer.echo(f"{violation.code} {violation.where}: {violation.message}")
        kept_too = f", {printable(kept_words(found), limit=200)}" if violations and found.kept else ""
        typer.echo(f"{len(found.routes)} routes audited: {len(violations)} violations{kept_too}")
    return Exit.VIOLATIONS if violations else Exit.DONE


app.command()(batch)
app.command()(explain)
app.command()(insert)
app.command(cls=InOrder)(edit)
app.command()(compare)
app.command()(export)
app.command()(ui)
app.command()(generate)
app.command()(geocode)
app.command("import")(import_file)
app.command()(history)
app.command()(matrix)
app.command()(replan)
app.command()(robust)
app.command()(show)
app.command()(size)
app.command()(solve)
fleet_app.command("new")(fleet_new)
fleet_app.command("types")(fleet_types)
vroom_app.command("write")(vroom_write)
vroom_app.command("solve")(vroom_solve)
vroom_app.command("check")(vroom_check)
streets_app.command("info")(streets_info)
streets_app.command("cut")(streets_cut)
streets_app.command("elevate")(streets_elevate)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """How to plan and what to do with the result."""

    options: SolveOptions
    folder: Path
    as_json: bool
    progress_file: Path | None = None
    strict: bool = False
    allow_incomplete: bool = False
    share: float | None = None  # of the scenarios, under which the plan is to hold
    scenarios: Path | None = None
    store: bool = False
    bare: bool = False
    scheduler: str | None = None  # of the cluster that searches the parts of a large day


def _plan(request: dict[str, Any], job: _Job) -> int:
    """Read, plan, write, print; return the exit code."""
    from planner.io.files import refuse_strangers
    from planner.io.plan_file import plan_to_json
    from planner.outputs import write_outputs
    from planner.pipeline import Stages, read_inputs
    from planner.report.summary import print_summary

    refuse_strangers(job.folder)
    stages = Stages()
    inputs = read_inputs(**request, stages=stages)
    rows = inputs.orders_file
    job = replace(job, options=job.options.for_day(len(rows.orders)))
    _tell_of_rows(inputs, job)
    if job.scheduler and len(rows.orders) < job.options.large_from:
        talk.print(f"note: --scheduler is of no use for {len(rows.orders)} orders, which are one search")
    with talk.status(f"{len(rows.orders)} orders: measuring roads") as status:
        tell = partial(_tell_progress, status, job.progress_file, len(rows.orders), inputs.day.currency)
        made = _make(inputs, job, tell, stages)
    with stages.stage("write"):
        made = write_outputs(made, inputs.streets, job.folder, orders_file=rows, seconds=stages.seconds, bare=job.bare)
    stored = keep_plan(made, job.folder) if job.store else None
    if job.as_json and not job.bare:
        sys.stdout.write(plan_to_json(made).decode())
    elif not job.bare:
        print_summary(made, Results(highlight=False))
        typer.echo(f"\nwritten to {job.folder}: open {job.folder / 'map.html'} in a browser")
        if stored:
            typer.echo(f"stored as {stored}: see planner history")
    if made.provenance.stopped_by == "interrupt":
        return Exit.INTERRUPTED
    fragile = made.provenance.robust is not None and not made.provenance.robust.enough
    incomplete = bool(made.unassigned or rows.rejected or fragile) and not job.allow_incomplete
    return Exit.INCOMPLETE if incomplete else Exit.DONE


def _make(inputs: Inputs, job: _Job, tell: Progress, stages: Stages) -> Plan:
    """Plan what was read, with slack where it is asked for."""
    from planner.padded import PaddedJob, plan_padded
    from planner.pipeline import plan_inputs, provenance_of
    from planner.robust import scenarios_for

    if job.share is None:
        return plan_inputs(inputs, job.options, progress=tell, stages=stages, hands=_cluster(job))
    wanted = PaddedJob(
        day=inputs.day,
        streets=inputs.streets,
        provenance=provenance_of(inputs, job.options),
        options=job.options,
        share=job.share,
        scenarios=scenarios_for(inputs.day, job.scenarios),
        progress=tell,
        stages=stages,
    )
    return plan_padded(wanted)


def _cluster(job: _Job) -> Callable[[], Hands] | None:
    if job.scheduler is None:
        return None
    try:
        from planner.batch.parts import cluster_for
    except ImportError as error:
        remedy = "pip install 'micro-ev-planner[batch]'"
        raise usage("--scheduler", None, f"needs Dask ({error})", remedy, code="E-B26") from error
    return cluster_for(job.scheduler, job.options)


def _tell_progress(status: Status, file: Path | None, orders: int, currency: str, served: int, cost: float) -> None:
    """Show a better plan on the terminal and, for a screen that started this process, in a file."""
    from planner.io.files import write_atomic

    status.update(f"{served} of {orders} orders placed, cost {cost:,.2f} {currency}")
    if file:
        told = {"orders": orders, "served": served, "cost": round(cost, 2), "currency": currency}
        write_atomic(file, json.dumps(told))


def _tell_of_rows(inputs: Inputs, job: _Job) -> None:
    """Show warnings and rejected rows; refuse the file where nothing is left of it or where the user is strict."""
    from planner.io.files import REPORT_NAME
    from planner.io.import_report import write_import_report

    rows = inputs.orders_file
    for note in inputs.notes:
        talk.print(f"note: {note}", markup=False, soft_wrap=True)
    if rows.faults and (job.strict or not rows.orders):
        job.folder.mkdir(parents=True, exist_ok=True)
        write_import_report(job.folder / REPORT_NAME, rows)
        raise InputError(rows.faults)
    if rows.faults:
        talk.print(listing(rows.faults), markup=False, soft_wrap=True)
        talk.print(f"{len(rows.rejected)} of {rows.rows_read} rows rejected, see {REPORT_NAME}; the rest is planned")


def _complain(code: int, message: str, *, as_json: bool, faults: Sequence[Fault] = ()) -> int:
    if as_json:
        typer.echo(json.dumps({"code": int(code), "error": message, "faults": [str(fault) for fault in faults]}))
    else:
        talk.print(message, markup=False, soft_wrap=True)
    return int(code)


def _keep_traceback() -> str:
    """Save what happened where a maintainer can read it, and say so in a sentence."""
    with tempfile.NamedTemporaryFile("w", prefix="planner-error-", suffix=".log", delete=False) as log:
        traceback.print_exc(file=log)
    kind = sys.exc_info()[0]
    return f"E-X00 internal error ({kind.__name__ if kind else 'unknown'}) → please report it with {log.name}"


def _prepare_streams() -> None:
    """Let any terminal show what it can, instead of failing on a letter it lacks."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="backslashreplace")


if __name__ == "__main__":
    sys.exit(main())
