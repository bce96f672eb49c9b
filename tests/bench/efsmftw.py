"""E-FSMFTW (Hiermann et al. 2016) as a day of several kinds of vehicles, and its exact score.

A file is an E-VRPTW text of Schneider et al. with kinds of vehicles: a battery (Qa), a load (Ca) and a fixed cost (fa)
each. The objective is one sum, the fixed costs of the vehicles in use and the length of all routes. The day counts in
whole numbers, rounded against itself; what its routes are worth is told by `score` in the doubles of the file.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.solve.pace import profile
from planner.solve.problem import MICRO, NO_PARTNER, Problem, validate
from planner.solve.solution import Solution

SECONDS = 100  # of the day for a unit of time
METRES = 1_000  # for a unit of length, which costs one unit of money
ENERGY = 1_000_000  # mWh for a unit of energy
GRAMS = 1_000
TOLERANCE = 1e-6  # of the usual checkers
SPARE = 4  # vehicles of each kind beyond what the load asks for
PENALTY = 100_000 * MICRO  # of a customer who is left out: no plan can afford it
_FIGURE = re.compile(r"^(\w+)\s.*/([^/]+)/\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of vehicle."""

    battery: float
    load: float
    fixed: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FleetCase:
    """A file: n customers, then the depot, then the stations, in the order of the file."""

    name: str
    customers: int
    xy: NDArray[np.float64]
    demand: list[float]
    windows: list[tuple[float, float]]  # of customers and depot
    service: list[float]
    consumption: float
    charge_rate: float
    kinds: tuple[Kind, ...]

    @property
    def length(self) -> NDArray[np.float64]:
        x, y = self.xy.T
        length: NDArray[np.float64] = np.hypot(np.subtract.outer(x, x), np.subtract.outer(y, y))
        return length


@dataclass(frozen=True, slots=True, kw_only=True)
class Driven:
    """A route by one kind of vehicle: customers and stations between depot and depot."""

    kind: int
    stops: tuple[int, ...]


def read_fleet_case(path: Path) -> FleetCase:
    """Read a file; the battery and load without a letter are those of the file it was made from, and unused."""
    rows: dict[str, list[list[str]]] = {"c": [], "d": [], "f": []}
    figures: dict[str, float] = {}
    for line in path.read_text(encoding="utf-8").splitlines()[1:]:
        words = line.split()
        if figure := _FIGURE.match(line.strip()):
            figures[figure[1]] = float(figure[2])
        elif len(words) == 8:
            rows[words[1]].append(words)
    (depot,) = rows["d"]
    assert figures["v"] == 1.0
    assert float(depot[5]) == 0.0
    letters = "abcdefghij"[: int(figures["k"])]
    timed = [*rows["c"], depot]
    return FleetCase(
        name=path.stem,
        customers=len(rows["c"]),
        xy=np.array([[float(x) for x in row[2:4]] for row in (*timed, *rows["f"])]),
        demand=[float(row[4]) for row in rows["c"]],
        windows=[(float(row[5]), float(row[6])) for row in timed],
        service=[float(row[7]) for row in rows["c"]],
        consumption=figures["r"],
        charge_rate=figures["g"],
        kinds=tuple(Kind(battery=figures[f"Q{x}"], load=figures[f"C{x}"], fixed=figures[f"f{x}"]) for x in letters),
    )


def day_of(case: FleetCase, *, batteries: bool) -> Problem:
    """Return the day: plugs without end at every station that fill the battery each time, or no batteries at all."""
    n, kinds = case.customers, case.kinds
    length = case.length if batteries else case.length[: n + 1, : n + 1]
    p, t = len(length), len(kinds)
    sites, lasts = p - n, round(SECONDS * case.windows[n][1])
    closes = 2 * lasts  # the first loading takes as long as the day does after it: so nobody reloads
    travel = _up(length * SECONDS)
    travel[:, n + 1 :] += 1  # a charge is cut to whole seconds: this makes up for it
    counts = [vehicles_of(case, kind) for kind in kinds]
    kind = _ints([k for k, count in enumerate(counts) for _ in range(count)])
    v = len(kind)
    battery = [math.floor(k.battery * ENERGY) if batteries else 0 for k in kinds]
    watts = [math.floor(3.6 * ENERGY / SECONDS / case.charge_rate)] * t
    plugs = np.repeat(np.arange(1, sites), v)  # as many at each station as there are vehicles
    windows = lasts + _ints([[math.ceil(a * SECONDS), math.floor(b * SECONDS)] for a, b in case.windows[:n]])
    columns: dict[str, Any] = {
        "travel_s": travel[None],
        "distance_m": np.floor(length * METRES + 0.5).astype(np.int64)[None],
        "energy_mwh": np.stack([_up(length * case.consumption * ENERGY if batteries else 0 * length)] * t)[None],
        "demand_g": _up(np.array(case.demand) * GRAMS),
        "service_s": np.stack([_up(np.array(case.service) * SECONDS)] * t),
        "spot": np.arange(n),
        "windows": np.repeat(windows[:, None], 3, axis=1),
        "punctual_s": np.repeat(windows[:, 1:], 3, axis=1),
        "penalty": np.full(n, PENALTY),
        "group": np.full(n, -1),
        "partner": np.full(n, NO_PARTNER),
        "allowed": np.ones((n, v)),
        "payload_g": [math.floor(k.load * GRAMS) for k in kinds],
        "battery_mwh": battery,
        "knee_mwh": battery,
        "charge_w": watts,
        "per_day": [round(k.fixed * MICRO) for k in kinds],
        "per_km": [MICRO] * t,
        "kind": kind,
        "depot": np.full(v, n),
        "shift": np.tile([0, closes], (v, 1)),
        "regular_s": np.full(v, closes),
        "start_mwh": np.array(battery)[kind],
        "loading_s": [lasts] + [0] * (sites - 1),
        "open": np.tile([0, closes], (sites, 1, 1)),
        "full": np.ones(sites),
        "plug_site": plugs,
        "plug_w": np.full(len(plugs), watts[0]),
        "pace": profile([]),
        "balance": [-1, 0],
    }
    zeros = {name: np.zeros(shape) for name, shape in _unused(n, p, t, v, sites).items()}
    problem = Problem(orders=n, depots=1, **{name: _ints(values) for name, values in (zeros | columns).items()})
    validate(problem)
    return problem


