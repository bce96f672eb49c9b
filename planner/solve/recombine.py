"""Choose the best set out of many good routes with CP-SAT: one solution did well in the west, another in the east."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

Route = tuple[int, ...]
MOST_ROUTES = 6_000  # in the pool; the latest are kept


def load_cp_sat() -> None:
    """Load OR-Tools, which takes a second, beside a search that will need it only later."""
    from ortools.sat.python import cp_model  # noqa: F401, PLC0415


class Pool:
    """Good routes by the customers they serve, each in its cheapest order."""

    def __init__(self) -> None:
        self._routes: dict[frozenset[int], tuple[int, Route]] = {}

    def add(self, routes: Iterable[tuple[int, Route]]) -> None:
        """Remember routes with their costs."""
        for cost, route in routes:
            key = frozenset(route)
            known = self._routes.pop(key, None)
            self._routes[key] = min(known, (cost, route)) if known else (cost, route)
        while len(self._routes) > MOST_ROUTES:
            self._routes.pop(next(iter(self._routes)))

    def best_set(
        self, customers: int, *, vehicle_cost: int, most: int, known: Iterable[Route], effort: float, seconds: float
    ) -> list[Route] | None:
        """Return the cheapest set of routes that serves each customer once, if it is found to beat the `known` one.

        `effort` is CP-SAT's deterministic time, about seconds: a clock would make answers depend on the load. `seconds`
        are the clock's limit.
        """
        from ortools.sat.python import cp_model  # noqa: PLC0415  (see `load_cp_sat`)

        routes = list(self._routes.values())
        model = cp_model.CpModel()
        chosen = [model.new_bool_var("") for _ in routes]
        serving: list[list[cp_model.IntVar]] = [[] for _ in range(customers)]
        for variable, (_, route) in zip(chosen, routes, strict=True):
            for customer in route:
                if customer < customers:  # else a depot at which a vehicle reloads
                    serving[customer].append(variable)
        for variables in serving:
            model.add_exactly_one(variables)
        model.add(sum(chosen) <= most)
        model.minimize(sum((cost + vehicle_cost) * x for (cost, _), x in zip(routes, chosen, strict=True)))
        at_hand = {frozenset(route) for route in known}
        for variable, (_, route) in zip(chosen, routes, strict=True):
            model.add_hint(variable, frozenset(route) in at_hand)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.linearization_level = 2
        solver.parameters.max_deterministic_time = effort
        solver.parameters.max_time_in_seconds = seconds
        if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None
        return [route for x, (_, route) in zip(chosen, routes, strict=True) if solver.value(x)]
