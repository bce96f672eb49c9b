"""What a plan holds: figures, map, stops, batteries, plugs, what is left out, and the files."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st
from charts import charge_chart, dock_chart, night_chart, plug_chart
from jobs import Job
from look import page_look
from maps import MOST_STOPS, PLAN_PX, picked_vehicle, plan_map
from state import cached_streets
from street_paths import street_paths
from words import plain

from planner.plan import Plan, Route, StepKind
from planner.report.broken import broken_words, kept_words
from planner.report.kpis import kpis
from planner.report.view import PlanView, cost_words, numbered
from views import handouts, harder_days, left

LIST_PX = PLAN_PX[1] - 50
ONLY = "vehicle-shown"
FILES = {
    "plan.json": ("The plan", "application/json"),
    "stops.csv": ("Stops as a table", "text/csv"),
    "routes.geojson": ("Routes for a map", "application/geo+json"),
    "map.html": ("Map page", "text/html"),
    "import_report.csv": ("Rows left out", "text/csv"),
}


def show(job: Job, plan: Plan) -> None:
    """Draw everything about a plan that passed the audit, or says what it breaks on purpose."""
    view = PlanView(plan)
    if plan.violations:
        broken = [f"- {plain(broken_words(violation))}" for violation in plan.violations]
        st.error(
            "\n".join([f"This plan breaks rules, {plain(kept_words(plan))}:", "", *broken]), icon=":material/gavel:"
        )
    _figures(plan)
    only = _vehicle_choice(plan)
    routes = [route for route in plan.routes if only in {None, route.vehicle_id}]
    drawing, lists = st.columns([1.1, 1], gap="small")
    with drawing:
        _map(job, view, only)
    with lists:
        _lists(job, view, routes)


def _figures(plan: Plan) -> None:
    found, money = kpis(plan), plain(plan.day.currency)
    each = "" if found.cost_per_order is None else f"{found.cost_per_order:.2f} per order"
    if found.cost.overtime:
        each = f"{each}, {found.cost.overtime:,.2f} overtime"
    left_out = f"{found.orders_unassigned} left out" + (f", {found.stops_late} late" if found.stops_late else "")
    lowest = found.lowest
    tiles = (
        ("Orders planned", f"{found.orders_planned} / {found.orders_total}", left_out),
        ("Vehicles", f"{found.vehicles_used} / {found.vehicles_of}", f"{found.trips} trips"),
        ("Distance", f"{found.distance_km:,.0f} km", f"{found.drive_hours:.1f} h driving"),
        ("Energy", f"{found.energy_kwh:.1f} kWh", f"{found.charged_kwh:.1f} kWh on the way"),
        ("Lowest charge", "–" if lowest is None else f"{100 * lowest.soc:.0f} %", lowest.vehicle_id if lowest else ""),
        ("Cost", f"{found.cost.total:,.2f} {money}", each),
    )
    view = PlanView(plan)
    kinds = {"Cost": cost_words(found.cost), "Energy": f"{found.night_kwh:.1f} kWh charged overnight"}
    if view.traffic:
        kinds["Distance"] = f"traffic {view.traffic}"
    for column, (label, value, detail) in zip(st.columns(len(tiles), gap="small"), tiles, strict=True):
        column.metric(
            label,
            value,
            plain(detail) or None,
            delta_color="off",
            delta_arrow="off",
            border=True,
            help=kinds.get(label),
        )
    for vehicle_id, what in view.short_tomorrow:
        st.warning(f"{plain(vehicle_id)}: {plain(what)}", icon=":material/battery_alert:")


def _vehicle_choice(plan: Plan) -> str | None:
    """Offer the vehicles in their colours; the one chosen is shown alone. A click on the map chooses too."""
    ids = [route.vehicle_id for route in plan.routes]
    if st.session_state.get(ONLY) not in {None, *ids}:
        st.session_state[ONLY] = None
    look = page_look()
    swatches = {id: f':color[■]{{foreground="{look.vehicle(n)}"}} {plain(id)}' for n, id in enumerate(ids)}
    return st.pills("Vehicle", ids, key=ONLY, format_func=swatches.__getitem__, label_visibility="collapsed")


def _take_pick(map_key: str) -> None:
    """Show the clicked vehicle alone; a second click on it shows all again."""
    picked = picked_vehicle(st.session_state[map_key].selection)
    if picked is not None:
        st.session_state[ONLY] = None if picked == st.session_state[ONLY] else picked


def _map(job: Job, view: PlanView, only: str | None) -> None:
    streets = cached_streets(job.streets)
    deck = plan_map(view, street_paths(streets), page_look(), only=only)
    # Another key is another map, so that no click is left from the one before to fade everything else.
    key = f"plan-map-{only}"
    st.pydeck_chart(deck, height=PLAN_PX[1], key=key, on_select=partial(_take_pick, key))
    more = f" The first {MOST_STOPS:,} stops are drawn." if len(view.plan.day.orders) > MOST_STOPS else ""
    st.caption(
        "Click a route to see its vehicle alone, its stops numbered by trip; click again to see all. "
        f"D depot, C charging station, red not planned.{more} Streets: {plain(streets.attribution)}"
    )


def _lists(job: Job, view: PlanView, routes: Sequence[Route]) -> None:
    left_out = view.plan.unassigned
    at_depot = "Plugs and docks" if any(depot.docks for depot in view.plan.day.depots) else "Plugs"
    names = ["Stops", "Battery", at_depot, "Night", f"Left out ({len(left_out)})", "Harder days", "Files"]
    stops, battery, plugs, night, missing, harder, files = st.tabs(names)
    with stops:
        st.dataframe(_stops(view, routes), hide_index=True, height=LIST_PX)
    with battery:
        if routes:
            with st.container(height=LIST_PX, border=False):
                st.altair_chart(charge_chart(view, routes, page_look()), width="stretch")
            st.caption("Charge over the day; the red line is the reserve.")
    with plugs:
        chart = plug_chart(view, page_look())
        if chart is None:
            st.text("Nobody charges on the way.")
        else:
            st.altair_chart(chart, width="stretch")
        docks = dock_chart(view, page_look())
        if docks is not None:
            st.altair_chart(docks, width="stretch")
    with night:
        _night(view)
    with missing:
        if left_out:
            left.show(job, view, height_px=LIST_PX)
        else:
            st.text("Every order is planned.")
    with harder:
        harder_days.show(job, view)
    with files:
        _downloads(job)
        handouts.show(job, view.plan)


def _night(view: PlanView) -> None:
    chart = night_chart(view, page_look())
    if chart is None:
        st.text("Nobody charges overnight.")
        return
    st.altair_chart(chart, width="stretch")
    st.dataframe(_night_rows(view), hide_index=True)


def _night_rows(view: PlanView) -> dict[str, Sequence[object]]:
    rows = [(route, charge) for route in view.plan.routes if route.night for charge in route.night.charges]
    rows.sort(key=lambda row: (row[1].begin_s, row[1].plug_id))
    return {
        "vehicle": [route.vehicle_id for route, _ in rows],
        "plug": [charge.plug_id for _, charge in rows],
        "from": [view.clock(charge.begin_s) for _, charge in rows],
        "until": [view.clock(charge.end_s) for _, charge in rows],
        "kWh": [f"{charge.wh / 1_000:.2f}" for _, charge in rows],
        "kW": [f"{charge.power_w / 1_000:.2f}" for _, charge in rows],
        "cost": [f"{charge.cost:.2f}" for _, charge in rows],
    }


def _stops(view: PlanView, routes: Sequence[Route]) -> dict[str, Sequence[object]]:
    rows = [(route, step, number) for route in routes for step, number in numbered(route)][: 2 * MOST_STOPS]
    orders = [view.order_at(step) for _, step, _ in rows]
    return {
        "vehicle": [route.vehicle_id for route, _, _ in rows],
        "stop": ["" if number is None else f"{step.trip}.{number}" for _, step, number in rows],
        "what": [step.kind.value for _, step, _ in rows],
        "where": [step.place_id for _, step, _ in rows],
        "at": [view.clock(step.begin_s) for _, step, _ in rows],
        "until": [view.clock(step.end_s) for _, step, _ in rows],
        "charge": [
            f"{100 * step.stored_end_wh / view.vehicle(route).type.battery_wh:.0f} %" for route, step, _ in rows
        ],
        "address": [order.address if order else "" for order in orders],
        "kg": [f"{order.demand_kg:g}" if order else "" for order in orders],
        "plug": [step.plug_id if step.kind is StepKind.CHARGE else "" for _, step, _ in rows],
        "notes": [order.notes if order else "" for order in orders],
    }


def _downloads(job: Job) -> None:
    for name, (label, mime) in FILES.items():
        path = job.result(name)
        if path.exists():
            st.download_button(
                f"{label} · {name}", path.read_bytes, name, mime, on_click="ignore", icon=":material/download:"
            )
