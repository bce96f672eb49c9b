"""Pairs in the search for a day: goods that are fetched at one stop and brought to another in the same trip.

A pair goes in at a pair of places, found by one walk over each trip from where it is fetched: clock, load and least
cost of each place to bring it to are known as the walk comes by. Only the cheapest pairs of places are kept.
"""

from __future__ import annotations

import numpy as np

from planner.solve.compiled import inner
from planner.solve.day_case import (
    BAY,
    BOARD_G,
    BOARD_L,
    BROUGHT,
    DEPOT,
    EARLY,
    FETCHED,
    GONE,
    GRAMS,
    KIND,
    LATEST,
    LENGTH,
    LITRES,
    LOADING,
    METRES,
    MOST_PRICED,
    MWH,
    NONE,
    OPEN_PAIRS,
    PAYLOAD,
    PER_KM,
    PER_S,
    PICKED_G,
    PICKED_L,
    PRICE,
    REST_WAIT,
    SECONDS,
    WINDOWS,
)
from planner.solve.day_pace import arrive
from planner.solve.problem import MICRO

IN_TRIP, NEW_BEFORE, NEW_AFTER = range(3)


@inner
def pairs_hold(case, books, v, seq, m):  # type: ignore[no-untyped-def]
    """Say whether each pair is fetched before it is brought, in one trip."""
    order, fetched, depot, orders = case.order, books.fetched, case.vehicle[v, DEPOT], case.orders
    on_board, trip = 0, 0
    for k in range(m):
        place = seq[k]
        if place == depot:
            if on_board:
                return False
            trip = k
        elif place < orders and order[place, BROUGHT] >= 0:
            fetched[place] = k
            on_board += 1
        elif place < orders and order[place, FETCHED] >= 0:
            at = fetched[order[place, FETCHED]]  # of an earlier sequence, if it is not in this trip
            if not trip <= at < k or seq[at] != order[place, FETCHED]:
                return False
            on_board -= 1
    return on_board == 0


@inner
def note_pairs(case, books, slot, m):  # type: ignore[no-untyped-def]
    """Note how many pairs are on board on each leg: no trip is cut in two there."""
    stop, stops, order, on_board = books.stop, books.stops, case.order, np.int64(0)
    for k in range(m + 1):
        if k and stops[slot, k - 1] < case.orders:
            before = stops[slot, k - 1]
            on_board += (1 if order[before, BROUGHT] >= 0 else 0) - (1 if order[before, FETCHED] >= 0 else 0)
        stop[slot, OPEN_PAIRS, k] = on_board


@inner
def look_at_pair(case, books, u, v, once, found):  # type: ignore[no-untyped-def]
    """Keep the cheapest pairs of places in one vehicle's day for a pair that is fetched at `u`; return how many.

    `once` is paid wherever it goes.
    """
    leg, stop, stops, traffic, pace = case.leg, books.stop, books.stops, case.traffic, case.pace
    of, slot, order = case.vehicle[v], books.slot_of[v], case.order[u]
    kind, depot, loading = of[KIND], of[DEPOT], of[LOADING]
    m, early_row = books.fact[slot, LENGTH], EARLY if case.releases else GONE
    last = max(order[WINDOWS + 1], order[WINDOWS + 3], order[WINDOWS + 5])
    for k in range(m + 1):
        if stop[slot, early_row, k] > last:
            break
        i = depot if k == 0 else stops[slot, k - 1]
        j = depot if k == m else stops[slot, k]
        for way in range(3):
            cuts = way != IN_TRIP
            if cuts and (stop[slot, OPEN_PAIRS, k] or (i if way == NEW_BEFORE else j) == depot):
                continue
            t = stop[slot, early_row if cuts else GONE, k]
            metres, lasts, energy, a = np.int64(0), np.int64(0), np.int64(0), i
            if way == NEW_BEFORE:
                lasts, a = leg[kind, i, depot, SECONDS] + loading, depot
                metres, energy = leg[kind, i, depot, METRES], leg[kind, i, depot, MWH]
                t = arrive(traffic, pace, t, leg[kind, i, depot, SECONDS]) + loading
            t = _served_at(case, u, arrive(traffic, pace, t, leg[kind, a, u, SECONDS]))
            if t >= NONE:
                continue
            t += _standing(case, kind, a, u)
            lasts += leg[kind, a, u, SECONDS] + _standing(case, kind, a, u)
            metres += leg[kind, a, u, METRES]
            energy += leg[kind, a, u, MWH]
            if way == NEW_AFTER:
                lasts += loading + leg[kind, depot, j, SECONDS]
                metres += leg[kind, depot, j, METRES]
                energy += leg[kind, depot, j, MWH]
            found = _look_for_end(case, books, u, v, k, way, t, lasts, metres, energy, once, found)
    return found


