"""The lists of a plan: stops, plugs and docks, the night."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import islice

import streamlit as st
from charts import dock_chart, night_chart, plug_chart, power_chart
from hands import Drawn
from look import page_look
from maps import MOST_STOPS
from selection import select_order, select_vehicle, selected_order
from words import words

from planner.language.words import Words
from planner.plan import Route, Step, StepKind
from planner.report.view import PlanView, numbered

Row = tuple[Route, Step, int | None]


def stops(drawn: Drawn, routes: Sequence[Route], *, asked: str, version: int, height_px: int) -> None:
    """Draw the stops of some routes that have a text in them; a row that is chosen is selected everywhere."""
    # Other rows are another table: the browser would take what it had chosen in the old one back.
    key = f"stops-{version}-{asked}-{'-'.join(route.vehicle_id for route in routes)}"
    view = drawn.view
    every = drawn.once("rows", lambda: _rows(view.plan.routes))
    columns = drawn.once(("stops", words().language), lambda: _stops(view, every))
    shown = {route.vehicle_id for route in routes}
    found = (at for at, row in enumerate(every) if row[0].vehicle_id in shown and _has(view, row, asked.casefold()))
    wanted = list(islice(found, 2 * MOST_STOPS))
    rows = [every[at] for at in wanted]
    chosen = selected_order(view)
    marked = [at for at, (_, step, _) in enumerate(rows) if step.serves and step.place_id == chosen]
    st.session_state[key] = {"selection": {"rows": marked[:1], "cells": []}}
    st.dataframe(
        {name: [cells[at] for at in wanted] for name, cells in columns.items()},
        hide_index=True,
        height=height_px,
        key=key,
        on_select=partial(_take_row, key, view, rows, marked[:1]),
        selection_mode=["single-row", "single-cell"],
    )


def _take_row(key: str, view: PlanView, rows: Sequence[Row], marked: Sequence[int]) -> None:
    """Select what the row stands for that was drawn there, by its id; a click on any of its cells does."""
    found = st.session_state[key]["selection"]
    picked = [row for row, _ in found["cells"]] or found["rows"]
    if picked == marked:  # the browser says again what the page has chosen there
        return
    if not picked:
        select_order(None, view)
        return
    route, step, _ = rows[picked[0]]
    if step.serves:
        select_order(step.place_id, view)
    else:
        select_vehicle(route.vehicle_id, view)


def _rows(routes: Sequence[Route]) -> list[Row]:
    return [(route, step, number) for route in routes for step, number in numbered(route)]


def _has(view: PlanView, row: Row, asked: str) -> bool:
    """Say whether a text is in what a user knows a stop by."""
    if not asked:
        return True
    route, step, _ = row
    order = view.order_at(step)
    told = [step.place_id, route.vehicle_id, *((order.address, order.notes) if order else ())]
    return any(asked in text.casefold() for text in told)


def plugs(view: PlanView) -> None:
    """Draw who is at which plug and dock."""
    say = words()
    chart = plug_chart(view, page_look(), say)
    if chart is None:
        st.text(say.gettext("Nobody charges on the way."))
    else:
        st.altair_chart(chart, width="stretch")
    power = power_chart(view, page_look(), say)
    if power is not None:
        st.altair_chart(power, width="stretch")
        st.caption(say.gettext("Power of all plugs of a depot; the red line is the limit of its site."))
    docks = dock_chart(view, page_look(), say)
    if docks is not None:
        st.altair_chart(docks, width="stretch")


def night(view: PlanView) -> None:
    """Draw who charges overnight, and list it."""
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


def _stops(view: PlanView, rows: Sequence[Row]) -> dict[str, Sequence[object]]:
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
