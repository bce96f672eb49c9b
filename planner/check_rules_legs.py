"""Rules of the drives: each leg is there, is the quickest legal one, and is drawn along the streets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from planner.check_case import RouteCase
from planner.check_legs import FoundLeg, Line, Point
from planner.plan import Leg, Violation
from planner.roads.streets import haversine_m

# How far a leg may be from the auditor's own: distances, times and energies are rounded up by the planner.
LEG_M = 1.0
LEG_S = 1.0
LEG_WH = 1.0
SHAPE_OFF_M = 2.0
SHAPE_SHARE, SHAPE_M = 0.01, 5.0  # a drawn line may be off in length by this share and this much


def drives_between_places(route: RouteCase) -> Iterator[Violation]:
    """Between two different places there is a leg, and before the start there is none."""
    if route.steps[0].leg is not None:
        yield route.broken("leg_unexpected", 0, "nothing leads to where a vehicle starts")
    for i, (before, step) in enumerate(pairwise(route.steps), start=1):
        if step.leg is None and (before.lat, before.lon) != (step.lat, step.lon):
            yield route.broken("leg_missing", i, f"nothing leads here from {before.place_id}")


def drives_as_measured(route: RouteCase) -> Iterator[Violation]:
    """A leg's metres, seconds and watt-hours are those of the quickest legal drive, with the load on board."""
    for i, leg, found in _legs(route):
        if found is None:
            yield route.broken("leg_impossible", i, "the vehicle's class has no legal way here")
            continue
        load_kg = route.loads[i - 1][0]
        energy_wh = found.energy_wh(load_kg=load_kg)
        if abs(leg.distance_m - found.metres) > LEG_M:
            yield route.broken("leg_distance", i, f"{leg.distance_m} m, measured {found.metres:.1f} m")
        if route.case.clock.spans:
            yield from _keeps_to_the_hour(route, i, leg, found)
        elif abs(leg.drive_s - found.seconds) > LEG_S:
            yield route.broken("leg_time", i, f"{leg.drive_s} s, measured {found.seconds:.1f} s")
        if abs(leg.energy_wh - energy_wh) > LEG_WH:
            yield route.broken(
                "leg_energy", i, f"{leg.energy_wh} Wh, measured {energy_wh:.2f} Wh with {load_kg:.1f} kg"
            )


def _keeps_to_the_hour(route: RouteCase, i: int, leg: Leg, found: FoundLeg) -> Iterator[Violation]:
    """A drive takes as long as the traffic of its hour asks, from the moment at which all before it is done."""
    leaves_s = route.leaves_s[i]
    least_s, most_s = (
        route.case.clock.arrival_s(leaves_s, seconds) - leaves_s for seconds in (found.seconds, found.seconds + LEG_S)
    )
    if not least_s - LEG_S <= leg.drive_s <= most_s + LEG_S:  # both the usual seconds and the arrival are rounded up
        measured = f"measured {found.seconds:.1f} s at the usual pace and {least_s:.1f} s at this hour"
        yield route.broken("traffic_wrong", i, f"{leg.drive_s} s, {measured}")


def drawn_along_streets(route: RouteCase) -> Iterator[Violation]:
    """A leg's line joins its places along legal streets and is as long as the drive."""
    drawn = [(i, leg, found) for i, leg, found in _legs(route) if found is not None and found.metres > LEG_M]
    day, span = route.case.plan.day, route.case.span
    lines: dict[tuple[int, ...], list[Line]] = {}
    for i, leg, _ in drawn:
        lines.setdefault(day.closed(route.leaves_s[i]), []).append(leg.geometry)
    strays_m = {
        closed: iter(route.case.legs.strays_m(route.kind, of, span=span, closed=closed)) for closed, of in lines.items()
    }
    for i, leg, found in drawn:
        fault, stray_m = _shape_fault(leg, found), next(strays_m[day.closed(route.leaves_s[i])])
        if not fault and stray_m > SHAPE_OFF_M:
            fault = f"the line is {stray_m:.0f} m off the streets that the class may use"
        if fault:
            yield route.broken("leg_shape", i, fault)


def _legs(route: RouteCase) -> Iterator[tuple[int, Leg, FoundLeg | None]]:
    """Yield each leg between known places beside the auditor's own."""
    for i, found in route.drives.items():
        leg = route.steps[i].leg
        if leg is not None:
            yield i, leg, found


def _shape_fault(leg: Leg, found: FoundLeg) -> str:
    if len(leg.geometry) < 2:
        return "the line has no two points"
    line = np.array(leg.geometry, dtype=np.float64)
    start_m, end_m = (_gap_m(line[at], point) for at, point in ((0, found.start), (-1, found.end)))
    if max(start_m, end_m) > SHAPE_OFF_M:
        return f"the line begins {start_m:.0f} m and ends {end_m:.0f} m away from where the places touch the street"
    length_m = float(haversine_m(lat1=line[:-1, 1], lon1=line[:-1, 0], lat2=line[1:, 1], lon2=line[1:, 0]).sum())
    if abs(length_m - leg.distance_m) > SHAPE_M + SHAPE_SHARE * leg.distance_m:
        return f"the line is {length_m:.0f} m long, the drive {leg.distance_m:.0f} m"
    return ""


def _gap_m(pair: Sequence[float], point: Point) -> float:
    return float(haversine_m(lat1=pair[1], lon1=pair[0], lat2=point.lat, lon2=point.lon))


ROUTE_RULES = (drives_between_places, drives_as_measured, drawn_along_streets)
