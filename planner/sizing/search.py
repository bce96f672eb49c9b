"""Find the cheapest fleet for a year of days, with as few routed days as that takes.

Cells are tried from the cheapest upwards, each on the hardest days first, and given up as soon as they have lost more
orders than the service allows, or cost more than the best so far. What a day has shown with one fleet serves for
others: a plan that uses a part of a fleet is a plan of every fleet that holds that part, and what a larger fleet could
not serve a smaller one cannot either. Bounds that are proven keep hopeless cells from being routed at all.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

from planner.io.money import MoneyFile
from planner.roads.streets import Streets
from planner.sizing.bounds import DayBounds, bounds_of
from planner.sizing.candidates import Candidate, Cell, day_with, fleet_of
from planner.sizing.cells import Ground, Outcome, ground_of, route
from planner.sizing.demand import DemandDay
from planner.sizing.ledger import Ledger, key_of
from planner.sizing.money import NO_ORDERS, DayUse, FleetOf, Kind, Year, fixed_cost, price_year
from planner.solve.options import SolveOptions

ROUTED_A_DAY = 8  # cells, in the mean
SPARE = 3  # vehicles of a kind above the proven least that are looked at
LEEWAY = 1.1  # a mix is looked at where it may serve this much more than its kinds have shown one by one
CHEAPER = 0.98  # what a day may cost with another fleet, of the least that it has cost with any
GROUNDS_KEPT = 12
NEAR = 1e-9

Progress = Callable[[int, int, str], None]
"""Hears of each day that is routed: how many so far, how many at most, and what is being looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What to size: `service` is the share of the orders that has to be served."""

    days: tuple[DemandDay, ...]
    candidates: tuple[Candidate, ...]
    streets: Streets
    plugs: tuple[int, ...]
    service: float
    money: MoneyFile
    options: SolveOptions
    most_routed: int

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Return the candidates as far as money goes."""
        return tuple(candidate.kind for candidate in self.candidates)

    def fleet(self, cell: Cell) -> FleetOf:
        """Return a cell as what is owned."""
        day = next(day.day for day in self.days if day.day is not None)
        return fleet_of(day, self.candidates, cell)


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """A cell with all its days, in the order of the task; no outcome on a day without orders."""

    cell: Cell
    outcomes: tuple[Outcome | None, ...]
    year: Year

    @property
    def service(self) -> float:
        """Return the share of the orders that is served."""
        return self.year.served / self.year.orders if self.year.orders else 1.0

    @property
    def charged(self) -> bool:
        """Say whether every battery is full in the morning."""
        return all(outcome is None or outcome.short_kwh == 0 for outcome in self.outcomes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """All cells that were looked at on every day, the cheapest that serves enough, and what it took."""

    sizes: tuple[Size, ...]
    best: Size | None
    given_up: int  # cells, after some of their days
    never_routed: int  # cells, by bounds and by what other cells have shown
    routed: int  # days, this time
    known: int  # days, from the ledger
    complete: bool  # no cell that may be cheaper was left


@dataclass(slots=True)
class _Search:
    task: Task
    ledger: Ledger
    tell: Progress
    grounds: dict[int, Ground] = field(default_factory=dict)
    bounds: dict[int, DayBounds] = field(default_factory=dict)
    shown: dict[int, dict[Cell, Outcome]] = field(default_factory=dict)
    sizes: dict[Cell, Size] = field(default_factory=dict)
    routed: int = 0
    known: int = 0
    given_up: int = 0
    never_routed: int = 0

    def busy_days(self) -> list[int]:
        """Return the days with orders, the hardest first: by the time and the load that they take at least."""
        days = [i for i, day in enumerate(self.task.days) if day.orders]
        return sorted(days, key=lambda i: (-float(self.bound(i).work_s[-1]), -float(self.bound(i).out_l[-1]), i))

    def ground(self, i: int) -> Ground:
        """Return a day on its streets, from memory where it was used lately."""
        if i not in self.grounds:
            while len(self.grounds) >= GROUNDS_KEPT:
                self.grounds.pop(next(iter(self.grounds)))
            self.grounds[i] = ground_of(self.task.days[i], self.task.candidates, self.task.streets)
        else:
            self.grounds[i] = self.grounds.pop(i)
        return self.grounds[i]

    def bound(self, i: int) -> DayBounds:
        """Return what a day takes at least."""
        if i not in self.bounds:
            self.bounds[i] = bounds_of(self.ground(i))
        return self.bounds[i]

    def outcome(self, i: int, cell: Cell, doing: str) -> Outcome:
        """Return a day with a fleet: from a part of it that is enough, from the ledger, or routed."""
        shown = self.shown.setdefault(i, {})
        if cell in shown:
            return shown[cell]
        enough = [found for found in shown.values() if found.whole and found.used.within(cell)]
        if enough:
            return min(enough, key=lambda found: self.day_cost(found.use))
        demand, task = self.task.days[i], self.task
        assert demand.day is not None
        key = key_of(day_with(demand.day, task.candidates, cell), task.streets.sha256, task.options)
        found = self.ledger.get(key)
        if found is not None:
            self.known += 1
        else:
            if self.routed >= task.most_routed:
                raise _Spent
            self.tell(self.routed, task.most_routed, f"{doing}: {demand.date} with {cell.told(task.candidates)}")
            found = route(self.ground(i), cell, task.options)
            self.routed += 1
            self.ledger.add(key, found, date=str(demand.date))
        shown[cell] = self._at_least_as_a_part(found, cell, shown)
        return shown[cell]

    def _at_least_as_a_part(self, found: Outcome, cell: Cell, shown: dict[Cell, Outcome]) -> Outcome:
        """A short search may serve less than it did with a part of the fleet: the plan of the part holds too."""
        parts = [o for c, o in shown.items() if c.within(cell) and o.short_kwh == 0 and o.use.served > found.use.served]
        return max(parts, key=lambda o: o.use.served, default=found)

    def most_served(self, i: int, cell: Cell) -> int:
        """Return a number of a day's orders above which a fleet is not expected to get, or cannot."""
        shown = self.shown.get(i, {})
        larger = [found.use.served for other, found in shown.items() if cell.within(other) and cell != other]
        return min([self.bound(i).most_served(cell), *larger])

    def day_cost(self, use: DayUse) -> float:
        """Return what a day costs on top of what stands in the yard, without the courier."""
        return _moving_cost(use, self.task)


class _Spent(Exception):
    """Nothing more may be routed."""


def size_fleet(task: Task, ledger: Ledger, tell: Progress) -> Found:
    """Look for the cheapest fleet that serves enough, and at its neighbours. Raises `RoadsError`, `PlanRefused`."""
    search = _Search(task=task, ledger=ledger, tell=tell)
    days = search.busy_days()
    complete = False
    try:
        rates = _rates(search, days[0])
        complete = _cheapest_first(search, days, rates)
        _look_around(search, days)
    except _Spent:
        pass
    best = _best(search)
    return Found(
        sizes=tuple(sorted(search.sizes.values(), key=lambda size: size.year.cost.total)),
        best=best,
        given_up=search.given_up,
        never_routed=search.never_routed,
        routed=search.routed,
        known=search.known,
        complete=complete,
    )


def _rates(search: _Search, hardest: int) -> list[float]:
    """Return how many orders of the hardest day one vehicle of each kind serves, where it is alone with its like."""
    task, rates = search.task, []
    for k in range(len(task.candidates)):
        least = _fewest(search, hardest, k)
        if least is None:
            rates.append(0.0)
            continue
        cell = _only(task, k, least)
        outcome = search.outcome(hardest, cell, "first look")
        rates.append(
            outcome.use.served / max(outcome.used.vehicles, 1) if outcome.whole else outcome.use.served / least
        )
    return rates


def _fewest(search: _Search, day: int, k: int) -> int | None:
    """Return the least number of one kind that may serve all that this kind can serve; None where it serves nothing."""
    bound, task = search.bound(day), search.task
    n = task.days[day].orders
    most = bound.most_served(_only(task, k, n))
    return next((count for count in range(1, n + 1) if bound.most_served(_only(task, k, count)) >= most > 0), None)


def _only(task: Task, k: int, count: int) -> Cell:
    counts = tuple(count if j == k else 0 for j in range(len(task.candidates)))
    return Cell(counts=counts, plugs=max(task.plugs))


def _cells(search: _Search, hardest: int, rates: Sequence[float]) -> Iterator[Cell]:
    """Yield the cells worth a look, from the cheapest standing still to the dearest."""
    task = search.task
    orders = task.days[hardest].orders
    caps = []
    for k, rate in enumerate(rates):
        fewest = _fewest(search, hardest, k)
        shown = math.ceil(orders / rate) if rate else 0
        caps.append(0 if fewest is None else max(fewest, shown) + SPARE)
    cells = [Cell(counts=counts, plugs=p) for p in task.plugs for counts in product(*(range(cap + 1) for cap in caps))]
    standing = {cell: fixed_cost(task.fleet(cell), kinds=task.kinds, money=task.money) for cell in cells}
    yield from sorted((cell for cell in cells if cell.vehicles), key=lambda cell: (standing[cell], cell))


def _cheapest_first(search: _Search, days: Sequence[int], rates: Sequence[float]) -> bool:
    """Try cells until none that is left may be cheaper; say whether it came to that."""
    task = search.task
    wanted = task.service * task.days[days[0]].orders
    for cell in _cells(search, days[0], rates):
        best = _best(search)
        if best is not None and _least_cost(search, cell, {}) >= best.year.cost.total - NEAR:
            standing = fixed_cost(task.fleet(cell), kinds=task.kinds, money=task.money)
            if standing + _least_moving(search, days) >= best.year.cost.total - NEAR:
                return True
            search.never_routed += 1
            continue
        promised = sum(n * rate for n, rate in zip(cell.counts, rates, strict=True)) * LEEWAY
        if promised < wanted - _allowed(task) or not _may_serve_enough(search, cell, days):
            search.never_routed += 1
            continue
        try_cell(search, cell, days)
    return True


def _allowed(task: Task) -> float:
    """Return how many orders of all days, weighted, may be left out."""
    return (1 - task.service) * sum(day.weight * day.orders for day in task.days) + NEAR


def _may_serve_enough(search: _Search, cell: Cell, days: Sequence[int]) -> bool:
    lost = 0.0
    for i in days:
        day = search.task.days[i]
        lost += day.weight * (day.orders - search.most_served(i, cell))
        if lost > _allowed(search.task):
            return False
    return True


def try_cell(search: _Search, cell: Cell, days: Sequence[int], *, to_the_end: bool = False) -> Size | None:
    """Route a cell's days, the hardest first; give it up once it serves too little or costs too much."""
    task, lost = search.task, 0.0
    outcomes: dict[int, Outcome] = {}
    best = _best(search)
    for i in days:
        outcome = search.outcome(i, cell, "a neighbour" if to_the_end else "looking")
        outcomes[i] = outcome
        lost += task.days[i].weight * (outcome.use.orders - outcome.use.served)
        dear = best is not None and _least_cost(search, cell, outcomes) >= best.year.cost.total
        if not to_the_end and (lost > _allowed(task) or outcome.short_kwh > 0 or dear):
            search.given_up += 1
            return None
    size = size_of(task, cell, [outcomes.get(i) for i in range(len(task.days))])
    search.sizes[cell] = size
    return size


def size_of(task: Task, cell: Cell, outcomes: Sequence[Outcome | None]) -> Size:
    """Price a cell with all its days."""
    days = [(day.weight, out.use if out else NO_ORDERS) for day, out in zip(task.days, outcomes, strict=True)]
    year = price_year(task.fleet(cell), days, kinds=task.kinds, money=task.money)
    return Size(cell=cell, outcomes=tuple(outcomes), year=year)


def _least_cost(search: _Search, cell: Cell, outcomes: dict[int, Outcome]) -> float:
    """Return what a cell's year costs if the days that are not known cost a little less than with any other fleet."""
    task = search.task
    standing = fixed_cost(task.fleet(cell), kinds=task.kinds, money=task.money)
    courier = task.money.figures.year.courier_per_order
    scale = task.money.figures.year.working_days / sum(day.weight for day in task.days)
    moving = 0.0
    for i, day in enumerate(task.days):
        if not day.orders:
            continue
        if i in outcomes:
            use = outcomes[i].use
            moving += day.weight * (search.day_cost(use) + courier * (use.orders - use.served))
        else:
            moving += day.weight * _least_of_day(search, i)
    return standing + scale * moving


def _least_of_day(search: _Search, i: int) -> float:
    whole = [search.day_cost(found.use) for found in search.shown.get(i, {}).values() if found.whole]
    return CHEAPER * min(whole) if whole else 0.0


def _least_moving(search: _Search, days: Sequence[int]) -> float:
    scale = search.task.money.figures.year.working_days / sum(day.weight for day in search.task.days)
    return scale * sum(search.task.days[i].weight * _least_of_day(search, i) for i in days)


def _moving_cost(use: DayUse, task: Task) -> float:
    figures = task.money.figures
    total = use.energy_paid * figures.energy.price_factor
    for kind in task.kinds:
        done = use.kinds.get(kind.name)
        if done is None:
            continue
        rates = task.money.of(kind.type_name, kind.class_name)
        paid_h = math.fsum(max(hours, figures.wages.min_paid_hours) for hours in done.hours)
        total += paid_h * figures.wages.per_hour + done.overtime_h * figures.wages.overtime_extra_per_hour
        litres = done.km * rates.diesel_l_per_100km / 100
        total += done.km * rates.tyres_and_repair_per_km + litres * figures.energy.diesel_per_litre
    return total


def _best(search: _Search) -> Size | None:
    """Return the cheapest cell that serves enough and starts every day with full batteries."""
    enough = [size for size in search.sizes.values() if size.charged and size.service >= search.task.service - NEAR]
    return min(enough, key=lambda size: (size.year.cost.total, size.cell), default=None)


def _look_around(search: _Search, days: Sequence[int]) -> None:
    """Look at the best cell's neighbours, one vehicle or plug more or less, on every day; go on from a better one."""
    looked: set[Cell] = set()
    while (best := _best(search)) is not None and best.cell not in looked:
        looked.add(best.cell)
        for cell in neighbours(best.cell, search.task.plugs):
            if cell not in search.sizes:
                try_cell(search, cell, days, to_the_end=True)


def neighbours(cell: Cell, plugs: Sequence[int]) -> list[Cell]:
    """Return the cells with one vehicle or one plug less or more, the smaller ones first."""
    found = []
    for step in (-1, 1):
        for k, count in enumerate(cell.counts):
            counts = tuple(n + step if j == k else n for j, n in enumerate(cell.counts))
            if count + step >= 0 and any(counts):
                found.append(replace(cell, counts=counts))
        if cell.plugs + step in plugs:
            found.append(replace(cell, plugs=cell.plugs + step))
    return found
