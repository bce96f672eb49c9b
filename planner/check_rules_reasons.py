"""Is the reason true for which an order was left out? Judged anew, never from the solver's word.

Reasons are tried from the most basic on, each among the vehicles that pass all before it: the depot, the right skills
and class, weight, size, a road there and back, the clock, the battery. A claim is refuted by one vehicle that passes
where the claim says that none does, and only beyond the planner's own rounding.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from planner.check_case import Case, RouteCase
from planner.check_legs import FoundLeg, Point, standing
from planner.check_pairs import pairs_of
from planner.check_rules_docks import loadings
from planner.check_traffic import Clock
from planner.check_walk_up import kerb
from planner.model import Order, OrderKind, Spot, Station, Vehicle
from planner.plan import Reason, StepKind, Violation

# A claim is refuted only by a clear margin on each of two legs, which the planner rounds up.
MARGIN_S = 2.0
MARGIN_WH = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """A drive out and back for one order alone, or the two of a pair, by one vehicle.

    It comes to its depot by `before` and leaves it by `after`, which are no drives where it starts or ends there.
    """

    vehicle: Vehicle
    loading_s: float
    orders: tuple[Order, ...]
    before: FoundLeg
    legs: tuple[FoundLeg, ...]  # from the depot to each of the orders and home
    after: FoundLeg
    clock: Clock

    @property
    def loaded_from_s(self) -> float:
        """Return when a fresh vehicle is at its depot."""
        start_s = self.vehicle.shift.start_s
        return self._over_s(start_s, self.before) if self.vehicle.start else start_s

    def home_s(self, *, from_s: float) -> float | None:
        """Return when the vehicle is back at the latest reckoning, None where no window can be met."""
        now_s, parked_at = max(from_s, self.orders[0].release_s) + self.loading_s, None
        for order, leg in zip(self.orders, self.legs[:-1], strict=True):
            arrival_s = self._over_s(now_s, leg)
            begins_s = [max(arrival_s, w.start_s) for w in order.windows if w.end_s + order.late_max_s >= arrival_s]
            if order.windows and not begins_s:
                return None
            setup_s = 0.0 if order.spot == parked_at else order.setup_s
            standing_s = (setup_s + order.service_s) * self.vehicle.type.service_factor + order.walk_s
            now_s, parked_at = min(begins_s, default=arrival_s) + standing_s, order.spot
        return self._over_s(now_s, self.legs[-1])

    def _over_s(self, leave_s: float, leg: FoundLeg) -> float:
        """Return when a drive is over at the latest reckoning."""
        if not self.clock.spans:
            return leave_s + leg.seconds + MARGIN_S
        return self.clock.arrival_s(leave_s, leg.seconds + MARGIN_S) + 1.0  # by the clock it is rounded up again

    def in_time(self, *, from_s: float) -> bool:
        """Say whether the order's windows and the shift both hold."""
        return self.done_by(self.vehicle.shift.end_s + self.vehicle.overtime_s, from_s=from_s)

    def done_by(self, latest_s: float, *, from_s: float) -> bool:
        """Say whether the day can end in time, also where that is away from the depot."""
        home_s = self.home_s(from_s=from_s)
        if home_s is None:
            return False
        return (self._over_s(home_s, self.after) if self.vehicle.end else home_s) <= latest_s

    @property
    def _loads_kg(self) -> tuple[float, ...]:
        order = self.orders[0]
        if len(self.orders) > 1:
            return 0.0, order.demand_kg, 0.0
        return (order.demand_kg, 0.0) if order.kind is OrderKind.DELIVERY else (0.0, order.demand_kg)

    def in_range(self, *, stored_wh: float, fresh: bool) -> bool:
        """Say whether the battery lasts there and back without a charge, from the depot or, `fresh`, from its start."""
        battery_wh = self.vehicle.type.battery_wh
        reserve_wh, end_wh = self.vehicle.reserve_soc * battery_wh, self.vehicle.end_soc * battery_wh
        lowest_wh = stored_wh
        legs = list(zip(self.legs, self._loads_kg, strict=True))
        legs = [(self.before, 0.0), *legs] if fresh and self.vehicle.start else legs
        legs = [*legs, (self.after, 0.0)] if self.vehicle.end else legs
        for leg, load_kg in legs:
            lowest_wh = min(lowest_wh, leg.lowest_wh(stored_wh, load_kg=load_kg) - MARGIN_WH)
            kept_wh = leg.kept_wh(stored_wh, battery_wh=battery_wh, load_kg=load_kg)
            stored_wh = kept_wh - leg.energy_wh(load_kg=load_kg) - MARGIN_WH
            lowest_wh = min(lowest_wh, stored_wh)
        return lowest_wh >= reserve_wh and stored_wh >= end_wh


