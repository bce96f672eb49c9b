"""Plan a large day: search it part by part, and write the routes of all parts as one plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from planner import interrupt
from planner.answer import left_out, routes_from, steps_of
from planner.errors import Interrupted
from planner.large.divide import units_of
from planner.large.ground import Ground
from planner.large.hands import Hands
from planner.large.search import LargeSearch, Progress
from planner.model import Vehicle
from planner.plan import Route, Step, Unassigned
from planner.roads.streets import Floats
from planner.solve.options import UNLIMITED, SolveOptions
from planner.solve.problem import NO_WAY
from planner.solve.reasons import impossible
from planner.solve.solution import Solution

JUDGED_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What can be said of the orders one by one: those that nobody can serve, and the way to each depot and back."""

    known: dict[int, Unassigned]
    trip_s: Floats


def judge(ground: Ground) -> Judged:
    """Look at all orders alone, some hundreds at a time, with one vehicle of each kind and depot."""
    day = ground.day
    fleet = tuple(dict.fromkeys(replace(vehicle, id="", driver_id="") for vehicle in day.vehicles))
    known: dict[int, Unassigned] = {}
    trip_s = np.full((len(day.orders), len(day.depots)), np.inf)
    chunk: list[int] = []
    units = units_of(day, range(len(day.orders)))
    for number, unit in enumerate(units, start=1):
        chunk += unit
        if len(chunk) >= JUDGED_AT_ONCE or number == len(units):
            part = ground.part_for(chunk, fleet)
            found = impossible(part.day, part.problem, part.roads.snapped)
            known |= {chunk[order]: why for order, why in found.items()}
            n, travel = len(chunk), part.problem.travel_s
            sites = n + np.arange(len(day.depots))
            there, back = travel[:, sites, :n].swapaxes(1, 2), travel[:, :n, sites]
            way_s = np.where((there == NO_WAY) | (back == NO_WAY), np.inf, there + back)
            trip_s[chunk] = way_s.min(axis=0)
            chunk = []
    return Judged(known=known, trip_s=trip_s)


def search_large(
    ground: Ground, judged: Judged, options: SolveOptions, hands: Callable[[], Hands], progress: Progress | None
) -> tuple[LargeSearch, str]:
    """Search a day; return the search and what stopped it. Raises `NoPlanError` or `Interrupted`."""
    possible = [order for order in range(len(ground.day.orders)) if order not in judged.known]
    search = LargeSearch(
        ground=ground,
        options=options,
        hands=hands(),
        possible=possible,
        trip_s=judged.trip_s,
        progress=progress,
    )
    try:
        if possible:
            search.run()
    except KeyboardInterrupt:
        if not search.tours:
            raise Interrupted("stopped before there was a plan") from None
        interrupt.answered()
        return search, "interrupt"
    finally:
        search.hands.close()
    return search, "time_limit" if search.late or options.iterations >= UNLIMITED else "iterations"


def written(ground: Ground, judged: Judged, search: LargeSearch) -> tuple[tuple[Route, ...], tuple[Unassigned, ...]]:
    """Return the routes of a search, and what no route serves."""
    day = ground.day
    tours = search.book.told_apart([search.tours[v] for v in sorted(search.tours)])
    by_vehicle = {tour.vehicle: tour for tour in tours}
    days: dict[int, tuple[Vehicle, tuple[Step, ...]]] = {}
    for window in search.written_in():
        part = search.part_of(window)
        own = [by_vehicle[v] for v in window.vehicles if v in by_vehicle]
        for whole, local in zip(own, part.own(own), strict=True):
            days[whole.vehicle] = day.vehicles[whole.vehicle], steps_of(part.day, part.problem, part.roads, local)
    solution = Solution(tours=tuple(tours), cost=0, iterations=0, stopped_by="iterations")
    return routes_from(day, [days[v] for v in sorted(days)]), left_out(day, solution, judged.known)
