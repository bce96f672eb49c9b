"""Days of 1,000 to 10,000 orders in Porto, four depots, two vehicle types, by the documented command: ``-m bench -s``.

PLANNER_BENCH_LARGE names the sizes; 10,000 orders take twenty minutes. The second test plans one of the days, and then
the same orders and vehicles cut into pieces of about 500, each by a search of its own that is much longer.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from planner.large.divide import divide
from planner.large.ground import Ground
from planner.large.plan import judge
from planner.pipeline import plan_day, provenance_of, read_inputs
from planner.roads.day import survey_day
from planner.solve.options import SolveOptions

SIZES = [int(size) for size in os.environ.get("PLANNER_BENCH_LARGE", "1000 2000 5000").split()]
VEHICLES = {1_000: 7, 2_000: 12, 5_000: 30, 10_000: 60}  # at each depot
DEPOTS = {
    "campanha": (41.1490, -8.5870),
    "boavista": (41.1600, -8.6450),
    "areosa": (41.1780, -8.5950),
    "gaia": (41.1250, -8.6130),
}
OK, INCOMPLETE = 0, 4
MOST_SECONDS = {5_000: 600.0, 10_000: 1_500.0}
MOST_MB = 8_000.0
MOST_EXPONENT = 1.2
PIECE, PIECE_SECONDS = 500, int(os.environ.get("PLANNER_BENCH_SECONDS", "300"))
MOST_RATIO = 1.03


@dataclass(frozen=True, kw_only=True)
class Run:
    """One plan: what it came to, and what it took."""

    summary: dict[str, Any]
    stages: dict[str, float]
    seconds: float
    memory_mb: float


@pytest.mark.bench
@pytest.mark.timeout(10_800)
def test_seconds_grow_with_the_orders_and_the_plans_hold(tmp_path: Path, shared: Path) -> None:
    print(f"\n| orders | vehicles | served | cost | s | of it search | audit | memory, MB |\n{'|---' * 8}|")
    runs = {}
    for size in SIZES:
        folder = large_day(tmp_path / str(size), shared, orders=size)
        run = runs[size] = planned(folder)
        print(
            f"| {size} | {run.summary['routes']} | {run.summary['deliveries']} | {run.summary['cost']:.2f} "
            f"| {run.seconds:.0f} | {run.stages['solve']:.0f} | {run.stages['audit']:.0f} | {run.memory_mb:.0f} |",
            flush=True,
        )
        assert run.summary["unassigned"] <= size // 500
        assert run.seconds <= MOST_SECONDS.get(size, float("inf"))
        assert run.memory_mb <= MOST_MB
    if len(runs) > 1:
        exponent = np.polyfit(np.log([*runs]), np.log([run.seconds for run in runs.values()]), 1)[0]
        print(f"seconds grow as n^{exponent:.2f}")
        assert exponent <= MOST_EXPONENT


@pytest.mark.bench
@pytest.mark.timeout(10_800)
def test_the_day_as_a_whole_costs_no_more_than_its_pieces_searched_for_long(tmp_path: Path, shared: Path) -> None:
    folder = large_day(tmp_path / "day", shared, orders=SIZES[0])
    whole = planned(folder)
    (rows,) = folder.glob("*/orders.csv")
    inputs = read_inputs(rows, folder / "fleet.toml", day=date.fromisoformat(rows.parent.name))
    ground = Ground(day=inputs.day, survey=survey_day(inputs.day, inputs.streets))
    judged = judge(ground)
    possible = [order for order in range(len(inputs.day.orders)) if order not in judged.known]
    pieces = divide(inputs.day, ground.points, possible, judged.trip_s, most=PIECE)
    cost, served = 0.0, 0
    for n, piece in enumerate(pieces):
        day = replace(
            inputs.day,
            orders=tuple(inputs.day.orders[order] for order in piece.orders),
            vehicles=tuple(inputs.day.vehicles[v] for v in piece.vehicles),
        )
        options = SolveOptions(iterations=10**9, time_limit_s=PIECE_SECONDS, large_from=10**9)
        provenance = replace(provenance_of(inputs, options), rows_read=len(day.orders), rows_rejected=0)
        made = plan_day(day, inputs.streets, options, provenance=provenance)
        assert made.violations == ()
        cost += sum(route.cost.total for route in made.routes)
        served += len(day.orders) - len(made.unassigned)
        print(f"piece {n}: {len(day.orders)} orders, {len(made.unassigned)} left out, {cost:.2f} so far", flush=True)
    print(f"whole {whole.summary['deliveries']} for {whole.summary['cost']:.2f}, pieces {served} for {cost:.2f}")
    assert whole.summary["deliveries"] >= served
    assert whole.summary["cost"] / whole.summary["deliveries"] <= MOST_RATIO * cost / served


def large_day(folder: Path, shared: Path, *, orders: int) -> Path:
    """Generate a day of so many orders for a fleet of half narrow boxes and half two-seaters at four depots."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    streets = shared / "osm" / "porto-2015.osm.pbf"
    fleet = folder.parent / f"fleet-{orders}.toml"
    fleet.write_text(fleet_text(streets, vehicles=VEHICLES[orders]), encoding="utf-8")
    options = ["--fleet", str(fleet), "--streets", str(streets), "--orders", str(orders), "-o", str(folder)]
    planner("generate", *options)
    return folder


