"""Ruin and recreate on days of several trips (after Christiaens and Vanden Berghe, Transportation Science 54, 2020).

Strings of customers of trips near each other go and come back one by one. Beside that a trip may change its vehicle or
its turn: that costs nothing, but leaves room elsewhere.
"""

from __future__ import annotations

import numpy as np

from planner.solve.compiled import compiled, inner
from planner.solve.draws import draw, exponential
from planner.solve.multitrip_days import (
    ABSENT,
    BEST_ABSENT,
    BEST_COST,
    COST,
    DUR,
    END,
    LAST,
    LAT,
    MARK,
    NONE,
    PLOAD,
    PREL,
    READY,
    SLOAD,
    SREL,
    STOP,
    TOUCHED,
    cheapest,
    insert,
    renew,
    touch,
    undo,
)
from planner.solve.strings import LONGEST_STRING, string_around

REMOVED = 10.0  # customers on average
WHOLE_TRIP = 0.1  # of iterations remove a trip first
MOVED_TRIP = 0.3  # of iterations give a trip another vehicle or turn first
# Orders in which customers come back, with their weights.
RANDOM, DEMAND, FAR_OFF, CLOSE, WIDTH, OPENS, CLOSES, RELEASE = range(8)
WEIGHTS = np.array([4, 4, 2, 1, 2, 2, 2, 2])


@inner
def _leave_out(days, u):  # type: ignore[no-untyped-def]
    days.where[u] = -1
    days.absent[days.now[ABSENT]] = u
    days.now[ABSENT] += 1


@inner
def _write(case, days, v, count):  # type: ignore[no-untyped-def]
    """Give a vehicle the stops in `seq` without trips of nothing; where they break a rule, leave all of them out."""
    depot, row, at, seq = case.customers, days.row_of[v], days.at, days.seq
    m = 0
    for k in range(count):
        if seq[k] == depot and (m == 0 or at[row, m, STOP] == depot):
            continue
        m += 1
        at[row, m, STOP] = seq[k]
    if m and at[row, m, STOP] == depot:
        m -= 1
    days.length[row] = m
    if not renew(case, days, v):  # rounded lengths may not keep to the triangle
        for k in range(1, m + 1):
            if at[row, k, STOP] != depot:
                _leave_out(days, at[row, k, STOP])
        days.length[row] = 0
        renew(case, days, v)


@inner
def _join(case, days, v):  # type: ignore[no-untyped-def]
    """Strike out each reload that is not needed."""
    at, depot, cost, lasts = days.at, case.customers, case.cost, case.lasts
    row, k = days.row_of[v], 1
    while k <= days.length[row]:
        if at[row, k, STOP] == depot:
            i, j = at[row, k - 1, STOP], at[row, k + 1, STOP]
            leaves = max(at[row, k - 1, READY], at[row, k - 1, PREL], at[row, k + 1, SREL])
            begins = max(leaves + at[row, k - 1, DUR], at[row, k - 1, END])
            if (
                at[row, k - 1, PLOAD] + at[row, k + 1, SLOAD] <= case.capacity
                and cost[i, j] <= cost[i, depot] + cost[depot, j]
                and leaves <= at[row, k - 1, LAT]
                and begins + lasts[i, j] <= at[row, k + 1, LAST]
            ):
                count = 0
                for m in range(1, days.length[row] + 1):
                    if m != k:
                        days.seq[count] = at[row, m, STOP]
                        count += 1
                _write(case, days, v, count)
                continue
        k += 1


@inner
def _trip(case, days, v, k):  # type: ignore[no-untyped-def]
    """Return the first stop of the trip around stop k and the one past its last."""
    row, at, depot, first, last = days.row_of[v], days.at, case.customers, k, k
    while at[row, first - 1, STOP] != depot:
        first -= 1
    while at[row, last, STOP] != depot:
        last += 1
    return first, last


@inner
def _without(case, days, v, first, last, kept_from, kept_to):  # type: ignore[no-untyped-def]
    """Leave out the customers at stops first..last-1 of a vehicle but for those kept."""
    row, at, depot, count = days.row_of[v], days.at, case.customers, 0
    for k in range(1, days.length[row] + 1):
        stop = at[row, k, STOP]
        if stop != depot and first <= k < last and not kept_from <= k < kept_to:
            _leave_out(days, stop)
        else:
            days.seq[count] = stop
            count += 1
    _write(case, days, v, count)
    _join(case, days, v)


