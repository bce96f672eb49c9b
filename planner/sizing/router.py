"""What is known of days with fleets: from the ledger, from other fleets that show it, or routed now.

A plan that uses a part of a fleet is a plan of every fleet that holds that part. What stood idle in a plan would stand
idle if there were more of it. What a larger fleet did not serve, a smaller one is taken not to serve either.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from planner.model import Day
from planner.sizing.bench import Field, Job
from planner.sizing.bounds import DayBounds
from planner.sizing.candidates import Cell, day_with
from planner.sizing.cells import Outcome
from planner.sizing.hands import Answer, Hands
from planner.sizing.ledger import Ledger, key_of
from planner.sizing.task import Progress, Task, moving_cost


class Spent(Exception):
    """Nothing more may be routed."""


@dataclass(slots=True)
class Router:
    """Routes days of a task, each with a fleet no more than once."""

    task: Task
    ledger: Ledger
    hands: Hands
    tell: Progress
    number: int = 0
    bounds: dict[int, DayBounds] = field(default_factory=dict)
    seen: dict[int, dict[Cell, Outcome]] = field(default_factory=dict)
    offered: dict[int, list[Outcome]] = field(default_factory=dict)  # plans that other prices have led to
    routed: int = 0
    known: int = 0
    _costs: dict[int, tuple[Outcome, float]] = field(
        default_factory=dict
    )  # by id, each kept so that its id stays its own

    def __post_init__(self) -> None:
        self.number = self.hands.add(Field(days=self.task.days, candidates=self.task.candidates))

    @property
    def left(self) -> int:
        """Return how many days may still be routed; those of an earlier run count, so that both end alike."""
        return max(self.task.most_routed - self.routed - self.known, 0)

    def measure(self) -> None:
        """Bound every day with orders."""
        busy = [i for i, day in enumerate(self.task.days) if day.orders and i not in self.bounds]

        def heard(number: int, answer: Answer) -> None:
            if isinstance(answer, DayBounds):
                self.bounds[busy[number]] = answer
            self.tell(self.routed, self.task.most_routed, f"measuring the days, {len(self.bounds)} of {len(busy)}")

        self.hands.do([Job(field=self.number, day=i) for i in busy], heard)

    def route(self, wanted: Iterable[tuple[int, Cell]], doing: str) -> None:
        """See to it that days with fleets are known. Raises `Spent` where the budget ends before."""
        new = [(i, c) for i, c in dict.fromkeys(wanted) if self.shown(i, c) is None]
        options = self.task.budget()
        keys = [key_of(self._day(i, c), self.task.streets.sha256, options) for i, c in new]
        todo = []
        for (i, cell), key in zip(new, keys, strict=True):
            found = self.ledger.get(key)
            if found is not None:
                self.known += 1
                self._note(i, cell, found)
            else:
                todo.append((i, cell, key))
        now = todo[: self.left]

        def heard(number: int, answer: Answer) -> None:
            i, cell, key = now[number]
            if isinstance(answer, Outcome):
                self.routed += 1
                self.ledger.add(key, answer, date=str(self.task.days[i].date))
                self._note(i, cell, answer)
            told = f"{doing}: {self.task.days[i].date} with {cell.told(self.task.candidates)}"
            self.tell(self.routed + self.known, self.task.most_routed, told)

        self.hands.do([Job(field=self.number, day=i, cell=c, options=options) for i, c, _ in now], heard)
        if len(now) < len(todo):
            raise Spent

    def outcome(self, i: int, cell: Cell) -> Outcome | None:
        """Return the best plan known of a day with a fleet, plans of its parts included; None if not looked at."""
        own = self.shown(i, cell)
        if own is None:
            return None
        others = [found for found in self._plans(i) if found.used.within(cell) and found.short_kwh == 0]
        return min((own, *others), key=lambda found: (found.short_kwh > 0, -found.use.served, self.day_cost(found)))

    def shown(self, i: int, cell: Cell) -> Outcome | None:
        """Return what a fleet was routed with, or what a fleet shows in which it has nothing to gain or lose."""
        seen = self.seen.get(i, {})
        if cell in seen:
            return seen[cell]
        shown = (found for other, found in seen.items() if found.whole and _nothing_to_gain(other, found.used, cell))
        return next(shown, None)

    def whole(self, i: int) -> list[Outcome]:
        """Return the plans of a day that serve everything."""
        return [found for found in self._plans(i) if found.whole]

    def most_served(self, i: int, cell: Cell) -> int:
        """Return a number of a day's orders above which a fleet is not expected to get, or cannot."""
        larger = (
            found
            for other, found in self.seen.get(i, {}).items()
            if cell.within(other) and cell != other and not found.died
        )
        return min([self.bounds[i].most_served(cell), *(found.use.served for found in larger)])

    def day_cost(self, found: Outcome) -> float:
        """Return what a day costs on top of what stands in the yard, with the courier for what is left out."""
        if id(found) not in self._costs:
            courier = self.task.money.figures.year.courier_per_order
            left_out = courier * (found.use.orders - found.use.served)
            self._costs[id(found)] = found, moving_cost(found.use, self.task) + left_out
        return self._costs[id(found)][1]

    def _day(self, i: int, cell: Cell) -> Day:
        day = self.task.days[i].day
        assert day is not None
        return day_with(day, self.task.candidates, cell)

    def _plans(self, i: int) -> list[Outcome]:
        return [*self.seen.get(i, {}).values(), *self.offered.get(i, ())]

    def _note(self, i: int, cell: Cell, found: Outcome) -> None:
        self.seen.setdefault(i, {})[cell] = found


def _nothing_to_gain(tried: Cell, used: Cell, cell: Cell) -> bool:
    """Say whether a plan holds for another fleet that has more only of what stood idle in it."""
    pairs: Sequence[tuple[int, int, int]] = (
        *zip(tried.counts, used.counts, cell.counts, strict=True),
        (tried.plugs, used.plugs, cell.plugs),
    )
    return all(b <= c and (c <= a or b < a) for a, b, c in pairs)
