"""What a vehicle's whole day costs: one drive through its stops with true loads, windows, charges and taken plugs.

Going back from the return home, the load on each leg is known, and so is what the battery must hold on leaving each
plug. Going forward, the vehicle is everywhere as early as it can, charges what it must, and while it is loaded
anyway what it will need later; then it starts as much later as its waiting allows (Savelsbergh, ORSA Journal on
Computing 4, 1992), since hours are paid from start to end.
"""

from __future__ import annotations

import numpy as np

from planner.solve.compiled import inner
from planner.solve.day_case import (
    AFTER_S,
    AT_WORK,
    BATTERY,
    BAY,
    BEFORE_S,
    BREAK_AT,
    BREAK_FROM,
    BREAK_MOVES,
    BREAK_READY,
    BREAK_S,
    BREAK_TO,
    BROUGHT,
    CH_AT,
    CH_BEGIN,
    CH_END,
    CH_GROUP,
    CH_STOP,
    CH_WAITED,
    CHARGE_W,
    CHARGES,
    CLOSES,
    COST,
    DELAY,
    DEPOT,
    DOCKS,
    END,
    FIRST_GROUP,
    FIRST_LEFT,
    GRAMS,
    GROUP_W,
    KIND,
    KNEE,
    LAST_GROUP,
    LATE_PER_S,
    LEFT,
    LENGTH,
    LITRES,
    LOAD_AT,
    LOAD_BEGIN,
    LOAD_WAITED,
    LOADING,
    LOADS,
    LOST,
    METRES,
    METRES_DRIVEN,
    MIN_PAID,
    MOST_STOPS,
    MWH,
    NEED,
    NET,
    NIGHT,
    NONE,
    ON_G,
    ON_L,
    OPENS,
    OUT_BREAK_AT,
    OUT_CHARGES,
    OUT_DELAY,
    OUT_DOCKS,
    OUT_FROM,
    OUT_GAINED,
    OUT_HOME,
    OUT_METRES,
    OUT_READY,
    OUT_REST_WAIT,
    OUT_SWAPS,
    OUT_UNWORKED,
    OUT_VISITS,
    OUT_WAITED,
    OUT_WANTED,
    OUT_WORKED,
    PARCELS,
    PAYLOAD,
    PER_DAY,
    PER_KM,
    PER_OVER_S,
    PER_PARCEL_MS,
    PER_S,
    PRICE,
    READY,
    REGULAR,
    RELEASE,
    RESERVE,
    REST_WAIT,
    ROOM,
    SECONDS,
    SITE,
    SITE_APART,
    SITE_PRICE,
    START,
    SWAP_S,
    SWAPPED,
    SWAPS,
    UWH,
    VERSION,
    VERSIONS,
    VISITS,
    WAITS,
    WANT,
    WAYS_M,
    WINDOWS,
    WORKED,
)
from planner.solve.day_docks import free_dock, hold_docks, later_start, note_loadings
from planner.solve.day_late import move_cost, punctual_until
from planner.solve.day_notes import note
from planner.solve.day_pace import arrive, latest_start
from planner.solve.day_pairs import pairs_hold
from planner.solve.day_plugs import EVER, charged_mwh, hold_plugs, plug_in
from planner.solve.day_swaps import hold_packs, note_swaps, packs_left, swap
from planner.solve.problem import MICRO

FLAT = NONE - 1  # the cost of a day whose battery does not last
MOST_BREAKS = 3  # places for a break are tried
MOST_STARTS, LEAST_STEP_S = 4, 30  # later starts are tried where there is traffic


@inner
def price_day(case, books, v, seq, m):  # type: ignore[no-untyped-def]
    """Return what the stops ``seq[:m]`` cost a vehicle; FLAT where its battery does not last, NONE if impossible.

    Leaves times, loads and charges in `books.scratch`, and in `books.out` the number of charges, by how much the
    start may be later, the waiting that remains, and the leg before which the break is taken.
    """
    if m == 0:
        for f in range(len(books.out)):
            books.out[f] = 0
        return np.int64(0)
    if case.pairs and not pairs_hold(case, books, v, seq, m):
        return NONE
    failed = _look_back(case, books, v, seq, m)
    if failed:
        return failed
    books.out[OUT_BREAK_AT] = 0
    cost = _drive_from(case, books, v, seq, m)
    if case.traffic and cost < FLAT:
        return _in_traffic(case, books, v, seq, m, cost)
    return _with_break(case, books, v, seq, m, cost) if case.vehicle[v, BREAK_S] and cost < FLAT else cost


