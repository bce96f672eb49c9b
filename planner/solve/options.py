"""How long to search, and with what."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

EngineName = Literal["search", "ortools"]
ENGINES: tuple[EngineName, ...] = ("search", "ortools")
# What a plan without limits gets: iterations of each island, solutions that OR-Tools' local search may accept.
USUAL_ITERATIONS: dict[EngineName, int] = {"search": 160_000, "ortools": 1_500}
UNLIMITED = 10**9  # iterations: the clock alone ends the search
# The safety net beside an iteration budget, and that of a large day for each order. It is there for searches that hang:
# 10,000 orders took 660 s on two cores, thus 0.13 s each on one, and a slow core with other work is not to be cut.
LIMIT_S, LIMIT_S_PER_ORDER, MOST_LIMIT_S = 600.0, 1.0, 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SolveOptions:
    """The iteration budget makes a run repeatable; the time limit is the safety net that does not."""

    engine: EngineName = "search"
    iterations: int = USUAL_ITERATIONS["search"]
    time_limit_s: float = LIMIT_S
    limited: bool = False  # the user has given the time limit: no safety net takes its place
    seed: int = 1
    threads: int = 0  # that search at once, 0 for one a core; they change how long it takes, not the answer
    memory_mb: int = 4_096
    exact: float = 1.5  # CP-SAT's own measure, about seconds, for the exact times of all vehicles
    most_fitted_in: int = UNLIMITED  # orders left out for which room is looked for one by one; of more for none
    starts: int = 1  # searches from the beginning, each with a part of the budget and a seed of its own
    large_from: int = 501  # orders: such a day is planned in parts (see `planner.large`)
    part_orders: int = 250  # of a part, about
    islands: int = 2  # searches side by side, each with the whole budget

    def for_day(self, orders: int) -> SolveOptions:
        """Return the options with the safety net of a day of so many orders, where no time limit was given.

        It knows nothing of the machine, because it stands in the plan: a plan is the same on any number of cores.
        """
        if self.limited:
            return self
        if orders < self.large_from:
            return replace(self, time_limit_s=LIMIT_S)
        usual = USUAL_ITERATIONS[self.engine]
        budgets = self.iterations / usual if usual < self.iterations < UNLIMITED else 1.0
        net_s = max(LIMIT_S, LIMIT_S_PER_ORDER * orders * budgets)
        return replace(self, time_limit_s=min(net_s, MOST_LIMIT_S))


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
        limited=time_limit_s is not None,
    )
