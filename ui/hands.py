"""The hand edits of a plan on the screen: made one after the other, undone, made again, and kept."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from planner.dispatch.desk import Desk, open_desk
from planner.dispatch.edit import apply, money
from planner.dispatch.edits import Edit, Move
from planner.dispatch.slots import Slot, slots_for, with_slot
from planner.errors import PlannerError
from planner.plan import Plan, StepKind
from planner.report.view import PlanView
from planner.roads.streets import Streets

T = TypeVar("T")


class ChangedMeanwhileError(Exception):
    """Somebody edits the same plan in another tab, and has been quicker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """The plan after an edit or a slot that was taken. `edits` were made on `start`, all at once, to get to it."""

    what: Edit | Slot
    order: str | None  # that a slot is for
    start: Plan
    edits: tuple[Edit, ...]
    plan: Plan


class Drawn:
    """A plan to look things up in, and what the page has made of it: a selection changes none of that."""

    def __init__(self, plan: Plan) -> None:
        self.view = PlanView(plan)
        self._made: dict[Hashable, Any] = {}

    def once(self, what: Hashable, make: Callable[[], T]) -> T:
        """Return what is made, which is made only the first time. Nobody may change it."""
        if what not in self._made:
            self._made[what] = make()
        found: T = self._made[what]
        return found


class Hands:
    """A plan and the edits on it that are not kept yet. Edits are told by order and vehicle ids, never by rows.

    Every edit names the `version` of the plan that its user saw, so that two tabs do not cross each other.
    """

    def __init__(self, plan: Plan, streets: Callable[[], Streets], *, streets_file: Path) -> None:
        # From now on it is written to other folders than the one that its streets are named from.
        named = replace(plan.provenance, streets_file=str(streets_file.resolve()))
        self.base = replace(plan, provenance=named)
        self.version = 0
        self.made: list[Made] = []
        self.undone: list[Made] = []
        self.changed: Callable[[], None] = lambda: None  # called after every change
        self._streets = streets
        self._desk: Desk | None = None
        self._opening = False
        self._later: Desk | None = None  # the desk with a plan that came of it
        self._slots: tuple[int, str, tuple[Slot, ...]] | None = None
        self._drawn: Drawn | None = None
        self._lock = threading.RLock()

    @property
    def plan(self) -> Plan:
        """The plan with all edits, audited."""
        return self.made[-1].plan if self.made else self.base

    @property
    def drawn(self) -> Drawn:
        """The plan with all edits, and what the page has made of it."""
        drawn, plan = self._drawn, self.plan
        if drawn is None or drawn.view.plan is not plan:
            self._drawn = drawn = Drawn(plan)
        return drawn

    @property
    def extra_cost(self) -> float:
        """What all edits together cost."""
        return money(self.plan).total - money(self.base).total

    @property
    def last_extra_cost(self) -> float:
        """What the last edit costs."""
        before = self.made[-2].plan if len(self.made) > 1 else self.base
        return money(self.plan).total - money(before).total

    @property
    def streets(self) -> Streets:
        """The streets of the plan."""
        return self._streets()

    @property
    def opened(self) -> bool:
        """Tell whether the desk is open, or is being opened."""
        return self._desk is not None or self._opening

    def open_early(self) -> None:
        """Open the desk before it is needed; what is wrong with it is told when it is."""
        self._opening = True
        try:
            self.open()
        except PlannerError:
            pass
        finally:
            self._opening = False

    def open(self) -> Desk:
        """Return the desk of the plan as it was opened, measured once. Raises `InputError` E-D40, and `RoadsError`."""
        with self._lock:
            if self._desk is None:
                self._desk = open_desk(self.base, self._streets())
            return self._desk

    def close(self) -> None:
        """Give back the memory of the desk, which is large; the next edit opens it again."""
        with self._lock:
            self._desk = self._later = self._slots = None

    def make(self, edit: Edit, *, version: int) -> None:
        """Make an edit. Raises `InputError` for one that cannot be made, and then nothing is changed."""
        with self._lock:
            self._refuse_other(version)
            start, before = (self.made[-1].start, self.made[-1].edits) if self.made else (self.base, ())
            edits = (*before, edit)
            self._done(Made(what=edit, order=None, start=start, edits=edits, plan=apply(self._at(start), edits).plan))

    def slots(self, order: str) -> tuple[Slot, ...]:
        """Return where an order that is left out fits beside all others, cheapest first."""
        with self._lock:
            if self._slots is None or self._slots[:2] != (self.version, order):
                desk = self._at(self.plan)
                self._slots = (self.version, order, slots_for(desk, desk.numbers[order]))
            return self._slots[2]

    def take(self, order: str, number: int, *, version: int) -> None:
        """Put an order at one of its slots, by its number from 0."""
        with self._lock:
            self._refuse_other(version)
            slot = self.slots(order)[number]
            plan = with_slot(self._at(self.plan), slot)
            self._done(Made(what=slot, order=order, start=plan, edits=(), plan=plan))

    def undo(self, *, version: int) -> None:
        """Take the last edit back."""
        with self._lock:
            self._refuse_other(version)
            if self.made:
                self.undone.append(self.made.pop())
                self._count()

    def redo(self, *, version: int) -> None:
        """Make the edit again that was taken back last."""
        with self._lock:
            self._refuse_other(version)
            if self.undone:
                self.made.append(self.undone.pop())
                self._count()

    def _at(self, plan: Plan) -> Desk:
        """Return the desk with this plan on it."""
        if plan is self.base:
            return self.open()
        if self._later is None or self._later.plan is not plan:
            self._later = self.open().after(plan)
        return self._later

    def _done(self, made: Made) -> None:
        self.made.append(made)
        self.undone.clear()
        self._count()

    def _count(self) -> None:
        self.version += 1
        self.changed()

    def _refuse_other(self, version: int) -> None:
        if version != self.version:
            raise ChangedMeanwhileError


def move_before(plan: Plan, order: str, vehicle: str, before: str | None) -> Move | None:
    """Return the move of an order to a vehicle, before another order there or to the end of its day.

    None where it is there already, or `before` is not on that vehicle.
    """
    trips = trips_of(plan, vehicle)
    flat = [id for trip in trips for id in trip]
    if before == order or (before is not None and before not in flat):
        return None
    follows: list[str | None] = [*flat[1:], None]
    if order in flat and follows[flat.index(order)] == before:
        return None
    if before is None:
        last = [id for id in trips[-1] if id != order] if trips else []
        return Move(order=order, vehicle=vehicle, trip=max(len(trips), 1), position=len(last) + 1)
    for number, trip in enumerate(trips, start=1):
        if before in trip:
            position = [id for id in trip if id != order].index(before) + 1
            return Move(order=order, vehicle=vehicle, trip=number, position=position)
    return None


def trips_of(plan: Plan, vehicle: str) -> list[list[str]]:
    """Return the orders of each trip of a vehicle; none where it stays at home."""
    route = next((one for one in plan.routes if one.vehicle_id == vehicle), None)
    if route is None:
        return []
    trips: list[list[str]] = [[] for _ in range(max(step.trip for step in route.steps))]
    for step in route.steps:
        if step.kind in {StepKind.DELIVERY, StepKind.PICKUP}:
            trips[step.trip - 1].append(step.place_id)
    return trips
