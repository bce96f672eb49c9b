"""Problems on one straight street, so that every answer can be worked out by hand.

10 m/s: 1 km takes 100 s and 100 Wh (100,000 mWh), at no extra for load. Bay 100 kg and 400 l, battery 5 kWh, reserve
none, 1 kWh an hour at any plug of 1 kW (277 mWh a second). 10 a day, 0.10 a km, 3.60 an hour. Orders weigh 10 kg and
20 l and take 100 s; loading takes 600 s; the shift is 0 to 36,000 s.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from planner.solve.engine import solve
from planner.solve.options import ENGINES, EngineName, SolveOptions
from planner.solve.pace import profile
from planner.solve.problem import HILLY, MICRO, MOST_WINDOWS, NO_WAY, Problem, validate
from planner.solve.solution import Solution, Tour, Visit

SHIFT_S = 36_000
LOADING_S = 600
SERVICE_S = 100
KM_MWH = 100_000
KWH = 1_000_000  # in mWh
PENALTY = 1_000 * MICRO
ENGINE: EngineName = ENGINES[0]  # the fixture `either_engine` changes it


def make_problem(
    *,
    orders: Sequence[int] = (1_000, 2_000),
    depots: Sequence[int] = (0,),
    stations: Sequence[int] = (),
    vehicles: int = 1,
    kinds: int = 1,
    plugs: Sequence[tuple[int, int]] = (),
    **arrays: Any,
) -> Problem:
    """Place orders, depots and stations at metres along the street; `plugs` are (site, watts); the rest by name."""
    at = np.array([*orders, *depots, *stations], dtype=np.int64)
    metres = np.abs(at[:, None] - at[None, :])
    n, sites = len(orders), len(depots) + len(stations)
    default: dict[str, Any] = {
        "travel_s": [metres // 10],
        "distance_m": [metres],
        "energy_mwh": [[metres * KM_MWH // 1000] * kinds],
        "energy_uwh_per_kg": [[np.zeros_like(metres)] * kinds],
        "demand_g": [10_000] * n,
        "volume_ml": [20_000] * n,
        "parcels": [1] * n,
        "service_s": [[SERVICE_S] * n] * kinds,
        "setup_s": [[0] * n] * kinds,
        "spot": range(n),
        "windows": [any_time()] * n,
        "penalty": [PENALTY] * n,
        "pickup": [0] * n,
        "release_s": [0] * n,
        "group": [-1] * n,
        "partner": [-1] * n,
        "allowed": [[1] * vehicles] * n,
        "payload_g": [100_000] * kinds,
        "bay_ml": [400_000] * kinds,
        "battery_mwh": [5 * KWH] * kinds,
        "knee_mwh": [5 * KWH] * kinds,
        "charge_w": [10_000] * kinds,
        "network": [0] * kinds,
        "per_day": [10 * MICRO] * kinds,
        "per_km": [MICRO // 10] * kinds,
        "per_s": [1_000] * kinds,
        "wear_per_kwh": [0] * kinds,
        "per_over_s": [0] * kinds,
        "kind": [0] * vehicles,
        "depot": [n] * vehicles,
        "shift": [[0, SHIFT_S]] * vehicles,
        "regular_s": [SHIFT_S] * vehicles,
        "most_stops": [0] * vehicles,
        "breaks": np.zeros((vehicles, 4)),
        "start_mwh": [5 * KWH] * vehicles,
        "reserve_mwh": [0] * vehicles,
        "end_mwh": [0] * vehicles,
        "ways_s": np.zeros((vehicles, 2)),
        "ways_m": [0] * vehicles,
        "ways_cost": [0] * vehicles,
        "loading_s": [LOADING_S] * len(depots) + [0] * len(stations),
        "per_parcel_ms": [0] * sites,
        "site_w": [0] * sites,
        "price_per_kwh": [200_000] * sites,
        "apart": [0] * sites,
        "docks": [0] * len(depots),
        "swap_s": [0] * kinds,
        "packs": [[0] * kinds] * len(depots),
        "full": [0] * sites,
        "open": [[[0, SHIFT_S]]] * sites,
        "plug_site": [site for site, _ in plugs],
        "plug_w": [watts for _, watts in plugs],
        "pace": profile(()),
        "late_per_s": [0] * n,
        "min_paid_s": [0] * vehicles,
        "balance": [-1, 0],
    }
    given = default | arrays
    at_depots = given["price_per_kwh"][: len(depots)]
    follows: dict[str, Any] = {
        "night_per_kwh": at_depots,
        "pack_per_kwh": at_depots,
        "punctual_s": np.array(given["windows"])[..., 1],
    }
    values = {name: np.array(value, dtype=np.int64) for name, value in (follows | given).items()}
    problem = Problem(orders=n, depots=len(depots), **values)
    validate(problem)
    return problem


def any_time() -> list[tuple[int, int]]:
    return [(0, SHIFT_S)] * MOST_WINDOWS


def within(*spans: tuple[int, int]) -> list[tuple[int, int]]:
    """Pad windows by repetition of the first, as `Problem` wants them."""
    return [*spans, *[spans[0]] * (MOST_WINDOWS - len(spans))]


def cut_off(problem: Problem, source: int, target: int) -> dict[str, Any]:
    """Return the tables of a problem without the way from one place to another."""
    changed = {}
    for name, missing in (("travel_s", NO_WAY), ("distance_m", NO_WAY), ("energy_mwh", 0)):
        table = getattr(problem, name).copy()
        table[..., source, target] = missing
        changed[name] = table
    return changed


def hilly(problem: Problem, legs: Mapping[tuple[int, int], tuple[float, float, float]]) -> Problem:
    """Return a problem with other kWh for some legs: on the whole, the most on the way, and from a full battery."""
    energy = np.repeat(problem.energy_mwh, HILLY, axis=0)
    for (source, target), kwh in legs.items():
        energy[:, :, source, target] = np.rint(np.array(kwh) * KWH).astype(np.int64)[:, None]
    return replace(problem, energy_mwh=energy, energy_uwh_per_kg=np.repeat(problem.energy_uwh_per_kg, HILLY, axis=0))


def solved(problem: Problem, *, iterations: int = 60, seed: int = 1, time_limit_s: float = 60.0) -> Solution:
    options = SolveOptions(engine=ENGINE, iterations=iterations, seed=seed, time_limit_s=time_limit_s)
    return solve(problem, options, on_better=lambda _: None)


def served(solution: Solution, problem: Problem) -> set[int]:
    return {place for place in solution.visited if place < problem.orders}


def charges(solution: Solution) -> list[tuple[Tour, Visit]]:
    """Return every charge, in order of its beginning."""
    found = [(tour, visit) for tour in solution.tours for visit in tour.visits if visit.plug >= 0]
    return sorted(found, key=lambda charge: charge[1].charge_begin_s)


def reloads(tour: Tour, problem: Problem) -> int:
    return sum(1 for visit in tour.visits if visit.place == problem.depot[tour.vehicle])
