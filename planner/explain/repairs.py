"""The least of each change that makes an order fit, found by bisection and held against the auditor."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

from planner.explain.change import YES, Change, Used
from planner.explain.change_clock import shifts, windows
from planner.explain.change_docks import docks
from planner.explain.change_energy import charging, plugs, start_charges
from planner.explain.change_fleet import skills, types
from planner.explain.force import Forced, force, insert, timings
from planner.explain.ground import Ground, together
from planner.explained import Grade, Repair, RepairKind, phrase
from planner.model import Day
from planner.plan import Plan
from planner.solve.reasons import hurdle

# Iterations; where a short search finds a place at all, it does so nearly always within the first 75.
FULL, QUICK = 100, 50  # to see whether the most of a change helps, and whether less of it does
AGAIN = 200  # to see whether no change at all is needed
POLISH = 100  # to make a day cheaper on which other orders had to move
KINDS = list(RepairKind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Repaired:
    """A repair, and the plan of the changed day that the auditor has accepted."""

    repair: Repair
    plan: Plan


class OutOfTime(Exception):
    """The time limit has come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One order to be made to fit, until the monotonic clock shows `until_s`."""

    ground: Ground
    order: int
    grade: Grade
    until_s: float

    def fits(self, day: Day, *, iterations: int) -> Forced | None:
        """Force the order into the plan on a changed day."""
        if time.monotonic() >= self.until_s:
            raise OutOfTime
        if self.grade is Grade.PROVED and not fits_alone(self.ground, day, self.order):
            return None
        return force(self.ground, day, self.order, iterations=iterations)


def fits_alone(ground: Ground, day: Day, order: int) -> bool:
    """Say whether some vehicle of a day may serve an order alone, and another one each of its group."""
    problem, snapped = ground.problem(day), ground.roads(day).snapped
    vehicles = range(len(day.vehicles))
    return all(
        any(hurdle(day, problem, snapped, vehicle=v, order=one) is None for v in vehicles)
        for one in together(problem, order)
    )


def repairs(task: Task) -> tuple[tuple[Repaired, ...], bool]:
    """Return the changes that make an order fit, cheapest first, and whether the time limit cut the look for them."""
    found: list[Repaired] = []
    families: set[str] = set()
    cut = False
    try:
        for change in _changes(task):
            if change.family and change.family in families:
                continue
            if (repaired := _least(task, change)) is not None:
                found.append(repaired)
                families |= {change.family}
                if change.kind is RepairKind.REPLAN:
                    break
    except OutOfTime:
        cut = True
    return tuple(sorted(found, key=lambda one: _rank(one.repair))), cut


def _rank(repair: Repair) -> tuple[float, int, str]:
    return repair.extra_cost, KINDS.index(repair.kind), repair.target


def _changes(task: Task) -> Iterator[Change]:
    day, order = task.ground.day, task.order
    if task.grade is not Grade.PROVED:
        yield _nothing(day)
    yield from windows(day, order)
    yield from shifts(day)
    yield from start_charges(day)
    yield from charging(day)
    yield from skills(day, order)
    yield from plugs(day)
    yield from docks(day)
    busy = {tour.vehicle: len(tour.visits) for tour in task.ground.tours(day)}
    yield from types(day, order, busy)


def _nothing(day: Day) -> Change:
    said = phrase("plan again with a longer search: there is a place")
    return Change(
        kind=RepairKind.REPLAN,
        steps=(YES,),
        apply=lambda _: day,
        used=lambda _, __: Used(amount=YES, target="", day=day, phrase=said),
    )


def _least(task: Task, change: Change) -> Repaired | None:
    """Return the least of a change that helps, None where it does not help or no such plan passes the audit."""
    if not change.steps:
        return None
    iterations = AGAIN if change.kind is RepairKind.REPLAN else FULL
    best = task.fits(change.apply(change.steps[-1]), iterations=iterations)
    if best is None:
        return None
    low, high = -1, _step_used(change, len(change.steps) - 1, best)
    while high - low > 1:
        middle = (low + high) // 2
        less = task.fits(change.apply(change.steps[middle]), iterations=QUICK)
        if less is None:
            low = middle
        else:
            best, high = less, _step_used(change, middle, less)
    return _verified(task, change, change.steps[high], best)


def _step_used(change: Change, step: int, found: Forced) -> int:
    """Return the least step with which tours that were found hold."""
    amount = change.used(change.steps[step], found).amount
    return next((k for k in range(step) if change.steps[k] >= amount), step)


def _verified(task: Task, change: Change, amount: float, found: Forced) -> Repaired | None:
    """Return the repair with a plan for it that the auditor accepts, the one nearest to the plan if several do."""
    for used, forced in _ways(task, change, amount, found):
        made = task.ground.with_tours(used.day, forced.problem, list(forced.tours))
        if not task.ground.audit(made):
            return Repaired(repair=_told(task, change, used, made, forced), plan=made)
    return None


def _ways(task: Task, change: Change, amount: float, found: Forced) -> Iterator[tuple[Used, Forced]]:
    """Yield days with no more than what is used of a change, and tours for them.

    Where other orders had to move, exact timing may still find a place beside them; else the search goes on for a
    while, so that what it costs says something.
    """
    ground, used = task.ground, change.used(amount, found)
    if found.searched and (beside := insert(ground, used.day, task.order)) is not None:
        yield used, beside
    again = None
    if found.searched or used.day != found.day:
        again = force(ground, used.day, task.order, iterations=FULL, polish=POLISH)
    for forced in (again, found):
        if forced is not None:
            yield from ((used, timed) for timed in timings(ground, used.day, forced))


def _told(task: Task, change: Change, used: Used, made: Plan, forced: Forced) -> Repair:
    before = {tour.vehicle: tour for tour in task.ground.tours(used.day)}
    changed = sorted(tour.vehicle for tour in forced.tours if before.get(tour.vehicle) != tour)
    return Repair(
        kind=change.kind,
        phrase=used.phrase,
        amount=used.amount if change.unit else None,
        unit=change.unit,
        target=used.target,
        vehicle_id=used.day.vehicles[forced.vehicle].id,
        begin_s=forced.begin_s,
        extra_cost=round(_money(made) - _money(task.ground.plan), 2),
        routes_changed=tuple(used.day.vehicles[v].id for v in changed),
    )


def _money(plan: Plan) -> float:
    return sum(route.cost.total for route in plan.routes)