@inner
def _in_traffic(case, books, v, seq, m, cost):  # type: ignore[no-untyped-def]
    """Return what a day costs that has just been driven as early as can be, begun later and with a break where due.

    How long a drive takes depends on when it begins, so that a later start is driven again.
    """
    out, due = books.out, case.vehicle[v, BREAK_S] > 0
    best = _start_later(case, books, v, seq, m, cost) if case.vehicle[v, PER_S] else cost
    if not due:
        return best
    later = out[OUT_FROM]
    best = _with_break(case, books, v, seq, m, best)
    if best < FLAT or later == 0:
        return best
    out[OUT_FROM] = out[OUT_BREAK_AT] = 0
    return _with_break(case, books, v, seq, m, _drive(case, books, v, seq, m))


@inner
def _start_later(case, books, v, seq, m, cost):  # type: ignore[no-untyped-def]
    """Begin a day as late as its return allows, or else by halves of it, and leave it driven so; return its cost."""
    out = books.out
    best, best_later, later = cost, np.int64(0), np.int64(0)
    step = latest_start(case, books, case.vehicle[v], seq, m) - case.vehicle[v, OPENS]
    for tried in range(MOST_STARTS):
        if step < LEAST_STEP_S:
            break
        later = out[OUT_FROM] = best_later + step
        cost = _drive(case, books, v, seq, m)
        if cost < best:
            best, best_later = cost, later
            if tried == 0:
                break
        step //= 2
    if later != best_later:
        out[OUT_FROM] = best_later
        best = _drive(case, books, v, seq, m)
    return best


