"""A day of `Problem` in the few dense tables that the search reads, and the books that it keeps about each vehicle."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.solve.draws import random_stream
from planner.solve.instance import Floats
from planner.solve.problem import HILLY, NO_PARTNER, NO_WAY, Ints, Problem
from planner.solve.schedule import LEAST_W, equal_plugs
from planner.solve.trips import allowed_together, members

NONE = np.int64(2) ** 60  # the cost of what is impossible
BUCKET_S = 180  # plugs and site power are counted in steps of this
MOST_PRICED = 16  # places of an order, or pairs of them, in a look at all vehicles
NEAR_STATIONS = 2  # looked at between two places, those of the least detour

# Columns of `DayCase.vehicle`. What is driven costs PRICE, with the battery's wear; what is charged by day saves NIGHT.
KIND, DEPOT, SITE, OPENS, CLOSES, START, RESERVE, END, PAYLOAD, BAY, BATTERY, KNEE = range(12)
CHARGE_W, PER_DAY, PER_KM, PER_S, PRICE, LOADING, NIGHT, PER_PARCEL_MS, PER_OVER_S, REGULAR, MOST_STOPS = range(12, 23)
BREAK_S, BREAK_FROM, BREAK_TO, BREAK_MOVES, BEFORE_S, AFTER_S, MIN_PAID, WAYS_M, LIKE, DOCKS = range(23, 33)
SWAP_S, PACKS, PACK_PRICE = range(33, 36)  # 0 seconds where no battery is swapped
AT_WORK = 36  # hours are paid from the beginning of the shift
# Columns of `DayCase.order`; windows are three times from and until. A pickup's grams and litres are below zero.
GRAMS, LITRES, PARCELS, PENALTY, WINDOWS = range(5)
RELEASE = 10
# Until when each window is in time, and what a second past it costs: the windows end when it is too late.
PUNCTUAL, LATE_PER_S = 11, 14
BROUGHT, FETCHED = 15, 16  # of the pickup of a pair its delivery, of the delivery its pickup; -1 of all others
KEEPER, MOVE_COST = 17, 18  # the vehicle that was to serve it, -1 for none, and the price of another one
# Columns of `DayCase.leg`; on hills two more pairs of energy follow.
SECONDS, METRES, MWH, UWH = range(4)
# Columns of `DayCase.site` and `DayCase.group`.
FIRST_GROUP, LAST_GROUP, SITE_W, SITE_PRICE, SITE_APART, SITE_FULL = range(6)
GROUP_SITE, GROUP_W, GROUP_PLUGS, GROUP_FREE, GROUP_FIRST = range(5)

# Rows of `Books.scratch`, by stop.
NET, LOST, NEED, WANT, ON_G, ON_L, LEFT, CH_STOP, CH_GROUP, CH_BEGIN, CH_END, CH_AT, CH_WAITED, READY, LOADS = range(15)
# Only where a break is asked for, and the day without it:
BREAK_READY, WAITS, ROOM = range(15, 18)
# Only where docks are few: each loading, what was waited for before its stop; and, in traffic too, when that is left
# from the earliest start.
LOAD_BEGIN, LOAD_AT, LOAD_WAITED, FIRST_LEFT = range(18, 22)
SWAPPED = 22  # only where batteries are swapped: what is gained before a leg
# Rows of `Books.stop`, by slot and stop: when the stop before is left, latest arrival, on board, trip's load.
# On board are deliveries to come; the trip's load is the most up to that leg. TIGHT, RATE and SPARE tell what charging
# leaves (`day_price`).
GONE, LATEST, BOARD_G, BOARD_L, TRIP_G, TRIP_L, TIGHT, RATE, SPARE = range(9)
# Only where orders are pickups: picked up for the depot in the trip so far, and the most on board from that leg to the
# trip's end.
PICKED_G, PICKED_L, LATER_G, LATER_L = range(9, 13)
# Only where orders have a release: when the stop before is left if nothing is waited for.
EARLY = 13
# Only where orders are pairs: how many of them are on board.
OPEN_PAIRS = 14
# Columns of `Books.fact`, by slot. What is paid without being worked counts as waiting.
LENGTH, COST, REST_WAIT, DELAY, CHARGES, BREAK_AT, VISITS, SWAPS, VERSION, METRES_DRIVEN, WORKED = range(11)
# Fields of `Books.out`.
OUT_CHARGES, OUT_DELAY, OUT_REST_WAIT, OUT_BREAK_AT, OUT_VISITS, OUT_HOME = range(6)
OUT_READY, OUT_WAITED = range(6, 8)
# Only where docks are few or there is traffic: how much after the shift the drive begins, by how much it may be later
# for the docks, and would be without them.
OUT_FROM, OUT_DOCKS, OUT_WANTED = range(8, 11)
# Only where batteries are swapped: how often, and what is gained in all.
OUT_SWAPS, OUT_GAINED = range(11, 13)
# What is paid without being worked; driven and worked, ways from and to places away from the depot included.
OUT_UNWORKED, OUT_METRES, OUT_WORKED = range(13, 16)
# Fields of `Books.now`.
ABSENT, NOW_COST, BEST_COST, BEST_ABSENT, MARK, WEIGHT, INVITED, VERSIONS, DETOURS, HELPED = range(10)


class DayCase(NamedTuple):
    """What never changes. `leg` [t, p, p, 4 or 8] joins all that a leg takes; NONE seconds where there is no way.

    Plugs of a site that are alike form a group; `closed` [groups, buckets] counts all of a group's plugs as taken
    where the site is closed. `stations` [t, p, p, NEAR_STATIONS] are the places of the least detour, -1 for none;
    it is empty where there are no stations. `service` [t, n] is what an order takes, setup included; `setup` [t, n]
    falls away directly after a place of the same `spot` [p]. `spots` says whether that happens at all. Where there is
    `traffic` the seconds of a leg are those at the usual pace, and pass by the profile `pace`.
    """

    orders: int
    depots: int
    pickups: bool
    releases: bool
    groups: bool
    spots: bool
    traffic: bool
    docks: bool  # of some depot are few
    swaps: bool  # of batteries are possible
    lates: bool
    moves: bool  # of orders to another vehicle have a price
    pairs: bool
    kinds: bool  # of vehicles are several
    vehicle: Ints
    balance: Ints
    order: Ints
    service: Ints
    setup: Ints
    spot: Ints
    leg: Ints
    site: Ints
    group: Ints
    closed: Ints
    allowed: Ints
    mate: Ints  # [n]: the next order of the same group, round and round; an order without a group is its own
    near: Ints
    stations: Ints
    pace: Ints


class Books(NamedTuple):
    """One search: each vehicle has two slots, the one of `slot_of` and one to try a change in."""

    slot_of: Ints
    stops: Ints
    fact: Ints
    stop: Ints
    charge: Ints  # [slots, 4, stops]: stop, group, begin, end
    mine: Ints  # [slots, buckets]: 1 + the group at which the vehicle charges then
    taken: Ints  # [groups, buckets]
    watts: Ints  # [sites, buckets]
    load: Ints  # [slots, stops]: when the loading before a leg begins; these four are empty where docks are many
    docking: Ints  # [slots, buckets]: 1 where the vehicle loads then
    docked: Ints  # [depots, buckets]
    best_load: Ints
    swap: Ints  # [slots, stops]: what a swap before a leg gains; empty where no battery is swapped, and so its best
    packs: Ints  # [depots, kinds]: put in
    best_swap: Ints
    scratch: Ints
    trial: Ints
    out: Ints
    where: Ints
    at: Ints
    absent: Ints
    saved_absent: Ints
    sums: Ints
    now: Ints
    stamp: Ints
    touched: Ints
    cut: Ints  # [n]: iteration in which a trip was cut that had the order
    fetched: Ints  # [n]: the place in a sequence at which a pair was fetched
    keys: Floats
    look: Ints
    least: Ints  # [n, v, 2]: version of a vehicle's day, and a price below which it had no place for an order
    seen: Ints  # [v]: 1 where all places of a vehicle that a look lists are priced
    choice: Ints
    idle: Ints  # [kinds that are alike]: an idle vehicle of each, -1 for none
    best_stops: Ints
    best_length: Ints
    best_fact: Ints
    best_charge: Ints
    random: NDArray[np.uint64]


def build_day(p: Problem) -> DayCase:
    """Lay out a problem for the search."""
    kind, depot = p.kind, p.depot - p.orders
    vehicle = np.column_stack(
        [
            kind, p.depot, depot, p.shift, p.start_mwh, p.reserve_mwh, np.maximum(p.end_mwh, p.reserve_mwh),
            p.payload_g[kind], p.bay_ml[kind], p.battery_mwh[kind], p.knee_mwh[kind], p.charge_w[kind],
            p.per_day[kind] + p.ways_cost, p.per_km[kind], p.per_s[kind], p.night_per_kwh[depot] + p.wear_per_kwh[kind],
            p.loading_s[depot], p.night_per_kwh[depot],
            p.per_parcel_ms[depot], p.per_over_s[kind], p.regular_s, np.where(p.most_stops, p.most_stops, p.orders),
            p.breaks, p.ways_s, p.min_paid_s, p.ways_m,
        ]
    )  # fmt: skip
    packs = p.packs[depot, kind]
    swap_s = np.where(packs > 0, p.swap_s[kind], 0)
    allowed = allowed_together(p)
    keeps = np.where(np.isin(np.arange(p.vehicles), p.keeper[p.move_cost > 0]), np.arange(p.vehicles), -1)
    marks = np.column_stack([vehicle, allowed.T, p.at_work, keeps])
    alike = np.unique(marks, axis=0, return_inverse=True)[1].reshape(-1)
    site, group, closed = _plugs(p)
    by_vehicle = [vehicle, alike, p.docks[depot], swap_s, packs, p.pack_per_kwh[depot]]
    sign = 1 - 2 * p.pickup
    order = np.column_stack(
        [
            sign * p.demand_g, sign * p.volume_ml, p.parcels, p.penalty, p.windows.reshape(p.orders, -1),
            p.release_s, p.punctual_s, p.late_per_s,
            np.where(p.pickup, p.partner, NO_PARTNER), np.where(p.pickup, NO_PARTNER, p.partner), p.keeper, p.move_cost,
        ]
    )  # fmt: skip
    leg = _legs(p)
    return DayCase(
        orders=p.orders,
        depots=p.depots,
        pickups=bool(p.pickup.any()),
        releases=bool(p.release_s.any()),
        groups=bool(members(p)),
        spots=_share_spots(p),
        traffic=p.traffic,
        docks=bool(p.docks.any()),
        swaps=bool(swap_s.any()),
        lates=bool(p.late_per_s.any()),
        moves=bool((p.move_cost[p.keeper >= 0] > 0).any()),
        pairs=bool((p.partner != NO_PARTNER).any()),
        kinds=len(np.unique(kind)) > 1,
        vehicle=_dense(np.column_stack([*by_vehicle, p.at_work])),
        balance=_dense(p.balance),
        order=_dense(order),
        service=_dense(p.service_s),
        setup=_dense(p.setup_s),
        spot=np.concatenate([p.spot, -1 - np.arange(p.places - p.orders)]),
        leg=leg,
        site=site,
        group=group,
        closed=closed,
        allowed=_dense(allowed),
        mate=_mates(p),
        near=_dense(np.argsort(_distance(p), axis=1, kind="stable")),
        stations=_stations(p, leg),
        pace=_dense(p.pace),
    )


def new_books(case: DayCase, *, seed: int) -> Books:
    """Return a search in which every order is absent."""
    n, vehicles = case.orders, len(case.vehicle)
    slots, buckets = 2 * vehicles, case.closed.shape[1]
    longest = 3 * n + 8  # a trip and a station for each order
    loading = (longest, buckets) if case.docks else (0, 0)
    books = Books(
        slot_of=2 * np.arange(vehicles, dtype=np.int64),
        stops=np.zeros((slots, longest), np.int64),
        fact=np.zeros((slots, 11), np.int64),
        stop=np.zeros((slots, _stop_rows(case), longest), np.int64),
        charge=np.zeros((slots, 4, longest), np.int64),
        mine=np.zeros((slots, buckets), np.int64),
        taken=case.closed[: len(case.group)].copy(),
        watts=case.closed[len(case.group) :].copy(),
        load=np.zeros((slots, loading[0]), np.int64),
        docking=np.zeros((slots, loading[1]), np.int64),
        docked=np.zeros((case.depots, loading[1]), np.int64),
        best_load=np.zeros((vehicles, loading[0]), np.int64),
        swap=np.zeros((slots, longest if case.swaps else 0), np.int64),
        packs=np.zeros((case.depots, len(case.leg)), np.int64),
        best_swap=np.zeros((vehicles, longest if case.swaps else 0), np.int64),
        scratch=np.zeros((23, longest), np.int64),
        trial=np.zeros((3, longest), np.int64),
        out=np.zeros(16, np.int64),
        where=np.full(n, -1, np.int64),
        at=np.zeros(n, np.int64),
        absent=np.arange(n, dtype=np.int64),
        saved_absent=np.zeros(n, np.int64),
        sums=np.zeros(n, np.int64),
        now=np.zeros(10, np.int64),
        stamp=np.full(vehicles, -1, np.int64),
        touched=np.zeros(vehicles, np.int64),
        cut=np.full(n, -1, np.int64),
        fetched=np.zeros(n, np.int64),
        keys=np.zeros(n),
        look=np.zeros((6, MOST_PRICED), np.int64),
        least=np.full((n, vehicles, 2), -1, np.int64),
        seen=np.zeros(vehicles, np.int64),
        choice=np.zeros(7, np.int64),
        idle=np.zeros(int(case.vehicle[:, LIKE].max()) + 1, np.int64),
        best_stops=np.zeros((vehicles, longest), np.int64),
        best_length=np.zeros(vehicles, np.int64),
        best_fact=np.zeros((vehicles, 11), np.int64),
        best_charge=np.zeros((vehicles, 4, longest), np.int64),
        random=random_stream(seed),
    )
    books.now[ABSENT], books.now[BEST_COST], books.now[BEST_ABSENT] = n, NONE, n
    books.now[WEIGHT] = max(1, int(case.order[:, PENALTY].min()))
    return books


def _stop_rows(case: DayCase) -> int:
    return OPEN_PAIRS + 1 if case.pairs else EARLY + 1 if case.pickups or case.releases else SPARE + 1


def _share_spots(p: Problem) -> bool:
    """Say whether there is a place with several orders of which one has a setup."""
    many = np.bincount(p.spot, minlength=1)[p.spot] > 1
    return bool(p.setup_s[:, many].any())


def _mates(p: Problem) -> Ints:
    mate = np.arange(p.orders, dtype=np.int64)
    for orders in members(p):
        mate[orders] = np.roll(orders, -1)
    return mate


def _dense(values: Ints) -> Ints:
    return np.ascontiguousarray(values, dtype=np.int64)


def _legs(p: Problem) -> Ints:
    kinds, rows = len(p.payload_g), len(p.energy_mwh)
    leg = np.zeros((kinds, p.places, p.places, 2 + 2 * rows), np.int64)
    for t in range(kinds):
        seconds = p.travel_s[p.network[t]]
        leg[t, :, :, SECONDS] = np.where(seconds == NO_WAY, NONE, seconds)
        leg[t, :, :, METRES] = p.distance_m[p.network[t]]
        for row in range(rows):
            leg[t, :, :, MWH + 2 * row] = p.energy_mwh[row, t]
            leg[t, :, :, UWH + 2 * row] = p.energy_uwh_per_kg[row, t]
    assert rows in (1, HILLY)
    return leg


def _plugs(p: Problem) -> tuple[Ints, Ints, Ints]:
    """Return sites, groups of equal plugs in order of site and falling power, and what is closed.

    A booked plug counts as closed meanwhile; the watts booked at each site follow below the groups.
    """
    firsts = sorted({equal_plugs(p, q)[0] for q in range(len(p.plug_w)) if p.plug_w[q] >= LEAST_W})
    firsts.sort(key=lambda q: (int(p.plug_site[q]), -int(p.plug_w[q])))
    buckets = p.horizon_s // BUCKET_S + 2
    site = np.zeros((len(p.site_w), 6), np.int64)
    group = np.zeros((len(firsts), 5), np.int64)
    closed = np.zeros((len(firsts), buckets), np.int64)
    for s in range(len(site)):
        first = sum(1 for q in firsts if p.plug_site[q] < s)
        last = first + sum(1 for q in firsts if p.plug_site[q] == s)
        site[s] = first, last, p.site_w[s], p.price_per_kwh[s], p.apart[s], p.full[s]
    begins = np.arange(buckets) * BUCKET_S
    for g, q in enumerate(firsts):
        s, many = int(p.plug_site[q]), len(equal_plugs(p, q))
        inside = np.zeros(buckets, np.bool_)
        for opens, closes in p.open[s]:
            inside |= (begins >= opens) & (begins + BUCKET_S <= closes)
            if opens <= 0 and closes >= p.horizon_s:
                inside[:] = True
        closed[g, ~inside] = many
        booked = bool((p.plug_site[p.booked[:, 0]] == s).any())
        never_full = many >= p.vehicles and not p.site_w[s] and inside.all() and not booked
        group[g] = s, p.plug_w[q], many, never_full, q
    drawn = np.zeros((len(p.site_w), buckets), np.int64)
    for plug, begin, end, watts in p.booked.tolist():
        span = slice(begin // BUCKET_S, -(-end // BUCKET_S))
        drawn[p.plug_site[plug], span] += watts
        if p.plug_w[plug] >= LEAST_W:
            closed[firsts.index(equal_plugs(p, plug)[0]), span] += 1
    return site, group, np.concatenate([closed, drawn])


def _distance(p: Problem) -> Ints:
    """Return metres there and back between orders."""
    metres = p.distance_m[0, : p.orders, : p.orders]
    far = np.where(metres == NO_WAY, 2**40, metres)
    np.fill_diagonal(far, -1)
    return _dense(far + far.T)


def _stations(p: Problem, leg: Ints) -> Ints:
    kinds, first = len(leg), p.orders + p.depots
    sites = [s for s in range(first, p.places) if ((p.plug_site == s - p.orders) & (p.plug_w >= LEAST_W)).any()]
    if not sites:
        return np.zeros((0, 0, 0, NEAR_STATIONS), np.int64)
    near = np.full((kinds, p.places, p.places, NEAR_STATIONS), -1, np.int64)
    for t in range(kinds):
        seconds = np.minimum(leg[t, :, :, SECONDS], NONE // 4)
        for a in range(p.places):
            detour = seconds[a, sites][:, None] + seconds[sites, :]
            order = np.argsort(detour, axis=0, kind="stable")[:NEAR_STATIONS]
            found = np.take_along_axis(detour, order, axis=0) < NONE // 4
            near[t, a, :, : len(order)] = np.where(found, np.array(sites)[order], -1).T
    return near
