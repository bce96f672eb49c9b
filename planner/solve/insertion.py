"""Find room for orders that the search left out, or show that there is none beside the others."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from planner.solve.cost import total_cost
from planner.solve.placing import settle
from planner.solve.problem import NO_WAY, Problem
from planner.solve.solution import Sequence, Tour, trip_from
from planner.solve.trips import has_room, members, ready_of, stops_of

_Place = tuple[int, int, Sequence]
"""Seconds that an order costs there, the vehicle, and its sequence with the order."""

MOST_TRIES = 12  # exact timings for one order; past that nobody claims that there was no room


def insert_left_out(problem: Problem, tours: tuple[Tour, ...], *, until_s: float) -> tuple[list[Tour], tuple[int, ...]]:
    """Return tours with every order inserted that fits, and the orders that fit nowhere.

    Weightiest first, at the place that costs the least time. A place is tried exactly, plugs included, if the bay
    has room and the clock allows it without any charging, and then with a stop at a station beside the order. An
    order fits nowhere if no such place is left, or if all fail and no station lies near: where stations do, two of
    them might have helped, and nothing is claimed. Both stops of a pair go in at once. Nothing is tried or claimed for
    orders of a group, which go in together or not at all. Stops when the monotonic clock shows `until_s`.
    """
    settled = list(tours)
    skipped = {visit.place for tour in tours for visit in tour.visits}
    skipped |= {order for orders in members(problem) for order in orders}
    left_out = [i for i in range(problem.orders) if i not in skipped and stops_of(problem, i)[0] == i]
    nowhere: list[int] = []
    for order in sorted(left_out, key=lambda i: (-int(problem.penalty[i]), i)):
        places = sorted(_places(problem, settled, order))
        nearest = places[:MOST_TRIES]
        by_station = [on_way for place in nearest for on_way in _by_station(problem, place, order)]
        for _, vehicle, sequence in [*nearest, *by_station]:
            if time.monotonic() >= until_s:
                return settled, tuple(sorted(nowhere))
            others = [tour for tour in settled if tour.vehicle != vehicle]
            found = settle(problem, {vehicle: sequence}, taken=others)
            if found is not None:
                if total_cost(problem, found) <= total_cost(problem, settled):  # else to leave it out is cheaper
                    settled = found
                break
        else:
            if len(places) <= MOST_TRIES and not by_station:
                nowhere += stops_of(problem, order)
    return settled, tuple(sorted(nowhere))


def insert_one(problem: Problem, tours: list[Tour], order: int, *, tries: int) -> list[Tour] | None:
    """Return tours with an order at the first of its nearest places that fits when timed exactly, None if none does."""
    for _, vehicle, sequence in sorted(_places(problem, tours, order))[:tries]:
        others = [tour for tour in tours if tour.vehicle != vehicle]
        found = settle(problem, {vehicle: sequence}, taken=others)
        if found is not None:
            return found
    return None


def _by_station(p: Problem, place: _Place, order: int) -> Iterator[_Place]:
    """Yield a place with a stop at the station that is the least detour before the order, or after it.

    Of a pair before and after both of its stops.
    """
    seconds, vehicle, sequence = place
    depot = int(p.depot[vehicle])
    stops, at = [depot, *sequence, depot], [sequence.index(stop) for stop in stops_of(p, order)]
    travel = p.travel_s[p.network[p.kind[vehicle]]]
    for i in sorted({*at, *(k + 1 for k in at)}):
        before, after = stops[i], stops[i + 1]
        ways = [
            (int(travel[before, station] + travel[station, after] - travel[before, after]), station)
            for station in (int(site) + p.orders for site in np.unique(p.plug_site[p.plug_site >= p.depots]))
            if travel[before, station] != NO_WAY and travel[station, after] != NO_WAY
        ]
        if ways:
            detour, station = min(ways)
            on_way = [*sequence[:i], station, *sequence[i:]]
            if _drive_s(p, vehicle, on_way) is not None:
                yield seconds + detour, vehicle, on_way


def _places(p: Problem, tours: list[Tour], order: int) -> Iterator[_Place]:
    """Yield (seconds that it costs, vehicle, sequence) for each place that bay and clock allow."""
    driven = {tour.vehicle: [visit.place for visit in tour.visits] for tour in tours}
    stops = stops_of(p, order)
    for vehicle in range(p.vehicles):
        if not p.allowed[stops, vehicle].all():
            continue
        depot = int(p.depot[vehicle])
        base = driven.get(vehicle, [])
        travel = p.travel_s[p.network[p.kind[vehicle]]]
        for sequence in sequences_with(base, stops, depot=depot):
            seconds = _drive_s(p, vehicle, sequence)
            if seconds is not None and has_room(p, vehicle, sequence):
                detour = seconds - sum(int(travel[a, b]) for a, b in _legs(base, depot))
                loading = (sequence.count(depot) - base.count(depot)) * int(p.loading_s[depot - p.orders])
                yield detour + loading, vehicle, sequence


def sequences_with(base: Sequence, stops: Sequence, *, depot: int) -> list[Sequence]:
    """Return a vehicle's sequence with an order, or a pair, at each place of a trip, and as a trip of its own."""
    first, *brought = stops
    in_a_trip = [
        [*base[:i], first, *base[i:j], *brought, *base[j:]]
        for i in range(len(base) + 1)
        for j in (_until_the_depot(base, i, depot) if brought else (i,))
    ]
    between = [[*base[:i], depot, *stops, *base[i:]] for i, place in enumerate(base) if place == depot]
    at_the_ends = [[*base, depot, *stops], [*stops, depot, *base]] if base else []
    return [*in_a_trip, *between, *at_the_ends]


def _until_the_depot(base: Sequence, i: int, depot: int) -> range:
    """Return the places from i to the end of its trip."""
    return range(i, next((k for k in range(i, len(base)) if base[k] == depot), len(base)) + 1)


def _legs(sequence: Sequence, depot: int) -> Iterator[tuple[int, int]]:
    return zip([depot, *sequence], [*sequence, depot], strict=True)


def _drive_s(p: Problem, vehicle: int, sequence: Sequence) -> int | None:
    """Return the seconds driven at the usual pace, None if windows or shift cannot be kept even without charging."""
    depot, travel = int(p.depot[vehicle]), p.travel_s[p.network[p.kind[vehicle]]]
    kind, stops = int(p.kind[vehicle]), [depot, *sequence, depot]
    ready = ready_of(p, depot, sequence)
    now, driven = int(p.shift[vehicle, 0]), 0
    for i, (before, at) in enumerate(pairwise(stops)):
        if before == depot:
            now = max(now, ready[i]) + p.loading_of(depot, trip_from(stops, i, depot=depot))
        leg = int(travel[before, at])
        if leg == NO_WAY:
            return None
        now, driven = p.arrival_s(now, leg), driven + leg
        if at < p.orders:
            begins = [max(now, int(a)) for a, b in p.windows[at] if now <= b]
            if not begins:
                return None
            now = min(begins) + p.standing_of(kind, before, at)
    return driven if now <= p.shift[vehicle, 1] else None
