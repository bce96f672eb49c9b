"""The figures of a sizing as tables: what is written as CSV, drawn, and printed, so that all three agree."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from planner.sizing.cells import HOURS
from planner.sizing.peaks import rents, works_longer
from planner.sizing.recommend import PARTS, difference
from planner.sizing.task import NEAR, Size, Task, moving_cost

if TYPE_CHECKING:
    from planner.sizing.results import Results

Row = Sequence[str | float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Columns and rows, by a name that is that of its CSV file."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def records(self) -> list[dict[str, str | float]]:
        """Return a mapping for each row."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


def tables(results: Results) -> dict[str, Table]:
    """Return every table by its name."""
    made = [make(results) for make in MAKERS]
    return {table.name: table for table in made}


def frontier(results: Results) -> Table:
    """Return every size by cost, with couriers for what it leaves out and without, and service; with what it is."""
    advice, task = results.advice, results.task
    front = {size.key for size in advice.frontier}
    rows = []
    for size in results.found.sizes:
        what = "recommended" if size.key == advice.best.key else "frontier" if size.key in front else "other"
        knee = "knee" if size.key == advice.knee.key else ""
        cost = size.year.cost
        money = round(cost.total), round(cost.courier), round(cost.own)
        rows.append((size.told(task.candidates), *money, round(100 * size.service, 2), what, knee))
    columns = ("fleet", "cost_per_year", "couriers", "without_couriers", "service_percent", "what", "knee")
    return Table(name="frontier", columns=columns, rows=tuple(rows))


def costs(results: Results) -> Table:
    """Return the year's money by kind, of the recommended fleet, the next best, and those of other kinds."""
    advice = results.advice
    rows: list[Row] = []
    for name, size in compared_sizes(results):
        rows += [
            (name, PARTS[part.name], round(getattr(size.year.cost, part.name), 2))
            for part in fields(advice.best.year.cost)
        ]
    return Table(name="costs", columns=("fleet", "for", "cost_per_year"), rows=tuple(rows))


def compared_sizes(results: Results) -> list[tuple[str, Size]]:
    """Return the recommended size, the next best, and the best of the vans and bikes, with their names."""
    advice, task = results.advice, results.task
    found = [(advice.best.told(task.candidates), advice.best)]
    if advice.second is not None:
        found.append((advice.second.told(task.candidates), advice.second))
    return found + [(o.best.cell.told(o.task.candidates), o.best) for o in results.compared if o.best is not None]


def one_more(results: Results) -> Table:
    """Return what one vehicle, plug, shift hour, kWh or kW changes in a year."""
    rows: list[Row] = [
        (step.said, round(step.cost), round(step.served), f"{step.days} days routed") for step in results.advice.steps
    ]
    # Routed with all that is needed on any day in the yard, whatever helps on peak days.
    owned = ", nothing rented and no overtime" if results.advice.best.relief else ""
    # What the thing itself costs is not counted here: this is what it may cost at most.
    rows += [
        (w.said, round(w.cost), round(-w.left_out), f"{w.days} days routed anew{owned}")
        for w in results.what_ifs
        if w.name in {"hour", "kwh", "kw"}
    ]
    return Table(name="one_more", columns=("change", "cost_per_year", "orders_served_more", "from"), rows=tuple(rows))


def peaks(results: Results) -> Table:
    """Return what owning less with a policy for peak days costs."""
    found, best = results.peaks, results.advice.best
    rows = [
        (
            size.told(results.task.candidates),
            round(size.relief.days_a_year, 1),
            round(size.year.cost.rent),
            round(size.year.cost.overtime),
            round(size.year.cost.total),
            round(size.year.cost.total) - round(best.year.cost.total),
        )
        for size in (found.tried if found else ())
        if size.relief is not None
    ]
    columns = ("fleet", "days_a_year", "rent", "overtime", "cost_per_year", "dearer_per_year")
    return Table(name="peaks", columns=columns, rows=tuple(rows))


