"""Charging while loading against two habits on made-up days: recharging apart from loading, and full recharges only.

Twenty days in three cities, 80 to 200 orders, 1 to 4 plugs, each planned three times with one search budget. ``make
bench``, or this file with ``-m bench -s``; the table goes to ``runs/bench/charging_days.md``.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ITERATIONS = os.environ.get("PLANNER_BENCH_ITERATIONS", "20000")
DAYS = int(os.environ.get("PLANNER_BENCH_DAYS", "20"))
CITIES = {"Porto": "porto-2015", "Milan": "milan-2014", "Lauf": "lauf-2020"}
ORDERS = (80, 120, 160, 200)
WAYS = {
    "while loading": "",
    "apart": "\n[charging]\nwhile_loading = false\n",
    "full only": "\n[charging]\nfull = true\n",
}
TABLE = Path("runs/bench/charging_days.md")
OK, INCOMPLETE = 0, 4
NOISE = 0.01  # of the cost, between two searches of one day


@dataclass(frozen=True, kw_only=True)
class Planned:
    """One plan of a day in numbers."""

    vehicles: int
    cost: float
    left_out: int

    def __str__(self) -> str:
        return f"{self.vehicles} | {self.cost:.2f} | {self.left_out}"


@pytest.mark.bench
@pytest.mark.timeout(4 * 3_600)
def test_charging_while_loading_loses_on_no_day_and_wins_where_plugs_are_few(tmp_path: Path, shared: Path) -> None:
    heads = " | ".join(f"vehicles, {way} | cost | left out" for way in WAYS)
    lines = [f"| day | orders | plugs | {heads} |", "|---" * (3 + 3 * len(WAYS)) + "|"]
    print("\n" + "\n".join(lines), flush=True)
    days: list[tuple[int, list[Planned]]] = []
    for n in range(DAYS):
        city, orders, plugs = list(CITIES)[n % 3], ORDERS[n % 4], 1 + n // 2 % 4
        folder = tmp_path / f"day-{n}"
        streets = shared / "osm" / f"{CITIES[city]}.osm.pbf"
        planner("generate", "--streets", str(streets), "--orders", str(orders), "--seed", str(n), "-o", str(folder))
        found = [planned(folder, plugs=plugs, way=way) for way in WAYS]
        days.append((plugs, found))
        lines.append(f"| {city} {n} | {orders} | {plugs} | {' | '.join(map(str, found))} |")
        print(lines[-1], flush=True)
    TABLE.parent.mkdir(parents=True, exist_ok=True)
    TABLE.write_text("\n".join(lines) + "\n")
    assert [n for n, (_, found) in enumerate(days) if loses(found)] == []
    few = [(ours.cost, other.cost) for plugs, (ours, *others) in days for other in others if plugs <= 2]
    assert sum(ours for ours, _ in few) < sum(other for _, other in few)


def loses(found: list[Planned]) -> bool:
    """Tell whether the first way serves fewer orders than another, or as many for more money."""
    ours, *others = found
    return any(
        ours.left_out > other.left_out or (ours.left_out == other.left_out and ours.cost > (1 + NOISE) * other.cost)
        for other in others
    )


def planned(days: Path, *, plugs: int, way: str) -> Planned:
    """Plan the only day of a folder with so many plugs at the depot, in one way of charging."""
    (orders,) = days.glob("*/orders.csv")
    text = re.sub(r"^plugs = \d+", f"plugs = {plugs}", (days / "fleet.toml").read_text(), count=1, flags=re.MULTILINE)
    fleet, output = days / f"fleet-{way}.toml", days / way
    fleet.write_text(text + WAYS[way])
    budget = ["--iterations", ITERATIONS, "-l", "600"]
    planner("plan", str(orders), "--fleet", str(fleet), "--date", orders.parent.name, *budget, "-o", str(output))
    summary = json.loads((output / "plan.json").read_text())["summary"]
    return Planned(vehicles=summary["routes"], cost=summary["cost"], left_out=summary["unassigned"])


def planner(*arguments: str) -> None:
    run = subprocess.run([sys.executable, "-m", "planner.cli", *arguments], capture_output=True, text=True, check=False)
    assert run.returncode in (OK, INCOMPLETE), run.stderr
