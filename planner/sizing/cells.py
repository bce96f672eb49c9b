"""Route one day with the fleet of one cell, audit the plan, and keep what money and bounds need of it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from planner import __version__
from planner.answer import left_out, routes_of
from planner.check import audit
from planner.check_legs import LegFinder
from planner.errors import PlanRefused
from planner.model import Day
from planner.plan import Plan, Provenance, Route, StepKind, Unassigned
from planner.roads.day import DayRoads, day_roads
from planner.roads.network import Network
from planner.roads.streets import Streets
from planner.sizing.candidates import Candidate, Cell, day_with
from planner.sizing.demand import DemandDay
from planner.sizing.money import NO_ORDERS, DayUse, KindUse
from planner.sizing.prices import in_reach
from planner.solve.options import SolveOptions
from planner.solve.problem import Problem, build_problem, restrict
from planner.solve.reasons import impossible
from planner.solve.solution import Solution, renumbered

WH_PER_KWH, HOUR_S, M_PER_KM = 1_000.0, 3_600.0, 1_000.0
HOURS = 24
ENGINE_DIED = "engine died"
SHORT_WH = 1.0  # what a battery may lack in the morning by rounding


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """Orders left out for one reason, and what was said of the first of them."""

    reason: str
    orders: int
    example: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A day routed with a fleet. `used` is the part of the fleet that the plan needs, plugs at a time included."""

    used: Cell
    use: DayUse
    missed: tuple[Missed, ...]
    short_kwh: float  # that the batteries lack in the morning
    kw_by_hour: tuple[float, ...]  # mean power of all charges at the depot, from midnight on, nights folded in
    stopped_by: str
    seconds: float

    @property
    def whole(self) -> bool:
        """Say whether every order is served and every battery filled for tomorrow."""
        return self.use.served == self.use.orders and self.short_kwh == 0

    @property
    def died(self) -> bool:
        """Say whether the engine's process died over it: then it says nothing of the day and the fleet."""
        return self.stopped_by == ENGINE_DIED


@dataclass(slots=True)
class Ground:
    """A day on its streets, measured once for every fleet that is tried on it."""

    demand: DemandDay
    candidates: Sequence[Candidate]
    streets: Streets
    day: Day
    roads: DayRoads
    legs: LegFinder = field(repr=False)

    def problem(self, day: Day) -> Problem:
        """Return the day with a fleet of its own as an engine's problem."""
        roads = self.roads
        priced, types = in_reach(day, roads.types)
        return build_problem(priced, types=types, network_of_type=roads.network_of_type, roads=roads.matrices)


def ground_of(
    demand: DemandDay,
    candidates: Sequence[Candidate],
    streets: Streets,
    *,
    known: list[Network] | None = None,
    legs: LegFinder | None = None,
) -> Ground:
    """Measure a day, which has orders; `known` and `legs` hold streets made ready before. Raises `RoadsError`."""
    assert demand.day is not None
    one_each = Cell(counts=(1,) * len(candidates), plugs=1)
    day = day_with(demand.day, candidates, one_each)
    return Ground(
        demand=demand,
        candidates=candidates,
        streets=streets,
        day=day,
        roads=day_roads(day, streets, known=known),
        legs=legs or LegFinder(streets),
    )


def route(ground: Ground, cell: Cell, options: SolveOptions) -> Outcome:
    """Route and audit a day with a fleet. Raises `PlanRefused` where our auditor refuses the plan."""
    begun = time.perf_counter()
    day = day_with(ground.day, ground.candidates, cell)
    problem = ground.problem(day)
    known = impossible(day, problem, ground.roads.snapped)
    solution = _solve(problem, options, known)
    plan = Plan(
        day=day,
        routes=routes_of(day, problem, ground.roads, solution),
        unassigned=left_out(day, solution, known),
        provenance=_provenance(ground, options, solution),
    )
    if violations := audit(plan, ground.streets, legs=ground.legs):
        told = "\n".join(f"  {v.code} {v.where}: {v.message}" for v in violations[:20])
        where = f"{day.date} with {cell.told(ground.candidates)}"
        raise PlanRefused(f"E-X01 the auditor refused the plan of {where}, a fault of this program\n{told}")
    return replace(measured(plan, ground.candidates), seconds=round(time.perf_counter() - begun, 3))


def engine_died(demand: DemandDay, candidates: Sequence[Candidate]) -> Outcome:
    """Return a day on which nothing is served because the engine's process died over it."""
    assert demand.day is not None
    orders = demand.day.orders
    missed = Missed(
        reason="engine_died", orders=len(orders), example=orders[0].id, detail="the search ended its process"
    )
    return Outcome(
        used=Cell(counts=(0,) * len(candidates), plugs=0),
        use=replace(NO_ORDERS, orders=len(orders)),
        missed=(missed,),
        short_kwh=0.0,
        kw_by_hour=(0.0,) * HOURS,
        stopped_by=ENGINE_DIED,
        seconds=0.0,
    )


def _solve(problem: Problem, options: SolveOptions, known: dict[int, Unassigned]) -> Solution:
    """Search in this process: hundreds of short searches would spend most of their time on starting one each."""
    from planner.solve.engine import solve  # noqa: PLC0415  (OR-Tools is loaded for a search only)

    keep = [order for order in range(problem.orders) if order not in known]
    if not keep:
        return Solution(tours=(), cost=0, iterations=0, stopped_by="iterations")
    found = solve(restrict(problem, keep), options, on_better=lambda _: None)
    return renumbered(found, [*keep, *range(problem.orders, problem.places)])


