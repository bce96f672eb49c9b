"""What the auditor's rules look at: the plan, its day by id, and each readable route as stops with loads.

A plan file may hold anything. What cannot be read (an unknown vehicle, a missing end, NaN) is reported here,
and the rules then see only routes whose every number is a number.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date
from functools import cached_property
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np

from planner.check_legs import FoundLeg, LegFinder, Point, standing
from planner.check_pairs import pair_faults
from planner.check_traffic import Clock, clock_of, traffic_faults
from planner.check_walk_up import kerb, walk_up_faults
from planner.model import (
    Day,
    Depot,
    Driver,
    Order,
    OrderKind,
    Spot,
    Station,
    TimeWindow,
    Vehicle,
    VehicleType,
)
from planner.plan import Night, Plan, Route, Step, StepKind, Violation
from planner.roads.conditional import Span
from planner.roads.streets import Streets

# A plan is written with three decimals and whole seconds.
ENERGY_WH = 0.01
LOAD = 0.01  # kilograms or litres
MOST = 1e12  # no sensible number in a plan is larger
DELIVERY, PICKUP = OrderKind.DELIVERY, OrderKind.PICKUP
UNLOADING = frozenset({StepKind.START, StepKind.RELOAD, StepKind.RETURN, StepKind.END})
SHIFT_S = 7 * 86_400  # no sensible shift is further from its day


@dataclass(frozen=True, kw_only=True)
class RouteCase:
    """One readable route."""

    route: Route
    vehicle: Vehicle
    depot: Depot
    case: Case

    @property
    def steps(self) -> tuple[Step, ...]:
        """Return the route's steps, of which there are at least a start and an end."""
        return self.route.steps

    @property
    def kind(self) -> VehicleType:
        """Return the type of the vehicle that drives it."""
        return self.vehicle.type

    @property
    def delivers(self) -> bool:
        """Say whether any order is served."""
        return any(step.serves for step in self.steps)

    def spot(self, kind: StepKind) -> Spot | None:
        """Return where the vehicle starts or ends away from its depot, None where it does not."""
        return {StepKind.START: self.vehicle.start, StepKind.END: self.vehicle.end}.get(kind)

    def place(self, step: Step) -> Order | Depot | Station | Spot | None:
        """Return what the step's id names, None where nothing of the right kind has that id."""
        if step.serves:
            return self.case.orders.get(step.place_id)
        if (spot := self.spot(step.kind)) is not None:
            return spot if step.place_id == self.vehicle.id else None
        if step.kind == StepKind.BREAK and step.leg is None:
            return self._place_of_break(step)
        if step.kind in {StepKind.CHARGE, StepKind.BREAK} and step.place_id != self.depot.id:
            return self.case.stations.get(step.place_id)
        return self.case.depots.get(step.place_id)

    def _place_of_break(self, step: Step) -> Order | Depot | Station | Spot | None:
        """Return the place of the step before a break: it is taken where something else is done."""
        at = next(i for i, other in enumerate(self.steps) if other is step)
        before = self.steps[at - 1]
        return self.place(before) if at and before.place_id == step.place_id else None

    @cached_property
    def stops(self) -> tuple[tuple[int, ...], ...]:
        """Step numbers by stop: steps without a leg are done where the vehicle stands."""
        stops: list[list[int]] = []
        for i, step in enumerate(self.steps):
            if i == 0 or step.leg is not None:
                stops.append([])
            stops[-1].append(i)
        return tuple(tuple(stop) for stop in stops)

    @cached_property
    def loads(self) -> tuple[tuple[float, float], ...]:
        """Kilograms and litres on board after each step, from the orders and not from what the plan states."""
        kg, litres = self._on_board(lambda order: order.demand_kg), self._on_board(lambda order: order.volume_l)
        return tuple(zip(kg, litres, strict=True))

    def _on_board(self, amount: Callable[[Order], float]) -> list[float]:
        """Return after each step what is still to be delivered in its trip and what has been picked up in it.

        The goods of a pair are on board from their pickup to their delivery, or to the end of the trip.
        """
        to_come, picked_up = [0.0], [0.0]
        fetched: dict[str, float] = {}
        for step in self.steps:
            if step.kind in UNLOADING:
                fetched = {}
            picked_up.append(0.0 if step.kind in UNLOADING else picked_up[-1] + self._share(step, amount, PICKUP))
            order = self._order(step)
            if order is not None and order.pair and order.kind == PICKUP:
                fetched[order.pair] = amount(order)
            elif order is not None and order.pair:
                picked_up[-1] -= fetched.pop(order.pair, 0.0)
        for step in reversed(self.steps):
            to_come.append(0.0 if step.kind in UNLOADING else to_come[-1] + self._share(step, amount, DELIVERY))
        return [ahead + behind for ahead, behind in zip(reversed(to_come[:-1]), picked_up[1:], strict=True)]

    def _share(self, step: Step, amount: Callable[[Order], float], kind: OrderKind) -> float:
        order = self._order(step)
        if order is None or order.kind != kind or (kind == DELIVERY and order.pair):
            return 0.0
        return amount(order)

    def _order(self, step: Step) -> Order | None:
        return self.case.orders.get(step.place_id) if step.serves else None

    @cached_property
    def drives(self) -> Mapping[int, FoundLeg | None]:
        """The auditor's own drive to each step that a leg leads to, both its ends being known places."""
        found: dict[int, FoundLeg | None] = {}
        for i, (before, step) in enumerate(pairwise(self.steps), start=1):
            origin, target = self.place(before), self.place(step)
            if step.leg is None or origin is None or target is None:
                continue
            start, end = kerb(origin), kerb(target)
            alike = origin is target and not (before.serves or step.serves)
            found[i] = standing(start) if alike else self.case.leg(self.kind, start, end, leaves_s=self.leaves_s[i])
        return found

    @cached_property
    def leaves_s(self) -> Mapping[int, int]:
        """When the drive to each step that a leg leads to begins: when all that is done before it is over."""
        return {after[0]: max(self.steps[j].end_s for j in stop) for stop, after in pairwise(self.stops)}

    def broken(self, code: str, i: int, message: str, *, by: float | None = None, unit: str = "") -> Violation:
        """Return a violation at step `i` (from 0; shown from 1), broken `by` so much where that is known."""
        step = self.steps[i]
        where = f"vehicle {self.vehicle.id} step {i + 1} ({step.kind} {step.place_id})"
        return Violation(
            code=code, where=where, message=message, vehicle_id=self.vehicle.id, step=i, amount=by, unit=unit
        )


