"""Rules of one route without its battery: places, orders that fit, load, clock."""

from __future__ import annotations

from collections.abc import Iterator

from planner.check_case import LOAD, RouteCase
from planner.check_legs import Point
from planner.check_walk_up import kerb
from planner.model import Order, OrderKind
from planner.plan import StepKind, Violation

SAME_PLACE_DEGREES = 2e-6  # coordinates are written with six decimals
SAME_SPOT = 6  # decimals of a degree
ROUNDING_S = 1e-6  # of products of seconds
CLOCK_S = 1  # leg times are rounded up to whole seconds
AT_DEPOT = frozenset({StepKind.START, StepKind.RELOAD, StepKind.RETURN, StepKind.END})
LOADING = frozenset({StepKind.START, StepKind.RELOAD})
RESTING = frozenset({StepKind.CHARGE, StepKind.SWAP})  # goes on while the driver rests


def starts_reloads_and_ends_at_its_depot(route: RouteCase) -> Iterator[Violation]:
    """A vehicle belongs to one depot, where it may start or end elsewhere."""
    for i, step in enumerate(route.steps):
        if step.kind in AT_DEPOT and route.spot(step.kind) is None and step.place_id != route.depot.id:
            yield route.broken("depot_wrong", i, f"the vehicle's depot is {route.depot.id}")


def is_where_it_says(route: RouteCase) -> Iterator[Violation]:
    """A step has the coordinates of its place."""
    for i, step in enumerate(route.steps):
        place = route.place(step)
        if place is None:
            if step.kind == StepKind.BREAK:
                yield route.broken("place_moved", i, "the vehicle rests where it is not")
            continue
        if max(abs(step.lat - place.lat), abs(step.lon - place.lon)) > SAME_PLACE_DEGREES:
            yield route.broken("place_moved", i, f"the place lies at {place.lat}, {place.lon}")


def counts_trips(route: RouteCase) -> Iterator[Violation]:
    """Trips count from 1, and each reload begins the next, but for the first one of a vehicle that starts elsewhere."""
    loaded = 1 if route.vehicle.start is None else 0
    for i, step in enumerate(route.steps):
        loaded += step.kind == StepKind.RELOAD
        trip = max(1, loaded)
        if step.trip != trip:
            yield route.broken("trip_wrong", i, f"this is trip {trip}, not {step.trip}")


def may_carry_each_order(route: RouteCase) -> Iterator[Violation]:
    """An order goes with a vehicle of its depot, and of the class, the skills and the length that it needs."""
    for i, order in _orders(route):
        if order.depot_id and order.depot_id != route.depot.id:
            yield route.broken("depot_refused", i, f"its goods belong to {order.depot_id}, not to {route.depot.id}")
        if order.vehicle_classes and route.kind.road_class.name not in order.vehicle_classes:
            yield route.broken("class_refused", i, f"the order asks for {' or '.join(order.vehicle_classes)}")
        if missing := sorted(set(order.skills) - set(route.vehicle.skills)):
            yield route.broken("skill_missing", i, f"the vehicle lacks {', '.join(missing)}")
        if order.longest_cm > route.kind.longest_cm:
            over_cm = order.longest_cm - route.kind.longest_cm
            message = f"{order.longest_cm} cm, the bay takes {route.kind.longest_cm} cm"
            yield route.broken("too_long", i, message, by=over_cm, unit="cm")


def does_what_the_order_asks(route: RouteCase) -> Iterator[Violation]:
    """What is to be delivered is delivered, and what is to be picked up is picked up."""
    for i, order in _orders(route):
        if str(route.steps[i].kind) != str(order.kind):  # a plan file may hold any text here
            yield route.broken("order_kind_wrong", i, f"the order is a {order.kind}")


def fits_the_bay(route: RouteCase) -> Iterator[Violation]:
    """At no moment there is more on board than the vehicle may carry."""
    for i, (kg, litres) in enumerate(route.loads):
        if kg > route.kind.payload_kg + 1e-6:
            over_kg, message = kg - route.kind.payload_kg, f"{kg:.2f} kg, the vehicle takes {route.kind.payload_kg} kg"
            yield route.broken("overweight", i, message, by=over_kg, unit="kg")
        if litres > route.kind.volume_l + 1e-6:
            over_l, message = litres - route.kind.volume_l, f"{litres:.2f} l, the bay holds {route.kind.volume_l} l"
            yield route.broken("overfull", i, message, by=over_l, unit="l")


