"""Run the jobs that have no line yet, each in a process of its own, and write a line for each."""

from __future__ import annotations

import asyncio
import json
import os
import shlex
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench.sets.catalogue import ROOT
from tests.bench.sets.engines import PLANNER_ENGINES, Job, command_for, commit_and_dirty, version_of
from tests.bench.sets.records import keep_record
from tests.bench.sets.rows import Key, Outcome, Row, append_row, read_rows
from tests.bench.sets.scoring import Score, score

ANSWERED = (0, 4)  # every customer served, or the answer says who is not
NO_ANSWER = 5  # none within the limits
KEPT_CHARACTERS = 600  # of stderr
KEPT_VIOLATIONS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Where the sets are, where lines and answers go, and how to run.

    A process may live twice its budget and `grace_s`, then it is killed. `prefix` replaces ``planner solve``.
    """

    shared: Path
    folder: Path
    records: Path | None = None
    prefix: tuple[str, ...] | None = None
    at_once: int = 1
    grace_s: float = 60.0

    @property
    def results(self) -> Path:
        return self.folder / "results.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a process ended; no exit code where it had to be killed."""

    wall_s: float
    exit_code: int | None
    stdout: str
    stderr: str


def run_jobs(jobs: Sequence[Job], bench: Bench, *, again: bool = False, any_version: bool = False) -> int:
    """Run what has no line yet, in order, and return how many ran; `any_version` accepts a line of other code too."""
    return asyncio.run(_run_jobs(jobs, bench, again=again, any_version=any_version))


async def _run_jobs(jobs: Sequence[Job], bench: Bench, *, again: bool, any_version: bool) -> int:
    gate = asyncio.Semaphore(bench.at_once)
    lines = {row.key for row in read_rows(bench.results)}
    shorter = {key[:5] for key in lines}

    async def run_unless_done(job: Job) -> bool:
        async with gate:
            key = _key(job, bench)
            done = key[:5] in shorter if any_version else key in lines
            if done and not again:
                return False
            row = await _run_one(job, key, bench)
            append_row(bench.results, row)
            print(_told(row), flush=True)
            _keep(job, row, bench)
            return True

    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(run_unless_done(job)) for job in jobs]
    return sum(task.result() for task in running)


def _key(job: Job, bench: Bench) -> Key:
    version = version_of(job.engine, bench.prefix)
    return Key(job.bench_set.name, job.instance.stem, job.engine, job.seconds, job.seed, version)


async def _run_one(job: Job, key: Key, bench: Bench) -> Row:
    solution = _solution_path(key, bench.folder)
    command = command_for(job, solution, bench.prefix)
    commit, dirty = commit_and_dirty()
    began = datetime.now(UTC).isoformat(timespec="seconds")
    ended = await _ended(command, limit_s=2.0 * job.seconds + bench.grace_s)
    outcome, scored = await asyncio.to_thread(_judged, ended, job, solution, bench)
    reported = _reported(ended.stdout)
    return Row(
        **key._asdict(),
        commit=commit,
        dirty=dirty,
        began=began,
        at_once=bench.at_once,
        command=shlex.join(command),
        wall_s=round(ended.wall_s, 3),
        exit_code=ended.exit_code,
        outcome=outcome,
        vehicles=scored.vehicles if scored else None,
        distance=scored.distance if scored else None,
        unserved=_unserved(reported),
        violations=scored.violations[:KEPT_VIOLATIONS] if scored else [],
        reported=reported,
        complaint=ended.stderr[-KEPT_CHARACTERS:],
        solution=str(solution),
    )


def _solution_path(key: Key, folder: Path) -> Path:
    name = f"{key.instance}.{key.engine}.{key.seconds:g}s.seed{key.seed}.{key.version}.txt"
    path = (folder / "solutions" / key.set / name).resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    return path


async def _ended(command: Sequence[str], *, limit_s: float) -> Ended:
    """Run a process and all that it starts; kill them at the limit, or when we are interrupted ourselves."""
    begun = time.perf_counter()
    pipe = asyncio.subprocess.PIPE
    try:
        process = await asyncio.create_subprocess_exec(
            *command, cwd=ROOT, stdin=asyncio.subprocess.DEVNULL, stdout=pipe, stderr=pipe, start_new_session=True
        )
    except OSError as error:
        return Ended(wall_s=time.perf_counter() - begun, exit_code=127, stdout="", stderr=str(error))
    talk = asyncio.ensure_future(process.communicate())
    try:
        await asyncio.wait([talk], timeout=limit_s)
    finally:
        in_time = talk.done()
        if not in_time:
            os.killpg(process.pid, signal.SIGKILL)
        stdout, stderr = await talk
    return Ended(
        wall_s=time.perf_counter() - begun,
        exit_code=process.returncode if in_time else None,
        stdout=stdout.decode(errors="replace"),
        stderr=stderr.decode(errors="replace"),
    )


def _judged(ended: Ended, job: Job, solution: Path, bench: Bench) -> tuple[Outcome, Score | None]:
    """Say what came of a run; only an answer of a process that ended well is scored."""
    if ended.exit_code is None:
        return "timeout", None
    if ended.exit_code in ANSWERED and solution.exists():
        scored = score(bench.shared, scorer=job.bench_set.scorer, instance=job.instance, solution=solution)
        return ("solved" if scored.feasible else "infeasible"), scored
    return ("no answer" if ended.exit_code in (*ANSWERED, NO_ANSWER) else "crash"), None


def _reported(stdout: str) -> dict[str, Any]:
    """Return what the solver printed but the routes, which its file holds."""
    try:
        reported = json.loads(stdout)
    except json.JSONDecodeError:
        return {}
    if not isinstance(reported, dict):
        return {}
    return {name: value for name, value in reported.items() if name != "routes"}


def _unserved(reported: dict[str, Any]) -> int | None:
    """Return how many customers the solver says it left out: it may give their number or their names."""
    unserved = reported.get("unserved")
    return len(unserved) if isinstance(unserved, list) else unserved if isinstance(unserved, int) else None


def _keep(job: Job, row: Row, bench: Bench) -> None:
    best = job.bench_set.best(bench.shared).get(row.instance)
    if bench.records is None or bench.prefix is not None or best is None or row.engine not in PLANNER_ENGINES:
        return
    kept = keep_record(bench.records, row, best)
    if kept is not None:
        print(f"better than the best known answer: kept in {kept}", flush=True)


def _told(row: Row) -> str:
    value = f" {row.vehicles} / {row.distance:.2f}" if row.distance is not None else ""
    unserved = f", {row.unserved} unserved" if row.unserved else ""
    what = f"{row.set} {row.instance} {row.engine} {row.seconds:g} s seed {row.seed}"
    return f"{what}: {row.outcome}{value}{unserved}, {row.wall_s:.1f} s wall"
