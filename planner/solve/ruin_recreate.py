"""Slack induction by string removals on priced routes (Christiaens and Vanden Berghe, Transportation Science 54, 2020).

An iteration removes strings of neighbouring customers from neighbouring routes and puts each back where it costs least,
overlooking one place in a hundred. Fewer vehicles are sought with the sum of absences (ibid., section 5.4): how often
each customer was left out says how hard it is to place, and a solution with easier customers left out is better.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba.extending import overload

from planner.solve.compiled import compiled
from planner.solve.curve_pricing import least_with, limit_of, price_curved
from planner.solve.draws import draw, exponential
from planner.solve.either import COMPILED, is_curved, renew_route
from planner.solve.island import (
    ABSENT,
    BEST_COST,
    COST,
    DONE,
    ROUTES,
    index,
    insert,
    keep_best,
    open_route,
    remove,
    settle,
    total_cost,
    touch,
    undo,
)
from planner.solve.labels import MOST, NONE
from planner.solve.pricing import arrays, price
from planner.solve.strings import LONGEST_STRING, SPLIT, SPLIT_DEPTH

BLINK = 0.01
REMOVED = 10.0  # customers on average
SCAN_ALL = 150  # customers; with more, places beside the nearest ones only
NEAREST = 30

# Orders in which customers come back, with their weights (ibid., section 5.2 and 5.4).
RANDOM, DEMAND, FAR, CLOSE, WIDTH, OPENS, CLOSES = range(7)
WEIGHTS = np.array([4, 4, 2, 1, 2, 2, 2])


@compiled
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
        touched = touch(island, r, mark, touched)
        slot = island.slot_of[r]
        length = island.routes.length[slot]
        size = int(1.0 + draw(island.random) * min(float(length), longest))
        size = min(size, length)
        _cut(case, island, r, at[c], size)
        strings -= 1
    return touched


@compiled
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
        remove(case, island, r, begin, begin + size)
        first_changed, last_changed = begin, begin - 1
    else:
        head = 1 + int(draw(island.random) * (size - 1))
        remove(case, island, r, begin + head + kept, begin + span)
        remove(case, island, r, begin, begin + head)
        first_changed, last_changed = begin, begin + kept - 1
    if island.routes.length[slot]:
        renew_route(case, island.routes, slot, first_changed, last_changed, island.routes.cost[slot])
    else:
        island.routes.cost[slot] = 0
    index(island, r)


@compiled
def _sort_absent(case, island):  # type: ignore[no-untyped-def]
    """Choose an order in which the absent customers come back."""
    # Arrays are taken out of their tuples once: each time costs as much as the arithmetic.
    depot, keys, absent, random = case.customers, island.keys, island.absent, island.random
    demand, cost, opens, closes = case.demand, case.cost, case.opens, case.closes
    timed = closes[depot] < 1e14
    total = 0
    for w in range(7 if timed else 4):
        total += WEIGHTS[w]
    pick = draw(random) * total
    way = 0
    while pick >= WEIGHTS[way]:
        pick -= WEIGHTS[way]
        way += 1
    many = island.now[ABSENT]
    for a in range(many):
        c = absent[a]
        if way == RANDOM:
            key = draw(random)
        elif way == DEMAND:
            key = -demand[c]
        elif way == FAR:
            key = -float(cost[depot, c])
        elif way == CLOSE:
            key = float(cost[depot, c])
        elif way == WIDTH:
            key = closes[c] - opens[c]
        elif way == OPENS:
            key = opens[c]
        else:
            key = -closes[c]
        b = a
        while b > 0 and keys[b - 1] > key:
            keys[b], absent[b] = keys[b - 1], absent[b - 1]
            b -= 1
        keys[b], absent[b] = key, c


@compiled
def _look(case, island, u):  # type: ignore[no-untyped-def]
    """List the places of a customer that a look at clock and load does not rule out; return how many.

    With many customers only places beside the nearest ones are looked at, more of them where none is found.
    """
    # Arrays are taken out of their tuples once: each time costs as much as the arithmetic.
    routes, where, at, near = island.routes, island.where, island.at, case.near
    stops, lengths, load, route_cost = routes.stops, routes.length, routes.load, routes.cost
    soonest, last, ahead_cost, behind_cost = routes.soonest, routes.last, routes.ahead.cost, routes.behind.cost
    out, home_least, width = case.out.value[u * MOST, 0], case.home.cost[u * MOST], routes.stops.shape[1]
    out_least = case.out.cost[u * MOST]
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
                least = ahead_cost[(slot * width + k - 1) * MOST] + cost[i, u]
            else:
                t, least = out, out_least
            if k < lengths[slot]:
                j = stops[slot, k]
                if t + lasts[u, j] > last[slot, k]:
                    continue
                least += cost[u, j] + behind_cost[(slot * width + k) * MOST]
            else:
                least += home_least
            if draw(random) >= BLINK:
                look_cost[found], look_route[found], look_stop[found] = least - route_cost[slot], r, k
                found += 1
    return found


@compiled
def _cheapest_steady(case, island, u):  # type: ignore[no-untyped-def]
    found = _look(case, island, u)
    best, best_r, best_k = NONE, -1, 0
    routes, costs, look_route, look_stop = island.routes, island.look_cost, island.look_route, island.look_stop
    cost_of, lengths, stops, slot_of = routes.cost, routes.length, routes.stops, island.slot_of
    legs, detours = (case.cost, case.lasts, case.takes), case.detours
    power = (case.battery, case.g, case.per_g, case.full)
    ahead, behind, at = arrays(routes.ahead), arrays(routes.behind), arrays(routes.at)
    out, back_home, opens, closes = arrays(case.out), arrays(case.home), case.opens, case.closes
    depot, width = case.customers, stops.shape[1]
    while True:
        pick, least = -1, best
        for f in range(found):
            if costs[f] < least:
                pick, least = f, costs[f]
        if pick < 0:
            return best, best_r, best_k
        r, k = look_route[pick], look_stop[pick]
        costs[pick] = NONE
        slot = slot_of[r]
        base, home = cost_of[slot], k == lengths[slot]
        i, j = depot if k == 0 else stops[slot, k - 1], depot if home else stops[slot, k]
        p, times = slot * width + k, (opens[u], closes[u], opens[j], closes[j])
        extra = (
            price(
                u, k, home, i, j, p - 1, p, legs, detours, ahead, behind, at, out, back_home, times, power,
                min(best, NONE - base) + base,
            )
            - base
        )  # fmt: skip
        if extra < best and extra < NONE - base:
            best, best_r, best_k = extra, r, k


@compiled
def _cheapest_curved(case, island, u):  # type: ignore[no-untyped-def]
    found = _look(case, island, u)
    best, best_r, best_k = NONE, -1, 0
    routes, costs = island.routes, island.look_cost
    for f in range(found):
        slot = island.slot_of[island.look_route[f]]
        costs[f] = max(costs[f], least_with(case, routes, slot, island.look_stop[f], u) - routes.cost[slot])
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
        base = routes.cost[slot]
        most = min(base + min(best, NONE - base), limit_of(case, routes.load[slot] + case.demand[u]) + 1)
        cost = price_curved(case, routes, slot, k, u, most)
        if cost < most:
            best, best_r, best_k = cost - base, r, k


def cheapest(case: Any, island: Any, u: int) -> tuple[int, int, int]:
    """Return the least extra cost of a customer in the routes, the route and the stop before which it comes.

    Places are priced in order of what they cost at least, until that is more than a price. For compiled loops only.
    """
    raise NotImplementedError


@overload(cheapest, jit_options=COMPILED)
def _cheapest(case, island, u):  # type: ignore[no-untyped-def]
    if is_curved(case):
        return lambda case, island, u: _cheapest_curved(case, island, u)
    return lambda case, island, u: _cheapest_steady(case, island, u)


@compiled
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
            touched = open_route(island, mark, touched)
            r, k, cost = island.now[ROUTES] - 1, 0, case.alone[u]
        if r >= 0:
            touched = touch(island, r, mark, touched)
            insert(case, island, r, k, u, island.routes.cost[island.slot_of[r]] + cost)
            if island.routes.cost[island.slot_of[r]] >= NONE:
                return touched, NONE
        else:
            total += 1 + island.sums[u]
            if total > most_sum:
                return touched, NONE
            island.absent[left] = u
            left += 1
    island.now[ABSENT] = left
    return touched, total


@compiled
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
    remove(case, island, chosen, 0, island.routes.length[island.slot_of[chosen]])
    settle(island, 0)
    island.now[COST] = total_cost(case, island)


@compiled
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
            undo(island, touched, absent, before)
        else:
            settle(island, touched)
            island.now[COST] = cost
            if island.now[ABSENT] == 0 and island.now[COST] < island.now[BEST_COST]:
                keep_best(island, island.now[COST])
        if leave:
            if island.now[ABSENT] == 0:
                return done + 1
            for a in range(island.now[ABSENT]):
                island.sums[island.absent[a]] += 1
    return iterations
