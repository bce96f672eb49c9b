"""The state of a day at a moment: which trips are under way, what is on board, when each vehicle is free again.

A trip is under way from the moment its vehicle begins to load or to charge for it until it is back at the depot: its
parcels are on board, and its stops and their order stay. What comes after it is open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from planner.solve.battery import left_mwh, legs_of
from planner.solve.problem import NO_PARTNER, Problem
from planner.solve.solution import Tour, Visit, tour_of


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderWay:
    """What is settled of one vehicle's day, in the numbers of a problem.

    `kept` is what it has done and will do until it is back at its depot, None where it has not begun. It is free for
    more from `free_s` on with `stored_mwh`; `finished` says that nothing may follow.
    """

    vehicle: int
    kept: Tour | None
    free_s: int
    stored_mwh: int
    finished: bool = False
    rested: bool = False  # the break is taken

    @property
    def orders(self) -> tuple[int, ...]:
        """The places that are served in what is kept."""
        return () if self.kept is None else tuple(visit.place for visit in self.kept.visits)


def at_rest(problem: Problem, vehicle: int, now_s: int) -> UnderWay:
    """Return the state of a vehicle that has done nothing yet."""
    way_s = int(problem.ways_s[vehicle, 0])  # to its depot, from where it starts
    free_s = max(problem.arrival_s(now_s, way_s) if way_s else now_s, int(problem.shift[vehicle, 0]))
    return UnderWay(vehicle=vehicle, kept=None, free_s=free_s, stored_mwh=int(problem.start_mwh[vehicle]))


def under_way(problem: Problem, tour: Tour, now_s: int, *, whole: bool = False) -> UnderWay:
    """Return what is settled of a tour at a moment, all of it where it is `whole`."""
    visits = list(tour.all_visits)
    starts = _trip_starts(problem, tour)
    begun = [k for k in starts if _begun_s(visits[k]) <= now_s]
    if not begun and not whole:
        return at_rest(problem, tour.vehicle, now_s)
    last = len(visits) - 1 if whole else next((k for k in starts if k > begun[-1]), len(visits) - 1)
    home = visits[last]
    at_home = last == len(visits) - 1
    if not (at_home and home.plug >= 0):  # who charges after its last trip is done for the day
        home = Visit(place=home.place, arrival_s=home.arrival_s, begin_s=home.arrival_s, end_s=home.arrival_s)
    kept = tour_of(tour.vehicle, [*visits[:last], home])
    return UnderWay(
        vehicle=tour.vehicle,
        kept=kept,
        free_s=max(now_s, home.arrival_s),
        stored_mwh=left_mwh(problem, kept),
        finished=whole or home.plug >= 0,
        rested=any(visit.break_end_s for visit in kept.visits),
    )


def held(problem: Problem, tour: Tour, at_s: int, lasts_s: int) -> Tour:
    """Return a tour whose vehicle stands still for a while where it is, or from where it left last; all else moves.

    What it does there takes longer.
    """
    visits = list(tour.all_visits)
    if at_s < visits[0].arrival_s:  # it has not set out yet, and is only held up if it should have by then
        lasts_s = max(at_s + lasts_s - visits[0].arrival_s, 0)
    at = max((k for k, visit in enumerate(visits) if visit.arrival_s <= at_s), default=0)
    if at == len(visits) - 1 or not lasts_s:
        return tour
    visit, leave_s = visits[at], visits[at].leave_s + lasts_s
    if visit.break_end_s:
        visits[at] = replace(visit, break_end_s=leave_s)
    elif visit.plug >= 0 and visit.place != int(problem.depot[tour.vehicle]):
        visits[at] = replace(visit, charge_end_s=leave_s)
    else:
        visits[at] = replace(visit, end_s=leave_s)
    return retimed(problem, tour_of(tour.vehicle, visits), after=at)


def delayed(problem: Problem, tour: Tour, arrival_s: int) -> Tour:
    """Return a tour whose vehicle comes to its depot for the first time at a moment, if that is later than it did."""
    if arrival_s <= tour.first.arrival_s:
        return tour
    visits = [_moved(problem, tour.first, arrival_s), *tour.all_visits[1:]]
    return retimed(problem, tour_of(tour.vehicle, visits), after=0)


def retimed(problem: Problem, tour: Tour, *, after: int) -> Tour:
    """Drive a tour again from what follows a visit: everything begins as it did, or later where it must."""
    visits = list(tour.all_visits)
    travel = problem.travel_s[problem.network[problem.kind[tour.vehicle]]]
    for k in range(after + 1, len(visits)):
        before, visit = visits[k - 1], visits[k]
        arrival_s = problem.arrival_s(before.leave_s, int(travel[before.place, visit.place]))
        visits[k] = _moved(problem, visit, arrival_s)
    return tour_of(tour.vehicle, visits)


def broken_down(problem: Problem, tour: Tour, at_s: int) -> tuple[Tour | None, list[int], Visit | None]:
    """Cut a tour where its vehicle breaks down with goods on board.

    Returns what it has done, the orders that are left on board, and the visit at which it was last. At the depot
    nothing is on board: then all is done as it was until the moment.
    """
    visits = list(tour.all_visits)
    at = max((k for k, visit in enumerate(visits) if visit.arrival_s <= at_s), default=0)
    trip, end = trip_bounds(problem, tour, at)
    left = at_s >= visits[trip].leave_s
    if at == len(visits) - 1 or not left:
        return under_way_until(problem, tour, trip if not left else at), [], None
    ahead = [visit.place for visit in visits[at + 1 : end] if visit.place < problem.orders]
    aboard = [place for place in ahead if not problem.pickup[place] and problem.partner[place] == NO_PARTNER]
    travel = problem.travel_s[problem.network[problem.kind[tour.vehicle]]]
    back_s = problem.arrival_s(visits[at].leave_s, int(travel[visits[at].place, visits[-1].place]))
    home = Visit(place=visits[-1].place, arrival_s=back_s, begin_s=back_s, end_s=back_s)
    done = tour_of(tour.vehicle, [*visits[: at + 1], home]) if at else None
    return done, aboard, visits[at]


def trip_bounds(problem: Problem, tour: Tour, at: int) -> tuple[int, int]:
    """Return the loading before a visit, itself if it is one, and the next one or the return."""
    starts = _trip_starts(problem, tour)
    first = max((k for k in starts if k <= at), default=0)
    return first, next((k for k in starts if k > first), len(tour.visits) + 1)


def stored_at(problem: Problem, tour: Tour, at_s: int) -> int:
    """Return what the battery holds at a moment, on a drive or at a plug in proportion to the time."""
    battery = int(problem.battery_mwh[problem.kind[tour.vehicle]])
    stored = int(problem.start_mwh[tour.vehicle])
    legs = legs_of(problem, tour.vehicle, [visit.place for visit in tour.visits])
    for k, visit in enumerate(tour.all_visits):
        if k:
            before, arrives = tour.all_visits[k - 1], legs[k - 1].arrives_mwh(stored, battery_mwh=battery)
            if at_s < visit.arrival_s:
                share = (at_s - before.leave_s) / max(visit.arrival_s - before.leave_s, 1)
                return round(stored + (arrives - stored) * min(max(share, 0.0), 1.0))
            stored = arrives
        if visit.plug >= 0 and at_s < visit.charge_end_s:
            share = (at_s - visit.charge_begin_s) / max(visit.charge_end_s - visit.charge_begin_s, 1)
            return stored + round(visit.charge_mwh * min(max(share, 0.0), 1.0))
        stored += visit.charge_mwh
        if at_s < visit.leave_s:
            return stored
    return stored


def under_way_until(problem: Problem, tour: Tour, at: int) -> Tour | None:
    """Return a tour up to its arrival at the depot with visit `at`, None if that is where it began."""
    if at == 0:
        return None
    visits = tour.all_visits
    arrival_s = visits[at].arrival_s
    home = Visit(place=int(problem.depot[tour.vehicle]), arrival_s=arrival_s, begin_s=arrival_s, end_s=arrival_s)
    return tour_of(tour.vehicle, [*visits[:at], home])


def joined(state: UnderWay, rest: Tour | None) -> Tour | None:
    """Return the whole day of a vehicle: what is kept, and what was planned for the rest of it."""
    if rest is None or state.kept is None:
        return rest or state.kept
    junction = replace(rest.first, arrival_s=state.kept.home.arrival_s)
    if not rest.visits:  # it comes back to charge
        home = replace(rest.home, arrival_s=junction.arrival_s)
        return tour_of(state.vehicle, [state.kept.first, *state.kept.visits, home])
    return tour_of(state.vehicle, [state.kept.first, *state.kept.visits, junction, *rest.visits, rest.home])


def booked(problem: Problem, tours: Sequence[Tour], now_s: int) -> list[tuple[int, int, int, int]]:
    """Return the charges of settled tours that are not over, as `Problem.booked` has them."""
    return [
        (
            visit.plug,
            visit.charge_begin_s,
            visit.charge_end_s,
            min(int(problem.plug_w[visit.plug]), int(problem.charge_w[problem.kind[tour.vehicle]])),
        )
        for tour in tours
        for visit in tour.all_visits
        if visit.plug >= 0 and visit.charge_end_s > now_s
    ]


def _trip_starts(problem: Problem, tour: Tour) -> list[int]:
    """Return which of all visits are loadings; the return home is none."""
    depot = int(problem.depot[tour.vehicle])
    return [0, *(k for k, visit in enumerate(tour.visits, start=1) if visit.place == depot)]


def _begun_s(visit: Visit) -> int:
    """Return when a vehicle begins with what is done for a trip at the depot."""
    begins = [visit.begin_s]
    begins += [visit.charge_begin_s] if visit.plug >= 0 else []
    begins += [visit.swap_begin_s] if visit.swap_end_s else []
    return min(begins)


def _moved(problem: Problem, visit: Visit, arrival_s: int) -> Visit:
    """Return a visit with another arrival; nothing in it begins earlier than it did."""
    begin_s = max(visit.begin_s, arrival_s)
    if visit.place < problem.orders:
        windows = [(int(a), int(b)) for a, b in problem.windows[visit.place] if a <= b]
        if windows and not any(a <= begin_s <= b for a, b in windows):
            begin_s = min((a for a, _ in windows if a > begin_s), default=begin_s)
    end_s = begin_s + visit.end_s - visit.begin_s
    moved = replace(visit, arrival_s=arrival_s, begin_s=begin_s, end_s=end_s)
    if visit.plug >= 0:
        late_s = max(arrival_s - visit.charge_begin_s, 0)
        moved = replace(moved, charge_begin_s=visit.charge_begin_s + late_s, charge_end_s=visit.charge_end_s + late_s)
    if visit.swap_end_s:
        late_s = max(arrival_s - visit.swap_begin_s, 0)
        moved = replace(moved, swap_begin_s=visit.swap_begin_s + late_s, swap_end_s=visit.swap_end_s + late_s)
    if visit.break_end_s:
        late_s = max(end_s - visit.break_begin_s, 0)
        moved = replace(moved, break_begin_s=visit.break_begin_s + late_s, break_end_s=visit.break_end_s + late_s)
    return moved
