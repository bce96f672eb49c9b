"""What the map page tells, without a browser."""

from __future__ import annotations

from dataclasses import replace

from planner.model import OrderKind
from planner.plan import Route, StepKind
from planner.report.page_data import page_data
from tests.factories import make_plan


def test_a_stop_of_a_pair_names_the_other_stop() -> None:
    plan = make_plan()
    kinds = {"o1": OrderKind.PICKUP, "o2": OrderKind.DELIVERY}
    orders = tuple(replace(o, pair="p", kind=kinds[o.id]) if o.id in kinds else o for o in plan.day.orders)

    def fetching(route: Route) -> Route:
        steps = (replace(s, kind=StepKind.PICKUP) if s.place_id == "o1" else s for s in route.steps)
        return replace(route, steps=tuple(steps))

    paired = replace(plan, day=replace(plan.day, orders=orders), routes=tuple(fetching(route) for route in plan.routes))
    facts = {step["id"]: step["facts"] for vehicle in page_data(paired)["vehicles"] for step in vehicle["steps"]}
    assert "picks up for o2" in facts["o1"]
    assert "brings what o1 gave" in facts["o2"]
