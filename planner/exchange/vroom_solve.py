"""Solve a VROOM problem with our own search, and look at the answer anew before anybody gets it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from planner.errors import Interrupted
from planner.exchange.vroom_answer import solution_document
from planner.exchange.vroom_build import Built
from planner.exchange.vroom_check import Checked, check_solution
from planner.exchange.vroom_read import ProblemFile
from planner.exchange.vroom_schema import SolutionDocument
from planner.solve.child import EngineStopped, solve_apart
from planner.solve.options import UNLIMITED, SolveOptions
from planner.solve.problem import NO_PARTNER, restrict
from planner.solve.solution import Solution, renumbered

MOST_STARTS, TASKS_OF_STARTS = 8, 480  # a small problem is searched several times, one of 480 tasks once
LEAST_START, LEAST_START_S = 8_000, 0.5  # iterations and seconds of each
USUAL_ITERATIONS = 320_000  # of all starts

Progress = Callable[[int], None]
"""Hears of each better solution how many tasks it serves."""


@dataclass(frozen=True, kw_only=True)
class Solved:
    """A solution, what was found in it, and what ended the search."""

    document: dict[str, Any]
    checked: Checked
    stopped_by: str
    iterations: int


def solve_vroom(file: ProblemFile, built: Built, options: SolveOptions, *, progress: Progress | None = None) -> Solved:
    """Solve a problem. Raises `NoPlanError`, or `Interrupted` where the user stops it before there is a solution."""
    return told(file, built, _searched(built, options, progress))


def told(file: ProblemFile, built: Built, found: Solution) -> Solved:
    """Put what the search found into VROOM's words, and look at it anew."""
    document = solution_document(file.document, _routes(built, found))
    checked = check_solution(file.document, SolutionDocument.model_validate(document))
    return Solved(document=document, checked=checked, stopped_by=found.stopped_by, iterations=found.iterations)


def _searched(built: Built, options: SolveOptions, progress: Progress | None) -> Solution:
    """Search for the tasks that some vehicle may serve, and answer in the numbers of all."""
    p = built.problem
    may = [bool(row.any()) for row in p.allowed]
    both = [may[i] and (p.partner[i] == NO_PARTNER or may[p.partner[i]]) for i in range(p.orders)]
    keep = [i for i, possible in enumerate(both) if possible]
    if not keep:
        return Solution(tours=(), cost=0, iterations=0, stopped_by="iterations")

    def tell(better: Solution) -> None:
        if progress:
            progress(sum(place < len(keep) for place in better.visited))

    try:
        found = solve_apart(restrict(p, keep), replace(options, starts=_starts(len(keep), options)), progress=tell)
    except EngineStopped as stopped:
        if stopped.best is None:
            raise Interrupted("stopped before there was a solution") from None
        found = replace(stopped.best, stopped_by="interrupt")
    return renumbered(found, [*keep, *range(p.orders, p.places)])


def _starts(tasks: int, options: SolveOptions) -> int:
    """Return how often a search from the beginning pays."""
    timed = options.iterations >= UNLIMITED
    most = options.time_limit_s // LEAST_START_S if timed else options.iterations // LEAST_START
    return max(1, min(MOST_STARTS, TASKS_OF_STARTS // tasks, int(most)))


def _routes(built: Built, found: Solution) -> dict[int, Sequence[int]]:
    """Return the tasks of each vehicle in order; a vehicle never comes back for more."""
    return {
        tour.vehicle: [visit.place for visit in tour.visits if visit.place < built.problem.orders]
        for tour in found.tours
        if tour.visits
    }
