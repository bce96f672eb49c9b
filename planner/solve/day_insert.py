"""Where an order costs least: places in trips, and for a new trip before or after a stop, by way of a station too.

Places that a look does not rule out are priced in order of what they cost at least.
"""

from __future__ import annotations

import numpy as np

from planner.solve.compiled import inner
from planner.solve.day_case import (
    BAY,
    BOARD_G,
    BOARD_L,
    BROUGHT,
    COST,
    DEPOT,
    DETOURS,
    EARLY,
    GONE,
    GRAMS,
    HELPED,
    INVITED,
    KIND,
    LATE_PER_S,
    LATER_G,
    LATER_L,
    LATEST,
    LENGTH,
    LIKE,
    LITRES,
    LOADING,
    METRES,
    MIN_PAID,
    MOST_STOPS,
    MWH,
    NEAR_STATIONS,
    NONE,
    OPEN_PAIRS,
    PARCELS,
    PAYLOAD,
    PER_DAY,
    PER_KM,
    PER_PARCEL_MS,
    PER_S,
    PICKED_G,
    PICKED_L,
    PRICE,
    RATE,
    RELEASE,
    REST_WAIT,
    SECONDS,
    SPARE,
    TIGHT,
    TRIP_G,
    TRIP_L,
    VERSION,
    VISITS,
    WINDOWS,
)
from planner.solve.day_kinds import find_idle, larger_idle, may_take, take_over
from planner.solve.day_late import move_cost_with_pair, punctual_until
from planner.solve.day_pace import arrive
from planner.solve.day_pairs import IN_TRIP, NEW_AFTER, NEW_BEFORE, keep_cheapest, look_at_pair, with_pair
from planner.solve.day_price import FLAT, price_day, set_day
from planner.solve.day_ruin import home_of
from planner.solve.day_undo import touch
from planner.solve.draws import draw
from planner.solve.problem import MICRO

BLINK = 0.01
REFRESH = 0.02  # of the days that are known to have no place are looked at again: plugs may be free now
LEAST_DETOURS, MOST_DETOURS = 0.05, 20  # of looks think of stations; so many times as many as they were the best of
MOST_FLAT = 2  # of them are tried with a station


@inner
def opening(books, of, m):  # type: ignore[no-untyped-def]
    """Return what is overlooked of the cost of an idle vehicle: one order alone never pays for another day."""
    return of[PER_DAY] + max(of[LOADING], of[MIN_PAID]) * of[PER_S] if m == 0 and books.now[INVITED] else np.int64(0)


@inner
def cost_once(case, books, u, v, m):  # type: ignore[no-untyped-def]
    """Return what an order costs a vehicle wherever it goes: another day, if it is idle, and that it changes to it."""
    of = case.vehicle[v]
    cost = np.int64(0) if m else of[PER_DAY] + max(of[LOADING], of[MIN_PAID]) * of[PER_S] - opening(books, of, m)
    return cost + move_cost_with_pair(case.order, u, v) if case.moves else cost


@inner
def _look(case, books, u, again, room, detours):  # type: ignore[no-untyped-def]
    """Keep the cheapest places of an order that a look at clock and load does not rule out; return how many.

    The first look leaves out vehicles whose day has not changed since they were looked at for this order; the look
    `again` is at those of them that then had nothing below a price which is less than `room`. Places of a pair are
    asked for by its pickup, of every vehicle in the first look.
    """
    fact, slot_of, allowed, vehicle, least = books.fact, books.slot_of, case.allowed, case.vehicle, books.least
    found, like, paired = 0, np.int64(-1), case.order[u, BROUGHT] >= 0
    home = home_of(case, books, u) if case.groups else np.int64(-1)
    for v in range(len(slot_of)):
        books.seen[v] = False
        if not allowed[u, v] or (home >= 0 and v != home):
            continue
        slot = slot_of[v]
        if fact[slot, LENGTH] == 0:
            if again or vehicle[v, LIKE] == like:  # the same as the empty one before
                continue
            like = vehicle[v, LIKE]
        elif paired:
            if again:
                continue
        else:
            known = least[u, v, 0] == fact[slot, VERSION] and (again or draw(books.random) >= REFRESH)
            if known != again or (again and least[u, v, 1] >= room):
                continue
        if fact[slot, VISITS] + paired >= vehicle[v, MOST_STOPS]:
            continue
        if paired:
            found = look_at_pair(case, books, u, v, cost_once(case, books, u, v, fact[slot, LENGTH]), found)
        else:
            books.seen[v] = True
            found = _look_at(case, books, u, v, found, detours, room)
    return found


