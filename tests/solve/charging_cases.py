"""Small random sequences, and their best charges by trying every choice of stations and solving for the amounts."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, permutations, product

import numpy as np
from scipy.optimize import linprog

from planner.solve.instance import Floats, Instance

POLICIES = ("full", "full curves", "partial", "partial curves", "instant")
IN_A_ROW = 2  # stations between two stops that are tried
IN_ALL = 3  # and on a route

Corners = Sequence[tuple[float, float]]


@dataclass(frozen=True, kw_only=True)
class Case:
    """What `charged` is asked."""

    instance: Instance
    curves: Mapping[int, Corners] | None
    cost_of_time: float


def make_case(rng: random.Random, *, policy: str) -> Case:
    """Draw up to three customers and two stations: on a plane or on any roads, with windows or without."""
    customers, stations = rng.choice((1, 2, 2, 3, 3)), rng.choice((0, 1, 2, 2, 2))
    places, battery = customers + 1 + stations, rng.uniform(5.0, 9.0)
    roads = rng.choice((_plane, _street, _street, _any_roads))(rng, places)
    timed = rng.random() < 0.7
    time = roads * rng.uniform(0.5, 2.0) * (1.0 if rng.random() < 0.6 else _any_roads(rng, places) / 5.0)
    instance = Instance(
        name="small",
        kind="evrptw" if "full" in policy else "evrptw-pr",
        names=tuple(f"P{place}" for place in range(places)),
        length=roads,
        time=time,
        energy=roads * rng.uniform(0.6, 1.4),
        demand=np.zeros(customers),
        service=np.array([rng.uniform(0.0, 3.0) for _ in range(customers)]),
        windows=_windows(rng, time, customers) if timed else np.tile((0.0, math.inf), (customers + 1, 1)),
        capacity=1.0,
        battery=battery,
        charge_rate=0.0 if policy == "instant" else rng.uniform(0.2, 3.0),
        partial="full" not in policy,
        vehicles_first=False,
    )
    return Case(
        instance=instance,
        curves={station: _curve(rng, battery) for station in range(customers + 1, places)}
        if "curves" in policy
        else None,
        cost_of_time=rng.choice((0.0, 0.3, 9.0)),
    )


def _plane(rng: random.Random, places: int) -> Floats:
    points = np.array([(rng.uniform(0.0, 6.0), rng.uniform(0.0, 6.0)) for _ in range(places)])
    x, y = points.T
    return np.asarray(np.hypot(np.subtract.outer(x, x), np.subtract.outer(y, y)))


def _street(rng: random.Random, places: int) -> Floats:
    """Put all places along a line, where no station is far off the way."""
    at = np.array([rng.uniform(0.0, 9.0) for _ in range(places)])
    return np.asarray(np.abs(np.subtract.outer(at, at)))


def _any_roads(rng: random.Random, places: int) -> Floats:
    roads = np.array([[rng.uniform(0.5, 8.0) for _ in range(places)] for _ in range(places)])
    np.fill_diagonal(roads, 0.0)
    return roads


def _windows(rng: random.Random, time: Floats, customers: int) -> Floats:
    """Draw windows that a vehicle on its way through them may meet, and may miss if it charges long."""
    now, windows = rng.uniform(0.0, 2.0), []
    start = now
    for here, there in pairwise((customers, *range(customers), customers)):
        now += float(time[here, there]) + rng.uniform(0.0, 6.0)
        before, after = rng.choice((1.0, 4.0, 50.0)), rng.choice((1.0, 4.0, 50.0))
        windows.append((max(now - rng.uniform(0.0, before), 0.0), now + rng.uniform(0.0, after)))
    windows[-1] = (start, windows[-1][1])
    return np.array(windows)


def _curve(rng: random.Random, battery: float) -> list[tuple[float, float]]:
    """Draw a plug that slows down once or twice on the way to the full battery."""
    shares = [*sorted(rng.sample((0.3, 0.5, 0.7, 0.85, 0.95), rng.choice((0, 1, 2)))), 1.0]
    time, level, pace, corners = 0.0, 0.0, math.exp(rng.uniform(-3.0, 1.0)), [(0.0, 0.0)]
    for share in shares:
        time += (share * battery - level) * pace
        level, pace = share * battery, pace * rng.uniform(1.3, 4.0)
        corners.append((time, level))
    return corners


def best_by_trying(case: Case) -> float:
    """Return the least cost of serving all customers in order, inf if there is no way."""
    instance, best = case.instance, math.inf
    spent = float(instance.windows[instance.depot, 0] + instance.service.sum())
    for least, places in sorted(_choices(case)):
        if least >= best + case.cost_of_time * spent:
            break
        end = earliest_end(case, places)
        if math.isfinite(end):
            best = min(best, length_of(instance, places) + case.cost_of_time * (end - spent))
    return best


def length_of(instance: Instance, places: Sequence[int]) -> float:
    return float(sum(instance.length[leg] for leg in pairwise((instance.depot, *places, instance.depot))))


def _choices(case: Case) -> Iterator[tuple[float, tuple[int, ...]]]:
    """Yield all choices of stations that a battery filled at each of them lasts for, with a bound on their cost."""
    instance = case.instance
    stations = range(instance.depot + 1, instance.places)
    between = [chain for many in range(IN_A_ROW + 1) for chain in permutations(stations, many)]
    for chains in product(between, repeat=instance.customers + 1):
        places = [*chains[0]]
        for customer, chain in enumerate(chains[1:]):
            places += [customer, *chain]
        if len(places) <= instance.customers + IN_ALL and math.isfinite(end := _least_end(case, places)):
            yield length_of(instance, places) + case.cost_of_time * end, tuple(places)


def _least_end(case: Case, places: Sequence[int]) -> float:
    """Return a bound on the return: charges are full and take no time, or all energy comes from the fastest plug."""
    instance = case.instance
    pace = min((part[2] for place in places if place > instance.depot for part in _lines(case, place)), default=0.0)
    opens = float(instance.windows[instance.depot, 0])
    now, drive, level, taken, here = opens, opens, instance.battery, 0.0, instance.depot
    for there in (*places, instance.depot):
        lasts = float(instance.time[here, there]) + (
            float(instance.service[here]) if here < instance.customers else 0.0
        )
        now, drive = now + lasts, drive + lasts
        level -= float(instance.energy[here, there])
        taken += float(instance.energy[here, there])
        if level < 0.0:
            return math.inf
        if there > instance.depot:
            level = instance.battery
        else:
            now = max(now, float(instance.windows[there, 0]), drive + pace * (taken - instance.battery))
            if now > instance.windows[there, 1]:
                return math.inf
        here = there
    return now


def earliest_end(case: Case, places: Sequence[int]) -> float:
    """Return the earliest return along places with the best amounts, inf if there is none."""
    instance = case.instance
    if not instance.partial:
        return _end_if_full(case, places)
    # How long a charge lasts is convex in where it ends and concave in where it begins. With the part of the curve
    # given in which it begins it is convex in both: a linear program for each choice of parts.
    lines = [_lines(case, place) if place > instance.depot else [] for place in places]
    choices: list[Sequence[Part | None]] = [line or [None] for line in lines]
    first = next((k for k, line in enumerate(lines) if line), None)
    if first is not None:  # there it is known
        way = (instance.depot, *places[: first + 1])
        level = instance.battery - sum(float(instance.energy[leg]) for leg in pairwise(way))
        choices[first] = [part for part in lines[first] if part[0] <= level < part[1]][:1]
    return min((_end_in_parts(instance, places, lines, parts) for parts in product(*choices)), default=math.inf)


Part = tuple[
    float, float, float, float
]  # from a level to a level, pace, and the time at level 0 on the same straight line


def _lines(case: Case, station: int) -> list[Part]:
    instance = case.instance
    corners = [(0.0, 0.0), (instance.charge_rate * instance.battery, instance.battery)]
    parts = []
    for (t0, q0), (t1, q1) in pairwise(case.curves[station] if case.curves else corners):
        pace = (t1 - t0) / (q1 - q0)
        parts.append((q0, q1, pace, t0 - pace * q0))
    return parts


def _end_if_full(case: Case, places: Sequence[int]) -> float:
    instance = case.instance
    now, level, here = float(instance.windows[instance.depot, 0]), instance.battery, instance.depot
    for there in (*places, instance.depot):
        now += float(instance.time[here, there]) + (float(instance.service[here]) if here < instance.customers else 0.0)
        level -= float(instance.energy[here, there])
        if there > instance.depot:
            now += _time_at(case, there, instance.battery) - _time_at(case, there, level)
            level = instance.battery
        else:
            now = max(now, float(instance.windows[there, 0]))
            if now > instance.windows[there, 1]:
                return math.inf
        here = there
    return now


def _end_in_parts(
    instance: Instance, places: Sequence[int], lines: Sequence[list[Part]], parts: Sequence[Part | None]
) -> float:
    """Minimise the time of return. Variables of place k: begin[k], arrived[k], leaves[k], lasts[k]."""
    stops, many = (*places, instance.depot), len(places) + 1
    rows: list[list[float]] = []
    limits: list[float] = []
    bounds: list[tuple[float, float]] = []

    def at_most(limit: float, **of: Mapping[int, float]) -> None:
        row = [0.0] * (4 * many)
        for name, factors in of.items():
            for k, factor in factors.items():
                row[("begin", "arrived", "leaves", "lasts").index(name) * many + k] += factor
        rows.append(row)
        limits.append(limit)

    here = instance.depot
    for k, there in enumerate(stops):
        takes, lasts = float(instance.energy[here, there]), float(instance.time[here, there])
        lasts += float(instance.service[here]) if here < instance.customers else 0.0
        if k == 0:
            at_most(-float(instance.windows[here, 0]) - lasts, begin={0: -1.0})
            at_most(instance.battery - takes, arrived={0: 1.0})
        else:
            at_most(-lasts, begin={k - 1: 1.0, k: -1.0}, lasts={k - 1: 1.0})
            at_most(-takes, arrived={k: 1.0}, leaves={k - 1: -1.0})
        at_most(0.0, arrived={k: 1.0}, leaves={k: -1.0})
        part = parts[k] if k < len(parts) else None
        if part is None:
            at_most(0.0, arrived={k: -1.0}, leaves={k: 1.0})
        else:
            at_most(part[1], arrived={k: 1.0})
            at_most(-part[0], arrived={k: -1.0})
            for _, _, pace, at_zero in lines[k]:
                # It lasts at least as long as from the part it begins in to any line it may end on.
                at_most(part[3] - at_zero, leaves={k: pace}, arrived={k: -part[2]}, lasts={k: -1.0})
        here = there
    for there in stops:
        bounds.append((0.0, math.inf) if there > instance.depot else tuple(instance.windows[there].tolist()))
    bounds += [(0.0, instance.battery)] * (2 * many) + [(0.0, math.inf)] * many
    cost = [0.0] * (4 * many)
    cost[many - 1] = 1.0
    found = linprog(cost, A_ub=np.array(rows), b_ub=np.array(limits), bounds=bounds)
    return math.inf if found.x is None else float(found.x[many - 1])


def end_of_walk(case: Case, places: Sequence[int], amounts: Sequence[float]) -> float:
    """Drive the places with these amounts; every battery and window is kept, or it fails. Return when it ends."""
    instance = case.instance
    now, level, here = float(instance.windows[instance.depot, 0]), instance.battery, instance.depot
    for there, amount in zip((*places, instance.depot), (*amounts, 0.0), strict=True):
        now += float(instance.time[here, there]) + (float(instance.service[here]) if here < instance.customers else 0.0)
        level -= float(instance.energy[here, there])
        assert level >= -1e-7
        if there > instance.depot:
            assert level + amount <= instance.battery + 1e-7
            assert instance.partial or abs(level + amount - instance.battery) < 1e-7
            now += _time_at(case, there, level + amount) - _time_at(case, there, level)
            level += amount
        else:
            assert amount == 0.0
            now = max(now, float(instance.windows[there, 0]))
            assert now <= instance.windows[there, 1] + 1e-6
        here = there
    return now


def _time_at(case: Case, station: int, level: float) -> float:
    return max(pace * level + at_zero for _, _, pace, at_zero in _lines(case, station))
