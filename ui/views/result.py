"""What a plan holds: figures, map, stops, batteries, plugs, what is left out, and the files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial

import login
import streamlit as st
from charts import charge_chart
from hands import Drawn, Hands, move_before
from jobs import Job
from look import page_look
from maps import MOST_STOPS, PLAN_PX, picked, plan_map
from page_parts import show_map, show_timeline
from selection import ORDER, VEHICLE, select_order, select_vehicle, selected_order, selected_vehicle
from state import Workspace, cached_streets
from streamlit.delta_generator import DeltaGenerator
from timeline import dropped, lanes, timeline
from words import plain, words

from planner.plan import Plan, Route
from planner.report.kpis import kpis
from planner.report.view import PlanView
from views import edit_bar, figures, handouts, harder_days, left, lists, selected

LIST_PX = PLAN_PX - 45  # below the names of the lists
GAP_PX = 14
FIND, MAP, TIMELINE = "find", "plan-map", "timeline"
LIST, TABS = "list-shown", "lists"


def show(work: Workspace, job: Job, plan: Plan) -> None:
    """Draw everything about a plan that passed the audit, or says what it breaks on purpose, with its edits."""
    hands = work.hands(job, plan)
    view = hands.drawn.view
    # What comes and goes has a place of its own, so that nothing else is taken for something new and drawn anew.
    with st.container(key="kept-on-purpose"):
        if plan.violations and not hands.made:
            st.error(figures.broken(plan), icon=":material/gavel:")
    with st.container(key="figures"):
        figures.show(view, hands.drawn.once(kpis, lambda: kpis(view.plan)))
    with st.container(key="edits"):
        edit_bar.show(work, job, hands)
    _body(work, job, hands, hands.version)


@st.fragment
def _body(work: Workspace, job: Job, hands: Hands, version: int) -> None:
    """Draw what a selection changes, which is quicker than the whole page; what changes more draws that."""
    if not login.passed() or work.job is not job or hands.version != version or edit_bar.outdated():
        st.rerun(scope="app")
    view = hands.drawn.view
    choice, find = st.columns([2.4, 1], vertical_alignment="bottom", gap="small")
    with choice:
        only = _vehicle_choice(view)
    asked = _find(find)
    routes = [route for route in view.plan.routes if only in {None, route.vehicle_id}]
    drawing, beside = st.columns([1.1, 1], gap="small")
    with drawing:
        _map(job, hands.drawn, only)
    with beside:
        with st.container(key="card"):
            card_px = selected.show(hands, view)
        height_px = LIST_PX - (card_px + GAP_PX if card_px else 0)
        _lists(job, hands, routes, asked=asked, height_px=height_px)
    _timeline(hands, only)
    _explain_map(job, view)


def _timeline(hands: Hands, only: str | None) -> None:
    drawn, look, say = hands.drawn, page_look(), words()
    view = drawn.view
    order, now = selected_order(view), datetime.now(UTC)
    of_plan = drawn.once((TIMELINE, look, say.language), lambda: lanes(view, look, say))
    data = timeline(view, of_plan, look, say, only=only, order=order, version=hands.version, now=now)
    take, drop = partial(_take_pick, TIMELINE, view), partial(_take_drop, hands)
    show_timeline(data, key=TIMELINE, on_pick=take, on_drop=drop)


def _take_drop(hands: Hands) -> None:
    """Make the move that a stop was dragged for."""
    version = hands.version
    found = dropped(st.session_state[TIMELINE].dropped, version)
    if found is not None:
        edit_bar.make(hands, move_before(hands.plan, *found), version)


def _vehicle_choice(view: PlanView) -> str | None:
    """Offer the vehicles in their colours; the one chosen is shown alone."""
    order = selected_order(view)
    shown = selected_vehicle(view) if order is None else view.vehicle_of.get(order)
    if st.session_state.get(VEHICLE) != shown:
        st.session_state[VEHICLE] = shown
    look = page_look()
    used = [route.vehicle_id for route in view.plan.routes]
    swatches = {id: f':color[■]{{foreground="{look.vehicle(n)}"}} {plain(id)}' for n, id in enumerate(used)}
    idle = {id: plain(id) for id in view.vehicles if id not in swatches}
    names = swatches | idle
    return st.pills(
        words().gettext("Vehicle"),
        list(names),
        key=VEHICLE,
        format_func=names.__getitem__,
        label_visibility="collapsed",
        on_change=_drop_order,
        args=(view,),
    )


def _find(place: DeltaGenerator) -> str:
    """Ask for a text that the lists are to be narrowed to."""
    say = words()
    hint = say.gettext("Find an order, an address, a note")
    return place.text_input(say.gettext("Find"), key=FIND, placeholder=hint, label_visibility="collapsed")


def _drop_order(view: PlanView) -> None:
    """Another vehicle was chosen: an order that is not on it is no longer selected."""
    order = selected_order(view)
    if order is not None and view.vehicle_of.get(order) != st.session_state[VEHICLE]:
        select_order(order, view)


def _take_pick(part: str, view: PlanView) -> None:
    """Select what was clicked."""
    found = picked(st.session_state[part].picked)
    if found is None:
        return
    if found.order is not None:
        select_order(found.order, view)
    elif found.vehicle is not None:
        select_vehicle(found.vehicle, view)
    else:
        st.session_state[ORDER] = st.session_state[VEHICLE] = None


def _map(job: Job, drawn: Drawn, only: str | None) -> None:
    view, look, say = drawn.view, page_look(), words()
    with st.spinner(say.gettext("Reading streets")):
        streets = cached_streets(job.streets)
    of_plan = drawn.once((MAP, look, say.language), lambda: plan_map(view, streets.sha256, look, say))
    data = of_plan | {"only": only, "order": selected_order(view)}
    show_map(data, streets, key=MAP, height_px=PLAN_PX, on_pick=partial(_take_pick, MAP, view))


def _explain_map(job: Job, view: PlanView) -> None:
    """Say what is on the map; below the timeline, so that nothing moves that out of sight."""
    say, streets = words(), cached_streets(job.streets)
    told = [
        say.gettext("Click a stop or a route to select it; click again to see all."),
        say.gettext("D depot, C charging station, red not planned."),
    ]
    if len(view.plan.day.orders) > MOST_STOPS:
        told.append(say.gettext("The first {number} stops are drawn.", number=say.number(MOST_STOPS)))
    st.caption(" ".join([*told, say.gettext("Streets: {source}", source=plain(streets.attribution))]))


def _lists(job: Job, hands: Hands, routes: Sequence[Route], *, asked: str, height_px: int) -> None:
    view, edited = hands.drawn.view, bool(hands.made)
    left_out, say = view.plan.unassigned, words()
    docks = any(depot.docks for depot in view.plan.day.depots)
    labels = {
        "stops": say.gettext("Stops"),
        "battery": say.gettext("Battery"),
        "plugs": say.gettext("Plugs and docks") if docks else say.gettext("Plugs"),
        "night": say.gettext("Night"),
        "left": say.gettext("Left out ({number})", number=say.number(len(left_out))),
        "harder": say.gettext("Harder days"),
        "files": say.gettext("Files"),
    }
    # Only the list that is looked at is made; its label may change, so it is remembered by its name.
    st.session_state[TABS] = labels[st.session_state.setdefault(LIST, "stops")]
    tabs = st.tabs(list(labels.values()), key=TABS, on_change=_take_list, args=(labels,))
    shown = st.session_state[LIST]
    with tabs[list(labels).index(shown)]:
        if shown == "stops":
            lists.stops(hands.drawn, routes, asked=asked, version=hands.version, height_px=height_px)
        elif shown == "battery":
            _battery(view, routes, height_px=height_px)
        elif shown == "plugs":
            lists.plugs(view)
        elif shown == "night":
            lists.night(view)
        elif shown == "left":
            left.show(job, view, edited=edited, height_px=height_px)
        elif edited:
            st.text(say.gettext("Keep the edits first, or undo them."))
        elif shown == "harder":
            harder_days.show(job, view)
        else:
            handouts.files(job, view.plan)
            handouts.show(job, view.plan)


def _take_list(labels: Mapping[str, str]) -> None:
    st.session_state[LIST] = next(name for name, label in labels.items() if label == st.session_state[TABS])


def _battery(view: PlanView, routes: Sequence[Route], *, height_px: int) -> None:
    say = words()
    if routes:
        with st.container(height=height_px, border=False):
            st.altair_chart(charge_chart(view, routes, page_look(), say), width="stretch")
        st.caption(say.gettext("Charge over the day; the red line is the reserve."))