def states_its_load(route: RouteCase) -> Iterator[Violation]:
    """The load on board is that of the deliveries still to come in the trip and of what was picked up in it."""
    for i, (step, (kg, litres)) in enumerate(zip(route.steps, route.loads, strict=True)):
        if not (abs(step.load_kg - kg) <= LOAD and abs(step.load_l - litres) <= LOAD):
            stated = f"{step.load_kg} kg and {step.load_l} l"
            yield route.broken("load_wrong", i, f"states {stated}, carries {kg:.2f} kg and {litres:.2f} l")


def keeps_the_shift(route: RouteCase) -> Iterator[Violation]:
    """Nothing happens before the shift, or after it and the overtime."""
    shift, latest_s = route.vehicle.shift, route.vehicle.shift.end_s + route.vehicle.overtime_s
    begun_s = min(route.steps[0].arrival_s, route.steps[0].begin_s)
    if begun_s < shift.start_s:
        yield route.broken("shift_early", 0, f"begins {shift.start_s - begun_s} s before the shift")
    late = max(range(len(route.steps)), key=lambda i: max(route.steps[i].arrival_s, route.steps[i].end_s))
    end_s = max(route.steps[late].arrival_s, route.steps[late].end_s)
    if end_s > latest_s:
        after = "the end of the shift" + (" and its overtime" if route.vehicle.overtime_s else "")
        yield route.broken("shift_exceeded", late, f"{end_s - latest_s} s after {after}", by=end_s - latest_s, unit="s")


def stops_no_more_than_allowed(route: RouteCase) -> Iterator[Violation]:
    """A vehicle serves so many orders and no more."""
    most, stops = route.vehicle.max_stops, [i for i, _ in _orders(route)]
    if most is not None and len(stops) > most:
        message, over = f"serves {len(stops)} orders, {most} at most", len(stops) - most
        yield route.broken("too_many_stops", stops[most], message, by=over, unit="stops")


def takes_time_to_load(route: RouteCase) -> Iterator[Violation]:
    """Loading takes the depot's time before each trip and for each parcel; a trip that serves no order needs none."""
    reloads = [i for i, step in enumerate(route.steps) if step.kind == StepKind.RELOAD]
    first_trip = route.steps[: reloads[0]] if reloads else route.steps
    starts = [0] if any(step.serves for step in first_trip) else []
    for i in starts + reloads:
        step, parcels = route.steps[i], 0
        for later in route.steps[i + 1 :]:
            if later.kind == StepKind.RELOAD:
                break
            order = route.case.orders.get(later.place_id) if later.kind == StepKind.DELIVERY else None
            parcels += order.parcels if order and not order.pair else 0
        due_s = route.depot.loading_s + route.depot.loading_per_parcel_s * parcels
        short_s = due_s - (step.end_s - step.begin_s)
        if short_s > ROUNDING_S:
            yield route.broken("loading_short", i, f"{short_s:g} s short of {due_s:g} s")


def waits_for_the_goods(route: RouteCase) -> Iterator[Violation]:
    """Loading for a trip begins when the goods of its deliveries are all at the depot."""
    loading = 0
    for i, step in enumerate(route.steps):
        loading = i if step.kind in LOADING else loading
        order = route.case.orders.get(step.place_id) if step.serves else None
        if order is None or order.kind is not OrderKind.DELIVERY:
            continue
        early_s = order.release_s - route.steps[loading].begin_s
        if early_s > 0:
            message = f"order {order.id} is loaded {early_s} s before its release"
            yield route.broken("released_late", loading, message)


def takes_time_to_deliver(route: RouteCase) -> Iterator[Violation]:
    """Handing over and the walk are spent at each order, and parking but where the one before has the same kerb."""
    for i, order in _orders(route):
        lasts_s, factor = route.steps[i].end_s - route.steps[i].begin_s, route.kind.service_factor
        handing_over_s, parking_s = order.service_s * factor + order.walk_s, order.setup_s * factor
        due_s = handing_over_s + (0.0 if _is_parked(route, i, order) else parking_s)
        short_s = due_s - lasts_s
        if short_s <= ROUNDING_S:
            continue
        if 0 <= lasts_s - handing_over_s + ROUNDING_S < 1:  # rounded up to whole seconds
            yield route.broken("setup_skipped", i, f"the {parking_s:g} s of setup are due: it has just come here")
        else:
            yield route.broken("service_short", i, f"{short_s:g} s short of {due_s:g} s")


