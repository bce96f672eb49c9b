"""Force an order into a finished plan: beside the others where they are, and by a short search if that fails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from planner.explain.ground import Ground, sequences_of
from planner.model import Day
from planner.solve import day_case as dc
from planner.solve import day_moves
from planner.solve.day_search import driven
from planner.solve.insertion import insert_one
from planner.solve.placing import settle
from planner.solve.problem import Problem
from planner.solve.schedule import assign_plugs, equal_plugs
from planner.solve.solution import Sequence, Solution, Tour, renumbered

PUT_BACK = 2  # times that the order is put in beside the others; each overlooks one place in a hundred
EXACT_TRIES = 6  # places at which it is timed exactly
CHUNK = 25  # iterations between two looks
SEED = 1
LUKEWARM = 0.05  # temperature as a part of what an order costs


@dataclass(frozen=True, slots=True, kw_only=True)
class Forced:
    """Tours of a changed day that serve an order beside all that were planned, in the numbers of the whole day.

    `searched` says that other orders had to move too.
    """

    day: Day
    problem: Problem
    order: int
    tours: tuple[Tour, ...]
    searched: bool

    @property
    def vehicle(self) -> int:
        """The vehicle that serves the order."""
        return self._serves[0]

    @property
    def begin_s(self) -> int:
        """When the order is served."""
        return self._serves[1]

    @property
    def _serves(self) -> tuple[int, int]:
        served = ((tour.vehicle, visit) for tour in self.tours for visit in tour.visits)
        return next((vehicle, visit.begin_s) for vehicle, visit in served if visit.place == self.order)


def force(ground: Ground, day: Day, order: int, *, iterations: int, polish: int = 0) -> Forced | None:
    """Return tours with the order on a changed day, None if no place is found within a budget of iterations.

    Where others had to move, `polish` iterations more make the day cheaper.
    """
    problem = ground.problem(day)
    if not problem.allowed[order].any():
        return None
    part, places = ground.part(problem, order)
    case = dc.build_day(part)
    books = dc.new_books(case, seed=SEED)
    _begin(case, books, sequences_of(ground.tours(day)), places)
    beside = any(day_moves.put_back(case, books) == 0 for _ in range(PUT_BACK))
    if not beside:
        if not _search(case, books, iterations):
            return None
        day_moves.run(case, books, polish, 0.0, False)
    tours = assign_plugs(part, [driven(part, case, books, int(v)) for v in np.flatnonzero(books.best_length)])
    solution = renumbered(Solution(tours=tuple(tours), cost=0, iterations=0, stopped_by="iterations"), places)
    return Forced(day=day, problem=problem, order=order, tours=solution.tours, searched=not beside)


def _begin(case: dc.DayCase, books: dc.Books, sequences: dict[int, Sequence], places: list[int]) -> None:
    """Start from the plan's routes."""
    number = {place: i for i, place in enumerate(places)}
    stops, lengths = np.zeros_like(books.best_stops), np.zeros_like(books.best_length)
    for v, sequence in sequences.items():
        stops[v, : len(sequence)], lengths[v] = [number[place] for place in sequence], len(sequence)
    day_moves.restore(case, books, stops, lengths)


def _search(case: dc.DayCase, books: dc.Books, iterations: int) -> bool:
    """Search until all orders have a place; say whether they have."""
    each = float(books.fact[books.slot_of, dc.COST].sum()) / max(case.orders - int(books.now[dc.ABSENT]), 1)
    for done in range(0, iterations, CHUNK):
        day_moves.run(case, books, min(CHUNK, iterations - done), LUKEWARM * each, False)
        if books.now[dc.BEST_ABSENT] == 0:
            return True
    return False


def insert(ground: Ground, day: Day, order: int) -> Forced | None:
    """Return the plan's tours with the order at one of the nearest places, timed exactly; all else stays as it is.

    The search does not charge while it waits, so that it may have moved others needlessly.
    """
    problem = ground.problem(day)
    tours = insert_one(problem, ground.tours(day), order, tries=EXACT_TRIES)
    if tours is None:
        return None
    return Forced(day=day, problem=problem, order=order, tours=tuple(tours), searched=False)


def timings(ground: Ground, day: Day, found: Forced) -> Iterator[Forced]:
    """Yield times for tours on a day, the nearest to the plan's first: each may break a rule of plugs or power.

    Routes that do not differ keep their times, and the others are timed exactly beside them, or as the search has them;
    at last all are as the search has them.
    """
    problem = ground.problem(day)
    kept, moved = _kept_and_moved(ground, day, found)
    exact = settle(problem, sequences_of(moved), taken=kept)
    if exact is not None:
        yield replace(found, day=day, problem=problem, tours=tuple(exact))
    if kept and _plugs_are_enough(problem, [*kept, *moved]):
        yield replace(found, day=day, problem=problem, tours=tuple(assign_plugs(problem, [*kept, *moved])))
    yield replace(found, day=day, problem=problem)


def _kept_and_moved(ground: Ground, day: Day, found: Forced) -> tuple[list[Tour], list[Tour]]:
    """Part tours into those of the plan that hold as they are and those that differ."""
    before = {vehicle.id: vehicle for vehicle in ground.day.vehicles}
    old = {tour.vehicle: tour for tour in ground.tours(day)}
    driven = sequences_of(list(old.values()))
    same = {
        v
        for v, sequence in sequences_of(list(found.tours)).items()
        if driven.get(v) == sequence and before.get(day.vehicles[v].id) == day.vehicles[v]
    }
    return [old[v] for v in sorted(same)], [tour for tour in found.tours if tour.vehicle not in same]


def _plugs_are_enough(p: Problem, tours: list[Tour]) -> bool:
    """Say whether at every instant as many equal plugs are there as vehicles charge at them."""
    charges = [visit for tour in tours for visit in tour.all_visits if visit.plug >= 0]
    for visit in charges:
        group = equal_plugs(p, visit.plug)
        at_once = [c for c in charges if c.plug in group and c.charge_begin_s <= visit.charge_begin_s < c.charge_end_s]
        if len(at_once) > len(group):
            return False
    return True
