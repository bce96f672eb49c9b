"""The card of vehicles on the orders page: the demo's, those of a file, or a few answers."""

from __future__ import annotations

import statistics
from collections import Counter
from dataclasses import replace
from datetime import time
from functools import lru_cache, partial
from zoneinfo import available_timezones

import state
import streamlit as st
from fleet_form import ASSUMED, USUAL_ZONE, SimpleFleet, fleet_toml
from state import Workspace
from words import explain, heading, plain, words

from planner.catalogue import type_names, vehicle_type
from planner.errors import PlannerError
from planner.io.fleet import read_fleet
from planner.language.words import Words

OPEN, TAKEN = "vehicles-open", "vehicles-taken"


def show(work: Workspace) -> None:
    """Draw the card."""
    say = words()
    st.markdown(heading(say.gettext("Vehicles"), plain(work.draft.fleet.name)))
    try:
        vehicles = read_fleet(work.draft.fleet, day=work.draft.day).vehicles
    except PlannerError as error:
        st.error(explain(error, say), icon=":material/error:")
    else:
        counts = Counter(vehicle.type.name for vehicle in vehicles)
        st.text(", ".join(f"{say.number(count)} x {name}" for name, count in counts.most_common(4)))
    if work.draft.fleet.name == ASSUMED:
        st.caption(say.gettext("The depot is assumed amid the streets. Say where it is under Other vehicles."))
    if st.session_state.pop(TAKEN, False):
        st.session_state[OPEN] = False  # it covers the button that plans
    with st.popover(say.gettext("Other vehicles"), icon=":material/electric_rickshaw:", key=OPEN, on_change="rerun"):
        _own_file(work)
        _answers(work)
        if work.draft.fleet != state.demo_draft().fleet:
            st.button(say.gettext("Back to the demo's vehicles"), on_click=_take_demo, args=(work,))


def _own_file(work: Workspace) -> None:
    label = words().gettext("A fleet file")
    st.file_uploader(label, type=["toml"], key="fleet-file", on_change=_take_file, args=(work,))


def _take_file(work: Workspace) -> None:
    uploaded = st.session_state["fleet-file"]
    if uploaded is not None:
        st.session_state[TAKEN] = True
        work.change(replace(work.draft, fleet=work.keep(uploaded.getvalue(), uploaded.name)))


def _take_demo(work: Workspace) -> None:
    work.change(replace(work.draft, fleet=state.demo_draft().fleet))


def _answers(work: Workspace) -> None:
    (lat, lon), say = _middle(work), words()
    with st.form("fleet-form"):
        st.markdown("**" + say.gettext("Or so many of one type") + "**")
        kind, count = st.columns([2, 1])
        type_name = kind.selectbox(
            say.gettext("Type"),
            type_names(),
            index=type_names().index("ami-cargo"),
            format_func=partial(_type_words, say),
        )
        number = count.number_input(say.gettext("Vehicles"), min_value=1, max_value=100, value=4)
        north, east, sockets = st.columns(3)
        depot_lat = north.number_input(say.gettext("Depot latitude"), -90.0, 90.0, lat, format="%.5f")
        depot_lon = east.number_input(say.gettext("Depot longitude"), -180.0, 180.0, lon, format="%.5f")
        plugs = sockets.number_input(
            say.gettext("Plugs, {power} kW", power=say.number(2.3, 1)), min_value=0, max_value=100, value=2
        )
        begin, end, zone = st.columns(3)
        begin_at = begin.time_input(say.gettext("Shift begins"), time(8, 30))
        end_at = end.time_input(say.gettext("Shift ends"), time(18))
        zones = _zones()
        here = st.context.timezone or USUAL_ZONE
        usual = zones.index(here if here in zones else USUAL_ZONE)
        zone_name = zone.selectbox(say.gettext("Time zone"), zones, index=usual)
        if st.form_submit_button(say.gettext("Use these vehicles"), type="primary"):
            answers = SimpleFleet(
                type_name=type_name,
                count=number,
                lat=depot_lat,
                lon=depot_lon,
                plugs=plugs,
                begin=begin_at,
                end=end_at,
                zone=zone_name,
            )
            text = fleet_toml(answers, streets=work.draft.streets.as_posix())
            work.change(replace(work.draft, fleet=work.keep(text.encode(), "fleet.toml")))
            st.session_state[TAKEN] = True
            st.rerun()


@lru_cache
def _zones() -> list[str]:
    """Return the names of all time zones; the system's files are looked through for them."""
    return sorted(available_timezones())


def _type_words(say: Words, name: str) -> str:
    kind = vehicle_type(name)
    load = say.gettext("{number} kg", number=say.number(kind.payload_kg))
    battery = say.gettext("{number} kWh", number=say.number(kind.battery_wh / 1_000, 1))
    return f"{name}: {load}, {battery}"


def _middle(work: Workspace) -> tuple[float, float]:
    """Return where a depot might be: amid the orders, or else amid the streets."""
    read = work.read[1] if work.read else None
    if read is not None and read.day.orders:
        orders = read.day.orders
        return statistics.median(order.lat for order in orders), statistics.median(order.lon for order in orders)
    west, south, east, north = state.cached_streets(work.draft.streets).bbox
    return (south + north) / 2, (west + east) / 2