def vehicles_of(case: FleetCase, kind: Kind) -> int:
    """Return more vehicles of a kind than any plan that is worth it has."""
    return min(case.customers, SPARE + math.ceil(1.25 * sum(case.demand) / kind.load))


def _unused(n: int, p: int, t: int, v: int, sites: int) -> dict[str, tuple[int, ...]]:
    """Return the shapes of what a day can have and no file knows."""
    of_orders = dict.fromkeys(("volume_ml", "parcels", "pickup", "release_s", "late_per_s"), (n,))
    of_kinds = dict.fromkeys(("bay_ml", "network", "per_s", "wear_per_kwh", "per_over_s", "swap_s"), (t,))
    of_vehicles = dict.fromkeys(("most_stops", "reserve_mwh", "end_mwh", "ways_m", "ways_cost", "min_paid_s"), (v,))
    of_sites = dict.fromkeys(("per_parcel_ms", "site_w", "price_per_kwh", "apart"), (sites,))
    of_depots = {"night_per_kwh": (1,), "docks": (1,), "packs": (1, t), "pack_per_kwh": (1,)}
    rest = {"energy_uwh_per_kg": (1, t, p, p), "setup_s": (t, n), "breaks": (v, 4), "ways_s": (v, 2)}
    return of_orders | of_kinds | of_vehicles | of_sites | of_depots | rest


def _ints(values: Any) -> NDArray[np.int64]:
    return np.asarray(values, dtype=np.int64)


def _up(values: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.ceil(values - 1e-9).astype(np.int64)


def routes_of(case: FleetCase, solution: Solution, problem: Problem) -> list[Driven]:
    """Return the routes of a plan without reloads."""
    return [
        Driven(kind=int(problem.kind[tour.vehicle]), stops=tuple(visit.place for visit in tour.visits))
        for tour in solution.tours
        if tour.visits
    ]


def score(case: FleetCase, routes: Sequence[Driven], *, batteries: bool) -> tuple[float, list[str]]:
    """Return what routes are worth by the rules of the set, in doubles, and every rule that they break."""
    length, depot, n = case.length, case.customers, case.customers
    broken: list[str] = []
    visits = Counter(stop for route in routes for stop in route.stops if stop < n)
    broken += [f"customer {c} is served {visits[c]} times" for c in range(n) if visits[c] != 1]
    worth = 0.0
    for number, route in enumerate(routes):
        kind, level, clock, here = case.kinds[route.kind], case.kinds[route.kind].battery, case.windows[n][0], depot
        worth += kind.fixed
        if sum(case.demand[stop] for stop in route.stops if stop < n) > kind.load + TOLERANCE:
            broken.append(f"route {number} is overloaded")
        for stop in (*route.stops, depot):
            worth += float(length[here, stop])
            clock += float(length[here, stop])
            level -= case.consumption * float(length[here, stop])
            if batteries and level < -TOLERANCE:
                broken.append(f"route {number} is short of energy at {stop}")
            if stop <= n:
                clock = max(clock, case.windows[stop][0])
                if clock > case.windows[stop][1] + TOLERANCE:
                    broken.append(f"route {number} is late at {stop}")
                clock += case.service[stop] if stop < n else 0.0
            elif batteries:
                clock += case.charge_rate * (kind.battery - level)
                level = kind.battery
            here = stop
    return worth, broken
