"""Rules of battery swaps: where there are packs, no more of them than are spare, in time, and full afterwards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from planner.check_case import ENERGY_WH, Case, RouteCase
from planner.plan import Step, StepKind, Violation

ROUNDING_S = 1e-6
LOADING = frozenset({StepKind.START, StepKind.RELOAD})


def swaps_what_can_be_swapped(route: RouteCase) -> Iterator[Violation]:
    """A battery is swapped in a type that allows it, at a depot that has packs for it, on a day with charging."""
    for i, _ in _swaps(route):
        if route.kind.swap_s is None:
            yield route.broken("swap_impossible", i, f"the battery of {route.kind.name} cannot be swapped")
        elif route.depot.spare_packs(route.kind.name) == 0:
            yield route.broken("swap_impossible", i, f"{route.depot.id} has no packs for {route.kind.name}")
        elif not route.case.plan.day.charging:
            yield route.broken("swap_impossible", i, "this day is planned without charging")


def swaps_before_a_trip(route: RouteCase) -> Iterator[Violation]:
    """A battery is swapped at the vehicle's depot where it is loaded for a trip, and once there."""
    for stop in route.stops:
        swaps = [i for i in stop if route.steps[i].kind == StepKind.SWAP]
        loads = any(route.steps[i].kind in LOADING for i in stop if i < min(swaps, default=0))
        for n, i in enumerate(swaps):
            if route.steps[i].place_id != route.depot.id or not loads or n:
                yield route.broken("swap_misplaced", i, "a swap comes once, beside the loading for a trip")


def swaps_in_time(route: RouteCase) -> Iterator[Violation]:
    """A swap lasts as long as it takes with this type."""
    for i, step in _swaps(route):
        short_s = (route.kind.swap_s or 0) - (step.end_s - step.begin_s)
        if short_s > ROUNDING_S:
            yield route.broken("swap_short", i, f"{short_s:g} s short of {route.kind.swap_s} s")


def leaves_with_a_full_pack(route: RouteCase) -> Iterator[Violation]:
    """After a swap the battery is full."""
    for i, step in _swaps(route):
        if abs(step.stored_end_wh - route.kind.battery_wh) > ENERGY_WH:
            message = f"{step.stored_end_wh} Wh after the swap, a full pack holds {route.kind.battery_wh} Wh"
            yield route.broken("swap_not_full", i, message)


def swaps_no_more_than_are_spare(case: Case) -> Iterator[Violation]:
    """Each spare pack of a depot is put in once a day."""
    swapped: dict[tuple[str, str], list[tuple[RouteCase, int]]] = defaultdict(list)
    for route in case.routes:
        for i, _ in _swaps(route):
            swapped[route.depot.id, route.kind.name].append((route, i))
    for (depot_id, type_name), swaps in swapped.items():
        spare = case.depots[depot_id].spare_packs(type_name)
        for route, i in swaps[spare:]:
            message = f"{len(swaps)} swaps at {depot_id}, which has {spare} packs for {type_name}"
            yield route.broken("packs_overdrawn", i, message)


def _swaps(route: RouteCase) -> Iterator[tuple[int, Step]]:
    return ((i, step) for i, step in enumerate(route.steps) if step.kind == StepKind.SWAP)


ROUTE_RULES = (swaps_what_can_be_swapped, swaps_before_a_trip, swaps_in_time, leaves_with_a_full_pack)
PLAN_RULES = (swaps_no_more_than_are_spare,)
