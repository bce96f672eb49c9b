"""Rules of vehicles that start or end their day away from their depot."""

from __future__ import annotations

from collections.abc import Iterator

from planner.check_case import RouteCase
from planner.plan import StepKind, Violation

AFTER_RETURN = frozenset({StepKind.CHARGE, StepKind.END})


def starts_and_ends_at_its_own_place(route: RouteCase) -> Iterator[Violation]:
    """A vehicle with a start or an end of its own is there first or last."""
    for i, step in enumerate(route.steps):
        if route.spot(step.kind) is not None and step.place_id != route.vehicle.id:
            yield route.broken("away_wrong", i, f"the vehicle {step.kind}s its day away from {route.depot.id}")


def loads_before_it_serves(route: RouteCase) -> Iterator[Violation]:
    """A vehicle that starts away from its depot is loaded there before it serves anything."""
    if route.vehicle.start is None:
        return
    for i, step in enumerate(route.steps):
        if step.kind == StepKind.RELOAD:
            return
        if step.serves:
            yield route.broken("not_loaded", i, f"the vehicle has not been at {route.depot.id} yet")


def brings_back_what_it_picked_up(route: RouteCase) -> Iterator[Violation]:
    """A vehicle that ends away from its depot has nothing on board that was picked up for it."""
    if route.vehicle.end is None:
        return
    kept: list[str] = []
    for step in route.steps:
        if step.kind in {StepKind.RELOAD, StepKind.RETURN}:
            kept = []
        elif step.kind == StepKind.PICKUP:
            order = route.case.orders.get(step.place_id)
            if order is None or not order.pair:  # the goods of a pair stay at its other stop
                kept.append(step.place_id)
    if kept:
        message = f"{', '.join(kept)} picked up and not brought to {route.depot.id}"
        yield route.broken("goods_kept", len(route.steps) - 1, message)


def returns_once_and_last(route: RouteCase) -> Iterator[Violation]:
    """Only a vehicle that ends elsewhere returns to its depot as a step of its own, and only to charge and leave."""
    for i, step in enumerate(route.steps):
        if step.kind != StepKind.RETURN:
            continue
        later = {other.kind for other in route.steps[i + 1 :]}
        if route.vehicle.end is None or not AFTER_RETURN.issuperset(later):
            yield route.broken("return_misplaced", i, "a return comes before the last drive, to an end elsewhere")


ROUTE_RULES = (
    starts_and_ends_at_its_own_place,
    loads_before_it_serves,
    brings_back_what_it_picked_up,
    returns_once_and_last,
)
