"""The routes of a plan as an engine's tours, and the other way round."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from planner.answer import routes_of
from planner.model import Day
from planner.plan import Plan, Reason, Route, Step, StepKind, Unassigned
from planner.roads.day import DayRoads
from planner.solve.problem import MWH, Problem, site_plugs
from planner.solve.solution import Solution, Tour, Visit, tour_of

# Done beside a visit, or a visit of their own where a drive leads to them:
BESIDE = {StepKind.CHARGE, StepKind.BREAK, StepKind.SWAP}
AT_THE_DEPOT = {StepKind.START, StepKind.RELOAD, StepKind.RETURN, StepKind.END}


def tours_of(day: Day, routes: Sequence[Route]) -> list[Tour]:
    """Return routes as tours, in the numbers that a day's problem gives to vehicles, places and plugs."""
    return [_Reader(day).tour(route) for route in routes]


class _Reader:
    """Looks up the numbers of a day by its ids."""

    def __init__(self, day: Day) -> None:
        self.orders = {order.id: i for i, order in enumerate(day.orders)}
        self.sites = {site.id: len(day.orders) + i for i, site in enumerate(day.sites)}
        self.day = day
        self.vehicles = {vehicle.id: i for i, vehicle in enumerate(day.vehicles)}
        self.plugs = {plug.id: i for i, plug in enumerate(site_plugs(day))}

    def tour(self, route: Route) -> Tour:
        visits: list[Visit] = []
        for step in self._at_work(route):
            if step.kind not in BESIDE:
                visits.append(self._visit(step))
                continue
            if step.leg is not None:  # a station, or the depot after the last trip
                at_s = step.arrival_s
                visits.append(Visit(place=self.sites[step.place_id], arrival_s=at_s, begin_s=at_s, end_s=at_s))
            beside = {StepKind.BREAK: self._rested, StepKind.SWAP: self._swapped}.get(step.kind, self._charged)
            visits[-1] = beside(visits[-1], step)
        if route.steps[-1].leg is None:
            visits.pop()  # the end of the shift happens where the last visit is
        home = visits[-1]
        visits[-1] = replace(home, begin_s=home.arrival_s, end_s=home.arrival_s)
        return tour_of(self.vehicles[route.vehicle_id], visits)

    def _at_work(self, route: Route) -> list[Step]:
        """Return the steps from the first arrival at the depot to the return, which may only be that to its end."""
        vehicle = self.day.vehicles[self.vehicles[route.vehicle_id]]
        steps = list(route.steps[1:] if vehicle.start else route.steps)
        if vehicle.end:
            end = steps.pop()
            if all(step.kind is not StepKind.RETURN for step in steps):
                steps.append(replace(end, kind=StepKind.RETURN, place_id=vehicle.depot_id))
        return steps

    def _visit(self, step: Step) -> Visit:
        place = self.sites[step.place_id] if step.kind in AT_THE_DEPOT else self.orders[step.place_id]
        return Visit(place=place, arrival_s=step.arrival_s, begin_s=step.begin_s, end_s=step.end_s)

    def _rested(self, visit: Visit, step: Step) -> Visit:
        return replace(visit, break_begin_s=step.begin_s, break_end_s=step.end_s)

    def _swapped(self, visit: Visit, step: Step) -> Visit:
        gained = round(step.charged_wh * MWH)
        return replace(visit, swap_begin_s=step.begin_s, swap_end_s=step.end_s, charge_mwh=gained)

    def _charged(self, visit: Visit, step: Step) -> Visit:
        return replace(
            visit,
            plug=self.plugs[step.plug_id or ""],
            charge_begin_s=step.begin_s,
            charge_end_s=step.end_s,
            charge_mwh=round(step.charged_wh * MWH),
        )


def plan_with(plan: Plan, day: Day, problem: Problem, roads: DayRoads, tours: Sequence[Tour]) -> Plan:
    """Return the plan of a changed day with these tours, the nights of all vehicles planned anew."""
    in_order = tuple(sorted(tours, key=lambda tour: tour.vehicle))
    routes = routes_of(day, problem, roads, Solution(tours=in_order, cost=0, iterations=0, stopped_by="iterations"))
    served = {visit.place for tour in tours for visit in tour.visits}
    unassigned = tuple(
        # Nobody claims that the others have no place on the changed day: they were not tried.
        Unassigned(order_id=order.id, reason=Reason.NOT_FOUND_IN_TIME, detail="not looked for")
        for i, order in enumerate(day.orders)
        if i not in served
    )
    return replace(plan, day=day, routes=routes, unassigned=unassigned, violations=())
