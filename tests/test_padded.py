"""Plans with slack for harder days: as much as was asked for, never at the price of an order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planner.errors import InputError
from planner.model import Day, Scenario, TimeWindow
from planner.padded import PaddedJob, paddings, plan_padded, worst_of
from planner.plan import Break, Plan, Replay, Robust, StepKind
from planner.robust import replay_plan
from planner.solve.options import SolveOptions
from tests.check.grid import make_grid
from tests.factories import HOUR_S, make_day, make_order, make_provenance

STREETS = make_grid()
COLD = Scenario(name="cold", temperature_c=-10.0)
SLOW = Scenario(name="slow", travel_factor=1.6)
HEAVY = Scenario(name="heavy", load_factor=1.5)
OUT = Scenario(name="out", plugs_out=("hub-1",))
BREAK = Break(code="window_missed", where="vehicle v1", message="1 s outside the nearest window")
# The farthest order is handed over within a minute of ten: a usual plan arrives at ten sharp, to pay for no hour more.
PUNCTUAL = make_order(
    "punctual", lat=-29.946, lon=-71.328, windows=(TimeWindow(start_s=10 * HOUR_S, end_s=10 * HOUR_S + 60),)
)


def padded(day: Day, *scenarios: Scenario, share: float = 1.0) -> Plan:
    provenance = make_provenance(streets_sha256=STREETS.sha256, rows_read=len(day.orders))
    options = SolveOptions(iterations=20, threads=1)
    job = PaddedJob(day=day, streets=STREETS, provenance=provenance, options=options, share=share, scenarios=scenarios)
    return plan_padded(job)


def served(plan: Plan) -> set[str]:
    return {step.place_id for route in plan.routes for step in route.steps if step.kind is StepKind.DELIVERY}


def test_routes_for_a_slower_day_start_early_enough_to_be_punctual_on_it() -> None:
    day = make_day(orders=(PUNCTUAL,), stations=())
    usual, slack = padded(day, SLOW, share=0.0), padded(day, SLOW)
    assert usual.provenance.robust == Robust(share=0.0, held=0, scenarios=1, padding=None)
    assert slack.provenance.robust is not None
    assert (slack.provenance.robust.held, slack.violations) == (1, ())
    assert slack.routes[0].steps[0].begin_s < usual.routes[0].steps[0].begin_s
    assert replay_plan(slack, STREETS, [SLOW])[0].holds


def test_a_plan_that_holds_as_it_is_gets_no_padding() -> None:
    plan = padded(make_day(orders=(make_order(),), stations=()), SLOW, HEAVY)
    assert plan.provenance.robust == Robust(share=1.0, held=2, scenarios=2, padding=None)


def test_parcels_that_get_too_heavy_together_go_in_two_trips() -> None:
    orders = (make_order("a", demand_kg=40.0), make_order("b", demand_kg=40.0))
    for share, trips in ((0.0, 1), (1.0, 2)):
        plan = padded(make_day(orders=orders), HEAVY, share=share)
        assert plan.routes[0].steps[-1].trip == trips


def test_slack_is_not_bought_with_an_order() -> None:
    orders = (make_order("light"), make_order("full", demand_kg=90.0))  # 135 kg of 100 when heavy
    plan = padded(make_day(orders=orders), HEAVY)
    assert served(plan) == {"light", "full"}
    assert plan.provenance.robust == Robust(share=1.0, held=0, scenarios=1, padding=None)
    assert not plan.provenance.robust.enough


def test_a_plug_that_is_not_there_is_refused_before_anything_is_searched() -> None:
    with pytest.raises(InputError, match="E-R02"):
        padded(make_day(), replace(OUT, plugs_out=("hub-9",)))


def failed(scenario: Scenario, hit: int) -> Replay:
    return Replay(scenario=scenario, breaks=(BREAK,), orders_hit=("o",) * hit)


def test_as_many_failures_as_are_missing_are_padded_those_first_that_hit_the_fewest_orders() -> None:
    replays = [failed(COLD, 9), failed(SLOW, 2), failed(OUT, 0), Replay(scenario=HEAVY, breaks=(), orders_hit=())]
    half, full, every = paddings(replays, share=0.5)
    assert (half.travel_factor, full.travel_factor, half.temperature_c) == (1.3, 1.6, 20.0)
    assert (every.travel_factor, every.temperature_c, every.plugs_out) == (1.6, -10.0, ())


def test_the_worst_of_scenarios_is_never_milder_than_the_usual_day() -> None:
    mild = Scenario(name="mild", temperature_c=30.0, travel_factor=0.8, load_factor=0.5)
    usual = worst_of([], 1.0)
    assert worst_of([mild], 1.0) == usual
    assert worst_of([mild, COLD], 0.5) == replace(usual, temperature_c=5.0)
