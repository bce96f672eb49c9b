"""How long to search, and with what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

EngineName = Literal["search", "ortools"]
ENGINES: tuple[EngineName, ...] = ("search", "ortools")
# What a plan without limits gets: iterations of each island, solutions that OR-Tools' local search may accept.
USUAL_ITERATIONS: dict[EngineName, int] = {"search": 160_000, "ortools": 1_500}
UNLIMITED = 10**9  # iterations: the clock alone ends the search
LIMIT_S, LIMIT_S_PER_ORDER = 600.0, 0.12  # the safety net beside an iteration budget, and that of a large day


@dataclass(frozen=True, slots=True, kw_only=True)
class SolveOptions:
    """The iteration budget makes a run repeatable; the time limit is the safety net that does not."""

    engine: EngineName = "search"
    iterations: int = USUAL_ITERATIONS["search"]
    time_limit_s: float = LIMIT_S
    seed: int = 1
    threads: int = 0  # that search at once, 0 for one a core; they change how long it takes, not the answer
    memory_mb: int = 4_096
    exact: float = 1.5  # CP-SAT's own measure, about seconds, for the exact times of all vehicles
    most_fitted_in: int = UNLIMITED  # orders left out for which room is looked for one by one; of more for none
    starts: int = 1  # searches from the beginning, each with a part of the budget and a seed of its own
    large_from: int = 501  # orders: such a day is planned in parts (see `planner.large`)
    part_orders: int = 250  # of a part, about
    islands: int = 2  # searches side by side, each with the whole budget


def completed(
    *, engine: EngineName, iterations: int | None, time_limit_s: float | None, seed: int, threads: int
) -> SolveOptions:
    """Complete the limits: a time limit alone searches until then, an iteration budget alone has a safety net."""
    return SolveOptions(
        engine=engine,
        seed=seed,
        iterations=iterations or (UNLIMITED if time_limit_s else USUAL_ITERATIONS[engine]),
        threads=threads,
        time_limit_s=time_limit_s or LIMIT_S,
    )


def usual_limit_s(orders: int) -> float:
    """Return the safety net of an iteration budget for a day of so many orders."""
    return max(LIMIT_S, LIMIT_S_PER_ORDER * orders)
