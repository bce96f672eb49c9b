"""Ruin and recreate on the vehicles' days: strings of stops, whole trips and days go, orders come back one by one.

As in `ruin_recreate`, with places for a new trip too: a reload before the order, or after it. A vehicle whose day an
iteration touches has its old day in its other slot, so that a refused iteration is undone by turning slots back.
"""

from __future__ import annotations

import numpy as np

from planner.solve.compiled import compiled, inner
from planner.solve.day_balance import balance_cost
from planner.solve.day_case import (
    ABSENT,
    BEST_ABSENT,
    BEST_COST,
    BROUGHT,
    CHARGES,
    COST,
    FETCHED,
    GRAMS,
    INVITED,
    LENGTH,
    LITRES,
    MARK,
    METRES,
    NONE,
    NOW_COST,
    PENALTY,
    WEIGHT,
    WINDOWS,
)
from planner.solve.day_insert import insert
from planner.solve.day_kinds import fit_kinds
from planner.solve.day_price import set_day
from planner.solve.day_ruin import leave_out, leave_out_groups, ruin
from planner.solve.day_undo import undo
from planner.solve.draws import draw, exponential

WHOLE_GROUP = 0.5  # of groups of which an order was removed go as a whole, so that they may change the vehicle
# Orders in which orders come back, with their weights.
RANDOM, DEMAND, FAR, CLOSE, WIDTH, OPEN, CLOSE_TIME = range(7)
WEIGHTS = np.array([4, 4, 2, 1, 2, 2, 2])


@inner
def _from_depot(case, u):  # type: ignore[no-untyped-def]
    """Return metres to an order from the depot that is nearest to it."""
    orders, least = case.orders, case.leg[0, case.orders, u, METRES]
    for depot in range(orders + 1, orders + case.depots):
        least = min(least, case.leg[0, depot, u, METRES])
    return float(least)


@inner
def _sort_absent(case, books):  # type: ignore[no-untyped-def]
    """Choose an order in which the absent orders come back; half the time the weightier go first."""
    order, keys, absent, random = case.order, books.keys, books.absent, books.random
    total = 0
    for w in range(7):
        total += WEIGHTS[w]
    pick, way = draw(random) * total, 0
    while pick >= WEIGHTS[way]:
        pick -= WEIGHTS[way]
        way += 1
    weigh = 1.0 if draw(random) < 0.5 else 0.0
    for a in range(books.now[ABSENT]):
        u = absent[a]
        if way == RANDOM:
            key = draw(random) * 1e6
        elif way == DEMAND:
            key = -float(max(abs(order[u, LITRES]), abs(order[u, GRAMS])))
        elif way == FAR:
            key = -_from_depot(case, u)
        elif way == CLOSE:
            key = _from_depot(case, u)
        elif way == WIDTH:
            key = float(order[u, WINDOWS + 1] - order[u, WINDOWS])
        elif way == OPEN:
            key = float(order[u, WINDOWS])
        else:
            key = -float(order[u, WINDOWS + 1])
        key -= weigh * 1e3 * float(order[u, PENALTY])
        b = a
        while b > 0 and keys[b - 1] > key:
            keys[b], absent[b] = keys[b - 1], absent[b - 1]
            b -= 1
        keys[b], absent[b] = key, u


@inner
def _recreate(case, books, touched, most):  # type: ignore[no-untyped-def]
    """Put the absent orders back; return how many vehicles were touched, and whether it may cost less than `most`.

    Orders never make a day cheaper, so that it ends as soon as what is planned costs as much.
    """
    if case.groups:
        touched = leave_out_groups(case, books, touched, WHOLE_GROUP)
    _sort_absent(case, books)
    left, planned, missing = 0, _days_cost(books), np.int64(0)
    for a in range(books.now[ABSENT]):
        u = books.absent[a]
        if case.order[u, FETCHED] >= 0:  # a pair goes in by its pickup
            continue
        room = case.order[u, PENALTY]
        if case.order[u, BROUGHT] >= 0:
            room += case.order[case.order[u, BROUGHT], PENALTY]
        spare = most - planned - missing
        after = insert(case, books, u, touched, min(room, spare)) if spare > 0 else -1
        if after >= 0:
            touched = after
            planned = _days_cost(books)
        elif room >= spare:
            return touched, False
        else:
            missing += room
            books.absent[left] = u
            left += 1
    books.now[ABSENT] = left
    if case.pairs:
        for a in range(left):
            if case.order[books.absent[a], BROUGHT] >= 0:
                leave_out(books, case.order[books.absent[a], BROUGHT])
    return leave_out_groups(case, books, touched, 1.0) if case.groups else touched, True


