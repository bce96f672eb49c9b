"""A day planned in parts on the demo's real streets, two depots with two plugs each: from files to an audited plan."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import replace

import pytest

from planner.io.plan_file import plan_to_json
from planner.large.hands import Apart, Here, Task, do
from planner.pipeline import Inputs, plan_inputs
from planner.plan import Plan, StepKind
from planner.solve.child import solve_here
from planner.solve.options import SolveOptions
from planner.solve.solution import Solution
from tests.solve.factories import make_problem

OPTIONS = SolveOptions(iterations=240, seed=3, large_from=20, part_orders=20)


@pytest.fixture(scope="module")
def plan(inputs: Inputs) -> Plan:
    return plan_inputs(inputs, OPTIONS)


def test_the_plan_of_all_parts_breaks_no_rule(plan: Plan) -> None:
    assert plan.violations == ()
    assert {route.vehicle_id for route in plan.routes} > {"paxster"}


def test_parts_of_one_depot_share_its_plugs(plan: Plan) -> None:
    charges = [step for route in plan.routes for step in route.steps if step.kind is StepKind.CHARGE]
    assert charges
    assert len({step.plug_id for step in charges}) > 1


def test_what_nobody_can_carry_is_left_out_with_its_reason_and_goods_stay_at_their_depot(plan: Plan) -> None:
    reasons = {left.order_id: left.reason.value for left in plan.unassigned}
    assert reasons[plan.day.orders[7].id] == "too_heavy"
    depot_of = {vehicle.id: vehicle.depot_id for vehicle in plan.day.vehicles}
    homes = {o.id: o.depot_id for o in plan.day.orders}
    served = [(homes[s.place_id], depot_of[r.vehicle_id]) for r in plan.routes for s in r.steps if s.serves]
    assert {home for home, depot in served if home and home != depot} == set()
    assert ("port", "port") in served


def test_orders_of_a_group_are_in_one_part(plan: Plan) -> None:
    group = {order.id for order in plan.day.orders if order.group}
    holding = [{s.place_id for s in r.steps if s.serves} & group for r in plan.routes]
    assert [some for some in holding if some] in ([group], [])


def test_the_same_plan_comes_out_of_one_process_and_of_three(inputs: Inputs, plan: Plan) -> None:
    inside = plan_inputs(inputs, OPTIONS, solver=solve_here)
    three = plan_inputs(inputs, replace(OPTIONS, threads=3))
    assert plan_to_json(inside) == plan_to_json(three) == plan_to_json(plan)


def test_who_is_stopped_keeps_the_best_plan_so_far(inputs: Inputs) -> None:
    def stop(served: int, cost: float) -> None:
        raise KeyboardInterrupt

    stopped = plan_inputs(inputs, OPTIONS, progress=stop)
    assert stopped.provenance.stopped_by == "interrupt"
    assert stopped.violations == ()
    assert stopped.routes


class Slow(Here):
    """Takes all the time there is before the first part is timed exactly."""

    def do(self, tasks: Iterable[Task]) -> Iterator[tuple[int, Solution | None]]:
        begun = False
        for number, task in enumerate(tasks):
            if task.what == "finish" and not begun:
                begun = True
                time.sleep(task.options.time_limit_s)
            yield number, do(task)


def test_a_plan_whose_exact_times_the_clock_cuts_says_so(inputs: Inputs, plan: Plan) -> None:
    cut = plan_inputs(inputs, replace(OPTIONS, time_limit_s=8.0), hands=Slow)
    assert (plan.provenance.stopped_by, cut.provenance.stopped_by) == ("iterations", "time_limit")
    assert cut.violations == ()


def test_a_process_that_dies_takes_its_part_with_it_and_no_other() -> None:
    task = Task(what="search", problem=make_problem(), options=SolveOptions(iterations=50, islands=1))
    hands = Apart(SolveOptions(threads=1, memory_mb=1_024))
    try:
        (_, first), *_ = hands.do([task])
        for hand in hands.begun:
            hand.process.kill()
            hand.process.wait()
        answers = dict(hands.do([task, task]))
    finally:
        hands.close()
    assert first is not None
    assert sorted(answer is None for answer in answers.values()) == [False, True]
    ((_, here),) = Here().do([task])
    assert here == first
