"""What a year would be like with one thing changed, routed anew on the days that stand for all.

Everything is compared on the same days with the same fleet, so that what a sample misses is missed on both sides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from planner.energy.conditions import in_conditions
from planner.model import Day, Order, Vehicle
from planner.sizing.demand import DemandDay
from planner.sizing.hands import Hands
from planner.sizing.ledger import Ledger
from planner.sizing.router import Router
from planner.sizing.task import Found, Progress, Size, Task

HOUR_S, WH, KW = 3_600, 1_000.0, 1_000.0
COLD_C = -5.0
COLD_DAYS = 120  # of a year, at most
GROWTH = 5  # one order in so many more, or less

Change = Callable[[Task], Task]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """What one change does in a year: money more, with couriers for what is left out, and orders more left out."""

    name: str
    said: str
    cost: float
    left_out: float
    days: int  # routed


def what_ifs(
    task: Task, found: Found, ledger: Ledger, tell: Progress, hands: Hands | None = None
) -> tuple[WhatIf, ...]:
    """Route the recommended fleet on the scouts with one thing changed at a time; nothing where none serves enough."""
    best = found.best
    if best is None:
        return ()
    scouts = {i: weight for i, weight in found.scouts.items() if best.outcomes[i] is not None}
    return tuple(
        _changed(task, best, scouts, name, said, change, _Means(ledger, tell, hands or Hands(task.streets, count=0)))
        for name, said, change in _changes(task)
    )


def changed_task(task: Task, name: str) -> Task:
    """Return a task with the change of a what-if."""
    return next(change for known, _, change in _changes(task) if known == name)(task)


MOST_CHANGES = 6  # of `_changes`


@dataclass(frozen=True, slots=True)
class _Means:
    ledger: Ledger
    tell: Progress
    hands: Hands


def _changes(task: Task) -> list[tuple[str, str, Change]]:
    hour = ("hour", "one hour more at the end of each shift", lambda task: task.with_vehicles(_longer))
    kwh = ("kwh", "one kWh more in each battery", lambda task: task.with_vehicles(_more_battery))
    cold = ("cold", f"every day at {COLD_C:g} °C", lambda task: task.with_vehicles(_cold))
    more = ("more", f"{100 // GROWTH} % more orders", _with_days(_more_orders))
    less = ("less", f"{100 // GROWTH} % fewer orders", _with_days(_fewer_orders))
    day = next(day.day for day in task.days if day.day is not None)
    if not day.charging:
        return [hour, more, less]
    power = ("kw", "one kW more from each plug, and from the site", _with_days(_more_power))
    return [hour, kwh, power, cold, more, less]


def _changed(
    task: Task, best: Size, scouts: Mapping[int, float], name: str, said: str, change: Change, means: _Means
) -> WhatIf:
    days = tuple(replace(task.days[i], weight=weight) for i, weight in scouts.items())
    other = change(replace(task, days=days, most_routed=len(days)))
    router = Router(task=other, ledger=means.ledger, hands=means.hands, tell=means.tell)
    router.route([(n, best.cell) for n in range(len(days))], said)
    cost = left_out = 0.0
    for n, (i, weight) in enumerate(scouts.items()):
        now, before = router.outcome(n, best.cell), best.outcomes[i]
        assert now is not None
        assert before is not None
        missed = (now.use.orders - now.use.served) - (before.use.orders - before.use.served)
        dearer = router.day_cost(now) - router.day_cost(before)
        if name in {"hour", "kwh", "kw"} and (missed > 0 or dearer > 0):
            missed, dearer = 0, 0.0  # the plan without it holds with it too
        cost, left_out = cost + weight * dearer, left_out + weight * missed
    a_year = task.days_a_year
    return WhatIf(name=name, said=said, cost=a_year * cost, left_out=a_year * left_out, days=len(days))


def _longer(vehicle: Vehicle) -> Vehicle:
    return replace(vehicle, shift=replace(vehicle.shift, end_s=vehicle.shift.end_s + HOUR_S))


def _more_battery(vehicle: Vehicle) -> Vehicle:
    return replace(vehicle, type=replace(vehicle.type, battery_wh=vehicle.type.battery_wh + WH))


def _cold(vehicle: Vehicle) -> Vehicle:
    return replace(vehicle, type=in_conditions(vehicle.type, temperature_c=COLD_C))


def _with_days(change: Callable[[Day, Sequence[DemandDay]], Day]) -> Change:
    def changed(task: Task) -> Task:
        days = (day if day.day is None else replace(day, day=change(day.day, task.days)) for day in task.days)
        return replace(task, days=tuple(days))

    return changed


def _more_power(day: Day, _days: Sequence[DemandDay]) -> Day:
    depots = (
        replace(
            depot,
            plugs=tuple(replace(plug, power_w=plug.power_w + KW) for plug in depot.plugs),
            site_power_w=None if depot.site_power_w is None else depot.site_power_w + KW,
        )
        for depot in day.depots
    )
    return replace(day, depots=tuple(depots))


def _more_orders(day: Day, days: Sequence[DemandDay]) -> Day:
    """Add orders of the other days, so that they are at other doors; where there is one day only, at the same."""
    others = [other.day for other in days if other.day is not None and other.day.date != day.date] or [day]
    pool = [order for other in others for order in other.orders if _alone(order)]
    count = min(len(day.orders) // GROWTH, len(pool))
    new = (replace(pool[n * len(pool) // count], id=f"more {n + 1}") for n in range(count))
    return replace(day, orders=(*day.orders, *new))


def _fewer_orders(day: Day, _days: Sequence[DemandDay]) -> Day:
    kept = (order for n, order in enumerate(day.orders) if n % GROWTH != GROWTH - 1 or not _alone(order))
    return replace(day, orders=tuple(kept))


def _alone(order: Order) -> bool:
    return not order.group and not order.pair
