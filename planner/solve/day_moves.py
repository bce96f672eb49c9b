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
    BAY,
    BEST_ABSENT,
    BEST_COST,
    BOARD_G,
    BOARD_L,
    BROUGHT,
    CHARGES,
    COST,
    DEPOT,
    DETOURS,
    EARLY,
    FETCHED,
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
    MARK,
    METRES,
    MIN_PAID,
    MOST_STOPS,
    MWH,
    NEAR_STATIONS,
    NONE,
    NOW_COST,
    OPEN_PAIRS,
    PARCELS,
    PAYLOAD,
    PENALTY,
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
    WEIGHT,
    WINDOWS,
)
from planner.solve.day_docks import hold_docks
from planner.solve.day_late import punctual_until
from planner.solve.day_pace import arrive
from planner.solve.day_pairs import IN_TRIP, NEW_AFTER, NEW_BEFORE, look_at_pair, with_pair
from planner.solve.day_price import FLAT, hold_plugs, price_day, set_day
from planner.solve.day_swaps import hold_packs
from planner.solve.island import draw, exponential
from planner.solve.problem import MICRO

BLINK = 0.01
REFRESH = 0.02  # of the days that are known to have no place are looked at again: plugs may be free now
LEAST_DETOURS, MOST_DETOURS = 0.05, 20  # of looks think of stations; so many times as many as they were the best of
REMOVED = 6.0  # orders on average
LONGEST_STRING = 10
SPLIT = 0.5  # of strings keep some stops in their middle
SPLIT_DEPTH = 0.01
ACROSS = 0.2  # of strings are cut from the whole day, reloads or not
WHOLE_DAY, WHOLE_TRIP = 0.03, 0.1  # of iterations remove one of these first
INVITE, INVITE_WITH_DAY = (
    0.05,
    0.5,
)  # of iterations, and of those that remove a day, look at an idle vehicle as if in use
WHOLE_GROUP = 0.5  # of groups of which an order was removed go as a whole, so that they may change the vehicle
MOST_PRICED = 16  # places of an order in a look
MOST_FLAT = 2  # of them are tried with a station
# Orders in which orders come back, with their weights.
RANDOM, DEMAND, FAR, CLOSE, WIDTH, OPEN, CLOSE_TIME = range(7)
WEIGHTS = np.array([4, 4, 2, 1, 2, 2, 2])


@inner
def _touch(books, v, touched):  # type: ignore[no-untyped-def]
    """Let an iteration change a vehicle's day; return how many it has touched."""
    if books.stamp[v] == books.now[MARK]:
        return touched
    old = books.slot_of[v]
    new = old ^ 1
    stops, fact, stop, charge, mine = books.stops, books.fact, books.stop, books.charge, books.mine
    docking, load = books.docking, books.load
    for k in range(fact[old, LENGTH]):
        stops[new, k] = stops[old, k]
    for f in range(fact.shape[1]):
        fact[new, f] = fact[old, f]
    for b in range(mine.shape[1]):
        mine[new, b] = mine[old, b]
    for b in range(docking.shape[1]):
        docking[new, b] = docking[old, b]
    for k in range(load.shape[1]):
        load[new, k] = load[old, k]
    for k in range(books.swap.shape[1]):
        books.swap[new, k] = books.swap[old, k]
    for c in range(fact[old, CHARGES]):
        for f in range(4):
            charge[new, f, c] = charge[old, f, c]
    for f in range(stop.shape[1]):
        for k in range(fact[old, LENGTH] + 1):
            stop[new, f, k] = stop[old, f, k]
    books.slot_of[v] = new
    books.stamp[v] = books.now[MARK]
    books.touched[touched] = v
    return touched + 1