def peak_days(results: Results) -> Table:
    """Return the days on which the recommended fleet rents, or works overtime."""
    rows: list[Row] = []
    for day, outcome in zip(results.task.days, results.advice.best.outcomes, strict=True):
        if outcome is None or not (rents(outcome) or works_longer(outcome)):
            continue
        rented = " + ".join(f"{count} {name}" for name, count in outcome.use.rented.items() if count)
        over_h = math.fsum(kind.overtime_h for kind in outcome.use.kinds.values())
        rows.append((str(day.date), day.weight, outcome.use.orders, rented, round(over_h, 2)))
    return Table(name="peak_days", columns=("date", "weight", "orders", "rented", "overtime_h"), rows=tuple(rows))


def shifts(results: Results) -> Table:
    """Return what each shift costs with the cheapest fleet of vehicles that all work it; blank where none serves."""
    rows: list[Row] = []
    costs = [one.found.best.year.cost.total for one in results.by_shift if one.found.best]
    for one in results.by_shift:
        best = one.found.best
        if best is None:
            rows.append((one.task.shift, "none serves enough", "", ""))
        else:
            cost = best.year.cost.total
            rows.append((one.task.shift, best.told(one.task.candidates), round(cost), round(cost) - round(min(costs))))
    return Table(name="shifts", columns=("shift", "fleet", "cost_per_year", "dearer_per_year"), rows=tuple(rows))


def charging(results: Results) -> Table:
    """Return the mean and the largest power of all charges at the depot in each hour, with what the site gives."""
    best, task = results.advice.best, results.task
    fleet = task.fleet(best.cell)
    weighted = [(d.weight, out.kw_by_hour) for d, out in zip(task.days, best.outcomes, strict=True) if out is not None]
    total = math.fsum(weight for weight, _ in weighted) or 1.0
    rows = tuple(
        (
            hour,
            round(math.fsum(weight * kw[hour] for weight, kw in weighted) / total, 3),
            max((kw[hour] for _, kw in weighted), default=0.0),
            round(fleet.connection_kw, 2),
        )
        for hour in range(HOURS)
    )
    return Table(name="charging", columns=("hour", "mean_kw", "most_kw", "site_kw"), rows=rows)


def utilisation(results: Results) -> Table:
    """Return how much of its shift each vehicle is out on each day, the busiest first."""
    best, task = results.advice.best, results.task
    spans = {c.name: (c.vehicle.latest_s - c.vehicle.shift.start_s) / 3600 for c in task.candidates}
    rows: list[Row] = []
    for day, outcome in zip(task.days, best.outcomes, strict=True):
        for kind, n in zip(task.candidates, best.cell.counts, strict=True):
            use = outcome.use.kinds.get(kind.name) if outcome else None
            out = use.hours if use else ()
            hours = (*out, *[0.0] * (n - len(out)))
            rows += [
                (
                    str(day.date),
                    f"{kind.name} {k}" if k <= n else f"{kind.name} rented {k - n}",
                    round(h, 2),
                    round(100 * h / spans[kind.name], 1),
                )
                for k, h in enumerate(hours, start=1)
            ]
    return Table(name="utilisation", columns=("date", "vehicle", "hours", "percent_of_shift"), rows=tuple(rows))


def volumes(results: Results) -> Table:
    """Return the year's cost by orders a day beside other fleets: as it stands, and so much for each order moved."""
    rows: list[Row] = []
    most = max(day.orders for day in results.task.days)
    rivals = _rivals(results)
    for name, task, size in rivals if len(rivals) > 1 else ():
        stand, each = _line(task, size)
        days = task.money.figures.year.working_days
        rows += [(name, orders, round(stand + each * orders * days)) for orders in _steps(most)]
    return Table(name="volume", columns=("fleet", "orders_a_day", "cost_per_year"), rows=tuple(rows))


