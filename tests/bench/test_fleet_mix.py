"""Fleets of several kinds without end: ours against PyVRP in equal time, batteries off in both: ``-m bench -s``.

Made-up days of three kinds of vehicles, and the E-FSMFTW files of Hiermann et al. (2016), where every vehicle has a
fixed cost. Each planner's routes are scored by the same function. With their batteries the E-FSMFTW files are reported
only: PyVRP has none, and no best known values are published. PLANNER_PYVRP_VENV names a virtual environment with PyVRP.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from planner.solve.day_search import improve_day
from planner.solve.options import UNLIMITED, SolveOptions
from planner.solve.problem import Problem, save_problem
from tests.bench import efsmftw, fleet_days
from tests.bench.fleet_days import Offer, make_day, our_days, score_day

SECONDS = int(os.environ.get("PLANNER_BENCH_SECONDS", "30"))
PYVRP = os.environ.get("PLANNER_PYVRP_VENV", "")
MOST = 1.01  # times the peer's cost, in the mean
STEEP = (
    Offer(litres=300, kg=100, kmh=45, per_day=6.0, per_km=0.05),
    Offer(litres=800, kg=220, kmh=60, per_day=30.0, per_km=0.08),
    Offer(litres=2_500, kg=500, kmh=90, per_day=90.0, per_km=0.16),
)
EVEN = (
    Offer(litres=260, kg=100, kmh=45, per_day=8.0, per_km=0.06),
    Offer(litres=700, kg=200, kmh=60, per_day=20.0, per_km=0.09),
    Offer(litres=2_000, kg=450, kmh=80, per_day=50.0, per_km=0.14),
)
FLAT = (
    Offer(litres=220, kg=80, kmh=45, per_day=12.0, per_km=0.06),
    Offer(litres=500, kg=160, kmh=55, per_day=15.0, per_km=0.08),
    Offer(litres=1_200, kg=300, kmh=70, per_day=21.0, per_km=0.12),
)
DAYS = (
    ("coquimbo", 60, EVEN),
    ("porto", 80, STEEP),
    ("coquimbo", 120, FLAT),
    ("porto", 160, EVEN),
    ("coquimbo", 200, STEEP),
)
FAMILIES = ("c", "r", "rc")
needs_pyvrp = pytest.mark.skipif(not PYVRP, reason="PLANNER_PYVRP_VENV is not set")


@pytest.mark.bench
@needs_pyvrp
@pytest.mark.timeout(3_600)
def test_made_up_days_of_three_kinds_cost_no_more_than_with_pyvrp(tmp_path: Path, shared: Path) -> None:
    heads = "| day | orders | ours | its vehicles | ours, 1 core | PyVRP | its vehicles | ratio | ratio, 1 core |"
    print(f"\n{SECONDS} s each\n{heads}\n{'|---' * 9}|")
    ratios = []
    for n, (city, orders, offers) in enumerate(DAYS):
        day = make_day(tmp_path / f"day-{n}", shared, city=city, orders=orders, seed=n, offers=offers)
        ours, alone = (our_days(day, seconds=SECONDS, threads=threads) for threads in (0, 1))
        found = pyvrp_routes(day.problem, tmp_path / f"day-{n}.npz")
        theirs = [fleet_days.Driven(kind=route["kind"], stops=tuple(route["stops"])) for route in found["routes"]]
        costs = [score_day(day.problem, days) for days in (ours, alone, theirs)]
        assert costs[2] == pytest.approx(found["cost"] / 1e6, abs=0.01), "PyVRP counts otherwise"
        ratios.append(costs[0] / costs[2])
        print(
            f"| {city} {n} | {orders} | {costs[0]:.2f} | {mix(route.kind for route in ours)} | {costs[1]:.2f} "
            f"| {costs[2]:.2f} | {mix(route.kind for route in theirs)} | {ratios[-1]:.4f} "
            f"| {costs[1] / costs[2]:.4f} |",
            flush=True,
        )
    print(f"mean ratio {sum(ratios) / len(ratios):.4f}")
    assert sum(ratios) / len(ratios) <= MOST


@pytest.mark.bench
@needs_pyvrp
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("family", FAMILIES)
def test_the_files_without_batteries_cost_no_more_than_with_pyvrp(tmp_path: Path, shared: Path, family: str) -> None:
    heads = "| file | ours | its vehicles | ours, 1 core | PyVRP | its vehicles | ratio | ratio, 1 core |"
    print(f"\n{SECONDS} s each\n{heads}\n{'|---' * 8}|")
    ratios = []
    for file in files(shared, family):
        case = efsmftw.read_fleet_case(file)
        problem = efsmftw.day_of(case, batteries=False)
        ours, alone = (searched(case, problem, threads=threads) for threads in (0, 1))
        found = pyvrp_routes(problem, tmp_path / f"{case.name}.npz", "--no-reloads")
        theirs = [efsmftw.Driven(kind=route["kind"], stops=tuple(route["stops"])) for route in found["routes"]]
        costs = [sound_score(case, problem, routes, batteries=False) for routes in (ours, alone, theirs)]
        ratios.append(costs[0] / costs[2])
        print(
            f"| {case.name} | {costs[0]:.2f} | {mix(route.kind for route in ours)} | {costs[1]:.2f} "
            f"| {costs[2]:.2f} | {mix(route.kind for route in theirs)} | {ratios[-1]:.4f} "
            f"| {costs[1] / costs[2]:.4f} |",
            flush=True,
        )
    print(f"mean ratio {sum(ratios) / len(ratios):.4f}")
    assert sum(ratios) / len(ratios) <= MOST


@pytest.mark.bench
@pytest.mark.timeout(3_600)
def test_the_files_with_batteries_keep_every_rule(shared: Path) -> None:
    print(f"\n{SECONDS} s each\n| file | cost | fixed | length | vehicles | stations | s |\n{'|---' * 7}|")
    for file in (file for family in FAMILIES for file in files(shared, family)):
        case = efsmftw.read_fleet_case(file)
        problem = efsmftw.day_of(case, batteries=True)
        begun = time.monotonic()
        routes = searched(case, problem, threads=0)
        seconds = time.monotonic() - begun
        cost = sound_score(case, problem, routes, batteries=True)
        fixed = sum(case.kinds[route.kind].fixed for route in routes)
        stations = sum(stop > case.customers for route in routes for stop in route.stops)
        vehicles = mix(route.kind for route in routes)
        print(
            f"| {case.name} | {cost:.2f} | {fixed:.0f} | {cost - fixed:.2f} | {vehicles} | {stations} "
            f"| {seconds:.1f} |",
            flush=True,
        )


def files(shared: Path, family: str) -> list[Path]:
    """Return the files of a family: customers in clusters, at random, or both."""
    found = sorted((shared / "bench" / "efsmftw" / "instances").glob(f"{family}[0-9]*.txt"))
    assert found
    return found


def searched(case: efsmftw.FleetCase, problem: Problem, *, threads: int) -> list[efsmftw.Driven]:
    """Return the routes that the search for a day finds."""
    found = improve_day(problem, SolveOptions(iterations=UNLIMITED, time_limit_s=SECONDS, threads=threads))
    return efsmftw.routes_of(case, found, problem)


def sound_score(case: efsmftw.FleetCase, problem: Problem, routes: list[efsmftw.Driven], *, batteries: bool) -> float:
    """Return what routes are worth that keep every rule, with vehicles of each kind to spare."""
    cost, broken = efsmftw.score(case, routes, batteries=batteries)
    assert broken == []
    used = Counter(route.kind for route in routes)
    assert all(used[kind] < (problem.kind == kind).sum() for kind in range(len(case.kinds)))
    return cost


def pyvrp_routes(problem: Problem, file: Path, *options: str) -> dict[str, Any]:
    """Let PyVRP solve a problem; all orders have to be served."""
    save_problem(problem, file)
    answer = file.with_suffix(".json")
    run = subprocess.run(
        [str(Path(PYVRP) / "bin/python"), "-m", "tests.bench.peer_pyvrp_day", str(file), "-l", str(SECONDS),
         *options, "-o", str(answer)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    found: dict[str, Any] = json.loads(answer.read_text())
    assert found["unserved"] == 0
    return found


def mix(kinds: Iterable[int]) -> str:
    """Return how many vehicles of each kind are in use, as in "3 A, 1 C"."""
    return ", ".join(f"{count} {'ABCDEFGH'[kind]}" for kind, count in sorted(Counter(kinds).items()))
