"""Plan the rest of a day that is under way, and audit all of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from planner.answer import routes_of
from planner.check import audit
from planner.dispatch.events import Event
from planner.dispatch.facts import Facts, as_it_happened, facts_of, with_orders
from planner.dispatch.state import UnderWay, booked, joined
from planner.explain.routes import tours_of
from planner.model import Day, TimeWindow
from planner.pipeline import Stages, solve_possible
from planner.plan import Plan, Reason, Route, Unassigned
from planner.roads.day import DayRoads, day_roads
from planner.roads.streets import Streets
from planner.solve.crew import manned
from planner.solve.options import SolveOptions
from planner.solve.placing import settle, tidy
from planner.solve.problem import Ints, Problem, build_problem, site_plugs
from planner.solve.reasons import impossible
from planner.solve.schedule import equal_plugs
from planner.solve.solution import Solution, Tour, tour_of

NOTHING_FITS = "nothing was found for it in the rest of the day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Locks:
    """What must stay: whole routes, orders on a vehicle, arrivals that were promised."""

    vehicles: tuple[str, ...] = ()
    on_vehicle: Mapping[str, str] = field(default_factory=dict)
    promised: Mapping[str, TimeWindow] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """An order whose vehicle or begin differs between two plans; None where it is not served."""

    order_id: str
    before: tuple[str, int] | None
    after: tuple[str, int] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Replanned:
    """A plan of the whole day, what has been moved, and whose manifests differ from those issued."""

    plan: Plan
    moved: tuple[Moved, ...]
    reprint: tuple[str, ...]
    transfers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """What a re-plan is written from."""

    plan: Plan
    streets: Streets
    facts: Facts
    roads: DayRoads
    problem: Problem
    cancelled: set[str]
    known: dict[int, Unassigned]


def replan(
    plan: Plan,
    streets: Streets,
    options: SolveOptions,
    *,
    now_s: int,
    events: Sequence[Event] = (),
    locks: Locks | None = None,
    minimal_change: float = 0.0,
    stages: Stages | None = None,
) -> Replanned:
    """Return the plan of the whole day: as it was until now, and anew for what is open.

    With `minimal_change`, a price per order that changes its vehicle, the rest is planned twice, freely and with each
    order on its vehicle, and the cheaper one is taken. Raises `RoadsError`, `InputError` or `NoPlanError`.
    """
    locks, stages, plan = locks or Locks(), stages or Stages(), manned(plan)
    old_day = _promised(with_orders(plan.day, events, now_s=now_s), locks)
    with stages.stage("roads"):
        roads, problem = _measured(old_day, streets)
        facts = facts_of(old_day, problem, tours_of(old_day, plan.routes), events, now_s=now_s, whole=locks.vehicles)
        if facts.day is not old_day:
            roads, problem = _measured(facts.day, streets)
            # Numbers of sites have moved behind the new orders.
            facts.states = {v: _renumbered(state, old_day, facts.day) for v, state in facts.states.items()}
    cancelled = {event.order for event in events if event.kind == "order_cancelled"}
    rest = _rest(facts, problem, now_s, locks)
    known = impossible(facts.day, problem, roads.snapped)
    closed = known | _settled(facts, cancelled)
    with stages.stage("solve"):
        rest = replace(rest, begin=_old_rest(facts, rest, plan.routes, set(closed)))
        found = _search(plan, facts, rest, options, closed, minimal_change)
    tours = _whole(facts, problem, found, now_s)
    work = _Work(
        plan=plan, streets=streets, facts=facts, roads=roads, problem=problem, cancelled=cancelled, known=known
    )
    return _told(work, tours, options, found.stopped_by, stages)


def _measured(day: Day, streets: Streets) -> tuple[DayRoads, Problem]:
    roads = day_roads(day, streets)
    return roads, build_problem(day, types=roads.types, network_of_type=roads.network_of_type, roads=roads.matrices)


def _promised(day: Day, locks: Locks) -> Day:
    orders = (replace(o, windows=(locks.promised[o.id],)) if o.id in locks.promised else o for o in day.orders)
    return replace(day, orders=tuple(orders))


def _renumbered(state: UnderWay, old: Day, new: Day) -> UnderWay:
    if state.kept is None:
        return state
    first, shift = len(old.orders), len(new.orders) - len(old.orders)
    visits = [replace(v, place=v.place + shift) if v.place >= first else v for v in state.kept.all_visits]
    return replace(state, kept=tour_of(state.vehicle, visits))


def _settled(facts: Facts, cancelled: set[str]) -> dict[int, Unassigned]:
    """Return the orders that the search has nothing to do with: done, under way, or cancelled."""
    done = {place for state in facts.states.values() for place in state.orders if place < len(facts.day.orders)}
    done |= {
        i for i, order in enumerate(facts.day.orders) if order.id in cancelled or order.pair in _pairs(facts, cancelled)
    }
    return {
        i: Unassigned(order_id=facts.day.orders[i].id, reason=Reason.NOT_FOUND_IN_TIME, detail="settled") for i in done
    }


def _pairs(facts: Facts, cancelled: set[str]) -> set[str]:
    return {order.pair for order in facts.day.orders if order.pair and order.id in cancelled}


def _rest(facts: Facts, p: Problem, now_s: int, locks: Locks) -> Problem:
    """Return the problem of what is left: each vehicle from when it is free, with what its battery holds then."""
    day, states = facts.day, facts.states
    shift, start_mwh, ways_cost = p.shift.copy(), p.start_mwh.copy(), p.ways_cost.copy()
    ways_s, breaks, most, min_paid = p.ways_s.copy(), p.breaks.copy(), p.most_stops.copy(), p.min_paid_s.copy()
    allowed, packs = p.allowed.copy(), p.packs.copy()
    for v, state in states.items():
        shift[v, 0] = max(state.free_s, int(p.shift[v, 0]))
        if state.finished or shift[v, 0] >= shift[v, 1]:
            allowed[:, v] = 0
            shift[v, 0] = min(shift[v])
        if state.kept is None:
            continue
        start_mwh[v], min_paid[v], ways_s[v, 0] = state.stored_mwh, 0, 0
        ways_cost[v] -= p.per_day[p.kind[v]]  # that money is spent
        swapped = sum(bool(visit.swap_end_s) for visit in state.kept.all_visits)
        packs[p.depot[v] - p.orders, p.kind[v]] = max(packs[p.depot[v] - p.orders, p.kind[v]] - swapped, 0)
        if p.most_stops[v]:
            most[v] = p.most_stops[v] - sum(place < p.orders for place in state.orders)
            if most[v] <= 0:
                most[v], allowed[:, v] = p.most_stops[v], 0
        breaks[v] = _break_left(breaks[v].tolist(), state)
    _keep_groups(facts, allowed)
    number = {vehicle.id: i for i, vehicle in enumerate(day.vehicles)}
    for i, order in enumerate(day.orders):
        if order.id in locks.on_vehicle:
            only = number[locks.on_vehicle[order.id]]
            allowed[i] = np.where(np.arange(p.vehicles) == only, allowed[i], 0)
    release = np.where((p.pickup == 1) | (p.partner >= 0), p.release_s, np.maximum(p.release_s, now_s))
    settled = [state.kept for state in states.values() if state.kept is not None]
    bookings = booked(p, settled, now_s)
    ids = [plug.id for plug in site_plugs(day)]
    bookings += [(ids.index(plug), max(at_s, now_s), p.horizon_s, 0) for plug, at_s in facts.plugs_out]
    return replace(
        p, shift=shift, start_mwh=start_mwh, ways_cost=ways_cost, ways_s=ways_s, breaks=breaks, most_stops=most,
        min_paid_s=min_paid, allowed=allowed, packs=packs, release_s=release,
        booked=np.array(bookings, dtype=np.int64).reshape(-1, 4),
    )  # fmt: skip


def _break_left(pause: list[int], state: UnderWay) -> list[int]:
    """Return the break that a vehicle still has to take, by the clock."""
    assert state.kept is not None
    length_s, earliest_s, latest_s, moves = pause
    since_s = state.kept.start_s if moves else 0
    if not length_s or state.rested or state.free_s > since_s + latest_s:
        return [0, 0, 0, 0]
    return [length_s, since_s + earliest_s, since_s + latest_s, 0]


def _keep_groups(facts: Facts, allowed: Ints) -> None:
    """Let what is left of a group go only where the others of it are."""
    orders = facts.day.orders
    vehicles = {
        orders[place].group: v
        for v, state in facts.states.items()
        for place in state.orders
        if place < len(orders) and orders[place].group
    }
    for i, order in enumerate(orders):
        if order.group in vehicles:
            allowed[i] = np.where(np.arange(allowed.shape[1]) == vehicles[order.group], allowed[i], 0)


def _search(
    plan: Plan, facts: Facts, rest: Problem, options: SolveOptions, closed: dict[int, Unassigned], weight: float
) -> Solution:
    """Search freely, or where a change has a price also with every order on the vehicle it was planned for."""
    if weight <= 0:
        return solve_possible(rest, options, closed, None)
    before = _served_by(plan.routes)
    number = {vehicle.id: v for v, vehicle in enumerate(facts.day.vehicles)}
    stay = {
        i: number[before[order.id][0]]
        for i, order in enumerate(facts.day.orders)
        if i not in closed and order.id in before and rest.allowed[i, number[before[order.id][0]]]
    }
    kept = rest.allowed.copy()
    for i, v in stay.items():
        kept[i] = np.where(np.arange(rest.vehicles) == v, kept[i], 0)
    half = replace(options, time_limit_s=options.time_limit_s / 2)
    answers = [solve_possible(problem, half, closed, None) for problem in (replace(rest, allowed=kept), rest)]

    def price(found: Solution) -> float:
        moved = sum(
            stay.get(visit.place, tour.vehicle) != tour.vehicle for tour in found.tours for visit in tour.visits
        )
        return found.cost + moved * weight * 1_000_000

    return min(answers, key=price)


def _old_rest(facts: Facts, rest: Problem, routes: Sequence[Route], closed: set[int]) -> Ints:
    """Return what each vehicle was to do in the rest of the day, where that still holds, for the search to begin with.

    A day of which orders fall out one after the other is tried until it can be timed beside those of the others.
    """
    begin = np.full((rest.vehicles, 3 * rest.orders + 8), -1, dtype=np.int64)
    settled: list[Tour] = []
    for tour in tours_of(facts.day, routes):
        v, depot = tour.vehicle, int(rest.depot[tour.vehicle])
        kept = 0 if facts.states[v].kept is None else len(facts.states[v].kept.visits) + 1  # type: ignore[union-attr]
        places = [visit.place for visit in tour.visits[kept:]]
        places = [at for at in places if at >= rest.orders or (at not in closed and rest.allowed[at, v])]
        wanted = tidy([at for at in places if at >= rest.orders or rest.partner[at] < 0], depot=depot)
        while any(at < rest.orders for at in wanted):
            timed = settle(rest, {v: wanted}, taken=settled)
            if timed is not None:
                settled = timed
                begin[v, : len(wanted)] = wanted
                break
            last = max(i for i, at in enumerate(wanted) if at < rest.orders)
            wanted = tidy(wanted[:last] + wanted[last + 1 :], depot=depot)
    return begin


def _whole(facts: Facts, p: Problem, found: Solution, now_s: int) -> dict[int, Tour]:
    """Join what is kept and what was found, and give each charge to come a plug that is free."""
    rest = {tour.vehicle: tour for tour in found.tours}
    tours = {}
    for v, state in facts.states.items():
        tour = joined(state, rest.get(v))
        if tour is not None and tour.visits:
            tours[v] = tour
    return _with_plugs(p, tours, now_s, dead=[plug for plug, _ in facts.plugs_out], day=facts.day)


def _with_plugs(p: Problem, tours: dict[int, Tour], now_s: int, *, dead: Sequence[str], day: Day) -> dict[int, Tour]:
    ids = [plug.id for plug in site_plugs(day)]
    free_at = {q: (p.horizon_s + 1 if ids[q] in dead else 0) for q in range(len(p.plug_w))}
    charges = sorted(
        (visit.charge_begin_s, visit.charge_end_s, v, k)
        for v, tour in tours.items()
        for k, visit in enumerate(tour.all_visits)
        if visit.plug >= 0
    )
    plugs: dict[tuple[int, int], int] = {}
    for begin_s, end_s, v, k in charges:
        plug = tours[v].all_visits[k].plug
        if begin_s > now_s:
            plug = next((q for q in equal_plugs(p, plug) if free_at[q] <= begin_s), plug)
        plugs[v, k], free_at[plug] = plug, max(end_s, free_at[plug])
    return {
        v: tour_of(v, [replace(visit, plug=plugs.get((v, k), -1)) for k, visit in enumerate(tour.all_visits)])
        for v, tour in tours.items()
    }


def _told(work: _Work, tours: dict[int, Tour], options: SolveOptions, stopped_by: str, stages: Stages) -> Replanned:
    """Write the plan of the whole day, audit it, and compare it with the one before."""
    plan, facts, cancelled, day = work.plan, work.facts, work.cancelled, work.facts.day
    solution = Solution(tours=tuple(tours[v] for v in sorted(tours)), cost=0, iterations=0, stopped_by=stopped_by)
    served = solution.visited
    gone = {
        i
        for i, order in enumerate(day.orders)
        if i not in served and (order.id in cancelled or order.pair in _pairs(facts, cancelled))
    }
    left = tuple(
        work.known.get(i)
        or Unassigned(order_id=order.id, reason=Reason.NOT_FOUND_IN_TIME, detail=_why(facts, order.id))
        for i, order in enumerate(day.orders)
        if i not in served and i not in gone
    )
    with stages.stage("shapes"):
        happened = as_it_happened(facts, tours)
        routes = routes_of(happened, work.problem, work.roads, solution)
    kept_orders = tuple(order for i, order in enumerate(happened.orders) if i not in gone)
    made = Plan(
        day=replace(happened, orders=kept_orders),
        routes=routes,
        unassigned=left,
        provenance=replace(
            plan.provenance, engine=options.engine, seed=options.seed, iterations=options.iterations,
            time_limit_s=options.time_limit_s, stopped_by=stopped_by,
            rows_read=len(kept_orders) + plan.provenance.rows_rejected, robust=None,
        ),
    )  # fmt: skip
    with stages.stage("audit"):
        made = replace(made, violations=audit(made, work.streets))
    return Replanned(plan=made, moved=_moves(plan, made), reprint=_reprint(plan, made), transfers=dict(facts.transfers))


def _why(facts: Facts, order_id: str) -> str:
    stuck = facts.transfers.get(order_id) or facts.transfers.get(order_id.rpartition("@")[0])
    return f"on board of {stuck}, which is out; no vehicle can take it over" if stuck else NOTHING_FITS


def _served_by(routes: Sequence[Route]) -> dict[str, tuple[str, int]]:
    return {step.place_id: (route.vehicle_id, step.begin_s) for route in routes for step in route.steps if step.serves}


def _moves(before: Plan, after: Plan) -> tuple[Moved, ...]:
    old, new = _served_by(before.routes), _served_by(after.routes)
    ids = dict.fromkeys((*old, *new))
    return tuple(
        Moved(order_id=id_, before=old.get(id_), after=new.get(id_)) for id_ in ids if old.get(id_) != new.get(id_)
    )


def _reprint(before: Plan, after: Plan) -> tuple[str, ...]:
    """Return the vehicles whose stops or times differ from those of the plan before."""

    def sheets(plan: Plan) -> dict[str, list[tuple[str, str, int]]]:
        return {r.vehicle_id: [(str(s.kind), s.place_id, s.begin_s) for s in r.steps] for r in plan.routes}

    old, new = sheets(before), sheets(after)
    return tuple(sorted(id_ for id_ in {*old, *new} if old.get(id_) != new.get(id_)))
