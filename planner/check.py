"""The auditor: does a plan hold on the real streets, from its own day alone?

Every rule is derived anew. The auditor shares the physics (`planner.energy`) and the legal edges
(`planner.roads.network`) with the planner, and none of its matrices or decisions. `docs/violations.md` lists the codes.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

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
from planner.check_case import day_faults, open_case, road_faults, unreadable_routes
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


class Audits:
    """Audits plans that differ from one in a few routes: what is the same in all of them is judged once.

    A plan of these holds if the one they differ from holds. The reasons why orders are left out and the lines that
    are drawn are not looked at: `audit` is the judge of a plan that is kept.
    """

    NOT_HERE = (*check_rules_reasons.PLAN_RULES, check_rules_legs.drawn_along_streets)

    def __init__(self, plan: Plan, legs: LegFinder) -> None:
        case = open_case(plan, legs)
        readable = (route.route for route in case.routes)
        self._case = replace(case, read={route.vehicle_id: route.steps for route in readable})
        self.faults = tuple(day_faults(plan.day))
        self.plan_rules = tuple(rule for rule in PLAN_RULES if rule not in self.NOT_HERE)
        self.route_rules = tuple(rule for rule in ROUTE_RULES if rule not in self.NOT_HERE)

    def audit(self, plan: Plan, *, only: Collection[str], plugs: Collection[str] = ()) -> tuple[Violation, ...]:
        """Return what a plan of the same day breaks whose routes differ in those of the vehicles `only`.

        Those of `plugs` charge at another plug, and differ in nothing else.
        """
        if self.faults:
            return self.faults
        case = replace(self._case, plan=plan)
        rules = dict.fromkeys(only, self.route_rules) | dict.fromkeys(plugs, check_rules_energy.PLUG_RULES)
        return (
            *(violation for rule in self.plan_rules for violation in rule(case)),
            *(
                violation
                for route in case.routes
                for rule in rules.get(route.vehicle.id, ())
                for violation in rule(route)
            ),
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
    if faults := (*day_faults(plan.day), *road_faults(plan.day, streets)):
        return faults
    if legs is not None and legs.streets.sha256 != streets.sha256:
        raise ValueError("the memory of drives belongs to other streets")
    case = open_case(plan, legs if legs is not None else LegFinder(streets))
    touched = [route for route in case.routes if only is None or route.vehicle.id in only]
    return (
        *(violation for rule in PLAN_RULES for violation in rule(case)),
        *(violation for route in touched for rule in ROUTE_RULES for violation in rule(route)),
    )
