"""Ruin: strings of stops of trips near each other go, and now and then a whole trip, a day or a group."""

from __future__ import annotations

import numpy as np

from planner.solve.compiled import inner
from planner.solve.day_case import ABSENT, BROUGHT, COST, DEPOT, FETCHED, INVITED, LENGTH, MARK, VISITS
from planner.solve.day_kinds import change_kind
from planner.solve.day_price import FLAT, price_day, set_day
from planner.solve.day_undo import touch
from planner.solve.draws import draw
from planner.solve.strings import LONGEST_STRING, string_around

REMOVED = 6.0  # orders on average
ACROSS = 0.2  # of strings are cut from the whole day, reloads or not
WHOLE_DAY, WHOLE_TRIP = 0.03, 0.1  # of iterations remove one of these first
# Of iterations, and of those that remove a day, look at an idle vehicle as if in use:
INVITE, INVITE_WITH_DAY = 0.05, 0.5


@inner
def leave_out(books, u):  # type: ignore[no-untyped-def]
    """Count an order among the absent."""
    books.where[u] = -1
    books.absent[books.now[ABSENT]] = u
    books.now[ABSENT] += 1


@inner
def without(case, books, v, first, last, first_kept, last_kept):  # type: ignore[no-untyped-def]
    """Leave out orders and stations at stops first..last-1 of a vehicle but for those kept; reloads stay if needed.

    The other stop of a pair goes too, wherever it is.
    """
    slot, depot, orders, seq = books.slot_of[v], case.vehicle[v, DEPOT], case.orders, books.trial[0]
    stops, m = books.stops, books.fact[slot, LENGTH]
    count = 0
    for k in range(m):
        place = stops[slot, k]
        goes = first <= k < last and not first_kept <= k < last_kept and place != depot
        if case.pairs and place < orders and not goes:
            other = max(case.order[place, BROUGHT], case.order[place, FETCHED])
            at = books.at[other] if other >= 0 else -1
            goes = first <= at < last and not first_kept <= at < last_kept
        if goes:
            if place < orders:
                leave_out(books, place)
            continue
        if place == depot and (count == 0 or seq[count - 1] == depot):
            continue
        seq[count] = place
        count += 1
    while count and (seq[count - 1] == depot or (count == 1 and seq[0] >= orders)):
        count -= 1
    if set_day(case, books, v, seq, count) >= FLAT:
        for k in range(count):
            if seq[k] < orders:
                leave_out(books, seq[k])
        set_day(case, books, v, seq, 0)
    _simplify(case, books, v)


@inner
def _simplify(case, books, v):  # type: ignore[no-untyped-def]
    """Strike out reloads and stations without which the day costs no more."""
    k, orders, seq = 0, case.orders, books.trial[1]
    while k < books.fact[books.slot_of[v], LENGTH]:
        slot = books.slot_of[v]
        if books.stops[slot, k] < orders:
            k += 1
            continue
        m = books.fact[slot, LENGTH]
        for j in range(m - 1):
            seq[j] = books.stops[slot, j if j < k else j + 1]
        if price_day(case, books, v, seq, m - 1) <= books.fact[slot, COST]:
            set_day(case, books, v, seq, m - 1)
        else:
            k += 1


@inner
def ruin(case, books):  # type: ignore[no-untyped-def]
    """Remove strings of stops near a random order from as many vehicles; return how many were touched."""
    n, touched, random = case.orders, 0, books.random
    fact, slot_of, where, near = books.fact, books.slot_of, books.where, case.near
    seed = int(draw(random) * n)
    if books.now[ABSENT] and draw(random) < 0.5:
        seed = books.absent[int(draw(random) * books.now[ABSENT])]
    trips = 0
    for v in range(len(slot_of)):
        if fact[slot_of[v], LENGTH]:
            trips += 1 + fact[slot_of[v], LENGTH] - fact[slot_of[v], VISITS]
    if trips == 0:
        return 0
    longest = min(float(LONGEST_STRING), (n - books.now[ABSENT]) / float(trips))
    strings = int(1.0 + draw(random) * (4.0 * REMOVED / (1.0 + longest) - 1.0))
    whole = draw(random)
    books.now[INVITED] = draw(random) < (INVITE_WITH_DAY if whole < WHOLE_DAY else INVITE)
    for b in range(n):
        if strings <= 0:
            break
        u = near[seed, b]
        v = where[u]
        if v < 0 or books.cut[u] == books.now[MARK]:
            continue
        touched = touch(books, v, touched)
        strings -= 1
        if whole < WHOLE_DAY:
            without(case, books, v, 0, fact[slot_of[v], LENGTH], 0, 0)
            strings, whole = min(strings, 1), 1.0
            continue
        first, last = _trip(case, books, v, books.at[u])
        for k in range(first, last):
            if books.stops[slot_of[v], k] < case.orders:
                books.cut[books.stops[slot_of[v], k]] = books.now[MARK]
        if whole < WHOLE_TRIP:
            without(case, books, v, first, last, 0, 0)
            strings, whole = min(strings, 2), 1.0
        else:
            if draw(random) < ACROSS:
                first, last = 0, fact[slot_of[v], LENGTH]
            size = min(int(1.0 + draw(random) * min(float(last - first), longest)), last - first)
            begin, end, first_kept, last_kept = string_around(random, books.at[u], first, last, size)
            without(case, books, v, begin, end, first_kept, last_kept)
        if case.kinds:
            touched = change_kind(case, books, v, touched)
    return touched


@inner
def _trip(case, books, v, k):  # type: ignore[no-untyped-def]
    """Return the first stop of the trip around stop k and the one past its last."""
    slot, depot, first, last = books.slot_of[v], case.vehicle[v, DEPOT], k, k
    while first > 0 and books.stops[slot, first - 1] != depot:
        first -= 1
    while last < books.fact[slot, LENGTH] and books.stops[slot, last] != depot:
        last += 1
    return first, last


@inner
def home_of(case, books, u):  # type: ignore[no-untyped-def]
    """Return the vehicle that serves others of an order's group, -1 if none does."""
    mate, where = case.mate, books.where
    w = mate[u]
    while w != u:
        if where[w] >= 0:
            return where[w]
        w = mate[w]
    return np.int64(-1)


@inner
def leave_out_groups(case, books, touched, share):  # type: ignore[no-untyped-def]
    """Leave out the rest of a share of the groups of which an order is absent; return how many vehicles are touched."""
    mate, where, at, absent = case.mate, books.where, books.at, books.absent
    a = 0
    while a < books.now[ABSENT]:
        u = absent[a]
        a += 1
        if mate[u] == u or home_of(case, books, u) < 0 or draw(books.random) >= share:
            continue
        w = mate[u]
        while w != u:
            if where[w] >= 0:
                v = where[w]
                touched = touch(books, v, touched)
                without(case, books, v, at[w], at[w] + 1, 0, 0)
            w = mate[w]
    return touched
