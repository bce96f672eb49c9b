"""Damages to pairs: torn apart, turned round, carried as if they came from the depot."""

from __future__ import annotations

from dataclasses import replace

from planner.model import Order
from planner.plan import Plan, Reason, StepKind, Unassigned
from tests.check.spoiling import (
    Rng,
    damage,
    order_of,
    pick,
    vehicle_of,
    with_route,
    with_step,
    with_thing,
)


@damage("pair_apart")
def goes_on_two_vehicles(plan: Plan, rng: Rng) -> Plan:
    r, _, fetched = pick(plan, rng, lambda step: _alone(plan, step.place_id) and step.kind is StepKind.PICKUP)
    others = {step.place_id for i, route in enumerate(plan.routes) if i != r for step in route.steps}
    _, _, brought = pick(
        plan,
        rng,
        lambda s: s.place_id in others and _alone(plan, s.place_id) and s.kind is StepKind.DELIVERY,
    )
    goods = {"pair": "torn", "demand_kg": 1.0, "volume_l": 1.0, "release_s": 0, "group": ""}
    return with_thing(with_thing(plan, fetched.place_id, **goods), brought.place_id, **goods)


@damage("pair_apart")
def reloads_between_the_stops(plan: Plan, rng: Rng) -> Plan:
    r, i, step = pick(plan, rng, lambda step: _pair_of(plan, step.place_id) and step.kind is StepKind.DELIVERY)
    depot = next(depot for depot in plan.day.depots if depot.id == vehicle_of(plan, r).depot_id)
    reload = replace(step, kind=StepKind.RELOAD, place_id=depot.id, lat=depot.lat, lon=depot.lon)
    steps = plan.routes[r].steps
    return with_route(plan, r, steps=(*steps[:i], reload, *steps[i:]))


@damage("pair_apart")
def never_brings_what_it_fetched(plan: Plan, rng: Rng) -> Plan:
    r, i, step = pick(plan, rng, lambda step: bool(step.serves and _pair_of(plan, step.place_id)))
    steps = plan.routes[r].steps
    left_out = Unassigned(order_id=step.place_id, reason=Reason.NOT_FOUND_IN_TIME, detail="")
    return replace(with_route(plan, r, steps=(*steps[:i], *steps[i + 1 :])), unassigned=(*plan.unassigned, left_out))


@damage("pair_order")
def brings_before_it_fetches(plan: Plan, rng: Rng) -> Plan:
    r, i, brought = pick(plan, rng, lambda step: _pair_of(plan, step.place_id) and step.kind is StepKind.DELIVERY)
    pair = order_of(plan, brought).pair
    k, fetched = next((k, s) for k, s in enumerate(plan.routes[r].steps) if s.serves and order_of(plan, s).pair == pair)
    turned = with_step(plan, r, i, kind=fetched.kind, place_id=fetched.place_id, lat=fetched.lat, lon=fetched.lon)
    return with_step(turned, r, k, kind=brought.kind, place_id=brought.place_id, lat=brought.lat, lon=brought.lon)


@damage("load_wrong")
def takes_the_goods_of_a_pair_from_the_depot(plan: Plan, rng: Rng) -> Plan:
    _, _, step = pick(plan, rng, lambda step: bool(step.serves and _pair_of(plan, step.place_id)))
    pair = [order.id for order in plan.day.orders if order.pair == order_of(plan, step).pair]
    return with_thing(with_thing(plan, pair[0], pair=""), pair[1], pair="")


def _order(plan: Plan, id: str) -> Order | None:
    return next((order for order in plan.day.orders if order.id == id), None)


def _pair_of(plan: Plan, id: str) -> bool:
    order = _order(plan, id)
    return order is not None and bool(order.pair)


def _alone(plan: Plan, id: str) -> bool:
    order = _order(plan, id)
    return order is not None and not order.pair
