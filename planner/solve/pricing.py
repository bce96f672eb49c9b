"""What a route costs and what a customer would cost at each place in it, charging decided on the way.

A route keeps forward labels for each of its customers, seen from the depot, and backward labels, seen from home. A
customer between two others is priced by driving the forward labels on, past a station or not, and letting them meet the
backward labels: no walk along the route. Ways between the depot and the first or last customer may hold several
stations and are kept for each customer from the start; between two customers there are at most two.
"""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np

from planner.solve.instance import Floats, Ints
from planner.solve.labels import FAR, MOST, NONE, begin, drive, keep_backward, keep_forward, meets, plug_in

SPARE = 0.3  # of a battery, more than one customer takes: with so much to spare nobody looks for a station
WORTH = 0.2  # of a battery: nobody stops at a station for less, but where a customer is being priced


class Case(NamedTuple):
    """What does not change: p places, n of them customers, then the depot, then stations.

    `cost` [p, p]; `lasts` [p, p] with the service before it; `takes` [p, p]; `opens`, `closes` [p]; `demand` [n];
    `detours` are four tables, first and second station [n, n, k] (the same if there is but one), cost
    [n, n, k] and how many [n, n], those worth a stop between two customers, cheapest first. `out_...` [n]
    are forward labels at each customer straight from the depot, `home_...` [n] backward labels to it; `alone` [n]
    is the cost of a route for one customer.
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
    g: float
    per_g: float
    full: bool
    vehicle_cost: int
    spare_cost: int
    detours: tuple[Ints, Ints, Ints, Ints]
    near: Ints
    out_many: Ints
    out_cost: Ints
    out: Floats
    home_many: Ints
    home_cost: Ints
    home: Floats
    alone: Ints


class Routes(NamedTuple):
    """Slots that hold a route each: `stops` [slot, k], `length`, `load`, `cost` [slot], labels by slot and stop.

    `ahead_...` are forward labels (t, q, x), `behind_...` backward labels (latest, base, least). `soonest` and
    `last` bound them at each stop, for a look before pricing. `at_...` is room for labels of a customer being priced.
    """

    stops: Ints
    length: Ints
    load: Floats
    cost: Ints
    ahead_many: Ints
    ahead_cost: Ints
    ahead: Floats
    behind_many: Ints
    behind_cost: Ints
    behind: Floats
    soonest: Floats
    last: Floats
    at_cost: Ints
    at: Floats


def new_routes(slots: int, longest: int) -> Routes:
    """Return empty slots for routes of up to `longest` stops."""
    grid = (slots, longest)
    return Routes(
        stops=np.zeros(grid, np.int64),
        length=np.zeros(slots, np.int64),
        load=np.zeros(slots),
        cost=np.zeros(slots, np.int64),
        ahead_many=np.zeros(grid, np.int64),
        ahead_cost=np.zeros((*grid, MOST), np.int64),
        ahead=np.zeros((*grid, MOST, 3)),
        behind_many=np.zeros(grid, np.int64),
        behind_cost=np.zeros((*grid, MOST), np.int64),
        behind=np.zeros((*grid, MOST, 3)),
        soonest=np.zeros(grid),
        last=np.zeros(grid),
        at_cost=np.zeros(MOST, np.int64),
        at=np.zeros((MOST, 3)),
    )


@numba.njit(cache=True, nogil=True, inline="always")
def _past(t, q, x, i, s, r, j, lasts, takes, battery, g, full, most):  # type: ignore[no-untyped-def]
    """Drive from i to j past station s, and then r if that is another; the battery is negative where it does not last.

    It does not either where the battery holds more than `most` at s: then nobody would stop there.
    """
    t, q, x = drive(t, q, x, lasts[i, s], takes[i, s], g)
    if q + x > most:
        q = -1.0
    if q >= 0.0:
        t, q, x = plug_in(t, q, battery, g, full)
        if r != s:
            t, q, x = drive(t, q, x, lasts[s, r], takes[s, r], g)
            t, q, x = plug_in(t, q, battery, g, full)
        t, q, x = drive(t, q, x, lasts[r, j], takes[r, j], g)
    return t, q, x


@numba.njit(cache=True, nogil=True, inline="always")
def _forward(legs, detours, i, j, slot, k, ahead_many, ahead_cost, ahead, opens, closes, power, ample, limit):  # type: ignore[no-untyped-def]
    """Drive the labels at stop k - 1, which is place i, on to stop k, which is j, past a station or not.

    Those with an `ample` battery need no station for the rest of the route, nor for one more customer.
    """
    cost, lasts, takes = legs
    battery, g, per_g, full = power
    most = battery * (1.0 - WORTH)
    first_s, second_s, via, many_s = detours
    costs, values = ahead_cost[slot, k], ahead[slot, k]
    count = 0
    for m in range(ahead_many[slot, k - 1]):
        cost0 = ahead_cost[slot, k - 1, m]
        if cost0 + cost[i, j] > limit:
            break
        t0, q0, x0 = ahead[slot, k - 1, m, 0], ahead[slot, k - 1, m, 1], ahead[slot, k - 1, m, 2]
        t, q, x = drive(t0, q0, x0, lasts[i, j], takes[i, j], g)
        if q >= 0.0:
            t, q, x = begin(t, q, x, opens, closes, per_g)
            if t <= closes:
                count = keep_forward(costs, values, count, cost0 + cost[i, j], t, q, x, per_g)
        if q0 + x0 >= ample:
            continue
        for n in range(many_s[i, j]):
            total = cost0 + via[i, j, n]
            if total > limit:
                break
            t, q, x = _past(t0, q0, x0, i, first_s[i, j, n], second_s[i, j, n], j, lasts, takes, battery, g, full, most)
            if q < 0.0:
                continue
            t, q, x = begin(t, q, x, opens, closes, per_g)
            if t <= closes:
                count = keep_forward(costs, values, count, total, t, q, x, per_g)
    ahead_many[slot, k] = count


@numba.njit(cache=True, nogil=True, inline="always")
def back(latest, base, least, lasts, takes, opens_next, g, per_g):  # type: ignore[no-untyped-def]
    """Turn what must hold at the next stop into what must hold on leaving for it."""
    needs = least
    if per_g > 0.0:
        needs = max(needs, (opens_next - base) * per_g)
    return latest - lasts, base - lasts - g * takes, needs + takes


@numba.njit(cache=True, nogil=True, inline="always")
def back_plug(latest, base, least, battery, g, full):  # type: ignore[no-untyped-def]
    """Turn what must hold on leaving a station into what must hold on arriving there."""
    if full:
        leave = min(latest, base + g * battery)
        return leave, leave - g * battery, 0.0
    return latest, min(base, latest - g * least), 0.0


@numba.njit(cache=True, nogil=True, inline="always")
def _backward(legs, detours, i, j, slot, k, behind_many, behind_cost, behind, times, power, little, limit):  # type: ignore[no-untyped-def]
    """Bring the labels at stop k + 1, which is place j, back to stop k, which is i, past a station or not.

    Those that need `little` need no station on the way there, nor for one more customer.
    """
    cost, lasts, takes = legs
    battery, g, per_g, full = power
    opens, closes, opens_next = times
    first_s, second_s, via, many_s = detours
    costs, values = behind_cost[slot, k], behind[slot, k]
    count = 0
    for m in range(behind_many[slot, k + 1]):
        cost0 = behind_cost[slot, k + 1, m]
        if cost0 + cost[i, j] > limit:
            break
        latest0, base0, least0 = behind[slot, k + 1, m, 0], behind[slot, k + 1, m, 1], behind[slot, k + 1, m, 2]
        latest, base, least = back(latest0, base0, least0, lasts[i, j], takes[i, j], opens_next, g, per_g)
        latest = min(latest, closes)
        if least <= battery and latest >= opens and base + g * battery >= opens:
            count = keep_backward(costs, values, count, cost0 + cost[i, j], latest, base, least)
        if least0 <= little and base0 >= FAR / 2:
            continue
        for n in range(many_s[i, j]):
            total = cost0 + via[i, j, n]
            if total > limit:
                break
            s, r = first_s[i, j, n], second_s[i, j, n]
            latest, base, least = back(latest0, base0, least0, lasts[r, j], takes[r, j], opens_next, g, per_g)
            if least > battery:
                continue
            latest, base, least = back_plug(latest, base, least, battery, g, full)
            if r != s:
                latest, base, least = back(latest, base, least, lasts[s, r], takes[s, r], 0.0, g, 0.0)
                latest, base, least = back_plug(latest, base, least, battery, g, full)
            latest, base, least = back(latest, base, least, lasts[i, s], takes[i, s], 0.0, g, 0.0)
            latest = min(latest, closes)
            if least <= battery and latest >= opens and base + g * battery >= opens:
                count = keep_backward(costs, values, count, total, latest, base, least)
    behind_many[slot, k] = count


@numba.njit(cache=True, nogil=True)
def renew(case, routes, slot, first, last, bound):  # type: ignore[no-untyped-def]
    """Work the labels of a slot out again: forward from stop `first`, backward from stop `last`; set its cost.

    The route is known to cost no more than `bound`; what would cost much more is not followed.
    """
    # Arrays are taken out of their tuples once: each time costs as much as the arithmetic.
    legs = (case.cost, case.lasts, case.takes)
    power = (case.battery, case.g, case.per_g, case.full)
    opens, closes = case.opens, case.closes
    stops, length = routes.stops, routes.length[slot]
    ahead_many, ahead_cost, ahead, soonest = routes.ahead_many, routes.ahead_cost, routes.ahead, routes.soonest
    cost, takes, depot, margin = case.cost, case.takes, case.customers, SPARE * case.battery
    bound += case.spare_cost
    rest, rest_cost = takes[stops[slot, length - 1], depot], cost[stops[slot, length - 1], depot]
    for k in range(max(first, 1), length):
        rest += takes[stops[slot, k - 1], stops[slot, k]]
        rest_cost += cost[stops[slot, k - 1], stops[slot, k]]
    for k in range(first, length):
        u = stops[slot, k]
        if k == 0:
            ahead_many[slot, 0] = case.out_many[u]
            for m in range(case.out_many[u]):
                ahead_cost[slot, 0, m] = case.out_cost[u, m]
                for f in range(3):
                    ahead[slot, 0, m, f] = case.out[u, m, f]
        else:
            rest_cost -= cost[stops[slot, k - 1], u]
            _forward(
                legs, case.detours, stops[slot, k - 1], u, slot, k,
                ahead_many, ahead_cost, ahead, opens[u], closes[u], power, rest + margin,
                bound - rest_cost,
            )  # fmt: skip
            rest -= takes[stops[slot, k - 1], u]
        least = 1e18
        for m in range(ahead_many[slot, k]):
            least = min(least, ahead[slot, k, m, 0])
        soonest[slot, k] = least
    behind_many, behind_cost, behind, latest = routes.behind_many, routes.behind_cost, routes.behind, routes.last
    last = min(last, length - 1)
    so_far, cost_so_far = takes[depot, stops[slot, 0]], cost[depot, stops[slot, 0]]
    for k in range(1, last + 1):
        so_far += takes[stops[slot, k - 1], stops[slot, k]]
        cost_so_far += cost[stops[slot, k - 1], stops[slot, k]]
    for k in range(last, -1, -1):
        u = stops[slot, k]
        if k == length - 1:
            behind_many[slot, k] = case.home_many[u]
            for m in range(case.home_many[u]):
                behind_cost[slot, k, m] = case.home_cost[u, m]
                for f in range(3):
                    behind[slot, k, m, f] = case.home[u, m, f]
        else:
            j = stops[slot, k + 1]
            _backward(
                legs, case.detours, u, j, slot, k,
                behind_many, behind_cost, behind, (opens[u], closes[u], opens[j]), power,
                case.battery - so_far - takes[u, j] - margin, bound - cost_so_far,
            )  # fmt: skip
        if k > 0:
            so_far -= takes[stops[slot, k - 1], u]
            cost_so_far -= cost[stops[slot, k - 1], u]
        most = -1.0
        for m in range(behind_many[slot, k]):
            most = max(most, behind[slot, k, m, 0])
        latest[slot, k] = most
    # Lists are short: a way that one end has lost may still be known where the route was changed.
    best = _met(length - 1, slot, ahead_many, ahead_cost, ahead, behind_many, behind_cost, behind, case.g)
    if 0 < first < length - 1:
        best = min(best, _met(first, slot, ahead_many, ahead_cost, ahead, behind_many, behind_cost, behind, case.g))
    routes.cost[slot] = best


@numba.njit(cache=True, nogil=True, inline="always")
def _met(k, slot, ahead_many, ahead_cost, ahead, behind_many, behind_cost, behind, g):  # type: ignore[no-untyped-def]
    """Return the least cost at which the forward labels of a stop meet its backward labels."""
    best = NONE
    for f in range(ahead_many[slot, k]):
        t, q, x = ahead[slot, k, f, 0], ahead[slot, k, f, 1], ahead[slot, k, f, 2]
        for b in range(behind_many[slot, k]):
            total = ahead_cost[slot, k, f] + behind_cost[slot, k, b]
            if total >= best:
                break
            if meets(t, q, x, behind[slot, k, b, 0], behind[slot, k, b, 1], behind[slot, k, b, 2], g):
                best = total
    return best


@numba.njit(cache=True, nogil=True)
def price(case, routes, slot, k, u, bound):  # type: ignore[no-untyped-def]
    """Return what the route costs with customer u before stop k, if that is less than `bound`, else `bound`."""
    g, per_g, battery, full = case.g, case.per_g, case.battery, case.full
    cost, lasts, takes = case.cost, case.lasts, case.takes
    first_s, second_s, via, many_s = case.detours
    home = k == routes.length[slot]
    j = case.customers if home else routes.stops[slot, k]
    if home:
        many, costs, values = case.home_many[u], case.home_cost[u], case.home[u]
    else:
        many, costs, values = routes.behind_many[slot, k], routes.behind_cost[slot, k], routes.behind[slot, k]
    if many == 0:
        return bound
    onward = costs[0] if home else costs[0] + cost[u, j]
    # Forward labels at u.
    if k == 0:
        at_many, at_cost, at = case.out_many[u], case.out_cost[u], case.out[u]
    else:
        i = routes.stops[slot, k - 1]
        at_many, at_cost, at = 0, routes.at_cost, routes.at
        opens, closes = case.opens[u], case.closes[u]
        ahead_cost, ahead = routes.ahead_cost[slot, k - 1], routes.ahead[slot, k - 1]
        for m in range(routes.ahead_many[slot, k - 1]):
            total = ahead_cost[m] + cost[i, u]
            if total + onward >= bound:
                break
            t0, q0, x0 = ahead[m, 0], ahead[m, 1], ahead[m, 2]
            t, q, x = drive(t0, q0, x0, lasts[i, u], takes[i, u], g)
            if q >= 0.0:
                t, q, x = begin(t, q, x, opens, closes, per_g)
                if t <= closes:
                    at_many = keep_forward(at_cost, at, at_many, total, t, q, x, per_g)
            for n in range(many_s[i, u]):
                total = ahead_cost[m] + via[i, u, n]
                if total + onward >= bound:
                    break
                t, q, x = _past(
                    t0, q0, x0, i, first_s[i, u, n], second_s[i, u, n], u, lasts, takes, battery, g, full, np.inf
                )
                if q < 0.0:
                    continue
                t, q, x = begin(t, q, x, opens, closes, per_g)
                if t <= closes:
                    at_many = keep_forward(at_cost, at, at_many, total, t, q, x, per_g)
    # On to the backward labels at j.
    opens, closes = case.opens[j], case.closes[j]
    for m in range(at_many):
        cost0 = at_cost[m]
        if cost0 + onward >= bound:
            break
        t0, q0, x0 = at[m, 0], at[m, 1], at[m, 2]
        if home:
            for b in range(many):
                if cost0 + costs[b] >= bound:
                    break
                if meets(t0, q0, x0, values[b, 0], values[b, 1], values[b, 2], g):
                    bound = cost0 + costs[b]
            continue
        for n in range(-1, many_s[u, j]):
            if n < 0:
                total = cost0 + cost[u, j]
                t, q, x = drive(t0, q0, x0, lasts[u, j], takes[u, j], g)
            else:
                total = cost0 + via[u, j, n]
                if total + costs[0] >= bound:
                    break
                t, q, x = _past(
                    t0, q0, x0, u, first_s[u, j, n], second_s[u, j, n], j, lasts, takes, battery, g, full, np.inf
                )
            if q < 0.0:
                continue
            t, q, x = begin(t, q, x, opens, closes, per_g)
            if t > closes:
                continue
            for b in range(many):
                if total + costs[b] >= bound:
                    break
                if meets(t, q, x, values[b, 0], values[b, 1], values[b, 2], g):
                    bound = total + costs[b]
    return bound
