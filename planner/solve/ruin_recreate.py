"""Slack induction by string removals on priced routes (Christiaens and Vanden Berghe, Transportation Science 54, 2020).

An iteration removes strings of neighbouring customers from neighbouring routes and puts each back where it costs least,
overlooking one place in a hundred. Fewer vehicles are sought with the sum of absences (ibid., section 5.4): how often
each customer was left out says how hard it is to place, and a solution with easier customers left out is better.

A route that an iteration touches is copied to a free slot first, so that a refused iteration costs nothing to undo.
Nothing here calls a logarithm, so that every machine accepts the same solutions.
"""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from planner.solve.instance import Floats, Ints
from planner.solve.labels import NONE
from planner.solve.pricing import Case, Routes, new_routes, price, renew

BLINK = 0.01
REMOVED = 10.0  # customers on average
LONGEST_STRING = 10
SPLIT = 0.5  # of strings keep some customers in their middle
SPLIT_DEPTH = 0.01
SCAN_ALL = 150  # customers; with more, places beside the nearest ones only
NEAREST = 30

# Rows of `Island.now`.
ROUTES, FREE, ABSENT, COST, BEST_COST, BEST_ROUTES, DONE, OVERFLOW = range(8)
# Orders in which customers come back, with their weights (ibid., section 5.2 and 5.4).
RANDOM, DEMAND, FAR, CLOSE, WIDTH, OPENS, CLOSES = range(7)
WEIGHTS = np.array([4, 4, 2, 1, 2, 2, 2])


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


def new_island(case: Case, *, seed: int, most_routes: int, longest: int) -> Island:
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
        now=np.zeros(8, np.int64),
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
        random=np.array([(seed * 0x9E3779B97F4A7C15 + 0x632BE59BD9B4E019) % 2**64 or 1], np.uint64),
    )
    island.now[FREE], island.now[ABSENT], island.now[BEST_COST] = slots, n, NONE
    return island