@dataclass(frozen=True, kw_only=True)
class Case:
    """A plan under audit, its day indexed by id."""

    plan: Plan
    legs: LegFinder
    orders: Mapping[str, Order]
    depots: Mapping[str, Depot]
    stations: Mapping[str, Station]
    vehicles: Mapping[str, Vehicle]
    drivers: Mapping[str, Driver]
    read: Mapping[str, tuple[Step, ...]] = field(default_factory=dict)  # steps found readable before, by vehicle

    def with_driver(self, vehicle: Vehicle, driver_id: str) -> Vehicle:
        """Return a vehicle as its driver may use it: in the hours of both, with the skills, the break and the pay."""
        driver = self.drivers.get(driver_id)
        if driver is None:
            return vehicle
        pay = vehicle.type.cost_per_hour if driver.cost_per_hour is None else driver.cost_per_hour
        start_s, end_s = (
            most(getattr(driver.shift, side), getattr(vehicle.shift, side))
            for most, side in ((max, "start_s"), (min, "end_s"))
        )
        return replace(
            vehicle,
            type=replace(vehicle.type, cost_per_hour=pay),
            shift=TimeWindow(start_s=start_s, end_s=end_s),
            skills=(*vehicle.skills, *driver.skills),
            driver_break=driver.driver_break if driver.driver_break is not None else vehicle.driver_break,
            driver_id=driver_id,
        )

    @cached_property
    def pairs(self) -> tuple[Vehicle, ...]:
        """Every vehicle as it could be used: by itself in a fleet without drivers, else with each who may drive it."""
        if not self.drivers:
            return tuple(self.vehicles.values())
        pairs = (self.with_driver(vehicle, d) for vehicle in self.vehicles.values() for d in self.drivers)
        return tuple(pair for pair in pairs if self._may_be(pair))

    def _may_be(self, pair: Vehicle) -> bool:
        licensed = pair.type.licence in {"", *self.drivers[pair.driver_id].licences}
        return licensed and pair.shift.start_s < pair.shift.end_s

    @cached_property
    def pairs_left(self) -> tuple[Vehicle, ...]:
        """The vehicles on their routes with their drivers, and every pair of a vehicle and a driver without a route."""
        if not self.drivers:
            return self.pairs
        crew = {route.vehicle_id: route.driver_id for route in self.plan.routes}
        busy = set(crew.values())
        return tuple(
            pair
            for pair in self.pairs
            if (crew[pair.id] == pair.driver_id if pair.id in crew else pair.driver_id not in busy)
        )

    @cached_property
    def faults(self) -> tuple[tuple[Violation, ...], ...]:
        """For each route of the plan, what makes it unreadable."""
        return tuple(tuple(_route_faults(route, self.vehicles, self.read)) for route in self.plan.routes)

    @cached_property
    def routes(self) -> tuple[RouteCase, ...]:
        """The readable routes."""
        return tuple(
            RouteCase(
                route=route,
                vehicle=self.with_driver(self.vehicles[route.vehicle_id], route.driver_id),
                depot=self.depots[self.vehicles[route.vehicle_id].depot_id],
                case=self,
            )
            for route, faults in zip(self.plan.routes, self.faults, strict=True)
            if not faults
        )

    @cached_property
    def span(self) -> Span:
        """When vehicles may be on the road; there is one vehicle at least."""
        return self.plan.day.span

    @cached_property
    def clock(self) -> Clock:
        """How long a drive takes at which hour."""
        return clock_of(self.plan.day)

    def leg(self, kind: VehicleType, start: Point, end: Point, *, leaves_s: float = math.inf) -> FoundLeg | None:
        """Return the auditor's own drive on this day, its seconds at the usual pace.

        It leads over streets that are open when it begins, which is after all closings where that is not said.
        """
        found = self.legs.leg(kind, start, end, span=self.span, closed=self.plan.day.closed(leaves_s))
        if found is None or not self.clock.spans:
            return found
        return replace(found, energy=self.clock.energy(found.energy, kind, seconds=found.seconds))


