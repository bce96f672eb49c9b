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
from words import money, plain, words

from planner.language.words import Words
from planner.plan import Plan, Route, StepKind
from planner.report.broken import broken_words
from planner.report.kpis import Kpis, kpis
from planner.report.view import PlanView, cost_kinds, numbered
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
        st.error(_broken(plan), icon=":material/gavel:")
    _figures(view)
    only = _vehicle_choice(plan)
    routes = [route for route in plan.routes if only in {None, route.vehicle_id}]
    drawing, lists = st.columns([1.1, 1], gap="small")
    with drawing:
        _map(job, view, only)
    with lists:
        _lists(job, view, routes)


def _broken(plan: Plan) -> str:
    """Return what a plan breaks on purpose, by whom and since when, as Markdown."""
    head = words().gettext("This plan breaks rules, which was kept on purpose")
    known = [plain(text) for text in ((plan.kept.by, plan.kept.at) if plan.kept else ()) if text]
    who = " (" + ", ".join(known) + ")" if known else ""
    return "\n".join([f"{head}{who}:", "", *(f"- {plain(broken_words(violation))}" for violation in plan.violations)])


def _figures(view: PlanView) -> None:
    found = kpis(view.plan)
    helps = _behind(view, found)
    tiles = _tiles(view, found)
    for column, (label, value, detail) in zip(st.columns(len(tiles), gap="small"), tiles, strict=True):
        column.metric(
            label,
            value,
            detail or None,
            delta_color="off",
            delta_arrow="off",
            border=True,
            help=helps.get(label),
        )
    for route in view.plan.routes:
        if route.night is not None and route.night.missing_wh > 0:
            st.warning(_short_tomorrow(view, route), icon=":material/battery_alert:")


def _tiles(view: PlanView, found: Kpis) -> Sequence[tuple[str, str, str]]:
    """Return label, value and a detail of each figure, as Markdown."""
    say, currency = words(), view.plan.day.currency
    costs = []
    if found.cost_per_order is not None:
        costs.append(say.gettext("{money} per order", money=money(say, found.cost_per_order, currency)))
    if found.cost.overtime:
        costs.append(say.gettext("{money} overtime", money=money(say, found.cost.overtime, currency)))
    left_out = [say.gettext("{number} left out", number=say.number(found.orders_unassigned))]
    if found.stops_late:
        left_out.append(say.gettext("{number} late", number=say.number(found.stops_late)))
    lowest = found.lowest
    driving = say.gettext("{number} h driving", number=say.number(found.drive_hours, 1))
    on_the_way = say.gettext("{energy} on the way", energy=_kwh(found.charged_kwh, say))
    return (
        (
            say.gettext("Orders planned"),
            f"{say.number(found.orders_planned)} / {say.number(found.orders_total)}",
            ", ".join(left_out),
        ),
        (
            say.gettext("Vehicles"),
            f"{say.number(found.vehicles_used)} / {say.number(found.vehicles_of)}",
            say.ngettext("{count} trip", "{count} trips", found.trips),
        ),
        (say.gettext("Distance"), say.gettext("{number} km", number=say.number(found.distance_km)), driving),
        (say.gettext("Energy"), _kwh(found.energy_kwh, say), on_the_way),
        (
            say.gettext("Lowest charge"),
            say.percent(lowest.soc) if lowest else "–",
            plain(lowest.vehicle_id) if lowest else "",
        ),
        (say.gettext("Cost"), money(say, found.cost.total, currency), ", ".join(costs)),
    )


