"""Peak days: own less, and where the days ask for more rent vehicles or work overtime, if that is cheaper.

A second stage, after the search. From the recommended fleet on, one vehicle or plug less is owned at a time, as long as
that makes the year cheaper. Each day of such a fleet takes the cheapest of the plans that are known for it. With rent
these are the plans of any fleet: what a plan uses and the fleet lacks is rented for that day. With overtime they are
plans of the same fleet with longer shifts, first by one hour. Every plan is one that was routed and audited.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from planner.model import Vehicle
from planner.sizing.candidates import Cell
from planner.sizing.cells import Outcome
from planner.sizing.hands import Hands
from planner.sizing.ledger import Ledger
from planner.sizing.router import Router, Spent
from planner.sizing.task import Found, Progress, Relief, Size, Task, moving_cost, neighbours, size_of

COURIER, RENT, OVERTIME = "courier", "rent", "overtime"
POLICIES = (COURIER, RENT, OVERTIME)
ROUTED_A_DAY, LEAST_ROUTED = 3, 60  # days routed for peaks: so many for each day given, or for few days
HOUR_S = 3_600
FIRST_HOURS = 1.0

Plans = Mapping[int, Sequence[Outcome]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Peaks:
    """What became of a policy for peak days: all fleets that were looked at with it, and what is best with them."""

    policy: str
    tried: tuple[Size, ...]
    found: Found


@dataclass(slots=True)
class _Desk:
    """A policy at work: the task with shifts as they are, and with each extension, and the budget of both."""

    task: Task
    found: Found
    policy: str
    means: tuple[Ledger, Progress, Hands]
    left: int
    routed: int = 0
    known: int = 0
    routers: dict[float, Router] = field(default_factory=dict)

    @property
    def days(self) -> list[int]:
        return [i for i, day in enumerate(self.task.days) if day.orders]

    def route(self, wanted: Sequence[tuple[int, Cell]], *, hours: float = 0.0) -> Router:
        """Route days with fleets whose shifts are extended. Raises `Spent`."""
        if hours not in self.routers:
            ledger, tell, hands = self.means
            task = longer(self.task, hours) if hours else self.task
            self.routers[hours] = Router(task=task, ledger=ledger, hands=hands, tell=tell)
        router = self.routers[hours]
        routed, known = router.routed, router.known
        router.task = replace(router.task, most_routed=routed + known + self.left)
        try:
            router.route(wanted, "peak days")
        finally:
            self.left -= router.routed + router.known - routed - known
            self.routed, self.known = self.routed + router.routed - routed, self.known + router.known - known
        return router


def most_routed(days: int) -> int:
    """Return how many days may be routed for so many days given."""
    return max(ROUTED_A_DAY * days, LEAST_ROUTED)


def relieve(task: Task, found: Found, policy: str, ledger: Ledger, tell: Progress, hands: Hands) -> Peaks:
    """Look whether owning less with a policy for peak days is cheaper; couriers are what the search reckons with.

    Raises `RoadsError`, `PlanRefused`.
    """
    best = found.best
    if policy == COURIER or best is None:
        return Peaks(policy=policy, tried=(), found=found)
    left = most_routed(len(task.days))
    desk = _Desk(task=task, found=found, policy=policy, means=(ledger, tell, hands), left=left)
    plans = {i: list(found.whole.get(i, ())) for i in desk.days} if policy == RENT else {i: [] for i in desk.days}
    tried: dict[Cell, Size] = {}
    at = best
    try:
        while True:
            fewer = [c for c in neighbours(at.cell, task.plugs) if c.within(at.cell) and c.vehicles and c not in tried]
            for cell in fewer:
                made = _relieved(desk, cell, best, plans)
                if made is not None:
                    tried[cell] = made
            cheaper = [tried[cell] for cell in fewer if cell in tried and tried[cell].enough(task)]
            better = min(cheaper, key=_total, default=at)
            if _total(better) >= _total(at):
                break
            at = better
    except Spent:
        at = min((at, *(size for size in tried.values() if size.enough(task))), key=_total)
    helped = tuple(sorted((size for size in tried.values() if size.relief), key=_total))
    others = {size.key: size for size in tried.values()} | {size.key: size for size in found.sizes}
    sizes = tuple(sorted(others.values(), key=lambda size: (_total(size), size.key)))
    whole = replace(found, sizes=sizes, best=at, routed=found.routed + desk.routed, known=found.known + desk.known)
    return Peaks(policy=policy, tried=helped, found=whole)


def longer(task: Task, hours: float) -> Task:
    """Return a task whose shifts may be exceeded by so many hours, each paid as a candidate's overtime is."""

    def change(vehicle: Vehicle) -> Vehicle:
        return replace(vehicle, overtime_s=vehicle.overtime_s + round(hours * HOUR_S))

    return task.with_vehicles(change)


