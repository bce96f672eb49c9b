"""What a route costs and what a customer would cost at each place in it, charging decided on the way.

A route keeps forward labels for each of its customers, seen from the depot, and backward labels, seen from home. A
customer between two others is priced by driving the forward labels on, past a station or not, and letting them meet the
backward labels: no walk along the route. Ways between the depot and the first or last customer may hold several
stations and are kept for each customer from the start; between two customers there are at most two.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from planner.solve.compiled import compiled, inlined
from planner.solve.instance import Floats, Ints
from planner.solve.labels import (
    FAR,
    MOST,
    NONE,
    Labels,
    begin,
    drive,
    keep_backward,
    keep_forward,
    meets,
    new_labels,
    plug_in,
)

SPARE = 0.3  # of a battery, more than one customer takes: with so much to spare nobody looks for a station
WORTH = 0.2  # of a battery: nobody stops at a station for less, but where a customer is being priced


class Case(NamedTuple):
    """What does not change: p places, n of them customers, then the depot, then stations.

    `cost` [p, p]; `lasts` [p, p] with the service before it; `takes` [p, p]; `opens`, `closes` [p]; `demand` [n];
    `detours` are four tables, first and second station [n, n, k] (the same if there is but one), cost
    [n, n, k] and how many [n, n], those worth a stop between two customers, cheapest first. `out` holds
    forward labels at each customer straight from the depot, `home` backward labels to it; `alone` [n] is the cost of a
    route for one customer.
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
    out: Labels
    home: Labels
    alone: Ints


class Routes(NamedTuple):
    """Slots that hold a route each: `stops` [slot, k], `length`, `load`, `cost` [slot], labels by slot and stop.

    `ahead` holds forward labels (t, q, x), `behind` backward labels (latest, base, least): the list of a stop is the
    number of its slot times the width of `stops`, plus that of the stop. `soonest` and `last` bound them at each stop,
    for a look before pricing. `at` is room for labels of a customer being priced, in four lists. `direct` [slot, 2]
    is what the legs of a route without stations cost and take; only where there are charge curves.
    """

    stops: Ints
    length: Ints
    load: Floats
    cost: Ints
    ahead: Labels
    behind: Labels
    soonest: Floats
    last: Floats
    at: Labels
    direct: Floats


def new_routes(slots: int, longest: int) -> Routes:
    """Return empty slots for routes of up to `longest` stops."""
    grid = (slots, longest)
    return Routes(
        stops=np.zeros(grid, np.int64),
        length=np.zeros(slots, np.int64),
        load=np.zeros(slots),
        cost=np.zeros(slots, np.int64),
        ahead=new_labels(slots * longest),
        behind=new_labels(slots * longest),
        soonest=np.zeros(grid),
        last=np.zeros(grid),
        at=new_labels(4),
        direct=np.zeros((slots, 2)),
    )


@inlined
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


@inlined
def _forward(legs, detours, i, j, p, ahead, opens, closes, power, ample, limit):  # type: ignore[no-untyped-def]
    """Drive the labels of list p - 1, at place i, on to list p, at place j, past a station or not.

    Those with an `ample` battery need no station for the rest of the route, nor for one more customer.
    """
    cost, lasts, takes = legs
    battery, g, per_g, full = power
    most = battery * (1.0 - WORTH)
    first_s, second_s, via, many_s = detours
    many, costs, values = ahead
    first, before, count = p * MOST, (p - 1) * MOST, 0
    for m in range(before, before + many[p - 1]):
        cost0 = costs[m]
        total = cost0 + cost[i, j]
        if total > limit or (count == MOST and total >= costs[first + MOST - 1]):
            break
        t0, q0, x0 = values[m, 0], values[m, 1], values[m, 2]
        t, q, x = drive(t0, q0, x0, lasts[i, j], takes[i, j], g)
        if q >= 0.0:
            t, q, x = begin(t, q, x, opens, closes, per_g)
            if t <= closes:
                count = keep_forward(costs, values, first, count, total, t, q, x, per_g)
        if q0 + x0 >= ample:
            continue
        for n in range(many_s[i, j]):
            total = cost0 + via[i, j, n]
            if total > limit or (count == MOST and total >= costs[first + MOST - 1]):
                break
            t, q, x = _past(t0, q0, x0, i, first_s[i, j, n], second_s[i, j, n], j, lasts, takes, battery, g, full, most)
            if q < 0.0:
                continue
            t, q, x = begin(t, q, x, opens, closes, per_g)
            if t <= closes:
                count = keep_forward(costs, values, first, count, total, t, q, x, per_g)
    many[p] = count


@inlined
def back(latest, base, least, lasts, takes, opens_next, g, per_g):  # type: ignore[no-untyped-def]
    """Turn what must hold at the next stop into what must hold on leaving for it."""
    needs = least
    if per_g > 0.0:
        needs = max(needs, (opens_next - base) * per_g)
    return latest - lasts, base - lasts - g * takes, needs + takes


