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
    """Routes days of a task, each with a fleet no more than once for a first look and once for longer."""

    task: Task
    ledger: Ledger
    hands: Hands
    tell: Progress
    number: int = 0
    bounds: dict[int, DayBounds] = field(default_factory=dict)
    seen: dict[int, dict[tuple[Cell, bool], Outcome]] = field(default_factory=dict)
    routed: int = 0
    known: int = 0

    def __post_init__(self) -> None:
        self.number = self.hands.add(Field(days=self.task.days, candidates=self.task.candidates))

    def measure(self) -> None:
        """Bound every day with orders."""
        busy = [i for i, day in enumerate(self.task.days) if day.orders and i not in self.bounds]

        def heard(number: int, answer: Answer) -> None:
            if isinstance(answer, DayBounds):
                self.bounds[busy[number]] = answer
            self.tell(self.routed, self.task.most_routed, f"measuring the days, {len(self.bounds)} of {len(busy)}")

        self.hands.do([Job(field=self.number, day=i) for i in busy], heard)

    def route(self, wanted: Iterable[tuple[int, Cell]], doing: str, *, longer: bool = False) -> None:
        """See to it that days with fleets are known. Raises `Spent` where the budget ends before."""
        new = [(i, c) for i, c in dict.fromkeys(wanted) if self._shown(i, c, longer=longer) is None]
        options = self.task.budget(longer=longer)
        keys = [key_of(self._day(i, c), self.task.streets.sha256, options) for i, c in new]
        todo = []
        for (i, cell), key in zip(new, keys, strict=True):
            found = self.ledger.get(key)
            if found is not None:
                self.known += 1
                self._note(i, cell, found, longer=longer)
            else:
                todo.append((i, cell, key))
        # What an earlier run has routed counts too, so that a run that was stopped ends where it would have ended.
        left = max(self.task.most_routed - self.routed - self.known, 0)
        now = todo[:left]

        def heard(number: int, answer: Answer) -> None:
            i, cell, key = now[number]
            if isinstance(answer, Outcome):
                self.routed += 1
                self.ledger.add(key, answer, date=str(self.task.days[i].date))
                self._note(i, cell, answer, longer=longer)
            told = f"{doing}: {self.task.days[i].date} with {cell.told(self.task.candidates)}"
            self.tell(self.routed + self.known, self.task.most_routed, told)

        self.hands.do([Job(field=self.number, day=i, cell=c, options=options) for i, c, _ in now], heard)
        if len(now) < len(todo):
            raise Spent

    def outcome(self, i: int, cell: Cell, *, longer: bool = False) -> Outcome | None:
        """Return the best plan known of a day with a fleet, plans of its parts included; None if not looked at."""
        own = self._shown(i, cell, longer=longer)
        if own is None:
            return None
        others = [found for found in self.seen[i].values() if found.used.within(cell) and found.short_kwh == 0]
        return min((own, *others), key=lambda found: (found.short_kwh > 0, -found.use.served, self.day_cost(found)))

    def whole(self, i: int) -> list[Outcome]:
        """Return the plans of a day that serve everything."""
        return [found for found in self.seen.get(i, {}).values() if found.whole]

    def most_served(self, i: int, cell: Cell) -> int:
        """Return a number of a day's orders above which a fleet is not expected to get, or cannot."""
        served: dict[Cell, int] = {}
        for (other, _), found in self.seen.get(i, {}).items():
            if cell.within(other) and cell != other:
                served[other] = max(served.get(other, 0), found.use.served)
        return min([self.bounds[i].most_served(cell), *served.values()])

    def day_cost(self, found: Outcome) -> float:
        """Return what a day costs on top of what stands in the yard, with the courier for what is left out."""
        courier = self.task.money.figures.year.courier_per_order
        return moving_cost(found.use, self.task) + courier * (found.use.orders - found.use.served)

    def _day(self, i: int, cell: Cell) -> Day:
        day = self.task.days[i].day
        assert day is not None
        return day_with(day, self.task.candidates, cell)

    def _note(self, i: int, cell: Cell, found: Outcome, *, longer: bool) -> None:
        self.seen.setdefault(i, {})[cell, longer] = found

    def _shown(self, i: int, cell: Cell, *, longer: bool) -> Outcome | None:
        """Return what a fleet was routed with, or what a fleet shows in which it has nothing to gain or lose."""
        seen = self.seen.get(i, {})
        levels = (True,) if longer else (False, True)
        for level in levels:
            if (cell, level) in seen:
                return seen[cell, level]
        for (other, level), found in seen.items():
            if level in levels and found.whole and _nothing_to_gain(other, found.used, cell):
                return found
        return None


def _nothing_to_gain(tried: Cell, used: Cell, cell: Cell) -> bool:
    """Say whether a plan holds for another fleet that has more only of what stood idle in it."""
    pairs: Sequence[tuple[int, int, int]] = (
        *zip(tried.counts, used.counts, cell.counts, strict=True),
        (tried.plugs, used.plugs, cell.plugs),
    )
    return all(b <= c and (c <= a or b < a) for a, b, c in pairs)
