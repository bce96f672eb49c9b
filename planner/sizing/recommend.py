"""What the sizes that were found say to the one who has to buy: the frontier, the next best, what one more is worth."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields

from planner.sizing.candidates import Cell
from planner.sizing.cells import Missed, Outcome
from planner.sizing.task import NEAR, Found, Size, Task, neighbours

PARTS = {
    "vehicles": "vehicles",
    "rent": "rented vehicles",
    "batteries": "new batteries",
    "insurance_and_tax": "insurance and tax",
    "upkeep": "service and tyres",
    "parking": "parking",
    "plugs": "plugs",
    "grid": "the grid connection",
    "energy": "energy",
    "wages": "wages",
    "overtime": "overtime",
    "courier": "couriers for what is left out",
}

HOUR_S = 3_600.0
LESS = (0.99, 0.95)  # what may be asked for instead of all
FULL = frozenset({"fleet_full", "not_found_in_time"})
NEEDED = {
    "too_heavy": "a vehicle that carries more",
    "too_big": "a vehicle with a larger bay",
    "no_skill": "a vehicle with the skills or of the class that they ask for",
    "beyond_range": "a vehicle with more range, or a station on the way",
    "window_unreachable": "other time windows, or a longer shift",
    "off_network": "places near a street that the vehicles may use",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one vehicle or plug more or less changes in a year."""

    said: str
    cell: Cell
    cost: float  # more than the recommended size, negative for less
    served: float  # orders more
    days: int  # that were routed for it
    sampled: bool  # a few that stand for all
    charged: bool  # in the morning, as far as is known


@dataclass(frozen=True, slots=True, kw_only=True)
class FailingDay:
    """A day on which a size leaves something out, and what is said of it."""

    fleet: str
    date: str
    left_out: int
    short_kwh: float
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """The recommendation with all that speaks for it; `best` is the nearest to it where none serves enough."""

    best: Size
    enough: bool
    frontier: tuple[Size, ...]
    knee: Size
    second: Size | None
    steps: tuple[Step, ...]
    failing: tuple[FailingDay, ...]
    sentences: tuple[str, str, str]


def advise(task: Task, found: Found) -> Advice | None:
    """Return what to buy; None where no cell was looked at on all days."""
    sizes = found.sizes
    if not sizes:
        return None
    best = found.best or max(sizes, key=lambda size: (size.charged, size.service, -size.year.cost.total))
    front = frontier(sizes)
    others = [s for s in sizes if s.key != best.key and s.charged and s.service >= task.service - NEAR]
    # Another mix tells more than a plug more; one of these where there is no other.
    by_cost = sorted(others, key=lambda size: (size.cell.counts == best.cell.counts, size.year.cost.total))
    second = by_cost[0] if by_cost and found.best else None
    steps = tuple(_steps(task, best, found))
    return Advice(
        best=best,
        enough=found.best is not None,
        frontier=front,
        knee=knee_of(front),
        second=second,
        steps=steps,
        failing=failing_days(task, _failing(sizes) or best),
        sentences=_sentences(task, best, second, steps, enough=found.best is not None),
    )


def frontier(sizes: Sequence[Size]) -> tuple[Size, ...]:
    """Return the sizes that no other beats in service and in their own cost, from the cheapest to what serves most.

    Couriers are not in that cost: with them it would not say what serving less saves.
    """
    kept: list[Size] = []
    charged = [size for size in sizes if size.charged] or sizes  # the others cannot go out the next day
    for size in sorted(charged, key=lambda size: (size.year.cost.own, -size.service)):
        if not kept or size.service > kept[-1].service + NEAR:
            kept.append(size)
    return tuple(kept)


def knee_of(front: Sequence[Size]) -> Size:
    """Return where the frontier bends most: farthest above the line from its first point to its last."""
    first, last = front[0], front[-1]
    money, service = last.year.cost.own - first.year.cost.own, last.service - first.service
    if money <= 0 or service <= 0:
        return last

    def above(size: Size) -> float:
        return (size.service - first.service) / service - (size.year.cost.own - first.year.cost.own) / money

    return max(front, key=lambda size: (above(size), size.service))


