"""What is selected, in every part of the page at once: one order, one vehicle."""

from __future__ import annotations

import streamlit as st

from planner.report.view import PlanView

ORDER, VEHICLE = "order-shown", "vehicle-shown"


def selected_order(view: PlanView) -> str | None:
    """Return the id of the selected order, None where it is not of this day."""
    id = st.session_state.get(ORDER)
    return id if id in view.orders else None


def selected_vehicle(view: PlanView) -> str | None:
    """Return the id of the selected vehicle, None where it is not of this day."""
    id = st.session_state.get(VEHICLE)
    return id if id in view.vehicles else None


def select_order(id: str | None, view: PlanView) -> None:
    """Select an order with the vehicle that serves it; None, or the same again, selects no order."""
    st.session_state[ORDER] = None if id == st.session_state.get(ORDER) else id
    if st.session_state[ORDER] is not None:
        st.session_state[VEHICLE] = view.vehicle_of.get(id or "")


def select_vehicle(id: str | None, view: PlanView) -> None:
    """Select a vehicle alone; the same again selects none."""
    st.session_state[VEHICLE] = None if id == st.session_state.get(VEHICLE) else id
    order = st.session_state.get(ORDER)
    if order is not None and view.vehicle_of.get(order) != st.session_state[VEHICLE]:
        st.session_state[ORDER] = None
