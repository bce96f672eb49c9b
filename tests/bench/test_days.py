"""Our search against OR-Tools on made-up days in equal time: ``make bench``, or this file with ``-m bench -s``."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from planner.demo import demo_folder

SECONDS = int(os.environ.get("PLANNER_BENCH_SECONDS", "15"))
ORDERS = (60, 80, 100, 125, 150)
OK, INCOMPLETE = 0, 4


@pytest.mark.bench
@pytest.mark.timeout(3_600)
def test_our_search_beats_the_baseline_on_made_up_days(tmp_path: Path, shared: Path) -> None:
    cities = {"coquimbo": demo_folder() / "coquimbo.streets.npz", "porto": shared / "osm" / "porto-2015.osm.pbf"}
    better = 0
    print(f"\n{SECONDS} s each\nday | orders | served, search | ortools | cost, search | ortools | difference")
    for city, streets in cities.items():
        for seed, orders in enumerate(ORDERS, start=1):
            folder = tmp_path / f"{city}-{orders}"
            options = ["--streets", str(streets), "--orders", str(orders), "--seed", str(seed), "-o", str(folder)]
            planner("generate", *options)
            ours, theirs = planned(folder, "search"), planned(folder, "ortools")
            cost = ours["cost"], theirs["cost"]
            print(
                f"{city}-{seed} | {ours['deliveries'] + ours['unassigned']} | {ours['deliveries']} | "
                f"{theirs['deliveries']} | {cost[0]:.2f} | {cost[1]:.2f} | {100 * (cost[0] / cost[1] - 1):+.1f} %",
                flush=True,
            )
            served = ours["deliveries"] - theirs["deliveries"]
            better += served > 0 or (served == 0 and cost[0] < cost[1])
    assert better >= len(cities) * len(ORDERS) * 0.8


def planned(days: Path, engine: str) -> dict[str, Any]:
    """Plan the only day of a folder; return the summary of the plan."""
    (orders,) = days.glob("*/orders.csv")
    output = days / engine
    options = ["--fleet", str(days / "fleet.toml"), "--date", orders.parent.name, "-l", str(SECONDS)]
    planner("plan", str(orders), *options, "--engine", engine, "-o", str(output))
    summary: dict[str, Any] = json.loads((output / "plan.json").read_text())["summary"]
    return summary


def planner(*arguments: str) -> None:
    run = subprocess.run([sys.executable, "-m", "planner.cli", *arguments], capture_output=True, text=True, check=False)
    assert run.returncode in (OK, INCOMPLETE), run.stderr