def difference(size: Size, other: Size) -> list[tuple[str, float]]:
    """Return by which kinds of money another size is dearer, the largest difference first."""
    parts = [
        (PARTS[part.name], getattr(other.year.cost, part.name) - getattr(size.year.cost, part.name))
        for part in fields(size.year.cost)
    ]
    return sorted((part for part in parts if abs(part[1]) > NEAR), key=lambda part: -abs(part[1]))


def _failing(sizes: Sequence[Size]) -> Size | None:
    """Return the size that shows best where a fleet gives way: of those that leave something out, what leaves least."""
    short = [size for size in sizes if not size.charged or size.year.served < size.year.orders - NEAR]
    return max(short, key=lambda size: (size.charged, size.service, -size.year.cost.total), default=None)


def failing_days(task: Task, size: Size) -> tuple[FailingDay, ...]:
    """Return the days on which a size leaves orders out or batteries empty, the worst first."""
    found = []
    for day, outcome in zip(task.days, size.outcomes, strict=True):
        if outcome is None or outcome.whole:
            continue
        reasons = [_why(task, size, outcome, missed) for missed in outcome.missed]
        if outcome.short_kwh:
            reasons.append(f"{outcome.short_kwh:.1f} kWh missing in the morning: the plugs do not fill all batteries")
        left_out = outcome.use.orders - outcome.use.served
        found.append(
            FailingDay(
                fleet=size.told(task.candidates),
                date=str(day.date),
                left_out=left_out,
                short_kwh=outcome.short_kwh,
                why="; ".join(reasons),
            )
        )
    return tuple(sorted(found, key=lambda day: (-day.left_out, -day.short_kwh, day.date)))


def _why(task: Task, size: Size, outcome: Outcome, missed: Missed) -> str:
    """Say why orders were left out: the hurdle that stops them alone, else how full the fleet was."""
    if missed.reason not in FULL:
        return f"{missed.orders} {missed.reason.replace('_', ' ')}: {missed.example}, {missed.detail}"
    out_h = math.fsum(hours for kind in outcome.use.kinds.values() for hours in kind.hours)
    spans = ((c.vehicle.latest_s - c.vehicle.shift.start_s) / HOUR_S for c in task.candidates)
    have_h = math.fsum(n * span for n, span in zip(size.cell.counts, spans, strict=True))
    return f"{missed.orders} found no room: the vehicles are out {out_h:.1f} of {have_h:.1f} h"


def _steps(task: Task, best: Size, found: Found) -> list[Step]:
    few, every = len(found.scouts), sum(1 for day in task.days if day.orders)
    known = found.best is not None and found.partly_of == best.cell and best.relief is None
    beside = {cell: (*more, few, True) for cell, more in found.partly.items() if known}
    for size in found.sizes:
        if size.relief is None:
            more = size.year.cost.total - best.year.cost.total, size.year.served - best.year.served
            beside[size.cell] = (*more, every, size.charged)
    return [
        Step(
            said=_changed(task, best.cell, cell),
            cell=cell,
            cost=beside[cell][0],
            served=beside[cell][1],
            days=beside[cell][2],
            sampled=beside[cell][2] < every,
            charged=beside[cell][3],
        )
        for cell in neighbours(best.cell, task.plugs)
        if cell in beside
    ]


def _changed(task: Task, best: Cell, cell: Cell) -> str:
    if cell.plugs != best.plugs:
        return f"one plug {'more' if cell.plugs > best.plugs else 'less'}"
    k = next(k for k, (a, b) in enumerate(zip(best.counts, cell.counts, strict=True)) if a != b)
    return f"one {task.candidates[k].name} {'more' if cell.counts[k] > best.counts[k] else 'less'}"


