"""The page of the fleet: how many vehicles and plugs many days take, and what that costs in a year."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import effort
import state
import streamlit as st
from page_parts import show_report
from sizing_days import days_in, days_of, unpack
from sizing_run import ITERATIONS, MOST_DAYS, MOST_PLUGS, SERVICES, Sizing, Wanted
from state import Workspace
from streamlit.navigation.page import StreamlitPage
from words import explain, plain, words

from planner.errors import PlannerError
from planner.io.fleet import read_fleet
from planner.io.money import read_money
from planner.language.words import Words
from planner.sizing.peaks import COURIER, OVERTIME, RENT

POLL_S = 1.0
REPORT_PX = 640
USUAL_DAYS, USUAL_ORDERS = 10, 60
MOST_LINES = 12  # of what went wrong
SOURCES = {"made up": "Made up", "own": "My own days"}
PEAKS = {COURIER: "Couriers", RENT: "Rented vehicles", OVERTIME: "Overtime"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """The days that were chosen; `put` writes a user's own to the workspace when the run begins."""

    count: int
    orders: int
    put: Callable[[], Path] | None


def show() -> None:
    """Draw the page: a run, what came of it, and the questions for the next."""
    work, say = state.workspace(), words()
    st.subheader(say.gettext("How many vehicles, of which kind, with how many plugs"), anchor=False)
    sizing = work.sizing
    if sizing is not None and sizing.running:
        _working(sizing)
        return
    if sizing is None:
        _questions(work, say)
        return
    if sizing.done:
        _found(sizing, say)
    else:
        _nothing(sizing, say)
    with st.expander(say.gettext("Size for other days or wishes")):
        _questions(work, say)


def page() -> StreamlitPage:
    """Return the page under its title in the language of this session."""
    return st.Page(show, title=words().gettext("Sizing"), icon=":material/garage:", url_path="sizing")


@st.fragment(run_every=POLL_S)
def _working(sizing: Sizing) -> None:
    """Show how far it is; it works on whatever happens to this page."""
    if not sizing.running:
        st.rerun(scope="app")
    far, say = sizing.progress(), words()
    told = say.gettext("Measuring the days")
    if far.routed:
        told = say.gettext(
            "{number} of at most {most} days routed", number=say.number(far.routed), most=say.number(far.most)
        )
    if far.left_s is not None:
        told += " · " + say.gettext("{minutes} min left at most", minutes=say.number(max(1, round(far.left_s / 60))))
    with st.container(border=True):
        bar, stop = st.columns([4, 1], vertical_alignment="center")
        bar.progress(min(far.routed / far.most, 0.99), text=told)
        stop.button(say.gettext("Stop"), on_click=sizing.stop, width="stretch")
        st.caption(say.gettext("You can leave this page: it goes on, also when the screen is closed."))


def _found(sizing: Sizing, say: Words) -> None:
    """Tell the advice, and show the report with its files."""
    st.markdown(f"**{plain(sizing.advice())}**")
    files = {path.name: path.read_bytes for path in sizing.papers()} | {"sizing.zip": sizing.all_files}
    with st.container(horizontal=True, gap="small"):
        for name, read in files.items():
            st.download_button(name, read, name, on_click="ignore", icon=":material/download:")
    show_report(sizing.report(), label=say.gettext("Report"), height_px=REPORT_PX)


def _nothing(sizing: Sizing, say: Words) -> None:
    """Tell why there is no report, and let it go on."""
    told = sizing.told()[-MOST_LINES:]
    if told:
        st.error("  \n".join(plain(line) for line in told), icon=":material/error:")
    else:
        st.warning(say.gettext("Stopped. What was routed is kept."), icon=":material/pause:")
    st.button(say.gettext("Go on"), icon=":material/play_arrow:", on_click=sizing.go_on)


