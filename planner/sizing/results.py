"""Write what a sizing found: tables of sizes and days, the assumptions with their sources, and the words for it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from html import escape
from typing import Any

from planner.io.money import MoneyFile
from planner.io.safe_csv import csv_text
from planner.sizing.doubt import Resampled, Swing
from planner.sizing.recommend import Advice
from planner.sizing.task import Found, Size, Task
from planner.sizing.vans import Compared

SIZES, DAYS, ASSUMPTIONS, REPORT = "sizes.csv", "days.csv", "assumptions.toml", "report.html"
WIDTH, HEIGHT, EDGE = 640, 260, 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """All that a sizing found."""

    task: Task
    found: Found
    advice: Advice
    resampled: Resampled
    swings: tuple[Swing, ...]
    compared: tuple[Compared, ...]

    @property
    def currency(self) -> str:
        """Return the currency of the fleet file."""
        return next(day.day.currency for day in self.task.days if day.day is not None)


def sizes_csv(results: Results) -> str:
    """Return a row for each size that was looked at on every day, the cheapest first."""
    task, parts = results.task, [part.name for part in fields(results.advice.best.year.cost)]
    names = [candidate.name for candidate in task.candidates]
    columns = (*names, "plugs", "service_percent", "batteries_full", "cost_per_year", "cost_per_parcel", "co2e_kg")
    rows = [
        (
            *size.cell.counts,
            size.cell.plugs,
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
    columns = ("date", "weight", "orders", "served", "vehicles", "plugs", "km", "hours", "kwh", "short_kwh", "left_out")
    best = results.advice.best
    rows: list[Sequence[str | float]] = []
    for day, outcome in zip(results.task.days, best.outcomes, strict=True):
        if outcome is None:
            rows.append((str(day.date), day.weight, *[0] * 8, ""))
            continue
        kinds = outcome.use.kinds.values()
        said = "; ".join(f"{missed.orders} {missed.reason}" for missed in outcome.missed)
        rows.append(
            (
                *(str(day.date), day.weight, outcome.use.orders, outcome.use.served),
                *(outcome.used.vehicles, outcome.used.plugs, round(sum(kind.km for kind in kinds), 1)),
                *(round(sum(sum(kind.hours) for kind in kinds), 2), round(sum(kind.kwh for kind in kinds), 2)),
                *(outcome.short_kwh, said),
            )
        )
    return csv_text(columns, rows)


def assumptions_toml(money: MoneyFile) -> str:
    """Return every figure that was used with its source; the file can be edited and given with --money."""
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
    task, advice, currency = results.task, results.advice, results.currency
    lines = [*advice.sentences, "", f"{'fleet':<44}{'served':>9}{'a year':>14}{'a parcel':>10}"]
    lines += [_line(task, size, mark=size.cell == advice.best.cell) for size in results.found.sizes]
    lines.append(f"knee of the frontier: {advice.knee.cell.told(task.candidates)}")
    if results.resampled.shares:
        cell, share = results.resampled.shares[0]
        lines.append(f"{cell.told(task.candidates)} in {share:.0%} of resamples of the days")
    lines += [f"{swing.said}: {swing.low:,.0f} to {swing.high:,.0f} {currency}" for swing in results.swings]
    lines += [_compared(other, currency) for other in results.compared]
    lines += [f"{day.date}: {day.left_out} left out ({day.why})" for day in advice.failing]
    found = results.found
    lines.append(
        f"routed and audited {found.routed} days, {found.known} known from before; {found.given_up} fleets given up "
        f"early, {found.never_routed} never routed{'' if found.complete else '; the budget ended the search'}"
    )
    return lines


def _line(task: Task, size: Size, *, mark: bool) -> str:
    per = "" if size.year.per_parcel is None else f"{size.year.per_parcel:,.2f}"
    fleet = ("> " if mark else "  ") + size.cell.told(task.candidates) + ("" if size.charged else " (batteries short)")
    return f"{fleet:<44}{size.service:>9.1%}{size.year.cost.total:>14,.0f}{per:>10}"


def _compared(other: Compared, currency: str) -> str:
    if other.best is None:
        return f"{other.name}: none that was tried serves as much and has full batteries in the morning"
    told = f"{other.best.cell.told(other.task.candidates)}: {other.best.year.cost.total:,.0f} {currency} a year"
    even = other.even_fuel_price
    return told if even is None else f"{told}; as dear as yours at {even:,.2f} {currency} a litre"


def report_html(results: Results) -> str:
    """Return a page that loads nothing from anywhere: the advice, the frontier, the sizes and the assumptions."""
    sentences = "".join(f"<p>{escape(sentence)}</p>" for sentence in results.advice.sentences)
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Fleet size</title>'
        "<style>body{font:16px sans-serif;max-width:50em;margin:2em auto}pre{overflow:auto}</style>"
        f"<h1>Fleet size</h1>{sentences}<h2>Cost against service</h2>{_frontier_svg(results)}"
        f"<h2>Figures</h2><pre>{escape(chr(10).join(words(results)[4:]))}</pre>"
        f"<h2>Assumptions</h2><pre>{escape(assumptions_toml(results.task.money))}</pre></html>\n"
    )


def _frontier_svg(results: Results) -> str:
    """Draw each size by its cost and the share it serves; the recommended one is filled."""
    sizes = results.found.sizes
    costs, served = [size.year.cost.total for size in sizes], [size.service for size in sizes]
    wide, high = max(costs) - min(costs) or 1.0, max(served) - min(served) or 1.0
    dots = []
    for size in sizes:
        x = EDGE + (size.year.cost.total - min(costs)) / wide * (WIDTH - 2 * EDGE)
        y = HEIGHT - EDGE - (size.service - min(served)) / high * (HEIGHT - 2 * EDGE)
        fill = "#1a6" if size.cell == results.advice.best.cell else "none"
        told = escape(f"{size.cell.told(results.task.candidates)}: {size.year.cost.total:,.0f}, {size.service:.1%}")
        at = f'cx="{x:.1f}" cy="{y:.1f}" r="6"'
        dots.append(f'<circle {at} fill="{fill}" stroke="#333"><title>{told}</title></circle>')
    axis = f"{min(costs):,.0f} to {max(costs):,.0f} {results.currency} a year; {min(served):.1%} to {max(served):.1%}"
    frame = f'<rect x="20" y="20" width="{WIDTH - 40}" height="{HEIGHT - 60}" fill="none" stroke="#999"/>'
    told = f'<text x="20" y="{HEIGHT - 15}" font-size="14">{escape(axis)} of the orders served</text>'
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img">{frame}{"".join(dots)}{told}</svg>'
