"""Rules of the plan as a whole: every order once, every vehicle once, sums that agree."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from planner.check_case import Case, RouteCase
from planner.energy.tariff import dearest_price, energy_cost, pack_price
from planner.model import Measure, Order, Spot
from planner.plan import StepKind, Violation

MONEY = 0.01


def serves_each_order_once(case: Case) -> Iterator[Violation]:
    """Every order is served once or listed as unassigned once, and no other order is."""
    steps = (step for route in case.plan.routes for step in route.steps)
    mentions = Counter(step.place_id for step in steps if step.serves)
    mentions.update(left_out.order_id for left_out in case.plan.unassigned)
    for order_id, count in mentions.items():
        if order_id not in case.orders:
            yield Violation(code="order_unknown", where=f"order {order_id}", message="the day has no such order")
        elif count > 1:
            message = f"served or listed as unassigned {count} times"
            yield Violation(code="order_twice", where=f"order {order_id}", message=message)
    for order_id in case.orders:
        if order_id not in mentions:
            message = "neither served nor listed as unassigned"
            yield Violation(code="order_missing", where=f"order {order_id}", message=message)


def uses_each_vehicle_once(case: Case) -> Iterator[Violation]:
    """A vehicle has one route."""
    for vehicle_id, count in Counter(route.vehicle_id for route in case.plan.routes).items():
        if count > 1:
            yield Violation(code="vehicle_twice", where=f"vehicle {vehicle_id}", message=f"has {count} routes")


def accounts_for_each_row(case: Case) -> Iterator[Violation]:
    """Orders and rejected rows add up to the rows read; a day made in code has read none."""
    read, rejected = case.plan.provenance.rows_read, case.plan.provenance.rows_rejected
    if read != 0 and read != len(case.orders) + rejected:
        message = f"{read} rows read, {len(case.orders)} orders and {rejected} rejected rows"
        yield Violation(code="counts_wrong", where="provenance", message=message)


def keeps_groups_together(case: Case) -> Iterator[Violation]:
    """The orders of a group go on one vehicle, or none of them is served."""
    served_by: dict[str, set[str]] = defaultdict(set)
    for route in case.plan.routes:
        for step in route.steps:
            if step.serves:
                served_by[step.place_id].add(route.vehicle_id)
    groups: dict[str, list[str]] = defaultdict(list)
    for order in case.orders.values():
        if order.group:
            groups[order.group].append(order.id)
    for group, orders in groups.items():
        vehicles = {vehicle for order_id in orders for vehicle in served_by[order_id]}
        left_out = [order_id for order_id in orders if not served_by[order_id]]
        if len(vehicles) > 1:
            message = f"goes on the vehicles {', '.join(sorted(vehicles))}"
            yield Violation(code="group_split", where=f"group {group}", message=message)
        elif vehicles and left_out:
            message = f"only a part of it is served, without {', '.join(left_out)}"
            yield Violation(code="group_split", where=f"group {group}", message=message)


def states_its_cost(route: RouteCase) -> Iterator[Violation]:
    """A route's money follows from its steps and the prices of its vehicle and its places."""
    stated = route.route.cost
    kind, end = route.kind, route.steps[-1]
    worked_s = end.end_s - route.steps[0].arrival_s
    metres = sum(step.leg.distance_m for step in route.steps if step.leg is not None)
    expected = {
        "vehicles": kind.cost_per_day if route.delivers else 0.0,
        "distance": metres / 1_000 * kind.cost_per_km,
        "time": worked_s / 3_600 * kind.cost_per_hour,
        "overtime": max(0, end.end_s - route.vehicle.shift.end_s) / 3_600 * kind.cost_per_overtime_hour,
        "energy": _energy_cost(route),
        "wear": _taken_wh(route) / 1_000 * kind.wear_per_kwh,
        "lateness": _lateness_cost(route),
        "balance": _balance_cost(route),
        "minimum_pay": max(0, route.vehicle.min_paid_s - worked_s) / 3_600 * kind.cost_per_hour,
    }
    sums = [(name, getattr(stated, name), due) for name, due in expected.items()]
    for charge in route.route.night.charges if route.route.night is not None else ():
        due = energy_cost(route.depot, begin_s=charge.begin_s, end_s=charge.end_s, wh=charge.wh)
        sums.append((f"night charge at {charge.begin_s} s", charge.cost, due))
    for name, money, due in sums:
        if not abs(money - due) <= MONEY:
            message = f"{name} {money}, computed {due:.3f}"
            yield Violation(code="cost_wrong", where=f"vehicle {route.vehicle.id}", message=message)


def _energy_cost(route: RouteCase) -> float:
    """Charges by day and by night at the price of their place and hour; at the dearest one what is missing after it."""
    night = route.route.night
    missing_wh = route.vehicle.tomorrow_soc * route.kind.battery_wh - route.steps[-1].stored_end_wh
    cost = 0.0
    for charge in night.charges if night is not None else ():
        missing_wh -= charge.wh
        cost += energy_cost(route.depot, begin_s=charge.begin_s, end_s=charge.end_s, wh=charge.wh)
    cost += max(0.0, missing_wh) / 1_000 * dearest_price(route.depot)
    swapped_wh = sum(step.charged_wh for step in route.steps if step.kind == StepKind.SWAP)
    cost += swapped_wh / 1_000 * pack_price(route.case.plan.day, route.depot)
    for step in route.steps:
        place = route.place(step) if step.kind == StepKind.CHARGE else None
        if place is not None and not isinstance(place, Order | Spot):
            cost += energy_cost(place, begin_s=step.begin_s, end_s=step.end_s, wh=step.charged_wh)
    return cost


def _lateness_cost(route: RouteCase) -> float:
    """Minutes from the end of a window to the begin of service, at the order's price; none inside a window."""
    cost = 0.0
    for step in route.steps:
        order = route.case.orders.get(step.place_id) if step.serves else None
        if order is None or not order.late_cost_per_min:
            continue
        ended = [window.end_s for window in order.windows if window.end_s < step.begin_s]
        is_open = any(window.start_s <= step.begin_s <= window.end_s for window in order.windows)
        if ended and not is_open:
            cost += (step.begin_s - max(ended)) / 60 * order.late_cost_per_min
    return cost


def _balance_cost(route: RouteCase) -> float:
    """What the vehicle does above the mean of those that serve orders, at the day's price."""
    balance = route.case.plan.day.balance
    if balance is None or not route.delivers:
        return 0.0
    done = [_done(other, balance.by) for other in route.case.routes if other.delivers]
    return max(0.0, _done(route, balance.by) - sum(done) / len(done)) * balance.price


def _done(route: RouteCase, by: Measure) -> float:
    if by == Measure.HOURS:
        return (route.steps[-1].end_s - route.steps[0].arrival_s) / 3_600
    if by == Measure.KM:
        return sum(step.leg.distance_m for step in route.steps if step.leg is not None) / 1_000
    return sum(step.serves for step in route.steps)


def _taken_wh(route: RouteCase) -> float:
    """Return what the shift takes from the battery: what it held first and was charged, less what it holds last."""
    charged_wh = sum(step.charged_wh for step in route.steps)
    return max(0.0, route.steps[0].stored_arrival_wh + charged_wh - route.steps[-1].stored_end_wh)


ROUTE_RULES = (states_its_cost,)
PLAN_RULES = (serves_each_order_once, uses_each_vehicle_once, keeps_groups_together, accounts_for_each_row)
