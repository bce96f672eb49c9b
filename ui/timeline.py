"""What the timeline shows, as plain data: a lane per vehicle with all it does and its battery, over the hours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from itertools import pairwise
from typing import Any

from charts import stored_line
from look import Look

from planner.language.words import Words
from planner.model import Vehicle
from planner.plan import Route, Step, StepKind
from planner.report.view import PlanView, numbered

HOUR_S = 3_600
Data = dict[str, Any]
KINDS = {StepKind.CHARGE: "charge", StepKind.SWAP: "charge", StepKind.BREAK: "break"}
LEGEND = {
    "drive": "driving",
    "service": "at a stop",
    "load": "loading",
    "charge": "charging",
    "wait": "waiting",
    "break": "break",
}


def lanes(view: PlanView, look: Look, say: Words) -> list[Data]:
    """Return a lane for each vehicle of the day."""
    routes = {route.vehicle_id: (number, route) for number, route in enumerate(view.plan.routes) if route.steps}
    return [_lane(view, vehicle, routes.get(vehicle.id), look, say) for vehicle in view.plan.day.vehicles]


def timeline(
    view: PlanView,
    lanes: list[Data],
    look: Look,
    say: Words,
    *,
    only: str | None,
    order: str | None,
    version: int,
    now: datetime,
) -> Data:
    """Return lanes with hours and what is selected; `version` comes back with an order that is dropped on one."""
    begin_s, end_s = _span(view)
    at_s = round((now - view.moment(0)).total_seconds())
    chosen = view.orders.get(order or "")
    return {
        "look": asdict(look),
        "span": [begin_s, end_s],
        "hours": [[at, view.clock(at)] for at in range(begin_s, end_s + 1, HOUR_S)],
        "now": [at_s, view.clock(at_s)] if begin_s <= at_s <= end_s else None,
        "windows": [[window.start_s, window.end_s] for window in chosen.windows] if chosen else [],
        "lanes": lanes,
        "only": only,
        "order": order,
        "version": version,
        "words": {
            "label": say.gettext("Timeline"),
            "hint": say.gettext("Drag a stop to another place. The lists above do the same by keyboard."),
            "window": say.gettext("window of the selected order"),
            "reserve": say.gettext("reserve"),
            "battery": say.gettext("battery"),
            "now": say.gettext("now"),
            "legend": {kind: say.gettext(text) for kind, text in LEGEND.items()},
        },
    }


def dropped(told: object, version: int) -> tuple[str, str, str | None] | None:
    """Return order, vehicle and the order before which it was dropped, None for anything else than that.

    None also where the browser has shown another version of the plan than is there now.
    """
    if not isinstance(told, dict) or told.get("version") != version:
        return None
    order, vehicle, before = told.get("order"), told.get("vehicle"), told.get("before")
    if isinstance(order, str) and isinstance(vehicle, str) and isinstance(before, str | None):
        return order, vehicle, before
    return None


def _lane(view: PlanView, vehicle: Vehicle, used: tuple[int, Route] | None, look: Look, say: Words) -> Data:
    if used is None:
        return {"id": vehicle.id, "colour": look.ink, "bars": [], "stored": [], "reserve": vehicle.reserve_soc}
    number, route = used
    battery_wh = vehicle.type.battery_wh
    return {
        "id": vehicle.id,
        "colour": look.vehicle(number),
        "bars": list(_bars(view, route, say)),
        "stored": [[at_s, round(wh / battery_wh, 3)] for at_s, wh in stored_line(route)],
        "reserve": vehicle.reserve_soc,
    }


def _bars(view: PlanView, route: Route, say: Words) -> Iterator[Data]:
    """Yield all that a vehicle does; a charge beside a loading overlaps it."""
    for origin, step in pairwise(route.steps):
        if step.leg is not None:
            leave_s = step.arrival_s - step.leg.drive_s
            yield _bar(view, "drive", max(leave_s, origin.arrival_s), step.arrival_s, say.gettext("driving"), say)
    for step, number in numbered(route):
        if step.begin_s > step.arrival_s and step.leg is not None:
            yield _bar(view, "wait", step.arrival_s, step.begin_s, say.gettext("waiting"), say)
        if step.end_s > step.begin_s or step.serves:
            yield _step(view, step, number, say)


def _step(view: PlanView, step: Step, number: int | None, say: Words) -> Data:
    kind = "service" if step.serves else KINDS.get(step.kind, "load")
    if not step.serves:
        return _bar(view, kind, step.begin_s, step.end_s, f"{say.gettext(step.kind.value)}: {step.place_id}", say)
    order = view.orders[step.place_id]
    where = say.gettext("trip {trip}, stop {number}", trip=step.trip, number=number)
    told = "\n".join([order.id, order.address, where])
    bar = _bar(view, kind, step.begin_s, step.end_s, told, say)
    return bar | {"order": order.id, "number": f"{step.trip}.{number}", "late": view.late_s(step) > 0}


def _bar(view: PlanView, kind: str, begin_s: int, end_s: int, what: str, say: Words) -> Data:
    clocks = say.gettext("{begin} to {end}", begin=view.clock(begin_s), end=view.clock(end_s))
    return {"kind": kind, "from": begin_s, "to": end_s, "tip": f"{what}\n{clocks}"}


def _span(view: PlanView) -> tuple[int, int]:
    """Return the first and last moment of any route, widened to full hours; of any shift where nobody drives."""
    steps = [step for route in view.plan.routes for step in route.steps]
    shifts = [vehicle.shift for vehicle in view.plan.day.vehicles]
    first = min((step.arrival_s for step in steps), default=min((shift.start_s for shift in shifts), default=0))
    last = max((step.end_s for step in steps), default=max((shift.end_s for shift in shifts), default=HOUR_S))
    return first // HOUR_S * HOUR_S, -(-last // HOUR_S) * HOUR_S