@dataclass(frozen=True, slots=True, kw_only=True)
class Chances:
    """What stands between one order and the fleet: the vehicles left after each hurdle."""

    case: Case
    order: Order
    at_home: tuple[Vehicle, ...]
    skilled: tuple[Vehicle, ...]
    strong: tuple[Vehicle, ...]
    roomy: tuple[Vehicle, ...]
    trips: tuple[Trip, ...]
    punctual: tuple[Trip, ...]
    direct: tuple[Trip, ...]


def gives_true_reasons(case: Case) -> Iterator[Violation]:
    """Each order left out fails for the reason that is given."""
    reasons = {left_out.order_id: left_out.reason for left_out in case.plan.unassigned}
    for left_out in case.plan.unassigned:
        order = case.orders.get(left_out.order_id)
        if order is None:
            continue  # reported as unknown
        refute = REFUTATIONS.get(left_out.reason)
        pairs = case.pairs_left if left_out.reason in WITH_THESE_DRIVERS else case.pairs
        why = "there is no such reason" if refute is None else refute(_chances(case, order, pairs))
        other = next((other for other in _together(case, order) if other is not order), order)
        if not why and reasons.get(other.id, left_out.reason) != left_out.reason:
            why = f"{other.id}, the other stop of its pair, as {reasons[other.id]}"
        if why:
            message = f"left out as {left_out.reason}, but {why}"
            yield Violation(code="reason_false", where=f"order {order.id}", message=message)


def _chances(case: Case, order: Order, every: tuple[Vehicle, ...]) -> Chances:
    orders = _together(case, order)
    at_home = tuple(vehicle for vehicle in every if not order.depot_id or vehicle.depot_id == order.depot_id)
    # Where no vehicle passes one hurdle the next is judged without it: such an order fails for both reasons.
    able = at_home or every
    skilled = tuple(vehicle for vehicle in able if all(_admits(one, vehicle) for one in orders))
    able = skilled or able
    strong = tuple(vehicle for vehicle in able if order.demand_kg <= vehicle.type.payload_kg)
    able = strong or able
    roomy = tuple(vehicle for vehicle in able if all(_has_room(one, vehicle) for one in orders))
    able = roomy or able
    trips = tuple(trip for vehicle in able if (trip := _trip(case, orders, vehicle)) is not None)
    punctual = tuple(trip for trip in trips if trip.in_time(from_s=trip.loaded_from_s))
    direct = tuple(trip for trip in punctual or trips if trip.in_range(stored_wh=_full_wh(trip.vehicle), fresh=True))
    return Chances(
        case=case,
        order=order,
        at_home=at_home,
        skilled=skilled,
        strong=strong,
        roomy=roomy,
        trips=trips,
        punctual=punctual,
        direct=direct,
    )


def _together(case: Case, order: Order) -> tuple[Order, ...]:
    """Return an order alone, or the two of its pair in the order in which they are served."""
    return tuple(pairs_of(case.orders.values())[order.pair]) if order.pair else (order,)


def _admits(order: Order, vehicle: Vehicle) -> bool:
    classes = order.vehicle_classes
    return set(order.skills) <= set(vehicle.skills) and (not classes or vehicle.type.road_class.name in classes)


def _has_room(order: Order, vehicle: Vehicle) -> bool:
    return order.volume_l <= vehicle.type.volume_l and order.longest_cm <= vehicle.type.longest_cm


