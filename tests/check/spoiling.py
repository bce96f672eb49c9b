"""Tools to spoil a valid plan: a register of damages, and ways to pick and change parts of a plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from planner.model import Depot, Order, Vehicle
from planner.plan import Plan, Reason, Route, Step, StepKind

Rng = np.random.Generator


@dataclass(frozen=True)
class Damage:
    """`spoil` returns a copy with one thing wrong, of which `code` is the name."""

    code: str
    name: str
    spoil: Callable[[Plan, Rng], Plan]


REGISTER: list[Damage] = []


def damage(code: str) -> Callable[[Callable[[Plan, Rng], Plan]], Callable[[Plan, Rng], Plan]]:
    def register(spoil: Callable[[Plan, Rng], Plan]) -> Callable[[Plan, Rng], Plan]:
        REGISTER.append(Damage(code, spoil.__name__, spoil))
        return spoil

    return register


def with_step(plan: Plan, r: int, i: int, **changes: Any) -> Plan:
    route = plan.routes[r]
    steps = list(route.steps)
    steps[i] = replace(steps[i], **changes)
    return with_route(plan, r, steps=tuple(steps))


def with_route(plan: Plan, r: int, **changes: Any) -> Plan:
    routes = list(plan.routes)
    routes[r] = replace(routes[r], **changes)
    return replace(plan, routes=tuple(routes))


def with_thing(plan: Plan, known_id: str, **changes: Any) -> Plan:
    """Change the order, vehicle, depot or station of the day that has this id."""

    def changed(things: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(replace(thing, **changes) if thing.id == known_id else thing for thing in things)

    day = plan.day
    return replace(
        plan,
        day=replace(
            day,
            orders=changed(day.orders),
            vehicles=changed(day.vehicles),
            depots=changed(day.depots),
            stations=changed(day.stations),
        ),
    )


def pick(plan: Plan, rng: Rng, wanted: Callable[[Step], bool]) -> tuple[int, int, Step]:
    """Return a random step of the wanted sort as (route number, step number, step)."""
    found = [(r, i, s) for r, route in enumerate(plan.routes) for i, s in enumerate(route.steps) if wanted(s)]
    return found[int(rng.integers(len(found)))]


def of(*kinds: StepKind) -> Callable[[Step], bool]:
    return lambda step: step.kind in kinds


def driven(step: Step) -> bool:
    return step.leg is not None and step.leg.distance_m > 50


def delivered(plan: Plan, rng: Rng) -> tuple[Order, Vehicle]:
    """Return an order that is loaded at the depot, and its vehicle."""
    r, _, step = pick(plan, rng, lambda step: step.serves and order_of(plan, step).from_depot)
    return order_of(plan, step), vehicle_of(plan, r)


def order_of(plan: Plan, step: Step) -> Order:
    return next(order for order in plan.day.orders if order.id == step.place_id)


def late_order(plan: Plan, rng: Rng) -> Order:
    """Pick an order that is served late."""
    late = [order for order in plan.day.orders if order.late_max_s]
    return late[int(rng.integers(len(late)))]


def vehicle_of(plan: Plan, r: int) -> Vehicle:
    return next(v for v in plan.day.vehicles if v.id == plan.routes[r].vehicle_id)


def a_route(plan: Plan, rng: Rng) -> tuple[int, Route, Vehicle]:
    r = int(rng.integers(len(plan.routes)))
    return r, plan.routes[r], vehicle_of(plan, r)


def hub(plan: Plan) -> Depot:
    return plan.day.depots[0]


def station_charge(plan: Plan, rng: Rng) -> tuple[int, int, Step]:
    return pick(plan, rng, lambda s: s.kind is StepKind.CHARGE and s.place_id.startswith("station"))


def with_reason(plan: Plan, order_id: str, reason: Reason) -> Plan:
    listed = tuple(replace(u, reason=reason) if u.order_id == order_id else u for u in plan.unassigned)
    return replace(plan, unassigned=listed)


def with_leg(plan: Plan, rng: Rng, **changes: Callable[[Any], Any]) -> Plan:
    r, i, step = pick(plan, rng, driven)
    assert step.leg is not None
    new = {name: change(getattr(step.leg, name)) for name, change in changes.items()}
    return with_step(plan, r, i, leg=replace(step.leg, **new))
