"""The card of what is selected: an order, and where it may go instead, or a vehicle."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import partial

import state
import streamlit as st
from hands import Hands, trips_of
from phrases import left_out_words
from selection import selected_order, selected_vehicle
from words import more, plain, words

from planner.dispatch.edits import Charge, Move, Remove, SetLock
from planner.dispatch.slots import Slot
from planner.language.words import Words
from planner.plan import Lock, LockKind, Plan
from planner.report.view import PlanView
from views.edit_bar import attempt, make

SLOTS = "slots-of"
MOST_SLOTS = 50
ORDER_PX, VEHICLE_PX, SLOTS_PX = 188, 130, 100
Place = tuple[int | None, int | None]  # trip and position, from 1; None for wherever it costs least


def show(hands: Hands, view: PlanView) -> int:
    """Draw the card, if anything is selected; return its height."""
    order, vehicle = selected_order(view), selected_vehicle(view)
    if order is None and vehicle is None:
        return 0
    height_px = VEHICLE_PX if order is None else ORDER_PX
    with st.container(border=True, key="selected", height=height_px):
        if order is None:
            _vehicle(hands, vehicle or "")
        else:
            _order(hands, view, order)
    # Measured while the user reads, so that the first edit is as quick as the others.
    if not hands.opened:
        state.registry().use_desk(hands)
        threading.Thread(target=hands.open_early, daemon=True).start()
    return height_px


def _order(hands: Hands, view: PlanView, id: str) -> None:
    say = words()
    order, at = view.orders[id], view.stop_of.get(id)
    told = [f"**{plain(id)}**", plain(order.address)] if order.address else [f"**{plain(id)}**"]
    told += [
        say.gettext("{begin} to {end}", begin=view.clock(w.start_s), end=view.clock(w.end_s)) for w in order.windows
    ]
    told.append(say.gettext("{number} kg", number=say.number(order.demand_kg, 1)))
    head = " · ".join(told)
    if at is None:
        missing = next(one for one in view.plan.unassigned if one.order_id == id)
        st.markdown(f"{head}  \n{left_out_words(say, missing)}")
        if _slots(hands, view, id):
            return
    else:
        step, number = at
        where = say.gettext("trip {trip}, stop {number}", trip=step.trip, number=number)
        clocks = _span(view, step.begin_s, step.end_s, say)
        st.markdown(f"{head}  \n{plain(view.vehicle_of[id])} · {where} · {clocks}")
    _move(hands, view, id)
    if at is not None:
        _actions(hands, view, id)


def _span(view: PlanView, begin_s: int, end_s: int, say: Words) -> str:
    return say.gettext("{begin} to {end}", begin=view.clock(begin_s), end=view.clock(end_s))


def _move(hands: Hands, view: PlanView, id: str) -> None:
    """Offer every place that the order may go to, whether or not it is allowed there."""
    say, plan, version = words(), hands.plan, hands.version
    vehicles = [vehicle.id for vehicle in plan.day.vehicles]
    now = view.vehicle_of.get(id)
    to, place, go = st.columns([1, 1.6, 0.8], vertical_alignment="bottom", gap="small")
    vehicle = to.selectbox(
        say.gettext("Vehicle"),
        vehicles,
        index=vehicles.index(now) if now else 0,
        key=f"to-{id}-{version}",
        label_visibility="collapsed",
    )
    places = _places(view, plan, id, vehicle, say)
    chosen = place.selectbox(
        say.gettext("Place"),
        list(places),
        format_func=places.__getitem__,
        key=f"place-{id}-{vehicle}-{version}",
        label_visibility="collapsed",
    )
    go.button(
        say.gettext("Move"),
        key="move",
        type="primary",
        on_click=make,
        args=(hands, Move(order=id, vehicle=vehicle, trip=chosen[0], position=chosen[1]), version),
        width="stretch",
    )


def _places(view: PlanView, plan: Plan, id: str, vehicle: str, say: Words) -> dict[Place, str]:
    """Return every place on a vehicle in words."""
    found: dict[Place, str] = {(None, None): say.gettext("where it costs least")}
    trips = trips_of(plan, vehicle)
    for number, trip in enumerate(trips, start=1):
        others = [other for other in trip if other != id]
        for position, other in enumerate(others, start=1):
            clock = view.clock(view.stop_of[other][0].begin_s)
            found[number, position] = say.gettext(
                "trip {trip}: before {order}, {time}", trip=number, order=other, time=clock
            )
        found[number, len(others) + 1] = say.gettext("trip {trip}: at its end", trip=number)
    found[len(trips) + 1, None] = say.gettext("a new trip")
    return found


def _actions(hands: Hands, view: PlanView, id: str) -> None:
    say, version = words(), hands.version
    vehicle, trip = view.vehicle_of[id], view.stop_of[id][0].trip
    with st.container(horizontal=True, gap="small"):
        st.button(
            say.gettext("Leave out"),
            key="leave-out",
            icon=":material/remove_circle:",
            on_click=make,
            args=(hands, Remove(order=id), version),
        )
        _lock(hands, LockKind.ORDER, id)
        with st.popover(say.gettext("Charge"), icon=":material/ev_station:"):
            here = {
                say.gettext("before trip {trip}, at the depot", trip=trip): Charge(vehicle=vehicle, trip=trip),
                say.gettext("after this order, at a station"): Charge(vehicle=vehicle, after=id),
            }
            _charge(hands, here)


def _charge(hands: Hands, places: dict[str, Charge]) -> None:
    say, version = words(), hands.version
    place = st.radio(say.gettext("Where"), list(places))
    minutes = st.number_input(
        say.gettext("Minutes; none for as long as it is quick, 0 for no charge"), 0, 1_440, None, step=5
    )
    wanted = places[place]
    edit = Charge(vehicle=wanted.vehicle, trip=wanted.trip, after=wanted.after, minutes=minutes)
    st.button(say.gettext("Charge there"), key="charge-there", on_click=make, args=(hands, edit, version))


def _lock(hands: Hands, kind: LockKind, id: str) -> None:
    say = words()
    locked = Lock(kind=kind, id=id) in hands.plan.locks
    of = {
        LockKind.ORDER: (say.gettext("Lock to its vehicle"), say.gettext("Unlock")),
        LockKind.VEHICLE: (say.gettext("Lock its route"), say.gettext("Unlock its route")),
    }
    st.button(
        of[kind][locked],
        key=f"lock-{kind}",
        icon=":material/lock_open:" if locked else ":material/lock:",
        on_click=make,
        args=(hands, SetLock(kind=kind, id=id, on=not locked), hands.version),
    )


def _vehicle(hands: Hands, id: str) -> None:
    say = words()
    vehicle = next(one for one in hands.plan.day.vehicles if one.id == id)
    trips = trips_of(hands.plan, id)
    count = say.ngettext("{count} stop", "{count} stops", sum(map(len, trips)))
    st.markdown(f"**{plain(id)}** · {plain(vehicle.type.name)} · {count}")
    with st.container(horizontal=True, gap="small"):
        _lock(hands, LockKind.VEHICLE, id)
        if trips:
            with st.popover(say.gettext("Charge"), icon=":material/ev_station:"):
                places = {
                    say.gettext("before trip {trip}, at the depot", trip=number): Charge(vehicle=id, trip=number)
                    for number in range(1, len(trips) + 1)
                }
                _charge(hands, places)
    st.caption(say.gettext("Select a stop to move it, to leave it out, or to lock it."))


def _slots(hands: Hands, view: PlanView, id: str) -> bool:
    """Offer to look for slots, and list them, cheapest first; return whether any are listed."""
    say, version = words(), hands.version
    asked = (id, version)
    if st.session_state.get(SLOTS) != asked:
        st.button(
            say.gettext("Where does it fit?"),
            key="find-slots",
            icon=":material/search:",
            on_click=attempt,
            args=(partial(_find, hands, asked),),
        )
        return False
    slots = hands.slots(id)[:MOST_SLOTS]
    if not slots:
        st.text(say.gettext("It fits nowhere beside the planned orders. Explain tells what would make it fit."))
        return False
    listed, go = st.columns([4, 1], vertical_alignment="bottom", gap="small")
    picked = listed.dataframe(
        _slot_rows(view, slots, say),
        hide_index=True,
        height=SLOTS_PX,
        key=f"slots-{id}-{version}",
        on_select="rerun",
        selection_mode="single-row-required",
    )
    rows = picked["selection"]["rows"]
    go.button(
        say.gettext("Put it there"),
        key="take-slot",
        type="primary",
        disabled=not rows,
        on_click=attempt,
        args=(partial(_take, hands, id, rows[0] if rows else 0, version),),
        width="stretch",
    )
    return True


def _find(hands: Hands, asked: tuple[str, int]) -> None:
    state.registry().use_desk(hands)
    hands.slots(asked[0])
    st.session_state[SLOTS] = asked


def _take(hands: Hands, id: str, number: int, version: int) -> None:
    state.registry().use_desk(hands)
    hands.take(id, number, version=version)


def _slot_rows(view: PlanView, slots: Sequence[Slot], say: Words) -> dict[str, Sequence[object]]:
    currency = view.plan.day.currency
    return {
        say.gettext("vehicle"): [slot.vehicle_id for slot in slots],
        say.gettext("trip"): [
            say.gettext("{trip} (new)", trip=slot.trip) if slot.new_trip else str(slot.trip) for slot in slots
        ],
        say.gettext("stop"): [str(slot.position) for slot in slots],
        say.gettext("arrives"): [view.clock(slot.arrival_s) for slot in slots],
        say.gettext("costs"): [more(say, slot.extra_cost, currency).replace("\\", "") for slot in slots],
        say.gettext("others moved"): [
            ""
            if not slot.moved
            else say.gettext(
                "{count}, at most {minutes} min",
                count=len(slot.moved),
                minutes=round(max(abs(moved.by_s) for moved in slot.moved) / 60),
            )
            for slot in slots
        ],
    }
