"""Collects what the map page shows, as plain data with its numbers and clock times already in words."""

from __future__ import annotations

from typing import Any, Protocol

import shapely

from planner.errors import printable
from planner.model import Depot, Plug, Station
from planner.plan import Leg, Plan, Route, Step, StepKind, Unassigned
from planner.report.broken import broken_words, verdict
from planner.report.kpis import Kpis, VehicleLine, kpis
from planner.report.lines import packed, thinned
from planner.report.view import REASON_TEXT, PlanView, drives, late_words, leg_line, numbered

ROUTE_TOLERANCE_M = 1.5  # finer than the background, so that a route never cuts a corner off its street
HOUR_S = 3_600
LONGEST_TEXT = 300  # characters


class Located(Protocol):
    """Anything with a position."""

    @property
    def lat(self) -> float: ...

    @property
    def lon(self) -> float: ...


def page_data(plan: Plan) -> dict[str, Any]:
    """Return everything about the plan that the page draws or lists."""
    view, measured = PlanView(plan), kpis(plan)
    lines = {line.vehicle_id: line for line in measured.lines}
    return {
        "title": f"Deliveries {plan.day.date}",
        "verdict": _verdict(plan),
        "kpis": _tiles(measured, plan.day.currency),
        "ticks": _ticks(view, measured),
        "depots": [_depot(depot) for depot in plan.day.depots],
        "stations": [_station(station) for station in plan.day.stations],
        "unassigned": [_left_out(view, left_out) for left_out in plan.unassigned],
        "vehicles": [_vehicle(view, route, lines[route.vehicle_id]) for route in plan.routes if route.steps],
        "source": f"{plan.provenance.program} · engine {plan.provenance.engine} · seed {plan.provenance.seed}",
    }


def _verdict(plan: Plan) -> dict[str, Any]:
    return {"ok": not plan.violations, "text": verdict(plan), "broken": [broken_words(v) for v in plan.violations]}


def _tiles(measured: Kpis, currency: str) -> list[list[str]]:
    """Return (label, value, small print) per figure."""
    each, lowest = measured.cost_per_order, measured.lowest
    of_cost = "" if each is None else f"{each:.2f} per order"
    if measured.cost.overtime:
        of_cost += f", {measured.cost.overtime:.2f} overtime"
    of_orders = f"{measured.orders_unassigned} not planned"
    if measured.stops_late:
        of_orders += f", {measured.stops_late} late"
    return [
        ["Orders", f"{measured.orders_planned} / {measured.orders_total}", of_orders],
        ["Vehicles", f"{measured.vehicles_used} / {measured.vehicles_of}", f"{measured.trips} trips"],
        ["Distance", f"{measured.distance_km:.0f} km", f"{measured.drive_hours:.1f} h driving"],
        [
            "Energy",
            f"{measured.energy_kwh:.1f} kWh",
            f"{measured.charged_kwh:.1f} kWh charged, {measured.charges} charges, {measured.night_kwh:.1f} overnight",
        ],
        ["Lowest charge", "–" if lowest is None else _percent(lowest.soc), "" if lowest is None else lowest.vehicle_id],
        [f"Cost, {currency}", f"{measured.cost.total:.2f}", of_cost],
    ]


