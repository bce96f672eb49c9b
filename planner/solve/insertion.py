"""Find room for orders that the search left out, or show that there is none beside the others."""

from __future__ import annotations

from collections.abc import Iterator

from planner.solve.placing import settle
from planner.solve.problem import NO_WAY, Problem
from planner.solve.solution import Sequence, Tour

MOST_TRIES = 12  # exact timings for one order; past that nobody claims that there was no room


def insert_left_out(problem: Problem, tours: tuple[Tour, ...]) -> tuple[list[Tour], tuple[int, ...]]:
    """Return tours with every order inserted that fits, and the orders that fit nowhere.

    Weightiest first, at the place of least detour. A place is tried exactly, plugs included, if the bay has room
    and the clock allows it without any charging; an order without such a place left fits nowhere.
    """
    settled = list(tours)
    visited = {visit.place for tour in tours for visit in tour.visits}
    left_out = [order for order in range(problem.orders) if order not in visited]
    nowhere = []
    for order in sorted(left_out, key=lambda i: (-int(problem.penalty[i]), i)):
        places = sorted(_places(problem, settled, order))
        for _, vehicle, sequence in places[:MOST_TRIES]:
            others = [tour for tour in settled if tour.vehicle != vehicle]
            found = settle(problem, {vehicle: sequence}, taken=others)
            if found is not None:
                settled = found
                break
        else:
            if len(places) <= MOST_TRIES:
                nowhere.append(order)
    return settled, tuple(sorted(nowhere))


def _places(p: Problem, tours: list[Tour], order: int) -> Iterator[tuple[int, int, Sequence]]:
    """Yield (detour in seconds, vehicle, sequence) for each place that bay and clock allow."""
    driven = {tour.vehicle: [visit.place for visit in tour.visits] for tour in tours}
    for vehicle in range(p.vehicles):
        if not p.allowed[order, vehicle]:
            continue
        depot = int(p.depot[vehicle])
        base = driven.get(vehicle, [])
        travel = p.travel_s[p.network[p.kind[vehicle]]]
        new_trips = [[*base, depot, order], [order, depot, *base]] if base else [[order]]
        inside = [[*base[:i], order, *base[i:]] for i in range(len(base) + 1)] if base else []
        for sequence in [*inside, *new_trips]:
            seconds = _drive_s(p, vehicle, sequence)
            if seconds is not None and _has_room(p, vehicle, sequence):
                yield seconds - sum(int(travel[a, b]) for a, b in _legs(base, depot)), vehicle, sequence


def _legs(sequence: Sequence, depot: int) -> Iterator[tuple[int, int]]:
    return zip([depot, *sequence], [*sequence, depot], strict=True)


def _drive_s(p: Problem, vehicle: int, sequence: Sequence) -> int | None:
    """Return the seconds driven, None if windows or shift cannot be kept even without charging."""
    depot, travel = int(p.depot[vehicle]), p.travel_s[p.network[p.kind[vehicle]]]
    loading_s = int(p.loading_s[depot - p.orders])
    now, driven = int(p.shift[vehicle, 0]) + loading_s, 0
    for before, at in _legs(sequence, depot):
        leg = int(travel[before, at])
        if leg == NO_WAY:
            return None
        now, driven = now + leg, driven + leg
        if at < p.orders:
            begins = [max(now, int(a)) for a, b in p.windows[at] if now <= b]
            if not begins:
                return None
            now = min(begins) + int(p.service_s[at])
        elif at == depot:
            now += loading_s
    return driven if now - loading_s <= p.shift[vehicle, 1] else None


def _has_room(p: Problem, vehicle: int, sequence: Sequence) -> bool:
    kind, depot = int(p.kind[vehicle]), int(p.depot[vehicle])
    grams = millilitres = 0
    for at in sequence:
        if at == depot:
            grams = millilitres = 0
        elif at < p.orders:
            grams += int(p.demand_g[at])
            millilitres += int(p.volume_ml[at])
            if grams > p.payload_g[kind] or millilitres > p.bay_ml[kind]:
                return False
    return True