@numba.njit(cache=True, nogil=True)
def draw(random):  # type: ignore[no-untyped-def]
    """Return a number in [0, 1) (xorshift64*, Vigna, ACM TOMS 42, 2016)."""
    x = random[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    random[0] = x
    return float((x * np.uint64(2685821657736338717)) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@numba.njit(cache=True, nogil=True)
def exponential(random):  # type: ignore[no-untyped-def]
    """Return a number with the exponential distribution, to seven digits, by arithmetic alone."""
    u = 1.0 - draw(random)
    halvings = 0
    while u < 0.5:
        u *= 2.0
        halvings += 1
    z = (1.0 - u) / (1.0 + u)
    zz = z * z
    series = 2.0 * z * (1.0 + zz * (1 / 3 + zz * (1 / 5 + zz * (1 / 7 + zz * (1 / 9 + zz / 11)))))
    return halvings * 0.6931471805599453 + series


@numba.njit(cache=True, nogil=True)
def _take_slot(island):  # type: ignore[no-untyped-def]
    island.now[FREE] -= 1
    return island.free[island.now[FREE]]


@numba.njit(cache=True, nogil=True)
def _give_slot(island, slot):  # type: ignore[no-untyped-def]
    island.free[island.now[FREE]] = slot
    island.now[FREE] += 1


@numba.njit(cache=True, nogil=True, inline="always")
def _copy_labels(source, k, target, to, many, costs, values, bounds):  # type: ignore[no-untyped-def]
    """Copy the labels of one stop."""
    count = many[source, k]
    many[target, to] = count
    bounds[target, to] = bounds[source, k]
    for m in range(count):
        costs[target, to, m] = costs[source, k, m]
        for f in range(3):
            values[target, to, m, f] = values[source, k, m, f]


@numba.njit(cache=True, nogil=True)
def _copy(routes, source, target):  # type: ignore[no-untyped-def]
    stops, length = routes.stops, routes.length[source]
    routes.length[target] = length
    routes.load[target] = routes.load[source]
    routes.cost[target] = routes.cost[source]
    many, costs, values, bounds = routes.ahead_many, routes.ahead_cost, routes.ahead, routes.soonest
    for k in range(length):
        stops[target, k] = stops[source, k]
        _copy_labels(source, k, target, k, many, costs, values, bounds)
    many, costs, values, bounds = routes.behind_many, routes.behind_cost, routes.behind, routes.last
    for k in range(length):
        _copy_labels(source, k, target, k, many, costs, values, bounds)


@numba.njit(cache=True, nogil=True)
def _touch(island, r, mark, touched):  # type: ignore[no-untyped-def]
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


@numba.njit(cache=True, nogil=True)
def _index(island, r):  # type: ignore[no-untyped-def]
    """Note where each customer of a route is."""
    slot, stops, where, at = island.slot_of[r], island.routes.stops, island.where, island.at
    for k in range(island.routes.length[slot]):
        c = stops[slot, k]
        where[c] = r
        at[c] = k


@numba.njit(cache=True, nogil=True)
def _remove(case, island, r, begin, end):  # type: ignore[no-untyped-def]
    """Make the customers at stops begin..end-1 of a route absent; labels are renewed by the caller."""
    routes, slot = island.routes, island.slot_of[r]
    length, stops = routes.length[slot], routes.stops
    for k in range(begin, end):
        c = stops[slot, k]
        island.where[c] = -1
        island.absent[island.now[ABSENT]] = c
        island.now[ABSENT] += 1
        routes.load[slot] -= case.demand[c]
    many, costs, values, bounds = routes.behind_many, routes.behind_cost, routes.behind, routes.last
    for k in range(end, length):
        to = k - (end - begin)
        stops[slot, to] = stops[slot, k]
        _copy_labels(slot, k, slot, to, many, costs, values, bounds)
    routes.length[slot] = length - (end - begin)


@numba.njit(cache=True, nogil=True)
def insert(case, island, r, k, u, bound):  # type: ignore[no-untyped-def]
    """Put customer u before stop k of a route, which then costs no more than `bound`."""
    routes, slot = island.routes, island.slot_of[r]
    length, stops = routes.length[slot], routes.stops
    many, costs, values, bounds = routes.behind_many, routes.behind_cost, routes.behind, routes.last
    for m in range(length, k, -1):
        stops[slot, m] = stops[slot, m - 1]
        _copy_labels(slot, m - 1, slot, m, many, costs, values, bounds)
    stops[slot, k] = u
    routes.length[slot] = length + 1
    routes.load[slot] += case.demand[u]
    renew(case, routes, slot, k, k, bound)
    _index(island, r)


@numba.njit(cache=True, nogil=True)
def _open(island, mark, touched):  # type: ignore[no-untyped-def]
    """Add an empty route; return how many routes the iteration has touched."""
    r, slot = island.now[ROUTES], _take_slot(island)
    island.now[ROUTES] += 1
    island.routes.length[slot] = 0
    island.routes.load[slot] = 0.0
    island.routes.cost[slot] = 0
    island.slot_of[r], island.stamp[r], island.saved_slot[r] = slot, mark, -1
    island.touched[touched] = r
    return touched + 1


@numba.njit(cache=True, nogil=True)
def _ruin(case, island, mark):  # type: ignore[no-untyped-def]
    """Remove strings near a random customer from as many routes; return how many routes were touched."""
    n, touched = case.customers, 0
    served = n - island.now[ABSENT]
    if served == 0:
        return 0
    near, where, stamp, at = case.near, island.where, island.stamp, island.at
    longest = min(float(LONGEST_STRING), served / max(1.0, float(island.now[ROUTES])))
    strings = int(1.0 + draw(island.random) * (4.0 * REMOVED / (1.0 + longest) - 1.0))
    seed = int(draw(island.random) * n)
    for a in range(near.shape[1]):
        if strings <= 0:
            break
        c = near[seed, a]
        r = where[c]
        if r < 0 or stamp[r] == mark:
            continue
        touched = _touch(island, r, mark, touched)
        slot = island.slot_of[r]
        length = island.routes.length[slot]
        size = int(1.0 + draw(island.random) * min(float(length), longest))
        size = min(size, length)
        _cut(case, island, r, at[c], size)
        strings -= 1
    return touched


@numba.njit(cache=True, nogil=True)
def _cut(case, island, r, k, size):  # type: ignore[no-untyped-def]
    """Remove `size` customers around stop k, in one string or with a part kept in its middle."""
    slot = island.slot_of[r]
    length = island.routes.length[slot]
    kept = 0
    if 1 < size < length and draw(island.random) < SPLIT:
        kept = 1
        while size + kept < length and draw(island.random) > SPLIT_DEPTH:
            kept += 1
    span = size + kept
    first = max(0, k - span + 1)
    last = min(k, length - span)
    begin = first + int(draw(island.random) * (last - first + 1))
    if kept == 0:
        _remove(case, island, r, begin, begin + size)
        first_changed, last_changed = begin, begin - 1
    else:
        head = 1 + int(draw(island.random) * (size - 1))
        _remove(case, island, r, begin + head + kept, begin + span)
        _remove(case, island, r, begin, begin + head)
        first_changed, last_changed = begin, begin + kept - 1
    if island.routes.length[slot]:
        renew(case, island.routes, slot, first_changed, last_changed, island.routes.cost[slot])
    else:
        island.routes.cost[slot] = 0
    _index(island, r)


@numba.njit(cache=True, nogil=True)
def _sort_absent(case, island):  # type: ignore[no-untyped-def]
    """Choose an order in which the absent customers come back."""
    depot = case.customers
    timed = case.closes[depot] < 1e14
    total = 0
    for w in range(7 if timed else 4):
        total += WEIGHTS[w]
    pick = draw(island.random) * total
    way = 0
    while pick >= WEIGHTS[way]:
        pick -= WEIGHTS[way]
        way += 1
    many = island.now[ABSENT]
    for a in range(many):
        c = island.absent[a]
        if way == RANDOM:
            key = draw(island.random)
        elif way == DEMAND:
            key = -case.demand[c]
        elif way == FAR:
            key = -float(case.cost[depot, c])
        elif way == CLOSE:
            key = float(case.cost[depot, c])
        elif way == WIDTH:
            key = case.closes[c] - case.opens[c]
        elif way == OPENS:
            key = case.opens[c]
        else:
            key = -case.closes[c]
        b = a
        while b > 0 and island.keys[b - 1] > key:
            island.keys[b] = island.keys[b - 1]
            island.absent[b] = island.absent[b - 1]
            b -= 1
        island.keys[b] = key
        island.absent[b] = c


@numba.njit(cache=True, nogil=True)
def _look(case, island, u):  # type: ignore[no-untyped-def]
    """List the places of a customer that a look at clock and load does not rule out; return how many.

    With many customers only places beside the nearest ones are looked at, more of them where none is found.
    """
    # Arrays are taken out of their tuples once: each time costs as much as the arithmetic.
    routes, where, at, near = island.routes, island.where, island.at, case.near
    stops, lengths, load, route_cost = routes.stops, routes.length, routes.load, routes.cost
    soonest, last, ahead_cost, behind_cost = routes.soonest, routes.last, routes.ahead_cost, routes.behind_cost
    lasts, cost, random, slot_of = case.lasts, case.cost, island.random, island.slot_of
    look_cost, look_route, look_stop = island.look_cost, island.look_route, island.look_stop
    opens, closes, room = case.opens[u], case.closes[u], case.capacity - case.demand[u]
    everywhere = case.customers <= SCAN_ALL
    found = seen = 0
    for a in range(island.now[ROUTES] if everywhere else near.shape[1]):
        if everywhere:
            r, first = a, 0
            last_stop = lengths[slot_of[r]]
        else:
            v = near[u, a]
            r = where[v]
            if r < 0 or v == u:
                continue
            seen += 1
            if seen > NEAREST and found:
                break
            first = at[v]
            last_stop = first + 1
        slot = slot_of[r]
        if load[slot] > room:
            continue
        for k in range(first, last_stop + 1):
            if k > 0:
                i = stops[slot, k - 1]
                t = soonest[slot, k - 1] + lasts[i, u]
                if t > closes:
                    break
                t = max(t, opens)
                least = ahead_cost[slot, k - 1, 0] + cost[i, u]
            else:
                t = case.out[u, 0, 0]
                least = case.out_cost[u, 0]
            if k < lengths[slot]:
                j = stops[slot, k]
                if t + lasts[u, j] > last[slot, k]:
                    continue
                least += cost[u, j] + behind_cost[slot, k, 0]
            else:
                least += case.home_cost[u, 0]
            if draw(random) >= BLINK:
                look_cost[found], look_route[found], look_stop[found] = least - route_cost[slot], r, k
                found += 1
    return found


@numba.njit(cache=True, nogil=True)
def cheapest(case, island, u):  # type: ignore[no-untyped-def]
    """Return the least extra cost of a customer in the routes, the route and the stop before which it comes.

    Places are priced in order of what they cost at least, until that is more than a price.
    """
    found = _look(case, island, u)
    best, best_r, best_k = NONE, -1, 0
    routes, costs, cost_of = island.routes, island.look_cost, island.routes.cost
    while True:
        pick, least = -1, best
        for f in range(found):
            if costs[f] < least:
                pick, least = f, costs[f]
        if pick < 0:
            return best, best_r, best_k
        r, k = island.look_route[pick], island.look_stop[pick]
        costs[pick] = NONE
        slot = island.slot_of[r]
        base = cost_of[slot]
        extra = price(case, routes, slot, k, u, min(best, NONE - base) + base) - base
        if extra < best and extra < NONE - base:
            best, best_r, best_k = extra, r, k


@numba.njit(cache=True, nogil=True)
def _recreate(case, island, mark, touched, limit, most_sum):  # type: ignore[no-untyped-def]
    """Put the absent customers back, up to `limit` routes; return the routes touched and the sum of absences.

    Gives up, with a sum above `most_sum`, as soon as those left out weigh more than that.
    """
    _sort_absent(case, island)
    many, left, total = island.now[ABSENT], 0, np.int64(0)
    for a in range(many):
        u = island.absent[a]
        cost, r, k = cheapest(case, island, u)
        if island.now[ROUTES] < limit and case.alone[u] + case.vehicle_cost < cost:
            touched = _open(island, mark, touched)
            r, k, cost = island.now[ROUTES] - 1, 0, case.alone[u]
        if r >= 0:
            touched = _touch(island, r, mark, touched)
            insert(case, island, r, k, u, island.routes.cost[island.slot_of[r]] + cost)
            if island.routes.cost[island.slot_of[r]] >= NONE:
                island.now[OVERFLOW] += 1
                return touched, NONE
        else:
            total += 1 + island.sums[u]
            if total > most_sum:
                return touched, NONE
            island.absent[left] = u
            left += 1
    island.now[ABSENT] = left
    return touched, total


@numba.njit(cache=True, nogil=True)
def _undo(island, touched, absent, routes_before):  # type: ignore[no-untyped-def]
    for m in range(touched):
        r = island.touched[m]
        _give_slot(island, island.slot_of[r])
        if island.saved_slot[r] >= 0:
            island.slot_of[r] = island.saved_slot[r]
            _index(island, r)
    island.now[ROUTES] = routes_before
    island.now[ABSENT] = absent
    for a in range(absent):
        c = island.saved_absent[a]
        island.absent[a] = c
        island.where[c] = -1


@numba.njit(cache=True, nogil=True)
def _settle(island, touched):  # type: ignore[no-untyped-def]
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
            _index(island, r)


@numba.njit(cache=True, nogil=True)
def total_cost(case, island):  # type: ignore[no-untyped-def]
    """Return what the routes cost, vehicles included."""
    total, slot_of, length, cost = np.int64(0), island.slot_of, island.routes.length, island.routes.cost
    for r in range(island.now[ROUTES]):
        slot = slot_of[r]
        if length[slot]:
            total += cost[slot] + case.vehicle_cost
    return total


@numba.njit(cache=True, nogil=True)
def keep_best(island, cost):  # type: ignore[no-untyped-def]
    """Remember the present routes."""
    island.now[BEST_COST] = cost
    island.now[BEST_ROUTES] = island.now[ROUTES]
    for r in range(island.now[ROUTES]):
        slot = island.slot_of[r]
        island.best_length[r] = island.routes.length[slot]
        for k in range(island.routes.length[slot]):
            island.best_stops[r, k] = island.routes.stops[slot, k]


@numba.njit(cache=True, nogil=True)
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
        renew(case, island.routes, slot, 0, length - 1, NONE)
        _index(island, r)
    absent = 0
    for c in range(case.customers):
        if island.where[c] < 0:
            island.absent[absent] = c
            absent += 1
    island.now[ABSENT] = absent
    island.now[COST] = total_cost(case, island)


@numba.njit(cache=True, nogil=True)
def drop_route(case, island):  # type: ignore[no-untyped-def]
    """Take one vehicle away: the one whose customers have been absent least."""
    least, chosen = NONE, 0
    for r in range(island.now[ROUTES]):
        slot = island.slot_of[r]
        total = np.int64(0)
        for k in range(island.routes.length[slot]):
            total += 1 + island.sums[island.routes.stops[slot, k]]
        if total < least:
            least, chosen = total, r
    _remove(case, island, chosen, 0, island.routes.length[island.slot_of[chosen]])
    _settle(island, 0)
    island.now[COST] = total_cost(case, island)


@numba.njit(cache=True, nogil=True)
def run(case, island, iterations, temperature, limit, leave):  # type: ignore[no-untyped-def]
    """Search for a number of iterations with at most `limit` routes; return how many were made.

    With `leave` customers may stay absent, fewer or easier ones being better, and it ends as soon as none is. Without,
    a solution that leaves more customers out than before is refused. The best complete solution is kept.
    """
    for done in range(iterations):
        island.now[DONE] += 1
        mark = island.now[DONE]
        absent, before = island.now[ABSENT], island.now[ROUTES]
        old_sum = np.int64(0)
        for a in range(absent):
            island.saved_absent[a] = island.absent[a]
            old_sum += 1 + island.sums[island.absent[a]]
        touched = _ruin(case, island, mark)
        touched, new_sum = _recreate(case, island, mark, touched, limit, old_sum if leave or absent == 0 else NONE)
        accepted = new_sum < NONE
        cost = np.int64(0)
        if accepted:
            cost = total_cost(case, island)
            better = new_sum < old_sum
            accepted = better or (
                new_sum == old_sum and cost < island.now[COST] + temperature * exponential(island.random)
            )
        if not accepted:
            _undo(island, touched, absent, before)
        else:
            _settle(island, touched)
            island.now[COST] = total_cost(case, island)
            if island.now[ABSENT] == 0 and island.now[COST] < island.now[BEST_COST]:
                keep_best(island, island.now[COST])
        if leave:
            if island.now[ABSENT] == 0:
                return done + 1
            for a in range(island.now[ABSENT]):
                island.sums[island.absent[a]] += 1
    return iterations
