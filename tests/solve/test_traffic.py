"""Traffic that changes with the hour: the clock of a drive, days worked out by hand, the auditor's reckoning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.check import audit
from planner.check_traffic import Clock
from planner.model import Day, Scenario, TimeWindow, Traffic
from planner.pipeline import plan_day
from planner.plan import Plan, Step
from planner.robust import replay_plan
from planner.solve import day_case, day_moves
from planner.solve.cost import total_cost
from planner.solve.day_search import driven
from planner.solve.options import SolveOptions
from planner.solve.pace import arrival_s, leave_by_s, most_extra_s, profile
from planner.solve.problem import Problem
from planner.solve.schedule import schedule
from tests.factories import HOUR_S, make_day, make_depot, make_order, make_provenance, make_type, make_vehicle
from tests.solve.days import MORNING_S, grid, traffic
from tests.solve.factories import LOADING_S, SERVICE_S, any_time, make_problem, served, solved, within


def spans(*given: tuple[int, int, float]) -> tuple[Traffic, ...]:
    return tuple(Traffic(start_s=a, end_s=b, speed=speed) for a, b, speed in given)


def pace(*given: tuple[int, int, float]) -> dict[str, Any]:
    return {"pace": profile(spans(*given))}


RUSH = (1_000, 2_000, 0.5)


def test_a_drive_makes_the_pace_of_each_span_for_as_long_as_it_lasts() -> None:
    rush = profile(spans(RUSH))
    assert arrival_s(rush, 100, 300) == 400
    assert arrival_s(rush, 900, 300) == 1_400  # 100 s before, and 200 s at half the pace
    assert arrival_s(rush, 1_900, 100) == 2_050
    assert arrival_s(rush, 900, 700) == 2_100  # 100 s before, 500 s in it, 100 s after
    assert arrival_s(rush, 2_000, 100) == 2_100
    assert leave_by_s(rush, 1_400, 300) == 900
    assert leave_by_s(rush, 2_050, 100) == 1_900
    assert leave_by_s(rush, 2_100, 700) == 900


def test_spans_may_follow_each_other_and_be_faster_than_usual() -> None:
    two = profile(spans((1_000, 2_000, 0.5), (2_000, 3_000, 1.25)))
    assert arrival_s(two, 1_900, 175) == 2_100  # 50 s, then 125 s in 100 s
    assert arrival_s(two, 2_900, 150) == 3_025


@given(traffic(), st.integers(20_000, 70_000), st.integers(0, 20_000))
@settings(max_examples=300, deadline=None)
def test_nobody_overtakes_by_leaving_later_and_the_way_back_in_time_is_the_same(
    day: Sequence[Traffic], at_s: int, drive_s: int
) -> None:
    rows = profile(day)
    arrival = arrival_s(rows, at_s, drive_s)
    assert arrival <= arrival_s(rows, at_s + 1, drive_s)
    assert arrival <= arrival_s(rows, at_s, drive_s + 1)
    latest = leave_by_s(rows, at_s, drive_s)
    assert arrival_s(rows, latest, drive_s) <= at_s < arrival_s(rows, latest + 1, drive_s)


@given(traffic(), st.integers(20_000, 70_000), st.integers(0, 20_000))
@settings(max_examples=300, deadline=None)
def test_the_auditor_s_clock_and_the_planner_s_agree_to_the_second(
    day: tuple[Traffic, ...], at_s: int, drive_s: int
) -> None:
    rows, clock = profile(day), Clock(spans=day)
    assert 0 <= arrival_s(rows, at_s, drive_s) - clock.arrival_s(at_s, drive_s) + 1e-6 < 1.001
    assert 0 <= clock.leave_s(at_s, drive_s) - leave_by_s(rows, at_s, drive_s) + 1e-6 < 1.001
    extra_s = clock.most_extra_s(drive_s)
    assert 0 <= int(most_extra_s(rows, np.array([drive_s]))[0]) - extra_s + 1e-5 < 1.001
    assert arrival_s(rows, at_s, drive_s) - at_s - drive_s <= extra_s + 1


@pytest.mark.usefixtures("either_engine")
def test_at_half_the_pace_all_day_every_drive_takes_twice_as_long() -> None:
    (tour,) = solved(make_problem(orders=(1_000,), **pace((0, 36_000, 0.5)))).tours
    assert tour.end_s - tour.start_s == LOADING_S + 200 + SERVICE_S + 200


@pytest.mark.usefixtures("either_engine")
def test_a_day_that_may_begin_after_the_rush_does() -> None:
    (tour,) = solved(make_problem(orders=(1_000,), **pace((0, 3_600, 0.5)))).tours
    assert tour.end_s - tour.start_s == LOADING_S + 100 + SERVICE_S + 100
    assert tour.start_s >= 3_600 - LOADING_S


@pytest.mark.usefixtures("either_engine")
def test_who_is_awaited_in_the_rush_leaves_as_much_earlier_as_it_takes() -> None:
    problem = make_problem(orders=(1_000,), windows=[within((1_000, 1_000))], **pace((0, 1_000, 0.5)))
    (tour,) = solved(problem).tours
    assert tour.start_s == 1_000 - 200 - LOADING_S
    assert tour.end_s == 1_000 + SERVICE_S + 100


@pytest.mark.parametrize(("latest_s", "in_time"), [(850, True), (849, False)])
def test_a_window_is_missed_by_the_second_that_the_rush_costs(latest_s: int, in_time: bool) -> None:
    # Loaded at 600 s; 50 of the 200 s of driving pass in the rush until 700 s, 150 after it.
    problem = make_problem(orders=(2_000,), windows=[within((0, latest_s))], **pace((0, 700, 0.5)))
    assert (served(solved(problem), problem) == {0}) is in_time


def rushed_wait() -> Problem:
    """3 km out first, then back to 2 km at 5,000 s sharp; from 4,500 s to 5,000 s the pace is half."""
    return make_problem(
        orders=(2_000, 3_000), windows=[within((5_000, 5_000)), any_time()], **pace((4_500, 5_000, 0.5))
    )


def test_exact_times_begin_a_day_as_late_as_its_wait_allows_and_no_second_later() -> None:
    # At the door at 5,000 s: 1 km in the rush since 4,800, served since 4,700, 100 of 300 s of driving since 4,500.
    tours = schedule(rushed_wait(), {0: [1, 0]})
    assert tours is not None
    assert [visit.arrival_s for visit in tours[0].visits] == [4_700, 5_000]
    assert tours[0].start_s == 4_300 - LOADING_S
    assert tours[0].end_s == 5_000 + SERVICE_S + 200


def test_the_search_begins_it_at_the_same_second() -> None:
    problem = rushed_wait()
    case = day_case.build_day(problem)
    books = day_case.new_books(case, seed=1)
    stops = np.zeros_like(books.best_stops)
    stops[0, :2] = [1, 0]
    day_moves.restore(case, books, stops, np.array([2]))
    assert int(books.fact[books.slot_of[0], day_case.DELAY]) == 4_300 - LOADING_S


def random_problem(rng: np.random.Generator) -> Problem:
    """Twelve orders with windows for three vehicles, plugs at the depot and a profile with a rush or two."""
    n = 12
    begins = rng.integers(0, 20_000, n)
    windows = [within((int(a), int(a) + int(rng.integers(600, 9_000)))) for a in begins]
    ends = np.sort(rng.choice(np.arange(0, 30_000, 500), 4, replace=False)).tolist()
    return make_problem(
        orders=rng.integers(-6_000, 6_000, n).tolist(),
        vehicles=3,
        plugs=((0, 2_000),),
        windows=windows,
        battery_mwh=[1_500_000],
        knee_mwh=[1_500_000],
        start_mwh=[1_500_000] * 3,
        setup_s=[[40] * n],
        spot=rng.integers(0, 6, n).tolist(),
        release_s=(rng.integers(0, 2, n) * 2_000).tolist(),
        pace=profile(spans((ends[0], ends[1], 0.4), (ends[2], ends[3], 1.3))),
    )


@pytest.mark.parametrize("seed", range(4))
def test_what_the_search_says_that_its_days_cost_in_traffic_is_what_they_cost(seed: int) -> None:
    problem = random_problem(np.random.default_rng(seed))
    case = day_case.build_day(problem)
    books = day_case.new_books(case, seed=seed)
    day_moves.restore(case, books, books.best_stops, books.best_length)
    day_moves.run(case, books, 400, 100.0, True)
    tours = [driven(problem, case, books, int(v)) for v in np.flatnonzero(books.best_length)]
    left_out = int(books.now[day_case.BEST_ABSENT])
    assert left_out < problem.orders
    assert int(books.now[day_case.BEST_COST]) == pytest.approx(total_cost(problem, tours), abs=2 * len(tours))


@pytest.mark.parametrize("seed", range(6))
def test_exact_times_leave_no_second_on_the_road_and_cost_no_more_than_any_start_tried(seed: int) -> None:
    rng = np.random.default_rng(seed)
    problem = replace(random_problem(rng), plug_site=np.empty(0, np.int64), plug_w=np.empty(0, np.int64))
    order = int(np.argmax(problem.windows[:, 0, 1]))
    sequence = [order]
    tours = schedule(problem, {0: sequence})
    assert tours is not None
    found = [schedule(problem, {0: sequence}, begins={0: begin}) for begin in range(0, 30_000, 250)]
    costs = [total_cost(problem, timed) for timed in found if timed is not None]
    assert costs
    assert total_cost(problem, tours) <= min(costs)


ORDERS = (
    make_order("near", service_s=300, lat=-29.9578, lon=-71.3474),
    make_order("far", service_s=300, lat=-29.9490, lon=-71.3318),
)
SLOW = spans((MORNING_S, MORNING_S + 12 * HOUR_S, 0.5))


def town_day(**changes: Any) -> Day:
    shift = TimeWindow(start_s=MORNING_S, end_s=MORNING_S + 8 * HOUR_S)
    vehicle = make_vehicle(type=make_type(auxiliary_w=360.0), shift=shift)
    depot = make_depot(vehicle.depot_id, lat=-29.96, lon=-71.35)
    return replace(make_day(orders=ORDERS, vehicles=(vehicle,), depots=(depot,), stations=()), **changes)


def planned(day: Day) -> Plan:
    provenance = make_provenance(streets_sha256=grid().sha256, rows_read=len(day.orders))
    return plan_day(day, grid(), SolveOptions(iterations=60, time_limit_s=60.0), provenance=provenance)


def legs(plan: Plan) -> dict[str, Step]:
    return {
        f"{a.place_id}-{b.place_id}": b for a, b in zip(plan.routes[0].steps, plan.routes[0].steps[1:], strict=False)
    }


def test_a_leg_takes_its_usual_energy_and_the_auxiliaries_of_the_seconds_lost() -> None:
    usual, slow = legs(planned(town_day())), legs(planned(town_day(traffic=SLOW)))
    assert usual.keys() == slow.keys()
    for name, step in usual.items():
        before, after = step.leg, slow[name].leg
        assert before is not None
        assert after is not None
        assert after.drive_s == 2 * before.drive_s
        assert after.energy_wh - before.energy_wh == pytest.approx(0.1 * before.drive_s, abs=0.01)  # 360 W


def test_a_freer_road_saves_time_and_no_energy() -> None:
    free = planned(town_day(traffic=spans((0, 24 * HOUR_S, 1.25))))
    assert free.violations == ()
    for name, step in legs(planned(town_day())).items():
        before, after = step.leg, legs(free)[name].leg
        assert before is not None
        assert after is not None
        assert after.drive_s == -(-before.drive_s * 4 // 5)
        assert after.energy_wh == before.energy_wh


def test_the_auditor_refuses_the_plan_of_a_day_without_traffic_on_one_with_it() -> None:
    plan = planned(town_day())
    codes = [v.code for v in audit(replace(plan, day=replace(plan.day, traffic=SLOW)), grid())]
    assert codes.count("traffic_wrong") == sum(step.leg is not None for step in plan.routes[0].steps)


@pytest.mark.parametrize(
    "wrong", [(spans((0, 100, 0.1))), (spans((100, 100, 0.5))), spans((0, 100, 0.5), (99, 200, 0.5))]
)
def test_traffic_that_makes_no_sense_makes_the_day_void(wrong: tuple[Traffic, ...]) -> None:
    plan = planned(town_day())
    (found,) = audit(replace(plan, day=replace(plan.day, traffic=wrong)), grid())
    assert (found.code, found.where) == ("day_invalid", "traffic")


def test_a_slow_day_comes_on_top_of_the_traffic_of_its_hours() -> None:
    plan = planned(town_day(traffic=SLOW))
    (replay,) = replay_plan(plan, grid(), [Scenario(name="slow", travel_factor=1.5)])
    assert replay.holds
