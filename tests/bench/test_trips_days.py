"""Days of several trips against PyVRP in equal time, batteries so large that nobody charges: ``-m bench -s``.

PyVRP 0.14 has several trips and no battery. Both plan the same matrices with the same fixed, kilometre and hour costs;
energy costs nothing. PLANNER_PYVRP_VENV names a virtual environment that has it.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from planner.demo import demo_folder
from planner.pipeline import read_inputs
from planner.roads.day import day_roads
from planner.solve.problem import MICRO, build_problem, save_problem

SECONDS = int(os.environ.get("PLANNER_BENCH_SECONDS", "20"))
PYVRP = os.environ.get("PLANNER_PYVRP_VENV", "")
CITIES = ("coquimbo", "porto-2015", "milan-2014", "lauf-2020")
ORDERS = (60, 80, 100, 120, 150, 200, 100, 60, 120, 80, 200, 150)
NO_BATTERY = "\n[types.endless]\nbase = {base}\nbattery_wh = 200000\n"
MOST = 1.01  # times the peer's cost


@pytest.mark.bench
@pytest.mark.skipif(not PYVRP, reason="PLANNER_PYVRP_VENV is not set")
@pytest.mark.timeout(3_600)
def test_days_of_several_trips_cost_no_more_than_with_pyvrp(tmp_path: Path, shared: Path) -> None:
    heads = "| day | orders | ours | PyVRP | ratio | s, ours | s, PyVRP |"
    print(f"\n{SECONDS} s each\n{heads}\n{'|---' * 7}|")
    ratios = []
    for n, orders in enumerate(ORDERS):
        city = CITIES[n % len(CITIES)]
        folder = day_without_batteries(tmp_path / f"day-{n}", shared, city=city, orders=orders, seed=n)
        begun = time.monotonic()
        ours = our_cost(folder)
        between = time.monotonic()
        theirs = their_cost(folder)
        ended = time.monotonic()
        ratios.append(ours / theirs)
        print(
            f"| {city} {n} | {orders} | {ours:.2f} | {theirs:.2f} | {ours / theirs:.4f} "
            f"| {between - begun:.1f} | {ended - between:.1f} |",
            flush=True,
        )
    assert max(ratios) <= MOST


def day_without_batteries(folder: Path, shared: Path, *, city: str, orders: int, seed: int) -> Path:
    """Generate a day in a city, make its batteries endless and its energy free, and write its problem for the peer."""
    streets = demo_folder() / "coquimbo.streets.npz" if city == "coquimbo" else shared / "osm" / f"{city}.osm.pbf"
    planner("generate", "--streets", str(streets), "--orders", str(orders), "--seed", str(seed), "-o", str(folder))
    fleet = folder / "fleet.toml"
    text = re.sub(r"^price_per_kwh = .*", "price_per_kwh = 0.0", fleet.read_text(), flags=re.MULTILINE)
    (base,) = re.findall(r'^type = (".*")', text, flags=re.MULTILINE)
    text = re.sub(r'^type = ".*"', 'type = "endless"', text, flags=re.MULTILINE)
    fleet.write_text(text + NO_BATTERY.format(base=base))
    (rows,) = folder.glob("*/orders.csv")
    inputs = read_inputs(rows, fleet, day=date.fromisoformat(rows.parent.name))
    roads = day_roads(inputs.day, inputs.streets)
    problem = build_problem(inputs.day, types=roads.types, network_of_type=roads.network_of_type, roads=roads.matrices)
    save_problem(problem, folder / "problem.npz")
    return folder


def our_cost(folder: Path) -> float:
    """Plan by the documented command; all orders have to be served."""
    (rows,) = folder.glob("*/orders.csv")
    options = ["--fleet", str(folder / "fleet.toml"), "--date", rows.parent.name, "-l", str(SECONDS)]
    planner("plan", str(rows), *options, "-o", str(folder / "plan"))
    summary = json.loads((folder / "plan" / "plan.json").read_text())["summary"]
    assert summary["unassigned"] == 0
    return float(summary["cost"])


def their_cost(folder: Path) -> float:
    """Let PyVRP solve the same problem; all orders have to be served."""
    answer = folder / "pyvrp.json"
    run = subprocess.run(
        [str(Path(PYVRP) / "bin/python"), "-m", "tests.bench.peer_pyvrp_day", str(folder / "problem.npz"),
         "-l", str(SECONDS), "-o", str(answer)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    found = json.loads(answer.read_text())
    assert found["unserved"] == 0
    return float(found["cost"]) / MICRO


def planner(*arguments: str) -> None:
    run = subprocess.run([sys.executable, "-m", "planner.cli", *arguments], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