@inlined
def back_plug(latest, base, least, battery, g, full):  # type: ignore[no-untyped-def]
    """Turn what must hold on leaving a station into what must hold on arriving there."""
    if full:
        leave = min(latest, base + g * battery)
        return leave, leave - g * battery, 0.0
    return latest, min(base, latest - g * least), 0.0


@inlined
def _backward(legs, detours, i, j, p, behind, times, power, little, limit):  # type: ignore[no-untyped-def]
    """Bring the labels of list p + 1, at place j, back to list p, at place i, past a station or not.

    Those that need `little` need no station on the way there, nor for one more customer.
    """
    cost, lasts, takes = legs
    battery, g, per_g, full = power
    opens, closes, opens_next = times
    first_s, second_s, via, many_s = detours
    many, costs, values = behind
    first, after, count = p * MOST, (p + 1) * MOST, 0
    for m in range(after, after + many[p + 1]):
        cost0 = costs[m]
        total = cost0 + cost[i, j]
        if total > limit or (count == MOST and total >= costs[first + MOST - 1]):
            break
        latest0, base0, least0 = values[m, 0], values[m, 1], values[m, 2]
        latest, base, least = back(latest0, base0, least0, lasts[i, j], takes[i, j], opens_next, g, per_g)
        latest = min(latest, closes)
        if least <= battery and latest >= opens and base + g * battery >= opens:
            count = keep_backward(costs, values, first, count, total, latest, base, least)
        if least0 <= little and base0 >= FAR / 2:
            continue
        for n in range(many_s[i, j]):
            total = cost0 + via[i, j, n]
            if total > limit or (count == MOST and total >= costs[first + MOST - 1]):
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
                count = keep_backward(costs, values, first, count, total, latest, base, least)
    many[p] = count


@inlined
def arrays(labels):  # type: ignore[no-untyped-def]
    """Take labels out of their tuple, once for many uses."""
    return labels.many, labels.cost, labels.value


@inlined
def copy_list(source, u, target, p):  # type: ignore[no-untyped-def]
    """Make list p of labels the same as list u of others."""
    many, costs, values = source
    many_p, costs_p, values_p = target
    shift = (p - u) * MOST
    many_p[p] = many[u]
    for m in range(u * MOST, u * MOST + many[u]):
        costs_p[m + shift] = costs[m]
        for f in range(3):
            values_p[m + shift, f] = values[m, f]


@compiled
def renew(case, routes, slot, first, last, bound):  # type: ignore[no-untyped-def]
    """Work the labels of a slot out again: forward from stop `first`, backward from stop `last`; set its cost.

    The route is known to cost no more than `bound`; what would cost much more is not followed.
    """
    # Arrays are taken out of their tuples once: each time costs as much as the arithmetic.
    cost, takes, depot, margin = case.cost, case.takes, case.customers, SPARE * case.battery
    legs, detours = (cost, case.lasts, takes), case.detours
    power = (case.battery, case.g, case.per_g, case.full)
    opens, closes = case.opens, case.closes
    stops, length = routes.stops, routes.length[slot]
    ahead, behind, out, home = arrays(routes.ahead), arrays(routes.behind), arrays(case.out), arrays(case.home)
    at0 = slot * stops.shape[1]
    bound += case.spare_cost
    rest, rest_cost = takes[stops[slot, length - 1], depot], cost[stops[slot, length - 1], depot]
    for k in range(max(first, 1), length):
        rest += takes[stops[slot, k - 1], stops[slot, k]]
        rest_cost += cost[stops[slot, k - 1], stops[slot, k]]
    soonest = routes.soonest
    for k in range(first, length):
        u = stops[slot, k]
        if k == 0:
            copy_list(out, u, ahead, at0)
        else:
            i = stops[slot, k - 1]
            rest_cost -= cost[i, u]
            _forward(
                legs, detours, i, u, at0 + k, ahead, opens[u], closes[u], power, rest + margin, bound - rest_cost
            )  # fmt: skip
            rest -= takes[i, u]
        soonest[slot, k] = _least(ahead, at0 + k)
    last = min(last, length - 1)
    so_far, cost_so_far = takes[depot, stops[slot, 0]], cost[depot, stops[slot, 0]]
    for k in range(1, last + 1):
        so_far += takes[stops[slot, k - 1], stops[slot, k]]
        cost_so_far += cost[stops[slot, k - 1], stops[slot, k]]
    latest = routes.last
    for k in range(last, -1, -1):
        u = stops[slot, k]
        if k == length - 1:
            copy_list(home, u, behind, at0 + k)
        else:
            j = stops[slot, k + 1]
            _backward(
                legs, detours, u, j, at0 + k, behind, (opens[u], closes[u], opens[j]), power,
                case.battery - so_far - takes[u, j] - margin, bound - cost_so_far,
            )  # fmt: skip
        if k > 0:
            so_far -= takes[stops[slot, k - 1], u]
            cost_so_far -= cost[stops[slot, k - 1], u]
        latest[slot, k] = _most(behind, at0 + k)
    # Lists are short: a way that one end has lost may still be known where the route was changed.
    best = _met(at0 + length - 1, ahead, behind, case.g)
    if 0 < first < length - 1:
        best = min(best, _met(at0 + first, ahead, behind, case.g))
    routes.cost[slot] = best


