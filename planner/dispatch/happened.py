"""A day on which everything that has happened is allowed.

The auditor knows plans, not excuses. So what is a fact is written into the day itself: a stop that was reached late may
be that late, and a shift that went on is that long.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from planner.dispatch.desk import Desk
from planner.dispatch.facts import Facts
from planner.dispatch.mend import lacks_mwh
from planner.model import Day, Driver, DriverBreak, Order, Vehicle
from planner.solve.battery import left_mwh
from planner.solve.problem import MWH
from planner.solve.solution import Tour


def as_it_happened(desk: Desk, facts: Facts, tours: Mapping[int, Tour]) -> Desk:
    """Return the desk on whose day everything that is a fact is allowed."""
    day = desk.day
    begun = {
        visit.place: visit.begin_s
        for state in facts.states.values()
        for visit in (state.kept.visits if state.kept is not None else ())
        if visit.place < len(day.orders)
    }
    torn = _torn(day, set(begun), {visit.place for tour in tours.values() for visit in tour.visits})
    orders = {}
    for i, order in enumerate(day.orders):
        late_s = order.late_s(begun[i]) if i in begun else 0
        new = replace(order, late_max_s=late_s) if late_s > order.late_max_s else order
        orders[order.id] = replace(new, group="") if order.group in torn else new
    changes = {day.vehicles[v].id: _changes(desk, facts, v, tours.get(v)) for v in facts.states}
    crew = {vehicle.id: vehicle.driver_id for vehicle in day.vehicles}
    return desk.on_day(lambda of: _allowed(of, orders, changes, crew))


def _torn(day: Day, begun: set[int], served: set[int]) -> set[str]:
    """Return the groups of which only a part was served before the rest turned out not to be possible."""
    done = {day.orders[i].group for i in begun if day.orders[i].group}
    return {order.group for i, order in enumerate(day.orders) if order.group in done and i not in served}


@dataclass(slots=True)
class _Change:
    """What is to be changed of a vehicle so that what has happened to it is allowed; None stays as it is."""

    shift_end_s: int | None = None
    overtime_s: int | None = None
    end_soc: float | None = None
    reserve_soc: float | None = None
    max_stops: int | None = None
    break_latest_s: int | None = None


def _changes(desk: Desk, facts: Facts, v: int, tour: Tour | None) -> _Change:
    p, vehicle, state, change = desk.problem, desk.day.vehicles[v], facts.states[v], _Change()
    end_s = vehicle.shift.end_s
    if v in facts.out_s:
        ended_s = facts.out_s[v] if state.kept is None else max(facts.out_s[v], state.kept.end_s + int(p.ways_s[v, 1]))
        end_s = min(max(ended_s, vehicle.shift.start_s), vehicle.latest_s)
        change.shift_end_s, change.overtime_s = end_s, 0
        change.max_stops = sum(visit.place < p.orders for visit in tour.visits) if tour is not None else None
    if tour is None or state.kept is None:
        return change
    after_s = tour.end_s + int(p.ways_s[v, 1])
    if after_s > end_s + (vehicle.overtime_s if change.overtime_s is None else 0):
        change.overtime_s = after_s - end_s
    soc = max(0.0, (left_mwh(p, tour) // MWH - 1) / vehicle.type.battery_wh)
    if soc * vehicle.type.battery_wh * MWH < int(p.end_mwh[v]):
        change.end_soc = soc
    short_mwh = lacks_mwh(p, state.kept, len(state.kept.visits) + 1)
    if short_mwh > 0:  # what it lacks is a fact: the rest was planned with the reserve that is asked for
        change.reserve_soc = max(0.0, vehicle.reserve_soc - (short_mwh // MWH + 1) / vehicle.type.battery_wh)
    change.break_latest_s = _break_begun_s(vehicle.driver_break, tour)
    return change


def _break_begun_s(pause: DriverBreak | None, tour: Tour) -> int | None:
    """Return when a break began later than is allowed, or would have had to that was not taken before the return."""
    if pause is None:
        return None
    since_s = tour.start_s if pause.from_start else 0
    rests = [v.break_begin_s for v in tour.all_visits if v.break_end_s - v.break_begin_s >= pause.length_s]
    latest_s = (min(rests) if rests else tour.home.arrival_s) - since_s
    return latest_s if latest_s > pause.latest_s else None


def _allowed(day: Day, orders: Mapping[str, Order], changes: Mapping[str, _Change], crew: Mapping[str, str]) -> Day:
    """Return a day with changed orders and vehicles; a break that a driver brings along is changed there."""
    drivers = {driver.id: driver for driver in day.drivers}
    for id, driver_id in crew.items():
        if driver_id in drivers and id in changes:
            drivers[driver_id] = _rested(drivers[driver_id], changes[id])
    vehicles = (
        _changed(vehicle, changes[vehicle.id]) if vehicle.id in changes else vehicle for vehicle in day.vehicles
    )
    return replace(
        day,
        orders=tuple(orders.get(order.id, order) for order in day.orders),
        vehicles=tuple(vehicles),
        drivers=tuple(drivers.values()),
    )


def _rested(driver: Driver, change: _Change) -> Driver:
    if change.break_latest_s is None or driver.driver_break is None:
        return driver
    return replace(driver, driver_break=replace(driver.driver_break, latest_s=change.break_latest_s))


def _changed(vehicle: Vehicle, change: _Change) -> Vehicle:
    names = ("overtime_s", "end_soc", "reserve_soc", "max_stops")
    told = {name: value for name in names if (value := getattr(change, name)) is not None}
    shift, pause = vehicle.shift, vehicle.driver_break
    if change.shift_end_s is not None:
        shift = replace(shift, end_s=change.shift_end_s)
    if change.break_latest_s is not None and pause is not None:
        pause = replace(pause, latest_s=max(pause.latest_s, change.break_latest_s))
    return replace(vehicle, shift=shift, driver_break=pause, **told)