def _questions(work: Workspace, say: Words) -> None:
    """Ask for days, plugs and service, and begin."""
    days_card, wishes_card = (
        column.container(border=True, height="stretch") for column in st.columns([1.2, 1], gap="small")
    )
    with days_card:
        days = _days(work, say)
    with wishes_card:
        wishes = say.gettext("Wishes")
        st.markdown(f"**{wishes}**")
        low, high = st.slider(say.gettext("Plugs at the depot, from and to"), 1, MOST_PLUGS, (1, 4))
        service = st.segmented_control(
            say.gettext("Orders to serve in a year"),
            SERVICES,
            default=SERVICES[-1],
            required=True,
            format_func=_percent,
        )
        peaks = st.segmented_control(
            say.gettext("On days that ask for more than is owned"),
            list(PEAKS),
            default=COURIER,
            required=True,
            format_func=lambda name: say.gettext(PEAKS[name]),
        )
        shifts = st.text_input(
            say.gettext("Shifts to choose from, where not those of the fleet"), placeholder="08:00-16:00,09:00-18:00"
        )
        vans = st.toggle(say.gettext("Compare with vans and cargo bikes"))
        prices = st.file_uploader(
            say.gettext("Your own prices as a TOML file"), type=["toml"], key="sizing-money", help=_about_prices(say)
        )
        _kinds(work, say)
    label = say.gettext("Size the fleet")
    if not st.button(label, type="primary", icon=":material/play_arrow:", disabled=days is None) or days is None:
        return
    try:
        source = days.put() if days.put is not None else None
        money = None if prices is None else work.keep(prices.getvalue(), prices.name)
        if money is not None:
            read_money(money)  # what is wrong with it is told here, not by the run
        work.size(
            Wanted(
                source=source,
                days=days.count,
                orders=days.orders,
                fleet=work.draft.fleet,
                streets=work.draft.streets,
                plugs=(low, high),
                service=service,
                vans=vans,
                peaks=peaks,
                shifts=shifts.strip(),
                money=money,
                iterations=effort.fixed() or ITERATIONS,
            )
        )
    except PlannerError as error:
        st.error(explain(error, say), icon=":material/error:")
        return
    st.rerun()


def _about_prices(say: Words) -> str:
    return say.gettext("Only what differs, in the form of assumptions.toml, which each run writes.")


def _percent(share: int) -> str:
    return words().percent(share / 100)


def _days(work: Workspace, say: Words) -> Days | None:
    """Ask for the days; None while there are none."""
    title = say.gettext("Days")
    st.markdown(f"**{title}**")
    chosen = st.segmented_control(
        title,
        list(SOURCES),
        default="made up",
        required=True,
        format_func=lambda name: say.gettext(SOURCES[name]),
        label_visibility="collapsed",
    )
    if chosen == "made up":
        st.caption(say.gettext("Orders at doors of the chosen streets, more on some days of the week than on others."))
        left, right = st.columns(2)
        count = left.number_input(say.gettext("Number of days"), 1, MOST_DAYS, USUAL_DAYS)
        loaded = len(work.read[1].orders_file.orders) if work.read is not None else 0
        orders = right.number_input(say.gettext("Orders on an ordinary day"), 1, 10_000, loaded or USUAL_ORDERS)
        return Days(count=count, orders=orders, put=None)
    st.caption(
        say.gettext("A CSV file of orders with a column date, or a zip file with YYYY-MM-DD/orders.csv for each day.")
    )
    label = say.gettext("Days as a CSV or zip file")
    handed = st.file_uploader(label, type=["csv", "zip"], key="sizing-days", label_visibility="collapsed")
    if handed is None:
        return None
    data = handed.getvalue()
    if not handed.name.lower().endswith(".zip"):
        return Days(count=days_of(data), orders=0, put=partial(work.keep, data, handed.name))
    try:
        count = days_in(data, name=handed.name)
    except PlannerError as error:
        st.error(explain(error, say), icon=":material/error:")
        return None
    return Days(count=count, orders=0, put=lambda: unpack(data, work.new_folder("days-"), name=handed.name))


def _kinds(work: Workspace, say: Words) -> None:
    """Say which kinds of vehicles may be bought."""
    try:
        kinds = dict.fromkeys(
            vehicle.type.name for vehicle in read_fleet(work.draft.fleet, day=work.draft.day).vehicles
        )
    except PlannerError as error:
        st.error(explain(error, say), icon=":material/error:")
        return
    told = say.gettext(
        "Kinds to choose from: {names}. Choose others on the page Orders.", names=plain(", ".join(kinds))
    )
    st.caption(told)
