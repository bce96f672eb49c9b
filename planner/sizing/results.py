"""Write what a sizing found: tables of sizes and days, the assumptions with their sources, and the words for it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from planner.catalogue import type_names, vehicle_type
from planner.errors import Fault
from planner.io.money import MoneyFile
from planner.io.safe_csv import csv_text
from planner.sizing.doubt import Resampled, Swing
from planner.sizing.money import DayUse, beyond_grid
from planner.sizing.peaks import COURIER, RENT, Peaks
from planner.sizing.recommend import Advice
from planner.sizing.shifts import ByShift
from planner.sizing.task import Found, Size, Task
from planner.sizing.vans import Compared, compared_types
from planner.sizing.what_if import WhatIf

SIZES, DAYS, ASSUMPTIONS = "sizes.csv", "days.csv", "assumptions.toml"
REPORT, REPORT_PDF = "report.html", "report.pdf"
MOST_FAILING = 5  # days that are printed; the file has all


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """All that a sizing found."""

    task: Task
    found: Found
    advice: Advice
    resampled: Resampled
    swings: tuple[Swing, ...]
    compared: tuple[Compared, ...]
    what_ifs: tuple[WhatIf, ...] = ()
    peaks: Peaks | None = None
    by_shift: tuple[ByShift, ...] = ()  # none where there was one shift only


def sizes_csv(results: Results) -> str:
    """Return a row for each size that was looked at on every day, the cheapest first."""
    task, parts = results.task, [part.name for part in fields(results.advice.best.year.cost)]
    names = [candidate.name for candidate in task.candidates]
    columns = (
        *names,
        "plugs",
        "peaks",
        "service_percent",
        "batteries_full",
        "cost_per_year",
        "cost_per_parcel",
        "co2e_kg",
    )
    rows = [
        (
            *size.cell.counts,
            size.cell.plugs,
            size.key[1],
            round(100 * size.service, 3),
            str(size.charged).lower(),
            *_year(size, parts),
        )
        for size in results.found.sizes
    ]
    return csv_text((*columns, *(f"{part}_cost" for part in parts)), rows)


def _year(size: Size, parts: Sequence[str]) -> Iterator[str | float]:
    year = size.year
    yield round(year.cost.total, 2)
    yield "" if year.per_parcel is None else round(year.per_parcel, 4)
    yield round(year.co2e_kg, 1)
    yield from (round(getattr(year.cost, part), 2) for part in parts)


def days_csv(results: Results) -> str:
    """Return a row for each day with the recommended size."""
    columns = (
        "date",
        "weight",
        "orders",
        "served",
        "vehicles",
        "plugs",
        "km",
        "hours",
        "kwh",
        "short_kwh",
        "rented",
        "overtime_h",
        "left_out",
    )
    best = results.advice.best
    rows: list[Sequence[str | float]] = []
    for day, outcome in zip(results.task.days, best.outcomes, strict=True):
        if outcome is None:
            rows.append((str(day.date), day.weight, *[0] * 8, "", 0, ""))
            continue
        kinds = outcome.use.kinds.values()
        said = "; ".join(f"{missed.orders} {missed.reason}" for missed in outcome.missed)
        rows.append(
            (
                *(str(day.date), day.weight, outcome.use.orders, outcome.use.served),
                *(outcome.used.vehicles, outcome.used.plugs, round(sum(kind.km for kind in kinds), 1)),
                *(round(sum(sum(kind.hours) for kind in kinds), 2), round(sum(kind.kwh for kind in kinds), 2)),
                *(outcome.short_kwh, _rented(outcome.use), round(sum(kind.overtime_h for kind in kinds), 2), said),
            )
        )
    return csv_text(columns, rows)


def _rented(use: DayUse) -> str:
    return " + ".join(f"{count} {name}" for name, count in use.rented.items() if count)


def assumptions_toml(money: MoneyFile) -> str:
    """Return every figure that was used with its source; the file can be edited and given with --money."""
    known = (*map(vehicle_type, type_names()), *compared_types().values())
    money = money.spelled_out((kind.name, kind.road_class.name) for kind in known)
    tables = money.figures.model_dump()
    lines = ["# Every figure that was used, and where it comes from. Edit it and give it with --money."]
    steps = tables["grid"].pop("steps")
    for table, row in tables.items():
        if table == "vehicles":
            for name, figures in row.items():
                lines += _table(f"vehicles.{_key(name)}", figures, money.sources, f"vehicles.{name}")
        else:
            lines += _table(table, row, money.sources, table)
    for step in steps:
        lines += ["", "[[grid.steps]]", *(f"{key} = {json.dumps(value)}" for key, value in step.items())]
    return "\n".join(lines) + "\n"


def _table(name: str, row: Mapping[str, Any], sources: Mapping[str, str], place: str) -> list[str]:
    figures = [
        f"{key} = {json.dumps(value)}" + (f"  # {sources[f'{place}.{key}']}" if f"{place}.{key}" in sources else "")
        for key, value in row.items()
    ]
    return ["", f"[{name}]", *figures]


def _key(name: str) -> str:
    return name if name.replace("-", "").replace("_", "").isalnum() and name.isascii() else json.dumps(name)


def words(results: Results) -> list[str]:
    """Return what is printed, a line each."""
    task, advice, currency = results.task, results.advice, results.task.currency
    lines = [*advice.sentences, "", f"{'fleet':<44}{'served':>9}{'a year':>14}{'couriers':>10}{'a parcel':>10}"]
    lines += [_line(task, size, mark=size.key == advice.best.key) for size in results.found.sizes]
    lines += [f"{told}: {size}" for told, size in about_shifts(results)]
    lines += [about_peaks(results)] if results.peaks and results.peaks.policy != COURIER else []
    lines.append(about_knee(results))
    if advice.best.cell.plugs == max(task.plugs) > 1:
        lines.append(f"all {max(task.plugs)} plugs that were tried are taken: more of them may be cheaper (--plugs)")
    if results.resampled.shares:
        cell, share = results.resampled.shares[0]
        lines.append(f"{cell.told(task.candidates)} in {share:.1%} of resamples of the days")
    lines += [f"{swing.said}: {swing.low:,.0f} to {swing.high:,.0f} {currency}" for swing in results.swings]
    lines += [_compared(other, currency) for other in results.compared]
    lines += [f"note: {note}" for note in about_grid(results)]
    if advice.failing:
        lines.append(
            f"days that {advice.failing[0].fleet} does not serve whole: {len(advice.failing)}, the worst of them"
        )
    lines += [f"  {day.date}: {day.left_out} left out ({day.why})" for day in advice.failing[:MOST_FAILING]]
    found = results.found
    given_up = f"{found.given_up} fleet{'' if found.given_up == 1 else 's'} given up early"
    lines.append(
        f"routed and audited {found.routed} days, {found.known} known from before; {given_up}, {found.never_routed} "
        f"never routed{'' if found.complete else '; the budget ended the search'}"
    )
    return lines


def about_knee(results: Results) -> str:
    """Say where the frontier bends, and what less service saves there."""
    task, best, knee = results.task, results.advice.best, results.advice.knee
    told = f"the knee of cost against service is {knee.told(task.candidates)}"
    if knee.key == best.key:
        if len(results.advice.frontier) == 1:
            return f"{told}: no fleet that serves less costs less"
        return f"{told}: with less, service falls faster than cost"
    saved = round(best.year.cost.own) - round(knee.year.cost.own)  # as in the table
    cheaper = f"for {abs(saved):,.0f} {task.currency} a year {'less' if saved >= 0 else 'more'}"
    return f"{told}: it serves {knee.service:.1%} itself, {cheaper} than the recommended fleet, without couriers"


def about_grid(results: Results) -> Iterator[Fault]:
    """Tell of fleets that need more power than the last step of the grid: what that costs is not known."""
    told: dict[str, float] = {}
    for task, sizes in (
        (results.task, results.found.sizes),
        *((one.task, one.found.sizes) for one in results.compared),
    ):
        fleets = ((size.cell.told(task.candidates), task.fleet(size.cell)) for size in sizes)
        told |= {said: fleet.connection_kw for said, fleet in fleets if beyond_grid(fleet, task.money)}
    if not told:
        return
    best = results.advice.best.cell.told(results.task.candidates)
    named = best if best in told else max(told, key=lambda said: told[said])
    last_kw = results.task.money.figures.grid.steps[-1].up_to_kw
    more = f", as {len(told) - 1} more of the fleets do" if len(told) > 1 else ""
    message = (
        f"is what {named} needs: beyond the last step of {last_kw:g} kW{more}; priced as that step, it may cost more"
    )
    yield Fault(
        code="E-Y06",
        file="the prices",
        column="grid.steps",
        value=f"{told[named]:g} kW",
        message=message,
        remedy="add a [[grid.steps]] for it with --money",
    )


def about_shifts(results: Results) -> Iterator[tuple[str, str]]:
    """Yield each shift with the cheapest fleet of vehicles that all work it."""
    for one in results.by_shift:
        best = one.found.best
        if best is None:
            yield one.task.shift, "no fleet that was tried serves enough"
        else:
            told = best.told(one.task.candidates)
            yield one.task.shift, f"{told}, {best.year.cost.total:,.0f} {results.task.currency} a year"


def about_peaks(results: Results) -> str:
    """Say what the policy for peak days comes to."""
    peaks, best = results.peaks, results.advice.best
    assert peaks is not None
    word = "renting" if peaks.policy == RENT else "overtime"
    if best.relief is not None:
        days = f"{best.relief.days_a_year:,.0f} days a year"
        return f"{word} on {days} costs less than owning for them what they need"
    if not peaks.tried:
        return f"{word} on peak days: no smaller fleet was found that serves enough only with it"
    nearest = peaks.tried[0]
    more = round(nearest.year.cost.total) - round(best.year.cost.total)  # as in the table
    told = f"{nearest.told(results.task.candidates)}, is {more:,.0f} {results.task.currency} a year dearer"
    return f"{word} on peak days does not pay: the nearest, {told}"


def beside(results: Results) -> str:
    """Say what vans and bikes cost beside the recommended fleet; nothing where none was sized."""
    best, currency = results.advice.best.year.cost.total, results.task.currency
    said = []
    for other in results.compared:
        if other.best is None:
            said.append(f"with a {other.name} alone nothing that was tried serves as much")
            continue
        more = round(other.best.year.cost.total) - round(best)
        told = other.best.cell.told(other.task.candidates)
        said.append(f"{told}: {abs(more):,} {currency} a year {'more' if more >= 0 else 'less'}")
    return f"For the same orders {'; '.join(said)}." if said and results.advice.enough else ""


def per_parcel(size: Size, currency: str) -> str:
    """Return the cost of a parcel in words, nothing where none is delivered."""
    cost = size.year.per_parcel
    return "" if cost is None else f"{cost:,.2f} {currency}".strip()


def _line(task: Task, size: Size, *, mark: bool) -> str:
    fleet = ("> " if mark else "  ") + size.told(task.candidates) + ("" if size.charged else " (batteries short)")
    cost = size.year.cost
    return f"{fleet:<44}{size.service:>9.1%}{cost.total:>14,.0f}{cost.courier:>10,.0f}{per_parcel(size, ''):>10}"


def _compared(other: Compared, currency: str) -> str:
    if other.best is None:
        return f"{other.name}: none that was tried serves as much and has full batteries in the morning"
    told = f"{other.best.cell.told(other.task.candidates)}: {other.best.year.cost.total:,.0f} {currency} a year"
    even = other.even_fuel_price
    if even is None:
        return told
    return f"{told}; as dear as yours at {f'{even:,.2f} {currency} a litre' if even > 0 else 'no price of diesel'}"
