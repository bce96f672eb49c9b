"""Orders that come in late: where each fits, what that costs, and the plan with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from planner.dispatch.desk import Desk
from planner.dispatch.slots import Candidate, Offers, Slot, candidates, numbers_of, retimed, slots_for, with_slot
from planner.errors import Fault, InputError, did_you_mean
from planner.model import Order
from planner.plan import Plan
from planner.solve.problem import Problem
from planner.solve.trips import stops_of

HALF_HOUR_S = 1_800


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """All slots of an order, or of a pair told by its pickup, cheapest first."""

    order_id: str
    slots: tuple[Slot, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A window that may be promised: the plan holds with the order served in it, for so much more money."""

    begin_s: int
    end_s: int
    price: float
    slot: Slot


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Windows that follow each other, as one."""

    begin_s: int
    end_s: int
    least_price: float
    most_price: float


def desk_with(desk: Desk, orders: Sequence[Order], *, file: str) -> Desk:
    """Return the desk with new orders. Raises `InputError` E-D51 for ids that the day has already."""
    known = {order.id for order in desk.plan.day.orders}
    faults = [
        Fault(
            code="E-D51",
            file=file,
            id=order.id,
            column="id",
            value=order.id,
            message="is an order of the plan's day already",
            remedy="give it another id, or name the id alone if the plan leaves it out",
        )
        for order in orders
        if order.id in known
    ]
    if faults:
        raise InputError(faults)
    return desk.with_orders(orders)


def refuse_planned(desk: Desk, id: str) -> None:
    """Raise `InputError` E-D41 for an order that the day does not have, E-D52 for one that is planned."""
    served = {step.place_id: route for route in desk.plan.routes for step in route.steps if step.serves}
    if id in served:
        raise InputError(
            Fault(
                code="E-D52",
                file="ORDER",
                value=id,
                message=f"is planned, on {served[id].vehicle_id}",
                remedy="move it with planner edit --move",
            )
        )
    if id not in desk.numbers:
        near = did_you_mean(id, desk.numbers)
        raise InputError(
            Fault(
                code="E-D41",
                file="ORDER",
                value=id,
                message=f"is no file, and no order of the plan's day{near}",
                remedy="give a CSV file, the id of an order that is left out, or --lat, --lon and --demand-kg",
            )
        )


def offers(desk: Desk, ids: Sequence[str]) -> tuple[Offer, ...]:
    """Return the slots of some orders, each as if it alone were put in."""
    return tuple(
        Offer(order_id=desk.day.orders[number].id, slots=slots_for(desk, number)) for number in numbers_of(desk, ids)
    )


def take(desk: Desk, ids: Sequence[str], *, nth: int | None) -> tuple[Plan, tuple[Slot, ...]]:
    """Put orders into the plan one after the other, each at its cheapest slot, or one at its nth slot (from 1).

    Raises `InputError` E-D53 where there is none.
    """
    taken: list[Slot] = []
    plan = desk.plan
    for number in numbers_of(desk, ids):
        slots = slots_for(desk, number)
        if len(slots) < (nth or 1):
            raise InputError(_no_slot(desk.day.orders[number].id, len(slots), nth))
        slot = slots[(nth or 1) - 1]
        plan = with_slot(desk, slot)
        desk = desk.after(plan)
        taken.append(slot)
    return plan, tuple(taken)


def _no_slot(id: str, slots: int, nth: int | None) -> Fault:
    if slots:
        message, remedy = f"there are {slots} slots, not {nth}", "choose one of them, or --take best"
    else:
        message, remedy = "it fits nowhere beside the planned orders", "planner explain tells what would make it fit"
    return Fault(code="E-D53", file="--take", id=id, message=message, remedy=remedy)


def promises(desk: Desk, order: int, *, every_s: int = HALF_HOUR_S) -> tuple[Window, ...]:
    """Return the windows of a length in which an order may be served, and the cheapest slot of each.

    A window counts as the order's own: whoever comes earlier waits for it. It is cut to the windows that the order has,
    and left out where less than half of it remains.
    """
    p = desk.problem
    for stop in stops_of(p, order):
        desk.learn_drives(desk.day.orders[stop])
    judge = Offers(desk)
    places = list(candidates(desk, order))
    begins = [int(p.shift[place.vehicle, 0]) for place in places]
    first_s = min(begins, default=0) // every_s * every_s
    found = []
    for begin_s in range(first_s, p.horizon_s, every_s):
        spans = _within(p, order, begin_s, begin_s + every_s - 1)
        # Nobody is offered the last second of a window of theirs.
        if not places or sum(b + 1 - a for a, b in spans) * 2 < every_s:
            continue
        slot = _cheapest(desk, judge, order, _with_windows(p, order, spans), places)
        if slot is not None:
            window = Window(begin_s=spans[0][0], end_s=spans[-1][1] + 1, price=slot.extra_cost, slot=slot)
            found.append(window)
    return tuple(found)


def _within(p: Problem, order: int, begin_s: int, end_s: int) -> list[tuple[int, int]]:
    """Return the parts of an order's windows, without lateness, that lie in a span."""
    rows = np.column_stack([p.windows[order], p.punctual_s[order]]).tolist()
    cut = {(max(a, begin_s), min(b, punctual, end_s)) for a, b, punctual in rows}
    return sorted((a, b) for a, b in cut if a <= b)


def _with_windows(p: Problem, order: int, spans: list[tuple[int, int]]) -> Problem:
    """Return the problem with other windows of one order."""
    windows, punctual = p.windows.copy(), p.punctual_s.copy()
    rows = (spans * len(windows[order]))[: len(windows[order])]
    windows[order], punctual[order] = rows, [b for _, b in rows]
    return replace(p, windows=windows, punctual_s=punctual)


def _cheapest(desk: Desk, judge: Offers, order: int, p: Problem, places: list[Candidate]) -> Slot | None:
    timed = sorted(retimed(desk, p, places), key=lambda one: one.rank)
    return next((slot for one in timed if (slot := judge.slot(order, one)) is not None), None)


def merged(windows: Sequence[Window]) -> tuple[Span, ...]:
    """Join windows that follow each other."""
    spans: list[Span] = []
    for window in windows:
        if spans and spans[-1].end_s == window.begin_s:
            last = spans[-1]
            spans[-1] = Span(
                begin_s=last.begin_s,
                end_s=window.end_s,
                least_price=min(last.least_price, window.price),
                most_price=max(last.most_price, window.price),
            )
        else:
            spans.append(
                Span(begin_s=window.begin_s, end_s=window.end_s, least_price=window.price, most_price=window.price)
            )
    return tuple(spans)


def told(slot: Slot) -> Mapping[str, Any]:
    """Return a slot as docs/insert.md describes it."""
    return {
        "vehicle": slot.vehicle_id,
        "trip": slot.trip,
        "position": slot.position,
        "new_trip": slot.new_trip,
        "new_vehicle": slot.new_vehicle,
        "arrival": slot.arrival_s,
        "begin": slot.begin_s,
        "extra_cost": slot.extra_cost,
        "extra_m": slot.extra_m,
        "extra_wh": slot.extra_wh,
        "back_later_s": slot.back_by_s,
        "moved": [{"order": m.order_id, "begin": m.begin_s, "later_s": m.by_s} for m in slot.moved],
        "charges": [{"place": c.place_id, "trip": c.trip, "more_wh": c.by_wh} for c in slot.recharged],
        "other_plugs": list(slot.other_plugs),
    }
