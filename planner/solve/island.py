"""The state of one search for an instance: routes in slots, who is absent, the best solution, its random stream.

A route that an iteration touches is copied to a free slot first, so that a refused iteration costs nothing to undo.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.solve.compiled import compiled
from planner.solve.curve_pricing import CurvedCase
from planner.solve.draws import random_stream
from planner.solve.either import renew_route
from planner.solve.instance import Floats, Ints
from planner.solve.labels import NONE
from planner.solve.pricing import Case, Routes, arrays, copy_list, new_routes

# Rows of `Island.now`.
ROUTES, FREE, ABSENT, COST, BEST_COST, BEST_ROUTES, DONE = range(7)


class Island(NamedTuple):
    """One search: its routes, which slots are in use, who is absent, the best solution, its random stream."""

    routes: Routes
    slot_of: Ints
    free: Ints
    where: Ints
    at: Ints
    absent: Ints
    sums: Ints
    now: Ints
    stamp: Ints
    saved_slot: Ints
    touched: Ints
    saved_absent: Ints
    keys: Floats
    look_cost: Ints
    look_route: Ints
    look_stop: Ints
    best_stops: Ints
    best_length: Ints
    random: NDArray[np.uint64]


def new_island(case: Case | CurvedCase, *, seed: int, most_routes: int, longest: int) -> Island:
    """Return a search in which every customer is absent."""
    n = case.customers
    slots = 2 * most_routes + 2
    island = Island(
        routes=new_routes(slots, longest + 1),
        slot_of=np.zeros(most_routes + 1, np.int64),
        free=np.arange(slots, dtype=np.int64)[::-1].copy(),
        where=np.full(n, -1, np.int64),
        at=np.zeros(n, np.int64),
        absent=np.arange(n, dtype=np.int64),
        sums=np.zeros(n, np.int64),
        now=np.zeros(7, np.int64),
        stamp=np.full(most_routes + 1, -1, np.int64),
        saved_slot=np.zeros(most_routes + 1, np.int64),
        touched=np.zeros(most_routes + 1, np.int64),
        saved_absent=np.zeros(n, np.int64),
        keys=np.zeros(n),
        look_cost=np.zeros(2 * n + most_routes, np.int64),
        look_route=np.zeros(2 * n + most_routes, np.int64),
        look_stop=np.zeros(2 * n + most_routes, np.int64),
        best_stops=np.zeros((most_routes + 1, longest + 1), np.int64),
        best_length=np.zeros(most_routes + 1, np.int64),
        random=random_stream(seed),
    )
    island.now[FREE], island.now[ABSENT], island.now[BEST_COST] = slots, n, NONE
    return island


@compiled
def _take_slot(island):  # type: ignore[no-untyped-def]
    island.now[FREE] -= 1
    return island.free[island.now[FREE]]


@compiled
def _give_slot(island, slot):  # type: ignore[no-untyped-def]
    island.free[island.now[FREE]] = slot
    island.now[FREE] += 1


@compiled
def _copy(routes, source, target):  # type: ignore[no-untyped-def]
    stops, soonest, last, length = routes.stops, routes.soonest, routes.last, routes.length[source]
    ahead, behind, width = arrays(routes.ahead), arrays(routes.behind), routes.stops.shape[1]
    routes.length[target] = length
    routes.load[target] = routes.load[source]
    routes.cost[target] = routes.cost[source]
    routes.direct[target, 0], routes.direct[target, 1] = routes.direct[source, 0], routes.direct[source, 1]
    for k in range(length):
        stops[target, k], soonest[target, k], last[target, k] = stops[source, k], soonest[source, k], last[source, k]
        copy_list(ahead, source * width + k, ahead, target * width + k)
        copy_list(behind, source * width + k, behind, target * width + k)


@compiled
def touch(island, r, mark, touched):  # type: ignore[no-untyped-def]
    """Let an iteration change a route: from now on it changes a copy. Return how many it has touched."""
    if island.stamp[r] == mark:
        return touched
    fresh = _take_slot(island)
    _copy(island.routes, island.slot_of[r], fresh)
    island.saved_slot[r] = island.slot_of[r]
    island.slot_of[r] = fresh
    island.stamp[r] = mark
    island.touched[touched] = r
    return touched + 1


@compiled
def index(island, r):  # type: ignore[no-untyped-def]
    """Note where each customer of a route is."""
    slot, stops, where, at = island.slot_of[r], island.routes.stops, island.where, island.at
    for k in range(island.routes.length[slot]):
        c = stops[slot, k]
        where[c] = r
        at[c] = k


@compiled
def remove(case, island, r, begin, end):  # type: ignore[no-untyped-def]
    """Make the customers at stops begin..end-1 of a route absent; labels are renewed by the caller."""
    routes, slot, where, absent, now = island.routes, island.slot_of[r], island.where, island.absent, island.now
    length, stops, demand = routes.length[slot], routes.stops, case.demand
    for k in range(begin, end):
        c = stops[slot, k]
        where[c] = -1
        absent[now[ABSENT]] = c
        now[ABSENT] += 1
        routes.load[slot] -= demand[c]
    behind, last, at0 = arrays(routes.behind), routes.last, slot * stops.shape[1]
    for k in range(end, length):
        to = k - (end - begin)
        stops[slot, to], last[slot, to] = stops[slot, k], last[slot, k]
        copy_list(behind, at0 + k, behind, at0 + to)
    routes.length[slot] = length - (end - begin)


@compiled
def insert(case, island, r, k, u, bound):  # type: ignore[no-untyped-def]
    """Put customer u before stop k of a route, which then costs no more than `bound`."""
    routes, slot = island.routes, island.slot_of[r]
    length, stops = routes.length[slot], routes.stops
    behind, last, at0 = arrays(routes.behind), routes.last, slot * stops.shape[1]
    for m in range(length, k, -1):
        stops[slot, m], last[slot, m] = stops[slot, m - 1], last[slot, m - 1]
        copy_list(behind, at0 + m - 1, behind, at0 + m)
    stops[slot, k] = u
    routes.length[slot] = length + 1
    routes.load[slot] += case.demand[u]
    renew_route(case, routes, slot, k, k, bound)
    index(island, r)


@compiled
def open_route(island, mark, touched):  # type: ignore[no-untyped-def]
    """Add an empty route; return how many routes the iteration has touched."""
    r, slot = island.now[ROUTES], _take_slot(island)
    island.now[ROUTES] += 1
    island.routes.length[slot] = 0
    island.routes.load[slot] = 0.0
    island.routes.cost[slot] = 0
    island.slot_of[r], island.stamp[r], island.saved_slot[r] = slot, mark, -1
    island.touched[touched] = r
    return touched + 1


@compiled
def undo(island, touched, absent, routes_before):  # type: ignore[no-untyped-def]
    """Bring back the routes and the absent customers of before an iteration."""
    for m in range(touched):
        r = island.touched[m]
        _give_slot(island, island.slot_of[r])
        if island.saved_slot[r] >= 0:
            island.slot_of[r] = island.saved_slot[r]
            index(island, r)
    island.now[ROUTES] = routes_before
    island.now[ABSENT] = absent
    for a in range(absent):
        c = island.saved_absent[a]
        island.absent[a] = c
        island.where[c] = -1


@compiled
def settle(island, touched):  # type: ignore[no-untyped-def]
    """Free the slots of what was before, and close empty routes."""
    for m in range(touched):
        r = island.touched[m]
        if island.saved_slot[r] >= 0:
            _give_slot(island, island.saved_slot[r])
    r = 0
    while r < island.now[ROUTES]:
        if island.routes.length[island.slot_of[r]]:
            r += 1
            continue
        _give_slot(island, island.slot_of[r])
        island.now[ROUTES] -= 1
        island.slot_of[r] = island.slot_of[island.now[ROUTES]]
        if r < island.now[ROUTES]:
            index(island, r)


@compiled
def total_cost(case, island):  # type: ignore[no-untyped-def]
    """Return what the routes cost, vehicles included."""
    total, slot_of, length, cost = np.int64(0), island.slot_of, island.routes.length, island.routes.cost
    for r in range(island.now[ROUTES]):
        slot = slot_of[r]
        if length[slot]:
            total += cost[slot] + case.vehicle_cost
    return total


@compiled
def keep_best(island, cost):  # type: ignore[no-untyped-def]
    """Remember the present routes."""
    island.now[BEST_COST] = cost
    island.now[BEST_ROUTES] = island.now[ROUTES]
    for r in range(island.now[ROUTES]):
        slot = island.slot_of[r]
        island.best_length[r] = island.routes.length[slot]
        for k in range(island.routes.length[slot]):
            island.best_stops[r, k] = island.routes.stops[slot, k]


@compiled
def restore(case, island, stops, lengths, count):  # type: ignore[no-untyped-def]
    """Make given routes the present solution."""
    for r in range(island.now[ROUTES]):
        _give_slot(island, island.slot_of[r])
    island.now[ROUTES] = count
    island.where[:] = -1
    for r in range(count):
        slot = _take_slot(island)
        island.slot_of[r] = slot
        island.stamp[r] = -1
        length = lengths[r]
        island.routes.length[slot] = length
        load = 0.0
        for k in range(length):
            island.routes.stops[slot, k] = stops[r, k]
            load += case.demand[stops[r, k]]
        island.routes.load[slot] = load
        renew_route(case, island.routes, slot, 0, length - 1, NONE)
        index(island, r)
    absent = 0
    for c in range(case.customers):
        if island.where[c] < 0:
            island.absent[absent] = c
            absent += 1
    island.now[ABSENT] = absent
    island.now[COST] = total_cost(case, island)
