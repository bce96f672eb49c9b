"""Days of several trips, with one depot and equal vehicles: what is known at each stop, and where a customer fits.

A trip may leave once all its goods are released, so a customer with late goods delays those before it too. What is
kept at each stop says exactly whether a customer fits, without a walk along the day. Of the trip so far: when its last
service begins, given when it leaves (the later of that plus `DUR`, and `END`), and until when it may leave (`LAT`). Of
all that follows: until when service may begin here (`LAST`). And load and latest release before and after it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.solve.compiled import inner
from planner.solve.draws import draw, random_stream
from planner.solve.instance import Floats, Ints

NONE = 2**62
FAR = 10**15
BLINK = 0.01  # of places are overlooked

# What is kept at a stop; at a depot READY is when the vehicle is back, at a customer when it was before this trip.
STOP, LEG, READY, DUR, END, LAT, PREL, SREL, PLOAD, SLOAD, LAST = range(11)
FIELDS = 12
# Rows of `Days.now`.
ABSENT, COST, BEST_COST, BEST_ABSENT, MARK, TOUCHED = range(6)
IN_TRIP, NEW_BEFORE, NEW_AFTER = range(3)  # ways to put a customer before a stop


class TripCase(NamedTuple):
    """The instance in whole numbers: n customers, then the depot. `lasts` is from begin of service to arrival."""

    customers: int
    capacity: int
    cost: Ints
    lasts: Ints
    demand: Ints
    opens: Ints
    closes: Ints
    release: Ints
    near: Ints


class Days(NamedTuple):
    """One search: two rows for each vehicle, the one in use and one for what was before; who is absent; the best days.

    `at[row, k]` holds the fields of stop k; stops 0 and length + 1 are the depot.
    """

    at: Ints
    length: Ints
    row_cost: Ints
    row_of: Ints
    where: Ints
    place: Ints
    stamp: Ints
    touched: Ints
    absent: Ints
    saved_absent: Ints
    sums: Ints
    keys: Floats
    seq: Ints
    trip: Ints
    choice: Ints
    now: Ints
    best_stops: Ints
    best_length: Ints
    random: NDArray[np.uint64]


def _zeros(*shape: int) -> Ints:
    return np.zeros(shape, np.int64)


def new_days(case: TripCase, *, seed: int, vehicles: int) -> Days:
    """Return a search in which every customer is absent."""
    n = case.customers
    width = 2 * n + 2
    days = Days(
        at=_zeros(2 * vehicles, width, FIELDS),
        length=_zeros(2 * vehicles),
        row_cost=_zeros(2 * vehicles),
        row_of=np.arange(vehicles),
        where=np.full(n, -1, np.int64),
        place=_zeros(n),
        stamp=np.full(vehicles, -1, np.int64),
        touched=_zeros(vehicles),
        absent=np.arange(n, dtype=np.int64),
        saved_absent=_zeros(n),
        sums=_zeros(n),
        keys=np.zeros(n),
        seq=_zeros(width),
        trip=_zeros(width),
        choice=_zeros(3),
        now=_zeros(6),
        best_stops=_zeros(vehicles, width),
        best_length=_zeros(vehicles),
        random=random_stream(seed),
    )
    days.now[ABSENT], days.now[BEST_COST], days.now[BEST_ABSENT] = n, NONE, n
    return days


@inner
def renew(case, days, v):  # type: ignore[no-untyped-def]
    """Find out anew all that is kept along a vehicle's day; say whether it keeps the rules of time."""
    depot, row, at = case.customers, days.row_of[v], days.at
    cost, lasts, opens, closes, release = case.cost, case.lasts, case.opens, case.closes, case.release
    m = days.length[row]
    at[row, 0, STOP], at[row, m + 1, STOP] = depot, depot
    ready, dur, end, lat, rel, load, total = opens[depot], np.int64(0), np.int64(-FAR), np.int64(FAR), np.int64(0), 0, 0
    at[row, 0, READY], at[row, 0, DUR], at[row, 0, END], at[row, 0, LAT] = ready, dur, end, lat
    at[row, 0, PREL], at[row, 0, PLOAD], at[row, 0, LEG] = 0, 0, 0
    for k in range(1, m + 2):
        i, j = at[row, k - 1, STOP], at[row, k, STOP]
        at[row, k, LEG] = cost[i, j]
        total += cost[i, j]
        dur += lasts[i, j]
        end += lasts[i, j]
        if j == depot:
            leaves = max(ready, rel)
            if leaves > lat:
                return False
            ready = max(leaves + dur, end)
            if ready > closes[depot]:
                return False
            dur, end, lat, rel, load = np.int64(0), np.int64(-FAR), np.int64(FAR), np.int64(0), 0
        else:
            lat = min(lat, closes[j] - dur)
            if end > closes[j]:
                return False
            end = max(end, opens[j])
            rel = max(rel, release[j])
            load += case.demand[j]
            days.where[j], days.place[j] = v, k
        at[row, k, READY], at[row, k, DUR], at[row, k, END], at[row, k, LAT] = ready, dur, end, lat
        at[row, k, PREL], at[row, k, PLOAD] = rel, load
    last, rel, load = closes[depot], np.int64(0), 0
    at[row, m + 1, LAST], at[row, m + 1, SREL], at[row, m + 1, SLOAD] = last, 0, 0
    for k in range(m, -1, -1):
        i = at[row, k, STOP]
        last = min(closes[i], last - lasts[i, at[row, k + 1, STOP]])
        if i == depot:
            rel, load = np.int64(0), 0
        else:
            rel = max(rel, release[i])
            load += case.demand[i]
        at[row, k, LAST], at[row, k, SREL], at[row, k, SLOAD] = last, rel, load
    days.row_cost[row] = total
    return True


