"""What a closed road does to a tour: where it can not stop any more, and when it is where by another way."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from planner.dispatch.mend import stored_mwh, without_charges
from planner.dispatch.state import delayed, retimed, trip_bounds, under_way_until
from planner.energy.charging import charge_s
from planner.errors import Fault, InputError
from planner.model import Day, Vehicle
from planner.plan import Plan
from planner.roads.day import DayRoads
from planner.solve.away import spot_place
from planner.solve.problem import MWH, NO_PARTNER, NO_WAY, Problem
from planner.solve.solution import Tour, tour_of

ROUNDED_MWH = 10  # by which a charge of the plan may be off
# What the auditor finds where a drive was measured on the streets of another hour.
DRIVES = frozenset({"leg_distance", "leg_energy", "leg_impossible", "leg_shape", "leg_time", "traffic_wrong"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """A tour that stops only where it can, None where nothing is left of it, and what it brings back to its depot."""

    tour: Tour | None
    brought_back: tuple[int, ...] = ()


def reaching(p: Problem, day: Day, roads: DayRoads, tour: Tour, from_s: int) -> Reached:
    """Return a tour without the places that drives begun at a moment or later can not reach.

    What lies on board for such a place comes back. A trip of which nothing is left is not driven, and what follows it
    is open. Raises `InputError` E-N07 where goods of a pair are on board.
    """
    visits, snapped = list(tour.all_visits), roads.snapped[int(p.network[p.kind[tour.vehicle]])]
    at = next((k for k, visit in enumerate(visits) if visit.leave_s >= from_s), len(visits))
    lost = {visit.place for visit in visits[at + 1 :] if not snapped.found[visit.place]}
    if not lost:
        return Reached(tour=tour)
    done = {visit.place for visit in visits[: at + 1]}
    for i in sorted(i for i in lost if i < p.orders and p.partner[i] != NO_PARTNER):
        if int(p.partner[i]) in done:
            raise InputError(_of_a_pair(day.orders[i].id))
        lost.add(int(p.partner[i]))
    first, end = trip_bounds(p, tour, at)
    begun = visits[first].begin_s <= from_s
    aboard = [visit.place for visit in visits[at + 1 : end] if begun and visit.place in lost]
    back = tuple(i for i in aboard if i < p.orders and not p.pickup[i] and p.partner[i] == NO_PARTNER)
    kept = tour_of(tour.vehicle, [*visits[: at + 1], *(visit for visit in visits[at + 1 :] if visit.place not in lost)])
    depot, all_kept = int(p.depot[tour.vehicle]), kept.all_visits
    empty = (k for k, (a, b) in enumerate(pairwise(all_kept)) if k >= first and a.place == b.place == depot)
    idle = next(empty, None)
    if idle is None:
        return Reached(tour=kept, brought_back=back)
    return Reached(tour=under_way_until(p, kept, idle), brought_back=() if idle == first else back)


def driven_anew(p: Problem, tour: Tour, from_s: int, start_s: int | None) -> Tour:
    """Return a tour as it is driven where a road is closed from a moment on; `start_s` is when it left its start."""
    if start_s is not None and start_s >= from_s:
        tour = delayed(p, tour, p.arrival_s(start_s, int(p.ways_s[tour.vehicle, 0])))
    open_ = (k for k, visit in enumerate(tour.all_visits) if visit.leave_s >= from_s)
    return retimed(p, tour, after=next(open_, len(tour.visits) + 1))


def charged_in_time(p: Problem, vehicle: Vehicle, plug_w: Sequence[float], tour: Tour, from_s: int) -> Tour:
    """Return a tour whose charges from a moment on give no more than their time allows.

    A way round may be longer and still take less: a battery that comes fuller takes less in the same time.
    """
    visits, kind = list(tour.all_visits), vehicle.type
    for k, visit in enumerate(visits):
        if visit.plug < 0 or visit.charge_begin_s < from_s:
            continue
        stored = stored_mwh(p, tour_of(tour.vehicle, visits), k)
        lasts_s = visit.charge_end_s - visit.charge_begin_s

        def fits(mwh: int, stored: int = stored, lasts_s: int = lasts_s, plug: int = visit.plug) -> bool:
            ends_wh = (stored + mwh) / MWH
            return charge_s(kind, from_wh=stored / MWH, to_wh=ends_wh, plug_w=plug_w[plug]) <= lasts_s

        if not fits(visit.charge_mwh - ROUNDED_MWH):
            most = bisect_right(range(visit.charge_mwh), False, key=lambda mwh: not fits(mwh)) - 1
            visits[k] = replace(visit, charge_mwh=max(most, 0))
    return without_charges(p, tour_of(tour.vehicle, visits))


def later_trips(p: Problem, tour: Tour, after_s: int, until_s: int) -> Iterator[int]:
    """Yield when a vehicle comes to its depot for another trip in a span of time."""
    depot = int(p.depot[tour.vehicle])
    yield from (v.arrival_s for v in tour.visits if v.place == depot and after_s < v.arrival_s <= until_s)


def refuse_no_way(p: Problem, day: Day, kept: Mapping[int, Tour], out: Mapping[int, int]) -> None:
    """Raise `InputError` E-N11 for a vehicle that stands where no drive leads away from.

    Those that are out go nowhere.
    """
    names = [*(order.id for order in day.orders), *(site.id for site in day.sites)]
    for v, tour in kept.items():
        travel = p.travel_s[p.network[p.kind[v]]]
        visits = tour.all_visits[:-1] if v in out else tour.all_visits
        for before, visit in pairwise(visits):
            if travel[before.place, visit.place] == NO_WAY:
                raise InputError(cut_off(f"{day.vehicles[v].id}, which comes to {names[before.place]} and not away"))


def refuse_ends(day: Day, roads: DayRoads) -> None:
    """Raise `InputError` E-N11 for a vehicle that ends where no street is near that is open."""
    for vehicle in day.vehicles:
        snapped = roads.snapped[roads.network_of_type[roads.types.index(vehicle.type)]]
        if vehicle.end is not None and not snapped.found[spot_place(day, vehicle, last=True)]:
            raise InputError(cut_off(f"{vehicle.id}, which ends at {vehicle.end.lat}, {vehicle.end.lon}"))


def without_stale(p: Problem, roads: DayRoads) -> Problem:
    """Return a problem of which no drive is asked for that is measured as it was before a road was closed."""
    travel_s = p.travel_s.copy()
    for g, a, b in roads.stale:
        if max(a, b) < p.places:
            travel_s[g, a, b] = p.horizon_s + 1
    return replace(p, travel_s=travel_s)


def cut_off(what: str) -> Fault:
    """Return the fault of a closing that leaves no way for something."""
    return Fault(
        code="E-N11",
        file="events",
        column="event",
        value="road_closed",
        message=f"cuts off {what}",
        remedy="give a smaller radius_m or another place, or leave the event out and settle this by hand",
    )


def other_ways(plan: Plan) -> bool:
    """Say whether a drive of a plan on whose day a road was closed is not what it is at the hour at which it begins."""
    return bool(plan.day.roads_out) and any(v.code in DRIVES for v in plan.violations)


def refuse_untold(plan: Plan) -> None:
    """Raise `InputError` E-N12 for a plan with a drive that nobody can tell to have begun before a road was closed."""
    if other_ways(plan):
        message = "a drive began about when the road was closed, and which way it went can not be told"
        remedy = "give the event a time a minute earlier or later"
        raise InputError(
            Fault(code="E-N12", file="events", column="time", value="road_closed", message=message, remedy=remedy)
        )


def _of_a_pair(id: str) -> Fault:
    message = f"{id} can not be reached any more; it is one of a pair, and can not go back to the depot"
    remedy = "leave the event out, and settle this order by hand"
    return Fault(code="E-N07", file="events", column="event", value="road_closed", message=message, remedy=remedy)