def _trip(case: Case, orders: tuple[Order, ...], vehicle: Vehicle) -> Trip | None:
    depot = case.depots[vehicle.depot_id]
    home = Point(depot.lat, depot.lon)
    points = [home, *map(kerb, orders), home]
    found = [case.leg(vehicle.type, start, end) for start, end in pairwise(points)]
    legs = tuple(leg for leg in found if leg is not None)
    before, after = _way(case, vehicle, vehicle.start, home), _way(case, vehicle, home, vehicle.end)
    if len(legs) < len(found) or before is None or after is None:
        return None
    parcels = orders[0].parcels if orders[0].from_depot else 0
    loading_s = math.ceil(depot.loading_s + depot.loading_per_parcel_s * parcels)
    return Trip(
        vehicle=vehicle, loading_s=loading_s, orders=orders, before=before, legs=legs, after=after, clock=case.clock
    )


def _way(case: Case, vehicle: Vehicle, start: Spot | Point | None, end: Spot | Point | None) -> FoundLeg | None:
    """Return a vehicle's drive between its depot and its start or end, no drive where it has none of its own."""
    if start is None or end is None:
        return standing(Point(0.0, 0.0))
    return case.leg(vehicle.type, Point(start.lat, start.lon), Point(end.lat, end.lon))


def _full_wh(vehicle: Vehicle) -> float:
    return vehicle.start_soc * vehicle.type.battery_wh


def _off_network(chances: Chances) -> str:
    return f"vehicle {chances.trips[0].vehicle.id} gets there and back" if chances.trips else ""


def _too_heavy(chances: Chances) -> str:
    return f"vehicle {chances.strong[0].id} may carry it" if chances.strong else ""


def _too_big(chances: Chances) -> str:
    return f"it fits into vehicle {chances.roomy[0].id}" if chances.roomy else ""


def _wrong_depot(chances: Chances) -> str:
    return f"vehicle {chances.at_home[0].id} belongs to its depot" if chances.at_home else ""


def _no_skill(chances: Chances) -> str:
    return f"vehicle {chances.skilled[0].id} has the skills and the class" if chances.skilled else ""


def _window_unreachable(chances: Chances) -> str:
    return f"vehicle {chances.punctual[0].vehicle.id} meets it, alone" if chances.punctual else ""


def _beyond_range(chances: Chances) -> str:
    return f"vehicle {chances.direct[0].vehicle.id} gets there and back on one charge" if chances.direct else ""


def _no_plug(chances: Chances) -> str:
    if refuted := _beyond_range(chances):
        return refuted
    plug_at = next((station for station in chances.case.stations.values() if _usable(chances, station)), None)
    return f"station {plug_at.id} can be used" if plug_at is not None and chances.case.plan.day.charging else ""


def _usable(chances: Chances, station: Station) -> bool:
    at = Point(station.lat, station.lon)
    homes = [(trip.vehicle.type, chances.case.depots[trip.vehicle.depot_id]) for trip in chances.trips]
    leg = chances.case.leg
    return bool(station.plugs) and any(leg(kind, Point(depot.lat, depot.lon), at) for kind, depot in homes)


def _group_incomplete(chances: Chances) -> str:
    """Refute that a group can not be served: none of its other orders is claimed to fail, and one vehicle fits all."""
    case, group = chances.case, chances.order.group
    orders = [order for order in case.orders.values() if group and order.group == group]
    if len(orders) < 2:
        return "it has no group"
    reasons = {left_out.order_id: left_out.reason for left_out in case.plan.unassigned}
    proven = set(Reason) - {Reason.GROUP_INCOMPLETE, Reason.FLEET_FULL, Reason.NOT_FOUND_IN_TIME, Reason.COURIER}
    if any(reasons.get(order.id) in proven for order in orders):
        return ""  # and that reason is judged by itself
    for vehicle in case.pairs:
        kind = vehicle.type
        if all(
            (not order.depot_id or order.depot_id == vehicle.depot_id)
            and (_admits(order, vehicle) and _has_room(order, vehicle) and order.demand_kg <= kind.payload_kg)
            for order in orders
        ):
            return f"vehicle {vehicle.id} may carry all of its group"
    return ""


