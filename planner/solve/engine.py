"""The engines: our own search, and OR-Tools as the baseline.

OR-Tools searches for sequences in rounds; each round's result is timed exactly, and the best is kept.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import replace

from planner.solve.cost import total_cost
from planner.solve.day_search import search_day
from planner.solve.insertion import insert_left_out
from planner.solve.options import UNLIMITED, SolveOptions
from planner.solve.placing import drop_needless_stations, keep_groups_whole, place
from planner.solve.problem import Problem
from planner.solve.solution import Solution, Tour

ROUNDS = 3  # between two of them a better plan is saved, and a cancelled run loses no more than one
FIRST_SHARE = 0.9  # of the budget, for filling the vehicles; a later solution costs ten times as much as an insertion
LEAST_S = 0.1  # of a search, however long the ones before it took
SEARCH_SHARE = 0.8  # of the time limit; the rest is for fitting in what the search left out


def solve(problem: Problem, options: SolveOptions, *, on_better: Callable[[Solution], None]) -> Solution:
    """Search until the iteration budget or the time limit is spent; `on_better` hears of better solutions."""
    search = _by_ortools if options.engine == "ortools" else search_day
    if options.starts == 1:
        return search(problem, options, on_better=on_better)
    return _best_of_starts(search, problem, options, on_better=on_better)


def _best_of_starts(
    search: Callable[..., Solution], problem: Problem, options: SolveOptions, *, on_better: Callable[[Solution], None]
) -> Solution:
    """Search several times from the beginning: on a small day that finds more than one long search does.

    Which length is best differs from day to day, so that the starts share half of the budget, and a quarter as many
    long ones the other half.
    """
    until_s = time.monotonic() + options.time_limit_s
    best: Solution | None = None

    def tell(found: Solution) -> None:
        if best is None or found.cost < best.cost:
            on_better(found)

    long = options.starts // 4
    halves = [options.starts, long] if long else [options.starts]
    shares = [1 / len(halves) / count for count in halves for _ in range(count)]
    spent, stopped_by = 0, "iterations"
    for start, share in enumerate(shares):
        left_s = max((until_s - time.monotonic()) * share / sum(shares[start:]), LEAST_S)
        budget = UNLIMITED if options.iterations >= UNLIMITED else math.ceil(options.iterations * share - 1e-9)
        part = replace(options, seed=options.seed + start, iterations=budget, time_limit_s=left_s)
        found = search(problem, part, on_better=tell)
        spent += found.iterations
        stopped_by = found.stopped_by if found.stopped_by != "iterations" else stopped_by
        best = found if best is None or found.cost < best.cost else best
    assert best is not None  # there is at least one start
    return replace(best, iterations=spent, stopped_by=stopped_by)


def _by_ortools(problem: Problem, options: SolveOptions, *, on_better: Callable[[Solution], None]) -> Solution:
    from planner.solve.routing import build_model, first_routes, improve, sequences  # noqa: PLC0415  (half a second)

    begun = time.monotonic()
    deadline, search_until = begun + options.time_limit_s, begun + SEARCH_SHARE * options.time_limit_s
    best: Solution | None = None
    late, spent, routes = False, 0, None
    first = round(options.iterations * FIRST_SHARE)
    for rounds_left in range(ROUNDS, 0, -1):
        model = build_model(problem, seed=options.seed, keep_charges=routes is None)
        budget = first if routes is None else (options.iterations - first) // (ROUNDS - 1)
        # A round that runs out of its share of the time leaves the later ones theirs.
        until = time.monotonic() + max((search_until - time.monotonic()) / rounds_left, 0.1)
        routes = improve(
            model, routes or first_routes(model), solutions=max(budget, 1), seconds=until - time.monotonic()
        )
        late, spent = late or time.monotonic() >= until, spent + budget
        tours = keep_groups_whole(problem, place(problem, sequences(model, routes)))
        found = timed(problem, tours, iterations=spent, late=late)
        if best is None or found.cost < best.cost:
            best = found
            on_better(best)
    assert best is not None  # there is at least one round
    tours, fits_nowhere = insert_left_out(problem, best.tours, until_s=deadline)
    tours = drop_needless_stations(problem, tours, until_s=deadline)
    best = timed(problem, tours, iterations=spent, late=late or time.monotonic() >= deadline)
    return replace(best, fits_nowhere=fits_nowhere)


def timed(problem: Problem, tours: list[Tour], *, iterations: int, late: bool) -> Solution:
    """Put a price on tours."""
    in_order = tuple(sorted(tours, key=lambda tour: tour.vehicle))
    stopped_by = "time_limit" if late else "iterations"
    return Solution(tours=in_order, cost=total_cost(problem, in_order), iterations=iterations, stopped_by=stopped_by)