def _sentences(
    task: Task, best: Size, second: Size | None, steps: Sequence[Step], *, enough: bool
) -> tuple[str, str, str]:
    currency, cost = task.currency, best.year.cost.total
    days = sum(day.orders > 0 for day in task.days)
    per = f"{best.year.per_parcel:,.2f} {currency} per parcel" if best.year.per_parcel else "no parcel delivered"
    served = f"{best.service:.1%} of the orders of {days} routed day{'s' if days != 1 else ''}"
    if not enough:
        return _without_answer(task, best)
    works = f", working {task.shift}" if task.shift else ""
    first = f"Take {best.told(task.candidates)}{works}: {cost:,.0f} {currency} a year, {per}, and {served} are served."
    return first, _about_second(task, best, second), _about_steps(currency, steps)


def _without_answer(task: Task, best: Size) -> tuple[str, str, str]:
    """Say that nothing serves enough, on which days it fails and why, and what would be needed."""
    told = best.cell.told(task.candidates)
    first = (
        f"No fleet that was tried serves {task.service:.0%}; the nearest is {told} with {best.service:.1%} of the "
        f"orders, at {best.year.cost.total:,.0f} {task.currency} a year."
    )
    failing = failing_days(task, best)
    if not failing:
        return first, "On every day by itself it serves all.", "Look at it for longer: raise --iterations."
    worst = failing[0]
    days = f"{len(failing)} day{'s' if len(failing) > 1 else ''}"
    second = f"It falls short on {days}, worst on {worst.date} with {_orders(worst.left_out)} left out: {worst.why}."
    reasons = Counter[str]()
    for outcome in best.outcomes:
        for missed in outcome.missed if outcome else ():
            reasons[missed.reason] += missed.orders
    needed = [
        NEEDED.get(reason, f"another answer to {reason.replace('_', ' ')}")
        if reason not in FULL
        else "more or larger vehicles than were tried, or a longer shift"
        for reason, _ in reasons.most_common()
    ]
    if not best.charged:
        needed.append("more plugs or more power, to fill the batteries by the morning")
    content = next((share for share in LESS if best.charged and share <= best.service < task.service), None)
    if content is not None:
        needed.append(f"or --service {content:.0%}, with couriers for the rest".replace("%", ""))
    return first, second, f"Needed: {'; '.join(dict.fromkeys(needed))}."


def _orders(count: int) -> str:
    return f"{count} order{'' if count == 1 else 's'}"


def _about_second(task: Task, best: Size, second: Size | None) -> str:
    if second is None:
        return "No other fleet that was looked at on every day serves as much."
    more = second.year.cost.total - best.year.cost.total
    why = " and ".join(
        f"{abs(money):,.0f} {'more' if money > 0 else 'less'} for {part}"
        for part, money in difference(best, second)[:2]
    )
    return (
        f"The next best is {second.told(task.candidates)}, {more:,.0f} {task.currency} a year dearer"
        f"{f': {why}' if why else ''}."
    )


def _about_steps(currency: str, steps: Sequence[Step]) -> str:
    less = [step for step in steps if step.said.endswith("less") and not step.said.startswith("one plug")]
    less = [step for step in less if step.cost > 0 or step.served < 0 or not step.charged]  # else it failed in between
    more = [step for step in steps if step.said.endswith("more") and not step.said.startswith("one plug")]
    said = []
    if less:
        step = max(less, key=lambda step: step.served)
        said.append(
            f"with {step.said} {-step.served:,.0f} orders a year stay behind"
            if step.served < 0
            else f"with {step.said} the same orders cost {step.cost:,.0f} {currency} a year more"
            if step.charged
            else f"with {step.said} the same orders are served, but the batteries are not full in the morning"
        )
    if more:
        step = min(more, key=lambda step: step.cost)
        gain = f"serves {step.served:,.0f} orders more" if step.served > 0 else "serves no order more"
        dearer = "costs" if step.cost >= 0 else "saves"
        about = "about " if step.sampled else ""
        said.append(f"{step.said} {dearer} {about}{abs(step.cost):,.0f} {currency} a year and {gain}")
    told = "; ".join(said) or "what one vehicle more or less would change was not looked at"
    return f"{told[0].upper()}{told[1:]}."