@inner
def _look_back(case, books, v, seq, m):  # type: ignore[no-untyped-def]
    """Work out loads, energies and needs of all legs; return 0, or the cost of what is impossible."""
    leg, order, site, scratch, of = case.leg, case.order, case.site, books.scratch, case.vehicle[v]
    orders, hilly = case.orders, case.leg.shape[3] > 4
    kind, depot, reserve, knee, battery = of[KIND], of[DEPOT], of[RESERVE], of[KNEE], of[BATTERY]
    payload, bay = of[PAYLOAD], of[BAY]
    swaps = of[SWAP_S] > 0 and packs_left(books, of, v) > 0
    at_home = site[of[SITE], FIRST_GROUP] < site[of[SITE], LAST_GROUP]
    pickups, releases = case.pickups, case.releases
    grams = litres = parcels = visits = ready = np.int64(0)
    need = reserve if at_home else of[END]
    want = of[END]
    for i in range(m, -1, -1):
        place = depot if i == m else seq[i]
        before = depot if i == 0 else seq[i - 1]
        if place < orders:
            grams += order[place, GRAMS]
            litres += order[place, LITRES]
            if grams > payload or litres > bay:
                return NONE
            parcels += order[place, PARCELS]
            visits += 1
            if releases:
                ready = max(ready, order[place, RELEASE])
        elif place == depot:
            grams = litres = parcels = ready = np.int64(0)
            if pickups:
                grams, litres = _picked_up(order, seq, i, depot, orders)
                if grams > payload or litres > bay:
                    return NONE
        if leg[kind, before, place, SECONDS] >= NONE:
            return NONE
        net = leg[kind, before, place, MWH] - (-leg[kind, before, place, UWH] * grams // 1_000_000)
        peak, lost = net, np.int64(0)
        if hilly:
            peak = leg[kind, before, place, MWH + 2] - (-leg[kind, before, place, UWH + 2] * grams // 1_000_000)
            peak = max(net, peak)
            full = leg[kind, before, place, MWH + 4] - (-leg[kind, before, place, UWH + 4] * grams // 1_000_000)
            lost = max(full - net, np.int64(0))
        need = max(peak + reserve, need + net)
        want = max(peak + reserve, want + net)
        if need > battery - lost:
            return FLAT
        scratch[NET, i], scratch[LOST, i], scratch[NEED, i], scratch[WANT, i] = net, lost, need, want
        scratch[ON_G, i], scratch[ON_L, i] = grams, litres
        if releases:
            scratch[READY, i] = ready
        if before == depot:
            scratch[LOADS, i] = of[LOADING] - (-parcels * of[PER_PARCEL_MS] // 1000)
        if before >= orders and need <= knee:
            s = before - orders
            if site[s, FIRST_GROUP] < site[s, LAST_GROUP]:
                need = reserve
        if swaps and before == depot:
            need = reserve
    books.out[OUT_VISITS] = visits
    return NONE if visits > of[MOST_STOPS] else np.int64(0)


@inner
def _picked_up(order, seq, i, depot, orders):  # type: ignore[no-untyped-def]
    """Return what is picked up for the depot in the trip that ends with stop i."""
    grams = litres = np.int64(0)
    for k in range(i - 1, -1, -1):
        place = seq[k]
        if place == depot:
            break
        if place < orders and order[place, BROUGHT] < 0:
            grams -= min(order[place, GRAMS], np.int64(0))
            litres -= min(order[place, LITRES], np.int64(0))
    return grams, litres


@inner
def _drive_from(case, books, v, seq, m):  # type: ignore[no-untyped-def]
    """Drive through the stops from the best start that is found; return the cost.

    Only where docks are few it is not the earliest one, moved as far as all waiting allows.
    """
    out, of, scratch = books.out, case.vehicle[v], books.scratch
    out[OUT_FROM] = 0
    cost = _drive(case, books, v, seq, m)
    if of[DOCKS] == 0 and not case.traffic:
        return cost
    for i in range(m + 1):
        scratch[FIRST_LEFT, i] = scratch[LEFT, i]
    wanted, delay = out[OUT_WANTED], out[OUT_DELAY]
    if cost >= FLAT or wanted <= delay or case.traffic:
        return cost
    best, best_from = cost, np.int64(0)
    for late in (wanted, later_start(books, of, v, scratch[LOADS, 0], wanted)):
        if late > delay and late != out[OUT_FROM]:
            out[OUT_FROM] = late
            cost = _drive(case, books, v, seq, m)
            if cost < best:
                best, best_from = cost, late
    if out[OUT_FROM] != best_from:
        out[OUT_FROM] = best_from
        _drive(case, books, v, seq, m)
    return best


@inner
def _drive(case, books, v, seq, m):  # type: ignore[no-untyped-def]
    """Drive through the stops, with a break before the leg of `books.out` if there is one; return the cost."""
    # Arrays are taken out of their tuples once: each time costs as much as the arithmetic.
    leg, order, site, group, scratch, of = case.leg, case.order, case.site, case.group, books.scratch, case.vehicle[v]
    taken, drawn, mine = books.taken, books.watts, books.mine[books.slot_of[v]]
    kind, depot, battery, orders, charge_w = of[KIND], of[DEPOT], of[BATTERY], case.orders, of[CHARGE_W]
    service, out, break_at = case.service, books.out, books.out[OUT_BREAK_AT]
    noting = of[BREAK_S] > 0 and break_at == 0
    t, q, knee, waited = of[OPENS] + out[OUT_FROM], of[START], of[KNEE], out[OUT_FROM]
    slack, metres, price, charges = of[CLOSES] - of[OPENS], np.int64(0), np.int64(0), 0
    place, releases, docks, traffic, pace = depot, case.releases, of[DOCKS], case.traffic, case.pace
    lates, moves, late = case.lates, case.moves, np.int64(0)
    out[OUT_DOCKS] = EVER
    out[OUT_SWAPS] = out[OUT_GAINED] = 0
    packs = packs_left(books, of, v) if of[SWAP_S] else np.int64(0)
    for i in range(m + 1):
        rests = break_at > 0 and i == break_at
        if place >= orders:
            since, waited_before = t, waited
            if of[SWAP_S]:
                scratch[SWAPPED, i] = 0
            lasts = scratch[LOADS, i] if place == depot else np.int64(0)
            need, want = scratch[NEED, i], scratch[WANT, i]
            hold = max(scratch[READY, i] - t, np.int64(0)) if releases and place == depot else np.int64(0)
            if docks and lasts:
                begin, until = free_dock(
                    books.docked[of[SITE]], books.docking[books.slot_of[v]], docks, t + hold, lasts
                )
                if begin < 0:
                    return NONE
                scratch[LOAD_BEGIN, i], scratch[LOAD_AT, i], scratch[LOAD_WAITED, i] = begin, t, waited
                out[OUT_DOCKS] = min(out[OUT_DOCKS], waited + until - lasts - t)
                hold = begin - t
            if (lasts or hold) and site[place - orders, SITE_APART]:
                t += hold + lasts
                waited += hold
                lasts = hold = np.int64(0)
            if hold and i == 0:
                # Nobody comes to work before goods and dock are there but to charge what the first trip needs.
                if q < need:
                    want = need
                else:
                    t += hold
                    waited += hold
                    hold = np.int64(0)
            # From here on `lasts` is all that is spent here anyway, `idle` what of it is waiting.
            works, idle, lasts = lasts > 0 or rests, hold, lasts + hold
            if noting:
                scratch[BREAK_READY, i] = t + lasts
            if rests:
                begin, until = _rest(of, out, t + lasts, waited + idle)
                if begin > until:
                    return NONE
                slack = min(slack, waited + idle + until - t - lasts)
                idle, lasts = idle + begin - t - lasts, begin + of[BREAK_S] - t
            if q < need or (works and q < want):
                s = place - orders
                g, begin, end, until = plug_in(
                    site, group, taken, drawn, mine, s, charge_w, knee, t, q, need, want, lasts
                )
                leave = max(t + lasts, end) if g >= 0 else EVER
                if packs and place == depot and q < need and leave > max(t + lasts, since + of[SWAP_S]):
                    packs -= 1
                    price += swap(of, scratch, out, i, q)
                    q = battery
                    natural = max(t - since - waited + waited_before + lasts - idle, of[SWAP_S])
                    t = max(t + lasts, since + of[SWAP_S])
                    waited = waited_before + t - since - natural
                    lasts = idle = np.int64(0)
                elif g < 0 and q < need:
                    return FLAT
                elif g >= 0:
                    amount = (end - begin) * (min(group[g, GROUP_W], charge_w) * 5 // 18)
                    q += amount
                    price += amount * (site[s, SITE_PRICE] - of[NIGHT])
                    natural = max(lasts - idle, end - begin)
                    slack = min(slack, waited + until - end + max(begin - t, 0))
                    leave = max(t + lasts, end)
                    scratch[CH_STOP, charges], scratch[CH_GROUP, charges] = i, g
                    scratch[CH_BEGIN, charges], scratch[CH_END, charges] = begin, end
                    scratch[CH_AT, charges], scratch[CH_WAITED, charges] = t, waited
                    charges += 1
                    lasts, idle = leave - t, leave - t - natural
            waited += idle
            t += lasts
        else:
            if noting:
                scratch[BREAK_READY, i] = t
            if rests:
                begin, until = _rest(of, out, t, waited)
                if begin > until:
                    return NONE
                slack = min(slack, waited + until - t)
                waited += begin - t
                t = begin + of[BREAK_S]
        scratch[LEFT, i] = t
        if noting:
            scratch[WAITS, i], scratch[ROOM, i] = waited, EVER
        before, place = place, (depot if i == m else seq[i])
        q = min(q, battery - scratch[LOST, i]) - scratch[NET, i]
        t = arrive(traffic, pace, t, leg[kind, before, place, SECONDS])
        metres += leg[kind, before, place, METRES]
        if place < orders:
            begin, until = EVER, np.int64(0)
            for w in range(WINDOWS, WINDOWS + 6, 2):
                a, b = order[place, w], order[place, w + 1]
                if t <= b and a <= b and max(t, a) < begin:
                    begin, until = max(t, a), b
            if begin == EVER:
                return NONE
            waited += begin - t
            if noting:
                scratch[ROOM, i] = until - t
            if lates and order[place, LATE_PER_S]:
                # Nobody starts later at the price of lateness: only as much as waiting takes up.
                until = punctual_until(order, place, begin)
                late += max(begin - until, np.int64(0)) * order[place, LATE_PER_S]
                until = max(until, begin)
            if moves:
                late += move_cost(order, place, v)
            slack = min(slack, waited + until - begin)
            t = begin + service[kind, place]
            if case.spots and case.spot[before] == case.spot[place]:
                t -= case.setup[kind, place]
    out[OUT_HOME] = t
    cost = _end(case, books, v, t, q, waited, slack, metres, price, charges, m)
    return cost + late if cost < FLAT else cost


@inner
def _end(case, books, v, t, q, waited, slack, metres, price, charges, m):  # type: ignore[no-untyped-def]
    """Charge at home what the end of the shift asks for, start as late as possible, and return the cost."""
    of, site, scratch, out = case.vehicle[v], case.site, books.scratch, books.out
    if q < of[END]:
        s, mine = of[SITE], books.mine[books.slot_of[v]]
        g, begin, end, until = plug_in(
            site, case.group, books.taken, books.watts, mine, s, of[CHARGE_W], of[KNEE], t, q, of[END], of[END],
            np.int64(0),
        )  # fmt: skip
        if g < 0:
            return FLAT
        amount = (end - begin) * (min(case.group[g, GROUP_W], of[CHARGE_W]) * 5 // 18)
        q += amount
        price += amount * (site[s, SITE_PRICE] - of[NIGHT])
        slack = min(slack, waited + until - end + begin - t)
        scratch[CH_STOP, charges], scratch[CH_GROUP, charges] = m + 1, g
        scratch[CH_BEGIN, charges], scratch[CH_END, charges] = begin, end
        scratch[CH_AT, charges], scratch[CH_WAITED, charges] = t, waited
        charges += 1
        waited += begin - t
        t = end
    slack = min(slack, waited + of[CLOSES] - t)
    if t > of[CLOSES]:
        return NONE
    out[OUT_WANTED] = min(waited, slack)
    # In traffic a later start is no plain shift: the day is driven again from it.
    delay = out[OUT_FROM] if case.traffic else min(out[OUT_WANTED], out[OUT_DOCKS])
    out[OUT_CHARGES], out[OUT_DELAY], out[OUT_REST_WAIT] = charges, delay, waited - delay
    charged = charged_mwh(case, of, scratch, charges) + out[OUT_GAINED]
    bought = price // MICRO + (of[START] + charged - q) * of[PRICE] // MICRO
    worked_s = t - of[OPENS] - (np.int64(0) if of[AT_WORK] else delay)
    paid_s = max(worked_s, of[MIN_PAID])
    out[OUT_UNWORKED], out[OUT_METRES] = paid_s - worked_s, metres + of[WAYS_M]
    out[OUT_WORKED] = worked_s + of[BEFORE_S] + of[AFTER_S]
    paid = paid_s * of[PER_S] + max(t - of[REGULAR], np.int64(0)) * of[PER_OVER_S]
    return of[PER_DAY] + metres * of[PER_KM] // 1000 + paid + max(bought, np.int64(0))


@inner
def _rest(of, out, ready, waited):  # type: ignore[no-untyped-def]
    """Return when a break begins for which the vehicle is ready, and until when it may; note both for later."""
    out[OUT_READY], out[OUT_WAITED] = ready, waited
    return max(ready, of[BREAK_FROM]), EVER if of[BREAK_MOVES] else of[BREAK_TO]


@inner
def _with_break(case, books, v, seq, m, without):  # type: ignore[no-untyped-def]
    """Return what the stops cost with a break where one is due, NONE where it fits nowhere.

    The day has just been driven `without` one. The break goes where waiting takes up most of it, and of such places to
    the last.
    """
    of, out, scratch = case.vehicle[v], books.out, books.scratch
    start = of[OPENS] + out[OUT_DELAY]
    latest = of[BREAK_TO] + start if of[BREAK_MOVES] else of[BREAK_TO]
    back, c = out[OUT_HOME], out[OUT_CHARGES] - 1
    if of[AFTER_S] and c >= 0 and scratch[CH_STOP, c] == m + 1:
        back = scratch[CH_END, c]  # who ends elsewhere is back only after the charge at the depot
    if back + of[AFTER_S] <= latest or start - of[BEFORE_S] > latest:
        return without
    home, waits = out[OUT_HOME], out[OUT_DELAY] + out[OUT_REST_WAIT]
    for _ in range(MOST_BREAKS):
        at = _break_place(of, scratch, m, latest, home, waits)
        if at == 0:
            break
        out[OUT_BREAK_AT] = at
        cost = _drive(case, books, v, seq, m) if case.traffic else _drive_from(case, books, v, seq, m)
        if cost < FLAT:
            start = of[OPENS] + out[OUT_DELAY]
            late = np.int64(0) if case.traffic else max(out[OUT_DELAY] - out[OUT_WAITED], np.int64(0))
            begin = max(out[OUT_READY] + late, of[BREAK_FROM])
            if not of[BREAK_MOVES]:
                return cost
            if begin - start <= of[BREAK_TO]:
                return cost
            latest = min(latest, start + of[BREAK_TO])
        scratch[BREAK_READY, at] = EVER
    return NONE


@inner
def _break_place(of, scratch, m, latest, home, waits):  # type: ignore[no-untyped-def]
    """Return the leg before which a break delays the return least, 0 if windows and shift leave no room for one."""
    best, least = 0, EVER
    room = of[CLOSES] - home + waits  # by how much each stop may be reached later, waits on the way to it included
    for i in range(m, 0, -1):
        room = min(room, scratch[ROOM, i] + scratch[WAITS, i])
        begin = max(scratch[BREAK_READY, i], of[BREAK_FROM])
        push = max(begin + of[BREAK_S] - scratch[LEFT, i], np.int64(0))
        if begin <= latest and push <= room - scratch[WAITS, i]:
            late = max(push - (waits - scratch[WAITS, i]), np.int64(0))
            if late < least:
                best, least = i, late
    return best


@inner
def set_day(case, books, v, seq, m):  # type: ignore[no-untyped-def]
    """Give a vehicle its stops if it can drive them; return what they cost."""
    cost = price_day(case, books, v, seq, m)
    if cost >= FLAT:
        return cost
    slot, of, out, scratch = books.slot_of[v], case.vehicle[v], books.out, books.scratch
    hold_plugs(case, books, v, -1)
    hold_packs(case, books, v, -1)
    if case.docks:
        hold_docks(case, books, v, -1)
        note_loadings(books, v, seq, m, of[DEPOT])
        hold_docks(case, books, v, 1)
    books.now[VERSIONS] += 1
    fact, charge = books.fact, books.charge
    fact[slot, LENGTH], fact[slot, COST], fact[slot, CHARGES] = m, cost, out[OUT_CHARGES]
    fact[slot, DELAY], fact[slot, REST_WAIT] = out[OUT_DELAY], out[OUT_REST_WAIT] + out[OUT_UNWORKED]
    if case.vehicle[v, AT_WORK]:
        fact[slot, REST_WAIT] += out[OUT_DELAY]
    fact[slot, VERSION] = books.now[VERSIONS]
    fact[slot, BREAK_AT], fact[slot, VISITS] = out[OUT_BREAK_AT], out[OUT_VISITS]
    fact[slot, SWAPS] = out[OUT_SWAPS]
    fact[slot, METRES_DRIVEN], fact[slot, WORKED] = out[OUT_METRES], out[OUT_WORKED]
    hold_packs(case, books, v, 1)
    note_swaps(books, of, slot, seq, m)
    for k in range(m):
        books.stops[slot, k] = seq[k]
    for c in range(out[OUT_CHARGES]):
        late = np.int64(0) if case.traffic else max(out[OUT_DELAY] - scratch[CH_WAITED, c], np.int64(0))
        begin = max(scratch[CH_BEGIN, c], scratch[CH_AT, c] + late)
        charge[slot, 0, c], charge[slot, 1, c], charge[slot, 2, c] = scratch[CH_STOP, c], scratch[CH_GROUP, c], begin
        charge[slot, 3, c] = begin + scratch[CH_END, c] - scratch[CH_BEGIN, c]
    hold_plugs(case, books, v, 1)
    note(case, books, v, slot, of, m)
    return cost