@inner
def _undo(case, books, touched, absent):  # type: ignore[no-untyped-def]
    """Turn every vehicle back to the day it had before."""
    stops, fact, slot_of, where, at = books.stops, books.fact, books.slot_of, books.where, books.at
    mine = books.mine
    for m in range(touched):
        hold_plugs(case, books, books.touched[m], -1)
        hold_docks(case, books, books.touched[m], -1)
        hold_packs(case, books, books.touched[m], -1)
    for m in range(touched):
        v = books.touched[m]
        slot_of[v] ^= 1
        slot = slot_of[v]
        for b in range(mine.shape[1]):
            mine[slot, b] = 0
        hold_plugs(case, books, v, 1)
        hold_docks(case, books, v, 1)
        hold_packs(case, books, v, 1)
        for k in range(fact[slot, LENGTH]):
            place = stops[slot, k]
            if place < case.orders:
                where[place], at[place] = v, k
    books.now[ABSENT] = absent
    for a in range(absent):
        u = books.saved_absent[a]
        books.absent[a] = u
        where[u] = -1


@inner
def _leave_out(books, u):  # type: ignore[no-untyped-def]
    books.where[u] = -1
    books.absent[books.now[ABSENT]] = u
    books.now[ABSENT] += 1


@inner
def _without(case, books, v, first, last, first_kept, last_kept):  # type: ignore[no-untyped-def]
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
                _leave_out(books, place)
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
                _leave_out(books, seq[k])
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
def _ruin(case, books):  # type: ignore[no-untyped-def]
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
        touched = _touch(books, v, touched)
        strings -= 1
        if whole < WHOLE_DAY:
            _without(case, books, v, 0, fact[slot_of[v], LENGTH], 0, 0)
            strings, whole = min(strings, 1), 1.0
            continue
        first, last = _trip(case, books, v, books.at[u])
        for k in range(first, last):
            if books.stops[slot_of[v], k] < case.orders:
                books.cut[books.stops[slot_of[v], k]] = books.now[MARK]
        if whole < WHOLE_TRIP:
            _without(case, books, v, first, last, 0, 0)
            strings, whole = min(strings, 2), 1.0
        else:
            if draw(random) < ACROSS:
                first, last = 0, fact[slot_of[v], LENGTH]
            size = min(int(1.0 + draw(random) * min(float(last - first), longest)), last - first)
            _cut(case, books, v, books.at[u], size, first, last)
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
def _cut(case, books, v, k, size, first, last):  # type: ignore[no-untyped-def]
    """Remove `size` of stops first..last-1 around stop k, in one string or with a part kept in its middle."""
    random, m = books.random, last - first
    kept = 0
    if 1 < size < m and draw(random) < SPLIT:
        kept = 1
        while size + kept < m and draw(random) > SPLIT_DEPTH:
            kept += 1
    span = size + kept
    earliest = max(first, k - span + 1)
    begin = earliest + int(draw(random) * (min(k, last - span) - earliest + 1))
    head = begin + (1 + int(draw(random) * (size - 1)) if kept else 0)
    _without(case, books, v, begin, begin + span, head, head + kept)


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
def _opening(books, of, m):  # type: ignore[no-untyped-def]
    """Return what is overlooked of the cost of an idle vehicle: one order alone never pays for another day."""
    return of[PER_DAY] + max(of[LOADING], of[MIN_PAID]) * of[PER_S] if m == 0 and books.now[INVITED] else np.int64(0)


@inner
def _once(books, of, m):  # type: ignore[no-untyped-def]
    """Return what an order costs a vehicle wherever it goes: another day, if it is idle."""
    return np.int64(0) if m else of[PER_DAY] + max(of[LOADING], of[MIN_PAID]) * of[PER_S] - _opening(books, of, m)


@inner
def _home(case, books, u):  # type: ignore[no-untyped-def]
    """Return the vehicle that serves others of an order's group, -1 if none does."""
    mate, where = case.mate, books.where
    w = mate[u]
    while w != u:
        if where[w] >= 0:
            return where[w]
        w = mate[w]
    return np.int64(-1)