def _ticks(view: PlanView, measured: Kpis) -> dict[str, Any]:
    """Return the span of the day in seconds, widened to full hours, and the clock at each hour of it."""
    start_s = min((line.out_s for line in measured.lines), default=0) // HOUR_S * HOUR_S
    end_s = -(-max((line.back_s for line in measured.lines), default=HOUR_S) // HOUR_S) * HOUR_S
    hours = range(start_s, end_s + 1, HOUR_S)
    return {"start": start_s, "end": max(end_s, start_s + HOUR_S), "hours": [[at, view.clock(at)] for at in hours]}


def _depot(depot: Depot) -> dict[str, Any]:
    site = "" if depot.site_power_w is None else f", {depot.site_power_w / 1_000:.1f} kW in all"
    docks = [] if depot.docks is None else [f"{depot.docks} dock{'' if depot.docks == 1 else 's'}"]
    return {"id": depot.id, "at": _at(depot), "facts": ["Depot", _plugs(depot.plugs) + site, *docks]}


def _station(station: Station) -> dict[str, Any]:
    return {"id": station.id, "at": _at(station), "facts": ["Charging station", _plugs(station.plugs)]}


def _plugs(plugs: tuple[Plug, ...]) -> str:
    if not plugs:
        return "no plug"
    most_w = max(plug.power_w for plug in plugs)
    return f"{len(plugs)} plug{'' if len(plugs) == 1 else 's'}, up to {most_w / 1_000:.1f} kW"


def _left_out(view: PlanView, left_out: Unassigned) -> dict[str, Any]:
    order = view.orders[left_out.order_id]
    return {
        "id": order.id,
        "at": _at(order),
        "address": _shown(order.address),
        "reason": REASON_TEXT[left_out.reason],
        "detail": _shown(left_out.detail),
    }


def _vehicle(view: PlanView, route: Route, line: VehicleLine) -> dict[str, Any]:
    vehicle = view.vehicle(route)
    battery_wh = vehicle.type.battery_wh
    legs = drives(route)
    return {
        "id": vehicle.id,
        "type": vehicle.type.name,
        "facts": [
            *([_shown(route.driver_id)] if route.driver_id else []),
            f"{view.clock(line.out_s)}–{view.clock(line.back_s)}",
            f"{line.trips} trip{'' if line.trips == 1 else 's'}",
            f"{line.stops} stop{'' if line.stops == 1 else 's'}",
            f"{line.distance_km:.1f} km",
            f"{line.energy_kwh:.1f} kWh",
            f"{line.cost.total:.2f} {view.plan.day.currency}",
            *([f"+{line.night_kwh:.1f} kWh overnight"] if line.night_kwh else []),
            *(_shown(what) for vehicle_id, what in view.short_tomorrow if vehicle_id == vehicle.id),
        ],
        "lowest": _percent(line.lowest.soc),
        "reserve": vehicle.reserve_soc,
        "soc": _soc_line(route, battery_wh),
        "charges": [
            [step.begin_s, step.end_s] for step in route.steps if step.kind in {StepKind.CHARGE, StepKind.SWAP}
        ],
        "steps": [_step(view, step, number, battery_wh) for step, number in numbered(route)],
        "legs": [_leg(origin, step, leg) for origin, step, leg in legs],
        "lines": _leg_lines(legs),
    }


def _soc_line(route: Route, battery_wh: float) -> list[list[float]]:
    """Return (second, state of charge) along the shift; charging shows as a rise over its own span."""
    points: list[tuple[int, float]] = []
    for step in route.steps:
        points.append((step.begin_s if step.charged_wh else step.arrival_s, step.stored_arrival_wh))
        points.append((step.end_s, step.stored_end_wh))
    points.sort(key=lambda point: point[0])  # a charge overlaps the reload before it
    return [[second, round(stored_wh / battery_wh, 3)] for second, stored_wh in points]


def _step(view: PlanView, step: Step, number: int | None, battery_wh: float) -> dict[str, Any]:
    order = view.order_at(step)
    return {
        "kind": step.kind.value,
        "trip": step.trip,
        "number": number,
        "id": step.place_id,
        "at": _at(step),
        "address": "" if order is None else _shown(order.address),
        "notes": "" if order is None else _shown(order.notes),
        "clock": view.clock(step.arrival_s),
        "until": view.clock(step.end_s),
        "soc": round(step.stored_end_wh / battery_wh, 3),
        "facts": _step_facts(view, step),
    }


def _step_facts(view: PlanView, step: Step) -> list[str]:
    facts = []
    other = view.partners.get(step.place_id) if step.serves else None
    if step.leg is not None:
        facts.append(f"{step.leg.distance_m / 1_000:.1f} km")
    if step.begin_s > step.arrival_s:
        facts.append(f"waits {(step.begin_s - step.arrival_s + 59) // 60} min")
    if late_s := view.late_s(step):
        facts.append(late_words(late_s))
    if (order := view.order_at(step)) is not None and order.walk_s:
        facts.append(f"{-(-order.walk_s // 60)} min on foot from a neighbour's kerb")
    if step.charged_wh:
        where = "with a full battery" if step.kind is StepKind.SWAP else f"at plug {step.plug_id}"
        facts.append(f"+{step.charged_wh / 1_000:.1f} kWh {where}")
    if step.kind is StepKind.BREAK:
        facts.append(f"{(step.end_s - step.begin_s) / 60:.0f} min")
    if step.kind is StepKind.PICKUP:
        facts.append("picks up" if other is None else f"picks up for {_shown(other.id)}")
    elif other is not None:
        facts.append(f"brings what {_shown(other.id)} gave")
    if step.kind in {StepKind.PICKUP, StepKind.RELOAD}:
        facts.append(f"{step.load_kg:.0f} kg, {step.load_l:.0f} l on board")
    return facts


def _leg(origin: Step, step: Step, leg: Leg) -> dict[str, Any]:
    return {
        "trip": origin.trip,
        "from": origin.place_id,
        "to": step.place_id,
        "facts": [
            f"{leg.distance_m / 1_000:.2f} km",
            f"{leg.drive_s / 60:.0f} min",
            f"{leg.energy_wh:.0f} Wh",
        ],
    }


def _leg_lines(legs: list[tuple[Step, Step, Leg]]) -> dict[str, str | int]:
    lines = [shapely.linestrings(leg_line(origin, step, leg)) for origin, step, leg in legs]
    return packed(thinned(lines, lat=legs[0][0].lat if legs else 0.0, tolerance_m=ROUTE_TOLERANCE_M))


def _at(place: Located) -> list[float]:
    return [round(place.lat, 6), round(place.lon, 6)]


def _shown(text: str) -> str:
    return printable(text, limit=LONGEST_TEXT)


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
