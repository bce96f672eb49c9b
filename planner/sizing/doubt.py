"""How sure a recommendation is: other days of the same kind, other prices, cold and growth. Nothing is routed here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.io.money_schema import MoneyDocument
from planner.sizing.candidates import Cell
from planner.sizing.money import NO_ORDERS, price_year
from planner.sizing.task import NEAR, Size, Task, size_of
from planner.sizing.what_if import COLD_C, COLD_DAYS, GROWTH, WhatIf

RESAMPLES = 1_000
LEAST_SWING = 0.5  # money a year; less is no bar
SEED = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Resampled:
    """In which share of the resamples each size is the cheapest that serves enough; `none` is where none does.

    `interval` holds what a year costs with the recommended size in nine of ten resamples.
    """

    shares: tuple[tuple[Cell, float], ...]
    none: float
    interval: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Swing:
    """A year of the recommended size with one figure lower and higher, and what would be recommended then, if known."""

    said: str
    low: float
    high: float
    low_cell: Cell | None
    high_cell: Cell | None


def resample(task: Task, sizes: Sequence[Size], chosen: Size) -> Resampled:
    """Draw as many days as there are, with replacement, again and again, and recommend anew from what was routed."""
    days = len(task.days)
    draws = np.random.default_rng(SEED).integers(0, days, size=(RESAMPLES, days))
    weight = np.array([day.weight for day in task.days])
    orders = weight * np.array([day.orders for day in task.days])
    scale = task.money.figures.year.working_days / weight[draws].sum(axis=1)
    asked = orders[draws].sum(axis=1)
    eligible = [size for size in sizes if size.charged]
    standing, moving = _parts(task, chosen)
    years = standing + scale * moving[draws].sum(axis=1)
    interval = (float(np.quantile(years, 0.05)), float(np.quantile(years, 0.95)))
    costs = np.full((len(eligible), RESAMPLES), np.inf)
    for row, size in zip(costs, eligible, strict=True):
        uses = [outcome.use if outcome else NO_ORDERS for outcome in size.outcomes]
        standing, moving = _parts(task, size)
        lost = weight * np.array([use.orders - use.served for use in uses])
        enough = lost[draws].sum(axis=1) <= (1 - task.service) * asked + NEAR
        row[:] = np.where(enough, standing + scale * moving[draws].sum(axis=1), np.inf)
    if not eligible:
        return Resampled(shares=(), none=1.0, interval=interval)
    best = costs.argmin(axis=0)
    served = np.isfinite(costs.min(axis=0))
    counts = Counter(eligible[int(i)].cell for i in best[served])
    shares = tuple((cell, n / RESAMPLES) for cell, n in counts.most_common())
    return Resampled(shares=shares, none=float((~served).mean()), interval=interval)


def _parts(task: Task, size: Size) -> tuple[float, np.ndarray[tuple[int], np.dtype[np.float64]]]:
    """Return what a size costs in a year standing still, and on each day, weighted; batteries count as standing."""
    fleet, cost = task.fleet(size.cell), size.year.cost
    still = price_year(fleet, [(1.0, NO_ORDERS)], kinds=task.kinds, money=task.money).cost.total + cost.batteries
    one_day = task.money.figures.year.working_days
    moving = []
    for day, outcome in zip(task.days, size.outcomes, strict=True):
        use = outcome.use if outcome else NO_ORDERS
        year = price_year(fleet, [(1.0, use)], kinds=task.kinds, money=task.money).cost
        moving.append(day.weight * (year.total - year.batteries - still + cost.batteries) / one_day)
    return still, np.array(moving)


def tornado(task: Task, sizes: Sequence[Size], best: Size, routed: Sequence[WhatIf] = ()) -> tuple[Swing, ...]:
    """Price all sizes anew with one figure lower and higher, the widest swing first.

    What was routed anew, cold days and another number of orders, tells of the recommended size only.
    """
    swings = [*_routed_swings(task, best, {what.name: what for what in routed})]
    for said, low, high in _changes(task.money.figures):
        (low_cost, low_cell), (high_cost, high_cell) = (_priced(task, sizes, best, figures) for figures in (low, high))
        swings.append(Swing(said=said, low=low_cost, high=high_cost, low_cell=low_cell, high_cell=high_cell))
    swings = [swing for swing in swings if abs(swing.high - swing.low) >= LEAST_SWING]
    return tuple(sorted(swings, key=lambda swing: -abs(swing.high - swing.low)))


def _routed_swings(task: Task, best: Size, routed: Mapping[str, WhatIf]) -> Iterator[Swing]:
    cost = best.year.cost.total
    if "cold" in routed:
        share = min(COLD_DAYS / task.money.figures.year.working_days, 1.0)
        high = cost + share * routed["cold"].cost
        said = f"no day, or {COLD_DAYS} of the year, at {COLD_C:g} °C"
        yield Swing(said=said, low=cost, high=high, low_cell=best.cell, high_cell=None)
    if "less" in routed and "more" in routed:
        low, high = cost + routed["less"].cost, cost + routed["more"].cost
        said = f"{100 // GROWTH} % fewer or more orders"
        yield Swing(said=said, low=low, high=high, low_cell=None, high_cell=None)


def _priced(task: Task, sizes: Sequence[Size], best: Size, figures: MoneyDocument) -> tuple[float, Cell]:
    other = replace(task, money=replace(task.money, figures=figures))
    years = {size.key: size_of(other, size.cell, size.outcomes) for size in sizes}
    enough = [size for size in years.values() if size.charged and size.service >= task.service - NEAR]
    cheapest = min(enough, key=lambda size: size.year.cost.total, default=years[best.key])
    return years[best.key].year.cost.total, cheapest.cell


def _changes(figures: MoneyDocument) -> list[tuple[str, MoneyDocument, MoneyDocument]]:
    """Return each figure in words, with the figures where it is lower and where it is higher."""
    wages, energy, year = figures.wages, figures.energy, figures.year

    def wage(factor: float) -> MoneyDocument:
        return figures.model_copy(update={"wages": wages.model_copy(update={"per_hour": wages.per_hour * factor})})

    def power(factor: float) -> MoneyDocument:
        row = {"price_factor": energy.price_factor * factor, "diesel_per_litre": energy.diesel_per_litre * factor}
        return figures.model_copy(update={"energy": energy.model_copy(update=row)})

    def price(factor: float) -> MoneyDocument:
        vehicles = {
            name: {k: v * factor if k in {"price", "lease_per_month"} else v for k, v in row.items()}
            for name, row in figures.vehicles.items()
        }
        return figures.model_copy(update={"vehicles": vehicles})

    def courier(factor: float) -> MoneyDocument:
        row = {"courier_per_order": year.courier_per_order * factor}
        return figures.model_copy(update={"year": year.model_copy(update=row)})

    def interest(points: float) -> MoneyDocument:
        row = {"interest_percent": max(0.0, year.interest_percent + points)}
        return figures.model_copy(update={"year": year.model_copy(update=row)})

    def rent(factor: float) -> MoneyDocument:
        rows = {
            name: {k: v * factor if k == "rent_per_day" else v for k, v in row.items()}
            for name, row in figures.vehicles.items()
        }
        return figures.model_copy(update={"vehicles": rows})

    return [
        ("wages 20 % lower or higher", wage(0.8), wage(1.2)),
        ("energy 30 % cheaper or dearer", power(0.7), power(1.3)),
        ("vehicles 20 % cheaper or dearer", price(0.8), price(1.2)),
        ("rent for peak days 30 % cheaper or dearer", rent(0.7), rent(1.3)),
        ("couriers 30 % cheaper or dearer", courier(0.7), courier(1.3)),
        ("interest 2 points lower or higher", interest(-2.0), interest(2.0)),
    ]
