"""Write a day as a VROOM problem with tables, and say what of the day VROOM has no words for.

Amounts are grams and millilitres, money thousandths of the currency, times seconds since midnight. VROOM drives one
route a vehicle, so that a vehicle of several trips becomes several: its shift is cut into spans of equal length, each a
vehicle of VROOM's, whose loading is over when its span begins.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from planner.model import Day, Priority
from planner.solve.problem import NO_PARTNER, NO_WAY, Problem, may_be_late

UNITS_OF_MONEY = 1_000
PRIORITIES = {Priority.MUST: 64, Priority.SHOULD: 8, Priority.MAY: 1}  # as dear as our search holds them to leave out
FILLED = 0.8  # of the bay that a trip is reckoned to be on average
LEAST_SPAN_S = 3_600
MOST_TRIPS = 12
UNREACHABLE_S = 10_000_000  # VROOM has no word for a place without a way


@dataclass(frozen=True, kw_only=True)
class Written:
    """A VROOM problem, into how many trips each shift is cut, and what of the day it does not say."""

    document: dict[str, Any]
    trips: int
    unsaid: tuple[str, ...]


def vroom_problem(day: Day, problem: Problem, *, trips: int | None = None) -> Written:
    """Return a day as VROOM's problem; `problem` is the day in integers. Without `trips` as many as its load needs."""
    count = trips or trips_for(problem)
    index = _places(problem)
    skills = _skills(problem)
    document = {
        "vehicles": [
            _vehicle(day, problem, v, trip, count, index, skills)
            for v in range(problem.vehicles)
            for trip in range(count)
        ],
        "jobs": [
            _job(day, problem, i, index, skills) for i in range(problem.orders) if problem.partner[i] == NO_PARTNER
        ],
        "shipments": [
            _shipment(day, problem, i, index, skills)
            for i in range(problem.orders)
            if problem.partner[i] != NO_PARTNER and problem.pickup[i]
        ],
        "matrices": _matrices(day, problem, index),
    }
    return Written(document=document, trips=count, unsaid=tuple(_unsaid(day, problem, count)))


def trips_for(problem: Problem) -> int:
    """Return into how many trips each shift has to be cut for the fleet to hold all goods of the day."""
    needed = 1.0
    for demand, held in ((problem.demand_g, problem.payload_g), (problem.volume_ml, problem.bay_ml)):
        needed = max(needed, float(demand.sum()) / (FILLED * float(held[problem.kind].sum())))
    longest = int((problem.shift[:, 1] - problem.shift[:, 0]).max()) // LEAST_SPAN_S
    return max(1, min(math.ceil(needed), longest, MOST_TRIPS))


def _places(p: Problem) -> list[int]:
    """Return the row of the tables of each of our places: orders of one kerb share a row, stations have none."""
    rows: dict[tuple[str, int], int] = {}
    keys = [("order", int(p.spot[i])) for i in range(p.orders)] + [("depot", d) for d in range(p.depots)]
    return [rows.setdefault(key, len(rows)) for key in keys]


def _skills(p: Problem) -> dict[tuple[int, ...], int]:
    """Number the sets of vehicles that some orders are for, if they are not for all."""
    sets = dict.fromkeys(tuple(row) for row in p.allowed.tolist() if not all(row))
    return {vehicles: number for number, vehicles in enumerate(sets, start=1)}


def _job(day: Day, p: Problem, i: int, index: list[int], skills: dict[tuple[int, ...], int]) -> dict[str, Any]:
    goods = "pickup" if p.pickup[i] else "delivery"
    return {**_stop(day, p, i, index), goods: _amount(p, i), **_wanted(day, p, i, skills)}


def _shipment(day: Day, p: Problem, i: int, index: list[int], skills: dict[tuple[int, ...], int]) -> dict[str, Any]:
    other = int(p.partner[i])
    wanted = _wanted(day, p, i, skills)
    also = _wanted(day, p, other, skills)
    return {
        "pickup": _stop(day, p, i, index),
        "delivery": _stop(day, p, other, index),
        "amount": _amount(p, i),
        "skills": sorted({*wanted["skills"], *also["skills"]}),
        "priority": max(wanted["priority"], also["priority"]),
    }


def _stop(day: Day, p: Problem, i: int, index: list[int]) -> dict[str, Any]:
    order = day.orders[i]
    found: dict[str, Any] = {
        "id": i + 1,
        "description": order.id,
        "location": [order.kerb.lon, order.kerb.lat],
        "location_index": index[i],
        "setup": int(p.setup_s[0, i]),
        "service": int(p.service_s[0, i] - p.setup_s[0, i]),
    }
    names = _type_names(day)
    for word, seconds in (("setup", p.setup_s[:, i]), ("service", p.service_s[:, i] - p.setup_s[:, i])):
        if (seconds != seconds[0]).any():
            found[f"{word}_per_type"] = {name: int(s) for name, s in zip(names, seconds, strict=True)}
    windows = [(w.start_s, w.end_s) for w in order.windows]
    if windows:
        found["time_windows"] = [[max(a, 0), max(b, 0)] for a, b in windows]
    return found


def _amount(p: Problem, i: int) -> list[int]:
    return [int(p.demand_g[i]), int(p.volume_ml[i])]


def _wanted(day: Day, p: Problem, i: int, skills: dict[tuple[int, ...], int]) -> dict[str, Any]:
    number = skills.get(tuple(p.allowed[i].tolist()))
    return {"skills": [] if number is None else [number], "priority": PRIORITIES[day.orders[i].priority]}