def fleet_text(streets: Path, *, vehicles: int) -> str:
    """Return a fleet of so many vehicles at each depot, with a plug for two and a half of them."""
    lines = [f'streets = "{streets}"', 'time_zone = "Europe/Lisbon"', 'currency = "EUR"']
    for name, (lat, lon) in DEPOTS.items():
        lines += ["[[depots]]", f'id = "{name}"', f"lat = {lat}", f"lon = {lon}", "loading_min = 10"]
        lines += [f"plugs = {-(-vehicles * 2 // 5)}", "plug_power_kw = 3.7", "price_per_kwh = 0.20"]
    for name in DEPOTS:
        for id_, kind, count in (("pax", "paxster-cargo-l7e", -(-vehicles // 2)), ("ami", "ami-cargo", vehicles // 2)):
            lines += ["[[vehicles]]", f'id = "{id_}-{name}"', f"count = {count}", f'type = "{kind}"']
            lines += [f'depot = "{name}"', 'shift = "08:30-18:00"', "reserve_percent = 10"]
    return "\n".join(lines) + "\n"


def planned(days: Path) -> Run:
    """Plan the only day of a folder by the documented command."""
    (orders,) = days.glob("*/orders.csv")
    output = days / "plan"
    options = ["--fleet", str(days / "fleet.toml"), "--date", orders.parent.name, "--no-store", "-o", str(output)]
    begun = time.monotonic()
    with watched() as peak:
        planner("plan", str(orders), *options)
    seconds = time.monotonic() - begun
    summary = json.loads((output / "plan.json").read_text())["summary"]
    stages = json.loads((output / "run.json").read_text())["seconds"]
    return Run(summary=summary, stages=stages, seconds=seconds, memory_mb=max(peak))


@contextmanager
def watched() -> Iterator[list[float]]:
    """Measure what all processes begun here hold together."""
    peak, done = [0.0], threading.Event()

    def look() -> None:
        while not done.wait(0.5):
            held = 0
            for child in psutil.Process().children(recursive=True):
                try:
                    held += child.memory_info().rss
                except psutil.NoSuchProcess:
                    continue
            peak.append(held / 2**20)

    watch = threading.Thread(target=look, daemon=True)
    watch.start()
    try:
        yield peak
    finally:
        done.set()
        watch.join()


def planner(*arguments: str) -> None:
    run = subprocess.run([sys.executable, "-m", "planner.cli", *arguments], capture_output=True, text=True, check=False)
    assert run.returncode in (OK, INCOMPLETE), run.stderr
