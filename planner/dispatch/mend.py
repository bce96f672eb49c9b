"""A trip under way for which the battery holds less than was planned, and what is left of it.

At the depot it waits for a plug that is free, or does not set out. On the road it goes by a station where the least
time is lost; where none helps it turns back after as many stops as it can, and what is left on board is at the depot
again. A vehicle that does not come home even so is stranded where it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.dispatch.plugs import free_gaps, taken_by
from planner.dispatch.state import retimed, trip_bounds, under_way, under_way_until
from planner.solve.battery import legs_of
from planner.solve.problem import NO_PARTNER, NO_WAY, Problem
from planner.solve.schedule import LEAST_CHARGE_MWH, LEAST_W, equal_plugs
from planner.solve.solution import Tour, Visit, tour_of

MOST_QUEUED = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """A tour of which the trip under way comes home, and what it brings back; `stranded` where it does not.

    There is no tour where the vehicle never set out.
    """

    tour: Tour | None
    brought_back: tuple[int, ...] = ()
    stranded: bool = False


def charge_cut(p: Problem, tour: Tour, plug: int, at_s: int) -> Tour:
    """Return a tour whose charges at a plug end when that gives nothing any more, and do not begin after that."""
    visits = list(tour.all_visits)
    for k, visit in enumerate(visits):
        if visit.plug == plug and visit.charge_end_s > at_s:
            given_s = at_s - visit.charge_begin_s
            given_mwh = visit.charge_mwh * given_s // (visit.charge_end_s - visit.charge_begin_s)
            worth = given_mwh >= LEAST_CHARGE_MWH
            visits[k] = replace(visit, charge_end_s=at_s, charge_mwh=given_mwh if worth else 0)
    return without_charges(p, tour_of(tour.vehicle, visits))


def without_charges(p: Problem, tour: Tour) -> Tour:
    """Return a tour without the charges that give nothing, nor the stations that are visited for them."""
    visits, first_changed = list(tour.all_visits), len(tour.visits) + 1
    for k in reversed(range(len(visits))):
        if visits[k].plug < 0 or visits[k].charge_mwh > 0:
            continue
        first_changed = k
        if visits[k].place >= p.orders + p.depots:
            del visits[k]
        else:
            visits[k] = replace(visits[k], plug=-1, charge_begin_s=0, charge_end_s=0, charge_mwh=0)
    if first_changed > len(tour.visits):
        return tour
    return retimed(p, tour_of(tour.vehicle, visits), after=max(first_changed - 1, 0))


def refilled(p: Problem, tour: Tour) -> Tour:
    """Return a tour of which each swap of the battery fills it, whatever it held."""
    visits = list(tour.all_visits)
    for k, visit in enumerate(visits):
        if visit.swap_end_s:
            stored = stored_mwh(p, tour_of(tour.vehicle, visits), k)
            visits[k] = replace(visit, charge_mwh=int(p.battery_mwh[p.kind[tour.vehicle]]) - stored)
    return tour_of(tour.vehicle, visits)


def in_hours(p: Problem, tour: Tour) -> Tour:
    """Return a tour without the charges at stations that are not open then."""

    def is_open(visit: Visit) -> bool:
        spans = p.open[visit.place - p.orders].tolist()
        return any(opens <= visit.charge_begin_s and visit.charge_end_s <= closes for opens, closes in spans)

    away = {v for v in tour.visits if v.plug >= 0 and v.place >= p.orders + p.depots and not is_open(v)}
    return without_charges(
        p, tour_of(tour.vehicle, [replace(v, charge_mwh=0) if v in away else v for v in tour.all_visits])
    )


def mended(p: Problem, tour: Tour, others: Iterable[Tour], at_s: int) -> Mended:
    """Return a tour whose trip under way at a moment holds, as little changed as that takes.

    `others` are the tours beside it; what they have not begun by then gives way.
    """
    visits = list(tour.all_visits)
    at = max((k for k, visit in enumerate(visits) if visit.arrival_s <= at_s), default=0)
    first, end = trip_bounds(p, tour, at)
    if at == len(visits) - 1 or lacks_mwh(p, tour, end) <= 0:
        return Mended(tour=tour)
    busy = [kept for other in others if (kept := under_way(p, other, at_s).kept) is not None]
    if at == first and at_s < visits[first].leave_s:
        anew = _charged_at_depot(p, tour, first, end, busy, at_s)
        return Mended(tour=under_way_until(p, tour, first) if anew is None else anew)
    by_station = [
        other
        for k in range(at, end)
        for station in range(p.orders + p.depots, p.places)
        if (other := _by_station(p, tour, k, station, end, busy)) is not None
    ]
    if by_station:
        return Mended(tour=min(by_station, key=lambda other: other.all_visits[end + 1].arrival_s))
    for last in range(end - 1, at - 1, -1):
        cut = retimed(p, tour_of(tour.vehicle, [*visits[: last + 1], *visits[end:]]), after=last)
        if lacks_mwh(p, cut, last + 1) <= 0:
            dropped = [v.place for v in visits[last + 1 : end] if v.place < p.orders and not p.pickup[v.place]]
            if not any(p.partner[i] in {v.place for v in visits[first : last + 1]} for i in dropped):
                back = tuple(i for i in dropped if p.partner[i] == NO_PARTNER)
                return Mended(tour=cut, brought_back=back)
    return Mended(tour=tour, stranded=True)


def lacks_mwh(p: Problem, tour: Tour, end: int) -> int:
    """Return what the battery lacks at the worst moment up to the arrival at visit `end`, its reserve included."""
    v = tour.vehicle
    battery, reserve = int(p.battery_mwh[p.kind[v]]), int(p.reserve_mwh[v])
    stored, short = int(p.start_mwh[v]) + tour.first.charge_mwh, 0
    legs = legs_of(p, v, [visit.place for visit in tour.visits])
    for visit, leg in zip(tour.all_visits[1 : end + 1], legs, strict=False):
        kept = min(stored, battery - leg.lost_mwh)
        short = max(short, reserve - (kept - leg.peak_mwh), reserve - (kept - leg.net_mwh))
        stored = leg.arrives_mwh(stored, battery_mwh=battery) + visit.charge_mwh
    return short


def stored_mwh(p: Problem, tour: Tour, at: int) -> int:
    """Return what the battery holds when a visit begins."""
    battery = int(p.battery_mwh[p.kind[tour.vehicle]])
    stored = int(p.start_mwh[tour.vehicle])
    legs = legs_of(p, tour.vehicle, [visit.place for visit in tour.visits])
    for visit, leg in zip(tour.all_visits[:at], legs, strict=False):
        stored = leg.arrives_mwh(stored + visit.charge_mwh, battery_mwh=battery)
    return stored


def _charged_at_depot(p: Problem, tour: Tour, first: int, end: int, busy: list[Tour], at_s: int) -> Tour | None:
    """Return the tour with one charge before its trip that is enough for it, at the first plug that is free."""
    visits = list(tour.all_visits)
    bare = replace(visits[first], plug=-1, charge_begin_s=0, charge_end_s=0, charge_mwh=0)
    without = tour_of(tour.vehicle, [*visits[:first], bare, *visits[first + 1 :]])
    needed = max(lacks_mwh(p, without, end), visits[first].charge_mwh)
    charged = _at_plug(
        p, without, bare, busy, needed, ready_s=max(at_s, bare.end_s if p.apart[bare.place - p.orders] else 0)
    )
    if charged is None:
        return None
    made = retimed(p, tour_of(tour.vehicle, [*visits[:first], charged, *visits[first + 1 :]]), after=first)
    return made if lacks_mwh(p, made, end) <= 0 else None


def _by_station(p: Problem, tour: Tour, k: int, station: int, end: int, busy: list[Tour]) -> Tour | None:
    """Return the tour with a charge at a station after visit k that is enough for the rest of its trip."""
    visits, travel = list(tour.all_visits), p.travel_s[p.network[p.kind[tour.vehicle]]]
    there, on = int(travel[visits[k].place, station]), int(travel[station, visits[k + 1].place])
    if NO_WAY in (there, on) or visits[k].place == station:
        return None
    arrival_s = p.arrival_s(visits[k].leave_s, there)
    stop = Visit(place=station, arrival_s=arrival_s, begin_s=arrival_s, end_s=arrival_s)
    way = tour_of(tour.vehicle, [*visits[: k + 1], stop, *visits[k + 1 :]])
    if lacks_mwh(p, way, k + 1) > 0:
        return None
    charged = _at_plug(p, way, stop, busy, max(lacks_mwh(p, way, end + 1), LEAST_CHARGE_MWH), ready_s=arrival_s)
    if charged is None:
        return None
    made = retimed(p, tour_of(tour.vehicle, [*visits[: k + 1], charged, *visits[k + 1 :]]), after=k + 1)
    return made if lacks_mwh(p, made, end + 1) <= 0 else None


def _at_plug(p: Problem, tour: Tour, visit: Visit, busy: list[Tour], needed: int, *, ready_s: int) -> Visit | None:
    """Return a visit with a charge of so much at the plug of its site where that is over first."""
    kind, site = int(p.kind[tour.vehicle]), visit.place - p.orders
    if stored_mwh(p, tour, tour.all_visits.index(visit)) + needed > p.knee_mwh[kind]:
        return None
    taken, best = taken_by(p, busy), None
    plugs = np.flatnonzero((p.plug_site == site) & (p.plug_w >= LEAST_W))
    for first in sorted({equal_plugs(p, int(plug))[0] for plug in plugs}):
        group = equal_plugs(p, first)
        rate = min(int(p.plug_w[first]), int(p.charge_w[kind])) * 5 // 18
        lasts_s = -(-max(needed, LEAST_CHARGE_MWH) // rate)
        for gap in free_gaps(p, taken, group, kind=kind):
            begin_s = max(gap.begin, ready_s)
            if begin_s + lasts_s <= gap.end:
                free = [q for q in group if not _used(p, busy, q, begin_s, begin_s + lasts_s)]
                if free and (best is None or begin_s + lasts_s < best.charge_end_s):
                    best = replace(
                        visit, plug=free[0], charge_begin_s=begin_s, charge_end_s=begin_s + lasts_s,
                        charge_mwh=lasts_s * rate,
                    )  # fmt: skip
                break
    return best


def _used(p: Problem, tours: Iterable[Tour], plug: int, begin_s: int, end_s: int) -> bool:
    spans = [(v.charge_begin_s, v.charge_end_s) for tour in tours for v in tour.all_visits if v.plug == plug]
    spans += [(begin, end) for q, begin, end, _ in p.booked.tolist() if q == plug]
    return any(begin < end_s and begin_s < end for begin, end in spans)


def queued(p: Problem, tours: Mapping[int, Tour], now_s: int) -> dict[int, Tour]:
    """Return tours of which those under way wait for each other at stations where delays have brought them together."""
    made = dict(tours)
    for _ in range(MOST_QUEUED):
        clash = next(_clashes(p, made, now_s), None)
        if clash is None:
            break
        v, k, free_s, plug = clash
        visits = list(made[v].all_visits)
        lasts_s = visits[k].charge_end_s - visits[k].charge_begin_s
        visits[k] = replace(visits[k], plug=plug, charge_begin_s=free_s, charge_end_s=free_s + lasts_s)
        made[v] = retimed(p, tour_of(v, visits), after=k)
    return made


def _clashes(p: Problem, tours: Mapping[int, Tour], now_s: int) -> Iterator[tuple[int, int, int, int]]:
    """Yield charges of trips under way at a plug that another one holds: vehicle, visit, when and which one is free."""
    held: dict[int, list[tuple[int, int]]] = {}
    charges = sorted(
        (visit.charge_begin_s, visit.charge_end_s, v, k)
        for v, tour in tours.items()
        if (kept := under_way(p, tour, now_s).kept) is not None
        for k, visit in enumerate(kept.all_visits)
        if visit.plug >= 0
    )
    for begin, end, v, k in charges:
        plug = tours[v].all_visits[k].plug
        if not any(since < end and begin < until for since, until in held.get(plug, ())):
            held.setdefault(plug, []).append((begin, end))
            continue
        frees = {q: _free_s(held.get(q, []), begin, end - begin) for q in equal_plugs(p, plug)}
        first = min(frees, key=lambda q: (frees[q], q))
        yield v, k, frees[first], first
        return


def _free_s(held: Sequence[tuple[int, int]], begin: int, lasts_s: int) -> int:
    for since, until in sorted(held):
        if since < begin + lasts_s and begin < until:
            begin = until
    return begin
