"""The verb that solves an instance of the literature: read, search, audit, write."""

from __future__ import annotations

import json
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from planner import interrupt
from planner.cli_tools import talk, usage
from planner.errors import Interrupted, NoPlanError, PlanRefused, did_you_mean
from planner.solve.options import UNLIMITED, SolveOptions

if TYPE_CHECKING:
    from planner.check_instance import Findings
    from planner.solve.instance import Instance, RouteSet

    Engine = Callable[..., RouteSet]

ENGINES = ("search", "ortools")
TRIPS = "trips"  # the search where vehicles reload
RECHARGES: tuple[Literal["full", "partial"], ...] = ("full", "partial")
INCOMPLETE, INTERRUPTED = 4, 130  # exit codes, see docs/errors.md
DEFAULT_LIMIT_S = 60.0
ENDING_S = 0.25  # of the time limit, for the audit, the writing and the end of the process
LEAST_S = 0.1  # of search, however long the reading took
TOLD_VIOLATIONS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """One run of the verb; `begun` is when the process began, on Python's monotonic clock."""

    begun: float
    engine: str
    output: Path | None
    as_json: bool

    def seconds(self) -> float:
        return time.monotonic() - self.begun


def solve(
    context: typer.Context,
    instance: Annotated[Path, typer.Argument(metavar="INSTANCE", help="Instance file, see docs/solve.md.")],
    recharge: Annotated[str, typer.Option("--recharge", help="Of an E-VRPTW: full or partial.")] = "full",
    time_limit: Annotated[
        float | None,
        typer.Option(
            "-l", "--time-limit", min=1, max=86_400, help="Seconds from start to end; 60 if there is no limit."
        ),
    ] = None,
    iterations: Annotated[
        int | None,
        typer.Option("--iterations", min=1, max=UNLIMITED, help="Search budget; makes an answer repeatable."),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, max=2**31 - 1)] = 1,
    threads: Annotated[
        int, typer.Option("--threads", min=0, max=1_024, help="That search at once; 0 for one a core.")
    ] = 0,
    engine: Annotated[str, typer.Option("--engine", help=f"One of: {', '.join(ENGINES)}.")] = ENGINES[0],
    output: Annotated[Path | None, typer.Option("-o", "--output", help="File for the routes; replaced.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON on stdout.")] = False,
) -> int:
    """Solve a benchmark instance: E-VRPTW, E-CVRP of WCCI-2020, E-VRP-NL, VRPTW, CVRP, or several trips a day."""
    from planner.instances.read import read_instance

    if recharge not in RECHARGES:
        message, remedy = f"is no way to recharge{did_you_mean(recharge, RECHARGES)}", "choose full or partial"
        raise usage("--recharge", recharge, message, remedy)
    if engine not in ENGINES:
        message, remedy = f"is no engine{did_you_mean(engine, ENGINES)}", f"choose one of: {', '.join(ENGINES)}"
        raise usage("--engine", engine, message, remedy, code="E-F16")
    _refuse_output(output, instance)
    chosen = next(way for way in RECHARGES if way == recharge)
    run = _Run(begun=context.obj or time.monotonic(), engine=engine, output=output, as_json=as_json)
    problem = read_instance(instance, recharge=chosen)
    if chosen == "partial" and not problem.partial:
        raise usage("--recharge", recharge, f"does not go with {instance.name}, which is no E-VRPTW", "leave it out")
    if engine == "ortools" and (problem.curves or problem.release is not None):
        message, remedy = "knows no charge curves" if problem.curves else "knows no release dates", "choose search"
        raise usage("--engine", engine, message, remedy, code="E-F16")
    # Loading compiled loops takes its time, which is not the search's.
    search = _engine(engine if problem.release is None else TRIPS)
    limit_s = time_limit or (SolveOptions().time_limit_s if iterations else DEFAULT_LIMIT_S)
    options = SolveOptions(
        iterations=iterations or UNLIMITED,
        time_limit_s=max(limit_s - run.seconds() - ENDING_S, LEAST_S),
        seed=seed,
        threads=threads,
    )
    found = _search(search, problem, options)
    return _hand_over(problem, found, options, run)


