"""Writes a plan as a table for spreadsheets."""

from __future__ import annotations

import csv
import io
import re
from datetime import datetime

from planner.plan import Plan, Route, Step
from planner.report.view import PlanView

COLUMNS = (
    "vehicle",
    "trip",
    "seq",
    "type",
    "id",
    "address",
    "lat",
    "lon",
    "arrival",
    "begin",
    "end",
    "wait_min",
    "km",
    "kwh",
    "soc_arrival_percent",
    "soc_end_percent",
    "load_kg",
    "load_l",
    "plug",
    "charged_kwh",
    "notes",
    "driver",
    "late_min",
    "pair",
    "walk_min",
)

# A spreadsheet takes a cell that starts so for a formula (OWASP "CSV injection"). Quotes before such a start
# get one more as well, so that taking one away always gives back the original text.
FORMULA_START = re.compile("'*[=+\\-@\t\r\n\0＝＋－＠]")


def stops_csv(plan: Plan) -> str:
    """Return one CSV row per step, in route order; times are local, ISO 8601 without offset."""
    view = PlanView(plan)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for route in plan.routes:
        for seq, step in enumerate(route.steps, start=1):
            writer.writerow(_cell(value) for value in stop_row(view, route, seq, step))
    return text.getvalue()


def stop_row(view: PlanView, route: Route, seq: int, step: Step) -> tuple[str | int | float | datetime, ...]:
    """Return what each column says of a step; times are those of the local clock, without an offset."""
    battery_wh = view.vehicle(route).type.battery_wh
    order = view.order_at(step)
    return (
        route.vehicle_id,
        step.trip,
        seq,
        step.kind.value,
        step.place_id,
        "" if order is None else order.address,
        round(step.lat, 6),
        round(step.lon, 6),
        *(_local(view, seconds) for seconds in (step.arrival_s, step.begin_s, step.end_s)),
        round((step.begin_s - step.arrival_s) / 60.0, 1),
        round(step.leg.distance_m / 1_000.0, 3) if step.leg else 0.0,
        round(step.leg.energy_wh / 1_000.0, 4) if step.leg else 0.0,
        round(100.0 * step.stored_arrival_wh / battery_wh, 1),
        round(100.0 * step.stored_end_wh / battery_wh, 1),
        round(step.load_kg, 2),
        round(step.load_l, 2),
        step.plug_id or "",
        round(step.charged_wh / 1_000.0, 4),
        "" if order is None else order.notes,
        route.driver_id,
        round(view.late_s(step) / 60.0, 1),
        "" if order is None else order.pair,
        0.0 if order is None else round(order.walk_s / 60.0, 1),
    )


def _local(view: PlanView, seconds: int) -> datetime:
    return view.moment(seconds).replace(tzinfo=None)


def _cell(value: str | int | float | datetime) -> str | int | float:
    """Keep numbers as they are, times in ISO 8601, and text from being run as a formula."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return f"'{value}" if isinstance(value, str) and FORMULA_START.match(value) else value
