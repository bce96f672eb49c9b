"""The day as events have changed it: new orders, other windows, vehicles that stand still or are out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from planner.dispatch.events import Event
from planner.dispatch.state import UnderWay, at_rest, broken_down, held, under_way
from planner.errors import Fault, InputError
from planner.model import Day, Order, OrderKind, Spot, TimeWindow, Vehicle
from planner.solve.problem import Problem
from planner.solve.solution import Tour, Visit

HANDOVER_S = 120  # to take over a parcel from a vehicle that has broken down


@dataclass(slots=True, kw_only=True)
class Facts:
    """What has become of each vehicle with a route, and what the day is like now."""

    day: Day
    states: dict[int, UnderWay] = field(default_factory=dict)
    out: set[int] = field(default_factory=set)  # vehicles
    transfers: dict[str, str] = field(default_factory=dict)  # order to the vehicle on which it is stuck
    late_s: dict[int, int] = field(default_factory=dict)  # by vehicle, what it stands still
    plugs_out: list[tuple[str, int]] = field(default_factory=list)


def with_orders(day: Day, events: Sequence[Event], *, now_s: int) -> Day:
    """Return the day with new orders, whose goods are there from now on, and with changed windows."""
    windows = {event.order: event.window for event in events if event.window is not None}
    new = [event.new for event in events if event.new is not None]
    orders = [
        replace(order, windows=(window,)) if (window := windows.get(order.id)) is not None else order
        for order in day.orders
    ]
    orders += [order if order.pair else replace(order, release_s=max(order.release_s, now_s)) for order in new]
    return replace(day, orders=tuple(orders))


def facts_of(
    day: Day, problem: Problem, tours: Sequence[Tour], events: Sequence[Event], *, now_s: int, whole: Sequence[str]
) -> Facts:
    """Return what events have made of the tours of a day. `whole` names vehicles whose routes stay as they are.

    Raises `InputError` E-N07 for what has no legal continuation here.
    """
    number = {vehicle.id: i for i, vehicle in enumerate(day.vehicles)}
    facts, by_vehicle = Facts(day=day), {tour.vehicle: tour for tour in tours}
    broke_s: dict[int, Event] = {}
    for event in events:
        v = number.get(event.vehicle, -1)
        if event.kind == "delay" and v in by_vehicle:
            by_vehicle[v] = held(problem, by_vehicle[v], event.at_s, event.lasts_s)
            facts.late_s[v] = facts.late_s.get(v, 0) + event.lasts_s
        elif event.kind == "vehicle_out":
            facts.out.add(v)
            broke_s.setdefault(v, event)
        elif event.kind == "plug_out":
            facts.plugs_out.append((event.plug, event.at_s))
    for v in range(len(day.vehicles)):
        tour = by_vehicle.get(v)
        if v in facts.out:
            facts.states[v] = _out(facts, problem, v, tour, broke_s[v])
        elif tour is None:
            facts.states[v] = at_rest(problem, v, now_s)
        else:
            facts.states[v] = under_way(problem, tour, now_s, whole=day.vehicles[v].id in whole)
    return facts


def _out(facts: Facts, problem: Problem, v: int, tour: Tour | None, event: Event) -> UnderWay:
    """Settle the day of a vehicle that is out, and make what is on board the goods of a transfer."""
    day = facts.day
    kept, aboard, upcoming = (None, [], None) if tour is None else broken_down(problem, tour, event.at_s)
    vehicle = day.vehicles[v]
    if upcoming is not None:
        spot = event.spot or _spot_of(day, upcoming)
        _refuse_goods(day, problem, kept, vehicle.id)
        facts.day = replace(
            _with_transfers(day, aboard, vehicle.id, spot, event.at_s),
            vehicles=tuple(
                replace(other, end=spot, end_soc=0.0) if i == v else other for i, other in enumerate(day.vehicles)
            ),
        )
        facts.transfers |= {day.orders[i].id: vehicle.id for i in aboard}
    return UnderWay(
        vehicle=v, kept=kept, free_s=event.at_s, stored_mwh=int(problem.start_mwh[v]), finished=True, rested=True
    )


def _spot_of(day: Day, visit: Visit) -> Spot:
    places = (*(order.kerb for order in day.orders), *day.sites)
    place = places[visit.place]
    return Spot(lat=place.lat, lon=place.lon)


def _refuse_goods(day: Day, problem: Problem, kept: Tour | None, vehicle_id: str) -> None:
    """Refuse a breakdown with picked-up goods on board: they cannot be handed on yet."""
    depot = None if kept is None else int(problem.depot[kept.vehicle])
    aboard: list[str] = []
    for visit in () if kept is None else kept.visits:
        if visit.place == depot:
            aboard = []
        elif visit.place < problem.orders and problem.pickup[visit.place]:
            aboard.append(day.orders[visit.place].id)
    if aboard:
        message = f"vehicle {vehicle_id} has goods on board that were picked up ({', '.join(aboard)})"
        remedy = "bring them to the depot by hand, and leave the event and these pickups out"
        raise InputError(Fault(code="E-N07", file="events", column="vehicle", message=message, remedy=remedy))


def _with_transfers(day: Day, aboard: Sequence[int], vehicle_id: str, spot: Spot, at_s: int) -> Day:
    """Return the day with each order on board as a pair: fetched at the breakdown, brought to its customer."""
    orders, fetched = list(day.orders), []
    last_s = max(vehicle.latest_s for vehicle in day.vehicles)
    for i in aboard:
        order = orders[i]
        pair = f"{order.id}@{vehicle_id}"
        orders[i] = replace(order, pair=pair, group="", depot_id="", release_s=0)
        fetched.append(_fetched(orders[i], pair, spot, TimeWindow(start_s=at_s, end_s=max(last_s, at_s))))
    return replace(day, orders=(*orders, *fetched))


def _fetched(order: Order, pair: str, spot: Spot, window: TimeWindow) -> Order:
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
        address=f"handover from {pair.rpartition('@')[2]}",
    )


def as_it_happened(facts: Facts, tours: Mapping[int, Tour]) -> Day:
    """Return the day with the lateness that delays have made a fact: of orders on board, shifts and breaks."""
    day, late = facts.day, {}
    for v in facts.late_s:
        for visit in facts.states[v].kept.visits if facts.states[v].kept else ():  # type: ignore[union-attr]
            if visit.place < len(day.orders):
                late[visit.place] = visit.begin_s
    orders = tuple(_allowed_late(o, late[i]) if i in late else o for i, o in enumerate(day.orders))
    vehicles = tuple(
        vehicle if v not in facts.late_s or v not in tours else _held_vehicle(facts, v, tours[v].end_s)
        for v, vehicle in enumerate(day.vehicles)
    )
    return replace(day, orders=orders, vehicles=vehicles)


def _allowed_late(order: Order, begin_s: int) -> Order:
    late_s = order.late_s(begin_s)
    return order if late_s <= order.late_max_s else replace(order, late_max_s=late_s)


def _held_vehicle(facts: Facts, v: int, end_s: int) -> Vehicle:
    vehicle = facts.day.vehicles[v]
    pause = vehicle.driver_break
    if pause is not None:
        pause = replace(pause, latest_s=pause.latest_s + facts.late_s[v])
    overtime_s = max(vehicle.overtime_s, end_s - vehicle.shift.end_s)
    return replace(vehicle, driver_break=pause, overtime_s=overtime_s)
