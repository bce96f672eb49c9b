"""A plan laid open on its streets: what every change by hand starts from, measured once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from planner.answer import above_the_mean, route_cost, steps_of
from planner.check import audit
from planner.check_legs import LegFinder
from planner.check_walk_up import kerb
from planner.errors import Fault, InputError
from planner.explain.routes import tours_of
from planner.model import Day, Order, TimeWindow, Vehicle
from planner.plan import Cost, Lock, LockKind, Night, Plan, Reason, Route, Step, StepKind, Unassigned
from planner.roads.added import with_orders, with_spot
from planner.roads.day import DayRoads, day_roads
from planner.roads.past import as_driven
from planner.roads.streets import Streets
from planner.solve.begun import begun_drives, starts_of
from planner.solve.crew import manned
from planner.solve.night import night_beside, plan_nights
from planner.solve.problem import Problem, build_problem, site_plugs
from planner.solve.solution import Tour, Visit

BY_HAND = "taken out by hand"
CHANGED_SINCE = "the plan was changed by hand since this was looked for"
OF_THE_WHOLE_PLAN = {Reason.FLEET_FULL, Reason.NOT_FOUND_IN_TIME}  # reasons that a change may make untrue


@dataclass(frozen=True, kw_only=True, eq=False)
class Desk:
    """A plan with its streets. `work` is the plan with its drivers at the wheel, in whose numbers tours are told."""

    plan: Plan
    work: Plan
    streets: Streets
    legs: LegFinder
    roads: DayRoads

    @property
    def day(self) -> Day:
        """The day with each vehicle as its driver may use it."""
        return self.work.day

    @cached_property
    def problem(self) -> Problem:
        roads = self.roads
        return build_problem(self.day, types=roads.types, network_of_type=roads.network_of_type, roads=roads.matrices)

    @cached_property
    def tours(self) -> Mapping[int, Tour]:
        """The plan's tours by the number of their vehicle."""
        return {tour.vehicle: tour for tour in tours_of(self.day, self.plan.routes)}

    @cached_property
    def routes(self) -> Mapping[str, Route]:
        return {route.vehicle_id: route for route in self.plan.routes}

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """The number of each order."""
        return {order.id: i for i, order in enumerate(self.day.orders)}

    @cached_property
    def vehicles(self) -> Mapping[str, int]:
        """The number of each vehicle that may be used."""
        return {vehicle.id: i for i, vehicle in enumerate(self.day.vehicles)}

    @cached_property
    def plugs(self) -> Sequence[str]:
        """The plugs of the day by their number."""
        return [plug.id for plug in site_plugs(self.day)]

    def locked(self, kind: LockKind, id: str) -> bool:
        """Say whether an order or a vehicle is locked."""
        return Lock(kind=kind, id=id) in self.plan.locks

    @property
    def undrawn(self) -> DayRoads:
        """The roads without lines for what is new: enough for what is only priced."""
        return replace(self.roads, drawn=False)

    def with_orders(self, orders: Sequence[Order]) -> Desk:
        """Return the desk with orders more, which no vehicle serves yet; only their own roads are measured."""
        before = len(self.day.orders)
        days = [replace(plan.day, orders=(*plan.day.orders, *orders)) for plan in (self.plan, self.work)]
        roads = with_orders(self.roads, days[1], before=before)
        left = tuple(
            Unassigned(order_id=order.id, reason=Reason.NOT_FOUND_IN_TIME, detail="not looked for") for order in orders
        )
        rows = self.plan.provenance.rows_read
        provenance = replace(self.plan.provenance, rows_read=rows + len(orders) if rows else 0)
        plan, work = (
            replace(plan, day=day, unassigned=(*plan.unassigned, *left), provenance=provenance)
            for plan, day in zip((self.plan, self.work), days, strict=True)
        )
        return replace(self, plan=plan, work=work, roads=roads)

    def on_day(self, change: Callable[[Day], Day]) -> Desk:
        """Return the desk with a day that was changed otherwise than by orders more.

        Its hours stay, so that the streets that are open stay. Only where vehicles end elsewhere is measured anew.
        """
        days = [change(replace(day, hours=day.hours or _hours(day))) for day in (self.plan.day, self.work.day)]
        plan, work = (replace(of, day=day) for of, day in zip((self.plan, self.work), days, strict=True))
        return replace(self, plan=plan, work=work, roads=_at_other_spots(self.roads, self.day, days[1], self.streets))

    def as_driven(self, tours: Iterable[Tour], *, roads: DayRoads | None = None) -> Desk:
        """Return the desk on whose roads, or on these, drives that began before a road was closed are as they were."""
        if not self.day.roads_out:
            return self
        roads = roads or self.roads
        drives = begun_drives(self.day, roads, tours, starts_of(self.day, self.plan.routes))
        return replace(self, roads=as_driven(roads, self.day, self.streets, drives))

    def after(self, plan: Plan) -> Desk:
        """Return the desk with a plan of the same day that came of it."""
        return replace(self, plan=plan, work=replace(plan, day=self.work.day))

    def learn_drives(self, order: Order) -> None:
        """Let the auditor find all drives from and to an order at once."""
        points = [kerb(place) for place in (*self.day.orders, *self.day.sites, *self.day.spots)]
        for kind in self.roads.types:
            self.legs.learn_drives(kind, kerb(order), points, span=self.day.span, closed=self.day.closed())

    def draft(self, tours: Mapping[int, Tour | None], *, drawn: bool = True) -> Plan:
        """Return the plan with other tours for some vehicles, None for one that stays at home.

        Who is not named keeps the route as it is, its night included, unless a plug is wanted that it has by night.
        """
        roads, vehicles = self.roads if drawn else self.undrawn, self.day.vehicles
        kept = {id: route for id, route in self.routes.items() if self.vehicles[id] not in tours}
        steps = {}
        for v, tour in tours.items():
            id = vehicles[v].id
            if tour is None:
                continue
            if v in self.tours and _differs_in_plugs(tour, self.tours[v]):
                kept[id] = _replugged(
                    self.routes[id], [self.plugs[one.plug] for one in tour.all_visits if one.plug >= 0]
                )
            else:
                steps[id] = steps_of(self.day, self.problem, roads, tour)
        routes = self._beside(kept, steps)
        for id in _woken(routes.values()):
            routes[id] = self._with_night(routes[id].steps, id, [r for other, r in routes.items() if other != id])
        # Power is shared by all that charge at a depot, at whichever plug.
        if _woken(routes.values()) or (steps and any(depot.site_power_w is not None for depot in self.day.depots)):
            routes = self._anew({id: route.steps for id, route in routes.items()})
        in_order = [routes[vehicle.id] for vehicle in vehicles if vehicle.id in routes]
        return self._finished(self._balanced(in_order))

    def _beside(self, kept: Mapping[str, Route], steps: Mapping[str, tuple[Step, ...]]) -> dict[str, Route]:
        """Return all routes, the nights of the changed ones planned one after the other beside the others."""
        routes = dict(kept)
        days = [Route(vehicle_id=id, steps=of, cost=_NOTHING) for id, of in steps.items()]
        for i, route in enumerate(days):
            others = [*routes.values(), *days[i + 1 :]]
            routes[route.vehicle_id] = self._with_night(route.steps, route.vehicle_id, others)
        return routes

    def _with_night(self, steps: tuple[Step, ...], id: str, others: Iterable[Route]) -> Route:
        """Return a route whose night is planned beside the days and nights of others."""
        vehicle = self.day.vehicles[self.vehicles[id]]
        return self._route(vehicle, steps, night_beside(self.day, vehicle, steps, others))

    def _anew(self, steps: Mapping[str, tuple[Step, ...]]) -> dict[str, Route]:
        """Return all routes with the nights of all planned together."""
        days = [(self.day.vehicles[self.vehicles[id]], of) for id, of in steps.items()]
        nights = plan_nights(self.day, days)
        return {vehicle.id: self._route(vehicle, of, night) for (vehicle, of), night in zip(days, nights, strict=True)}

    def _route(self, vehicle: Vehicle, steps: tuple[Step, ...], night: Night) -> Route:
        cost = route_cost(self.day, vehicle, steps, night)
        return Route(vehicle_id=vehicle.id, steps=steps, cost=cost, night=night, driver_id=vehicle.driver_id)

    def _balanced(self, routes: Sequence[Route]) -> tuple[Route, ...]:
        if self.day.balance is None:
            return tuple(routes)
        above = above_the_mean(self.day, [route.steps for route in routes])
        return tuple(
            replace(route, cost=replace(route.cost, balance=round(money, 6)))
            for route, money in zip(routes, above, strict=True)
        )

    def _finished(self, routes: tuple[Route, ...]) -> Plan:
        """Return the plan with these routes, its orders left out told anew."""
        served = {step.place_id for route in routes for step in route.steps if step.serves}
        told = {left.order_id: left for left in self.plan.unassigned}
        left = tuple(_still_left(told.get(o.id), o) for o in self.day.orders if o.id not in served)
        return replace(self.plan, routes=routes, unassigned=left, violations=())

    def audited(self, plan: Plan) -> Plan:
        """Return a plan with what the auditor finds in it; nothing that holds is called kept."""
        found = audit(plan, self.streets, legs=self.legs)
        return replace(plan, violations=found, kept=plan.kept if found else None)


