"""The places of a large day, attached to the streets once; tables between some of them are made when they are needed.

A table of all places would grow with the square of the orders. A part of the day is a small day with small tables,
which take hundredths of a second.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np

from planner.model import Day, Spot, Vehicle
from planner.roads.day import DayRoads, DaySurvey
from planner.roads.streets import METRES_PER_DEGREE, Floats
from planner.solve.problem import Problem, build_problem
from planner.solve.solution import Tour, tour_of

NEAR_STATIONS = 8  # public stations that a part of the day knows of


@dataclass(frozen=True, kw_only=True, eq=False)
class Part:
    """Some orders and vehicles of a day as a day of its own; place i of it is place ``places[i]`` of the whole day.

    Places are numbered as in `Problem`: orders, depots, stations. Likewise `vehicles` and `plugs`.
    """

    day: Day
    roads: DayRoads
    problem: Problem
    places: tuple[int, ...]
    vehicles: tuple[int, ...]
    plugs: tuple[int, ...]

    @cached_property
    def _numbers(self) -> tuple[dict[int, int], dict[int, int], dict[int, int]]:
        place, vehicle, plug = (
            {whole: i for i, whole in enumerate(of)} for of in (self.places, self.vehicles, self.plugs)
        )
        return place, vehicle, plug

    def plug_of(self, plug: int) -> int | None:
        """Return the part's number of a plug of the whole day, None where the part knows nothing of it."""
        return self._numbers[2].get(plug)

    def own(self, tours: Iterable[Tour]) -> list[Tour]:
        """Return tours of the whole day in the numbers of the part."""
        place, vehicle, plug = self._numbers
        return [_moved(tour, vehicle[tour.vehicle], place, plug) for tour in tours]

    def whole(self, tours: Iterable[Tour]) -> list[Tour]:
        """Return tours of the part in the numbers of the whole day."""
        place, plug = dict(enumerate(self.places)), dict(enumerate(self.plugs))
        return [_moved(tour, self.vehicles[tour.vehicle], place, plug) for tour in tours]


def _moved(tour: Tour, vehicle: int, place: Mapping[int, int], plug: Mapping[int, int]) -> Tour:
    return tour_of(
        vehicle,
        [
            replace(visit, place=place[visit.place], plug=plug[visit.plug] if visit.plug >= 0 else visit.plug)
            for visit in tour.all_visits
        ],
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class Ground:
    """A large day and its places on the streets."""

    day: Day
    survey: DaySurvey

    def sites_of(self, orders: Sequence[int], vehicles: Iterable[Vehicle], *, visited: Iterable[int] = ()) -> list[int]:
        """Return the depots of some vehicles and orders, the stations near the orders, and those `visited`."""
        homes = {vehicle.depot_id for vehicle in vehicles} | {self.day.orders[order].depot_id for order in orders}
        depots = {d for d, depot in enumerate(self.day.depots) if depot.id in homes}
        return sorted({*depots, *self._stations_near(orders), *visited})

    def part(self, orders: Sequence[int], vehicles: Sequence[int], sites: Sequence[int]) -> Part:
        """Return some orders and vehicles as a day of its own with some depots and stations."""
        fleet = tuple(self.day.vehicles[v] for v in vehicles)
        return self._part(orders, tuple(vehicles), fleet, sites)

    def part_for(self, orders: Sequence[int], fleet: Sequence[Vehicle]) -> Part:
        """Return some orders as a day of its own for other vehicles, with all depots and stations."""
        return self._part(orders, (), tuple(fleet), range(len(self.day.sites)))

    def _part(
        self, orders: Sequence[int], vehicles: tuple[int, ...], fleet: tuple[Vehicle, ...], sites: Sequence[int]
    ) -> Part:
        day, first_site, depots = self.day, len(self.day.orders), len(self.day.depots)
        part = replace(
            day,
            orders=tuple(day.orders[order] for order in orders),
            vehicles=fleet,
            depots=tuple(day.depots[site] for site in sites if site < depots),
            stations=tuple(day.stations[site - depots] for site in sites if site >= depots),
        )
        places = (*orders, *(first_site + site for site in sites))
        spots = [first_site + len(day.sites) + self._spot_number[spot] for spot in part.spots]
        roads = self.survey.between([*places, *spots], dict.fromkeys(vehicle.type for vehicle in fleet))
        plugs = [plug for site in sites for plug in self._plugs_of_site[site]]
        return Part(
            day=part,
            roads=roads,
            problem=build_problem(part, types=roads.types, network_of_type=roads.network_of_type, roads=roads.matrices),
            places=places,
            vehicles=vehicles,
            plugs=tuple(plugs) if day.charging else (),
        )

    @cached_property
    def _spot_number(self) -> dict[Spot, int]:
        return {spot: number for number, spot in enumerate(self.day.spots)}

    @cached_property
    def _plugs_of_site(self) -> list[list[int]]:
        """Return the plugs of each site, numbered as `Problem.plug_site` numbers them."""
        counts = [len(site.plugs) for site in self.day.sites]
        firsts = np.cumsum([0, *counts])
        return [list(range(int(a), int(b))) for a, b in pairwise(firsts)]

    @cached_property
    def points(self) -> Floats:
        """Return where each place lies, in metres east and north [p, 2]."""
        lat, lon = self.survey.lat, self.survey.lon
        return np.column_stack([lon * np.cos(np.radians(lat.mean())), lat]) * METRES_PER_DEGREE

    def _stations_near(self, orders: Sequence[int]) -> list[int]:
        """Return the sites that are the public stations nearest to some orders."""
        depots, first = len(self.day.depots), len(self.day.orders) + len(self.day.depots)
        at = self.points[first : first + len(self.day.stations)]
        if len(at) <= NEAR_STATIONS:
            return [depots + s for s in range(len(at))]
        away = ((at[:, None] - self.points[list(orders)][None]) ** 2).sum(axis=2).min(axis=1)
        return [depots + int(s) for s in np.argsort(away, kind="stable")[:NEAR_STATIONS]]
