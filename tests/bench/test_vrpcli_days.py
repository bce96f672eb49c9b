"""Whole days with batteries against vrp-cli in equal time: ``-m bench -s``.

vrp-cli 1.22 has reloads and, as an experiment, recharges (`tests/bench/pragmatic.py` says what it is told). It is asked
three times, with recharges that last as long as a full charge, half and a quarter of it, each time for the seconds that
we have. Its sequences are then timed as those of the OR-Tools baseline are, with charges of any length, also while
loading, and with true plugs; what does not fit is dropped, and inserted elsewhere where there is room. The best of the
three counts. PLANNER_VRPCLI_VENV names a virtual environment that has it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from planner.demo import demo_folder
from planner.pipeline import read_inputs
from planner.roads.day import day_roads
from planner.solve.cost import total_cost
from planner.solve.insertion import insert_left_out
from planner.solve.placing import drop_needless_stations, place
from planner.solve.problem import MICRO, Problem, build_problem
from planner.solve.solution import Tour
from tests.bench.pragmatic import matrices_json, problem_json, sequences

SECONDS = int(os.environ.get("PLANNER_BENCH_SECONDS", "20"))
VRPCLI = os.environ.get("PLANNER_VRPCLI_VENV", "")
CITIES = ("coquimbo", "porto-2015", "milan-2014", "lauf-2020")
ORDERS = (60, 80, 100, 120, 150, 60, 80, 100, 120, 150)
RECHARGES = {"full": 1.0, "half": 0.5, "quarter": 0.25}  # times the seconds of a full charge
TIMING_S = 60.0  # for each step of the exact timing, on top of vrp-cli's own seconds
OK, INCOMPLETE = 0, 4


@dataclass(frozen=True, order=True, kw_only=True)
class Found:
    """One plan in numbers; fewer left out come first, then less money."""

    left_out: int
    cost: float


@dataclass(frozen=True, kw_only=True)
class Theirs:
    """An answer of vrp-cli: as it says itself, how many orders did not fit when timed exactly, and what came of it."""

    recharge: str
    claimed: Found
    dropped: int
    timed: Found


@pytest.mark.bench
@pytest.mark.skipif(not VRPCLI, reason="PLANNER_VRPCLI_VENV is not set")
@pytest.mark.timeout(7_200)
def test_whole_days_serve_no_less_and_cost_less_than_with_vrpcli(tmp_path: Path, shared: Path) -> None:
    heads = ("day", "orders", "left out, ours", "vrp-cli: own", "dropped by timing", "after inserting")
    money = ("cost, ours", "vrp-cli: own claim", "timed", "difference", "best recharge", "others, timed")
    print(f"\n{SECONDS} s each\n| {' | '.join(heads + money)} |\n{'|---' * len(heads + money)}|")
    worse = []
    for n, orders in enumerate(ORDERS):
        city = CITIES[n % len(CITIES)]
        folder = generated(tmp_path / f"day-{n}", shared, city=city, orders=orders, seed=n)
        ours = our_plan(folder)
        problem = problem_of(folder)
        answers = [their_plan(problem, folder, recharge=recharge) for recharge in RECHARGES]
        best, *others = sorted(answers, key=lambda theirs: theirs.timed)
        print(row(f"{city} {n}", orders, ours, best, others), flush=True)
        if not ours < best.timed:
            worse.append(n)
    assert worse == []


def row(day: str, orders: int, ours: Found, best: Theirs, others: list[Theirs]) -> str:
    comparable = ours.left_out == best.timed.left_out
    cells = (
        day,
        orders,
        ours.left_out,
        best.claimed.left_out,
        best.dropped,
        best.timed.left_out,
        f"{ours.cost:.2f}",
        f"{best.claimed.cost:.2f}",
        f"{best.timed.cost:.2f}",
        f"{100 * (ours.cost / best.timed.cost - 1):+.1f} %" if comparable else "–",
        best.recharge,
        ", ".join(f"{o.recharge} {o.timed.cost:.2f} ({o.timed.left_out} left out)" for o in others),
    )
    return f"| {' | '.join(map(str, cells))} |"


def generated(folder: Path, shared: Path, *, city: str, orders: int, seed: int) -> Path:
    streets = demo_folder() / "coquimbo.streets.npz" if city == "coquimbo" else shared / "osm" / f"{city}.osm.pbf"
    planner("generate", "--streets", str(streets), "--orders", str(orders), "--seed", str(seed), "-o", str(folder))
    return folder


def our_plan(folder: Path) -> Found:
    """Plan by the documented command."""
    (rows,) = folder.glob("*/orders.csv")
    options = ["--fleet", str(folder / "fleet.toml"), "--date", rows.parent.name, "-l", str(SECONDS)]
    planner("plan", str(rows), *options, "-o", str(folder / "plan"))
    summary = json.loads((folder / "plan" / "plan.json").read_text())["summary"]
    return Found(left_out=int(summary["unassigned"]), cost=float(summary["cost"]))


def problem_of(folder: Path) -> Problem:
    (rows,) = folder.glob("*/orders.csv")
    inputs = read_inputs(rows, folder / "fleet.toml", day=date.fromisoformat(rows.parent.name))
    roads = day_roads(inputs.day, inputs.streets)
    return build_problem(inputs.day, types=roads.types, network_of_type=roads.network_of_type, roads=roads.matrices)


def their_plan(problem: Problem, day: Path, *, recharge: str) -> Theirs:
    """Let vrp-cli find sequences, and time them exactly."""
    folder = day / f"vrpcli-{recharge}"
    folder.mkdir()
    (folder / "problem.json").write_text(json.dumps(problem_json(problem, recharge=RECHARGES[recharge])))
    (folder / "matrices.json").write_text(json.dumps(matrices_json(problem)))
    run = subprocess.run(
        [str(Path(VRPCLI) / "bin/python"), "-m", "tests.bench.peer_vrpcli", str(folder), "-l", str(SECONDS)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    answer: dict[str, Any] = json.loads((folder / "answer.json").read_text())
    claimed = Found(left_out=len(answer.get("unassigned") or []), cost=float(answer["statistic"]["cost"]))
    placed = place(problem, sequences(problem, answer))
    tours, _ = insert_left_out(problem, tuple(placed), until_s=time.monotonic() + TIMING_S)
    tours = drop_needless_stations(problem, tours, until_s=time.monotonic() + TIMING_S)
    dropped = left_out(problem, placed) - claimed.left_out
    return Theirs(recharge=recharge, claimed=claimed, dropped=dropped, timed=found(problem, tours))


def found(problem: Problem, tours: list[Tour]) -> Found:
    """Return what tours cost without the penalties of orders left out, as a plan's summary has it."""
    served = {visit.place for tour in tours for visit in tour.visits}
    penalties = sum(int(problem.penalty[order]) for order in range(problem.orders) if order not in served)
    return Found(left_out=left_out(problem, tours), cost=(total_cost(problem, tours) - penalties) / MICRO)


def left_out(problem: Problem, tours: list[Tour]) -> int:
    return problem.orders - sum(visit.place < problem.orders for tour in tours for visit in tour.visits)


def planner(*arguments: str) -> None:
    run = subprocess.run([sys.executable, "-m", "planner.cli", *arguments], capture_output=True, text=True, check=False)
    assert run.returncode in (OK, INCOMPLETE), run.stdout + run.stderr
