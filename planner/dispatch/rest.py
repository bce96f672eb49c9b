"""The problem of the rest of a day: each vehicle from when it is free, with what its battery holds then."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from planner.dispatch.mend import lacks_mwh
from planner.dispatch.state import UnderWay, booked
from planner.model import Day
from planner.solve.battery import left_mwh
from planner.solve.cost import total_cost
from planner.solve.placing import settle, tidy
from planner.solve.problem import MICRO, Ints, Problem
from planner.solve.solution import Solution, Tour, tour_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked of the rest of a day: orders that stay on a vehicle, and prices of a change and of a courier."""

    on_vehicle: Mapping[str, str]
    move_cost: float = 0.0
    courier_cost: float | None = None


def rest_of(day: Day, p: Problem, states: Mapping[int, UnderWay], wanted: Wanted, *, now_s: int) -> Problem:
    """Return the problem of what is left. What a vehicle in use costs a day is spent, its hours are paid."""
    shift, start_mwh, ways_cost = p.shift.copy(), p.start_mwh.copy(), p.ways_cost.copy()
    ways_s, breaks, most, min_paid = p.ways_s.copy(), p.breaks.copy(), p.most_stops.copy(), p.min_paid_s.copy()
    allowed, packs, at_work = p.allowed.copy(), p.packs.copy(), p.at_work.copy()
    for v, state in states.items():
        shift[v, 0] = max(state.free_s, int(p.shift[v, 0]))
        pause = breaks[v].tolist()
        if state.kept is not None:
            pause = _break_left(pause, state)
            start_mwh[v], ways_s[v, 0], at_work[v] = state.stored_mwh, 0, 1
            min_paid[v] = max(0, int(p.min_paid_s[v]) - (state.free_s - state.kept.start_s))
            ways_cost[v] -= p.per_day[p.kind[v]] + min_paid[v] * p.per_s[p.kind[v]]  # that money is spent
            swapped = sum(bool(visit.swap_end_s) for visit in state.kept.all_visits)
            packs[p.depot[v] - p.orders, p.kind[v]] = max(packs[p.depot[v] - p.orders, p.kind[v]] - swapped, 0)
            most[v] = max(p.most_stops[v] - sum(place < p.orders for place in state.orders), 0)
        out_of_stops = p.most_stops[v] > 0 and most[v] <= 0
        too_late_to_rest = pause[0] > 0 and not pause[3] and shift[v, 0] > pause[2]
        if state.finished or shift[v, 0] >= shift[v, 1] or out_of_stops or too_late_to_rest:
            allowed[:, v], most[v], pause = 0, p.most_stops[v], [0, 0, 0, 0]
            shift[v, 0] = min(shift[v])
        breaks[v] = pause
    _keep_groups(day, states, allowed)
    number = {vehicle.id: i for i, vehicle in enumerate(day.vehicles)}
    for i, order in enumerate(day.orders):
        if order.id in wanted.on_vehicle:
            only = number[wanted.on_vehicle[order.id]]
            allowed[i] = np.where(np.arange(p.vehicles) == only, allowed[i], 0)
    release = np.where((p.pickup == 1) | (p.partner >= 0), p.release_s, np.maximum(p.release_s, now_s))
    settled = [state.kept for state in states.values() if state.kept is not None]
    return replace(
        p, shift=shift, start_mwh=start_mwh, ways_cost=ways_cost, ways_s=ways_s, breaks=breaks, most_stops=most,
        min_paid_s=min_paid, allowed=allowed, packs=packs, release_s=release, at_work=at_work,
        booked=booked_by(p, settled, now_s),
    )  # fmt: skip


def booked_by(p: Problem, tours: Iterable[Tour], now_s: int) -> Ints:
    """Return what is booked of the plugs already, and what these tours hold from now on."""
    return np.concatenate([p.booked, np.array(booked(p, list(tours), now_s), dtype=np.int64).reshape(-1, 4)])


def _break_left(pause: list[int], state: UnderWay) -> list[int]:
    """Return the break that a vehicle under way still has to take, by the clock."""
    assert state.kept is not None
    length_s, earliest_s, latest_s, moves = pause
    since_s = state.kept.start_s if moves else 0
    return [0, 0, 0, 0] if not length_s or state.rested else [length_s, since_s + earliest_s, since_s + latest_s, 0]


def _keep_groups(day: Day, states: Mapping[int, UnderWay], allowed: Ints) -> None:
    """Let what is left of a group go only where the others of it are."""
    orders = day.orders
    vehicles = {
        orders[place].group: v
        for v, state in states.items()
        for place in state.orders
        if place < len(orders) and orders[place].group
    }
    for i, order in enumerate(orders):
        if order.group in vehicles:
            allowed[i] = np.where(np.arange(allowed.shape[1]) == vehicles[order.group], allowed[i], 0)


