"""Plan the rest of a day that is under way, and audit all of it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from planner.answer import routes_of
from planner.dispatch.closed import refuse_ends, refuse_untold, without_stale
from planner.dispatch.desk import Desk
from planner.dispatch.events import Event
from planner.dispatch.facts import Facts, facts_of, with_dead_plugs
from planner.dispatch.goods import with_late_orders
from planner.dispatch.happened import as_it_happened
from planner.dispatch.rest import Wanted, as_before, beginning_with, booked_by, old_rest, priced, rest_of
from planner.dispatch.state import joined
from planner.model import TimeWindow
from planner.pipeline import Stages, solve_possible
from planner.plan import LockKind, Plan, Reason, Route, Unassigned
from planner.report.view import NOTICED_S, changed_vehicles
from planner.solve.insertion import insert_left_out
from planner.solve.options import SolveOptions
from planner.solve.problem import Problem, site_plugs
from planner.solve.reasons import impossible
from planner.solve.schedule import equal_plugs, schedule
from planner.solve.solution import Solution, Tour, tour_of

NOTHING_FITS = "nothing was found for it in the rest of the day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Locks:
    """What must stay: whole routes, the order of a vehicle's stops, orders on a vehicle, promised arrivals."""

    vehicles: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    on_vehicle: Mapping[str, str] = field(default_factory=dict)
    promised: Mapping[str, TimeWindow] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """An order whose vehicle or begin differs between two plans; None where it is not served."""

    order_id: str
    before: tuple[str, int] | None
    after: tuple[str, int] | None

    @property
    def changed_vehicle(self) -> bool:
        """Say whether another vehicle serves it than before."""
        return self.before is not None and self.after is not None and self.before[0] != self.after[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replanned:
    """A plan of the whole day on its desk, what has been moved, and whose manifests differ from those issued."""

    desk: Desk
    plan: Plan
    moved: tuple[Moved, ...]
    reprint: tuple[str, ...]
    transfers: Mapping[str, str]
    stranded: tuple[str, ...]  # vehicles whose battery lasts to no plug
    too_late: tuple[str, ...]  # orders whose cancelling or change came when they were under way


def replan(
    desk: Desk,
    options: SolveOptions,
    *,
    now_s: int,
    events: Sequence[Event] = (),
    locks: Locks | None = None,
    move_cost: float = 0.0,
    courier_cost: float | None = None,
    stages: Stages | None = None,
) -> Replanned:
    """Return the plan of the whole day: as it was until now, and anew for what is open.

    `move_cost` is the price of an order that changes its vehicle, `courier_cost` that of one that a courier takes.
    Locks of the plan hold as those given do, unless their vehicle is out. Raises `RoadsError`, `InputError` or
    `NoPlanError`.
    """
    stages, before = stages or Stages(), desk.plan
    locks = _with_those_of(before, locks or Locks(), {event.vehicle for event in events if event.kind == "vehicle_out"})
    windows = {event.order: event.window for event in events if event.window is not None} | dict(locks.promised)
    with stages.stage("roads"):
        desk, facts = facts_of(with_dead_plugs(desk, events), events, now_s=now_s, whole=locks.vehicles)
        desk, facts = with_late_orders(desk, facts, events, windows, now_s=now_s)
        if desk.day.roads_out and facts.transfers:
            refuse_ends(desk.day, desk.roads)
            desk = desk.as_driven(state.kept for state in facts.states.values() if state.kept is not None)
    cancelled = _cancelled(desk, events)
    with stages.stage("solve"):
        wanted = Wanted(on_vehicle=locks.on_vehicle, move_cost=move_cost, courier_cost=courier_cost)
        rest = rest_of(desk.day, without_stale(desk.problem, desk.roads), facts.states, wanted, now_s=now_s)
        settled = {place for place in facts.begun() if place < rest.orders}
        known = impossible(desk.day, desk.problem, desk.roads.snapped)
        closed = known | {i: _closed(desk, i) for i in settled | cancelled}
        found = _searched(desk, facts, priced(rest, wanted, _planned_on(desk)), options, closed, locks)
        found = as_before(rest, facts.tours, facts.states, found)
        tours = _whole(desk, facts, rest, found, now_s)
    after = as_it_happened(desk, facts, tours)
    with stages.stage("shapes"):
        plan = _told(after, facts, tours, found, options, cancelled=cancelled, courier_cost=courier_cost)
    with stages.stage("audit"):
        plan = after.audited(plan)
        refuse_untold(plan)
    return Replanned(
        desk=after,
        plan=plan,
        moved=moves(before, plan),
        reprint=tuple(sorted(changed_vehicles(before, plan))),
        transfers=facts.stuck(desk.day),
        stranded=tuple(desk.day.vehicles[v].id for v in facts.stranded),
        too_late=tuple(
            desk.day.orders[i].id for i in sorted(settled) if i in cancelled or desk.day.orders[i].id in windows
        ),
    )


def _with_those_of(plan: Plan, locks: Locks, out: set[str]) -> Locks:
    """Return the locks given with those that the plan has, none of them on a vehicle that is out."""
    served = {step.place_id: route.vehicle_id for route in plan.routes for step in route.steps if step.serves}
    kept = {lock.id: served[lock.id] for lock in plan.locks if lock.kind is LockKind.ORDER and lock.id in served}
    stops = [lock.id for lock in plan.locks if lock.kind is LockKind.VEHICLE]
    on_vehicle = kept | dict(locks.on_vehicle)
    return replace(
        locks,
        vehicles=tuple(vehicle for vehicle in locks.vehicles if vehicle not in out),
        stops=tuple(v for v in dict.fromkeys((*locks.stops, *stops)) if v not in out and v not in locks.vehicles),
        on_vehicle={order: vehicle for order, vehicle in on_vehicle.items() if vehicle not in out},
    )


def _cancelled(desk: Desk, events: Iterable[Event]) -> set[int]:
    """Return the orders that nobody wants any more, with the other halves of their pairs."""
    ids = {event.order for event in events if event.kind == "order_cancelled"}
    pairs = {order.pair for order in desk.day.orders if order.pair and order.id in ids}
    return {i for i, order in enumerate(desk.day.orders) if order.id in ids or (order.pair and order.pair in pairs)}


def _closed(desk: Desk, i: int) -> Unassigned:
    return Unassigned(order_id=desk.day.orders[i].id, reason=Reason.NOT_FOUND_IN_TIME, detail="settled")


def _planned_on(desk: Desk) -> dict[int, int]:
    """Return the vehicle that was to serve each order."""
    return {
        visit.place: v for v, tour in desk.tours.items() for visit in tour.visits if visit.place < desk.problem.orders
    }


def _searched(
    desk: Desk, facts: Facts, rest: Problem, options: SolveOptions, closed: Mapping[int, Unassigned], locks: Locks
) -> Solution:
    """Search the rest of the day from what is left of the plan; vehicles whose stops keep their order look on.

    What is still left out then goes between the stops of those, where it fits.
    """
    old = old_rest(rest, desk.tours, facts.states, set(closed))
    still = {v: old[v] for id in locks.stops if (v := desk.vehicles.get(id, -1)) in old}
    if not still:
        return solve_possible(beginning_with(rest, old), options, dict(closed), None)
    served = {visit.place for tour in still.values() for visit in tour.visits if visit.place < rest.orders}
    allowed = rest.allowed.copy()
    allowed[:, list(still)] = 0
    taken = booked_by(rest, still.values(), 0)
    others = {v: tour for v, tour in old.items() if v not in still}
    part = beginning_with(replace(rest, allowed=allowed, booked=taken), others)
    found = solve_possible(part, options, {**closed, **{i: _closed(desk, i) for i in served}}, None)
    until_s = time.monotonic() + options.time_limit_s
    open_ = replace(rest, allowed=rest.allowed.copy())
    open_.allowed[list(closed)] = 0
    tours, _ = insert_left_out(open_, (*found.tours, *still.values()), until_s=until_s)
    return replace(found, tours=tuple(tours))


def _whole(desk: Desk, facts: Facts, rest: Problem, found: Solution, now_s: int) -> dict[int, Tour]:
    """Join what is kept and what was found, and give each charge to come a plug that is free."""
    later = {tour.vehicle: tour for tour in found.tours}
    for v, state in facts.states.items():
        if v not in later and state.kept is not None and not state.finished and state.stored_mwh < rest.end_mwh[v]:
            last = schedule(rest, {v: []}, taken=later.values())  # back to charge for the end of its shift
            later |= {} if last is None else {tour.vehicle: tour for tour in last}
    tours = {v: tour for v, state in facts.states.items() if (tour := joined(state, later.get(v))) is not None}
    return _with_plugs(desk, {v: tour for v, tour in tours.items() if tour.visits}, now_s)


def _with_plugs(desk: Desk, tours: dict[int, Tour], now_s: int) -> dict[int, Tour]:
    p = desk.problem
    ids = [plug.id for plug in site_plugs(desk.day)]
    dead = {out.plug_id for out in desk.day.plugs_out}
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
            plug = next((q for q in (plug, *equal_plugs(p, plug)) if free_at[q] <= begin_s), plug)
        plugs[v, k], free_at[plug] = plug, max(end_s, free_at[plug])
    return {
        v: tour_of(v, [replace(visit, plug=plugs.get((v, k), -1)) for k, visit in enumerate(tour.all_visits)])
        for v, tour in tours.items()
    }


def _told(
    desk: Desk,
    facts: Facts,
    tours: Mapping[int, Tour],
    found: Solution,
    options: SolveOptions,
    *,
    cancelled: set[int],
    courier_cost: float | None,
) -> Plan:
    """Write the plan of the whole day."""
    plan, day = desk.plan, desk.day
    solution = replace(found, tours=tuple(tours[v] for v in sorted(tours)))
    served, stuck = solution.visited, facts.stuck(day)
    known = impossible(day, desk.problem, desk.roads.snapped)
    gone = {day.orders[i].id for i in cancelled if i not in served}
    left = tuple(
        _left(order.id, stuck, known.get(i), courier_cost, desk.day.currency)
        for i, order in enumerate(day.orders)
        if i not in served and order.id not in gone
    )
    routes = routes_of(day, desk.problem, desk.roads, solution)
    orders = tuple(order for order in plan.day.orders if order.id not in gone)
    return replace(
        plan,
        day=replace(plan.day, orders=orders),
        routes=routes,
        unassigned=left,
        violations=(),
        provenance=replace(
            plan.provenance, engine=options.engine, seed=options.seed, iterations=options.iterations,
            time_limit_s=options.time_limit_s, stopped_by=found.stopped_by,
            rows_read=len(orders) + plan.provenance.rows_rejected, robust=None,
        ),
    )  # fmt: skip


def _left(
    id: str, stuck: Mapping[str, str], known: Unassigned | None, courier_cost: float | None, currency: str
) -> Unassigned:
    on = stuck.get(id) or stuck.get(id.rpartition("@")[0])
    if on:
        detail = f"on board of {on}, which is out; no vehicle can take it over"
    elif known is not None:
        return known
    elif courier_cost is not None:
        return Unassigned(
            order_id=id, reason=Reason.COURIER, detail=f"handed to a courier for {courier_cost:.2f} {currency}"
        )
    else:
        detail = NOTHING_FITS
    return Unassigned(order_id=id, reason=Reason.NOT_FOUND_IN_TIME, detail=detail)


def served_by(routes: Iterable[Route]) -> dict[str, tuple[str, int]]:
    """Return for each order served its vehicle, and when that begins."""
    return {step.place_id: (route.vehicle_id, step.begin_s) for route in routes for step in route.steps if step.serves}


def moves(before: Plan, after: Plan) -> tuple[Moved, ...]:
    """Return the orders whose vehicle differs, or their begin by a minute or more."""
    old, new = served_by(before.routes), served_by(after.routes)
    found = (Moved(order_id=id, before=old.get(id), after=new.get(id)) for id in dict.fromkeys((*old, *new)))
    return tuple(one for one in found if not _alike(one.before, one.after))


def _alike(a: tuple[str, int] | None, b: tuple[str, int] | None) -> bool:
    return a is not None and b is not None and a[0] == b[0] and abs(a[1] - b[1]) < NOTICED_S