@inner
def _leave_out_groups(case, books, touched, share):  # type: ignore[no-untyped-def]
    """Leave out the rest of a share of the groups of which an order is absent; return how many vehicles are touched."""
    mate, where, at, absent = case.mate, books.where, books.at, books.absent
    a = 0
    while a < books.now[ABSENT]:
        u = absent[a]
        a += 1
        if mate[u] == u or _home(case, books, u) < 0 or draw(books.random) >= share:
            continue
        w = mate[u]
        while w != u:
            if where[w] >= 0:
                v = where[w]
                touched = _touch(books, v, touched)
                _without(case, books, v, at[w], at[w] + 1, 0, 0)
            w = mate[w]
    return touched


@inner
def _look(case, books, u, again, room, detours):  # type: ignore[no-untyped-def]
    """List the places of an order that a look at clock and load does not rule out; return how many.

    The first look leaves out vehicles whose day has not changed since they were looked at for this order; the look
    `again` is at those of them that then had nothing below a price which is less than `room`. Places of a pair are
    asked for by its pickup, of every vehicle in the first look, and the cheapest are listed.
    """
    fact, slot_of, allowed, vehicle, least = books.fact, books.slot_of, case.allowed, case.vehicle, books.least
    found, like, paired = 0, np.int64(-1), case.order[u, BROUGHT] >= 0
    home = _home(case, books, u) if case.groups else np.int64(-1)
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
            found = look_at_pair(case, books, u, v, _once(books, vehicle[v], fact[slot, LENGTH]), found)
        else:
            books.seen[v] = True
            found = _look_at(case, books, u, v, found, detours)
    return found