def _search(search: Engine, problem: Instance, options: SolveOptions) -> RouteSet:
    """Run the engine; an interrupt ends it with the best so far.

    Raises `NoPlanError` where nothing was found, `Interrupted` where nothing had been found yet.
    """
    best: RouteSet | None = None
    with talk.status(f"{problem.name}: {problem.customers} customers") as status:

        def tell(better: RouteSet) -> None:
            nonlocal best
            best = better
            status.update(f"{problem.name}: {len(better.routes)} vehicles, length {better.length:,.2f}")

        try:
            found = search(problem, options, on_better=tell)
        except KeyboardInterrupt:
            if best is None:
                raise Interrupted("stopped before there were any routes") from None
            interrupt.answered()
            found = replace(best, stopped_by="interrupt")
    if found.routes:
        return found
    if found.stopped_by == "interrupt":
        raise Interrupted("stopped before there were any routes")
    raise NoPlanError("E-S13 the engine found no route for any customer within its limits → raise the limits")


def _engine(name: str) -> Engine:
    """Load an engine; OR-Tools in a process of its own, since it holds Python's lock."""
    if name == "ortools":
        from planner.solve.instance_child import ortools_apart

        return ortools_apart
    if name == TRIPS:
        from planner.solve.multitrip_search import search_trips

        return search_trips
    from planner.solve.search import search_instance

    return search_instance


def _hand_over(problem: Instance, found: RouteSet, options: SolveOptions, run: _Run) -> int:
    """Audit, write and tell; return the exit code. Raises `PlanRefused` where the audit fails."""
    from planner.check_instance import audit_routes
    from planner.instances.write import routes_text
    from planner.io.files import write_atomic

    with _unstoppable():
        text, audit = routes_text(problem, found), audit_routes(problem, found)
        if audit.violations:
            raise _refused(text, audit, run)
        if run.output:
            write_atomic(run.output, text)
    if run.as_json:
        typer.echo(json.dumps(_told(problem, found, audit, options, run), ensure_ascii=False))
    elif run.output is None:
        typer.echo(text, nl=False)
    line = (
        f"{problem.name}: {audit.vehicles} vehicles, length {audit.length:,.2f}, "
        f"{problem.customers - len(found.unserved)} of {problem.customers} customers; "
        f"audited: 0 violations; {run.seconds():.1f} s, {found.stopped_by}"
    )
    if run.output and not run.as_json:
        typer.echo(f"{line}\nwritten to {run.output}")
    else:
        talk.print(line, markup=False, soft_wrap=True)
    if found.stopped_by == "interrupt":
        return INTERRUPTED
    return INCOMPLETE if found.unserved else 0


@contextmanager
def _unstoppable() -> Iterator[None]:
    """Ignore signals: a second Ctrl-C must not lose what the first one asked for."""
    before = {stop: signal.signal(stop, signal.SIG_IGN) for stop in interrupt.SIGNALS}
    try:
        yield
    finally:
        for stop, handler in before.items():
            signal.signal(stop, handler)


def _told(problem: Instance, found: RouteSet, audit: Findings, options: SolveOptions, run: _Run) -> dict[str, Any]:
    return {
        "instance": problem.name,
        "kind": problem.kind,
        "vehicles": audit.vehicles,
        "length": audit.length,
        "unserved": [problem.names[place] for place in found.unserved],
        "iterations": found.iterations,
        "stopped_by": found.stopped_by,
        "seconds": round(run.seconds(), 3),
        "seed": options.seed,
        "engine": run.engine,
        "routes": [[problem.names[place] for place in route] for route in found.routes],
        "audited": True,
    }


def _refused(text: str, audit: Findings, run: _Run) -> PlanRefused:
    """Keep an answer that breaks a rule where a maintainer can read it, and return the error that names the file."""
    from planner.io.files import write_atomic

    evidence = text + "".join(f"# {violation}\n" for violation in audit.violations)
    if run.output:
        kept = run.output.with_name(f"{run.output.name}.refused")
        write_atomic(kept, evidence)
    else:
        with tempfile.NamedTemporaryFile("w", prefix="planner-refused-", suffix=".txt", delete=False) as file:
            file.write(evidence)
        kept = Path(file.name)
    listed = "\n".join(f"  {violation}" for violation in audit.violations[:TOLD_VIOLATIONS])
    return PlanRefused(
        f"E-X01 the auditor refused the routes ({len(audit.violations)} violations), a fault of this program\n"
        f"{listed}\n→ the evidence is in {kept}; please report it"
    )


def _refuse_output(output: Path | None, instance: Path) -> None:
    """Raise `InputError` E-B07 where the routes cannot be written, before the search and not after it."""
    if output is None:
        return
    if output.is_dir():
        message, remedy = "is a folder", "give the name of a file"
    elif not output.parent.is_dir():
        message, remedy = "is in a folder that does not exist", "make the folder first"
    elif output.exists() and instance.exists() and output.samefile(instance):
        message, remedy = "is the instance", "give another name"
    else:
        return
    raise usage("-o", str(output), message, remedy, code="E-B07")
