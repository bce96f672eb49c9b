"""What one process needs to route days of a sizing: jobs, and the streets and days that it has made ready."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from planner.check_legs import LegFinder
from planner.roads.network import Network
from planner.roads.streets import Streets
from planner.sizing.bounds import DayBounds, bounds_of
from planner.sizing.candidates import Candidate, Cell
from planner.sizing.cells import Ground, Outcome, ground_of, route
from planner.sizing.demand import DemandDay
from planner.solve.options import SolveOptions

MOST_GROUNDS = 150  # days measured that are kept, some megabytes each


class WorkerFault(Exception):
    """A fault of this program, in a process that did a job: the words are its traceback."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A day of a field to route with a cell, or to bound where there is no cell."""

    field: int
    day: int
    cell: Cell | None = None
    options: SolveOptions | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """Days and the kinds of vehicles that may be tried on them."""

    days: Sequence[DemandDay]
    candidates: Sequence[Candidate]


@dataclass(slots=True)
class Bench:
    """What a process needs to route days: the streets, made ready once, and days that it has measured."""

    streets: Streets
    fields: dict[int, Field] = field(default_factory=dict)
    grounds: dict[tuple[int, int], Ground] = field(default_factory=dict)
    networks: list[Network] = field(default_factory=list)
    legs: LegFinder | None = None

    def do(self, job: Job) -> Outcome | DayBounds:
        """Do a job. Raises `PlannerError`."""
        ground = self._ground(job.field, job.day)
        if job.cell is None or job.options is None:
            return bounds_of(ground)
        found = route(ground, job.cell, job.options)
        self.legs = ground.legs  # its streets are ready now
        return found

    def _ground(self, number: int, day: int) -> Ground:
        if (number, day) not in self.grounds:
            if len(self.grounds) >= MOST_GROUNDS:
                self.grounds.pop(next(iter(self.grounds)))
            of = self.fields[number]
            legs = self.legs.afresh() if self.legs else LegFinder(self.streets)
            self.grounds[number, day] = ground_of(
                of.days[day], of.candidates, self.streets, known=self.networks, legs=legs
            )
        return self.grounds[number, day]
