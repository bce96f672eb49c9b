"""Rules of the driver's break: it is taken where it is due, in time, and lasts as long as it must."""

from __future__ import annotations

from collections.abc import Iterator

from planner.check_case import RouteCase
from planner.model import DriverBreak
from planner.plan import StepKind, Violation


def takes_the_break(route: RouteCase) -> Iterator[Violation]:
    """A vehicle at work at the latest moment for its break, and not back by then, has taken it in time and in full.

    The break counts from the first stop on: at the depot before the first drive nobody has worked yet.
    """
    due = route.vehicle.driver_break
    if due is None:
        return
    begun_s, end = route.steps[0].arrival_s, len(route.steps) - 1
    since_s = begun_s if due.from_start else 0
    latest_s = since_s + due.latest_s
    if begun_s > latest_s or route.steps[end].arrival_s <= latest_s:
        return
    first_stop = next((i for i, step in enumerate(route.steps) if step.leg is not None), end)
    taken = [i for i, step in enumerate(route.steps) if step.kind == StepKind.BREAK and i >= first_stop]
    if not taken:
        yield route.broken("break_missing", end, f"a break of {due.length_s} s is due by {latest_s} s")
        return
    # Of several breaks the best one counts.
    yield from min((list(_faults(route, due, i, since_s=since_s)) for i in taken), key=len)


def _faults(route: RouteCase, due: DriverBreak, i: int, *, since_s: int) -> Iterator[Violation]:
    step = route.steps[i]
    begin_s, lasts_s = step.begin_s - since_s, step.end_s - step.begin_s
    if begin_s > due.latest_s:
        yield route.broken(
            "break_late", i, f"begins {begin_s - due.latest_s} s after its time", by=begin_s - due.latest_s, unit="s"
        )
    if begin_s < due.earliest_s:
        yield route.broken(
            "break_early",
            i,
            f"begins {due.earliest_s - begin_s} s before its time",
            by=due.earliest_s - begin_s,
            unit="s",
        )
    if lasts_s < due.length_s:
        yield route.broken("break_short", i, f"{due.length_s - lasts_s} s short of {due.length_s} s")


ROUTE_RULES = (takes_the_break,)