@inner
def touch(days, v):  # type: ignore[no-untyped-def]
    """Let an iteration change a vehicle's day: from now on it changes a copy."""
    now, at = days.now, days.at
    if days.stamp[v] == now[MARK]:
        return
    days.stamp[v] = now[MARK]
    days.touched[now[TOUCHED]] = v
    now[TOUCHED] += 1
    old, vehicles = days.row_of[v], len(days.row_of)
    new = old + vehicles if old < vehicles else old - vehicles
    for k in range(days.length[old] + 2):
        for f in range(FIELDS):
            at[new, k, f] = at[old, k, f]
    days.length[new], days.row_cost[new], days.row_of[v] = days.length[old], days.row_cost[old], new


@inner
def undo(days, absent):  # type: ignore[no-untyped-def]
    """Bring back the days and the absent customers of before an iteration."""
    now, at, vehicles = days.now, days.at, len(days.row_of)
    for t in range(now[TOUCHED]):
        v = days.touched[t]
        new = days.row_of[v]
        old = new + vehicles if new < vehicles else new - vehicles
        days.row_of[v] = old
        for k in range(1, days.length[old] + 1):
            stop = at[old, k, STOP]
            if stop < len(days.where):
                days.where[stop], days.place[stop] = v, k
    now[ABSENT] = absent
    for a in range(absent):
        days.absent[a] = days.saved_absent[a]
        days.where[days.absent[a]] = -1


@inner
def fits(case, days, row, k, u, way):  # type: ignore[no-untyped-def]
    """Say whether a customer may come before stop k in this way."""
    at, lasts, depot = days.at, case.lasts, case.customers
    i, j = at[row, k - 1, STOP], at[row, k, STOP]
    before_g, after_g = at[row, k - 1, PLOAD], at[row, k, SLOAD]
    before_rel, after_rel, own_rel = at[row, k - 1, PREL], at[row, k, SREL], case.release[u]
    load = case.demand[u]
    if way != NEW_BEFORE:
        load += before_g
        before_rel = max(before_rel, own_rel)
    if way != NEW_AFTER:
        load += after_g
    if load > case.capacity:
        return False
    if way == IN_TRIP:
        before_rel = max(before_rel, after_rel)
    t = max(at[row, k - 1, READY], before_rel)
    if t > at[row, k - 1, LAT]:
        return False
    t = max(t + at[row, k - 1, DUR], at[row, k - 1, END])
    if way == NEW_BEFORE:
        t = max(t + lasts[i, depot], own_rel, after_rel) + lasts[depot, u]
    else:
        t += lasts[i, u]
    if t > case.closes[u]:
        return False
    t = max(t, case.opens[u])
    if way == NEW_AFTER:
        t = max(t + lasts[u, depot], after_rel) + lasts[depot, j]
    else:
        t += lasts[u, j]
    return t <= at[row, k, LAST]


@inner
def cheapest(case, days, u, room):  # type: ignore[no-untyped-def]
    """Return the least extra cost of a customer below `room`; its vehicle, stop and way are in `choice`.

    A place in a trip is cheaper than one that cuts the trip there, but for rounding; so that is looked at only where
    the customer does not fit in.
    """
    at, cost, random, depot, choice = days.at, case.cost, days.random, case.customers, days.choice
    best, empty = room, False
    choice[0] = -1
    for v in range(len(days.row_of)):
        row = days.row_of[v]
        m = days.length[row]
        if m == 0:
            if empty:
                continue
            empty = True
        for k in range(1, m + 2):
            i, j = at[row, k - 1, STOP], at[row, k, STOP]
            extra = cost[i, u] + cost[u, j] - at[row, k, LEG]
            if extra >= best or draw(random) < BLINK:
                continue
            if fits(case, days, row, k, u, IN_TRIP):
                best = extra
                choice[0], choice[1], choice[2] = v, k, IN_TRIP
                continue
            extra = cost[i, depot] + cost[depot, u] + cost[u, j] - at[row, k, LEG]
            if i != depot and extra < best and fits(case, days, row, k, u, NEW_BEFORE):
                best = extra
                choice[0], choice[1], choice[2] = v, k, NEW_BEFORE
            extra = cost[i, u] + cost[u, depot] + cost[depot, j] - at[row, k, LEG]
            if j != depot and extra < best and fits(case, days, row, k, u, NEW_AFTER):
                best = extra
                choice[0], choice[1], choice[2] = v, k, NEW_AFTER
    return best


@inner
def insert(case, days, u):  # type: ignore[no-untyped-def]
    """Put a customer where `choice` says."""
    v, k, way = days.choice[0], days.choice[1], days.choice[2]
    touch(days, v)
    row, at, depot = days.row_of[v], days.at, case.customers
    m, more = days.length[row], 1 if way == IN_TRIP else 2
    for j in range(m, k - 1, -1):
        at[row, j + more, STOP] = at[row, j, STOP]
    at[row, k, STOP] = depot if way == NEW_BEFORE else u
    if way != IN_TRIP:
        at[row, k + 1, STOP] = u if way == NEW_BEFORE else depot
    days.length[row] = m + more
    return renew(case, days, v)
