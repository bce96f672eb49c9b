"""The page of inputs: load orders, mend bad rows, choose vehicles, streets and day, and go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import effort
import state
import streamlit as st
from fix_rows import MOST_ROWS, TOLD, mended_csv, rows_to_fix, take_edits
from fleet_form import ASSUMED, assumed_fleet
from look import page_look
from maps import MOST_STOPS, ORDERS_PX, orders_map
from page_parts import show_map
from state import Draft, Workspace
from streamlit.navigation.page import StreamlitPage
from words import DAYS, explain, heading, plain, words

from planner.clock import clock
from planner.demo import demo_folder
from planner.errors import PlannerError
from planner.io.fleet import FleetFile
from planner.io.orders import OrdersFile
from planner.language.words import Words
from planner.model import Order, OrderKind
from planner.pipeline import Inputs
from views import fleet_card, foreign_card, plan

STREETS_OPEN = "streets-open"
STREET_FILES = ["pbf", "osm", "graphml", "npz"]


def show() -> None:
    """Draw the page."""
    work = state.workspace()
    if work.draft.orders is None and work.foreign is None:
        _welcome(work)
    _cards(work)
    if work.foreign is not None:
        foreign_card.show(work)
    if work.draft.orders is None:
        return
    try:
        inputs = work.inputs(work.draft)
    except PlannerError as error:
        st.error(explain(error, words()), icon=":material/error:")
        return
    _summary(work, inputs)
    if inputs.orders_file.rejected:
        _rejected(work, work.draft, inputs.orders_file)
    _orders(inputs)


def page() -> StreamlitPage:
    """Return the page under its title in the language of this session."""
    title = words().gettext("Orders")
    return st.Page(show, title=title, icon=":material/inventory_2:", url_path="orders", default=True)


def _welcome(work: Workspace) -> None:
    say = words()
    text, button = st.columns([4, 1], vertical_alignment="center")
    with text:
        st.subheader(say.gettext("Plan a day of deliveries"), anchor=False)
        st.caption(
            say.gettext(
                "Load your orders below, or see it work first: 150 deliveries with five micro electric vans "
                "in La Serena and Coquimbo, Chile."
            )
        )
    if button.button(say.gettext("Plan the demo day"), type="primary", icon=":material/play_arrow:", width="stretch"):
        work.plan_demo()
        st.switch_page(plan.page())


def _cards(work: Workspace) -> None:
    orders, vehicles, streets = (
        column.container(border=True, height="stretch") for column in st.columns([1.25, 1, 1], gap="small")
    )
    with orders:
        _orders_card(work)
    with vehicles:
        fleet_card.show(work)
    with streets:
        _streets_card(work)


def _orders_card(work: Workspace) -> None:
    say = words()
    file = work.foreign.path if work.foreign is not None else work.draft.orders
    name = plain(file.name) if file else say.gettext("CSV or Excel, from any shop or planner")
    st.markdown(heading(say.gettext("Orders"), name))
    st.file_uploader(
        say.gettext("Orders file"),
        type=["csv", "txt", "tsv", "xlsx", "xlsm"],
        key="orders-file",
        on_change=_take_orders,
        args=(work,),
        label_visibility="collapsed",
    )
    if work.draft.orders is None:
        example = (demo_folder() / "orders.csv").read_bytes()
        label = say.gettext("An example file")
        st.download_button(
            label, example, "orders.csv", "text/csv", on_click="ignore", type="tertiary", icon=":material/download:"
        )


def _take_orders(work: Workspace) -> None:
    uploaded = st.session_state["orders-file"]
    if uploaded is not None:
        work.take_orders(uploaded.getvalue(), uploaded.name)


def _streets_card(work: Workspace) -> None:
    say = words()
    st.markdown(heading(say.gettext("Streets"), plain(work.draft.streets.name)))
    with st.popover(say.gettext("Other streets"), icon=":material/map:", key=STREETS_OPEN, on_change="rerun"):
        st.caption(say.gettext("An extract of OpenStreetMap around your orders, up to 50 MB."))
        label = say.gettext("Streets file")
        st.file_uploader(label, type=STREET_FILES, key="streets-file", on_change=_take_streets, args=(work,))
    day = st.date_input(say.gettext("Day to plan"), value=work.draft.day, format=DAYS[say.language])
    if day != work.draft.day:
        work.change(replace(work.draft, day=day))
        st.rerun()


def _take_streets(work: Workspace) -> None:
    uploaded = st.session_state["streets-file"]
    if uploaded is not None:
        st.session_state[STREETS_OPEN] = False  # it covers the button that plans
        work.change(replace(work.draft, streets=work.keep(uploaded.getvalue(), uploaded.name)))
        _assume_vehicles(work)


def _assume_vehicles(work: Workspace) -> None:
    """Put vehicles amid streets of another city, where the demo's can not come from."""
    draft = work.draft
    if draft.fleet != state.demo_draft().fleet and draft.fleet.name != ASSUMED:
        return
    try:
        streets = state.cached_streets(draft.streets)
    except PlannerError:
        return  # what is wrong with the file is told where it is read
    text = assumed_fleet(streets, file=draft.streets.as_posix(), zone=st.context.timezone)
    work.change(replace(draft, fleet=work.keep(text.encode(), ASSUMED)))


