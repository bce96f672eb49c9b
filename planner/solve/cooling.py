"""How a search of instances cools down, and how long it may recombine."""

from __future__ import annotations

from planner.solve.options import UNLIMITED, SolveOptions

STEPS = 200
RATIO = 0.9772372209558107  # 0.01 ** (1 / 200)
EFFORT, EFFORT_OF_ITERATION, MOST_EFFORT = 0.03, 1e-5, 3.0  # for each recombination: of the time limit, or a budget


def temperature(hot: float, way: float) -> float:
    """Fall to a hundredth in 200 equal ratios, by products alone: no machine rounds them another way."""
    for _ in range(int(way * STEPS)):
        hot *= RATIO
    return hot


def effort_of(options: SolveOptions) -> float:
    """Return the deterministic seconds of one recombination; with an iteration budget they depend on that alone."""
    if options.iterations >= UNLIMITED:
        return min(MOST_EFFORT, EFFORT * options.time_limit_s)
    return min(MOST_EFFORT, EFFORT_OF_ITERATION * options.iterations)
