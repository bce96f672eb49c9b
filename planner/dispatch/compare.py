"""Two plans side by side: figures, money, stops that moved, promises broken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum

from planner.model import Order
from planner.plan import Cost, LockKind, Plan
from planner.report.kpis import Kpis, kpis

FIGURES = (
    ("orders_planned", "orders planned", 0),
    ("orders_unassigned", "orders left out", 0),
    ("vehicles_used", "vehicles", 0),
    ("trips", "trips", 0),
    ("charges", "charges", 0),
    ("swaps", "swaps", 0),
    ("distance_km", "km", 1),
    ("drive_hours", "hours driving", 2),
    ("service_hours", "hours serving", 2),
    ("wait_hours", "hours waiting", 2),
    ("charge_hours", "hours charging", 2),
    ("energy_kwh", "kWh used", 2),
    ("charged_kwh", "kWh charged on the way", 2),
    ("night_kwh", "kWh charged overnight", 2),
    ("stops_late", "stops late", 0),
    ("late_minutes", "minutes late", 1),
)
LOWEST, TOTAL = "lowest battery, %", "total"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure of both plans, to so many decimals."""

    name: str
    a: float
    b: float
    decimals: int

    @property
    def difference(self) -> float:
        return self.b - self.a


@dataclass(frozen=True, slots=True, kw_only=True)
class At:
    """Where and when a plan serves an order."""

    vehicle_id: str
    trip: int
    position: int
    arrival_s: int
    begin_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedStop:
    """An order that both plans serve, and not alike."""

    order_id: str
    a: At
    b: At

    @property
    def vehicle_changed(self) -> bool:
        return self.a.vehicle_id != self.b.vehicle_id

    @property
    def trip_changed(self) -> bool:
        return self.vehicle_changed or self.a.trip != self.b.trip

    @property
    def later_s(self) -> int:
        return self.b.begin_s - self.a.begin_s


