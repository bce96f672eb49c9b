"""Settle sequences of all vehicles on the clock and on the plugs; leave out what does not fit."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping

from planner.solve.cost import total_cost
from planner.solve.problem import Problem
from planner.solve.schedule import EXACT, schedule
from planner.solve.solution import Sequence, Tour
from planner.solve.trips import stops_of, torn


def place(problem: Problem, wanted: list[Sequence]) -> list[Tour]:
    """Time all vehicles together; if that fails one after the other, without the orders that do not fit."""
    used = {v: sequence for v, sequence in enumerate(wanted) if any(at < problem.orders for at in sequence)}
    tours = settle(problem, used, taken=[])
    return _one_by_one(problem, used) if tours is None else tours


def settle(
    problem: Problem,
    used: dict[int, Sequence],
    *,
    taken: list[Tour],
    until_s: float = math.inf,
    begins: Mapping[int, int] | None = None,
    exact: float = EXACT,
) -> list[Tour] | None:
    """Time some vehicles beside settled tours, without stations that turn out not to be needed; None if impossible.

    `begins` says for some vehicles when they start, `exact` how long to look.
    """
    if not used:
        return taken
    tours = schedule(problem, used, taken=taken, until_s=until_s, begins=begins, exact=exact)
    idle = {t.vehicle: needed for t in tours or [] if (needed := without_idle_stations(problem, t)) is not None}
    if tours is None or not idle:
        return tours
    busy = [tour for tour in tours if tour.vehicle not in idle]
    return settle(problem, idle, taken=busy, until_s=until_s, begins=begins, exact=exact)


def drop_needless_stations(problem: Problem, tours: list[Tour], *, until_s: float) -> list[Tour]:
    """Strike out each stop at a station without which the day still fits and costs less.

    The search plans with a full bay on every leg, so that true loads need fewer. Stops when the monotonic clock
    shows `until_s`.
    """
    settled = tours
    for vehicle in [tour.vehicle for tour in tours]:
        better: list[Tour] | None = settled
        while better is not None and time.monotonic() < until_s:
            settled = better
            better = _with_a_station_less(problem, settled, vehicle)
    return settled


def keep_groups_whole(problem: Problem, tours: list[Tour]) -> list[Tour]:
    """Leave out the orders whose group is not whole on one vehicle, and a day that does not hold without them."""
    settled = tours
    while left_out := torn(problem, settled):
        for tour in [tour for tour in settled if any(visit.place in left_out for visit in tour.visits)]:
            depot = int(problem.depot[tour.vehicle])
            less = tidy([visit.place for visit in tour.visits if visit.place not in left_out], depot=depot)
            others = [other for other in settled if other.vehicle != tour.vehicle]
            used = {tour.vehicle: less} if any(at < problem.orders for at in less) else {}
            found = settle(problem, used, taken=others)
            settled = others if found is None else found
    return settled


def _with_a_station_less(problem: Problem, tours: list[Tour], vehicle: int) -> list[Tour] | None:
    others = [tour for tour in tours if tour.vehicle != vehicle]
    sequence = next([visit.place for visit in tour.visits] for tour in tours if tour.vehicle == vehicle)
    for i, at in enumerate(sequence):
        if at >= problem.orders + problem.depots:
            less = tidy(sequence[:i] + sequence[i + 1 :], depot=int(problem.depot[vehicle]))
            found = settle(problem, {vehicle: less}, taken=others)
            if found is not None and total_cost(problem, found) < total_cost(problem, tours):
                return found
    return None


def tidy(sequence: Sequence, *, depot: int) -> Sequence:
    """Strike out empty trips."""
    kept: Sequence = []
    for at in sequence:
        if at != depot or (kept and kept[-1] != depot):
            kept.append(at)
    return kept[:-1] if kept and kept[-1] == depot else kept


def _one_by_one(problem: Problem, used: dict[int, Sequence]) -> list[Tour]:
    tours: list[Tour] = []
    for vehicle in sorted(used, key=lambda v: (-len(used[v]), v)):
        sequence = used[vehicle]
        while sequence:
            settled = settle(problem, {vehicle: sequence}, taken=tours)
            if settled is not None:
                tours = settled
                break
            sequence = _without_dearest(problem, vehicle, sequence)
    return tours


def _without_dearest(p: Problem, vehicle: int, sequence: Sequence) -> Sequence:
    """Drop the order that frees the most time among those whose loss weighs least."""
    travel, depot = p.travel_s[p.network[p.kind[vehicle]]], int(p.depot[vehicle])
    kind = int(p.kind[vehicle])
    stops = [depot, *sequence, depot]

    def freed_s(i: int) -> int:
        before, at, after = stops[i], stops[i + 1], stops[i + 2]
        driven_s = int(travel[before, at] + travel[at, after] - travel[before, after])
        return driven_s + p.standing_of(kind, before, at)

    orders = [i for i, at in enumerate(sequence) if at < p.orders]
    if len(orders) <= 1:
        return []
    dropped = stops_of(p, sequence[min(orders, key=lambda i: (int(p.penalty[sequence[i]]), -freed_s(i)))])
    return tidy([at for at in sequence if at >= p.orders or at not in dropped], depot=depot)


def without_idle_stations(p: Problem, tour: Tour) -> Sequence | None:
    """Return the sequence without stations where nothing is charged, None if there are none."""
    stations = p.orders + p.depots
    kept = [v.place for v in tour.visits if v.place < stations or v.plug >= 0 or v.break_end_s]
    return None if len(kept) == len(tour.visits) else tidy(kept, depot=int(p.depot[tour.vehicle]))