@inner
def _look_at(case, books, u, v, found, detours, room):  # type: ignore[no-untyped-def]
    """Keep the cheapest places of an order in one vehicle's day that may cost less than `room`; return how many."""
    leg, stop, stops, vehicle = case.leg, books.stop, books.stops, case.vehicle
    of, slot, order = vehicle[v], books.slot_of[v], case.order[u]
    kind, depot, loading = of[KIND], of[DEPOT], of[LOADING]
    service, parcels_s = case.service[kind, u], -(-order[PARCELS] * of[PER_PARCEL_MS] // 1000)
    spots, spot, setup, traffic, pace = case.spots, case.spot, case.setup, case.traffic, case.pace
    m, rest = books.fact[slot, LENGTH], books.fact[slot, REST_WAIT]
    room_g, room_l = of[PAYLOAD] - abs(order[GRAMS]), of[BAY] - abs(order[LITRES])
    picked_up, released = order[GRAMS] < 0 or order[LITRES] < 0, order[RELEASE] + loading + parcels_s
    early_row = EARLY if case.releases else GONE
    once = cost_once(case, books, u, v, m)
    if m == 0:
        rest = max(of[MIN_PAID] - loading, np.int64(0))
    last = max(order[WINDOWS + 1], order[WINDOWS + 3], order[WINDOWS + 5])
    for k in range(m + 1):
        gone, early = stop[slot, GONE, k], stop[slot, early_row, k]
        if early > last:
            break
        i = depot if k == 0 else stops[slot, k - 1]
        j = depot if k == m else stops[slot, k]
        saved_s, saved_m, saved_e = leg[kind, i, j, SECONDS], leg[kind, i, j, METRES], leg[kind, i, j, MWH]
        # What is on board beside the order at the worst moment: here in the trip, in a new one before, or after.
        in_g, in_l = stop[slot, TRIP_G, k], stop[slot, TRIP_L, k]
        before_g, before_l = stop[slot, BOARD_G, k], stop[slot, BOARD_L, k]
        after_g, after_l = in_g - before_g, in_l - before_l
        if picked_up:
            in_g, in_l = stop[slot, LATER_G, k], stop[slot, LATER_L, k]
            after_g, after_l = stop[slot, PICKED_G, k], stop[slot, PICKED_L, k]
            before_g, before_l = in_g - after_g, in_l - after_l
        whole = case.pairs and stop[slot, OPEN_PAIRS, k] > 0  # the trip is not cut in two here
        for way in range(1 if whole else 3):
            into, dearer = v, np.int64(0)
            if way == IN_TRIP:
                fits, a, b = in_g <= room_g and in_l <= room_l, i, j
                if case.kinds and m and not fits:
                    into = larger_idle(case, books, v, in_g + abs(order[GRAMS]), in_l + abs(order[LITRES]))
                    fits = into >= 0
                    dearer = vehicle[into, PER_DAY] - of[PER_DAY] if fits else dearer
            elif way == NEW_BEFORE:
                fits, a, b = i != depot and before_g <= room_g and before_l <= room_l, depot, j
            else:
                fits = j != depot and after_g <= room_g and after_l <= room_l
                a, b = i, depot
            if not fits:
                continue
            t, metres, energy = gone if way == IN_TRIP else early, -saved_m, -saved_e
            if way == NEW_BEFORE:
                t = arrive(traffic, pace, t, leg[kind, i, depot, SECONDS]) + loading + parcels_s
                metres += leg[kind, i, depot, METRES]
                energy += leg[kind, i, depot, MWH]
            t = arrive(traffic, pace, max(t, released), leg[kind, a, u, SECONDS])
            if t > last:
                continue
            begin = NONE
            for w in range(WINDOWS, WINDOWS + 6, 2):
                if t <= order[w + 1] and order[w] <= order[w + 1]:
                    begin = min(begin, max(t, order[w]))
            late = np.int64(0)
            if order[LATE_PER_S]:
                late = max(begin - punctual_until(case.order, u, begin), np.int64(0)) * order[LATE_PER_S]
            lasts_there, sooner = service, np.int64(0)
            if spots:
                lasts_there -= setup[kind, u] if spot[a] == spot[u] else np.int64(0)
                sooner = setup[kind, b] if spot[u] == spot[b] else np.int64(0)
                sooner -= setup[kind, j] if spot[i] == spot[j] and j < case.orders else np.int64(0)
            t = arrive(traffic, pace, begin + lasts_there, leg[kind, u, b, SECONDS])
            lasts = leg[kind, a, u, SECONDS] + lasts_there + leg[kind, u, b, SECONDS] + parcels_s - saved_s
            metres += leg[kind, a, u, METRES] + leg[kind, u, b, METRES]
            energy += leg[kind, a, u, MWH] + leg[kind, u, b, MWH]
            if way == NEW_BEFORE:
                lasts += leg[kind, i, depot, SECONDS] + loading
            elif way == NEW_AFTER:
                t = arrive(traffic, pace, t + loading, leg[kind, depot, j, SECONDS])
                lasts += loading + leg[kind, depot, j, SECONDS]
                metres += leg[kind, depot, j, METRES]
                energy += leg[kind, depot, j, MWH]
            # `sooner` is what the stop after it takes less than now; if it takes more, the drive will tell.
            t -= max(sooner, np.int64(0))
            if t > stop[slot, LATEST, k]:
                continue
            if way == IN_TRIP and energy > stop[slot, SPARE, k] and not detours:
                continue
            loads = np.int64(0) if way == IN_TRIP else loading  # a charge meanwhile may make later ones shorter
            if stop[slot, RATE, k]:
                t += max(energy // stop[slot, RATE, k] - loads, np.int64(0))
            if t > stop[slot, TIGHT, k] + loads:
                continue
            lasts -= sooner
            cost = metres * of[PER_KM] // 1000 + max(lasts - rest, np.int64(0)) * of[PER_S]
            cost += energy * of[PRICE] // MICRO + once + late + dearer
            if cost < room:
                found = keep_cheapest(books.look, found, cost, v, k, way, 0, into)
    return found


@inner
def _with(case, books, u, v, k, way, brought_at, seq):  # type: ignore[no-untyped-def]
    """Write a vehicle's stops with an order before stop k; return how many.

    If it is a pair's pickup, its delivery goes before stop `brought_at`.
    """
    if case.order[u, BROUGHT] >= 0:
        return with_pair(case, books, u, v, k, way, brought_at, seq)
    slot, depot = books.slot_of[v], case.vehicle[v, DEPOT]
    stops, m, count = books.stops, books.fact[books.slot_of[v], LENGTH], k
    for j in range(k):
        seq[j] = stops[slot, j]
    if way == NEW_BEFORE:
        seq[count] = depot
        count += 1
    seq[count] = u
    count += 1
    if way == NEW_AFTER:
        seq[count] = depot
        count += 1
    for j in range(k, m):
        seq[count] = stops[slot, j]
        count += 1
    return count


@inner
def _by_station(case, books, v, u, seq, m, least, bound):  # type: ignore[no-untyped-def]
    """Return the least cost below a bound with a station more on the trip of an order, the stop before and the station.

    Without the station the day would cost at least `least`.
    """
    on_way, of, stations, leg = books.trial[1], case.vehicle[v], case.stations, case.leg
    kind, per_km, per_s, rest = of[KIND], of[PER_KM], of[PER_S], books.fact[books.slot_of[v], REST_WAIT]
    best, best_k, best_station = bound, -1, np.int64(-1)
    at = 0
    while seq[at] != u:
        at += 1
    first, last = at, at
    while first > 0 and seq[first - 1] != of[DEPOT]:
        first -= 1
    while last < m and seq[last] != of[DEPOT]:
        last += 1
    for k in range(first, last + 1):
        a = of[DEPOT] if k == 0 else seq[k - 1]
        b = of[DEPOT] if k == m else seq[k]
        for c in range(NEAR_STATIONS):
            station = stations[kind, a, b, c]
            if station < 0 or station in (a, b):
                continue
            metres = leg[kind, a, station, METRES] + leg[kind, station, b, METRES] - leg[kind, a, b, METRES]
            lasts = leg[kind, a, station, SECONDS] + leg[kind, station, b, SECONDS] - leg[kind, a, b, SECONDS]
            if least + metres * per_km // 1000 + max(lasts - rest, np.int64(0)) * per_s >= best:
                continue
            for j in range(m):
                on_way[j if j < k else j + 1] = seq[j]
            on_way[k] = station
            cost = price_day(case, books, v, on_way, m + 1)
            if cost < best:
                best, best_k, best_station = cost, k, station
    return best, best_k, best_station


@inner
def _price_places(case, books, u, again, room):  # type: ignore[no-untyped-def]
    """Price the places of an order that a look lists while they may cost less than `room`; return the least cost.

    Notes in `books.choice` vehicle, stop and way of that place, the stop before which a station goes and which, that
    before which a pair is brought, and the vehicle that then drives the day.
    """
    look, fact, slot_of, seq, seen, now = books.look, books.fact, books.slot_of, books.trial[0], books.seen, books.now
    choice, longest = books.choice, len(seq) - 2
    # Where a way by a station is seldom the best, it is seldom looked for.
    helped = float(MOST_DETOURS * (now[HELPED] + 1)) / float(now[DETOURS] + 1)
    detours = len(case.stations) > 0 and draw(books.random) < LEAST_DETOURS + helped
    found = _look(case, books, u, again, room, detours)
    best, flat = room, 0
    for pick in range(found):
        least, v, w = look[0, pick], look[1, pick], look[5, pick]
        if least >= best:
            break
        if fact[slot_of[v], LENGTH] + 3 > longest:
            continue
        if draw(books.random) < BLINK:
            seen[v] = False
            continue
        base = fact[slot_of[v], COST] + opening(books, case.vehicle[v], fact[slot_of[v], LENGTH])
        m = _with(case, books, u, v, look[2, pick], look[3, pick], look[4, pick], seq)
        cost = price_day(case, books, w, seq, m) if w == v or may_take(case, w, seq, m) else NONE
        k, station = -1, np.int64(-1)
        if cost == FLAT and flat < MOST_FLAT and detours and w == v:
            flat += 1
            now[DETOURS] += 1
            cost, k, station = _by_station(case, books, v, u, seq, m, least + base, best + base)
        if cost - base < best:
            best = cost - base
            choice[0], choice[1], choice[2], choice[3], choice[4] = v, look[2, pick], look[3, pick], k, station
            choice[5], choice[6] = look[4, pick], w
    for v in range(len(slot_of)):
        if seen[v]:
            books.least[u, v, 0], books.least[u, v, 1] = fact[slot_of[v], VERSION], best
    return best


@inner
def insert(case, books, u, touched, room):  # type: ignore[no-untyped-def]
    """Put an order where it costs least if that is less than `room`; return how many vehicles are touched, or -1."""
    choice, seq = books.choice, books.trial[0]
    choice[0] = -1
    if case.kinds:
        find_idle(case, books)
    _price_places(case, books, u, True, _price_places(case, books, u, False, room))
    v, k = choice[0], choice[3]
    if v < 0:
        return -1
    touched = touch(books, v, touched)
    m = _with(case, books, u, v, choice[1], choice[2], choice[5], seq)
    if k >= 0:
        books.now[HELPED] += 1
        for j in range(m, k, -1):
            seq[j] = seq[j - 1]
        seq[k] = choice[4]
        m += 1
    if choice[6] != v:
        return take_over(case, books, v, choice[6], seq, m, touched)
    set_day(case, books, v, seq, m)
    return touched