@inner
def _look_for_end(case, books, u, v, k, way, t, lasts, metres, energy, once, found):  # type: ignore[no-untyped-def]
    """Keep the cheapest places to bring a pair to that is fetched before stop k and left at t; return how many.

    What it takes up to where it is fetched, its stay included, is in `lasts`, `metres` and `energy`.
    """
    leg, stop, stops, of, order = case.leg, books.stop, books.stops, case.vehicle[v], case.order
    traffic, pace, early_s = case.traffic, case.pace, np.int64(0)
    slot, kind, depot, w = books.slot_of[v], of[KIND], of[DEPOT], order[u, BROUGHT]
    m, rest = books.fact[slot, LENGTH], books.fact[slot, REST_WAIT]
    room_g, room_l = of[PAYLOAD] - abs(order[u, GRAMS]), of[BAY] - abs(order[u, LITRES])
    gone_row = EARLY if case.releases and way != IN_TRIP else GONE
    last = max(order[w, WINDOWS + 1], order[w, WINDOWS + 3], order[w, WINDOWS + 5])
    before, first = u, depot if k == 0 else stops[slot, k - 1]
    for j in range(k, m + 1):
        after = depot if j == m else stops[slot, j]
        if not _has_room(stop, slot, k, j, way, room_g, room_l) or t > last:
            break
        # The leg that goes: from where it is fetched, or for the place next to that from the stop before it.
        since, until = (first if j == k else before), (depot if way == NEW_AFTER else after)
        served = _served_at(case, w, arrive(traffic, pace, t, leg[kind, before, w, SECONDS]))
        if served < NONE:
            lasts_there = _standing(case, kind, before, w)
            arrival = arrive(traffic, pace, served + lasts_there, leg[kind, w, until, SECONDS])
            if way == NEW_AFTER:
                arrival = arrive(traffic, pace, arrival + of[LOADING], leg[kind, depot, after, SECONDS])
            # What the stop after it takes less than now; if it takes more, the drive will tell.
            sooner = _standing(case, kind, since, after)
            sooner -= _standing(case, kind, depot if way == NEW_AFTER else w, after)
            if arrival - max(sooner, np.int64(0)) <= stop[slot, LATEST, j]:
                more_s = leg[kind, before, w, SECONDS] + leg[kind, w, until, SECONDS] - leg[kind, since, after, SECONDS]
                more_m = leg[kind, before, w, METRES] + leg[kind, w, until, METRES] - leg[kind, since, after, METRES]
                more_e = leg[kind, before, w, MWH] + leg[kind, w, until, MWH] - leg[kind, since, after, MWH]
                more_s += lasts_there - sooner
                cost = (metres + more_m) * of[PER_KM] // 1000 + max(lasts + more_s - rest, np.int64(0)) * of[PER_S]
                cost += (energy + more_e) * of[PRICE] // MICRO + once
                found = keep_cheapest(books.look, found, cost, v, k, way, j, v)
        if way == NEW_AFTER or after == depot:
            break
        if j == k:  # from here on the stops after the pickup come first
            lasts += leg[kind, u, after, SECONDS] - leg[kind, first, after, SECONDS]
            longer_s = _standing(case, kind, u, after) - _standing(case, kind, first, after)
            lasts += longer_s
            early_s = max(-longer_s, np.int64(0))
            metres += leg[kind, u, after, METRES] - leg[kind, first, after, METRES]
            energy += leg[kind, u, after, MWH] - leg[kind, first, after, MWH]
        t = arrive(traffic, pace, t, leg[kind, before, after, SECONDS])
        if after < case.orders:
            t = _served_at(case, after, t)
            if t >= NONE:
                break
            t += _standing(case, kind, before, after)
        # No earlier than now, but for what is parked once more than now.
        t, before = max(t, stop[slot, gone_row, j + 1] - early_s), after
    return found


