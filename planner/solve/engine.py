"""The OR-Tools engine: search for sequences in rounds, time each round's result exactly, keep the best."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

from planner.solve.insertion import insert_left_out
from planner.solve.options import SolveOptions
from planner.solve.placing import place
from planner.solve.problem import MICRO, Problem
from planner.solve.routing import build_model, first_routes, improve, sequences
from planner.solve.schedule import legs_mwh
from planner.solve.solution import Solution, Tour

ROUNDS = 3  # between two of them a better plan is saved, and a cancelled run loses no more than one
FIRST_SHARE = 0.9  # of the budget, for filling the vehicles; a later solution costs ten times as much as an insertion


def solve(problem: Problem, options: SolveOptions, *, on_better: Callable[[Solution], None]) -> Solution:
    """Search until the iteration budget or the time limit is spent; `on_better` hears of each better solution."""
    deadline = time.monotonic() + options.time_limit_s
    best: Solution | None = None
    late, spent, routes = False, 0, None
    for rounds_left in range(ROUNDS, 0, -1):
        model = build_model(problem, seed=options.seed, keep_charges=routes is None)
        first = round(options.iterations * FIRST_SHARE)
        budget = first if routes is None else (options.iterations - first) // (ROUNDS - 1)
        # A round that runs out of its share of the time leaves the later ones theirs.
        until = time.monotonic() + max((deadline - time.monotonic()) / rounds_left, 0.1)
        routes = improve(
            model, routes or first_routes(model), solutions=max(budget, 1), seconds=until - time.monotonic()
        )
        late, spent = late or time.monotonic() >= until, spent + budget
        found = timed(problem, place(problem, sequences(model, routes)), iterations=spent, late=late)
        if best is None or found.cost < best.cost:
            best = found
            on_better(best)
    assert best is not None  # there is at least one round
    tours, fits_nowhere = insert_left_out(problem, best.tours, until_s=deadline)
    best = timed(problem, tours, iterations=spent, late=late or time.monotonic() >= deadline)
    return replace(best, fits_nowhere=fits_nowhere)


def timed(problem: Problem, tours: list[Tour], *, iterations: int, late: bool) -> Solution:
    """Put a price on tours."""
    in_order = tuple(sorted(tours, key=lambda tour: tour.vehicle))
    stopped_by = "time_limit" if late else "iterations"
    return Solution(tours=in_order, cost=total_cost(problem, in_order), iterations=iterations, stopped_by=stopped_by)


def total_cost(problem: Problem, tours: tuple[Tour, ...]) -> int:
    """Return the money spent and the penalties of orders not served, in millionths."""
    visited = {visit.place for tour in tours for visit in tour.visits}
    missing = sum(int(problem.penalty[order]) for order in range(problem.orders) if order not in visited)
    return missing + sum(_tour_cost(problem, tour) for tour in tours)


def _tour_cost(p: Problem, tour: Tour) -> int:
    kind, depot = int(p.kind[tour.vehicle]), int(p.depot[tour.vehicle])
    sequence = [visit.place for visit in tour.visits]
    stops = [depot, *sequence, depot]
    metres = sum(int(p.distance_m[p.network[kind], a, b]) for a, b in pairwise(stops))
    public = [(v.charge_mwh, int(p.price_per_kwh[v.place - p.orders])) for v in tour.all_visits if v.plug >= 0]
    home = sum(legs_mwh(p, tour.vehicle, sequence)) - sum(amount for amount, _ in public)
    energy = sum(amount * price for amount, price in public) + home * int(p.price_per_kwh[depot - p.orders])
    paid_s = tour.end_s - tour.start_s
    return int(p.per_day[kind]) + metres * int(p.per_km[kind]) // 1000 + paid_s * int(p.per_s[kind]) + energy // MICRO