@inlined
def _least(ahead, p):  # type: ignore[no-untyped-def]
    """Return the earliest time of any label of list p."""
    many, _, values = ahead
    least = 1e18
    for m in range(p * MOST, p * MOST + many[p]):
        least = min(least, values[m, 0])
    return least


@inlined
def _most(behind, p):  # type: ignore[no-untyped-def]
    """Return the latest time of any label of list p."""
    many, _, values = behind
    most = -1.0
    for m in range(p * MOST, p * MOST + many[p]):
        most = max(most, values[m, 0])
    return most


@inlined
def _met(p, ahead, behind, g):  # type: ignore[no-untyped-def]
    """Return the least cost at which the forward labels of a stop meet its backward labels."""
    best = NONE
    many, costs, values = ahead
    many_b, costs_b, values_b = behind
    for f in range(p * MOST, p * MOST + many[p]):
        t, q, x = values[f, 0], values[f, 1], values[f, 2]
        for b in range(p * MOST, p * MOST + many_b[p]):
            total = costs[f] + costs_b[b]
            if total >= best:
                break
            if meets(t, q, x, values_b[b, 0], values_b[b, 1], values_b[b, 2], g):
                best = total
    return best


@inlined
def price(u, k, home, i, j, before, after, legs, detours, ahead, behind, at, out, back_home, times, power, bound):  # type: ignore[no-untyped-def]
    """Return what a route costs with customer u before stop k, if that is less than `bound`, else `bound`.

    It comes from place i, whose list is `before` in `ahead`, and goes on to place j, whose list is `after` in `behind`,
    or `home` from u. `times` are when places open and close, at u and at j.
    """
    cost, lasts, takes = legs
    battery, g, per_g, full = power
    opens_u, closes_u, opens_j, closes_j = times
    first_s, second_s, via, many_s = detours
    if home:
        many, costs, values = back_home
        goal = u
        onward = costs[u * MOST]
    else:
        many, costs, values = behind
        goal = after
        onward = costs[after * MOST] + cost[u, j]
    goal_first, goal_end = goal * MOST, goal * MOST + many[goal]
    _, at_costs, at_values = at
    at_first, at_end = 0, 0
    if k == 0:
        out_many, at_costs, at_values = out
        at_first = u * MOST
        at_end = at_first + out_many[u]
    else:
        ahead_many, ahead_costs, ahead_values = ahead
        for m in range(before * MOST, before * MOST + ahead_many[before]):
            cost0 = ahead_costs[m]
            if cost0 + cost[i, u] + onward >= bound:
                break
            t0, q0, x0 = ahead_values[m, 0], ahead_values[m, 1], ahead_values[m, 2]
            t, q, x = drive(t0, q0, x0, lasts[i, u], takes[i, u], g)
            if q >= 0.0:
                t, q, x = begin(t, q, x, opens_u, closes_u, per_g)
                if t <= closes_u:
                    at_end = keep_forward(at_costs, at_values, 0, at_end, cost0 + cost[i, u], t, q, x, per_g)
            for n in range(many_s[i, u]):
                total = cost0 + via[i, u, n]
                if total + onward >= bound:
                    break
                t, q, x = _past(
                    t0, q0, x0, i, first_s[i, u, n], second_s[i, u, n], u, lasts, takes, battery, g, full, np.inf
                )
                if q < 0.0:
                    continue
                t, q, x = begin(t, q, x, opens_u, closes_u, per_g)
                if t <= closes_u:
                    at_end = keep_forward(at_costs, at_values, 0, at_end, total, t, q, x, per_g)
    # On to the backward labels at j.
    for m in range(at_first, at_end):
        cost0 = at_costs[m]
        if cost0 + onward >= bound:
            break
        t0, q0, x0 = at_values[m, 0], at_values[m, 1], at_values[m, 2]
        if home:
            for b in range(goal_first, goal_end):
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
                if total + costs[goal_first] >= bound:
                    break
                t, q, x = _past(
                    t0, q0, x0, u, first_s[u, j, n], second_s[u, j, n], j, lasts, takes, battery, g, full, np.inf
                )
            if q < 0.0:
                continue
            t, q, x = begin(t, q, x, opens_j, closes_j, per_g)
            if t > closes_j:
                continue
            for b in range(goal_first, goal_end):
                if total + costs[b] >= bound:
                    break
                if meets(t, q, x, values[b, 0], values[b, 1], values[b, 2], g):
                    bound = total + costs[b]
    return bound