def open_desk(plan: Plan, streets: Streets, *, legs: LegFinder | None = None, file: str = "plan.json") -> Desk:
    """Measure a plan's day. Raises `InputError` E-D40 for other streets or an unreadable plan, and `RoadsError`."""
    finder = legs or LegFinder(streets)
    found = audit(plan, streets, legs=finder, only=())
    refused = [v for v in found if v.code in UNREADABLE]
    if refused:
        raise InputError(
            Fault(
                code="E-D40",
                file=file,
                value=refused[0].code,
                message=f"the plan cannot be changed by hand: {refused[0].where}: {refused[0].message}",
                remedy="give a plan.json as written by planner, and --streets with the map it was made on",
            )
        )
    work = manned(plan)
    desk = Desk(plan=plan, work=work, streets=streets, legs=finder, roads=day_roads(work.day, streets))
    return desk.as_driven(desk.tours.values())


# What makes a plan something else than a day of routes; whatever else is wrong, a hand may mend.
UNREADABLE = frozenset(
    {
        "streets_hash",
        "day_invalid",
        "vehicle_unknown",
        "route_shape",
        "not_a_number",
        "order_unknown",
        "order_twice",
        "vehicle_twice",
        "driver_missing",
        "driver_twice",
    }
)


def _hours(day: Day) -> TimeWindow:
    return TimeWindow(
        start_s=min(vehicle.shift.start_s for vehicle in day.vehicles),
        end_s=max(vehicle.latest_s for vehicle in day.vehicles),
    )


