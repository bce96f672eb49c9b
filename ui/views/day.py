"""The page of the day: what has happened by now, and the rest planned anew."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import replanning
import state
import streamlit as st
from jobs import Job
from replanning import COLUMNS, Asked
from state import Workspace
from streamlit.navigation.page import StreamlitPage
from words import explain, money, plain, words

from planner.errors import PlannerError
from planner.language.words import Words
from planner.plan import Plan
from planner.report.view import PlanView
from views import plan as plan_page

POLL_S = 0.3
USUAL_S = 8.0  # that a re-plan takes
NOON_S, GRAIN_S = 43_200, 300
EVENTS = {
    "vehicle_out": "vehicle is out",
    "delay": "driver is late",
    "order_new": "new order",
    "order_cancelled": "order is cancelled",
    "window_changed": "other time window",
    "done": "done, later than planned",
    "not_delivered": "nobody was there",
    "soc": "battery holds less",
    "plug_out": "plug is dead",
    "road_closed": "road is closed",
}
ROWS, FILE = "day-rows", "day-file"


def show() -> None:
    """Draw the page: a form over a plan that is there, and what came of the last re-plan."""
    work, say = state.workspace(), words()
    st.subheader(say.gettext("The day goes on"), anchor=False)
    if work.replanning is not None:
        if work.replanning.running:
            _working(work.replanning)
            return
        _take(work, work.replanning, say)
    job, plan = work.job, _plan_of(work)
    if job is None or plan is None:
        st.text(say.gettext("Make a plan, or open one on the page History. When its day goes wrong it is mended here."))
        return
    if work.replanned is not None and work.replanned[0] is job:
        _changes(work.replanned[1], PlanView(plan), say)
    if work.hands(job, plan).made:
        st.warning(say.gettext("There are edits that are not kept. Keep or undo them on the page Plan first."))
        return
    _form(work, job, plan, say)


def page() -> StreamlitPage:
    """Return the page under its title in the language of this session."""
    return st.Page(show, title=words().gettext("Day"), icon=":material/today:", url_path="day")


def _plan_of(work: Workspace) -> Plan | None:
    try:
        return work.job.plan() if work.job is not None and not work.job.running else None
    except PlannerError as error:
        st.error(explain(error, words()), icon=":material/error:")
        return None


@st.fragment(run_every=POLL_S)
def _working(job: Job) -> None:
    """Say that it is at work, until it is not."""
    if not job.running:
        st.rerun(scope="app")
    with st.container(border=True):
        st.progress(min(job.seconds / USUAL_S, 0.99), text=words().gettext("Planning the rest of the day"))
        st.button(words().gettext("Stop"), on_click=job.kill)


def _take(work: Workspace, job: Job, say: Words) -> None:
    """Show the new plan from now on; where there is none say why, and leave the old one."""
    work.replanning = None
    try:
        made = job.plan()
    except PlannerError as error:
        made = None
        st.error(explain(error, say), icon=":material/error:")
    if made is None:
        st.error(plain(say.gettext(job.error())), icon=":material/error:")
        job.discard()
        return
    work.replanned = job, replanning.told(job)
    work.show(job)
    st.session_state.pop(ROWS, None)


def _form(work: Workspace, job: Job, plan: Plan, say: Words) -> None:
    view = PlanView(plan)
    with st.form("replan", border=True):
        clock, price, courier = st.columns([1, 1, 1])
        now = clock.time_input(say.gettext("Planned anew from"), value=_usual_now(plan), step=timedelta(minutes=5))
        currency = plan.day.currency
        move_cost = price.number_input(
            say.gettext("Price of an order that changes its vehicle ({currency})", currency=plain(currency)),
            min_value=0.0,
            value=1.0,
            step=0.5,
        )
        courier_cost = courier.number_input(
            say.gettext("A courier takes an order for ({currency})", currency=plain(currency)),
            min_value=0.0,
            value=None,
            placeholder=say.gettext("no courier"),
        )
        st.caption(say.gettext("What has happened: click into the empty row; leave empty what an event does not need."))
        rows = _table(plan, say)
        uploaded = st.file_uploader(say.gettext("Or a file of events (CSV or JSON)"), type=["csv", "json"], key=FILE)
        left, right = st.columns(2)
        keep_order = left.multiselect(
            say.gettext("Vehicles whose stops keep their order"), [route.vehicle_id for route in plan.routes]
        )
        served = sorted(step.place_id for route in plan.routes for step in route.steps if step.serves)
        keep_vehicle = right.multiselect(say.gettext("Orders that stay on their vehicle"), served)
        label = say.gettext("Plan the rest of the day")
        if st.form_submit_button(label, type="primary", icon=":material/play_arrow:"):
            asked = Asked(
                now=f"{now:%H:%M}" if now is not None else view.clock(0),
                rows=rows,
                file=(uploaded.name, uploaded.getvalue()) if uploaded is not None else None,
                keep_order=keep_order,
                keep_vehicle=keep_vehicle,
                move_cost=move_cost,
                courier=courier_cost,
            )
            work.replanned = None
            work.replanning = replanning.start(work, job, asked)
            st.rerun()


def _usual_now(plan: Plan) -> datetime:
    """Return the present where the plan is of today, else when a third of its stops have begun."""
    zone = ZoneInfo(plan.day.time_zone)
    present = datetime.now(UTC).astimezone(zone)
    if present.date().isoformat() == plan.day.date:
        return present
    ends = sorted(step.begin_s for route in plan.routes for step in route.steps if step.serves) or [12 * 3_600]
    return datetime.fromisoformat(plan.day.date).replace(tzinfo=zone) + timedelta(
        seconds=ends[len(ends) // 3] // 300 * 300
    )


def _table(plan: Plan, say: Words) -> list[dict[str, Any]]:
    """Draw the table of events; return its rows."""
    day, config = plan.day, st.column_config
    empty = pd.DataFrame({column: pd.Series(dtype="object") for column in COLUMNS})
    edited = st.data_editor(
        empty,
        key=ROWS,
        num_rows="dynamic",
        placeholder="",
        hide_index=True,
        column_config={
            "time": config.TextColumn(say.gettext("time"), help="HH:MM", default=f"{_usual_now(plan):%H:%M}"),
            "event": config.SelectboxColumn(
                say.gettext("what"),
                width=150,
                options=list(EVENTS),
                format_func=lambda kind: say.gettext(EVENTS.get(str(kind), str(kind))),
            ),
            "vehicle": config.SelectboxColumn(say.gettext("vehicle"), options=[v.id for v in day.vehicles]),
            "order": config.SelectboxColumn(say.gettext("order"), options=[order.id for order in day.orders]),
            "minutes": config.NumberColumn(say.gettext("minutes"), min_value=0),
            "soc": config.NumberColumn(say.gettext("battery %"), min_value=0, max_value=100),
            "plug": config.SelectboxColumn(
                say.gettext("plug"), options=[plug.id for site in day.sites for plug in site.plugs]
            ),
            "tw_start": config.TextColumn(say.gettext("from"), help="HH:MM"),
            "tw_end": config.TextColumn(say.gettext("until"), help="HH:MM"),
            "id": config.TextColumn(say.gettext("new order")),
            "lat": config.NumberColumn("lat", format="%.6f"),
            "lon": config.NumberColumn("lon", format="%.6f"),
            "radius_m": config.NumberColumn(say.gettext("around, m"), min_value=0),
            "demand_kg": config.NumberColumn("kg", min_value=0),
            "volume_l": config.NumberColumn("l", min_value=0),
            "address": config.TextColumn(say.gettext("address")),
        },
    )
    return [{str(name): value for name, value in row.items()} for row in edited.to_dict("records")]


def _changes(found: dict[str, Any], view: PlanView, say: Words) -> None:
    """Tell what a re-plan has changed."""
    with st.container(border=True, key="replanned"):
        changed = [one for one in found["moved"] if one["from"] and one["to"] and _other_vehicle(one)]
        anew, moved, cost, button = st.columns([2.4, 1, 1, 1], vertical_alignment="center")
        names = ", ".join(plain(id) for id in found["reprint"]) or say.gettext("none")
        title = say.gettext("Manifests to print anew")
        anew.markdown(f"**{title}**  \n{names}")
        moved.metric(say.gettext("Orders on another vehicle"), say.number(len(changed)))
        cost.metric(say.gettext("Cost of the day"), money(say, found["cost"], view.plan.day.currency))
        if button.button(say.gettext("To the plan"), icon=":material/route:", width="stretch"):
            st.switch_page(plan_page.page())
        for text in _notes(found, say):
            st.text(text)
        if changed:
            st.dataframe(_moves(changed, view, say), hide_index=True)


def _other_vehicle(one: dict[str, Any]) -> bool:
    return bool(one["from"]["vehicle"] != one["to"]["vehicle"])


def _notes(found: dict[str, Any], say: Words) -> list[str]:
    lines = [say.gettext("{vehicle} comes to no plug any more", vehicle=id) for id in found["stranded"]]
    lines += [
        say.gettext("{order} is taken over from {vehicle}", order=order, vehicle=vehicle)
        for order, vehicle in found["transfers"].items()
    ]
    lines += [say.gettext("{order} is under way and stays as it was planned", order=id) for id in found["too_late"]]
    lines += [f"{left['order']}: {left['detail']}" for left in found["unassigned"]]
    return lines


def _moves(changed: Sequence[dict[str, Any]], view: PlanView, say: Words) -> dict[str, list[str]]:
    return {
        say.gettext("order"): [one["order"] for one in changed],
        say.gettext("was on"): [one["from"]["vehicle"] for one in changed],
        say.gettext("was at"): [view.clock(one["from"]["begin"]) for one in changed],
        say.gettext("is on"): [one["to"]["vehicle"] for one in changed],
        say.gettext("is at"): [view.clock(one["to"]["begin"]) for one in changed],
    }
