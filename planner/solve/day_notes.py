"""What a priced day notes at each stop, so that a look at a place can rule it out before it is priced."""

from __future__ import annotations

import numpy as np

from planner.solve.compiled import inner
from planner.solve.day_case import (
    BATTERY,
    BOARD_G,
    BOARD_L,
    BREAK_S,
    BROUGHT,
    CH_BEGIN,
    CH_END,
    CH_GROUP,
    CH_STOP,
    CHARGE_W,
    CLOSES,
    DEPOT,
    DOCKS,
    EARLY,
    FIRST_GROUP,
    FIRST_LEFT,
    GONE,
    GRAMS,
    GROUP_W,
    KIND,
    KNEE,
    LAST_GROUP,
    LATER_G,
    LATER_L,
    LATEST,
    LEFT,
    LITRES,
    LOADING,
    LOADS,
    NEED,
    ON_G,
    ON_L,
    OPENS,
    OUT_BREAK_AT,
    OUT_CHARGES,
    PICKED_G,
    PICKED_L,
    RATE,
    SECONDS,
    SPARE,
    START,
    SWAP_S,
    TIGHT,
    TRIP_G,
    TRIP_L,
    WINDOWS,
)
from planner.solve.day_pace import arrive, leave_by, serve_by
from planner.solve.day_pairs import note_pairs
from planner.solve.day_plugs import EVER


@inner
def note(case, books, v, slot, of, m):  # type: ignore[no-untyped-def]
    """Note times and loads at each stop, for a look at a place before it is priced."""
    stop, stops, scratch, leg = books.stop, books.stops, books.scratch, case.leg
    depot, kind, orders = of[DEPOT], of[KIND], case.orders
    break_at, left = books.out[OUT_BREAK_AT], FIRST_LEFT if of[DOCKS] or case.traffic else LEFT
    if m == 0:
        stop[slot, GONE, 0], stop[slot, LATEST, 0] = of[OPENS] + of[LOADING], of[CLOSES]
        stop[slot, TIGHT, 0], stop[slot, RATE, 0], stop[slot, SPARE, 0] = of[CLOSES], 0, of[BATTERY]
        for f in range(BOARD_G, TIGHT):
            stop[slot, f, 0] = 0
        if case.releases:
            stop[slot, EARLY, 0] = stop[slot, GONE, 0]
        return
    latest, trip_g, trip_l = of[CLOSES], np.int64(0), np.int64(0)
    for k in range(m, -1, -1):
        place, before = depot if k == m else stops[slot, k], depot if k == 0 else stops[slot, k - 1]
        if k < m:
            if k + 1 == break_at:
                latest -= of[BREAK_S]
            if place < orders:
                latest = serve_by(case, kind, before, place, latest)
                books.where[place], books.at[place] = v, k
            elif place == depot:
                latest -= scratch[LOADS, k + 1]
        stop[slot, GONE, k], stop[slot, LATEST, k] = scratch[left, k], latest
        stop[slot, BOARD_G, k], stop[slot, BOARD_L, k] = scratch[ON_G, k], scratch[ON_L, k]
        latest = leave_by(case.traffic, case.pace, latest, leg[kind, before, place, SECONDS])
    for k in range(m + 1):
        if k == 0 or stops[slot, k - 1] == depot:
            trip_g, trip_l = scratch[ON_G, k], scratch[ON_L, k]
        trip_g, trip_l = max(trip_g, scratch[ON_G, k]), max(trip_l, scratch[ON_L, k])
        stop[slot, TRIP_G, k], stop[slot, TRIP_L, k] = trip_g, trip_l
    _note_tight(case, books, slot, of, m)
    if case.pickups:
        _note_pickups(case, books, slot, depot, m)
    if case.pairs:
        note_pairs(case, books, slot, m)
    if case.releases:
        _note_early(case, books, slot, of, m)