def break_even(results: Results) -> Table:
    """Return where the recommended fleet and each other cost the same: by orders a day, and by the price of diesel."""
    (_, task, best), *others = _rivals(results)
    days = task.money.figures.year.working_days
    stand, each = _line(task, best)
    rows: list[Row] = []
    prices = {o.best.cell: o.even_fuel_price for o in results.compared if o.best is not None}
    for name, other_task, size in others:
        other_stand, other_each = _line(other_task, size)
        at = (other_stand - stand) / (each - other_each) / days if abs(each - other_each) > NEAR else math.nan
        price = prices.get(size.cell)
        more = round(size.year.cost.total) - round(best.year.cost.total)  # as the totals beside it
        even = "never" if math.isnan(at) or at <= 0 else str(round(at))
        rows.append((name, more, even, "" if price is None else f"{price:.2f}" if price > 0 else "never"))
    columns = ("fleet", "dearer_per_year", "even_at_orders_a_day", "even_at_diesel_price")
    return Table(name="break_even", columns=columns, rows=tuple(rows))


def _rivals(results: Results) -> list[tuple[str, Task, Size]]:
    best = results.advice.best
    found = [(best.told(results.task.candidates), results.task, best)]
    return found + [(o.best.cell.told(o.task.candidates), o.task, o.best) for o in results.compared if o.best]


def _line(task: Task, size: Size) -> tuple[float, float]:
    """Return what a size costs in a year standing still, with its batteries, and for each order that it moves."""
    moving = sum(
        day.weight * moving_cost(outcome.use, task)
        for day, outcome in zip(task.days, size.outcomes, strict=True)
        if outcome is not None
    )
    orders = sum(d.weight * out.use.served for d, out in zip(task.days, size.outcomes, strict=True) if out is not None)
    return task.standing(size.cell) + size.year.cost.batteries, moving / orders if orders else 0.0


def _steps(most: int) -> Iterator[int]:
    step = max(1, 10 * round(most / 100))
    yield from range(0, most + step, step)


def tornado(results: Results) -> Table:
    """Return what the recommended fleet costs with one figure lower and higher."""
    told = results.task.candidates
    rows = tuple(
        (
            swing.said,
            round(swing.low),
            round(swing.high),
            "" if swing.low_cell is None else swing.low_cell.told(told),
            "" if swing.high_cell is None else swing.high_cell.told(told),
        )
        for swing in results.swings
    )
    return Table(name="tornado", columns=("figure", "low", "high", "fleet_if_low", "fleet_if_high"), rows=rows)


def resamples(results: Results) -> Table:
    """Return in which share of the resamples each fleet is the cheapest that serves enough."""
    found = results.resampled
    rows: list[Row] = [(cell.told(results.task.candidates), round(100 * share, 1)) for cell, share in found.shares]
    if found.none:
        rows.append(("none serves enough", round(100 * found.none, 1)))
    return Table(name="resamples", columns=("fleet", "percent"), rows=tuple(rows))


def failing(results: Results) -> Table:
    """Return the days on which a fleet leaves orders out or batteries empty, with why."""
    rows = tuple((day.fleet, day.date, day.left_out, day.short_kwh, day.why) for day in results.advice.failing)
    return Table(name="failing", columns=("fleet", "date", "left_out", "short_kwh", "why"), rows=rows)


def next_best(results: Results) -> Table:
    """Return by which kinds of money the next best fleet is dearer."""
    advice = results.advice
    rows = () if advice.second is None else tuple((p, round(m)) for p, m in difference(advice.best, advice.second))
    return Table(name="next_best", columns=("for", "dearer_per_year"), rows=rows)


MAKERS: tuple[Callable[[Results], Table], ...] = (
    frontier,
    costs,
    next_best,
    one_more,
    peaks,
    peak_days,
    shifts,
    charging,
    utilisation,
    volumes,
    break_even,
    tornado,
    resamples,
    failing,
)
