"""What is to be sized, and what comes of it: the task, a size with all its days, and all that was found."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from planner.io.money import MoneyFile
from planner.model import Vehicle
from planner.roads.streets import Streets
from planner.sizing.candidates import Candidate, Cell, fleet_of
from planner.sizing.cells import Outcome
from planner.sizing.demand import DemandDay
from planner.sizing.money import NO_ORDERS, DayUse, FleetOf, Kind, Year, fixed_cost, price_year
from planner.solve.options import SolveOptions

NEAR = 1e-9
EXACT = 0.2  # of CP-SAT: on such days as these more than that gains a thousandth
MOST_FITTED_IN = 1  # a fleet that leaves more behind is too small, whatever is tried for each of them

Progress = Callable[[int, int, str], None]
"""Hears of each day that is routed: how many so far, how many at most, and what is being looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What to size: `service` is the share of orders that has to be served, `options` the budget of each day."""

    days: tuple[DemandDay, ...]
    candidates: tuple[Candidate, ...]
    streets: Streets
    plugs: tuple[int, ...]
    service: float
    money: MoneyFile
    options: SolveOptions
    most_routed: int
    shift: str = ""  # in which all work, where several were asked about

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Return the candidates as far as money goes."""
        return tuple(candidate.kind for candidate in self.candidates)

    @property
    def currency(self) -> str:
        """Return the currency of the fleet file."""
        return next(day.day.currency for day in self.days if day.day is not None)

    @property
    def days_a_year(self) -> float:
        """Return how many days of the year a day of weight 1 stands for."""
        return self.money.figures.year.working_days / math.fsum(day.weight for day in self.days)

    def budget(self) -> SolveOptions:
        """Return how long to search each day."""
        return replace(self.options, threads=1, exact=EXACT, most_fitted_in=MOST_FITTED_IN)

    def with_vehicles(self, change: Callable[[Vehicle], Vehicle]) -> Task:
        """Return the task with each candidate's vehicle changed."""
        kinds = (Candidate(name=kind.name, vehicle=change(kind.vehicle)) for kind in self.candidates)
        return replace(self, candidates=tuple(kinds))

    def fleet(self, cell: Cell) -> FleetOf:
        """Return a cell as what is owned."""
        day = next(day.day for day in self.days if day.day is not None)
        return fleet_of(day, self.candidates, cell)

    def standing(self, cell: Cell) -> float:
        """Return what a cell costs in a year in which it stands still."""
        return fixed_cost(self.fleet(cell), kinds=self.kinds, money=self.money)


@dataclass(frozen=True, slots=True, kw_only=True)
class Relief:
    """What helps a fleet on its peak days: how many days of the year, and in words."""

    policy: str
    days_a_year: float
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """A cell with all its days, in the order of the task; no outcome on a day without orders.

    With a `relief` the plans of its peak days are those with rented vehicles, or with overtime.
    """

    cell: Cell
    outcomes: tuple[Outcome | None, ...]
    year: Year
    relief: Relief | None = None

    @property
    def key(self) -> tuple[Cell, str]:
        """Return what tells it from others: what is owned, and what helps on peak days."""
        return self.cell, self.relief.policy if self.relief else ""

    def told(self, candidates: Sequence[Candidate]) -> str:
        """Return it in words."""
        owned = self.cell.told(candidates)
        return f"{owned}, with {self.relief.said}" if self.relief else owned

    @property
    def service(self) -> float:
        """Return the share of the orders that is served."""
        return self.year.served / self.year.orders if self.year.orders else 1.0

    @property
    def charged(self) -> bool:
        """Say whether every battery is full in the morning."""
        return all(outcome is None or outcome.short_kwh == 0 for outcome in self.outcomes)

    def enough(self, task: Task) -> bool:
        """Say whether it serves what was asked for and starts every day with full batteries."""
        return self.charged and self.service >= task.service - NEAR


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """All cells that were looked at on every day, the cheapest that serves enough, and what it took.

    `scouts` are the days of the first looks with the weight each stands for. `partly` are cells of which only these
    are known: how much dearer they are in a year than `partly_of`, and how many orders more they serve.
    """

    sizes: tuple[Size, ...]
    best: Size | None
    given_up: int  # cells, after some of their days
    never_routed: int  # cells, by bounds and by what other cells have shown
    routed: int  # days, this time
    known: int  # days, from the ledger
    complete: bool  # no cell that may be cheaper was left
    scouts: Mapping[int, float] = field(default_factory=dict)
    partly: Mapping[Cell, tuple[float, float]] = field(default_factory=dict)
    partly_of: Cell | None = None
    whole: Mapping[int, Sequence[Outcome]] = field(default_factory=dict, repr=False)  # plans that serve all of a day


def size_of(task: Task, cell: Cell, outcomes: Sequence[Outcome | None]) -> Size:
    """Price a cell with all its days."""
    days = [(day.weight, out.use if out else NO_ORDERS) for day, out in zip(task.days, outcomes, strict=True)]
    year = price_year(task.fleet(cell), days, kinds=task.kinds, money=task.money)
    return Size(cell=cell, outcomes=tuple(outcomes), year=year)


def moving_cost(use: DayUse, task: Task) -> float:
    """Return what a day costs on top of what stands in the yard, without the courier."""
    figures = task.money.figures
    total = use.energy_paid * figures.energy.price_factor
    for kind in task.kinds:
        done = use.kinds.get(kind.name)
        if done is None:
            continue
        rates = task.money.of(kind.type_name, kind.class_name)
        paid_h = math.fsum(max(hours, figures.wages.min_paid_hours) for hours in done.hours)
        total += use.rented.get(kind.name, 0) * rates.rent_per_day
        total += paid_h * figures.wages.per_hour + done.overtime_h * figures.wages.overtime_extra_per_hour
        litres = done.km * rates.diesel_l_per_100km / 100
        worn_km = use.owned_share(kind.name) * done.km
        total += worn_km * rates.tyres_and_repair_per_km + litres * figures.energy.diesel_per_litre
    return total


def neighbours(cell: Cell, plugs: Sequence[int]) -> list[Cell]:
    """Return the cells with one vehicle or one plug less or more, the smaller ones first."""
    found = []
    for step in (-1, 1):
        for k, count in enumerate(cell.counts):
            counts = tuple(n + step if j == k else n for j, n in enumerate(cell.counts))
            if count + step >= 0 and any(counts):
                found.append(Cell(counts=counts, plugs=cell.plugs))
        if cell.plugs + step in plugs:
            found.append(Cell(counts=cell.counts, plugs=cell.plugs + step))
    return found


def exchanges(cell: Cell) -> list[Cell]:
    """Return the cells with one vehicle of one kind in the place of one of another."""
    kinds = range(len(cell.counts))
    return [
        Cell(counts=tuple(n + (j == b) - (j == a) for j, n in enumerate(cell.counts)), plugs=cell.plugs)
        for a in kinds
        for b in kinds
        if a != b and cell.counts[a]
    ]