@inner
def _move_trip(case, days):  # type: ignore[no-untyped-def]
    """Give a random trip another vehicle or turn, any at which it keeps the rules; its own if there is no other."""
    v = days.where[int(draw(days.random) * case.customers)]
    if v < 0:
        return
    at, trip, seq = days.at, days.trip, days.seq
    touch(days, v)
    row = days.row_of[v]
    first, last = _trip(case, days, v, 1 + int(draw(days.random) * days.length[row]))
    if first == last:  # a reload was drawn
        return
    size, count, before = last - first, 0, days.now[ABSENT]
    dur, end, lat, rel = at[row, last - 1, DUR], at[row, last - 1, END], at[row, last - 1, LAT], at[row, last - 1, PREL]
    for k in range(1, days.length[row] + 1):
        if first <= k < last:
            trip[k - first] = at[row, k, STOP]
        else:
            seq[count] = at[row, k, STOP]
            count += 1
    _write(case, days, v, count)
    back = case.lasts[trip[size - 1], case.customers]
    to, turn = _turn_for(case, days, dur + back, end + back, lat, rel)
    if to < 0 or days.now[ABSENT] > before:
        for k in range(size):
            _leave_out(days, trip[k])
        return
    touch(days, to)
    _put_trip(case, days, to, turn, size)


@inner
def _turn_for(case, days, dur, end, lat, rel):  # type: ignore[no-untyped-def]
    """Return a random vehicle and depot stop after which a trip keeps the rules, -1 if there are none.

    The trip may leave from `rel` to `lat`, and is back the later of `end` and `dur` after it left.
    """
    at, found, to, turn, empty = days.at, 0, -1, 0, False
    for v in range(len(days.row_of)):
        row = days.row_of[v]
        m = days.length[row]
        if m == 0 and empty:
            continue
        empty = empty or m == 0
        for k in range(m + 2 if m else 1):
            leaves = max(at[row, k, READY], rel)
            if at[row, k, STOP] != case.customers or leaves > lat or max(leaves + dur, end) > at[row, k, LAST]:
                continue
            found += 1
            if draw(days.random) * found < 1.0:
                to, turn = v, k
    return to, turn


@inner
def _put_trip(case, days, v, turn, size):  # type: ignore[no-untyped-def]
    """Put the trip of so many stops in `trip` after a depot stop of a vehicle."""
    row, at, seq, count = days.row_of[v], days.at, days.seq, 0
    for k in range(1, turn + 1):
        seq[count] = at[row, k, STOP]
        count += 1
    for k in range(size):
        seq[count] = days.trip[k]
        count += 1
    seq[count] = case.customers
    count += 1
    for k in range(turn + 1, days.length[row] + 1):
        seq[count] = at[row, k, STOP]
        count += 1
    _write(case, days, v, count)


@inner
def _ruin(case, days):  # type: ignore[no-untyped-def]
    """Remove strings near a random customer from trips near it."""
    n, random, near, where, at, depot = case.customers, days.random, case.near, days.where, days.at, case.customers
    if draw(random) < MOVED_TRIP:
        _move_trip(case, days)
    trips = 0
    for v in range(len(days.row_of)):
        row = days.row_of[v]
        for k in range(1, days.length[row] + 2):
            trips += at[row, k, STOP] == depot and at[row, k - 1, STOP] != depot
    if trips == 0:
        return
    longest = min(float(LONGEST_STRING), (n - days.now[ABSENT]) / float(trips))
    strings = int(1.0 + draw(random) * (4.0 * REMOVED / (1.0 + longest) - 1.0))
    seed = int(draw(random) * n)
    if days.now[ABSENT] and draw(random) < 0.5:
        seed = days.absent[int(draw(random) * days.now[ABSENT])]
    whole = draw(random) < WHOLE_TRIP
    for a in range(near.shape[1]):
        if strings <= 0:
            break
        u = near[seed, a]
        v = where[u]
        if v < 0 or days.keys[u] == 1.0:
            continue
        touch(days, v)
        k = days.place[u]
        first, last = _trip(case, days, v, k)
        row = days.row_of[v]
        for b in range(first, last):
            days.keys[at[row, b, STOP]] = 1.0  # of its trip no second string
        if whole:
            _without(case, days, v, first, last, 0, 0)
            whole = False
        else:
            size = min(int(1.0 + draw(random) * min(float(last - first), longest)), last - first)
            begin, end, kept_from, kept_to = string_around(random, k, first, last, size)
            _without(case, days, v, begin, end, kept_from, kept_to)
        strings -= 1
    for u in range(n):
        days.keys[u] = 0.0


