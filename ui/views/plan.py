"""The page of the plan: watch it being made, then see what it holds."""

from __future__ import annotations

import effort
import state
import streamlit as st
from jobs import Job
from state import Workspace
from words import explain, plain

from planner.errors import PlannerError
from views import result

POLL_S = 0.5


def show() -> None:
    """Draw the page: nothing yet, a plan in the making, a plan, or why there is none."""
    work = state.workspace()
    job = work.job
    if job is None:
        _nothing(work)
    elif job.running:
        _live(job)
    else:
        _ended(work, job)


PAGE = st.Page(show, title="Plan", icon=":material/route:", url_path="plan")


def _nothing(work: Workspace) -> None:
    st.subheader("No plan yet", anchor=False)
    st.text("Load orders on the first page, or plan the demo day: 150 deliveries in La Serena and Coquimbo, Chile.")
    if st.button("Plan the demo day", type="primary", icon=":material/play_arrow:"):
        work.plan_demo()
        st.rerun()


@st.fragment(run_every=POLL_S)
def _live(job: Job) -> None:
    """Show how far the child process is; it works on whatever happens to this page."""
    if not job.running:
        st.rerun(scope="app")
    best = job.progress()
    with st.container(border=True):
        title, stop = st.columns([4, 1], vertical_alignment="center")
        title.subheader("Stopping, keeping the best plan" if job.cancelled else "Planning", anchor=False)
        stop.button("Stop, keep the best", on_click=job.cancel, disabled=job.cancelled, width="stretch")
        if best is None:
            st.progress(0.0, text="Measuring the roads and finding a first plan")
        else:
            share = best.served / max(best.orders, 1)
            st.progress(min(share, 1.0), text="All orders placed, now cheaper" if share >= 1 else "Placing orders")
        placed, cost, seconds = st.columns(3)
        placed.metric("Orders placed", "–" if best is None else f"{best.served:,} / {best.orders:,}")
        cost.metric("Cost so far", "–" if best is None else f"{best.cost:,.2f} {plain(best.currency)}")
        seconds.metric("Seconds", f"{job.seconds:.0f}")


def _ended(work: Workspace, job: Job) -> None:
    try:
        made = job.plan()
        why = "" if made else plain(job.error())
    except PlannerError as error:
        made, why = None, explain(error)
    if made is None:
        st.error(why, icon=":material/error:")
        _again(work)
        return
    result.show(job, made)
    _again(work)


def _again(work: Workspace) -> None:
    """Offer another search over the same files."""
    if work.draft.orders is None:
        return
    choice, button, _ = st.columns([2, 1, 3], vertical_alignment="bottom")
    efforts = effort.efforts()
    chosen = choice.segmented_control("Search", list(efforts), default=effort.USUAL, required=True, key="effort")
    if button.button("Plan again", icon=":material/refresh:"):
        work.plan(efforts[chosen])
        st.rerun()
