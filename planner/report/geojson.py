"""Writes a plan's drives and steps as GeoJSON (RFC 7946)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from planner.plan import Leg, Plan, Step
from planner.report.broken import broken_words, kept_words
from planner.report.view import PlanView, drives, leg_line, numbered


def routes_geojson(plan: Plan) -> str:
    """Return a FeatureCollection: a LineString per drive along the streets, a Point per step."""
    view = PlanView(plan)
    features: list[dict[str, Any]] = []
    for route in plan.routes:
        features += [_drive(route.vehicle_id, origin, step, leg) for origin, step, leg in drives(route)]
        features += [_step(view, route.vehicle_id, step, number) for step, number in numbered(route)]
    collection: dict[str, Any] = {"type": "FeatureCollection", "features": features}
    if plan.kept is not None:
        collection |= {"kept": kept_words(plan), "violations": [broken_words(found) for found in plan.violations]}
    return json.dumps(collection, ensure_ascii=False, separators=(",", ":"))


def _drive(vehicle_id: str, origin: Step, step: Step, leg: Leg) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": "LineString", "coordinates": [_position(point) for point in leg_line(origin, step, leg)]},
        "properties": {
            "vehicle": vehicle_id,
            "trip": origin.trip,
            "from": origin.place_id,
            "to": step.place_id,
            "km": round(leg.distance_m / 1_000.0, 3),
            "minutes": round(leg.drive_s / 60.0, 1),
            "kwh": round(leg.energy_wh / 1_000.0, 4),
        },
    }


def _step(view: PlanView, vehicle_id: str, step: Step, number: int | None) -> dict[str, Any]:
    order = view.order_at(step)
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": _position((step.lon, step.lat))},
        "properties": {
            "vehicle": vehicle_id,
            "trip": step.trip,
            "number": number,
            "type": step.kind.value,
            "id": step.place_id,
            "address": "" if order is None else order.address,
            "arrival": view.moment(step.arrival_s).isoformat(),
            "end": view.moment(step.end_s).isoformat(),
        },
    }


def _position(point: Iterable[float]) -> list[float]:
    """Return [lon, lat] to 6 decimals, about 0.1 m."""
    return [round(degrees, 6) for degrees in point]
