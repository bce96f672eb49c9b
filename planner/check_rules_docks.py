"""Rules of the docks: no more vehicles load at a depot at the same time than it has docks."""

from __future__ import annotations

import heapq
from collections.abc import Iterator

from planner.check_case import Case, RouteCase
from planner.model import Depot
from planner.plan import StepKind, Violation

LOADING = frozenset({StepKind.START, StepKind.RELOAD})


def loads_at_docks(case: Case) -> Iterator[Violation]:
    """At every instant each vehicle that loads has a dock."""
    for depot in case.depots.values():
        if depot.docks is None:
            continue
        ends: list[int] = []
        for begin_s, end_s, _, route, i in sorted(loadings(case, depot), key=lambda loading: loading[:3]):
            while ends and ends[0] <= begin_s:
                heapq.heappop(ends)
            heapq.heappush(ends, end_s)
            if len(ends) > depot.docks:
                message = f"{len(ends)} vehicles load at {begin_s} s, {depot.id} has {depot.docks} docks"
                yield route.broken("dock_overbooked", i, message)


def loadings(case: Case, depot: Depot) -> Iterator[tuple[int, int, str, RouteCase, int]]:
    """Yield begin, end, vehicle, route and step of each loading at a depot that takes any time."""
    for route in case.routes:
        for i, step in enumerate(route.steps):
            if step.kind in LOADING and step.place_id == depot.id and step.end_s > step.begin_s:
                yield step.begin_s, step.end_s, route.vehicle.id, route, i


PLAN_RULES = (loads_at_docks,)
