"""The orders that a plan leaves out: why, and on request what would make each of them fit."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from jobs import Explaining, Job
from phrases import left_out_words, reason_words, repair_words, shortfall_words
from selection import select_order, selected_order
from words import capital, more, plain, words

from planner.explained import Explanation
from planner.plan import Unassigned
from planner.report.explained import CUT, GRADE_TEXT, NO_REPAIR
from planner.report.view import PlanView

POLL_S = 0.5
MOST_LISTED = 50  # with a button each; a table shows them all


def show(job: Job, view: PlanView, *, edited: bool, height_px: int) -> None:
    """List what is left out, each order with a button that selects it, and one that explains it in a kept plan."""
    missing, say = view.plan.unassigned, words()
    if not missing:
        st.text(say.gettext("Every order is planned."))
        return
    with st.container(height=height_px, border=False):
        if len(missing) > MOST_LISTED:
            st.dataframe(_table(view), hide_index=True)
            st.caption(
                say.gettext(
                    "The first {number} can be explained here, the others by planner explain.",
                    number=say.number(MOST_LISTED),
                )
            )
        for one in missing[:MOST_LISTED]:
            _order(job, view, one, edited=edited)


def _table(view: PlanView) -> dict[str, Sequence[object]]:
    missing, say = view.plan.unassigned, words()
    return {
        say.gettext("order"): [one.order_id for one in missing],
        say.gettext("reason"): [reason_words(say, one) for one in missing],
        say.gettext("detail"): [one.detail for one in missing],
        say.gettext("address"): [view.orders[one.order_id].address for one in missing],
    }


def _order(job: Job, view: PlanView, one: Unassigned, *, edited: bool) -> None:
    text, choose, button = st.columns([3, 1, 1], vertical_alignment="center")
    address, say = view.orders[one.order_id].address, words()
    where = f"  \n{plain(address)}" if address else ""
    text.markdown(f"**{plain(one.order_id)}** {left_out_words(say, one)}{where}")
    chosen = selected_order(view) == one.order_id
    choose.button(
        say.gettext("Select"),
        key=f"place-{one.order_id}",
        type="primary" if chosen else "secondary",
        on_click=select_order,
        args=(one.order_id, view),
        width="stretch",
    )
    begun = job.explaining.get(one.order_id)
    key = f"explain-{one.order_id}"
    if button.button(say.gettext("Explain"), key=key, disabled=begun is not None or edited, width="stretch"):
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
    st.caption(words().gettext("Trying what would make it fit: window, shift, plugs, vehicles"))


def _explained(view: PlanView, found: Explanation) -> None:
    say = words()
    lines = [f"- {plain(one.type_name)}: {plain(shortfall_words(say, one))}" for one in found.shortfalls]
    st.markdown("\n".join([f"{capital(say.gettext(GRADE_TEXT[found.grade]))}.", "", *lines]))
    mended = [
        f"- {plain(repair_words(say, view, one))} ({more(say, one.extra_cost, view.plan.day.currency)})"
        for one in found.repairs
    ]
    if mended:
        st.markdown("\n".join([say.gettext("It fits with one of these, each audited:"), "", *mended]))
    elif not found.cut:
        st.text(f"{capital(say.gettext(NO_REPAIR))}.")
    if found.cut:
        st.caption(f"{capital(say.gettext(CUT))}.")
