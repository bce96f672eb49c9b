"""The verbs that exchange problems and solutions with VROOM."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner.cli_tools import ClassName, parse_date, refuse_output, talk, usage
from planner.errors import InputError, PlanRefused, listing
from planner.solve.options import UNLIMITED, SolveOptions

if TYPE_CHECKING:
    from planner.exchange.vroom_read import ProblemFile as File
    from planner.exchange.vroom_solve import Solved

INCOMPLETE, VIOLATIONS, INTERRUPTED = 4, 7, 130  # exit codes, see docs/errors.md
TOLD_VIOLATIONS = 20

ProblemFile = Annotated[
    Path, typer.Argument(metavar="PROBLEM.json", help="VROOM problem, with tables or with --streets.")
]
Streets = Annotated[
    Path | None, typer.Option("--streets", help="Streets file, for a problem of coordinates without tables.")
]
Force = Annotated[bool, typer.Option("--force", help="Replace the file to write if it exists.")]


def vroom_write(
    orders: Annotated[Path, typer.Argument(help="CSV file of orders, see docs/orders.md.")],
    fleet: Annotated[Path, typer.Option("--fleet", help="TOML file of vehicles and depots, see docs/fleet.md.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="File to write.")] = Path("problem.json"),
    streets: Annotated[Path | None, typer.Option("--streets", help="Streets file, if not that of the fleet.")] = None,
    day: Annotated[str | None, typer.Option("--date", help="Date, YYYY-MM-DD; today if absent.")] = None,
    trips: Annotated[
        int | None, typer.Option("--trips", min=1, max=24, help="Trips of a vehicle; what the load needs if absent.")
    ] = None,
    force: Force = False,
) -> int:
    """Write a day as a VROOM problem with the tables of our streets."""
    from planner.exchange.vroom_write import vroom_problem
    from planner.io.files import write_atomic
    from planner.pipeline import read_inputs
    from planner.roads.day import day_roads
    from planner.solve.crew import pair_up
    from planner.solve.problem import build_problem

    refuse_output(output, read=(orders, fleet), force=force)
    inputs = read_inputs(orders, fleet, day=None if day is None else parse_date(day), streets=streets)
    rows = inputs.orders_file
    for note in inputs.notes:
        talk.print(f"note: {note}", markup=False, soft_wrap=True)
    if not rows.orders:
        raise InputError(rows.faults)
    if rows.faults:
        talk.print(listing(rows.faults), markup=False, soft_wrap=True)
    with talk.status(f"{len(rows.orders)} orders: measuring roads"):
        work = inputs.day.manned(pair_up(inputs.day))
        roads = day_roads(work, inputs.streets)
        problem = build_problem(work, types=roads.types, network_of_type=roads.network_of_type, roads=roads.matrices)
    written = vroom_problem(work, problem, trips=trips)
    write_atomic(output, json.dumps(written.document, ensure_ascii=False) + "\n")
    document = written.document
    stops = len(document["jobs"]) + 2 * len(document["shipments"])
    typer.echo(f"{stops} stops, {len(document['vehicles'])} vehicles of one trip each, written to {output}")
    typer.echo("VROOM has no words for:")
    for told in written.unsaid:
        typer.echo(f"  {told}")
    return INCOMPLETE if rows.rejected else 0


def vroom_solve(
    problem: ProblemFile,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="File for the solution.")] = None,
    time_limit: Annotated[
        float | None, typer.Option("-l", "--time-limit", min=1, max=86_400, help="Seconds to search at most.")
    ] = None,
    iterations: Annotated[
        int | None, typer.Option("--iterations", min=1, max=UNLIMITED, help="Search budget; makes it repeatable.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, max=2**31 - 1)] = 1,
    threads: Annotated[
        int, typer.Option("--threads", min=0, max=1_024, help="That search at once; 0 for one a core.")
    ] = 0,
    streets: Streets = None,
    class_name: ClassName = None,
    force: Force = False,
) -> int:
    """Solve a VROOM problem with our search; the solution goes to stdout without -o."""
    from planner.exchange.vroom_build import build
    from planner.exchange.vroom_solve import USUAL_ITERATIONS, solve_vroom
    from planner.io.files import write_atomic

    if output is not None:
        refuse_output(output, read=(problem,), force=force)
    file = _read(problem, streets, class_name)
    built = build(file)
    for note in (*file.warnings, *built.notes):
        talk.print(f"note: {note}", markup=False, soft_wrap=True)
    options = SolveOptions(
        iterations=iterations or (UNLIMITED if time_limit else USUAL_ITERATIONS),
        time_limit_s=time_limit or SolveOptions().time_limit_s,
        seed=seed,
        threads=threads,
    )
    with talk.status(f"{len(built.tasks)} stops") as status:
        solved = solve_vroom(
            file, built, options, progress=lambda n: status.update(f"{n} of {len(built.tasks)} stops served")
        )
    text = json.dumps(solved.document, ensure_ascii=False) + "\n"
    if solved.checked.violations:
        raise _refused(text, solved, output)
    if output is None:
        typer.echo(text, nl=False)
    else:
        write_atomic(output, text)
    _tell(solved, output)
    if solved.stopped_by == "interrupt":
        return INTERRUPTED
    return INCOMPLETE if solved.checked.unassigned else 0


def vroom_check(
    problem: ProblemFile,
    solution: Annotated[Path, typer.Argument(metavar="SOLUTION.json", help="VROOM's or our solution of it.")],
    streets: Streets = None,
    class_name: ClassName = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON on stdout.")] = False,
) -> int:
    """Look at a solution of a VROOM problem anew, whoever made it: every rule that VROOM has."""
    from planner.exchange.vroom_check import check_solution
    from planner.exchange.vroom_read import read_solution

    found = check_solution(_read(problem, streets, class_name).document, read_solution(solution))
    if as_json:
        told = [{"code": v.code, "where": v.where, "message": v.message} for v in found.violations]
        typer.echo(json.dumps({"violations": told, "cost": float(found.cost), "unassigned": found.unassigned}))
    else:
        for violation in found.violations:
            typer.echo(f"{violation.code} {violation.where}: {violation.message}")
        left = f"{found.unassigned} tasks left out"
        typer.echo(f"cost {float(found.cost):,.2f}, {left}: {len(found.violations)} violations")
    return VIOLATIONS if found.violations else 0


def _read(problem: Path, streets: Path | None, class_name: str | None) -> File:
    """Read a problem, with tables of the streets for the profiles that have none."""
    from planner.catalogue import road_class
    from planner.exchange.vroom_read import read_problem

    if streets is None:
        if class_name is not None:
            raise usage("--class", class_name, "says how to drive on streets, and there are none", "add --streets FILE")
        return read_problem(problem)

    from planner.exchange.vroom_streets import StreetTables, told
    from planner.roads.read import read_streets

    fallback = None if class_name is None else road_class(class_name)
    with talk.status(f"measuring on {streets.name}"):
        tables = StreetTables(streets=read_streets(streets), fallback=fallback)
        found = read_problem(problem, tables)
    for line in (
        *told(tables.measured),
        *([] if tables.measured else ["the problem has its own tables; they are used"]),
    ):
        talk.print(f"note: {line}", markup=False, soft_wrap=True)
    return found


def _tell(solved: Solved, output: Path | None) -> None:
    summary: dict[str, Any] = solved.document["summary"]
    line = (
        f"cost {summary['cost']:,}, {summary['routes']} routes, {summary['unassigned']} tasks left out; "
        f"checked: 0 violations; {solved.iterations:,} iterations, {solved.stopped_by}"
    )
    if output is None:
        talk.print(line, markup=False, soft_wrap=True)
    else:
        typer.echo(f"{line}\nwritten to {output}")


def _refused(text: str, solved: Solved, output: Path | None) -> PlanRefused:
    """Keep a solution that breaks a rule where a maintainer can read it, and return the error that names the file."""
    from planner.io.files import write_atomic

    if output is None:
        with tempfile.NamedTemporaryFile("w", prefix="planner-refused-", suffix=".json", delete=False) as file:
            file.write(text)
        kept = Path(file.name)
    else:
        kept = output.with_name(f"{output.name}.refused")
        write_atomic(kept, text)
    found = solved.checked.violations
    listed = "\n".join(f"  {v.code} {v.where}: {v.message}" for v in found[:TOLD_VIOLATIONS])
    return PlanRefused(
        f"E-X01 the checker refused the solution ({len(found)} violations), a fault of this program\n"
        f"{listed}\n→ the evidence is in {kept}; please report it"
    )