@inner
def _note_tight(case, books, slot, of, m):  # type: ignore[no-untyped-def]
    """Note what charging leaves: the latest arrival at each stop if no charge becomes shorter, and energy to spare.

    RATE is what a second of the next charge brings that lasts longer with every mWh that is taken before it, 0 if
    there is none; SPARE is by how much the way between two plugs may take more. Neither counts with swaps.
    """
    stop, stops, scratch, leg = books.stop, books.stops, books.scratch, case.leg
    depot, kind, orders = of[DEPOT], of[KIND], case.orders
    latest, rate, c = of[CLOSES], np.int64(0), books.out[OUT_CHARGES] - 1
    for k in range(m, -1, -1):
        place, before = depot if k == m else stops[slot, k], depot if k == 0 else stops[slot, k - 1]
        loads = scratch[LOADS, k + 1] if k < m and place == depot else np.int64(0)
        lasts = loads
        if c >= 0 and scratch[CH_STOP, c] == k + 1:
            charges = scratch[CH_END, c] - scratch[CH_BEGIN, c]
            if charges > loads:
                rate = min(case.group[scratch[CH_GROUP, c], GROUP_W], of[CHARGE_W]) * 5 // 18
            elif charges < loads:
                rate = np.int64(0)
            lasts = max(loads, charges)
            c -= 1
        if k + 1 == books.out[OUT_BREAK_AT]:
            latest -= of[BREAK_S]
        if place < orders:
            latest = serve_by(case, kind, before, place, latest)
        else:
            latest -= lasts
        stop[slot, TIGHT, k], stop[slot, RATE, k] = latest, np.int64(0) if of[SWAP_S] else rate
        latest = leave_by(case.traffic, case.pace, latest, leg[kind, before, place, SECONDS])
    spare = max(of[START], of[KNEE]) - scratch[NEED, 0]
    for k in range(m + 1):
        if k and stops[slot, k - 1] >= orders:
            s = stops[slot, k - 1] - orders
            if case.site[s, FIRST_GROUP] < case.site[s, LAST_GROUP]:
                spare = (of[KNEE] if scratch[NEED, k] <= of[KNEE] else of[BATTERY]) - scratch[NEED, k]
        stop[slot, SPARE, k] = of[BATTERY] if of[SWAP_S] else spare


@inner
def _note_pickups(case, books, slot, depot, m):  # type: ignore[no-untyped-def]
    """Note what has been picked up before each stop, and the most on board from there to the end of its trip."""
    stop, stops, scratch, order, orders = books.stop, books.stops, books.scratch, case.order, case.orders
    later_g = later_l = picked_g = picked_l = np.int64(0)
    for k in range(m, -1, -1):
        if k == m or stops[slot, k] == depot:
            later_g = later_l = np.int64(0)
        later_g, later_l = max(later_g, scratch[ON_G, k]), max(later_l, scratch[ON_L, k])
        stop[slot, LATER_G, k], stop[slot, LATER_L, k] = later_g, later_l
    for k in range(m + 1):
        before = depot if k == 0 else stops[slot, k - 1]
        if before < orders and order[before, BROUGHT] >= 0:
            pass
        elif before < orders:
            picked_g -= min(order[before, GRAMS], np.int64(0))
            picked_l -= min(order[before, LITRES], np.int64(0))
        elif before == depot:
            picked_g = picked_l = np.int64(0)
        stop[slot, PICKED_G, k], stop[slot, PICKED_L, k] = picked_g, picked_l
        stop[slot, BOARD_G, k] -= picked_g
        stop[slot, BOARD_L, k] -= picked_l


@inner
def _note_early(case, books, slot, of, m):  # type: ignore[no-untyped-def]
    """Note when each stop could be left if no goods were waited for: cutting a trip in two may free its first part."""
    stop, stops, order, leg, orders = books.stop, books.stops, case.order, case.leg, case.orders
    service, scratch = case.service, books.scratch
    t, before, place = of[OPENS], of[DEPOT], of[DEPOT]
    for k in range(m + 1):
        if k:
            before, place = place, stops[slot, k - 1]
            t = arrive(case.traffic, case.pace, t, leg[of[KIND], before, place, SECONDS])
        if place < orders:
            begin = EVER
            for w in range(WINDOWS, WINDOWS + 6, 2):
                a, b = order[place, w], order[place, w + 1]
                if t <= b and a <= b:
                    begin = min(begin, max(t, a))
            t = begin + service[of[KIND], place]
            if case.spots and case.spot[before] == case.spot[place]:
                t -= case.setup[of[KIND], place]
        elif place == of[DEPOT]:
            t += scratch[LOADS, k]
        stop[slot, EARLY, k] = t
