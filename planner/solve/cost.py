"""What a solution costs, in millionths."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from planner.model import Measure
from planner.solve.battery import left_mwh
from planner.solve.problem import MEASURES, MICRO, NO_KEEPER, UNITS, Problem
from planner.solve.solution import Tour


def total_cost(problem: Problem, tours: Sequence[Tour]) -> int:
    """Return the money spent and the penalties of orders not served, in millionths."""
    visited = {visit.place for tour in tours for visit in tour.visits}
    missing = sum(int(problem.penalty[order]) for order in range(problem.orders) if order not in visited)
    return missing + sum(tour_cost(problem, tour) for tour in tours) + _balance_cost(problem, tours)


def _balance_cost(p: Problem, tours: Sequence[Tour]) -> int:
    """Return the price of what vehicles in use do above their mean."""
    by, price = (int(value) for value in p.balance)
    if not price:
        return 0
    used = [tour for tour in tours if tour.visits]
    done = [_done(p, MEASURES[by], tour) for tour in used]
    above = [max(len(used) * amount - sum(done), 0) // len(used) for amount in done]
    return sum(amount * price // int(UNITS[by]) for amount in above)


def _done(p: Problem, by: Measure, tour: Tour) -> int:
    if by is Measure.STOPS:
        return sum(visit.place < p.orders for visit in tour.visits)
    if by is Measure.KM:
        return _metres(p, tour) + int(p.ways_m[tour.vehicle])
    return tour.end_s - tour.start_s + int(p.ways_s[tour.vehicle].sum())


def _metres(p: Problem, tour: Tour) -> int:
    depot = int(p.depot[tour.vehicle])
    stops = [depot, *(visit.place for visit in tour.visits), depot]
    return sum(int(p.distance_m[p.network[p.kind[tour.vehicle]], a, b]) for a, b in pairwise(stops))


def tour_cost(p: Problem, tour: Tour) -> int:
    """Return the money that one vehicle's day costs, but for its part of the balance."""
    kind, depot = int(p.kind[tour.vehicle]), int(p.depot[tour.vehicle])
    metres = _metres(p, tour)
    public = [(v.charge_mwh, int(p.price_per_kwh[v.place - p.orders])) for v in tour.all_visits if v.plug >= 0]
    public += [(v.charge_mwh, int(p.pack_per_kwh[depot - p.orders])) for v in tour.all_visits if v.swap_end_s]
    taken = int(p.start_mwh[tour.vehicle]) + sum(visit.charge_mwh for visit in tour.all_visits) - left_mwh(p, tour)
    night = int(p.night_per_kwh[depot - p.orders])
    energy = sum(amount * (price - night) for amount, price in public) + taken * (night + int(p.wear_per_kwh[kind]))
    since_s = int(p.shift[tour.vehicle, 0]) if p.at_work[tour.vehicle] else tour.start_s
    paid_s = max(tour.end_s - since_s, int(p.min_paid_s[tour.vehicle]))
    energy = max(0, energy) // MICRO
    over_s = max(0, tour.end_s - int(p.regular_s[tour.vehicle]))
    paid = paid_s * int(p.per_s[kind]) + over_s * int(p.per_over_s[kind])
    late = sum(late_s(p, v.place, v.begin_s) * int(p.late_per_s[v.place]) for v in tour.visits if v.place < p.orders)
    moved = sum(
        int(p.move_cost[v.place])
        for v in tour.visits
        if v.place < p.orders and int(p.keeper[v.place]) not in {NO_KEEPER, tour.vehicle}
    )
    fixed = int(p.per_day[kind]) + int(p.ways_cost[tour.vehicle])
    return fixed + metres * int(p.per_km[kind]) // 1000 + paid + energy + late + moved


def late_s(p: Problem, order: int, begin_s: int) -> int:
    """Return how late service begins, 0 where its order may not be late or is in time."""
    if not p.late_per_s[order]:
        return 0
    inside = (p.windows[order, :, 0] <= begin_s) & (begin_s <= p.windows[order, :, 1])
    return max(0, begin_s - int(p.punctual_s[order][inside].max(initial=0))) if inside.any() else 0