def _is_parked(route: RouteCase, i: int, order: Order) -> bool:
    """Say whether the vehicle has just served another order at the same place; a break there changes nothing."""
    rests = StepKind.BREAK
    before = next(step for step in reversed(route.steps[:i]) if step.kind != rests or step.leg is not None)
    other = route.case.orders.get(before.place_id) if before.serves else None
    return other is not None and _spot(kerb(other)) == _spot(kerb(order))


def _spot(point: Point) -> tuple[float, float]:
    return round(point.lat, SAME_SPOT), round(point.lon, SAME_SPOT)


def meets_windows(route: RouteCase) -> Iterator[Violation]:
    """Service begins inside one of the order's windows, or no later after its end than the order allows."""
    for i, order in _orders(route):
        begin_s = route.steps[i].begin_s
        spans = [(window.start_s, window.end_s + order.late_max_s) for window in order.windows]
        if spans and not any(start_s <= begin_s <= end_s for start_s, end_s in spans):
            off_s = min(max(start_s - begin_s, begin_s - end_s) for start_s, end_s in spans)
            beyond = " and the lateness it allows" if order.late_max_s else ""
            yield route.broken("window_missed", i, f"{off_s} s outside the nearest window{beyond}", by=off_s, unit="s")


def waits_forwards(route: RouteCase) -> Iterator[Violation]:
    """A step begins after arrival and ends after it began."""
    for i, step in enumerate(route.steps):
        if step.begin_s < step.arrival_s:
            yield route.broken("negative_wait", i, f"begins {step.arrival_s - step.begin_s} s before arrival")
        if step.end_s < step.begin_s:
            yield route.broken("negative_duration", i, f"ends {step.begin_s - step.end_s} s before it begins")


def drives_in_order(route: RouteCase) -> Iterator[Violation]:
    """A vehicle leaves when everything at a stop is done, and arrives when the drive is over."""
    for before, stop in zip(route.stops, route.stops[1:], strict=False):
        leaves_s = max(route.steps[i].end_s for i in before)
        step, first = route.steps[stop[0]], stop[0]
        if step.leg is None:
            continue
        off_s = step.arrival_s - (leaves_s + step.leg.drive_s)
        if off_s < -CLOCK_S:
            yield route.broken("time_travel", first, f"arrives {-off_s} s before it can")
        elif off_s > CLOCK_S:
            yield route.broken("time_lost", first, f"arrives {off_s} s after the drive is over")


def does_one_thing_at_a_time(route: RouteCase) -> Iterator[Violation]:
    """Within a stop each step waits for the one before; a charge or swap may overlap a break, or loading if at all."""
    at_once = LOADING if route.case.plan.day.charge_while_loading else frozenset()
    for stop in route.stops:
        for n, i in enumerate(stop):
            step = route.steps[i]
            if n > 0 and step.arrival_s < route.steps[stop[0]].arrival_s:
                yield route.broken("time_travel", i, "arrives before the vehicle is at this place")
            overlappable = at_once if step.kind == StepKind.CHARGE and step.place_id == route.depot.id else frozenset()
            overlappable = LOADING if step.kind == StepKind.SWAP else overlappable
            overlappable = RESTING if step.kind == StepKind.BREAK else overlappable
            earlier = [route.steps[j] for j in stop[:n] if route.steps[j].kind not in overlappable]
            busy_s = max((done.end_s for done in earlier), default=step.begin_s)
            if step.begin_s < busy_s:
                yield route.broken("overlap", i, f"begins {busy_s - step.begin_s} s before the vehicle is free")


def _orders(route: RouteCase) -> Iterator[tuple[int, Order]]:
    for i, step in enumerate(route.steps):
        order = route.case.orders.get(step.place_id) if step.serves else None
        if order is not None:
            yield i, order


ROUTE_RULES = (
    starts_reloads_and_ends_at_its_depot,
    is_where_it_says,
    counts_trips,
    may_carry_each_order,
    does_what_the_order_asks,
    fits_the_bay,
    states_its_load,
    keeps_the_shift,
    stops_no_more_than_allowed,
    takes_time_to_load,
    waits_for_the_goods,
    takes_time_to_deliver,
    meets_windows,
    waits_forwards,
    drives_in_order,
    does_one_thing_at_a_time,
)
