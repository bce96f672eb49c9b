"""What the maps show, as plain data: orders of a file, or a plan with what is selected in it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import shapely
from look import Look
from phrases import reason_words

from planner.language.words import Words
from planner.model import Day, Order
from planner.plan import Route, Step, StepKind, Unassigned
from planner.report.lines import packed, thinned
from planner.report.view import PlanView, drives, leg_line, numbered

ORDERS_PX, PLAN_PX = 400, 360  # heights; of a plan so that its timeline is in sight on a page of 768 pixels
MOST_STOPS = 5_000
TOLERANCE_M = 1.5  # finer than the streets, so that a route never cuts a corner off its own
Data = dict[str, Any]


def orders_map(day: Day, streets: str, look: Look, say: Words) -> Data:
    """Show where the orders of a file lie, with depots and stations; `streets` names those to draw."""
    shown = day.orders[:MOST_STOPS]
    pins = [_pin(order, look.vehicle(0), _order_tip(order, say)) for order in shown]
    return _map(day, streets, look, say) | {"pins": pins}


def plan_map(
    view: PlanView, streets: str, look: Look, say: Words, *, only: str | None = None, order: str | None = None
) -> Data:
    """Show a plan: routes in the colour of their vehicle, stops, depots, stations, and in red what is left out.

    With `only`, the id of a vehicle, the others fade, and its stops bear their numbers. `order` has a ring around it.
    """
    plan = view.plan
    left_out = [_left_out(view, missing, look, say) for missing in plan.unassigned[:MOST_STOPS]]
    routes = [_route(view, route, look.vehicle(number), say) for number, route in enumerate(plan.routes) if route.steps]
    return _map(plan.day, streets, look, say) | {
        "routes": routes,
        "pins": left_out,
        "only": only,
        "order": order,
        "selectable": True,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """What was clicked: an order, a route of a vehicle, or neither."""

    order: str | None = None
    vehicle: str | None = None


def picked(told: object) -> Picked | None:
    """Return what the browser says was clicked, None for anything that it does not say in our words."""
    if not isinstance(told, dict):
        return None
    order, vehicle = told.get("order"), told.get("vehicle")
    if isinstance(order, str):
        return Picked(order=order)
    if isinstance(vehicle, str):
        return Picked(vehicle=vehicle)
    return Picked() if told.get("nothing") is True else None


def _map(day: Day, streets: str, look: Look, say: Words) -> Data:
    """Return what all maps have."""
    sites = [_site("C", say.gettext("Charging station {place}", place=site.id), site) for site in day.stations]
    sites += [_site("D", say.gettext("Depot {place}", place=site.id), site) for site in day.depots]
    return {
        "day": day.date,
        "streets": streets,
        "look": asdict(look),
        "label": say.gettext("Map"),
        "routes": [],
        "pins": [],
        "sites": sites,
        "only": None,
        "order": None,
        "selectable": False,
    }


def _route(view: PlanView, route: Route, shade: str, say: Words) -> Data:
    legs = drives(route)
    lines = [shapely.linestrings(leg_line(origin, step, leg)) for origin, step, leg in legs]
    return {
        "id": route.vehicle_id,
        "colour": shade,
        "lines": packed(thinned(lines, lat=legs[0][0].lat if legs else 0.0, tolerance_m=TOLERANCE_M)),
        "legs": [_way_tip(route, origin.trip, leg.distance_m, say) for origin, _, leg in legs],
        "stops": [
            {
                "at": _at(step),
                "order": step.place_id,
                "number": f"{step.trip}.{number}",
                "tip": _stop_tip(view, route, step, number, say),
            }
            for step, number in numbered(route)
            if step.serves
        ],
    }


def _pin(order: Order, colour: str, tip: str) -> Data:
    return {"at": _at(order), "order": order.id, "colour": colour, "tip": tip}


def _site(kind: str, tip: str, site: Any) -> Data:
    return {"kind": kind, "at": _at(site), "tip": tip}


def _order_tip(order: Order, say: Words) -> str:
    return "\n".join([say.gettext("Order {order}", order=order.id), order.address])


def _way_tip(route: Route, trip: int, metres: float, say: Words) -> str:
    head = say.gettext("Vehicle {vehicle}, trip {trip}", vehicle=route.vehicle_id, trip=trip)
    return "\n".join([head, say.gettext("{number} km", number=say.number(metres / 1_000, 1))])


def _stop_tip(view: PlanView, route: Route, step: Step, number: int | None, say: Words) -> str:
    order = view.order_at(step)
    address = order.address if order else ""
    id = step.place_id
    pickup = step.kind is StepKind.PICKUP
    head = say.gettext("Pickup {order}", order=id) if pickup else say.gettext("Order {order}", order=id)
    where = say.gettext("trip {trip}, stop {number}", trip=step.trip, number=number)
    return f"{head}\n{address}\n{view.clock(step.begin_s)}, {route.vehicle_id}, {where}"


def _left_out(view: PlanView, missing: Unassigned, look: Look, say: Words) -> Data:
    order = view.orders[missing.order_id]
    head = say.gettext("Order {order} is not planned", order=order.id)
    return _pin(order, look.red, f"{head}\n{reason_words(say, missing)}")


def _at(place: Any) -> list[float]:
    return [round(place.lat, 6), round(place.lon, 6)]