def _relieved(desk: _Desk, cell: Cell, best: Size, plans: dict[int, list[Outcome]]) -> Size | None:
    """Return what is owned with what helps on its peak days; None where that serves too little."""
    task, options = desk.task, dict[int, list[Outcome]]()
    for i in desk.days:
        known = best.outcomes[i]
        options[i] = [*plans[i], *([known] if known and (desk.policy == RENT or known.used.within(cell)) else [])]
    open_days = [i for i in desk.days if not any(plan.used.within(cell) and plan.whole for plan in options[i])]
    router = desk.route([(i, cell) for i in open_days])
    for i in open_days:
        own = router.outcome(i, cell)
        assert own is not None
        options[i].append(own)
        if own.whole and desk.policy == RENT:
            plans[i].append(own)
    if desk.policy == OVERTIME:
        _work_longer(desk, cell, options, [i for i in open_days if not any(plan.whole for plan in options[i])])
    offered = {
        i: [_with_rent(task, plan, cell) for plan in options[i] if plan.used.plugs <= cell.plugs] for i in options
    }
    outcomes = _choose(task, offered)
    if outcomes is None:
        return None
    size = size_of(task, cell, outcomes)
    return replace(size, relief=_relief(task, desk.policy, outcomes)) if size.enough(task) else None


def _work_longer(desk: _Desk, cell: Cell, options: Mapping[int, list[Outcome]], peaks: Sequence[int]) -> None:
    """Route the peak days with longer shifts: by an hour, and by all that may be where an hour is not enough."""
    most = desk.task.money.figures.peaks.overtime_hours
    for hours in dict.fromkeys((min(FIRST_HOURS, most), most)):
        if not hours or not peaks:
            return
        router = desk.route([(i, cell) for i in peaks], hours=hours)
        for i in peaks:
            found = router.outcome(i, cell)
            assert found is not None
            options[i].append(found)
        peaks = [i for i in peaks if not options[i][-1].whole]


def _with_rent(task: Task, plan: Outcome, cell: Cell) -> Outcome:
    """Return a plan as that of a fleet that rents what it lacks for it."""
    lacks = (max(0, used - owned) for used, owned in zip(plan.used.counts, cell.counts, strict=True))
    rented = {kind.name: n for kind, n in zip(task.candidates, lacks, strict=True) if n}
    return replace(plan, use=replace(plan.use, rented=rented))


def _choose(task: Task, offered: Mapping[int, Sequence[Outcome]]) -> list[Outcome | None] | None:
    """Choose the cheapest plan of each day, and where that serves too little what serves more at the least price."""
    courier = task.money.figures.year.courier_per_order

    def cost(plan: Outcome) -> float:
        return moving_cost(plan.use, task) + courier * (plan.use.orders - plan.use.served)

    charged = {i: [plan for plan in plans if plan.short_kwh == 0] for i, plans in offered.items()}
    if not all(charged.values()):
        return None
    chosen = {i: min(plans, key=cost) for i, plans in charged.items()}
    weight = {i: task.days[i].weight for i in chosen}
    allowed = (1 - task.service) * sum(weight[i] * plan.use.orders for i, plan in chosen.items())
    lost = sum(weight[i] * (plan.use.orders - plan.use.served) for i, plan in chosen.items())

    def dearer(step: tuple[int, Outcome]) -> float:
        i, plan = step
        return (cost(plan) - cost(chosen[i])) / (plan.use.served - chosen[i].use.served)

    while lost > allowed + 1e-9:
        steps = [(i, p) for i, plans in charged.items() for p in plans if p.use.served > chosen[i].use.served]
        if not steps:
            return None
        i, plan = min(steps, key=dearer)
        lost -= weight[i] * (plan.use.served - chosen[i].use.served)
        chosen[i] = plan
    return [chosen.get(i) for i in range(len(task.days))]


def _relief(task: Task, policy: str, outcomes: Sequence[Outcome | None]) -> Relief | None:
    """Say on how many days of the year something helps, and how much at most; None where nothing does."""
    helped: Callable[[Outcome], bool] = rents if policy == RENT else works_longer
    days = [i for i, out in enumerate(outcomes) if out and helped(out)]
    if not days:
        return None
    a_year = task.days_a_year * sum(task.days[i].weight for i in days)
    most = [out for i in days if (out := outcomes[i]) is not None]
    if policy == RENT:
        said = f"{' + '.join(_most_rented(task, most))} rented on {a_year:,.0f} days a year"
    else:
        hours = max(sum(use.overtime_h for use in out.use.kinds.values()) for out in most)
        said = f"up to {hours:.1f} h of overtime on {a_year:,.0f} days a year"
    return Relief(policy=policy, days_a_year=a_year, said=said)


def _most_rented(task: Task, outcomes: Sequence[Outcome]) -> Iterator[str]:
    for kind in task.candidates:
        counts = [out.use.rented.get(kind.name, 0) for out in outcomes]
        if max(counts):
            yield f"{'up to ' if min(counts) < max(counts) else ''}{max(counts)} {kind.name}"


def rents(outcome: Outcome) -> bool:
    """Say whether a day's plan takes rented vehicles."""
    return any(outcome.use.rented.values())


def works_longer(outcome: Outcome) -> bool:
    """Say whether a day's plan goes past the end of a shift."""
    return any(use.overtime_h > 0 for use in outcome.use.kinds.values())


def _total(size: Size) -> float:
    return size.year.cost.total