class Promise(StrEnum):
    """What the first plan has promised."""

    WINDOW = "window"
    ARRIVAL = "arrival"
    LOCK = "lock"
    SERVED = "served"


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenPromise:
    """A promise of the first plan that the second does not keep; `by_s` is how far a time is off, where it is one."""

    promise: Promise
    id: str
    text: str
    by_s: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What differs. Orders are the same if they have the same id."""

    days: tuple[str, str]
    currencies: tuple[str, str]
    figures: tuple[Figure, ...]
    money: tuple[Figure, ...]
    common: int
    moved: tuple[MovedStop, ...]
    broken: tuple[BrokenPromise, ...]
    left_out_in_b: tuple[str, ...]  # and served in a
    left_out_in_a: tuple[str, ...]
    only_in_a: tuple[str, ...]  # of the orders of the day
    only_in_b: tuple[str, ...]
    violations: tuple[int, int]


def compare(a: Plan, b: Plan, *, tolerance_s: int = 900) -> Comparison:
    """Compare a plan with another; an arrival counts as promised, and as broken by more than a tolerance."""
    measured = kpis(a), kpis(b)
    days = {order.id: order for order in a.day.orders}, {order.id: order for order in b.day.orders}
    at = _served(a), _served(b)
    both = [id for id in at[0] if id in at[1]]
    moved = [MovedStop(order_id=id, a=at[0][id], b=at[1][id]) for id in both if at[0][id] != at[1][id]]
    return Comparison(
        days=(a.day.date, b.day.date),
        currencies=(a.day.currency, b.day.currency),
        figures=tuple(_figures(*measured)),
        money=tuple(_money(measured[0].cost, measured[1].cost)),
        common=len(days[0].keys() & days[1].keys()),
        moved=tuple(sorted(moved, key=lambda one: (not one.vehicle_changed, -abs(one.later_s), one.order_id))),
        broken=tuple(_broken(a, b, at, days[1], tolerance_s)),
        left_out_in_b=tuple(id for id in at[0] if id in days[1] and id not in at[1]),
        left_out_in_a=tuple(id for id in at[1] if id in days[0] and id not in at[0]),
        only_in_a=tuple(id for id in days[0] if id not in days[1]),
        only_in_b=tuple(id for id in days[1] if id not in days[0]),
        violations=(len(a.violations), len(b.violations)),
    )


def _served(plan: Plan) -> dict[str, At]:
    found: dict[str, At] = {}
    for route in plan.routes:
        counts: dict[int, int] = {}
        for step in route.steps:
            if step.serves:
                counts[step.trip] = counts.get(step.trip, 0) + 1
                found[step.place_id] = At(
                    vehicle_id=route.vehicle_id,
                    trip=step.trip,
                    position=counts[step.trip],
                    arrival_s=step.arrival_s,
                    begin_s=step.begin_s,
                )
    return found


def _figures(a: Kpis, b: Kpis) -> Iterator[Figure]:
    for name, words, decimals in FIGURES:
        one, other = float(getattr(a, name)), float(getattr(b, name))
        if one or other or decimals == 0:
            yield Figure(name=words, a=one, b=other, decimals=decimals)
    if a.lowest is not None and b.lowest is not None:
        yield Figure(name=LOWEST, a=100 * a.lowest.soc, b=100 * b.lowest.soc, decimals=0)


def _money(a: Cost, b: Cost) -> Iterator[Figure]:
    for kind in fields(Cost):
        one, other = getattr(a, kind.name), getattr(b, kind.name)
        if one or other:
            yield Figure(name=kind.name.replace("_", " "), a=one, b=other, decimals=2)
    yield Figure(name=TOTAL, a=a.total, b=b.total, decimals=2)


def _broken(
    a: Plan, b: Plan, at: tuple[Mapping[str, At], Mapping[str, At]], orders: Mapping[str, Order], tolerance_s: int
) -> Iterator[BrokenPromise]:
    before = {order.id: order for order in a.day.orders}
    for id, was in at[0].items():
        now = at[1].get(id)
        if id not in orders:
            continue
        if now is None:
            yield BrokenPromise(promise=Promise.SERVED, id=id, text=f"was on {was.vehicle_id}, is left out")
            continue
        late_s = _outside_s(before[id], now.begin_s)
        if late_s and not _outside_s(before[id], was.begin_s):
            yield BrokenPromise(promise=Promise.WINDOW, id=id, text="outside the window it had", by_s=late_s)
        off_s = now.arrival_s - was.arrival_s
        if abs(off_s) > tolerance_s:
            text = "comes later than told" if off_s > 0 else "comes earlier than told"
            yield BrokenPromise(promise=Promise.ARRIVAL, id=id, text=text, by_s=abs(off_s))
    yield from _broken_locks(a, b, at)


def _outside_s(order: Order, begin_s: int) -> int:
    """Return by how much a begin lies outside the nearest window of an order, lateness not allowed for."""
    if not order.windows:
        return 0
    return min(max(w.start_s - begin_s, begin_s - w.end_s, 0) for w in order.windows)


def _broken_locks(a: Plan, b: Plan, at: tuple[Mapping[str, At], Mapping[str, At]]) -> Iterator[BrokenPromise]:
    routes = tuple(
        {r.vehicle_id: [step.place_id for step in r.steps if step.serves] for r in plan.routes} for plan in (a, b)
    )
    for lock in a.locks:
        if lock.kind is LockKind.ORDER:
            was, now = at[0].get(lock.id), at[1].get(lock.id)
            if was is not None and (now is None or now.vehicle_id != was.vehicle_id):
                where = "nowhere" if now is None else f"on {now.vehicle_id}"
                yield BrokenPromise(
                    promise=Promise.LOCK, id=lock.id, text=f"was locked on {was.vehicle_id}, is {where}"
                )
        elif routes[0].get(lock.id) != routes[1].get(lock.id):
            yield BrokenPromise(promise=Promise.LOCK, id=lock.id, text="its route was locked, and differs")
