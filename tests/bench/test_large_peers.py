"""A day of 5,000 orders beside PyVRP and VROOM in equal time, one core each: ``-m bench -s``.

Porto, four depots, two types of vehicles, with batteries that never run low, bays that hold all that one brings in
a day, and no time windows: VROOM knows neither batteries nor a second loading, and pays no waiting, so that all three
minimise the same. PLANNER_PYVRP_VENV names a virtual environment with PyVRP, PLANNER_BENCH_LARGE the orders.
"""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from planner.pipeline import read_inputs
from planner.roads.day import day_roads
from planner.solve.cost import total_cost
from planner.solve.placing import place
from planner.solve.problem import MICRO, build_problem, load_problem, save_problem
from planner.solve.solution import Sequence
from tests.bench.test_large_days import fleet_text, planner

SECONDS = int(os.environ.get("PLANNER_BENCH_SECONDS", "240"))
PYVRP = os.environ.get("PLANNER_PYVRP_VENV", "")
ORDERS = int(os.environ.get("PLANNER_BENCH_LARGE", "5000").split()[0])
ORDERS_A_VEHICLE = 40
ROOMY = '\n[types.roomy-{base}]\nbase = "{base}"\nbattery_wh = 200000\npayload_kg = 900\nvolume_l = 5000\n'


@pytest.mark.bench
@pytest.mark.skipif(not PYVRP, reason="PLANNER_PYVRP_VENV is not set")
@pytest.mark.timeout(7_200)
def test_a_large_day_without_batteries_costs_no_more_than_with_pyvrp_or_vroom(tmp_path: Path, shared: Path) -> None:
    pytest.importorskip("vroom", reason="pyvroom is not installed")
    rows, fleet = roomy_day(tmp_path, shared)
    costs, seconds = {}, {}
    for name, solve in (("ours", ours), ("PyVRP", by_pyvrp), ("VROOM", by_vroom)):
        begun = time.monotonic()
        costs[name] = solve(tmp_path, rows, fleet)
        seconds[name] = time.monotonic() - begun
        print(f"{name}: {costs[name]:.2f}, {seconds[name]:.0f} s in all, {SECONDS} s asked", flush=True)
    assert costs["ours"] <= min(costs.values())


def roomy_day(folder: Path, shared: Path) -> tuple[Path, Path]:
    """Make up the day and write its problem for the peers; return its orders and its fleet."""
    streets, fleet = shared / "osm" / "porto-2015.osm.pbf", folder / "fleet.toml"
    text = fleet_text(streets, vehicles=-(-ORDERS // (4 * ORDERS_A_VEHICLE)))
    text = re.sub(r"^price_per_kwh = .*", "price_per_kwh = 0.0", text, flags=re.MULTILINE)
    text = re.sub(r"^plug.*\n", "", text, flags=re.MULTILINE)
    text = re.sub(r'^type = "(.*)"', r'type = "roomy-\1"', text, flags=re.MULTILINE)
    fleet.write_text(text + "".join(ROOMY.format(base=base) for base in ("paxster-cargo-l7e", "ami-cargo")))
    days = folder / "days"
    planner("generate", "--fleet", str(fleet), "--streets", str(streets), "--orders", str(ORDERS), "-o", str(days))
    (rows,) = days.glob("*/orders.csv")
    with rows.open(encoding="utf-8", newline="") as file:
        orders = [order | {"tw_start": "", "tw_end": ""} for order in csv.DictReader(file)]
    with rows.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, fieldnames=[*orders[0]])
        table.writeheader()
        table.writerows(orders)
    inputs = read_inputs(rows, fleet, day=date.fromisoformat(rows.parent.name))
    roads = day_roads(inputs.day, inputs.streets)
    problem = build_problem(inputs.day, types=roads.types, network_of_type=roads.network_of_type, roads=roads.matrices)
    save_problem(problem, folder / "problem.npz")
    return rows, fleet


def ours(folder: Path, rows: Path, fleet: Path) -> float:
    options = ["--fleet", str(fleet), "--date", rows.parent.name, "--no-store", "--threads", "1", "-l", str(SECONDS)]
    planner("plan", str(rows), *options, "-o", str(folder / "plan"))
    summary = json.loads((folder / "plan" / "plan.json").read_text())["summary"]
    assert summary["unassigned"] == 0
    return float(summary["cost"])


def by_pyvrp(folder: Path, _rows: Path, _fleet: Path) -> float:
    found = json.loads(peer(str(Path(PYVRP) / "bin/python"), "tests.bench.peer_pyvrp_day", folder))
    assert found["unserved"] == 0
    return float(found["cost"]) / MICRO


def by_vroom(folder: Path, _rows: Path, _fleet: Path) -> float:
    """Let VROOM solve it, and drive its routes with our clock and prices; all have to hold."""
    routes = json.loads(peer(sys.executable, "tests.bench.peer_vroom_day", folder))
    problem = load_problem(folder / "problem.npz")
    sequences: list[Sequence] = [routes.get(str(v), []) for v in range(problem.vehicles)]
    tours = tuple(place(problem, sequences))
    assert sum(visit.place < problem.orders for tour in tours for visit in tour.visits) == problem.orders
    return total_cost(problem, tours) / MICRO


def peer(python: str, module: str, folder: Path) -> str:
    answer = folder / f"{module}.json"
    command = [python, "-m", module, str(folder / "problem.npz"), "-l", str(SECONDS), "-o", str(answer)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return answer.read_text()
