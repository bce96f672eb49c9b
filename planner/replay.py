"""Drive fixed sequences again on another day: who goes where stays, when and how much is charged is settled anew.

Everybody sets out when the plan says, since nobody knows the day beforehand. Where exact times exist that keep every
limit, these are taken. Where none do, time gives way first: the last window of each order, the end of shifts and
opening hours stay open, and all are as early as they can, charging as much as the way asks. A vehicle that no charge
helps may also dip below its reserve, by the least that its day needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from planner.model import Day
from planner.plan import Route, StepKind
from planner.solve.battery import legs_of
from planner.solve.placing import settle
from planner.solve.problem import MWH, Ints, Problem
from planner.solve.solution import Sequence as Places
from planner.solve.solution import Tour

LATE_S = 86_400  # nobody is later than this
PER_S = 1_000  # what a second costs in a replay whatever the vehicle, in millionths: time is what counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Driven:
    """What a route of a plan fixes: when its vehicle starts work, and its places in the numbers of the problem."""

    vehicle_id: str
    begin_s: int
    places: Places


def driven(day: Day, routes: Iterable[Route]) -> dict[int, Driven]:
    """Return what the routes fix, by number of the vehicle."""
    vehicles = {vehicle.id: v for v, vehicle in enumerate(day.vehicles)}
    return {vehicles[route.vehicle_id]: _driven(day, route, vehicles[route.vehicle_id]) for route in routes}


def drive_again(problem: Problem, drives: Mapping[int, Driven]) -> tuple[list[Tour], list[int]]:
    """Return tours, which break what has to be broken, and vehicles for which there are no times at all."""
    sequences = {vehicle: drive.places for vehicle, drive in drives.items()}
    begins = {vehicle: drive.begin_s + int(problem.ways_s[vehicle, 0]) for vehicle, drive in drives.items()}
    tours = settle(problem, sequences, taken=[], begins=begins)
    if tours is None:
        short = np.zeros_like(problem.reserve_mwh)
        for vehicle, places in sequences.items():
            short[vehicle] = _shortage_mwh(problem, vehicle, places, begins)
        lenient = _lenient(problem, short)
        tours = settle(lenient, sequences, taken=[], begins=begins)
        if tours is None:
            tours = _one_by_one(lenient, sequences, begins)
    timed = {tour.vehicle for tour in tours}
    return sorted(tours, key=lambda tour: tour.vehicle), [vehicle for vehicle in drives if vehicle not in timed]


def _driven(day: Day, route: Route, vehicle: int) -> Driven:
    depot_id = day.vehicles[vehicle].depot_id
    orders = {order.id: i for i, order in enumerate(day.orders)}
    sites = {site.id: len(day.orders) + i for i, site in enumerate(day.sites)}
    places = []
    first = 2 if day.vehicles[vehicle].start else 1  # the first loading is no visit
    for step in route.steps[first:]:
        if step.serves:
            places.append(orders[step.place_id])
        elif (
            step.kind is StepKind.RELOAD
            or (step.kind is StepKind.CHARGE and step.place_id != depot_id)
            or (step.kind is StepKind.BREAK and step.leg is not None)
        ):
            places.append(sites[step.place_id])
    return Driven(vehicle_id=route.vehicle_id, begin_s=route.steps[0].arrival_s, places=places)


def _one_by_one(lenient: Problem, sequences: Mapping[int, Places], begins: Mapping[int, int]) -> list[Tour]:
    """Time the vehicles in the order of their starts, each beside those before it; no break where none fits."""
    tours: list[Tour] = []
    for vehicle in sorted(sequences, key=lambda v: (begins[v], v)):
        for problem in (lenient, _without_breaks(lenient)):
            found = settle(problem, {vehicle: sequences[vehicle]}, taken=tours, begins=begins)
            if found is not None:
                tours = found
                break
    return tours


def _lenient(p: Problem, short_mwh: Ints) -> Problem:
    """Return a problem without ends of windows, shifts and opening hours, and with lower reserves."""
    return replace(
        p,
        windows=_open_ended(p.windows),
        shift=p.shift + np.array([0, LATE_S]),
        open=_open_ended(p.open),
        reserve_mwh=p.reserve_mwh - short_mwh,
        end_mwh=p.end_mwh - short_mwh,
        per_s=np.full_like(p.per_s, PER_S),
        price_per_kwh=np.zeros_like(p.price_per_kwh),
        night_per_kwh=np.zeros_like(p.night_per_kwh),
        min_paid_s=np.zeros_like(p.min_paid_s),
    )


def _without_breaks(p: Problem) -> Problem:
    return replace(p, breaks=np.zeros_like(p.breaks))


def _open_ended(spans: Ints) -> Ints:
    """Leave the last of some spans [..., k, 2] open at its end; the others are passed as they are."""
    last = spans[..., 1].max(axis=-1, keepdims=True)
    return np.stack([spans[..., 0], np.where(spans[..., 1] == last, last + LATE_S, spans[..., 1])], axis=-1)


def _shortage_mwh(p: Problem, vehicle: int, places: Places, begins: Mapping[int, int]) -> int:
    """Return by how much a vehicle has to dip below its reserve, to the watt-hour above, with all time to charge."""

    def lasts(short_wh: int) -> bool:
        short = np.zeros_like(p.reserve_mwh)
        short[vehicle] = short_wh * MWH
        return settle(_without_breaks(_lenient(p, short)), {vehicle: places}, taken=[], begins=begins) is not None

    if lasts(0):
        return 0
    used_mwh = sum(max(leg.peak_mwh, 0) for leg in legs_of(p, vehicle, places))
    fails, enough = 0, -(-(int(p.end_mwh[vehicle]) + used_mwh) // MWH)
    while enough - fails > 1:
        middle = (fails + enough) // 2
        fails, enough = (fails, middle) if lasts(middle) else (middle, enough)
    return enough * MWH
