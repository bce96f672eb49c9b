"""The whole flow, from files to an audited plan: the same answer each time, in time, and charging needed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from planner.demo import DAY, OPTIONS, demo_folder
from planner.errors import Interrupted
from planner.io.plan_file import plan_to_json
from planner.pipeline import Inputs, Stages, plan_inputs, read_inputs
from planner.plan import Plan, StepKind
from planner.solve.options import SolveOptions

QUICK = SolveOptions(iterations=150, seed=1)


@pytest.fixture(scope="module")
def demo() -> Inputs:
    return demo_inputs()


def demo_inputs(*, charging: bool = True) -> Inputs:
    return read_inputs(demo_folder() / "orders.csv", demo_folder() / "fleet.toml", day=DAY, charging=charging)


def slice_of(inputs: Inputs, *, orders: int, vehicles: int) -> Inputs:
    """Return a day of every so-many-th order."""
    step = len(inputs.day.orders) // orders
    day = replace(inputs.day, orders=inputs.day.orders[::step][:orders], vehicles=inputs.day.vehicles[-vehicles:])
    return replace(inputs, day=day, orders_file=replace(inputs.orders_file, rows_read=orders))


def steps(plan: Plan) -> Iterator[StepKind]:
    return (step.kind for route in plan.routes for step in route.steps)


def test_S15_three_runs_on_one_input_are_equal_to_the_byte(demo: Inputs) -> None:
    part = slice_of(demo, orders=25, vehicles=2)
    plans = [plan_inputs(part, QUICK) for _ in range(3)]
    assert len({plan_to_json(plan) for plan in plans}) == 1
    assert plans[0].violations == ()
    assert plans[0].provenance.stopped_by == "iterations"


def test_another_seed_is_another_search_with_the_same_verdict(demo: Inputs) -> None:
    part = slice_of(demo, orders=25, vehicles=2)
    one, other = (plan_inputs(part, replace(QUICK, seed=seed)) for seed in (1, 2))
    assert one.provenance.seed != other.provenance.seed
    assert one.violations == other.violations == ()


def test_progress_tells_of_orders_served_and_money(demo: Inputs) -> None:
    heard: list[tuple[int, float]] = []
    plan = plan_inputs(
        slice_of(demo, orders=25, vehicles=2), QUICK, progress=lambda served, cost: heard.append((served, cost))
    )
    served = sum(kind == StepKind.DELIVERY for kind in steps(plan))
    assert heard
    assert all(0 < orders <= served and money > 0 for orders, money in heard)


def test_every_stage_is_timed(demo: Inputs) -> None:
    stages = Stages()
    plan_inputs(slice_of(demo, orders=5, vehicles=1), QUICK, stages=stages)
    assert set(stages.seconds) == {"roads", "solve", "shapes", "audit"}


def test_S11_a_time_limit_of_three_seconds_is_kept(demo: Inputs) -> None:
    begun = time.monotonic()
    plan = plan_inputs(demo, replace(QUICK, iterations=5_000_000, time_limit_s=3.0))
    assert time.monotonic() - begun < 15  # three, an overhead of about two, and a busy machine
    assert plan.provenance.stopped_by == "time_limit"
    assert plan.violations == ()
    assert StepKind.DELIVERY in steps(plan)


def test_S12_an_interrupt_after_the_first_better_plan_gives_that_plan(demo: Inputs) -> None:
    def interrupt(served: int, money: float) -> None:
        raise KeyboardInterrupt

    plan = plan_inputs(demo, replace(QUICK, iterations=5_000_000, time_limit_s=10.0), progress=interrupt)
    assert plan.provenance.stopped_by == "interrupt"
    assert plan.violations == ()
    assert StepKind.DELIVERY in steps(plan)


def test_S12_an_interrupt_before_any_plan_says_so(demo: Inputs, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(time, "sleep", interrupt)  # what the watcher does first
    with pytest.raises(Interrupted, match="before there was a plan"):
        plan_inputs(demo, QUICK)


def test_the_demo_day_needs_its_charges() -> None:
    plans = {charging: plan_inputs(demo_inputs(charging=charging), OPTIONS) for charging in (True, False)}
    assert plans[True].unassigned == ()
    assert plans[False].unassigned
    assert plans[True].violations == plans[False].violations == ()
    assert StepKind.CHARGE not in steps(plans[False])
    assert sum(kind == StepKind.RELOAD for kind in steps(plans[True])) >= 8
    assert sum(kind == StepKind.CHARGE for kind in steps(plans[True])) >= 3