def _behind(view: PlanView, found: Kpis) -> dict[str, str]:
    """Return what stands behind the question mark of a figure, by its label."""
    say, currency = words(), view.plan.day.currency
    kinds = [f"{say.gettext(kind)} {money(say, paid, currency)}" for kind, paid in cost_kinds(found.cost).items()]
    helps = {
        say.gettext("Cost"): ", ".join(kinds),
        say.gettext("Energy"): say.gettext("{energy} charged overnight", energy=_kwh(found.night_kwh, say)),
    }
    spans = [
        say.gettext("{begin} to {end}", begin=view.clock(span.start_s), end=view.clock(span.end_s))
        + f": {say.percent(span.speed)}"
        for span in view.plan.day.traffic
    ]
    if spans:
        helps[say.gettext("Distance")] = say.gettext(
            "Traffic, in percent of the usual pace: {spans}", spans=", ".join(spans)
        )
    return helps


def _short_tomorrow(view: PlanView, route: Route) -> str:
    vehicle, night, say = view.vehicle(route), route.night, words()
    assert night is not None
    return say.gettext(
        "{vehicle}: {energy} Wh short at {time}: {why} ({place})",
        vehicle=plain(vehicle.id),
        energy=say.number(night.missing_wh),
        time=view.clock(night.until_s),
        why=say.gettext(view.shortage_reason(vehicle)),
        place=plain(vehicle.depot_id),
    )


def _kwh(kwh: float, say: Words) -> str:
    return say.gettext("{number} kWh", number=say.number(kwh, 1))


def _vehicle_choice(plan: Plan) -> str | None:
    """Offer the vehicles in their colours; the one chosen is shown alone. A click on the map chooses too."""
    ids = [route.vehicle_id for route in plan.routes]
    if st.session_state.get(ONLY) not in {None, *ids}:
        st.session_state[ONLY] = None
    look = page_look()
    swatches = {id: f':color[■]{{foreground="{look.vehicle(n)}"}} {plain(id)}' for n, id in enumerate(ids)}
    return st.pills(
        words().gettext("Vehicle"), ids, key=ONLY, format_func=swatches.__getitem__, label_visibility="collapsed"
    )


def _take_pick(map_key: str) -> None:
    """Show the clicked vehicle alone; a second click on it shows all again."""
    picked = picked_vehicle(st.session_state[map_key].selection)
    if picked is not None:
        st.session_state[ONLY] = None if picked == st.session_state[ONLY] else picked


def _map(job: Job, view: PlanView, only: str | None) -> None:
    say = words()
    with st.spinner(say.gettext("Reading streets")):
        streets = cached_streets(job.streets)
    deck = plan_map(view, street_paths(streets), page_look(), say, only=only)
    # Another key is another map, so that no click is left from the one before to fade everything else.
    key = f"plan-map-{only}"
    st.pydeck_chart(deck, height=PLAN_PX[1], key=key, on_select=partial(_take_pick, key))
    told = [
        say.gettext("Click a route to see its vehicle alone, its stops numbered by trip; click again to see all."),
        say.gettext("D depot, C charging station, red not planned."),
    ]
    if len(view.plan.day.orders) > MOST_STOPS:
        told.append(say.gettext("The first {number} stops are drawn.", number=say.number(MOST_STOPS)))
    st.caption(" ".join([*told, say.gettext("Streets: {source}", source=plain(streets.attribution))]))


def _lists(job: Job, view: PlanView, routes: Sequence[Route]) -> None:
    left_out, say = view.plan.unassigned, words()
    docks = any(depot.docks for depot in view.plan.day.depots)
    names = [
        say.gettext("Stops"),
        say.gettext("Battery"),
        say.gettext("Plugs and docks") if docks else say.gettext("Plugs"),
        say.gettext("Night"),
        say.gettext("Left out ({number})", number=say.number(len(left_out))),
        say.gettext("Harder days"),
        say.gettext("Files"),
    ]
    stops, battery, plugs, night, missing, harder, files = st.tabs(names)
    with stops:
        st.dataframe(_stops(view, routes), hide_index=True, height=LIST_PX)
    with battery:
        if routes:
            with st.container(height=LIST_PX, border=False):
                st.altair_chart(charge_chart(view, routes, page_look(), say), width="stretch")
            st.caption(say.gettext("Charge over the day; the red line is the reserve."))
    with plugs:
        _plugs(view)
    with night:
        _night(view)
    with missing:
        if left_out:
            left.show(job, view, height_px=LIST_PX)
        else:
            st.text(say.gettext("Every order is planned."))
    with harder:
        harder_days.show(job, view)
    with files:
        _downloads(job)
        handouts.show(job, view.plan)