def measured(plan: Plan, candidates: Sequence[Candidate]) -> Outcome:
    """Keep of a plan what money and bounds need."""
    day = plan.day
    name_of = {v.id: v.id.rpartition("-")[0] for v in day.vehicles}
    routes = [route for route in plan.routes if any(step.serves for step in route.steps)]
    by_name = {c.name: [r for r in routes if name_of[r.vehicle_id] == c.name] for c in candidates}
    fuelled = {v.id for v in day.vehicles if not day.charging}
    parcels = {order.id: order.parcels for order in day.orders}
    served = [step.place_id for r in routes for step in r.steps if step.serves]
    missing_wh = sum(r.night.missing_wh for r in routes if r.night and r.night.missing_wh > SHORT_WH)
    taken = [r for r in routes if r.vehicle_id not in fuelled]
    return Outcome(
        used=Cell(counts=tuple(len(by_name[c.name]) for c in candidates), plugs=_plugs_at_a_time(day, routes)),
        use=DayUse(
            orders=len(day.orders),
            served=len(served),
            parcels=sum(parcels[id_] for id_ in served),
            energy_paid=round(sum(r.cost.energy for r in taken), 6),
            energy_kwh=round(sum(_used_wh(r) for r in taken) / WH_PER_KWH, 6),
            kinds={name: _kind_use(day, found) for name, found in by_name.items() if found},
        ),
        missed=_missed(plan.unassigned),
        short_kwh=round(missing_wh / WH_PER_KWH, 3) if day.charging else 0.0,
        kw_by_hour=_kw_by_hour(day, routes),
        stopped_by=plan.provenance.stopped_by,
        seconds=0.0,
    )


def _kind_use(day: Day, routes: Sequence[Route]) -> KindUse:
    shift_end_s = {v.id: v.shift.end_s for v in day.vehicles}
    over_s = sum(max(0, r.steps[-1].end_s - shift_end_s[r.vehicle_id]) for r in routes)
    hours = sorted(((r.steps[-1].end_s - r.steps[0].arrival_s) / HOUR_S for r in routes), reverse=True)
    return KindUse(
        hours=tuple(round(h, 8) for h in hours),
        overtime_h=round(over_s / HOUR_S, 8),
        km=round(sum(step.leg.distance_m for r in routes for step in r.steps if step.leg) / M_PER_KM, 4),
        kwh=round(sum(_used_wh(r) for r in routes) / WH_PER_KWH, 6),
    )


def _used_wh(route: Route) -> float:
    """Return what the drives of a route take from its battery."""
    first, last = route.steps[0].stored_arrival_wh, route.steps[-1].stored_end_wh
    return max(0.0, first - last + sum(step.charged_wh for step in route.steps))


def _charges(day: Day, routes: Iterable[Route]) -> list[tuple[int, int, float]]:
    """Return begin, end and Wh of every charge at the depot, by day and by night."""
    plugs = {plug.id for depot in day.depots for plug in depot.plugs}
    found = []
    for r in routes:
        by_day = (s for s in r.steps if s.kind is StepKind.CHARGE and s.plug_id in plugs)
        found += [(s.begin_s, s.end_s, s.charged_wh) for s in by_day]
        found += [(c.begin_s, c.end_s, c.wh) for c in (r.night.charges if r.night else ()) if c.plug_id in plugs]
    return found


def _plugs_at_a_time(day: Day, routes: Iterable[Route]) -> int:
    """Return how many plugs the charges need at once; those of a depot are alike, so that so many are enough."""
    changes = Counter[tuple[int, int]]()
    for begin_s, end_s, _ in _charges(day, routes):
        changes[begin_s, 1] += 1
        changes[end_s, 0] -= 1  # a plug is free for the next one at the moment at which a charge ends
    busy = most = 0
    for _, change in sorted(changes.items()):
        busy += change
        most = max(most, busy)
    return most


def _kw_by_hour(day: Day, routes: Iterable[Route]) -> tuple[float, ...]:
    kwh = [0.0] * HOURS
    for begin_s, end_s, wh in _charges(day, routes):
        for hour in range(int(begin_s // HOUR_S), int(end_s // HOUR_S) + 1):
            overlap_s = min(end_s, (hour + 1) * HOUR_S) - max(begin_s, hour * HOUR_S)
            if overlap_s > 0:
                kwh[hour % HOURS] += wh / WH_PER_KWH * overlap_s / (end_s - begin_s)
    return tuple(round(value, 3) for value in kwh)


def _missed(unassigned: Sequence[Unassigned]) -> tuple[Missed, ...]:
    firsts: dict[str, Unassigned] = {}
    for left in unassigned:
        firsts.setdefault(left.reason.value, left)
    counts = Counter(left.reason.value for left in unassigned)
    return tuple(
        Missed(reason=reason, orders=n, example=firsts[reason].order_id, detail=firsts[reason].detail)
        for reason, n in counts.most_common()
    )


def _provenance(ground: Ground, options: SolveOptions, solution: Solution) -> Provenance:
    return Provenance(
        program=f"planner {__version__}",
        engine=options.engine,
        seed=options.seed,
        iterations=options.iterations,
        time_limit_s=options.time_limit_s,
        stopped_by=solution.stopped_by,
        streets_file="",
        streets_sha256=ground.streets.sha256,
        inputs_sha256={"orders": ground.demand.sha256},
        rows_read=len(ground.day.orders),
        rows_rejected=0,
    )
