"""The orders that a plan leaves out: why, and on request what would make each of them fit."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from jobs import Explaining, Job
from words import plain

from planner.explained import Explanation
from planner.plan import Unassigned
from planner.report.explained import CUT, GRADE_TEXT, NO_REPAIR, repair_text, shortfall_text
from planner.report.view import REASON_TEXT, PlanView

POLL_S = 0.5
MOST_LISTED = 50  # with a button each; a table shows them all


def show(job: Job, view: PlanView, *, height_px: int) -> None:
    """List what is left out, each order with a button that explains it."""
    missing = view.plan.unassigned
    with st.container(height=height_px, border=False):
        if len(missing) > MOST_LISTED:
            st.dataframe(_table(view), hide_index=True)
            st.caption(f"The first {MOST_LISTED} can be explained here, the others by planner explain.")
        for one in missing[:MOST_LISTED]:
            _order(job, view, one)


def _table(view: PlanView) -> dict[str, Sequence[object]]:
    missing = view.plan.unassigned
    return {
        "order": [one.order_id for one in missing],
        "reason": [REASON_TEXT[one.reason] for one in missing],
        "detail": [one.detail for one in missing],
        "address": [view.orders[one.order_id].address for one in missing],
    }


def _order(job: Job, view: PlanView, one: Unassigned) -> None:
    text, button = st.columns([4, 1], vertical_alignment="center")
    address = view.orders[one.order_id].address
    where = f"  \n{plain(address)}" if address else ""
    text.markdown(f"**{plain(one.order_id)}** {REASON_TEXT[one.reason]}: {plain(one.detail)}{where}")
    begun = job.explaining.get(one.order_id)
    key = f"explain-{one.order_id}"
    if button.button("Explain", key=key, disabled=begun is not None, width="stretch"):
        job.explain(one.order_id)
        st.rerun()
    if begun is None:
        return
    if begun.running:
        _waiting(begun)
    elif (found := begun.answer()) is not None:
        _explained(view, found)
    else:
        st.error(plain(begun.error()), icon=":material/error:")


@st.fragment(run_every=POLL_S)
def _waiting(begun: Explaining) -> None:
    """Wait for the child process, whatever else happens on the page."""
    if not begun.running:
        st.rerun(scope="app")
    st.caption("Trying what would make it fit: window, shift, plugs, vehicles")


def _explained(view: PlanView, found: Explanation) -> None:
    lines = [f"- {plain(one.type_name)}: {plain(shortfall_text(one))}" for one in found.shortfalls]
    st.markdown("\n".join([f"{GRADE_TEXT[found.grade].capitalize()}.", "", *lines]))
    money = plain(view.plan.day.currency)
    mended = [f"- {plain(repair_text(view, one))} ({one.extra_cost:+.2f} {money})" for one in found.repairs]
    if mended:
        st.markdown("\n".join(["It fits with one of these, each audited:", "", *mended]))
    elif not found.cut:
        st.text(f"{NO_REPAIR.capitalize()}.")
    if found.cut:
        st.caption(f"{CUT.capitalize()}.")