def _plugs(view: PlanView) -> None:
    say = words()
    chart = plug_chart(view, page_look(), say)
    if chart is None:
        st.text(say.gettext("Nobody charges on the way."))
    else:
        st.altair_chart(chart, width="stretch")
    docks = dock_chart(view, page_look(), say)
    if docks is not None:
        st.altair_chart(docks, width="stretch")


def _night(view: PlanView) -> None:
    say = words()
    chart = night_chart(view, page_look(), say)
    if chart is None:
        st.text(say.gettext("Nobody charges overnight."))
        return
    st.altair_chart(chart, width="stretch")
    st.dataframe(_night_rows(view), hide_index=True)


def _night_rows(view: PlanView) -> dict[str, Sequence[object]]:
    rows = [(route, charge) for route in view.plan.routes if route.night for charge in route.night.charges]
    rows.sort(key=lambda row: (row[1].begin_s, row[1].plug_id))
    say, currency = words(), view.plan.day.currency
    return {
        say.gettext("vehicle"): [route.vehicle_id for route, _ in rows],
        say.gettext("plug"): [charge.plug_id for _, charge in rows],
        say.gettext("from"): [view.clock(charge.begin_s) for _, charge in rows],
        say.gettext("until"): [view.clock(charge.end_s) for _, charge in rows],
        "kWh": [say.number(charge.wh / 1_000, 2) for _, charge in rows],
        "kW": [say.number(charge.power_w / 1_000, 2) for _, charge in rows],
        say.gettext("cost"): [say.money(charge.cost, currency) for _, charge in rows],
    }


def _stops(view: PlanView, routes: Sequence[Route]) -> dict[str, Sequence[object]]:
    rows = [(route, step, number) for route in routes for step, number in numbered(route)][: 2 * MOST_STOPS]
    orders, say = [view.order_at(step) for _, step, _ in rows], words()
    return {
        say.gettext("vehicle"): [route.vehicle_id for route, _, _ in rows],
        say.gettext("stop"): ["" if number is None else f"{step.trip}.{number}" for _, step, number in rows],
        say.gettext("what"): [say.gettext(step.kind.value) for _, step, _ in rows],
        say.gettext("where"): [step.place_id for _, step, _ in rows],
        say.gettext("at"): [view.clock(step.begin_s) for _, step, _ in rows],
        say.gettext("until"): [view.clock(step.end_s) for _, step, _ in rows],
        say.gettext("battery"): [
            say.percent(step.stored_end_wh / view.vehicle(route).type.battery_wh) for route, step, _ in rows
        ],
        say.gettext("address"): [order.address if order else "" for order in orders],
        "kg": [_weight(order.demand_kg, say) if order else "" for order in orders],
        say.gettext("plug"): [step.plug_id if step.kind is StepKind.CHARGE else "" for _, step, _ in rows],
        say.gettext("notes"): [order.notes if order else "" for order in orders],
    }


def _weight(kg: float, say: Words) -> str:
    """Return a weight with as many decimals as it needs, up to two."""
    return say.number(kg, len(f"{round(kg, 2):g}".partition(".")[2]))


def _downloads(job: Job) -> None:
    say = words()
    for name, (label, mime) in FILES.items():
        path = job.result(name)
        if path.exists():
            st.download_button(
                f"{say.gettext(label)} · {name}",
                path.read_bytes,
                name,
                mime,
                on_click="ignore",
                icon=":material/download:",
            )
