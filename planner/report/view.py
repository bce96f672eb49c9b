"""Looks things up in a plan by id, and tells its clock times; every report reads plans through it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from itertools import pairwise
from zoneinfo import ZoneInfo

from planner.clock import clock, moment_at
from planner.model import Depot, Order, Vehicle, partners
from planner.plan import Cost, Leg, Night, Plan, Reason, Route, Step

NOTICED_S = 60  # nobody prints a manifest anew for less
REASON_TEXT = {
    Reason.OFF_NETWORK: "no usable street near it",
    Reason.TOO_HEAVY: "too heavy",
    Reason.TOO_BIG: "too big",
    Reason.WRONG_DEPOT: "no vehicle belongs to its depot",
    Reason.NO_DRIVER: "no driver is left for a vehicle that could serve it",
    Reason.NO_SKILL: "no vehicle has the skill or class",
    Reason.WINDOW_UNREACHABLE: "time window cannot be met",
    Reason.BEYOND_RANGE: "beyond range, even with charging",
    Reason.NO_PLUG: "needs a charge, and no plug is free to use",
    Reason.GROUP_INCOMPLETE: "another order of its group can not be served",
    Reason.FLEET_FULL: "the fleet is full",
    Reason.NOT_FOUND_IN_TIME: "not found in time",
    Reason.COURIER: "handed to a courier",
}
NIGHT_TOO_SHORT = "the night is too short for its plugs and power"
NO_NIGHT_PLUG = "no plug"
ENDS_AWAY = "it ends its day away from the plugs"


@dataclass(frozen=True)
class PlanView:
    """A plan with its indexes."""

    plan: Plan

    @cached_property
    def orders(self) -> dict[str, Order]:
        """Every order of the day by its id."""
        return {order.id: order for order in self.plan.day.orders}

    @cached_property
    def partners(self) -> Mapping[str, Order]:
        """The other stop of each order of a pair."""
        return partners(self.plan.day.orders)

    @cached_property
    def vehicles(self) -> dict[str, Vehicle]:
        """Every vehicle of the day by its id."""
        return {vehicle.id: vehicle for vehicle in self.plan.day.vehicles}

    @cached_property
    def vehicle_of(self) -> Mapping[str, str]:
        """The vehicle that serves each planned order, by their ids."""
        return {step.place_id: route.vehicle_id for route in self.plan.routes for step in route.steps if step.serves}

    @cached_property
    def stop_of(self) -> Mapping[str, tuple[Step, int]]:
        """The step of each planned order, and its number among the stops of its trip."""
        pairs = (pair for route in self.plan.routes for pair in numbered(route))
        return {step.place_id: (step, number) for step, number in pairs if number is not None}

    @cached_property
    def _day(self) -> date:
        return date.fromisoformat(self.plan.day.date)

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.plan.day.time_zone)

    def clock(self, seconds: float) -> str:
        """Return the wall clock at an elapsed time, as ``HH:MM``."""
        return clock(seconds, day=self._day, zone=self._zone)

    @property
    def traffic(self) -> str:
        """Return the hours of another pace, ``07:30-09:00 at 70 % of the usual pace``; nothing where there are none."""
        spans = self.plan.day.traffic
        hours = [f"{self.clock(t.start_s)}-{self.clock(t.end_s)} at {100 * t.speed:g} %" for t in spans]
        return ", ".join(hours) + " of the usual pace" if hours else ""

    def moment(self, seconds: float) -> datetime:
        """Return the local date and time at an elapsed time."""
        return moment_at(seconds, day=self._day, zone=self._zone)

    @cached_property
    def depots(self) -> dict[str, Depot]:
        """Every depot of the day by its id."""
        return {depot.id: depot for depot in self.plan.day.depots}

    @cached_property
    def short_tomorrow(self) -> list[tuple[str, str]]:
        """Return each vehicle that will not have its start charge tomorrow, and by how much and why."""
        return [
            (route.vehicle_id, self._shortage(self.vehicle(route), route.night))
            for route in self.plan.routes
            if route.night is not None and route.night.missing_wh > 0
        ]

    def _shortage(self, vehicle: Vehicle, night: Night) -> str:
        depot = self.depots[vehicle.depot_id]
        why = self.shortage_reason(vehicle)
        return f"{night.missing_wh:,.0f} Wh short at {self.clock(night.until_s)}: {why} at {depot.id}"

    def shortage_reason(self, vehicle: Vehicle) -> str:
        """Return why a vehicle is not charged for tomorrow."""
        if vehicle.end:
            return ENDS_AWAY
        return NIGHT_TOO_SHORT if self.depots[vehicle.depot_id].plugs else NO_NIGHT_PLUG

    def vehicle(self, route: Route) -> Vehicle:
        """Return the vehicle that drives a route."""
        return self.vehicles[route.vehicle_id]

    def order_at(self, step: Step) -> Order | None:
        """Return the order that a step serves, nothing for other steps."""
        return self.orders[step.place_id] if step.serves else None

    def late_s(self, step: Step) -> int:
        """Return how late a step serves its order."""
        order = self.order_at(step)
        return 0 if order is None else order.late_s(step.begin_s)


def late_words(late_s: int) -> str:
    """Return how late a stop is, a part of a minute counting as one."""
    return f"late {-(-late_s // 60)} min"


def cost_kinds(cost: Cost) -> dict[str, float]:
    """Return the money by kind; overtime, minimum pay, wear, lateness and balance only where they are counted."""
    always = {"vehicles", "distance", "time", "energy"}
    kinds = {
        "vehicles": cost.vehicles,
        "distance": cost.distance,
        "time": cost.time,
        "overtime": cost.overtime,
        "minimum pay": cost.minimum_pay,
        "energy": cost.energy,
        "wear": cost.wear,
        "lateness": cost.lateness,
        "balance": cost.balance,
    }
    return {kind: money for kind, money in kinds.items() if money or kind in always}


def cost_words(cost: Cost) -> str:
    """Return the money by kind in one line."""
    return ", ".join(f"{kind} {money:.2f}" for kind, money in cost_kinds(cost).items())


def numbered(route: Route) -> list[tuple[Step, int | None]]:
    """Pair each step with its number among the stops of its trip, from 1; other steps have none."""
    counts: dict[int, int] = {}
    pairs: list[tuple[Step, int | None]] = []
    for step in route.steps:
        number = None
        if step.serves:
            number = counts[step.trip] = counts.get(step.trip, 0) + 1
        pairs.append((step, number))
    return pairs


def drives(route: Route) -> list[tuple[Step, Step, Leg]]:
    """Return origin, destination and leg of every drive of a route; a drive belongs to the trip of its origin."""
    return [(origin, step, step.leg) for origin, step in pairwise(route.steps) if step.leg is not None]


def leg_line(origin: Step, step: Step, leg: Leg) -> tuple[tuple[float, float], ...]:
    """Return the (lon, lat) line of a drive, at least two points even where it has no length."""
    return leg.geometry if len(leg.geometry) >= 2 else ((origin.lon, origin.lat), (step.lon, step.lat))


def changed_vehicles(before: Plan, after: Plan) -> frozenset[str]:
    """Return the vehicles whose stops differ between two plans, or a time by a minute or more."""
    old, new = ({route.vehicle_id: route.steps for route in plan.routes} for plan in (before, after))

    def same(id: str) -> bool:
        a, b = old.get(id, ()), new.get(id, ())
        return len(a) == len(b) and all(
            (x.kind, x.place_id, x.plug_id) == (y.kind, y.place_id, y.plug_id)
            and abs(x.begin_s - y.begin_s) < NOTICED_S
            for x, y in zip(a, b, strict=True)
        )

    return frozenset(id for id in {*old, *new} if not same(id))
