"""A plan of ours as VROOM's solution: one route a vehicle, whose steps at depots and stations are breaks of VROOM's.

VROOM knows no reload, charge, swap or return, so that these are steps of its type `break` with a description, and the
load rises at them. Numbers are those of `planner vroom write`: orders and vehicles counted from 1 in the order of the
day, grams and millilitres, thousandths of the currency.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polyline

from planner.model import Order, OrderKind, partners
from planner.plan import Plan, Route, Step, StepKind

UNITS_OF_MONEY = 1_000
PRECISION = 5  # of VROOM's polylines
ENDS = {StepKind.START: "start", StepKind.END: "end"}
STANDING = {StepKind.RELOAD: "reload", StepKind.CHARGE: "charge", StepKind.SWAP: "swap", StepKind.RETURN: "return"}


def vroom_solution(plan: Plan) -> dict[str, Any]:
    """Return a plan in the words of VROOM's solutions."""
    day = plan.day
    numbers = {order.id: number for number, order in enumerate(day.orders, start=1)}
    orders = {order.id: order for order in day.orders}
    shipped = frozenset(partners(day.orders))
    routes = [_route(plan, route, numbers, shipped) for route in plan.routes]
    left_out = [
        {
            "id": numbers[left.order_id],
            "type": _type(orders[left.order_id], shipped),
            "description": left.order_id,
            "location": [orders[left.order_id].lon, orders[left.order_id].lat],
            "reason": left.reason.value,  # no word of VROOM's, which ignores it
        }
        for left in plan.unassigned
    ]
    sums = ("cost", "setup", "service", "duration", "waiting_time", "distance", "priority")
    summary: dict[str, Any] = {key: sum(route[key] for route in routes) for key in sums}
    for goods in ("delivery", "pickup"):
        summary[goods] = [sum(route[goods][a] for route in routes) for a in (0, 1)]
    summary |= {"routes": len(routes), "unassigned": len(left_out), "violations": []}
    return {"code": 0, "summary": summary, "unassigned": left_out, "routes": routes}


def _route(plan: Plan, route: Route, numbers: dict[str, int], shipped: frozenset[str]) -> dict[str, Any]:
    day = plan.day
    vehicles = [vehicle.id for vehicle in day.vehicles]
    orders = {order.id: order for order in day.orders}
    steps: list[dict[str, Any]] = []
    driven_s, driven_m, breaks = 0, 0.0, 0
    for i, step in enumerate(route.steps):
        driven_s += step.leg.drive_s if step.leg else 0
        driven_m += step.leg.distance_m if step.leg else 0.0
        named: dict[str, Any] = {"type": "break", "description": _told(step)}
        if step.serves:
            named = {"type": _type(orders[step.place_id], shipped), "id": numbers[step.place_id]}
            named["description"] = step.place_id
        elif step.kind in ENDS:
            named["type"] = ENDS[step.kind]
        else:
            breaks += 1
            named["id"] = breaks
        # What overlaps the step before it, as a charge its reload, begins for VROOM when that is over.
        begun = max(step.arrival_s, steps[-1]["arrival"] + steps[-1]["waiting_time"] + steps[-1]["service"]) if i else 0
        arrival = begun if i and step.leg is None else step.arrival_s
        end = max(step.end_s, arrival)
        begin = min(max(step.begin_s, arrival), end)
        steps.append(
            {
                **named,
                "location": [step.lon, step.lat],
                "setup": 0,
                "service": end - begin,
                "arrival": arrival,
                "waiting_time": begin - arrival,
                "duration": driven_s,
                "distance": round(driven_m),
                "load": [round(step.load_kg * 1000), round(step.load_l * 1000)],
                "violations": [],
            }
        )
    served = [orders[step.place_id] for step in route.steps if step.serves]
    return {
        "vehicle": vehicles.index(route.vehicle_id) + 1,
        "description": route.vehicle_id,
        "cost": round(route.cost.total * UNITS_OF_MONEY),
        "delivery": _goods([order for order in served if order.kind is OrderKind.DELIVERY]),
        "pickup": _goods([order for order in served if order.kind is OrderKind.PICKUP]),
        "setup": 0,
        "service": sum(step["service"] for step in steps),
        "duration": driven_s,
        "waiting_time": sum(step["waiting_time"] for step in steps),
        "distance": round(driven_m),
        "priority": 0,
        "violations": [],
        "geometry": _line(route),
        "steps": steps,
    }


def _type(order: Order, shipped: frozenset[str]) -> str:
    return order.kind.value if order.id in shipped else "job"


def _told(step: Step) -> str:
    return f"{STANDING[step.kind]} at {step.place_id}" if step.kind in STANDING else step.kind.value


def _goods(orders: Sequence[Order]) -> list[int]:
    return [
        round(1000 * sum(order.demand_kg for order in orders)),
        round(1000 * sum(order.volume_l for order in orders)),
    ]


def _line(route: Route) -> str:
    points = [point for step in route.steps if step.leg for point in step.leg.geometry]
    return polyline.encode(points, PRECISION, geojson=True) if points else ""
