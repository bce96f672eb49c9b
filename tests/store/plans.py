"""Plans to keep: each is told apart by its seed."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

from planner.plan import Plan, Reason, Unassigned, Violation
from tests.factories import make_day, make_order, make_plan, make_provenance


def plan_of(seed: int, **day: Any) -> Plan:
    """Return the plan of `make_plan` with another seed; its day by overrides."""
    return make_plan(provenance=make_provenance(seed=seed), day=make_day(**day))


def seed_of(plan: Plan) -> int:
    return plan.provenance.seed


def broken(plan: Plan) -> Plan:
    """Return a plan that comes 7 minutes late."""
    late = Violation(code="late", where="v1 o2", message="7 min after the window")
    return replace(plan, violations=(late,))


def large_plan(seed: int, orders: int = 100) -> Plan:
    """Return a plan that leaves many orders out, each with words that do not compress."""
    plan = plan_of(seed)
    more = tuple(
        make_order(f"x{i}", address=f"{i * 7919 % 977} {seed * i} Lane", notes=_noise(seed, i)) for i in range(orders)
    )
    left = tuple(Unassigned(order_id=order.id, reason=Reason.FLEET_FULL, detail=order.notes) for order in more)
    day = replace(plan.day, orders=(*plan.day.orders, *more))
    return replace(plan, day=day, unassigned=(*plan.unassigned, *left))


def _noise(seed: int, number: int) -> str:
    return "".join(hashlib.sha256(f"{seed} {number} {part}".encode()).hexdigest() for part in range(3))
