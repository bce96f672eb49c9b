"""The card of vehicles on the orders page: the demo's, those of a file, or a few answers."""

from __future__ import annotations

import statistics
from collections import Counter
from dataclasses import replace
from datetime import time
from zoneinfo import available_timezones

import state
import streamlit as st
from fleet_form import SimpleFleet, fleet_toml
from state import Workspace
from words import explain, plain

from planner.catalogue import type_names, vehicle_type
from planner.errors import PlannerError
from planner.io.fleet import read_fleet

USUAL_ZONE = "Europe/Berlin"


def show(work: Workspace) -> None:
    """Draw the card."""
    st.markdown(f"**Vehicles** · {plain(work.draft.fleet.name)}")
    try:
        vehicles = read_fleet(work.draft.fleet, day=work.draft.day).vehicles
    except PlannerError as error:
        st.error(explain(error), icon=":material/error:")
    else:
        counts = Counter(vehicle.type.name for vehicle in vehicles)
        st.text(", ".join(f"{count} x {name}" for name, count in counts.most_common(4)))
    with st.popover("Other vehicles", icon=":material/electric_rickshaw:"):
        _own_file(work)
        _answers(work)
        if work.draft.fleet != state.demo_draft().fleet:
            st.button("Back to the demo's vehicles", on_click=_take_demo, args=(work,))


def _own_file(work: Workspace) -> None:
    st.file_uploader("A fleet file", type=["toml"], key="fleet-file", on_change=_take_file, args=(work,))


def _take_file(work: Workspace) -> None:
    uploaded = st.session_state["fleet-file"]
    if uploaded is not None:
        work.change(replace(work.draft, fleet=work.keep(uploaded.getvalue(), uploaded.name)))


def _take_demo(work: Workspace) -> None:
    work.change(replace(work.draft, fleet=state.demo_draft().fleet))


def _answers(work: Workspace) -> None:
    lat, lon = _middle(work)
    with st.form("fleet-form"):
        st.markdown("**Or so many of one type**")
        kind, count = st.columns([2, 1])
        type_name = kind.selectbox("Type", type_names(), index=type_names().index("ami-cargo"), format_func=_type_words)
        number = count.number_input("Vehicles", min_value=1, max_value=100, value=4)
        north, east, sockets = st.columns(3)
        depot_lat = north.number_input("Depot latitude", -90.0, 90.0, lat, format="%.5f")
        depot_lon = east.number_input("Depot longitude", -180.0, 180.0, lon, format="%.5f")
        plugs = sockets.number_input("Plugs, 2.3 kW", min_value=0, max_value=100, value=2)
        begin, end, zone = st.columns(3)
        begin_at = begin.time_input("Shift begins", time(8, 30))
        end_at = end.time_input("Shift ends", time(18))
        zones = sorted(available_timezones())
        here = st.context.timezone or USUAL_ZONE
        zone_name = zone.selectbox("Time zone", zones, index=zones.index(here if here in zones else USUAL_ZONE))
        if st.form_submit_button("Use these vehicles", type="primary"):
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
            st.rerun()


def _type_words(name: str) -> str:
    kind = vehicle_type(name)
    return f"{name}: {kind.payload_kg:.0f} kg, {kind.battery_wh / 1_000:.1f} kWh"


def _middle(work: Workspace) -> tuple[float, float]:
    """Return where a depot might be: amid the orders, or else amid the streets."""
    read = work.read[1] if work.read else None
    if read is not None and read.day.orders:
        orders = read.day.orders
        return statistics.median(order.lat for order in orders), statistics.median(order.lon for order in orders)
    west, south, east, north = state.cached_streets(work.draft.streets).bbox
    return (south + north) / 2, (west + east) / 2
