"""What a route costs and what a customer would cost in it where stations charge along concave curves.

As in `planner.solve.pricing`, forward labels meet backward labels and no route is walked along. All that counts is the
time for driving and charging: a route may take no more of it than its limit leaves beside its service, which the search
sees as a load.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from planner.solve.compiled import compiled, inlined
from planner.solve.curve_labels import (
    KIND,
    PER_HOUR,
    TINY,
    drive_on,
    faster,
    joined,
    keep_ahead,
    keep_behind,
    kind_of,
    level_at,
    meeting,
    still_takes,
    time_to,
)
from planner.solve.instance import Floats, Ints
from planner.solve.labels import MOST, NONE, Labels
from planner.solve.pricing import SPARE, WORTH, arrays, copy_list

FIRST, SECOND = 2, 3  # lists of `Routes.at` for labels at a station; 0 and 1 are for those at a customer


class CurvedCase(NamedTuple):
    """As `planner.solve.pricing.Case`, with curves for a charge rate.

    `demand` is each customer's service, `capacity` the limit of a route; `lasts` holds drives without service. `curves`
    [k, c, 3] are the corners of each type of station (time, level, time per energy since the corner before), the type
    that takes no time last; `kind` [p] is the type of each station. `fastest` is the least time
    for a unit of energy.
    """

    customers: int
    cost: Ints
    lasts: Floats
    takes: Floats
    opens: Floats
    closes: Floats
    demand: Floats
    capacity: float
    battery: float
    curves: Floats
    kind: Ints
    fastest: float
    vehicle_cost: int
    spare_cost: int
    detours: tuple[Ints, Ints, Ints, Ints]
    near: Ints
    out: Labels
    home: Labels
    alone: Ints


@inlined
def whole(hours):  # type: ignore[no-untyped-def]
    """Turn time into whole units of cost."""
    return np.int64(np.rint(hours * PER_HOUR))


@inlined
def drive_ahead(legs, power, target, p, u, t0, s0, value0, i, limit):  # type: ignore[no-untyped-def]
    """Drive a forward label from i to u and keep it in list p."""
    many, costs, values = target
    _, lasts, takes = legs
    curves, _, battery = power
    k = kind_of(value0)
    t, s, d = drive_on(curves, t0, s0, value0 - k * KIND, k, lasts[i, u], takes[i, u], battery)
    if t >= 0.0:
        cost = whole(t)
        if cost <= limit:
            many[p] = keep_ahead(curves, costs, values, p * MOST, many[p], cost, t, s, joined(d, k), battery)


@compiled
def plug_ahead(legs, power, target, p, t0, s0, value0, i, station, most, limit):  # type: ignore[no-untyped-def]
    """Drive a forward label from i to a station, plug in there, and keep what comes of it in list p.

    The charge before ends as early as it may, or where the station charges more slowly at a corner of its curve.
    Nobody stops with more than `most` in the battery.
    """
    many, costs, values = target
    _, lasts, takes = legs
    curves, kinds, battery = power
    k, here = kind_of(value0), kinds[station]
    t, s, d = drive_on(curves, t0, s0, value0 - k * KIND, k, lasts[i, station], takes[i, station], battery)
    if t < 0.0 or battery - d > most:
        return
    e0 = min(max(level_at(curves, k, t - s) - d, 0.0), battery - d)
    for c in range(-1, curves.shape[1] if faster(curves, k, here) else 0):
        e = e0 if c < 0 else curves[k, c, 1] - d
        if c >= 0 and e <= e0:
            continue
        at = max(t, s + time_to(curves, k, e + d))
        if whole(at) <= limit:
            since = at - time_to(curves, here, e)
            many[p] = keep_ahead(
                curves, costs, values, p * MOST, many[p], whole(at), at, since, joined(0.0, here), battery
            )  # fmt: skip


@compiled
def charge_ahead(legs, power, room, target, p, u, t, s, value, i, first, second, most, limit):  # type: ignore[no-untyped-def]
    """Drive a forward label from i to u past a station, or two, and keep what comes of it in list p."""
    many, _, values = room
    many[FIRST] = many[SECOND] = 0
    plug_ahead(legs, power, room, FIRST, t, s, value, i, first, most, limit)
    last = FIRST
    if first != second:
        last = SECOND
        for m in range(FIRST * MOST, FIRST * MOST + many[FIRST]):
            t, s, value = values[m, 0], values[m, 1], values[m, 2]
            plug_ahead(legs, power, room, SECOND, t, s, value, first, second, np.inf, limit)
    for m in range(last * MOST, last * MOST + many[last]):
        drive_ahead(legs, power, target, p, u, values[m, 0], values[m, 1], values[m, 2], second, limit)


@inlined
def drive_behind(legs, power, target, p, cost0, d0, wanted, i, j, limit):  # type: ignore[no-untyped-def]
    """Bring a backward label from j back to i and keep it in list p."""
    many, costs, values = target
    leg_cost, _, takes = legs
    curves, _, battery = power
    d, cost = d0 + takes[i, j], cost0 + leg_cost[i, j]
    if d <= battery + TINY and cost <= limit:
        many[p] = keep_behind(curves, costs, values, p * MOST, many[p], cost, d, wanted, battery)


@compiled
def plug_behind(legs, power, target, p, cost0, d0, wanted, station, j, limit):  # type: ignore[no-untyped-def]
    """Bring a backward label from j back to the arrival at a station, and keep what comes of it in list p.

    The charge there ends as early as it may, or where it is faster than the one ahead at a corner of either curve.
    """
    many, costs, values = target
    leg_cost, _, takes = legs
    curves, kinds, battery = power
    d, cost = d0 + takes[station, j], cost0 + leg_cost[station, j]
    if d > battery + TINY:
        return
    k, here = kind_of(wanted), kinds[station]
    n, corners = wanted - k * KIND, curves.shape[1]
    for c in range(-1, 2 * corners if faster(curves, here, k) else 0):
        if c < 0:
            level = d
        elif c < corners:
            level = curves[here, c, 1]
        else:
            level = min(curves[k, c - corners, 1], n) + d
        if c >= 0 and (level <= d or level > min(n + d, battery)):
            continue
        total = cost + whole(still_takes(curves, k, n, d, level))
        if total <= limit:
            many[p] = keep_behind(curves, costs, values, p * MOST, many[p], total, 0.0, joined(level, here), battery)


@compiled
def charge_behind(legs, power, room, target, p, cost, d, wanted, i, first, second, j, limit):  # type: ignore[no-untyped-def]
    """Bring a backward label from j back to i past a station, or two, and keep what comes of it in list p."""
    many, costs, values = room
    many[FIRST] = many[SECOND] = 0
    plug_behind(legs, power, room, SECOND, cost, d, wanted, second, j, limit)
    last = SECOND
    if first != second:
        last = FIRST
        for m in range(SECOND * MOST, SECOND * MOST + many[SECOND]):
            plug_behind(legs, power, room, FIRST, costs[m], values[m, 0], values[m, 1], first, second, limit)
    for m in range(last * MOST, last * MOST + many[last]):
        drive_behind(legs, power, target, p, costs[m], values[m, 0], values[m, 1], i, first, limit)


@compiled
def ahead_to(case, room, source, p0, i, target, p, u, ample, most, limit):  # type: ignore[no-untyped-def]
    """Drive the forward labels of list p0, at place i, on to u and into list p, past stations or not.

    Those with an `ample` battery need no station for the rest of the way.
    """
    first_s, second_s, via, many_s = case.detours
    legs, power = (case.cost, case.lasts, case.takes), (case.curves, case.kind, case.battery)
    many0, costs0, values0 = source
    many, costs, _ = target
    for m in range(p0 * MOST, p0 * MOST + many0[p0]):
        cost0, t, s, value = costs0[m], values0[m, 0], values0[m, 1], values0[m, 2]
        if cost0 + case.cost[i, u] > limit:
            break
        drive_ahead(legs, power, target, p, u, t, s, value, i, limit)
        if case.battery - (value - kind_of(value) * KIND) >= ample:
            continue
        for n in range(many_s[i, u]):
            total = cost0 + via[i, u, n]
            if total > limit or (many[p] == MOST and total >= costs[p * MOST + MOST - 1]):
                break
            a, b = first_s[i, u, n], second_s[i, u, n]
            charge_ahead(legs, power, room, target, p, u, t, s, value, i, a, b, most, limit)


@compiled
def behind_to(case, room, source, p0, j, target, p, i, little, limit):  # type: ignore[no-untyped-def]
    """Bring the backward labels of list p0, at place j, back to i and into list p, past stations or not.

    Those that need `little` need no station on the way there.
    """
    first_s, second_s, via, many_s = case.detours
    many0, costs0, values0 = source
    many, costs, _ = target
    legs, power = (case.cost, case.lasts, case.takes), (case.curves, case.kind, case.battery)
    free = len(case.curves) - 1
    for m in range(p0 * MOST, p0 * MOST + many0[p0]):
        cost0, d, wanted = costs0[m], values0[m, 0], values0[m, 1]
        if cost0 + case.cost[i, j] > limit:
            break
        drive_behind(legs, power, target, p, cost0, d, wanted, i, j, limit)
        if d <= little and kind_of(wanted) == free:
            continue
        for n in range(many_s[i, j]):
            total = cost0 + via[i, j, n]
            if total > limit or (many[p] == MOST and total >= costs[p * MOST + MOST - 1]):
                break
            a, b = first_s[i, j, n], second_s[i, j, n]
            charge_behind(legs, power, room, target, p, cost0, d, wanted, i, a, b, j, limit)


@compiled
def met(curves, battery, ahead, p, behind, b, bound):  # type: ignore[no-untyped-def]
    """Return the least cost below `bound` at which the forward labels of list p meet the backward ones of list b."""
    many, costs, values = ahead
    many_b, costs_b, values_b = behind
    for f in range(p * MOST, p * MOST + many[p]):
        for m in range(b * MOST, b * MOST + many_b[b]):
            total = costs[f] + costs_b[m]
            if total >= bound:
                break
            t, s, value = values[f, 0], values[f, 1], values[f, 2]
            charges = meeting(curves, t, s, value, values_b[m, 0], values_b[m, 1], battery)
            if charges >= 0.0:
                bound = min(bound, total + whole(charges))
    return bound


@compiled
def price_by_way_of(case, routes, slot, k, u, bound, past_stations):  # type: ignore[no-untyped-def]
    """Return what a route costs with customer u before stop k, with stations before and after u or without."""
    legs, power = (case.cost, case.lasts, case.takes), (case.curves, case.kind, case.battery)
    first_s, second_s, via, many_s = case.detours
    stops, length, width, depot = routes.stops, routes.length[slot], routes.stops.shape[1], case.customers
    ahead, behind, at = arrays(routes.ahead), arrays(routes.behind), arrays(routes.at)
    many, costs, values = at
    p, home = slot * width + k, k == length
    i, j = depot if k == 0 else stops[slot, k - 1], depot if home else stops[slot, k]
    if k == 0:
        copy_list(arrays(case.out), u, at, 0)
    else:
        many[0] = 0
        onward = case.home.cost[u * MOST] if home else case.cost[u, j] + behind[1][p * MOST]
        ample = np.inf if past_stations else -np.inf
        ahead_to(case, at, ahead, p - 1, i, at, 0, u, ample, np.inf, bound - onward)
    if home:
        return met(case.curves, case.battery, at, 0, arrays(case.home), u, bound)
    goal = behind[1][p * MOST]
    for m in range(many[0]):
        cost0, t, s, value = costs[m], values[m, 0], values[m, 1], values[m, 2]
        if cost0 + case.cost[u, j] + goal >= bound:
            break
        # Each label goes on alone, so that none of them crowds out another one that would meet what lies ahead.
        many[1] = 0
        drive_ahead(legs, power, at, 1, j, t, s, value, u, bound - goal)
        for n in range(many_s[u, j] if past_stations else 0):
            if cost0 + via[u, j, n] + goal >= bound:
                break
            a, b = first_s[u, j, n], second_s[u, j, n]
            charge_ahead(legs, power, at, at, 1, j, t, s, value, u, a, b, np.inf, bound - goal)
        bound = met(case.curves, case.battery, at, 1, behind, p, bound)
    return bound


@compiled
def price_curved(case, routes, slot, k, u, bound):  # type: ignore[no-untyped-def]
    """Return what a route costs with customer u before stop k, `bound` where that is not less.

    What it costs without another station bounds what may be tried with one.
    """
    bound = price_by_way_of(case, routes, slot, k, u, bound, False)
    return price_by_way_of(case, routes, slot, k, u, bound, True)


@compiled
def renew_curved(case, routes, slot, first, last, bound):  # type: ignore[no-untyped-def]
    """Work the labels of a slot out again: forward from stop `first`, backward from stop `last`; set its cost.

    The route is known to cost no more than `bound`; what would cost much more is not followed.
    """
    takes, depot, margin, most = case.takes, case.customers, SPARE * case.battery, (1.0 - WORTH) * case.battery
    stops, length, at0 = routes.stops, routes.length[slot], slot * routes.stops.shape[1]
    ahead, behind, at = arrays(routes.ahead), arrays(routes.behind), arrays(routes.at)
    bound = min(bound, NONE // 4) + case.spare_cost
    legs_cost, legs_take = case.cost[depot, stops[slot, 0]], takes[depot, stops[slot, 0]]
    for k in range(length):
        j = stops[slot, k + 1] if k < length - 1 else depot
        legs_cost += case.cost[stops[slot, k], j]
        legs_take += takes[stops[slot, k], j]
    routes.direct[slot, 0], routes.direct[slot, 1] = legs_cost, legs_take
    rest, rest_cost, i = legs_take, legs_cost, depot
    for k in range(length):
        u = stops[slot, k]
        rest_cost -= case.cost[i, u]
        if k >= first:
            if k == 0:
                copy_list(arrays(case.out), u, ahead, at0)
            else:
                ahead[0][at0 + k] = 0
                ahead_to(
                    case, at, ahead, at0 + k - 1, i, ahead, at0 + k, u, rest + margin, most, bound - rest_cost
                )  # fmt: skip
            routes.soonest[slot, k] = ahead[2][(at0 + k) * MOST, 0] if ahead[0][at0 + k] else 1e18
        rest -= takes[i, u]
        i = u
    last = min(last, length - 1)
    so_far, cost_so_far, j = legs_take, legs_cost, depot
    for k in range(length - 1, -1, -1):
        u = stops[slot, k]
        so_far -= takes[u, j]
        cost_so_far -= case.cost[u, j]
        if k <= last:
            if k == length - 1:
                copy_list(arrays(case.home), u, behind, at0 + k)
            else:
                behind[0][at0 + k] = 0
                little = case.battery - so_far - takes[u, j] - margin
                behind_to(case, at, behind, at0 + k + 1, j, behind, at0 + k, u, little, bound - cost_so_far)
            least = behind[1][(at0 + k) * MOST]
            routes.last[slot, k] = case.capacity - least / PER_HOUR if behind[0][at0 + k] else -1.0
        j = u
    # Lists are short: a way that one end has lost may still be known where the route was changed.
    best = met(case.curves, case.battery, ahead, at0 + length - 1, behind, at0 + length - 1, NONE)
    if 0 < first < length - 1:
        best = met(case.curves, case.battery, ahead, at0 + first, behind, at0 + first, best)
    routes.cost[slot] = best if best <= limit_of(case, routes.load[slot]) else NONE


@inlined
def least_with(case, routes, slot, k, u):  # type: ignore[no-untyped-def]
    """Return the least that a route with customer u before stop k can cost: legs, and the fastest charge for them."""
    depot, stops = case.customers, routes.stops
    i = depot if k == 0 else stops[slot, k - 1]
    j = depot if k == routes.length[slot] else stops[slot, k]
    cost = routes.direct[slot, 0] + case.cost[i, u] + case.cost[u, j] - case.cost[i, j]
    missing = routes.direct[slot, 1] + case.takes[i, u] + case.takes[u, j] - case.takes[i, j] - case.battery
    return np.int64(cost + max(0.0, missing) * case.fastest * PER_HOUR)


@inlined
def limit_of(case, service):  # type: ignore[no-untyped-def]
    """Return the most that a route may cost beside its service."""
    return whole(case.capacity - service)