@inner
def _has_room(stop, slot, k, j, way, room_g, room_l):  # type: ignore[no-untyped-def]
    """Say whether a pair fetched before stop k has room on the leg to stop j, the trip cut in two or not."""
    grams, litres = stop[slot, BOARD_G, j], stop[slot, BOARD_L, j]
    if way == IN_TRIP:
        grams, litres = grams + stop[slot, PICKED_G, j], litres + stop[slot, PICKED_L, j]
    elif way == NEW_BEFORE:
        grams += stop[slot, PICKED_G, j] - stop[slot, PICKED_G, k]
        litres += stop[slot, PICKED_L, j] - stop[slot, PICKED_L, k]
    else:
        grams, litres = stop[slot, PICKED_G, k], stop[slot, PICKED_L, k]
    return grams <= room_g and litres <= room_l


@inner
def _standing(case, kind, before, at):  # type: ignore[no-untyped-def]
    """Return how long a vehicle that comes from a place stands at an order, 0 at other places."""
    if at >= case.orders:
        return np.int64(0)
    parked = case.spots and case.spot[before] == case.spot[at]
    return case.service[kind, at] - (case.setup[kind, at] if parked else np.int64(0))


@inner
def _served_at(case, u, t):  # type: ignore[no-untyped-def]
    """Return when an order is served that is reached at t, NONE if no window is left."""
    begin, order = NONE, case.order
    for f in range(WINDOWS, WINDOWS + 6, 2):
        a, b = order[u, f], order[u, f + 1]
        if t <= b and a <= b:
            begin = min(begin, max(t, a))
    return begin


@inner
def keep_cheapest(look, found, cost, v, k, way, j, w):  # type: ignore[no-untyped-def]
    """Put a place, or a pair of them, among the cheapest, in order of cost; return how many there are.

    The day with the order is then driven by vehicle `w`, which takes it over where it is another one.
    """
    at = found
    if found == MOST_PRICED:
        if cost >= look[0, found - 1]:
            return found
        at -= 1
    else:
        found += 1
    while at and look[0, at - 1] > cost:
        for f in range(6):
            look[f, at] = look[f, at - 1]
        at -= 1
    look[0, at], look[1, at], look[2, at], look[3, at], look[4, at], look[5, at] = cost, v, k, way, j, w
    return found


@inner
def with_pair(case, books, u, v, k, way, j, seq):  # type: ignore[no-untyped-def]
    """Write a vehicle's stops with a pair fetched before stop k and brought before stop j; return how many."""
    slot, depot = books.slot_of[v], case.vehicle[v, DEPOT]
    stops, m, count = books.stops, books.fact[slot, LENGTH], 0
    for at in range(m + 1):
        if at == k:
            if way == NEW_BEFORE:
                seq[count] = depot
                count += 1
            seq[count] = u
            count += 1
        if at == j:
            seq[count] = case.order[u, BROUGHT]
            count += 1
            if way == NEW_AFTER:
                seq[count] = depot
                count += 1
        if at < m:
            seq[count] = stops[slot, at]
            count += 1
    return count