def priced(rest: Problem, wanted: Wanted, before: Mapping[int, int]) -> Problem:
    """Return the problem with the price of a change for orders that a vehicle was to serve, and that of a courier."""
    keeper, move_cost = rest.keeper.copy(), rest.move_cost.copy()
    for order, vehicle in before.items():
        if rest.allowed[order, vehicle] and wanted.move_cost > 0:
            keeper[order], move_cost[order] = vehicle, round(wanted.move_cost * MICRO)
    penalty = rest.penalty
    if wanted.courier_cost is not None:
        by_courier = (rest.pickup == 0) & (rest.partner < 0)
        penalty = np.where(by_courier, np.minimum(penalty, round(wanted.courier_cost * MICRO)), penalty)
    return replace(rest, keeper=keeper, move_cost=move_cost, penalty=penalty)


def old_rest(
    rest: Problem, tours: Mapping[int, Tour], states: Mapping[int, UnderWay], closed: Collection[int]
) -> dict[int, Tour]:
    """Return what each vehicle was to do in the rest of the day, where that still holds.

    A day of which orders fall out one after the other is tried until it can be timed beside those of the others.
    """
    settled: list[Tour] = []
    for v, tour in _rests(tours, states).items():
        depot, places = int(rest.depot[v]), [visit.place for visit in tour.visits]
        places = [at for at in places if at >= rest.orders or (at not in closed and rest.allowed[at, v])]
        wanted = tidy([at for at in places if at >= rest.orders or rest.partner[at] < 0], depot=depot)
        while any(at < rest.orders for at in wanted):
            timed = settle(rest, {v: wanted}, taken=settled)
            if timed is not None:
                settled = timed
                break
            last = max(i for i, at in enumerate(wanted) if at < rest.orders)
            wanted = tidy(wanted[:last] + wanted[last + 1 :], depot=depot)
    return {tour.vehicle: tour for tour in settled}


def as_before(rest: Problem, tours: Mapping[int, Tour], states: Mapping[int, UnderWay], found: Solution) -> Solution:
    """Return a solution in which whoever goes where he was to go does so at the times he has been told.

    `tours` are the days as they would go on. The others are timed anew beside those; where that is not possible or
    dearer, all is as it was found.
    """
    same = {v: old for v, tour in _rests(tours, states).items() if (old := _told_times(rest, tour, found)) is not None}
    others = {tour.vehicle: [visit.place for visit in tour.visits] for tour in found.tours if tour.vehicle not in same}
    timed = settle(rest, others, taken=list(same.values())) if same else None
    if timed is None or total_cost(rest, timed) > total_cost(rest, found.tours):
        return found
    return replace(found, tours=tuple(sorted(timed, key=lambda tour: tour.vehicle)))


def _rests(tours: Mapping[int, Tour], states: Mapping[int, UnderWay]) -> dict[int, Tour]:
    """Return what is left of each day after what is kept of it."""
    left = {}
    for v, tour in tours.items():
        kept = states[v].kept
        visits = tour.all_visits[0 if kept is None else len(kept.visits) + 1 :]
        if len(visits) > 1:
            left[v] = tour_of(v, list(visits))
    return left


def _told_times(rest: Problem, tour: Tour, found: Solution) -> Tour | None:
    """Return the rest of a day as it was told, None where it goes elsewhere now or may not be as it was told."""
    now = next((other for other in found.tours if other.vehicle == tour.vehicle), None)
    if now is None or [visit.place for visit in now.visits] != [visit.place for visit in tour.visits]:
        return None
    served = [visit for visit in tour.visits if visit.place < rest.orders]
    in_time = all(
        ((rest.windows[visit.place, :, 0] <= visit.begin_s) & (visit.begin_s <= rest.windows[visit.place, :, 1])).any()
        for visit in served
    )
    dead = {int(plug) for plug, _, end, watts in rest.booked.tolist() if end >= rest.horizon_s and not watts}
    released = tour.first.begin_s >= max((int(rest.release_s[visit.place]) for visit in served), default=0)
    powered = all(visit.plug not in dead for visit in tour.all_visits)
    lasts = lacks_mwh(rest, tour, len(tour.visits) + 1) <= 0 and left_mwh(rest, tour) >= int(rest.end_mwh[tour.vehicle])
    sets_out = tour.first.begin_s >= int(rest.shift[tour.vehicle, 0]) and tour.end_s <= int(rest.shift[tour.vehicle, 1])
    return tour if in_time and released and powered and lasts and sets_out else None


def beginning_with(rest: Problem, tours: Mapping[int, Tour]) -> Problem:
    """Return the problem of which a search begins with these tours."""
    begin = np.full((rest.vehicles, 3 * rest.orders + 8), -1, dtype=np.int64)
    for v, tour in tours.items():
        begin[v, : len(tour.visits)] = [visit.place for visit in tour.visits]
    return replace(rest, begin=begin)
