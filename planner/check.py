"""The auditor: does a plan hold on the real streets, from its own day alone?

Every rule is derived anew. The auditor shares the physics (`planner.energy`) and the legal edges
(`planner.roads.network`) with the planner, and none of its matrices or decisions. `docs/violations.md` lists the codes.
"""

from __future__ import annotations

from collections.abc import Collection

from planner import (
    check_rules_away,
    check_rules_break,
    check_rules_docks,
    check_rules_drivers,
    check_rules_energy,
    check_rules_legs,
    check_rules_night,
    check_rules_orders,
    check_rules_pairs,
    check_rules_reasons,
    check_rules_route,
    check_rules_swap,
)
from planner.check_case import day_faults, open_case, unreadable_routes
from planner.check_legs import LegFinder
from planner.plan import Plan, Violation
from planner.roads.streets import Streets

PLAN_RULES = (
    unreadable_routes,
    *check_rules_orders.PLAN_RULES,
    *check_rules_drivers.PLAN_RULES,
    *check_rules_pairs.PLAN_RULES,
    *check_rules_night.PLAN_RULES,
    *check_rules_docks.PLAN_RULES,
    *check_rules_swap.PLAN_RULES,
    *check_rules_reasons.PLAN_RULES,
)
ROUTE_RULES = (
    *check_rules_route.ROUTE_RULES,
    *check_rules_away.ROUTE_RULES,
    *check_rules_break.ROUTE_RULES,
    *check_rules_energy.ROUTE_RULES,
    *check_rules_swap.ROUTE_RULES,
    *check_rules_night.ROUTE_RULES,
    *check_rules_legs.ROUTE_RULES,
    *check_rules_orders.ROUTE_RULES,
)


def audit(
    plan: Plan, streets: Streets, *, legs: LegFinder | None = None, only: Collection[str] | None = None
) -> tuple[Violation, ...]:
    """Return every rule that a plan breaks, none for a plan that holds.

    `legs` remembers drives from one audit of these streets to the next. `only` names the vehicles whose routes were
    edited since the last audit: the others are still counted, but not driven again.
    """
    if plan.provenance.streets_sha256 != streets.sha256:
        message = f"made on streets {plan.provenance.streets_sha256}, audited on {streets.sha256}"
        return (Violation(code="streets_hash", where="provenance", message=message),)
    if faults := tuple(day_faults(plan.day)):
        return faults
    if legs is not None and legs.streets.sha256 != streets.sha256:
        raise ValueError("the memory of drives belongs to other streets")
    case = open_case(plan, legs if legs is not None else LegFinder(streets))
    touched = [route for route in case.routes if only is None or route.vehicle.id in only]
    return (
        *(violation for rule in PLAN_RULES for violation in rule(case)),
        *(violation for route in touched for rule in ROUTE_RULES for violation in rule(route)),
    )
