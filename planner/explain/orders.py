"""`planner explain`: all about the orders that a plan leaves out."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from planner.check import audit
from planner.check_legs import LegFinder
from planner.errors import Fault, InputError, did_you_mean
from planner.explain.alone import hurdles, shortfall_alone
from planner.explain.ground import Ground, open_ground, together
from planner.explain.misses import nearest_miss
from planner.explain.repairs import Task, repairs
from planner.explained import Explanation, Grade, Shortfall
from planner.model import Day
from planner.plan import Plan, Route, Step, Violation
from planner.report.view import PlanView
from planner.roads.streets import Streets
from planner.solve.apart import cores
from planner.solve.crew import manned
from planner.solve.reasons import Hurdle
from planner.solve.trips import stops_of

MOST_NAMED = 3  # violations of a plan that are told


def explain_orders(
    plan: Plan,
    streets: Streets,
    order_ids: Sequence[str] = (),
    *,
    file: str = "plan.json",
    time_limit_s: float = math.inf,
    told: Callable[[int], None] = lambda _: None,
) -> tuple[Explanation, ...]:
    """Explain the orders named, or every order that a plan leaves out; `told` hears how many are done.

    Raises `InputError` for an order that the plan does not leave out or a plan that breaks a rule, and `RoadsError`.
    """
    until_s = time.monotonic() + time_limit_s
    left_out = [one.order_id for one in plan.unassigned]
    _refuse_others(plan, order_ids, file)
    wanted = list(dict.fromkeys(order_ids)) or left_out
    if not wanted:
        return ()
    legs = LegFinder(streets)
    _refuse_broken(audit(plan, streets, legs=legs), file)
    ground = open_ground(manned(plan), streets, legs)
    with ThreadPoolExecutor(cores()) as workers:
        jobs = [workers.submit(_explanation, ground, id, until_s) for id in wanted]
        found = []
        for job in jobs:
            found.append(job.result())
            told(len(found))
    return tuple(found)


def _explanation(ground: Ground, order_id: str, until_s: float) -> Explanation:
    order = next(i for i, one in enumerate(ground.day.orders) if one.id == order_id)
    stated = next(one for one in ground.plan.unassigned if one.order_id == order_id)
    grade, shortfalls = _shortfalls(ground, order)
    repaired, cut = repairs(Task(ground=ground, order=order, grade=grade, until_s=until_s))
    return Explanation(
        order_id=order_id,
        grade=grade,
        reason=stated.reason.value,
        detail=stated.detail,
        shortfalls=shortfalls,
        repairs=tuple(one.repair for one in repaired),
        cut=cut,
    )


def _shortfalls(ground: Ground, order: int) -> tuple[Grade, tuple[Shortfall, ...]]:
    """Return what binds for each vehicle type, in the order of the fleet.

    An order whose group can not be whole fails at what the order of its group fails at.
    """
    problem = ground.problem(ground.day)
    for one in sorted(together(problem, order), key=lambda one: one != order):
        alone = hurdles(ground, one)
        if all(alone.values()):
            return Grade.PROVED, tuple(_of_group(ground.day, order, one, s) for s in _by_type(ground, one, alone))
    return Grade.NOT_FOUND, _by_type(ground, order, hurdles(ground, order))


def _by_type(ground: Ground, order: int, alone: dict[int, Hurdle | None]) -> tuple[Shortfall, ...]:
    day, problem = ground.day, ground.problem(ground.day)
    own = [day.orders[at] for at in stops_of(problem, order)]
    found: list[Shortfall | None] = []
    for kind in dict.fromkeys(vehicle.type for vehicle in day.vehicles):
        of_kind = [v for v, vehicle in enumerate(day.vehicles) if vehicle.type == kind]
        free = [v for v in of_kind if alone[v] is None]
        failing = [(day.vehicles[v], at) for v in of_kind if (at := alone[v]) is not None]
        found.append(nearest_miss(ground, problem, order, free) if free else shortfall_alone(own, failing))
    return tuple(one for one in found if one is not None)


def _of_group(day: Day, order: int, failing: int, shortfall: Shortfall) -> Shortfall:
    if failing == order:
        return shortfall
    return replace(shortfall, of_order=day.orders[failing].id)


def _refuse_others(plan: Plan, order_ids: Sequence[str], file: str) -> None:
    """Raise `InputError` E-P01 for ids that the day does not have, E-P02 for orders that are planned."""
    known = [order.id for order in plan.day.orders]
    served = {step.place_id: (route, step) for route in plan.routes for step in route.steps if step.serves}
    left_out = {one.order_id for one in plan.unassigned}
    faults = []
    for id in dict.fromkeys(order_ids):
        if id in served:
            faults.append(_planned(plan, id, *served[id], file=file))
        elif id not in left_out:
            faults.append(_unknown(plan.day, id, known, file=file))
    if faults:
        raise InputError(faults)


def _planned(plan: Plan, id: str, route: Route, step: Step, *, file: str) -> Fault:
    at = PlanView(plan).clock(step.begin_s)
    return Fault(
        code="E-P02",
        file=file,
        value=id,
        message=f"is planned: {route.vehicle_id} serves it at {at} on trip {step.trip}",
        remedy="name an order that is left out, or none to explain them all",
    )


def _unknown(day: Day, id: str, known: list[str], *, file: str) -> Fault:
    spelt = {word.casefold(): word for word in known}
    near = did_you_mean(id, spelt)
    for folded, word in spelt.items():
        near = near.replace(f'"{folded}"', f'"{word}"')
    return Fault(
        code="E-P01",
        file=file,
        value=id,
        message=f"is none of the {len(day.orders)} orders of this day{near}",
        remedy="give the id as in the orders file",
    )


def _refuse_broken(violations: Sequence[Violation], file: str) -> None:
    """Raise `InputError` E-P03 for a plan that breaks a rule: what would fit beside it says nothing."""
    if not violations:
        return
    other_streets = any(violation.code == "streets_hash" for violation in violations)
    named = "; ".join(f"{v.code} {v.where}: {v.message}" for v in violations[:MOST_NAMED])
    raise InputError(
        Fault(
            code="E-P03",
            file=file,
            message=f"the plan does not hold, {len(violations)} violations ({named})",
            remedy="give the streets that it was made on with --streets" if other_streets else "mend it or plan again",
        )
    )
