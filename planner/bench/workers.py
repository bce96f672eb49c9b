"""A batch with one worker, with two, and what more would give: days a minute."""

from __future__ import annotations

import heapq
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from planner.batch.feed import Fixed
from planner.batch.jobs import Defaults
from planner.batch.manifest import read_source
from planner.batch.manner import Again, Listener, Manner
from planner.batch.run import run_batch
from planner.generate.days import Request, generate_days
from planner.store.store import open_store

WARM_DAYS = 5  # a worker, before it counts: loading roads and compiled loops is done once, however many days there are


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """Days a minute with so many workers.

    `day_s` is what a day takes a worker and `runner_s` what it takes the one runner, on its processor.
    """

    workers: int
    days_per_min: float
    day_s: float
    runner_s: float
    memory_mb: float | None = None
    simulated: bool = False


def measure_workers(
    request: Request, workers: Sequence[int], *, iterations: int, tell: Callable[[str], None]
) -> list[Crowd]:
    """Plan the same days with each number of workers. Raises `InputError` or `RoadsError`."""
    found = []
    with tempfile.TemporaryDirectory(prefix="planner-bench-") as name:
        days = Path(name, "days")
        generate_days(request, days)
        items = read_source(days, Defaults(iterations=iterations, seed=request.seed)).items
        for count in workers:
            tell(f"{request.days} days with {count} {'worker' if count == 1 else 'workers'}")
            found.append(_measured(Fixed(items), Path(name, f"out{count}"), count, total=request.days))
    return found


def _measured(feed: Fixed, output: Path, workers: int, *, total: int) -> Crowd:
    ends: list[tuple[datetime, float, float]] = []
    clocks: list[float] = []

    def ended(_: str, change: object) -> None:
        run = getattr(change, "run", None)
        if run:
            ends.append((datetime.fromisoformat(run["ended"]), run["seconds"], run["memory_mb"] or 0.0))
            clocks.append(time.process_time())

    store = open_store(output.with_suffix(".db"))  # the user's own keeps batches that somebody asked for
    run_batch(feed, output, manner=Manner(jobs=workers), again=Again(), listener=Listener(ended=ended), store=store)
    cold = min(WARM_DAYS * workers, total - 2)
    warm = ends[cold:]
    spent_s = (max(end for end, _, _ in warm) - min(end for end, _, _ in warm)).total_seconds()
    return Crowd(
        workers=workers,
        days_per_min=60 * (len(warm) - 1) / spent_s,
        day_s=sum(seconds for _, seconds, _ in warm) / len(warm),
        runner_s=(clocks[-1] - clocks[cold]) / (len(warm) - 1),
        memory_mb=max(memory for _, _, memory in warm) or None,
    )


def simulate(measured: Crowd, workers: int, *, days: int = 2_000) -> Crowd:
    """Return what more workers would give, each as quick as one of those measured, on a core of its own.

    A worker plans a day, then waits for its turn at the runner, which serves one after the other. Slower memory and
    networks are not in it.
    """
    free = [0.0] * workers  # when each worker has the next day in its hands
    runner_s = last_s = 0.0
    for _ in range(days):
        done_s = heapq.heappop(free) + measured.day_s
        last_s = runner_s = max(done_s, runner_s) + measured.runner_s
        heapq.heappush(free, last_s)
    rate = 60 * days / last_s
    return Crowd(workers=workers, days_per_min=rate, day_s=measured.day_s, runner_s=measured.runner_s, simulated=True)