def _summary(work: Workspace, inputs: Inputs) -> None:
    found, say = inputs.orders_file, words()
    kilograms = say.gettext("{number} kg", number=say.number(sum(order.demand_kg for order in found.orders)))
    with_window = say.number(sum(bool(order.windows) for order in found.orders))
    good, bad, weight, timed, go = st.columns([1, 1, 1, 1, 1.4], vertical_alignment="center", gap="small")
    good.metric(say.gettext("Orders understood"), say.number(len(found.orders)), border=True)
    bad.metric(say.gettext("Rows that need a look"), say.number(len(found.rejected) + work.rejected), border=True)
    weight.metric(say.gettext("Weight"), kilograms, border=True)
    timed.metric(say.gettext("With a time window"), with_window, border=True)
    busy = work.job is not None and work.job.running
    count = len(found.orders)
    go_on = say.ngettext("Plan {count} order", "Plan {count} orders", count)
    label = say.gettext("A plan is being made") if busy else go_on
    if go.button(label, type="primary", disabled=busy or not count, width="stretch", icon=":material/route:"):
        work.plan(effort.usual(demo=work.draft == state.demo_draft()))
        st.switch_page(plan.page())
    for note in (*inputs.fleet_file.warnings, *found.warnings)[:5]:
        st.caption(plain(str(note)))


def _rejected(work: Workspace, draft: Draft, found: OrdersFile) -> None:
    say = words()
    with st.container(border=True):
        head = say.gettext("These rows are not planned.")
        what = say.gettext("Mend them in the table and read them again, or leave them out.")
        st.markdown(f"**{head}** {what}")
        key = f"rows-{found.sha256}-{draft.day}"
        base = f"base-{key}"
        if key not in st.session_state:  # the page was just opened: the table starts from what was mended before
            st.session_state[base] = dict(work.fixes)
        st.data_editor(
            rows_to_fix(found, st.session_state[base]),
            key=key,
            on_change=_keep_edits,
            args=(work, found, key, base),
            disabled=TOLD,
            hide_index=True,
            height=min(38 + 35 * len(found.rejected), 250),
            column_config={
                TOLD[0]: st.column_config.NumberColumn(say.gettext(TOLD[0]), width=50),
                TOLD[1]: st.column_config.TextColumn(say.gettext(TOLD[1]), width=330),
                TOLD[2]: st.column_config.TextColumn(say.gettext(TOLD[2]), width=220),
            },
        )
        if len(found.rejected) > MOST_ROWS:
            st.caption(
                say.gettext(
                    "The first {shown} of {total}; mend so many in the file itself.",
                    shown=say.number(MOST_ROWS),
                    total=say.number(len(found.rejected)),
                )
            )
        mended = say.gettext("Read again, {number} mended", number=say.number(len(work.fixes)))
        st.button(
            mended if work.fixes else say.gettext("Read again"),
            icon=":material/refresh:",
            on_click=_read_again,
            args=(work,),
            disabled=not work.fixes,
        )


def _keep_edits(work: Workspace, found: OrdersFile, key: str, base: str) -> None:
    work.fixes = take_edits(found, st.session_state[base], st.session_state[key]["edited_rows"])


def _read_again(work: Workspace) -> None:
    if work.draft.orders is not None:
        data = mended_csv(work.draft.orders, work.fixes)
        work.change(replace(work.draft, orders=work.keep(data, work.draft.orders.name)))


def _orders(inputs: Inputs) -> None:
    table, where = st.columns([1.25, 1], gap="small")
    say = words()
    with table:
        numbers = {name: st.column_config.NumberColumn(format="localized") for name in _numeric(say)}
        st.dataframe(_table(inputs), hide_index=True, height=ORDERS_PX, column_config=numbers)
    with where:
        data = orders_map(inputs.day, inputs.streets.sha256, page_look(), say)
        show_map(data, inputs.streets, key="orders-map", height_px=ORDERS_PX)
        told = [say.gettext("D depot, C charging station.")]
        if len(inputs.day.orders) > MOST_STOPS:
            told.append(say.gettext("The first {number} stops are drawn.", number=say.number(MOST_STOPS)))
        st.caption(" ".join([*told, say.gettext("Streets: {source}", source=plain(inputs.streets.attribution))]))


def _numeric(say: Words) -> tuple[str, ...]:
    """Return the columns of numbers; they stay numbers, so that they sort, and the browser writes them."""
    return "kg", say.gettext("litres"), say.gettext("minutes")


def _table(inputs: Inputs) -> dict[str, Sequence[object]]:
    orders, say = inputs.day.orders, words()
    return {
        say.gettext("order"): [order.id for order in orders],
        say.gettext("address"): [order.address for order in orders],
        "kg": [order.demand_kg for order in orders],
        say.gettext("litres"): [order.volume_l for order in orders],
        say.gettext("time window"): [_windows(order, inputs.fleet_file) for order in orders],
        say.gettext("minutes"): [(order.setup_s + order.service_s) / 60 for order in orders],
        say.gettext("priority"): [say.gettext(order.priority.value) for order in orders],
        **_seldom(inputs),
        say.gettext("notes"): [order.notes for order in orders],
    }


def _seldom(inputs: Inputs) -> dict[str, Sequence[object]]:
    """Return the columns that are shown only where any order has something there."""
    orders, fleet, say = inputs.day.orders, inputs.fleet_file, words()
    local = partial(clock, day=fleet.day, zone=fleet.zone)
    columns: dict[str, Sequence[object]] = {
        say.gettext("type"): [say.gettext("pickup") if order.kind is OrderKind.PICKUP else "" for order in orders],
        say.gettext("released"): [local(order.release_s) if order.release_s else "" for order in orders],
        say.gettext("group"): [order.group for order in orders],
        say.gettext("depot"): [order.depot_id for order in orders],
        say.gettext("pair"): [order.pair for order in orders],
    }
    return {name: values for name, values in columns.items() if any(values)}


def _windows(order: Order, fleet: FleetFile) -> str:
    local = partial(clock, day=fleet.day, zone=fleet.zone)
    spans = ((local(window.start_s), local(window.end_s)) for window in order.windows)
    return ", ".join(words().gettext("{begin} to {end}", begin=begin, end=end) for begin, end in spans)
