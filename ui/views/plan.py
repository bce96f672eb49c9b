"""The page of the plan: watch it being made, then see what it holds."""

from __future__ import annotations

import effort
import state
import streamlit as st
from jobs import Job
from state import Workspace
from streamlit.navigation.page import StreamlitPage
from words import explain, money, plain, words

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


def page() -> StreamlitPage:
    """Return the page under its title in the language of this session."""
    return st.Page(show, title=words().gettext("Plan"), icon=":material/route:", url_path="plan")


def _nothing(work: Workspace) -> None:
    say = words()
    st.subheader(say.gettext("No plan yet"), anchor=False)
    st.text(
        say.gettext(
            "Load orders on the first page, or plan the demo day: 150 deliveries in La Serena and Coquimbo, Chile."
        )
    )
    if st.button(say.gettext("Plan the demo day"), type="primary", icon=":material/play_arrow:"):
        work.plan_demo()
        st.rerun()


@st.fragment(run_every=POLL_S)
def _live(job: Job) -> None:
    """Show how far the child process is; it works on whatever happens to this page."""
    if not job.running:
        st.rerun(scope="app")
    best, say = job.progress(), words()
    with st.container(border=True):
        title, stop = st.columns([4, 1], vertical_alignment="center")
        doing = say.gettext("Stopping, keeping the best plan") if job.cancelled else say.gettext("Planning")
        title.subheader(doing, anchor=False)
        stop.button(say.gettext("Stop, keep the best"), on_click=job.cancel, disabled=job.cancelled, width="stretch")
        if best is None:
            st.progress(0.0, text=say.gettext("Measuring the roads and finding a first plan"))
        else:
            share = best.served / max(best.orders, 1)
            how = say.gettext("All orders placed, now cheaper") if share >= 1 else say.gettext("Placing orders")
            st.progress(min(share, 1.0), text=how)
        placed, cost, seconds = st.columns(3)
        so_far = "–" if best is None else f"{say.number(best.served)} / {say.number(best.orders)}"
        placed.metric(say.gettext("Orders placed"), so_far)
        cost.metric(say.gettext("Cost so far"), "–" if best is None else money(say, best.cost, best.currency))
        seconds.metric(say.gettext("Seconds"), say.number(job.seconds))


def _ended(work: Workspace, job: Job) -> None:
    try:
        made = job.plan()
        why = "" if made else plain(words().gettext(job.error()))
    except PlannerError as error:
        made, why = None, explain(error, words())
    if made is None:
        st.error(why, icon=":material/error:")
        _again(work)
        return
    result.show(work, job, made)
    _again(work)


def _again(work: Workspace) -> None:
    """Offer another search over the same files."""
    if work.draft.orders is None:
        return
    choice, button, _ = st.columns([2, 1, 3], vertical_alignment="bottom")
    efforts, say = effort.efforts(), words()
    chosen = choice.segmented_control(
        say.gettext("Search"),
        list(efforts),
        default=effort.USUAL,
        required=True,
        key="effort",
        format_func=say.gettext,
    )
    if button.button(say.gettext("Plan again"), icon=":material/refresh:"):
        work.plan(efforts[chosen])
        st.rerun()
