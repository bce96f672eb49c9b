"""Plans on one straight street at 10 m/s, laid open for hands: times and loads can be worked out by hand."""

from __future__ import annotations

from dataclasses import replace

from planner.check import audit
from planner.check_legs import LegFinder
from planner.dispatch.desk import Desk, open_desk
from planner.dispatch.edit import Edited, apply
from planner.dispatch.edits import Edit
from planner.model import Day, Plug
from planner.plan import Plan, Violation
from tests.explain.street import STREETS, day, order, planned, vehicle
from tests.factories import make_depot, make_station

PLUGS = (Plug(id="p1", power_w=2_300.0), Plug(id="p2", power_w=2_300.0))


def desk_of(the_day: Day) -> Desk:
    return open_desk(planned(the_day), STREETS)


def edited(the_day: Day, *edits: Edit) -> Edited:
    return apply(desk_of(the_day), edits)


def shown(violations: tuple[Violation, ...]) -> set[tuple[str, str, str, float | None]]:
    return {(v.code, v.where, v.message, v.amount) for v in violations}


def audited_anew(plan: Plan) -> set[tuple[str, str, str, float | None]]:
    """Return what the auditor finds in a plan with nothing remembered."""
    return shown(audit(replace(plan, violations=()), STREETS, legs=LegFinder(STREETS)))


def begin_of(plan: Plan, id: str) -> int:
    return next(step.begin_s for route in plan.routes for step in route.steps if step.serves and step.place_id == id)


def trips_of(plan: Plan) -> dict[str, list[list[str]]]:
    """Return the orders of each trip of each vehicle."""
    found: dict[str, list[list[str]]] = {}
    for route in plan.routes:
        trips: dict[int, list[str]] = {}
        for step in route.steps:
            if step.serves:
                trips.setdefault(step.trip, []).append(step.place_id)
        found[route.vehicle_id] = list(trips.values())
    return found


__all__ = [
    "PLUGS",
    "STREETS",
    "audited_anew",
    "begin_of",
    "day",
    "desk_of",
    "edited",
    "make_depot",
    "make_station",
    "order",
    "planned",
    "shown",
    "trips_of",
    "vehicle",
]