@inner
def _look_at(case, books, u, v, found, detours):  # type: ignore[no-untyped-def]
    """List the places of an order in one vehicle's day."""
    leg, stop, stops, look = case.leg, books.stop, books.stops, books.look
    of, slot, order = case.vehicle[v], books.slot_of[v], case.order[u]
    kind, depot, loading = of[KIND], of[DEPOT], of[LOADING]
    service, parcels_s = case.service[kind, u], -(-order[PARCELS] * of[PER_PARCEL_MS] // 1000)
    spots, spot, setup, traffic, pace = case.spots, case.spot, case.setup, case.traffic, case.pace
    m, rest = books.fact[slot, LENGTH], books.fact[slot, REST_WAIT]
    room_g, room_l = of[PAYLOAD] - abs(order[GRAMS]), of[BAY] - abs(order[LITRES])
    picked_up, released = order[GRAMS] < 0 or order[LITRES] < 0, order[RELEASE] + loading + parcels_s
    early_row = EARLY if case.releases else GONE
    once = _once(books, of, m)
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
            if way == IN_TRIP:
                fits, a, b = in_g <= room_g and in_l <= room_l, i, j
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
            look[0, found] = cost + energy * of[PRICE] // MICRO + once + late
            look[1, found], look[2, found], look[3, found] = v, k, way
            found += 1
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

    Notes in `books.choice` vehicle, stop and way of that place, the stop before which a station goes and which, and the
    stop before which a pair is brought.
    """
    look, fact, slot_of, seq, seen, now = books.look, books.fact, books.slot_of, books.trial[0], books.seen, books.now
    choice, longest = books.choice, len(seq) - 2
    # Where a way by a station is seldom the best, it is seldom looked for.
    helped = float(MOST_DETOURS * (now[HELPED] + 1)) / float(now[DETOURS] + 1)
    detours = len(case.stations) > 0 and draw(books.random) < LEAST_DETOURS + helped
    found = _look(case, books, u, again, room, detours)
    best, flat = room, 0
    for _ in range(MOST_PRICED):
        pick, least = -1, best
        for f in range(found):
            if look[0, f] < least:
                pick, least = f, look[0, f]
        if pick < 0:
            break
        look[0, pick] = NONE
        v = look[1, pick]
        if fact[slot_of[v], LENGTH] + 3 > longest:
            continue
        if draw(books.random) < BLINK:
            seen[v] = False
            continue
        base = fact[slot_of[v], COST] + _opening(books, case.vehicle[v], fact[slot_of[v], LENGTH])
        m = _with(case, books, u, v, look[2, pick], look[3, pick], look[4, pick], seq)
        cost = price_day(case, books, v, seq, m)
        k, station = -1, np.int64(-1)
        if cost == FLAT and flat < MOST_FLAT and detours:
            flat += 1
            now[DETOURS] += 1
            cost, k, station = _by_station(case, books, v, u, seq, m, least + base, best + base)
        if cost - base < best:
            best = cost - base
            choice[0], choice[1], choice[2], choice[3], choice[4] = v, look[2, pick], look[3, pick], k, station
            choice[5] = look[4, pick]
    for v in range(len(slot_of)):
        if seen[v]:
            books.least[u, v, 0], books.least[u, v, 1] = fact[slot_of[v], VERSION], best
    return best


@inner
def _insert(case, books, u, touched, room):  # type: ignore[no-untyped-def]
    """Put an order where it costs least if that is less than `room`; return how many vehicles are touched, or -1."""
    choice, seq = books.choice, books.trial[0]
    choice[0] = -1
    _price_places(case, books, u, True, _price_places(case, books, u, False, room))
    v, k = choice[0], choice[3]
    if v < 0:
        return -1
    touched = _touch(books, v, touched)
    m = _with(case, books, u, v, choice[1], choice[2], choice[5], seq)
    if k >= 0:
        books.now[HELPED] += 1
        for j in range(m, k, -1):
            seq[j] = seq[j - 1]
        seq[k] = choice[4]
        m += 1
    set_day(case, books, v, seq, m)
    return touched


@inner
def _recreate(case, books, touched):  # type: ignore[no-untyped-def]
    """Put the absent orders back; return how many vehicles were touched."""
    if case.groups:
        touched = _leave_out_groups(case, books, touched, WHOLE_GROUP)
    _sort_absent(case, books)
    left = 0
    for a in range(books.now[ABSENT]):
        u = books.absent[a]
        if case.order[u, FETCHED] >= 0:  # a pair goes in by its pickup
            continue
        room = case.order[u, PENALTY]
        if case.order[u, BROUGHT] >= 0:
            room += case.order[case.order[u, BROUGHT], PENALTY]
        after = _insert(case, books, u, touched, room)
        if after >= 0:
            touched = after
        else:
            books.absent[left] = u
            left += 1
    books.now[ABSENT] = left
    if case.pairs:
        for a in range(left):
            if case.order[books.absent[a], BROUGHT] >= 0:
                _leave_out(books, case.order[books.absent[a], BROUGHT])
    return _leave_out_groups(case, books, touched, 1.0) if case.groups else touched


@inner
def total_cost(case, books):  # type: ignore[no-untyped-def]
    """Return what all days cost, that they are uneven, and the penalties of the absent."""
    total = np.int64(0)
    for v in range(len(books.slot_of)):
        total += books.fact[books.slot_of[v], COST]
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
        touched = _recreate(case, books, _ruin(case, books))
        cost = total_cost(case, books)
        easier = fill and absent > 0 and _hardness(case, books) < hard
        for a in range(now[ABSENT]):
            books.sums[books.absent[a]] += 1
        if cost < now[NOW_COST] + temperature * exponential(books.random) or easier:
            now[NOW_COST] = cost
            if cost < now[BEST_COST]:
                keep_best(books, cost)
        else:
            _undo(case, books, touched, absent)


@compiled
def put_back(case, books):  # type: ignore[no-untyped-def]
    """Put absent orders where they cost least and leave all else as it is; return how many stay absent."""
    books.now[MARK] += 1
    books.now[INVITED] = 0
    _recreate(case, books, 0)
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
    seq = books.trial[0]
    for v in range(len(lengths)):
        set_day(case, books, v, seq, 0)
    for u in range(case.orders):
        books.where[u] = -1
    for v in range(len(lengths)):
        set_day(case, books, v, stops[v], lengths[v])
    books.now[ABSENT] = 0
    for u in range(case.orders):
        if books.where[u] < 0:
            books.absent[books.now[ABSENT]] = u
            books.now[ABSENT] += 1
    books.now[NOW_COST] = total_cost(case, books)
