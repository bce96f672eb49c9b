"""One straight street eastwards from the depot, driven at 10 m/s, so that every lateness can be worked out by hand.

The shift is from 8:00 to 17:00, loading takes 10 minutes, an order 3.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache
from typing import Any

from planner.check import audit
from planner.check_legs import LegFinder
from planner.explain.ground import Ground, open_ground
from planner.explain.orders import explain_orders
from planner.explain.repairs import Repaired, Task, repairs
from planner.explained import Explanation, RepairKind
from planner.model import Day, Order, TimeWindow, Vehicle
from planner.pipeline import plan_day
from planner.plan import Plan, Reason, Unassigned
from planner.solve.options import SolveOptions
from tests.factories import HOUR_S, make_day, make_depot, make_order, make_provenance, make_vehicle
from tests.roads.towns import PLAIN_CLASS, STREET_36, degrees, town

EIGHT_S, MINUTE_S = 8 * HOUR_S, 60
STREETS = town([(0, 0), (0, 40_000)], (0, 1, STREET_36))


def at(km: float, *, north_m: float = 0.0) -> dict[str, Any]:
    ((lat, lon),) = degrees([(north_m, 1_000 * km)])
    return {"lat": float(lat), "lon": float(lon)}


def order(id: str = "o1", *, km: float = 1.0, north_m: float = 0.0, **overrides: Any) -> Order:
    return make_order(id, **at(km, north_m=north_m), **overrides)


def vehicle(id: str = "v1", *, shift_min: int = 540, **overrides: Any) -> Vehicle:
    """Return a vehicle of the type `tiny`; figures of the type by a dictionary `kind`."""
    kind = overrides.pop("kind", {})
    plain = make_vehicle(id, shift=TimeWindow(start_s=EIGHT_S, end_s=EIGHT_S + shift_min * MINUTE_S), **overrides)
    return replace(plain, type=replace(plain.type, road_class=PLAIN_CLASS, **kind))


def until(minutes: float, *, since: float = 0.0) -> tuple[TimeWindow, ...]:
    """Return a window in minutes after 8:00."""
    return (TimeWindow(start_s=EIGHT_S + round(60 * since), end_s=EIGHT_S + round(60 * minutes)),)


def day(*orders: Order, **overrides: Any) -> Day:
    depots = (make_depot(**at(0), plugs=overrides.pop("plugs", ())),)
    return make_day(orders=orders, **{"vehicles": (vehicle(),), "depots": depots, "stations": ()} | overrides)


@cache
def planned(the_day: Day) -> Plan:
    provenance = make_provenance(streets_sha256=STREETS.sha256, rows_read=len(the_day.orders))
    plan = plan_day(the_day, STREETS, SolveOptions(iterations=60, time_limit_s=60.0), provenance=provenance)
    assert plan.violations == ()
    return plan


def without(plan: Plan, left_out: Order) -> Plan:
    """Return a plan whose day has one more order, for which nobody has looked."""
    reason = Unassigned(order_id=left_out.id, reason=Reason.NOT_FOUND_IN_TIME, detail="")
    rows = len(plan.day.orders) + 1
    return replace(
        plan,
        day=replace(plan.day, orders=(*plan.day.orders, left_out)),
        unassigned=(*plan.unassigned, reason),
        provenance=replace(plan.provenance, rows_read=rows),
    )


def explained(plan: Plan, id: str = "o1") -> Explanation:
    (found,) = explain_orders(plan, STREETS, [id])
    return found


def repaired(plan: Plan, id: str = "o1") -> tuple[Repaired, ...]:
    """Return the repairs with their plans, each audited anew: it serves the order and all that the plan serves."""
    ground: Ground = open_ground(plan, STREETS, LegFinder(STREETS))
    number = next(i for i, one in enumerate(plan.day.orders) if one.id == id)
    task = Task(ground=ground, order=number, grade=explained(plan, id).grade, until_s=math.inf)
    found, _ = repairs(task)
    for one in found:
        assert audit(one.plan, STREETS) == ()
        wanted = {other.id for other in plan.day.orders if other.pair and other.pair == plan.day.orders[number].pair}
        assert served(one.plan) == served(plan) | wanted | {id}
        assert (one.plan.day == plan.day) == (one.repair.kind is RepairKind.REPLAN)
    return found


def served(plan: Plan) -> set[str]:
    return {step.place_id for route in plan.routes for step in route.steps if step.serves}


def least(plan: Plan, kind: RepairKind, id: str = "o1") -> float | None:
    """Return the amount of the repair of a kind."""
    (found,) = (one.repair for one in repaired(plan, id) if one.repair.kind is kind)
    return found.amount


def kinds(plan: Plan, id: str = "o1") -> set[RepairKind]:
    return {one.repair.kind for one in repaired(plan, id)}
