"""The verb that plans many days."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from planner.cli_tools import parse_date, search_options, talk, usage
from planner.errors import MOST_FAULTS_LISTED, Interrupted, printable
from planner.solve.options import ENGINES

if TYPE_CHECKING:
    from planner.batch.jobs import Defaults
    from planner.batch.manner import Listener
    from planner.store.batches import Change, JobEntry

INCOMPLETE, FAILED, INTERRUPTED = 4, 6, 130
SAY_S = 30.0  # between two lines about progress where there is no terminal
MEMORY_MB = 4_096


def batch(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="SOURCE", help="A manifest, a folder of days, orders with a date column, or - for JSON lines."
        ),
    ],
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder for the results, one folder for each job.")],
    fleet: Annotated[Path | None, typer.Option("--fleet", help="Fleet of the jobs that name none.")] = None,
    streets: Annotated[Path | None, typer.Option("--streets", help="Streets of the jobs that name none.")] = None,
    day: Annotated[str | None, typer.Option("--date", help="Date of the jobs that name none, YYYY-MM-DD.")] = None,
    iterations: Annotated[
        int | None, typer.Option("--iterations", min=1, max=10**9, help="Search budget; makes results repeatable.")
    ] = None,
    time_limit: Annotated[
        float | None, typer.Option("-l", "--time-limit", min=1, max=86_400, help="Seconds to search each day.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, max=2**31 - 1)] = 1,
    engine: Annotated[str, typer.Option("--engine", help=f"One of: {', '.join(ENGINES)}.")] = ENGINES[0],
    no_charging: Annotated[
        bool, typer.Option("--no-charging", help="Plan as if there were no plug on the way.")
    ] = False,
    jobs: Annotated[
        int | None, typer.Option("--jobs", min=1, max=100_000, help="Days at once; one a core, or a worker, if absent.")
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option("--scheduler", help="Address of a Dask scheduler, such as tcp://head:8786.")
    ] = None,
    memory_mb: Annotated[
        int | None, typer.Option("--memory", min=256, max=10**7, help="Megabytes that one day may take.")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the batch in the folder, if any.")] = False,
    retry: Annotated[bool, typer.Option("--retry", help="Run also what failed before.")] = False,
    new: Annotated[bool, typer.Option("--new", help="Plan anew what has changed since.")] = False,
    allow_mixed: Annotated[bool, typer.Option("--allow-mixed", help="Go on with other versions than before.")] = False,
    allow_incomplete: Annotated[
        bool, typer.Option("--allow-incomplete", help="Exit 0 although rows were rejected or orders left out.")
    ] = False,
    no_map: Annotated[bool, typer.Option("--no-map", help="Write no map.html, half of a folder's size.")] = False,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Print each result as a line of JSON as it comes.")] = False,
) -> int:
    """Plan many days, on all cores or on a cluster, so that nothing is lost or done twice."""
    for option, given in (("--retry", retry), ("--new", new), ("--allow-mixed", allow_mixed)):
        if given and not resume:
            raise usage(option, None, "goes with --resume", "add --resume, or leave it out")
    from planner.batch.jobs import Defaults
    from planner.batch.manner import Again, Manner
    from planner.batch.run import run_batch

    defaults = Defaults(
        fleet=fleet,
        streets=streets,
        day=None if day is None else parse_date(day),
        charging=not no_charging,
        engine=search_options(engine=engine, iterations=None, time_limit=None, seed=seed, threads=1).engine,
        iterations=iterations,
        time_limit_s=time_limit,
        seed=seed,
    )
    manner = Manner(jobs=jobs, scheduler=scheduler, drawn=not no_map, memory_mb=memory_mb or MEMORY_MB)
    again = Again(resume=resume, failed=retry, changed=new, mixed=allow_mixed)
    feed = _feed(source, defaults)
    begun = time.monotonic()
    with _watched(output, jsonl=jsonl) as listener:
        try:
            entries = run_batch(feed, output, manner=manner, again=again, listener=listener)
        except KeyboardInterrupt:
            told = f"stopped; what ended is kept in {output} → go on with the same command and --resume"
            raise Interrupted(told) from None
    return _report(entries, output, seconds=time.monotonic() - begun, allow_incomplete=allow_incomplete, quiet=jsonl)


def _feed(source: Path, defaults: Defaults) -> Any:
    from planner.batch.feed import Fixed, Lines
    from planner.batch.manifest import read_source

    if str(source) == "-":
        return Lines(sys.stdin.buffer, defaults, folder=Path())
    found = read_source(source, defaults)
    for note in found.notes:
        talk.print(f"note: {note}", markup=False, soft_wrap=True)
    return Fixed(found.items)


@contextmanager
def _watched(output: Path, *, jsonl: bool) -> Iterator[Listener]:
    """Show how far the batch is, on a terminal as a bar with the time that is left."""
    from planner.batch.manner import Listener

    shown = _Shown(output, jsonl=jsonl)
    with shown.bar if talk.is_terminal else nullcontext():
        yield Listener(begun=shown.begun, more=shown.more, ended=shown.ended)


class _Shown:
    """What is told while a batch runs."""

    def __init__(self, output: Path, *, jsonl: bool) -> None:
        self.output, self.jsonl = output, jsonl
        self.bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=talk,
        )
        self.line: TaskID = self.bar.add_task("planning", total=0)
        self.total = self.done = self.here = self.without = 0
        self.begun_s = self.said_s = time.monotonic()

    def begun(self, entries: Sequence[JobEntry]) -> None:
        self.total = len(entries)
        states = Counter(entry.state for entry in entries)
        self.without = states["failed"] + states["quarantined"]
        self.done = states["done"] + self.without
        self.bar.update(self.line, total=self.total, completed=self.done)

    def more(self, count: int) -> None:
        self.total += count
        self.bar.update(self.line, total=self.total)

    def ended(self, name: str, change: Change) -> None:
        self.done, self.here = self.done + 1, self.here + 1
        self.without += change.state != "done"
        self.bar.update(self.line, completed=self.done, description=f"planning, {self.without} without a plan")
        if self.jsonl:
            sys.stdout.write(json.dumps(self._document(name, change), ensure_ascii=False) + "\n")
            sys.stdout.flush()
        elif not talk.is_terminal and time.monotonic() >= self.said_s + SAY_S:
            self.said_s = time.monotonic()
            left_s = (self.total - self.done) * (self.said_s - self.begun_s) / self.here
            typer.echo(f"{self.done} of {self.total}, {self.without} without a plan, {_span(left_s)} left", err=True)

    def _document(self, name: str, change: Change) -> dict[str, Any]:
        from planner.batch.table import state_of

        state, folder = state_of(change.state, change.result), self.output / "jobs" / name
        place = str(folder) if folder.is_dir() else None  # of a bad row nothing was run
        told = {"id": name, "state": state, "code": change.code, "message": change.message, "folder": place}
        return told | {"result": change.result, "run": change.run}


def _span(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def _report(entries: Sequence[JobEntry], output: Path, *, seconds: float, allow_incomplete: bool, quiet: bool) -> int:
    """Tell how the jobs ended, list those without a plan, and return the exit code."""
    from planner.batch.table import state_of

    states = Counter(state_of(entry.state, entry.result) for entry in entries)
    without = [entry for entry in entries if entry.state != "done"]
    for entry in without[:MOST_FAULTS_LISTED]:
        first = (entry.message or entry.state).splitlines()[0]
        talk.print(f"{entry.name}: {printable(first, limit=400)}", markup=False, soft_wrap=True)
    if len(without) > MOST_FAULTS_LISTED:
        talk.print(f"... {len(without)} without a plan in all, see results.csv")
    said = [f"{count} {state}" for state, count in sorted(states.items())]
    orders = [entry.result for entry in entries if entry.result is not None]
    planned, of = sum(row["planned"] for row in orders), sum(row["orders"] for row in orders)
    typer.echo(f"{len(entries)} jobs: {', '.join(said) or 'none'}; {planned} of {of} orders planned", err=quiet)
    typer.echo(f"written to {output} in {_span(seconds)}: results.csv, and a folder for each job that ran", err=quiet)
    if without:
        return FAILED
    return INCOMPLETE if states["incomplete"] and not allow_incomplete else 0