@inner
def _days_cost(books):  # type: ignore[no-untyped-def]
    """Return what all days cost."""
    total = np.int64(0)
    for v in range(len(books.slot_of)):
        total += books.fact[books.slot_of[v], COST]
    return total


@inner
def total_cost(case, books):  # type: ignore[no-untyped-def]
    """Return what all days cost, that they are uneven, and the penalties of the absent."""
    total = _days_cost(books)
    for a in range(books.now[ABSENT]):
        total += case.order[books.absent[a], PENALTY]
    return total + balance_cost(case, books) if case.balance[1] else total


@inner
def _hardness(case, books):  # type: ignore[no-untyped-def]
    """Return how hard the absent are to place, by how often each was absent, weighed by priority."""
    total = np.int64(0)
    for a in range(books.now[ABSENT]):
        u = books.absent[a]
        total += (1 + books.sums[u]) * (case.order[u, PENALTY] // books.now[WEIGHT])
    return total


@compiled
def run(case, books, iterations, temperature, fill):  # type: ignore[no-untyped-def]
    """Search for some iterations; with `fill`, absent orders may change for others that are easier to place."""
    now = books.now
    for _ in range(iterations):
        now[MARK] += 1
        absent = now[ABSENT]
        for a in range(absent):
            books.saved_absent[a] = books.absent[a]
        hard = _hardness(case, books) if absent else np.int64(0)
        most = np.int64(now[NOW_COST] + temperature * exponential(books.random))
        swap = fill and absent > 0
        touched, hopeful = _recreate(case, books, ruin(case, books), NONE if swap else most)
        if not hopeful:
            undo(case, books, touched, absent)
            continue
        if case.kinds:
            touched = fit_kinds(case, books, touched)
        cost = total_cost(case, books)
        easier = swap and _hardness(case, books) < hard
        for a in range(now[ABSENT]):
            books.sums[books.absent[a]] += 1
        if cost < most or easier:
            now[NOW_COST] = cost
            if cost < now[BEST_COST]:
                keep_best(books, cost)
        else:
            undo(case, books, touched, absent)


@compiled
def put_back(case, books):  # type: ignore[no-untyped-def]
    """Put absent orders where they cost least and leave all else as it is; return how many stay absent."""
    books.now[MARK] += 1
    books.now[INVITED] = 0
    _recreate(case, books, 0, NONE)
    books.now[NOW_COST] = total_cost(case, books)
    if books.now[NOW_COST] < books.now[BEST_COST]:
        keep_best(books, books.now[NOW_COST])
    return books.now[ABSENT]


@inner
def keep_best(books, cost):  # type: ignore[no-untyped-def]
    """Remember the present days as the best."""
    books.now[BEST_COST], books.now[BEST_ABSENT] = cost, books.now[ABSENT]
    for v in range(len(books.slot_of)):
        slot = books.slot_of[v]
        books.best_length[v] = books.fact[slot, LENGTH]
        for f in range(books.fact.shape[1]):
            books.best_fact[v, f] = books.fact[slot, f]
        for f in range(4):
            for c in range(books.fact[slot, CHARGES]):
                books.best_charge[v, f, c] = books.charge[slot, f, c]
        for k in range(books.load.shape[1]):
            books.best_load[v, k] = books.load[slot, k]
        for k in range(books.swap.shape[1]):
            books.best_swap[v, k] = books.swap[slot, k]
        for k in range(books.fact[slot, LENGTH]):
            books.best_stops[v, k] = books.stops[slot, k]


@compiled
def restore(case, books, stops, lengths):  # type: ignore[no-untyped-def]
    """Begin with given days; what no longer fits is absent."""
    _clear(case, books)
    for v in range(len(lengths)):
        set_day(case, books, v, stops[v], lengths[v])
    _count_absent(case, books)


@compiled
def restore_in_turns(case, books, stops, lengths, turns):  # type: ignore[no-untyped-def]
    """Begin with given days, those of the vehicles in `turns` in that order: the first of them find all plugs free."""
    _clear(case, books)
    for v in turns:
        set_day(case, books, v, stops[v], lengths[v])
    _count_absent(case, books)


@inner
def _clear(case, books):  # type: ignore[no-untyped-def]
    """Empty all days."""
    for v in range(len(books.slot_of)):
        set_day(case, books, v, books.trial[0], 0)
    for u in range(case.orders):
        books.where[u] = -1


@inner
def _count_absent(case, books):  # type: ignore[no-untyped-def]
    """Count the orders in no day, and what the plan costs."""
    books.now[ABSENT] = 0
    for u in range(case.orders):
        if books.where[u] < 0:
            books.absent[books.now[ABSENT]] = u
            books.now[ABSENT] += 1
    books.now[NOW_COST] = total_cost(case, books)
