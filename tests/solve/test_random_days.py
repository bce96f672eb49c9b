"""Whatever day comes, the plan passes the auditor and names each order once."""

from __future__ import annotations

from collections import Counter

from hypothesis import HealthCheck, given, settings

from planner.model import Day
from planner.pipeline import plan_day
from planner.plan import StepKind
from planner.solve.options import SolveOptions
from tests.factories import make_provenance
from tests.solve.days import days, grid


@given(day=days())
@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_S17_a_plan_of_any_small_day_breaks_no_rule_and_loses_no_order(day: Day) -> None:
    provenance = make_provenance(streets_sha256=grid().sha256, rows_read=len(day.orders))
    plan = plan_day(day, grid(), SolveOptions(iterations=60, time_limit_s=60.0), provenance=provenance)
    assert plan.violations == ()
    assert plan.provenance.stopped_by == "iterations"
    served = [step.place_id for route in plan.routes for step in route.steps if step.kind == StepKind.DELIVERY]
    listed = [order.order_id for order in plan.unassigned]
    assert Counter(served + listed) == Counter(order.id for order in day.orders)