def open_case(plan: Plan, legs: LegFinder) -> Case:
    """Index the plan's day and attach all its places to the streets at once."""
    day = plan.day
    places: tuple[Order | Depot | Station | Spot, ...] = (*day.orders, *day.depots, *day.stations, *day.spots)
    points = [kerb(place) for place in places]
    for kind in dict.fromkeys(vehicle.type for vehicle in day.vehicles):
        for closed in dict.fromkeys(((), *(day.closed(out.from_s) for out in day.roads_out))):
            legs.learn(kind, points, span=day.span, closed=closed)
    return Case(
        plan=plan,
        legs=legs,
        orders={order.id: order for order in day.orders},
        depots={depot.id: depot for depot in day.depots},
        stations={station.id: station for station in day.stations},
        vehicles={vehicle.id: vehicle for vehicle in day.vehicles},
        drivers={driver.id: driver for driver in day.drivers},
    )


def unreadable_routes(case: Case) -> Iterator[Violation]:
    """Report routes that the other rules cannot look at."""
    for faults in case.faults:
        yield from faults


def day_faults(day: Day) -> Iterator[Violation]:
    """Report what in the day itself would make every judgement on it void."""

    def bad(where: str, message: str) -> Violation:
        return Violation(code="day_invalid", where=where, message=message)

    groups: tuple[tuple[Order | Vehicle | Depot | Station | Driver, ...], ...]
    groups = (day.orders, day.vehicles, (*day.depots, *day.stations), day.drivers)
    for things in groups:
        counts = Counter(thing.id for thing in things)
        for thing in things:
            where = f"{type(thing).__name__.lower()} {thing.id}"
            if counts[thing.id] > 1:
                yield bad(where, f"the id is used {counts[thing.id]} times")
            for name in _odd_numbers(thing):
                yield bad(where, f"{name} is not a usable number")
    depots = {depot.id for depot in day.depots}
    for vehicle in day.vehicles:
        if vehicle.depot_id not in depots:
            yield bad(f"vehicle {vehicle.id}", f"there is no depot {vehicle.depot_id}")
        if not -SHIFT_S <= vehicle.shift.start_s <= vehicle.shift.end_s <= SHIFT_S:
            yield bad(f"vehicle {vehicle.id}", "its shift is none")
    for order in day.orders:
        if order.depot_id and order.depot_id not in depots:
            yield bad(f"order {order.id}", f"there is no depot {order.depot_id}")
    for where, message in (*_balance_faults(day), *_clock_faults(day), *pair_faults(day), *walk_up_faults(day)):
        yield bad(where, message)


def _balance_faults(day: Day) -> Iterator[tuple[str, str]]:
    if day.balance is not None and not 0 <= day.balance.price <= MOST:
        yield "day", "the price of balance is not a usable number"


def _clock_faults(day: Day) -> Iterator[tuple[str, str]]:
    for depot in day.depots:
        begins = [step.from_s for step in depot.tariff]
        if begins != sorted(set(begins)):
            yield f"depot {depot.id}", "the times of its tariff do not rise"
    for out in day.roads_out:
        if any(_odd_numbers(out)):
            yield "a closed road", "a number is not a usable one"
    for fault in traffic_faults(day.traffic):
        yield "traffic", fault
    if not _is_date(day.date):
        yield "day", f"{day.date!r} is no date"
    if not _is_zone(day.time_zone):
        yield "day", f"{day.time_zone!r} is no time zone"


