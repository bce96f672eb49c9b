"""A plan laid out for trying changes of its day: roads, problems and the auditor's drives, each measured once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from threading import Lock

import numpy as np

from planner.check import audit
from planner.check_legs import LegFinder
from planner.explain.routes import plan_with, tours_of
from planner.model import Day, TimeWindow, VehicleType
from planner.plan import Plan, Violation
from planner.roads.day import DayRoads, day_roads
from planner.roads.network import build_network, drives_alike
from planner.roads.past import as_driven
from planner.roads.streets import Streets
from planner.solve.begun import begun_drives, starts_of
from planner.solve.problem import Problem, build_problem, restrict
from planner.solve.solution import Sequence as Stops
from planner.solve.solution import Tour
from planner.solve.trips import members, stops_of


@dataclass(kw_only=True, eq=False)
class Ground:
    """A plan with its streets. What is measured for one change of the day serves the next."""

    plan: Plan
    streets: Streets
    legs: LegFinder
    measured: dict[tuple[object, ...], DayRoads] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    @property
    def day(self) -> Day:
        return self.plan.day

    @property
    def served(self) -> set[int]:
        """The numbers of the orders that the plan serves."""
        return {place for tour in self.tours(self.day) for place in _places(tour) if place < len(self.day.orders)}

    def tours(self, day: Day) -> list[Tour]:
        """Return the plan's tours in the numbers of a changed day."""
        return tours_of(day, self.plan.routes)

    def roads(self, day: Day) -> DayRoads:
        """Return the roads of a changed day: for the types of the plan's fleet and those that are new to it."""
        types = {vehicle.type for vehicle in self.day.vehicles}
        new = sorted({vehicle.type for vehicle in day.vehicles} - types, key=lambda kind: kind.name)
        key = (day.span, *(kind.name for kind in new))
        with self.lock:
            if key not in self.measured:
                self.measured[key] = (None if new else self._alike(day)) or self._measured(self._fleet(day, new))
            return self.measured[key]

    def _measured(self, day: Day) -> DayRoads:
        """Measure a day; drives that began before a road was closed are as the plan has them."""
        roads = day_roads(day, self.streets)
        if not day.roads_out:
            return roads
        starts_s = starts_of(self.day, self.plan.routes)
        return as_driven(roads, day, self.streets, begun_drives(self.day, roads, self.tours(self.day), starts_s))

    def _fleet(self, day: Day, new: Sequence[VehicleType]) -> Day:
        """Return a changed day with the plan's fleet and a vehicle of each new type, on the road at the same hours."""
        shift = TimeWindow(
            start_s=min(v.shift.start_s for v in day.vehicles), end_s=max(v.latest_s for v in day.vehicles)
        )
        fleet = [*self.day.vehicles, *(replace(self.day.vehicles[0], type=kind) for kind in new)]
        return replace(day, vehicles=tuple(replace(vehicle, shift=shift, overtime_s=0) for vehicle in fleet))

    def _alike(self, day: Day) -> DayRoads | None:
        """Return the roads of the plan's day if streets are open to its vehicles at these hours as they are then."""
        known = self.measured.get((self.day.span,))
        if known is None:
            return None
        now = (
            build_network(
                self.streets, old.road_class, top_speed_kmh=old.top_speed_kmh, span=day.span, closed=day.closed()
            )
            for old in known.networks
        )
        return known if all(drives_alike(a, b) for a, b in zip(known.networks, now, strict=True)) else None

    def problem(self, day: Day) -> Problem:
        """Return the problem of a changed day."""
        roads = self.roads(day)
        return build_problem(day, types=roads.types, network_of_type=roads.network_of_type, roads=roads.matrices)

    def part(self, problem: Problem, order: int) -> tuple[Problem, list[int]]:
        """Return the part of a problem with the planned orders and one more, and the place that each number means.

        What goes with the order on one vehicle comes along. All weigh the same, so that none makes room for another.
        """
        keep = sorted(self.served | set(together(problem, order)))
        part = restrict(problem, keep)
        part = replace(part, penalty=np.full_like(part.penalty, problem.penalty.max()))
        return part, [*keep, *range(problem.orders, problem.places)]

    def with_tours(self, day: Day, problem: Problem, tours: list[Tour]) -> Plan:
        """Return the plan of a changed day with these tours."""
        return plan_with(self.plan, day, problem, self.roads(day), tours)

    def audit(self, plan: Plan) -> tuple[Violation, ...]:
        """Audit a plan on these streets."""
        with self.lock:  # the memory of drives is shared
            return audit(plan, self.streets, legs=self.legs)


def open_ground(plan: Plan, streets: Streets, legs: LegFinder) -> Ground:
    """Measure a plan's day; `legs` is the auditor's memory of drives on these streets. Raises `RoadsError`."""
    ground = Ground(plan=plan, streets=streets, legs=legs)
    ground.roads(plan.day)
    return ground


def together(problem: Problem, order: int) -> list[int]:
    """Return the orders that go on one vehicle with an order, itself among them."""
    return next((orders for orders in members(problem) if order in orders), stops_of(problem, order))


def sequences_of(tours: list[Tour]) -> dict[int, Stops]:
    """Return where each vehicle goes."""
    return {tour.vehicle: list(_places(tour)) for tour in tours}


def _places(tour: Tour) -> list[int]:
    return [visit.place for visit in tour.visits]
