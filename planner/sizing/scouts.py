"""The days that stand for all: which cells serve enough on them, and what a year costs with those.

Cells are tried on the hardest day first, then on some, then on all, and given up on the way once they leave out too
much or have turned out too dear. Cells are looked at together, and judged by what was known before them: how many
processes route at once changes nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from planner.sizing.candidates import Cell
from planner.sizing.router import Router
from planner.sizing.task import NEAR, Task

SCOUTS = 6
SOME = 3  # scouts, the hardest among them, before all
CHEAPER = 0.97  # what a day may cost with another fleet, of the least that it has cost with any
# What a cell may look dearer than the best, by the hardest day and by some: on others it may be better.
LEEWAYS = (1.08, 1.04, math.inf)


@dataclass(slots=True)
class Scouts:
    """Estimates of cells by the days that stand for all, each with the weight of those it stands for."""

    router: Router
    days: Sequence[int]  # with orders, the hardest first
    weights: Mapping[int, float]
    estimates: dict[Cell, float] = field(default_factory=dict)
    given_up: set[Cell] = field(default_factory=set)
    never_routed: set[Cell] = field(default_factory=set)
    _priced: dict[tuple[int, ...], float] = field(default_factory=dict)

    @property
    def task(self) -> Task:
        return self.router.task

    @property
    def hardest(self) -> int:
        return self.days[0]

    @property
    def best(self) -> Cell | None:
        """Return the cell that looks cheapest."""
        return min(self.estimates, key=lambda cell: (self.estimates[cell], cell), default=None)

    def allowed(self, weights: Mapping[int, float]) -> float:
        """Return how many orders of some days, weighted, may be left out."""
        orders = sum(weight * self.task.days[i].orders for i, weight in weights.items())
        return (1 - self.task.service) * orders + NEAR

    def standing(self, cell: Cell) -> float:
        """Return what a cell costs in a year standing still: that of its plugs, and so much for each vehicle."""
        none = (0,) * len(cell.counts)
        return self._stand(none, cell.plugs) + sum(n * self.of_one(k) for k, n in enumerate(cell.counts))

    def of_one(self, k: int) -> float:
        """Return what one vehicle of a kind costs in a year standing still."""
        kinds = range(len(self.task.candidates))
        one, none = (tuple(n * (j == k) for j in kinds) for n in (1, 0))
        return self._stand(one, 1) - self._stand(none, 1)

    def _stand(self, counts: tuple[int, ...], plugs: int) -> float:
        if (*counts, plugs) not in self._priced:
            self._priced[*counts, plugs] = self.task.standing(Cell(counts=counts, plugs=plugs))
        return self._priced[*counts, plugs]

    def look(self, cells: Iterable[Cell], doing: str) -> None:
        """Estimate cells that were not looked at and are not hopeless, together."""
        left = [cell for cell in dict.fromkeys(cells) if self._is_new(cell)]
        scouts, before = [*self.weights], self.best
        for few, leeway in zip((1, SOME, len(scouts)), LEEWAYS, strict=True):
            self.router.route([(i, cell) for cell in left for i in scouts[:few]], doing)
            passed = [cell for cell in left if not self.falls_short(cell) and not self._too_dear(cell, before, leeway)]
            self.given_up |= {*left} - {*passed}
            left = passed
        known = dict.fromkeys([*self.estimates, *left, *map(self._tight, left)])
        self.estimates = {cell: self.estimate(cell) for cell in known}  # a new plan may be one for an old cell

    def give_up(self, cell: Cell) -> None:
        """Leave a cell alone from now on: it has failed on a day that is no scout."""
        self.given_up.add(cell)
        self.estimates.pop(cell, None)

    def estimate(self, cell: Cell) -> float:
        """Return what a year costs by the scouts, each of which was routed with the cell."""
        return self.standing(cell) + self.task.days_a_year * self._moving(cell, self.weights)

    def falls_short(self, cell: Cell) -> bool:
        """Say whether a cell loses more than is allowed on all scouts, or its batteries are not full in the morning.

        On a scout that it was not routed on it is taken to lose what it has to.
        """
        lost = 0.0
        for i, weight in self.weights.items():
            found = self.router.outcome(i, cell)
            if found is None:
                lost += weight * (self.task.days[i].orders - self.router.most_served(i, cell))
            elif found.short_kwh > 0:
                return True
            else:
                lost += weight * (found.use.orders - found.use.served)
        return lost > self.allowed(self.weights)

    def beside(self, cell: Cell, other: Cell) -> tuple[float, float]:
        """Return how much dearer a cell is in a year than another, and how many orders more it serves."""
        served = 0.0
        for i, weight in self.weights.items():
            one, two = self.router.outcome(i, cell), self.router.outcome(i, other)
            assert one is not None
            assert two is not None
            served += weight * (one.use.served - two.use.served)
        return self.estimate(cell) - self.estimate(other), self.task.days_a_year * served

    def _is_new(self, cell: Cell) -> bool:
        """Say whether a cell has to be looked at: it is left alone where it cannot serve enough or be the cheapest."""
        if cell in self.estimates or cell in self.given_up or cell in self.never_routed:
            return False
        if self.falls_short(cell) or (self.best and self._at_least(cell) >= self.estimates[self.best]):
            self.never_routed.add(cell)
            return False
        return True

    def _at_least(self, cell: Cell) -> float:
        """Return what a year costs at least, as far as is known: little less on each day than it has cost with any."""
        moving = 0.0
        for i, weight in self.weights.items():
            costs = (self.router.day_cost(found) for found in self.router.whole(i))
            moving += weight * CHEAPER * min(costs, default=0.0)
        return self.standing(cell) + self.task.days_a_year * moving

    def _too_dear(self, cell: Cell, best: Cell | None, leeway: float) -> bool:
        """Say whether a cell is much dearer than the best, were it so on all scouts as on those it was routed on."""
        if best is None:
            return False
        known = {i: weight for i, weight in self.weights.items() if self.router.outcome(i, cell) is not None}
        share = self._moving(cell, known) / max(self._moving(best, known), NEAR)
        moving = share * self.task.days_a_year * self._moving(best, self.weights)
        return self.standing(cell) + moving > leeway * self.estimates[best]

    def _moving(self, cell: Cell, weights: Mapping[int, float]) -> float:
        moving = 0.0
        for i, weight in weights.items():
            found = self.router.outcome(i, cell)
            assert found is not None
            moving += weight * self.router.day_cost(found)
        return moving

    def _tight(self, cell: Cell) -> Cell:
        """Return a cell without what stood idle on every scout, where that is known without routing it again."""
        found = [self.router.shown(i, cell) for i in self.weights]
        used = [outcome.used for outcome in found if outcome]
        counts = tuple(max(n) for n in zip(*(one.counts for one in used), strict=True))
        plugs = min(p for p in self.task.plugs if p >= min(cell.plugs, max(one.plugs for one in used)))
        tight = Cell(counts=counts, plugs=plugs)
        known = any(counts) and all(self.router.shown(i, tight) for i in self.weights)
        return tight if known else cell


def scouts_of(task: Task, days: Sequence[int]) -> dict[int, float]:
    """Return the days that stand for all, with the weight of those each stands for; the hardest for itself."""
    if len(days) <= SCOUTS:
        return {i: task.days[i].weight for i in days}
    first, rest, parts = days[0], days[1:], SCOUTS - 1
    cuts = [round(n * len(rest) / parts) for n in range(parts + 1)]
    groups = [rest[a:b] for a, b in pairwise(cuts)]
    return {first: task.days[first].weight} | {g[len(g) // 2]: sum(task.days[i].weight for i in g) for g in groups}
