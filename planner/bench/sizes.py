"""One day after another, each larger: what planning it costs, measured around the program as its user runs it."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from planner.generate.days import Request, generate_days
from planner.io.files import PLAN_NAME, RUN_NAME
from planner.io.plan_file import read_plan
from planner.report.kpis import kpis

MB = 1024 * 1024
WITH_A_PLAN = frozenset({0, 4})  # exit codes: all planned, or some orders or rows left out


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """A day of `orders` orders and what planning it took, or the words with which it failed.

    `memory_mb` is the most that one of its processes held, and `stages` the seconds of each part of the work.
    """

    orders: int
    seconds: float
    cpu_seconds: float
    memory_mb: float | None
    planned: int = 0
    vehicles: int = 0
    cost: float | None = None
    currency: str = ""
    stages: Mapping[str, float] = field(default_factory=dict)
    failure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grown:
    """How a figure grows: as `factor * orders ** exponent`, with the standard error of the exponent."""

    factor: float
    exponent: float
    error: float

    def at(self, orders: float) -> float:
        """Return the figure that is expected of a day."""
        return self.factor * math.pow(orders, self.exponent)


def measure_sizes(
    request: Request, sizes: Sequence[int], *, iterations_per_order: int, tell: Callable[[str], None]
) -> list[Size]:
    """Plan one day of each size. Raises `InputError` or `RoadsError` where no day can be made."""
    found = []
    for orders in sizes:
        tell(f"a day of {orders} orders")
        with tempfile.TemporaryDirectory(prefix="planner-bench-") as name:
            day = Path(name, "days")
            made = generate_days(replace(request, orders=orders), day)
            (only,) = made.orders_by_day
            found.append(_planned(day, only, orders * iterations_per_order, seed=request.seed))
    return found


def _planned(days: Path, day: str, iterations: int, *, seed: int) -> Size:
    orders, out = days / day / "orders.csv", days / "out"
    command = [sys.executable, "-P", "-m", "planner.cli", "plan", str(orders), "--fleet", str(days / "fleet.toml")]
    command += ["--date", day, "--iterations", str(iterations), "--seed", str(seed), "-l", "86400", "--no-store"]
    count = orders.read_bytes().count(b"\n") - 1
    with (days / "said").open("wb") as said:
        begun = time.monotonic()
        process = subprocess.Popen(  # noqa: S603  (our own interpreter and program)
            [*command, "-o", str(out)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said
        )
        code, cpu_s, memory_mb = _waited(process)
        seconds = time.monotonic() - begun
    if code not in WITH_A_PLAN:
        last = (days / "said").read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:]
        words = last[0] if last else f"exit code {code}"
        return Size(orders=count, seconds=seconds, cpu_seconds=cpu_s, memory_mb=memory_mb, failure=words)
    plan = read_plan(out / PLAN_NAME)
    figures = kpis(plan)
    return Size(
        orders=figures.orders_total,
        seconds=seconds,
        cpu_seconds=cpu_s,
        memory_mb=memory_mb,
        planned=figures.orders_planned,
        vehicles=figures.vehicles_used,
        cost=figures.cost.total,
        currency=plan.day.currency,
        stages=json.loads((out / RUN_NAME).read_bytes())["seconds"],
    )


def _waited(process: subprocess.Popen[bytes]) -> tuple[int, float, float | None]:
    """Wait for a process; return its exit code, processor seconds and peak memory, those of its children included."""
    if sys.platform == "win32":
        return process.wait(), 0.0, None
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    peak = used.ru_maxrss / (MB if sys.platform == "darwin" else 1024)
    return process.returncode, used.ru_utime + used.ru_stime, peak


def grown(orders: Sequence[float], figures: Sequence[float | None]) -> Grown | None:
    """Fit a power of the number of orders by least squares of the logarithms; None below three figures."""
    pairs = [(n, value) for n, value in zip(orders, figures, strict=True) if value is not None and value > 0]
    if len({n for n, _ in pairs}) < 3:
        return None
    from scipy.stats import linregress  # noqa: PLC0415  (half a second)

    line = linregress([math.log(n) for n, _ in pairs], [math.log(value) for _, value in pairs])
    return Grown(factor=math.exp(line.intercept), exponent=float(line.slope), error=float(line.stderr))