def _fleet_full(chances: Chances) -> str:
    order, case = chances.order, chances.case
    if not (chances.at_home and chances.skilled and chances.strong and chances.roomy and chances.trips):
        return "no vehicle could take it even alone"
    if any(case.faults):
        return ""  # what an unreadable route leaves free cannot be told
    routes = {route.vehicle.id: route for route in case.routes if route.delivers}
    busy = {vehicle_id: route.steps[-1] for vehicle_id, route in routes.items()}
    for trip in chances.trips:
        end, route = busy.get(trip.vehicle.id), routes.get(trip.vehicle.id)
        if not _allows_one_more(trip, route):
            continue
        if end is not None and trip.vehicle.end is not None:
            continue  # where it leaves its depot for its end is another question
        from_s = trip.loaded_from_s if end is None else end.end_s
        stored_wh = _full_wh(trip.vehicle) if end is None else end.stored_end_wh
        in_time = any(trip.in_time(from_s=at_s) for at_s in _with_a_dock(trip, order, case, from_s=from_s))
        if in_time and trip.in_range(stored_wh=stored_wh, fresh=end is None):
            return f"vehicle {trip.vehicle.id} {'is free' if end is None else 'has time for one more trip'}"
    return ""


def _allows_one_more(trip: Trip, route: RouteCase | None) -> bool:
    """Say whether stops and break of a vehicle surely allow this trip at the end of its route."""
    vehicle, due = trip.vehicle, trip.vehicle.driver_break
    steps = route.steps if route is not None else ()
    kinds = [step.kind for step in steps]
    stops = sum(step.serves for step in steps) + len(trip.orders)
    if vehicle.max_stops is not None and stops > vehicle.max_stops:
        return False
    if due is None or StepKind.BREAK in kinds:
        return True
    begun_s = route.steps[0].arrival_s if route is not None else vehicle.shift.start_s
    latest_s = due.latest_s + (begun_s if due.from_start else 0)
    return trip.done_by(latest_s, from_s=trip.loaded_from_s if route is None else route.steps[-1].end_s)


def _no_driver(chances: Chances) -> str:
    """Refute that only other drivers could help: a vehicle with its driver serves it alone, or one with who is left."""
    if not chances.case.drivers:
        return "the fleet needs no drivers"
    if not (chances.at_home and chances.skilled and chances.strong and chances.roomy and chances.punctual):
        return ""
    able = [trip for trip in chances.direct if trip in chances.punctual]
    return f"vehicle {able[0].vehicle.id} with {able[0].vehicle.driver_id} serves it alone" if able else ""


def _with_a_dock(trip: Trip, order: Order, case: Case, *, from_s: float) -> Iterator[float]:
    """Yield moments from which on a dock is surely free for as long as loading for this order takes.

    Whether a later start makes a break due is not looked at: then only the first moment counts.
    """
    depot, from_s = case.depots[trip.vehicle.depot_id], max(from_s, order.release_s)
    if depot.docks is None:
        yield from_s
        return
    others = [(begin_s, end_s) for begin_s, end_s, *_ in loadings(case, depot)]
    later = () if trip.vehicle.driver_break is not None else (end_s for _, end_s in others if end_s > from_s)
    for at_s in (from_s, *later):
        until_s = at_s + trip.loading_s + MARGIN_S
        if sum(begin_s < until_s and end_s > at_s for begin_s, end_s in others) < depot.docks:
            yield at_s


def _claims_nothing(_: Chances) -> str:
    return ""


REFUTATIONS: Mapping[Reason, Callable[[Chances], str]] = {
    Reason.OFF_NETWORK: _off_network,
    Reason.TOO_HEAVY: _too_heavy,
    Reason.TOO_BIG: _too_big,
    Reason.WRONG_DEPOT: _wrong_depot,
    Reason.NO_DRIVER: _no_driver,
    Reason.NO_SKILL: _no_skill,
    Reason.WINDOW_UNREACHABLE: _window_unreachable,
    Reason.BEYOND_RANGE: _beyond_range,
    Reason.NO_PLUG: _no_plug,
    Reason.GROUP_INCOMPLETE: _group_incomplete,
    Reason.FLEET_FULL: _fleet_full,
    Reason.NOT_FOUND_IN_TIME: _claims_nothing,
    Reason.COURIER: _claims_nothing,
}

WITH_THESE_DRIVERS = frozenset({Reason.NO_DRIVER, Reason.FLEET_FULL})

PLAN_RULES = (gives_true_reasons,)