def road_faults(day: Day, streets: Streets) -> Iterator[Violation]:
    """Report closed roads that these streets do not have."""
    for out in day.roads_out:
        if not all(0 <= piece < streets.segments for piece in out.segments):
            message = f"one of its pieces is none of the {streets.segments} of the streets"
            yield Violation(code="day_invalid", where="a closed road", message=message)


def _is_date(text: str) -> bool:
    try:
        return 1 < date.fromisoformat(text).year < date.max.year  # a shift may reach into the next
    except ValueError:
        return False


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        return False
    return True


MUST_BE_POSITIVE = frozenset(
    {
        "battery_wh",
        "charge_w",
        "docks",
        "drivetrain_efficiency",
        "max_speed_kmh",
        "power_share",
        "power_w",
        "service_factor",
        "swap_s",
        "top_speed_kmh",
        "urban_factor",
    }
)
MAY_BE_NEGATIVE = frozenset({"lat", "lon", "start_s", "end_s", "from_s"})


def _odd_numbers(thing: object) -> Iterator[str]:
    """Yield the names of numbers anywhere inside a record that are no numbers, too large or out of their sign."""
    for name in (item.name for item in fields(thing)) if is_dataclass(thing) else ():
        value = getattr(thing, name)
        if isinstance(value, tuple):
            for item in value:
                yield from _odd_numbers(item)
        elif is_dataclass(value):
            yield from _odd_numbers(value)
        elif isinstance(value, int | float):
            least = -math.inf if name in MAY_BE_NEGATIVE else 0.0
            if not sensible(value) or value < least or (value <= 0 and name in MUST_BE_POSITIVE):
                yield name


def sensible(value: object) -> bool:
    """Say whether something is a finite number of a size that a plan may hold."""
    return isinstance(value, int | float) and -MOST <= value <= MOST


STEP_NUMBERS = (
    "trip",
    "lat",
    "lon",
    "arrival_s",
    "begin_s",
    "end_s",
    "stored_arrival_wh",
    "stored_end_wh",
    "load_kg",
    "load_l",
)


def _route_faults(
    route: Route, vehicles: Mapping[str, Vehicle], read: Mapping[str, tuple[Step, ...]]
) -> Iterator[Violation]:
    where = f"vehicle {route.vehicle_id}"
    if route.vehicle_id not in vehicles:
        yield Violation(code="vehicle_unknown", where=where, message="the day has no vehicle with this id")
    kinds = [step.kind for step in route.steps]
    middle = {*StepKind} - {StepKind.START, StepKind.END}
    if kinds[:1] != [StepKind.START] or kinds[-1:] != [StepKind.END] or not middle.issuperset(kinds[1:-1]):
        yield Violation(code="route_shape", where=where, message="a route is a start, orders and such, and an end")
    known = read.get(route.vehicle_id, ())
    for i, step in enumerate(route.steps):
        if i < len(known) and known[i] is step:
            continue
        for name in _not_numbers(step):
            message = f"{name} is not a usable number"
            yield Violation(code="not_a_number", where=f"{where} step {i + 1} ({step.place_id})", message=message)
    cost = route.cost
    if not all(sensible(getattr(cost, kind.name)) for kind in fields(cost)):
        yield Violation(code="not_a_number", where=where, message="a cost is not a usable number")
    if route.night is not None and not all(_night_numbers(route.night)):
        yield Violation(code="not_a_number", where=where, message="the night holds what is no usable number")


def _night_numbers(night: Night) -> Iterator[bool]:
    yield sensible(night.until_s) and sensible(night.missing_wh)
    for charge in night.charges:
        yield all(sensible(value) for value in (charge.begin_s, charge.end_s, charge.wh, charge.power_w, charge.cost))


def _not_numbers(step: Step) -> Iterator[str]:
    yield from (name for name in STEP_NUMBERS if not sensible(getattr(step, name)))
    if step.power_w is not None and not sensible(step.power_w):
        yield "power_w"
    if step.leg is None:
        return
    yield from (name for name in ("distance_m", "drive_s", "energy_wh") if not sensible(getattr(step.leg, name)))
    if any(len(pair) != 2 for pair in step.leg.geometry) or not _on_the_globe(step.leg.geometry):
        yield "geometry"


def _on_the_globe(pairs: tuple[tuple[float, float], ...]) -> bool:
    return bool((np.abs(np.array(pairs, dtype=np.float64)) <= 360.0).all())