@inner
def _sort_absent(case, days):  # type: ignore[no-untyped-def]
    """Choose an order in which the absent customers come back."""
    keys, absent, random, depot, total = days.trip, days.absent, days.random, case.customers, 0
    for w in range(8):
        total += WEIGHTS[w]
    pick, way = draw(random) * total, 0
    while pick >= WEIGHTS[way]:
        pick -= WEIGHTS[way]
        way += 1
    for a in range(days.now[ABSENT]):
        u = absent[a]
        if way == RANDOM:
            key = np.int64(draw(random) * 1e9)
        elif way == DEMAND:
            key = -case.demand[u]
        elif way == FAR_OFF:
            key = -case.cost[depot, u]
        elif way == CLOSE:
            key = case.cost[depot, u]
        elif way == WIDTH:
            key = case.closes[u] - max(case.opens[u], case.release[u])
        elif way == OPENS:
            key = case.opens[u]
        elif way == CLOSES:
            key = -case.closes[u]
        else:
            key = -case.release[u]
        b = a
        while b > 0 and keys[b - 1] > key:
            keys[b], absent[b] = keys[b - 1], absent[b - 1]
            b -= 1
        keys[b], absent[b] = key, u


@inner
def total_cost(days):  # type: ignore[no-untyped-def]
    """Return the length of all days."""
    total = np.int64(0)
    for v in range(len(days.row_of)):
        total += days.row_cost[days.row_of[v]]
    return total


@inner
def _recreate(case, days, most, most_sum):  # type: ignore[no-untyped-def]
    """Put the absent back; return the sum of absences, NONE where it gives up: above `most_sum`, or `most` in cost."""
    _sort_absent(case, days)
    left, total, planned = 0, np.int64(0), total_cost(days)
    for a in range(days.now[ABSENT]):
        u = days.absent[a]
        extra = cheapest(case, days, u, NONE)
        if extra < NONE:
            if not insert(case, days, u):
                return NONE
            planned += extra
            if planned >= most:
                return NONE
        else:
            total += 1 + days.sums[u]
            if total > most_sum:
                return NONE
            days.absent[left] = u
            left += 1
    days.now[ABSENT] = left
    return total


@compiled
def run(case, days, iterations, temperature):  # type: ignore[no-untyped-def]
    """Search for some iterations. What leaves fewer or easier customers out is better; then the shorter is."""
    now = days.now
    for _ in range(iterations):
        now[MARK] += 1
        now[TOUCHED] = 0
        absent, old_sum = now[ABSENT], np.int64(0)
        for a in range(absent):
            days.saved_absent[a] = days.absent[a]
            old_sum += 1 + days.sums[days.absent[a]]
        most = np.int64(now[COST] + temperature * exponential(days.random))
        _ruin(case, days)
        new_sum = _recreate(case, days, NONE if absent else most, old_sum)
        cost = total_cost(days)
        if new_sum < old_sum or (new_sum == old_sum and cost < most):
            now[COST] = cost
            if now[ABSENT] < now[BEST_ABSENT] or (now[ABSENT] == now[BEST_ABSENT] and cost < now[BEST_COST]):
                keep_best(days)
        else:
            undo(days, absent)
        for a in range(now[ABSENT]):
            days.sums[days.absent[a]] += 1


@inner
def keep_best(days):  # type: ignore[no-untyped-def]
    """Remember the present days as the best."""
    days.now[BEST_COST], days.now[BEST_ABSENT] = days.now[COST], days.now[ABSENT]
    for v in range(len(days.row_of)):
        row = days.row_of[v]
        days.best_length[v] = days.length[row]
        for k in range(days.length[row]):
            days.best_stops[v, k] = days.at[row, k + 1, STOP]


@compiled
def restore(case, days, stops, lengths):  # type: ignore[no-untyped-def]
    """Begin with given days; what does not fit is absent."""
    days.now[ABSENT] = 0
    for u in range(case.customers):
        days.where[u] = -1
    for v in range(len(lengths)):
        for k in range(lengths[v]):
            days.seq[k] = stops[v, k]
        _write(case, days, v, lengths[v])
    days.now[ABSENT] = 0
    for u in range(case.customers):
        if days.where[u] < 0:
            _leave_out(days, u)
    days.now[COST] = total_cost(days)
    if days.now[ABSENT] < days.now[BEST_ABSENT] or (
        days.now[ABSENT] == days.now[BEST_ABSENT] and days.now[COST] < days.now[BEST_COST]
    ):
        keep_best(days)
