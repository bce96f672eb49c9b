"""Made-up days for a fleet of three kinds without batteries, and one score for every planner's routes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from planner.demo import demo_folder
from planner.pipeline import read_inputs
from planner.roads.day import day_roads
from planner.solve.problem import MICRO, Problem, build_problem

BASES = ("ami-cargo", "paxster-cargo-l7e", "electric-van")
ORDERS_PER_VEHICLE = 6  # of each kind there are so many that their number never binds
SAME = 0.02  # of the plan's money: seconds are paid in whole millionths here
PER_HOUR = 9.0  # half of the usual wage, so that the fixed costs of the kinds weigh
DEPOTS = {"coquimbo": (-29.95055, -71.28262, "America/Santiago"), "porto": (41.1600, -8.6450, "Europe/Lisbon")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One kind of vehicle: what its bay takes, how fast it is, and what it costs."""

    litres: int
    kg: int
    kmh: int
    per_day: float
    per_km: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Driven:
    """A vehicle's day: its kind, and its stops between start and end, with the depot for a reload."""

    kind: int
    stops: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetDay:
    """A made-up day on disk, and its problem as every planner gets it."""

    folder: Path
    problem: Problem
    numbers: dict[str, int]  # of orders
    kinds: dict[str, int]  # of vehicles


def make_day(folder: Path, shared: Path, *, city: str, orders: int, seed: int, offers: Sequence[Offer]) -> FleetDay:
    """Generate a day in a city for the kinds of vehicles on offer."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    streets = demo_folder() / "coquimbo.streets.npz" if city == "coquimbo" else shared / "osm" / "porto-2015.osm.pbf"
    fleet = folder.with_suffix(".toml")
    fleet.write_text(_fleet_text(streets, city=city, each=-(-orders // ORDERS_PER_VEHICLE), offers=offers))
    sizes = ["--orders", str(orders), "--seed", str(seed)]
    planner("generate", "--fleet", str(fleet), "--streets", str(streets), *sizes, "-o", str(folder))
    (rows,) = folder.glob("*/orders.csv")
    inputs = read_inputs(rows, folder / "fleet.toml", day=date.fromisoformat(rows.parent.name), charging=False)
    roads = day_roads(inputs.day, inputs.streets)
    problem = build_problem(inputs.day, types=roads.types, network_of_type=roads.network_of_type, roads=roads.matrices)
    return FleetDay(
        folder=folder,
        problem=problem,
        numbers={order.id: number for number, order in enumerate(inputs.day.orders)},
        kinds={vehicle.id: int(kind) for vehicle, kind in zip(inputs.day.vehicles, problem.kind, strict=True)},
    )


def _fleet_text(streets: Path, *, city: str, each: int, offers: Sequence[Offer]) -> str:
    """Return a fleet of so many vehicles of each kind at one depot; batteries have no end, and energy is free."""
    lat, lon, zone = DEPOTS[city]
    lines = [f'streets = "{streets}"', f'time_zone = "{zone}"', 'currency = "EUR"']
    lines += ["[[depots]]", 'id = "hub"', f"lat = {lat}", f"lon = {lon}", "loading_min = 10", "price_per_kwh = 0.0"]
    for n, (base, offer) in enumerate(zip(BASES, offers, strict=True)):
        lines += [f"[types.kind-{n}]", f'base = "{base}"', f"volume_l = {offer.litres}", f"payload_kg = {offer.kg}"]
        lines += [f"top_speed_kmh = {offer.kmh}", f"cost_per_day = {offer.per_day}", f"cost_per_km = {offer.per_km}"]
        lines += [f"cost_per_hour = {PER_HOUR}", "battery_wh = 200000", "longest_cm = 200"]
        lines += ["[[vehicles]]", f'id = "v{n}"', f"count = {each}", f'type = "kind-{n}"', 'depot = "hub"']
        lines += ['shift = "08:30-13:00"']
    return "\n".join(lines) + "\n"


def our_days(day: FleetDay, *, seconds: int, threads: int) -> list[Driven]:
    """Plan by the documented command, which audits its plan; return what each vehicle does, scored as the plan says."""
    (rows,) = day.folder.glob("*/orders.csv")
    output = day.folder / f"plan-{threads}"
    options = ["--fleet", str(day.folder / "fleet.toml"), "--date", rows.parent.name, "-l", str(seconds)]
    options += ["--no-charging", "--no-store", "--threads", str(threads), "-o", str(output)]
    planner("plan", str(rows), *options)
    plan: dict[str, Any] = json.loads((output / "plan.json").read_text())
    days = [
        Driven(kind=day.kinds[route["vehicle"]], stops=tuple(_stops(day, route["steps"]))) for route in plan["routes"]
    ]
    assert abs(score_day(day.problem, days) - plan["summary"]["cost"]) < SAME, "the plan counts otherwise"
    return days


def _stops(day: FleetDay, steps: list[dict[str, Any]]) -> list[int]:
    stops = [
        day.problem.orders if step["type"] == "reload" else day.numbers.get(step["id"], -1) for step in steps[1:-1]
    ]
    assert -1 not in stops
    return stops


def score_day(p: Problem, days: Sequence[Driven]) -> float:
    """Return what days cost that serve every order once, each begun so that as little as can be is waited."""
    served = sorted(stop for day in days for stop in day.stops if stop < p.orders)
    assert served == list(range(p.orders))
    for kind in range(len(p.payload_g)):
        assert sum(day.kind == kind for day in days) < (p.kind == kind).sum(), "the number of vehicles binds"
    return sum(_cost(p, day) for day in days) / MICRO


def _cost(p: Problem, day: Driven) -> int:
    """Return the fixed cost, metres and seconds of one day; asserts that load, windows and shift hold."""
    depot, kind = p.orders, day.kind
    travel, metres = p.travel_s[p.network[kind]], p.distance_m[p.network[kind]]
    opens, closes = (int(second) for second in p.shift[0])
    for trip in _trips(day.stops, depot):
        assert sum(int(p.demand_g[order]) for order in trip) <= p.payload_g[kind]
        assert sum(int(p.volume_ml[order]) for order in trip) <= p.bay_ml[kind]
    clock, waited, slack = opens, 0, closes - opens
    places = [depot, *day.stops, depot]
    for here, there in pairwise(places):
        if here == depot:
            clock += p.loading_of(depot, ())
        clock += int(travel[here, there])
        if there < p.orders:
            first, last = (int(second) for second in p.windows[there, 0])
            waited += max(first - clock, 0)
            clock = max(first, clock)
            assert clock <= last
            slack = min(slack, waited + last - clock)
            clock += int(p.service_s[kind, there])
    assert clock <= closes
    later = min(waited, slack, waited + closes - clock)
    length = sum(int(metres[here, there]) for here, there in pairwise(places))
    worked = clock - opens - later
    return int(p.per_day[kind]) + length * int(p.per_km[kind]) // 1000 + worked * int(p.per_s[kind])


def _trips(stops: Sequence[int], depot: int) -> list[list[int]]:
    """Cut a day where it passes the depot."""
    trips: list[list[int]] = [[]]
    for stop in stops:
        if stop == depot:
            trips.append([])
        else:
            trips[-1].append(stop)
    return trips


def planner(*arguments: str) -> None:
    """Run the program; it has to end well."""
    run = subprocess.run([sys.executable, "-m", "planner.cli", *arguments], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