def _type_names(day: Day) -> list[str]:
    """Return the names of the types in the order of the arrays; types of one name are told apart by a number."""
    types = list(dict.fromkeys(vehicle.type for vehicle in day.vehicles))
    names = [kind.name for kind in types]
    return [name if names.count(name) == 1 else f"{name}-{i}" for i, name in enumerate(names, start=1)]


def _vehicle(
    day: Day, p: Problem, v: int, trip: int, trips: int, index: list[int], skills: dict[tuple[int, ...], int]
) -> dict[str, Any]:
    vehicle, kind, depot = day.vehicles[v], int(p.kind[v]), int(p.depot[v])
    opens, closes = (int(s) for s in p.shift[v])
    begins, ends = (opens + (closes - opens) * part // trips for part in (trip, trip + 1))
    loading_s = int(p.loading_s[depot - p.orders])
    hour = _money(int(p.per_s[kind]) * 3_600)
    paid = int(p.per_day[kind] + p.ways_cost[v]) // trips + loading_s * int(p.per_s[kind])
    home = day.depots[depot - p.orders]
    found: dict[str, Any] = {
        "id": v * trips + trip + 1,
        "description": vehicle.id if trips == 1 else f"{vehicle.id}, trip {trip + 1}",
        "type": _type_names(day)[kind],
        "profile": _profiles(day, p)[int(p.network[kind])],
        "start": [home.lon, home.lat],
        "start_index": index[depot],
        "end": [home.lon, home.lat],
        "end_index": index[depot],
        "capacity": [int(p.payload_g[kind]), int(p.bay_ml[kind])],
        "costs": {
            "fixed": _money(paid),
            "per_hour": hour,
            "per_task_hour": hour,
            "per_km": _money(int(p.per_km[kind])),
        },
        "skills": sorted(number for vehicles, number in skills.items() if vehicles[v]),
        "time_window": [min(begins + loading_s, ends), ends],
    }
    if p.most_stops[v]:
        found["max_tasks"] = int(p.most_stops[v])
    return found | _breaks(p, v, begins, ends)


def _breaks(p: Problem, v: int, begins: int, ends: int) -> dict[str, Any]:
    """Return the break of a vehicle for the span in which most of it may begin."""
    length, earliest, latest, from_start = (int(s) for s in p.breaks[v])
    if not length:
        return {}
    opens = int(p.shift[v, 0])
    first, last = (opens, opens + latest) if from_start else (earliest, latest)
    last = min(last, ends - length)
    middle = (first + last) // 2
    if not begins <= middle < ends or last < begins:
        return {}
    return {"breaks": [{"id": v + 1, "service": length, "time_windows": [[max(first, begins), last]]}]}


def _profiles(day: Day, p: Problem) -> list[str]:
    """Return a name for each network: the road class and its pace."""
    types = list(dict.fromkeys(vehicle.type for vehicle in day.vehicles))
    names: dict[int, str] = {}
    for kind, network in zip(types, p.network.tolist(), strict=True):
        name = f"{kind.road_class.name}-{kind.top_speed_kmh:g}"
        names.setdefault(network, name if name not in names.values() else f"{name}-{network}")
    return [names[network] for network in range(len(names))]


def _matrices(day: Day, p: Problem, index: list[int]) -> dict[str, Any]:
    first = [index.index(row) for row in range(max(index) + 1)]
    at = np.ix_(first, first)
    found = {}
    for network, name in enumerate(_profiles(day, p)):
        seconds, metres = p.travel_s[network][at], p.distance_m[network][at]
        found[name] = {
            "durations": np.where(seconds == NO_WAY, UNREACHABLE_S, seconds).tolist(),
            "distances": np.where(metres == NO_WAY, UNREACHABLE_S, metres).tolist(),
        }
    return found


def _money(micro: int) -> int:
    return round(micro * UNITS_OF_MONEY / 1_000_000)


def _unsaid(day: Day, p: Problem, trips: int) -> Iterator[str]:
    """Yield what VROOM has no words for, in ours."""
    yield "batteries: charge, range, plugs, stations, swaps and the price of energy"
    yield "waiting: VROOM pays hours of driving and of stops only; loading is part of what a vehicle costs"
    if trips > 1:
        yield f"several trips: each shift is cut into {trips} spans, each a vehicle with its part of what a day costs"
    counts = (
        ("goods that come during the day (release)", int((p.release_s > 0).sum())),
        ("orders that go on one vehicle (group)", int((p.group >= 0).sum())),
        ("orders that may be late: their windows are hard", sum(may_be_late(order) for order in day.orders)),
        ("loading by the parcel", int((p.per_parcel_ms > 0).sum())),
        ("docks", int((p.docks > 0).sum())),
        ("overtime costs no more than other hours", int((p.regular_s < p.shift[:, 1]).sum())),
        ("hours paid at least", int((p.min_paid_s > 0).sum())),
        ("breaks after so many hours: they count from the shift", int((p.breaks[:, 3] > 0).sum())),
        (
            "breaks: one is in the span in the middle of which it may begin",
            int((p.breaks[:, 0] > 0).sum() * (trips > 1)),
        ),
        ("most stops hold for each span", int((p.most_stops > 0).sum() * (trips > 1))),
        (
            "starts and ends away from the depot: their ways are taken off the hours",
            int((p.ways_s.sum(axis=1) > 0).sum()),
        ),
        ("drivers apart from vehicles: each vehicle has one", len(day.drivers)),
        ("hours of other traffic", len(day.traffic)),
        ("work shared evenly", int(day.balance is not None)),
    )
    for told, count in counts:
        if count:
            yield f"{told}: {count}"
