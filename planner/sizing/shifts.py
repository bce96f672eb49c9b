"""Shifts to choose from: the whole fleet works one of them, each is sized by itself, and the cheapest is advised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from zoneinfo import ZoneInfo

from planner.errors import Fault, InputError
from planner.io.cells import CellError, span
from planner.model import TimeWindow
from planner.sizing.hands import Hands
from planner.sizing.ledger import Ledger
from planner.sizing.search import size_fleet
from planner.sizing.task import Found, Progress, Task

MOST_SHIFTS = 4  # each takes a search of its own
FLAG, CODE = "--shifts", "E-Y19"
HOUR_S = 3_600
ON_THE_WALL = ZoneInfo("UTC")  # where the clock is never changed: each day sets it by its own zone


@dataclass(frozen=True, slots=True, kw_only=True)
class ByShift:
    """What was found where all vehicles work one shift; no name where it is that of the fleet file."""

    task: Task
    found: Found


def tasks_of(task: Task, shifts: Sequence[str]) -> tuple[Task, ...]:
    """Return the task for each shift, such as ``08:00-16:00``. Raises `InputError` E-Y19 with every fault."""
    if not shifts:
        return (task,)
    day = next(day.day for day in task.days if day.day is not None)
    faults, made = list[Fault](), dict[TimeWindow, Task]()
    for text in shifts:
        try:
            window = span(text, day=date.fromisoformat(day.date), zone=ON_THE_WALL, code=CODE)
        except CellError as bad:
            faults.append(Fault(code=CODE, file=FLAG, value=text, message=bad.message, remedy=bad.remedy))
            continue
        if wrong := _of_breaks(task, window):
            faults += (Fault(code=CODE, file=FLAG, value=text, message=said, remedy=remedy) for said, remedy in wrong)
            continue
        works = task.with_vehicles(partial(replace, shift=window))
        made.setdefault(window, replace(works, shift=text))
    if len(shifts) > MOST_SHIFTS:
        message, remedy = f"are {len(shifts)} shifts", f"give at most {MOST_SHIFTS}: each is sized by itself"
        faults.append(Fault(code=CODE, file=FLAG, value=",".join(shifts), message=message, remedy=remedy))
    if faults:
        raise InputError(faults)
    return tuple(made.values())


def _of_breaks(task: Task, shift: TimeWindow) -> list[tuple[str, str]]:
    """Say what the breaks of the vehicles have against a shift, as a fleet file with that shift would be told."""
    told = []
    for kind in task.candidates:
        rest = kind.vehicle.driver_break
        if rest is None:
            continue
        if rest.length_s >= shift.end_s - shift.start_s:
            told.append((f"is no longer than the break of {kind.name}", "give a longer shift or a shorter break"))
        if not rest.from_start and (rest.earliest_s < shift.start_s or rest.latest_s > shift.end_s):
            window = "-".join(f"{s // HOUR_S:02}:{s % HOUR_S // 60:02}" for s in (rest.earliest_s, rest.latest_s))
            message = f"the break_window {window} of {kind.name} lies outside this shift"
            told.append((message, "give a shift that holds it, or break_after_h in the fleet file"))
    return told


def size_by_shift(tasks: Sequence[Task], ledger: Ledger, tell: Progress, hands: Hands) -> tuple[ByShift, ...]:
    """Size each task by itself. Raises `RoadsError`, `PlanRefused`."""
    made = []
    for task in tasks:

        def told(done: int, most: int, doing: str, shift: str = task.shift) -> None:
            tell(done, most, f"{shift}: {doing}" if shift else doing)

        made.append(ByShift(task=task, found=size_fleet(task, ledger, told, hands)))
    return tuple(made)


def cheapest(sized: Sequence[ByShift]) -> ByShift:
    """Return the shift with the cheapest fleet that serves enough; where none does, the one that serves most."""

    def rank(one: ByShift) -> tuple[bool, float, float]:
        best = one.found.best
        if best is not None:
            return False, 0.0, best.year.cost.total
        return True, -max((size.service for size in one.found.sizes), default=0.0), 0.0

    return min(sized, key=rank)
