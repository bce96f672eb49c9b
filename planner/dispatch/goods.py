"""Orders that are not where the plan has them: new ones, stuck ones, and those that nobody took in."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace

from planner.dispatch.desk import Desk
from planner.dispatch.events import Event
from planner.dispatch.facts import Facts
from planner.errors import Fault, InputError
from planner.model import Day, Order, OrderKind, Spot, TimeWindow
from planner.solve.solution import Tour, Visit

HANDOVER_S = 120  # to take over a parcel from a vehicle that has broken down
TRIED = "@tried-"


def with_late_orders(
    desk: Desk, facts: Facts, events: Sequence[Event], windows: Mapping[str, TimeWindow], *, now_s: int
) -> tuple[Desk, Facts]:
    """Return the desk with new orders, whose goods are there from now on, and what is not where it should be.

    `windows` are other ones of orders, which hold where no trip with them has begun.

    A stuck order is fetched where its vehicle stands, which is where that ends, and brought to its customer. One that
    comes back to the depot may leave it again; of one for which nobody was there the stop stays, under another name.
    """
    new = [event.new for event in events if event.new is not None]
    new = [order if order.pair else replace(order, release_s=max(order.release_s, now_s)) for order in new]
    new = [replace(order, windows=(windows[order.id],)) if order.id in windows else order for order in new]
    before, spots = len(desk.day.orders), {}
    open_ = [order for i, order in enumerate(desk.day.orders) if i not in facts.begun() and order.id in windows]
    changes = {order.id: replace(order, windows=(windows[order.id],)) for order in open_}
    changes |= _at_the_depot_again(desk, facts)
    for i, v in facts.tried.items():
        order, again = desk.day.orders[i], _back(desk, facts, i, v)
        changes[order.id] = replace(visited(order), id=tried_id(order.id, desk.numbers), notes="nobody was there")
        new.append(replace(again, windows=tuple(w for w in order.windows if w.end_s > now_s)))
    for one in facts.transfers:
        vehicle = desk.day.vehicles[one.vehicle].id
        spots[vehicle] = one.spot
        window = TimeWindow(start_s=one.at_s, end_s=max(one.at_s, *(v.latest_s for v in desk.day.vehicles)))
        for i in one.orders:
            order = desk.day.orders[i]
            pair = f"{order.id}@{vehicle}"
            changes[order.id] = replace(order, pair=pair, group="", depot_id="", release_s=0)
            new.append(_fetched(changes[order.id], pair, vehicle, one.spot, window))
        for i in one.picked_up:
            order = desk.day.orders[i]
            changes[order.id] = visited(order)
            if not order.pair:
                new.append(_fetched(order, f"{order.id}@{vehicle}", vehicle, one.spot, window))

    def changed(day: Day) -> Day:
        vehicles = (replace(v, end=spots[v.id], end_soc=0.0) if v.id in spots else v for v in day.vehicles)
        return replace(day, orders=tuple(changes.get(o.id, o) for o in day.orders), vehicles=tuple(vehicles))

    desk = desk.on_day(changed) if changes or spots else desk
    desk = desk.with_orders(new) if new else desk
    states = {v: replace(s, kept=_shifted(s.kept, before, len(new))) for v, s in facts.states.items()}
    tours = {v: moved for v, tour in facts.tours.items() if (moved := _shifted(tour, before, len(new))) is not None}
    return desk, replace(facts, states=states, tours=tours)


def visited(order: Order) -> Order:
    """Return an order as a stop that was made, of which no goods are on board any more."""
    kind = OrderKind.DELIVERY
    return replace(order, kind=kind, demand_kg=0.0, volume_l=0.0, longest_cm=0.0, parcels=0, pair="", group="")


def tried_id(id: str, taken: Container[str]) -> str:
    """Return the name of a stop at which nobody was there for an order."""
    names = (f"{id}{TRIED}{n}" for n in range(1, 1_000_000))
    return next(name for name in names if name not in taken)


def _at_the_depot_again(desk: Desk, facts: Facts) -> dict[str, Order]:
    return {desk.day.orders[i].id: _back(desk, facts, i, v) for i, v in facts.brought_back.items()}


def _back(desk: Desk, facts: Facts, i: int, v: int) -> Order:
    """Return an order whose goods a vehicle on its way takes back to its depot."""
    order, kept = desk.day.orders[i], facts.states[v].kept
    if order.kind is OrderKind.PICKUP and not order.pair:
        return order
    if kept is None or order.pair:
        message = f"{order.id} is one of a pair, and can not go back to the depot"
        remedy = "leave the event out, and settle this order by hand"
        raise InputError(Fault(code="E-N07", file="events", column="order", message=message, remedy=remedy))
    starts = [visit.arrival_s for visit in kept.all_visits if visit.place == desk.problem.depot[v]]
    tried_s = next((visit.begin_s for visit in kept.visits if visit.place == i), 0)
    home_s = next((arrival_s for arrival_s in starts if arrival_s > tried_s), kept.home.arrival_s)
    depots = desk.day.vehicles[v].depot_id if len(desk.day.depots) > 1 else ""
    return replace(order, release_s=home_s, depot_id=depots)


def _shifted(tour: Tour | None, first: int, by: int) -> Tour | None:
    """Return a tour in the numbers of a day with more orders."""

    def moved(visit: Visit) -> Visit:
        return replace(visit, place=visit.place + by) if visit.place >= first else visit

    if tour is None:
        return None
    return replace(tour, first=moved(tour.first), visits=tuple(map(moved, tour.visits)), home=moved(tour.home))


def _fetched(order: Order, pair: str, vehicle: str, spot: Spot, window: TimeWindow) -> Order:
    return replace(
        order,
        id=pair,
        kind=OrderKind.PICKUP,
        lat=spot.lat,
        lon=spot.lon,
        parks_at=None,
        walk_s=0,
        windows=(window,),
        setup_s=0,
        service_s=HANDOVER_S,
        late_max_s=0,
        late_cost_per_min=0.0,
        address=f"handover from {vehicle}",
    )