def _at_other_spots(roads: DayRoads, before: Day, day: Day, streets: Streets) -> DayRoads:
    """Return the roads of a day whose vehicles start or end at other places than before."""
    spots = list(before.spots)
    for i, spot in enumerate(day.spots):
        if spots[i : i + 1] != [spot]:
            spots.insert(i, spot)
            roads = with_spot(roads, day, spot, before=i)
    return roads if tuple(spots) == day.spots else day_roads(day, streets)


def _still_left(told: Unassigned | None, order: Order) -> Unassigned:
    if told is None:
        return Unassigned(order_id=order.id, reason=Reason.NOT_FOUND_IN_TIME, detail=BY_HAND)
    if told.reason in OF_THE_WHOLE_PLAN and told.detail != BY_HAND:
        return replace(told, reason=Reason.NOT_FOUND_IN_TIME, detail=CHANGED_SINCE)
    return told


def _differs_in_plugs(tour: Tour, old: Tour) -> bool:
    """Say whether a vehicle does what it did before, if perhaps at other plugs."""
    pairs = zip(tour.all_visits, old.all_visits, strict=False)
    return len(tour.visits) == len(old.visits) and all(a == b or _plugged_as(a, b) == b for a, b in pairs)


def _plugged_as(visit: Visit, other: Visit) -> Visit:
    return replace(visit, plug=other.plug) if min(visit.plug, other.plug) >= 0 else visit


def _replugged(route: Route, plugs: Sequence[str]) -> Route:
    """Return a route with other plugs for its charges, in turn."""
    left = iter(plugs)
    steps = (replace(step, plug_id=next(left)) if step.kind is StepKind.CHARGE else step for step in route.steps)
    return replace(route, steps=tuple(steps))


def _woken(routes: Iterable[Route]) -> list[str]:
    """Return the vehicles that charge by night at a plug where another one charges by day at that time."""
    routes = list(routes)
    by_day: dict[str, list[Step]] = {}
    for route in routes:
        for step in route.steps:
            if step.kind is StepKind.CHARGE and step.plug_id:
                by_day.setdefault(step.plug_id, []).append(step)
    return [
        route.vehicle_id
        for route in routes
        if route.night is not None
        and any(
            step.begin_s < charge.end_s and charge.begin_s < step.end_s
            for charge in route.night.charges
            for step in by_day.get(charge.plug_id, ())
        )
    ]


_NOTHING = Cost(vehicles=0.0, distance=0.0, time=0.0, energy=0.0)
