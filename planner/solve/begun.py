"""The drives of tours with the moments at which they begin, for a day on which a road is closed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from planner.model import Day
from planner.plan import Route
from planner.roads.day import DayRoads
from planner.roads.past import Begun
from planner.solve.away import spot_place
from planner.solve.solution import Tour


def starts_of(day: Day, routes: Sequence[Route]) -> dict[int, int]:
    """Return when each vehicle of a plan that starts away from its depot sets out, by its number."""
    begun = {route.vehicle_id: route.steps[0].end_s for route in routes}
    return {v: begun[one.id] for v, one in enumerate(day.vehicles) if one.start is not None and one.id in begun}


def begun_drives(day: Day, roads: DayRoads, tours: Iterable[Tour], starts_s: Mapping[int, int]) -> Iterator[Begun]:
    """Yield the drives that begin before all closed roads of the day are closed, both ways that a tour may end.

    `starts_s` tells when vehicles set out that start away from their depot.
    """
    for tour in tours:
        for drive in _drives(day, roads, tour, starts_s):
            if day.closed(drive.leaves_s) != day.closed():
                yield drive


def _drives(day: Day, roads: DayRoads, tour: Tour, starts_s: Mapping[int, int]) -> Iterator[Begun]:
    vehicle, visits = day.vehicles[tour.vehicle], tour.all_visits
    g = roads.network_of_type[roads.types.index(vehicle.type)]
    if tour.vehicle in starts_s:
        yield Begun(g, spot_place(day, vehicle, last=False), visits[0].place, starts_s[tour.vehicle])
    for before, visit in pairwise(visits):
        yield Begun(g, before.place, visit.place, before.leave_s)
    if vehicle.end is not None:
        for visit in visits[-2:]:
            yield Begun(g, visit.place, spot_place(day, vehicle, last=True), visit.leave_s)
