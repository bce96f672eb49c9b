"""Rules of vehicles and depots, worked out by hand on a straight street: loading, stops, overtime, types, breaks."""

from __future__ import annotations

from typing import Any

import pytest

from planner.solve.problem import MICRO
from planner.solve.solution import Solution, Tour, Visit
from tests.solve.factories import SHIFT_S, any_time, make_problem, reloads, served, solved, within

pytestmark = pytest.mark.usefixtures("either_engine")


def only_tour(solution: Solution) -> Tour:
    (tour,) = solution.tours
    return tour


def the_break(solution: Solution) -> Visit:
    (visit,) = [visit for visit in only_tour(solution).all_visits if visit.break_end_s]
    return visit


def lasts_s(solution: Solution) -> int:
    tour = only_tour(solution)
    return tour.end_s - tour.start_s


def test_loading_takes_time_for_each_parcel_of_its_trip() -> None:
    # Trips of 3 and 4 parcels at 2.5 s each: 7.5 and 10 s, both on top of 600 s and rounded up.
    problem = make_problem(demand_g=[60_000, 60_000], parcels=[3, 4], per_parcel_ms=[2_500])
    solution = solved(problem)
    tour = only_tour(solution)
    loads = {visit.end_s - visit.begin_s for visit in (tour.first, *tour.visits) if visit.place == problem.depot[0]}
    assert loads == {608, 610}
    assert lasts_s(solution) == 608 + 610 + 200 + 400 + 2 * 100


def test_a_window_is_met_with_the_time_that_its_parcels_take_to_load() -> None:
    # 600 + 50 s of loading, and 100 s there.
    on_time = make_problem(orders=(1_000,), parcels=[50], per_parcel_ms=[1_000], windows=[within((0, 750))])
    late = make_problem(orders=(1_000,), parcels=[50], per_parcel_ms=[1_000], windows=[within((0, 749))])
    assert served(solved(on_time), on_time) == {0}
    assert served(solved(late), late) == set()


def test_parcels_are_loaded_from_their_release_on() -> None:
    # Goods at 1,000 s, 600 + 50 s of loading, and 100 s there.
    changes: dict[str, Any] = {"orders": (1_000,), "parcels": [50], "per_parcel_ms": [1_000], "release_s": [1_000]}
    on_time = make_problem(**changes, windows=[within((0, 1_750))])
    late = make_problem(**changes, windows=[within((0, 1_749))])
    assert served(solved(on_time), on_time) == {0}
    assert served(solved(late), late) == set()


def test_a_vehicle_makes_no_more_stops_than_it_may() -> None:
    problem = make_problem(orders=(1_000, 2_000, 3_000), most_stops=[2], pickup=[0, 1, 1])
    assert len(served(solved(problem), problem)) == 2


def test_a_second_vehicle_goes_where_the_stops_of_one_do_not_do() -> None:
    problem = make_problem(orders=(1_000, 2_000, 3_000), vehicles=2, most_stops=[2, 0])
    solution = solved(problem)
    assert served(solution, problem) == {0, 1, 2}
    assert only_tour(solution).vehicle == 1  # the one without a limit does it alone


def test_overtime_is_used_where_an_order_needs_it_and_paid_on_top() -> None:
    # Back after 1,200 s, of which 200 s are past the shift: 0.002 more for each, beside 10 + 0.4 + 1.2 + 0.08.
    problem = make_problem(shift=[[0, 1_200]], regular_s=[1_000], per_over_s=[2_000])
    assert solved(problem).cost == (10 + 0.4 + 1.2 + 0.08 + 0.4) * MICRO


def test_nobody_works_past_the_overtime() -> None:
    problem = make_problem(orders=(1_000,), shift=[[0, 899]], regular_s=[500])
    assert served(solved(problem), problem) == set()


def test_work_moves_ahead_of_the_end_of_the_shift_where_overtime_is_dear() -> None:
    # The window allows a return at 1,000 s or later; only the earliest costs no overtime.
    problem = make_problem(
        orders=(1_000,), windows=[within((800, 5_000))], shift=[[0, 9_000]], regular_s=[1_000], per_over_s=[9_000]
    )
    assert only_tour(solved(problem)).end_s == 1_000


def test_each_type_takes_its_own_time_at_the_door() -> None:
    problem = make_problem(
        vehicles=2, kinds=2, kind=[0, 1], service_s=[[100, 100], [40, 45]], per_day=[10 * MICRO, 10 * MICRO]
    )
    solution = solved(problem)
    assert only_tour(solution).vehicle == 1
    assert lasts_s(solution) == 600 + 400 + 40 + 45


def fixed(**changes: Any) -> dict[str, Any]:
    """A break of 900 s that begins between 5,000 and 6,000 s; two orders that keep the vehicle out around it."""
    early, late = within((4_000, 4_000)), within((8_000, 8_000))
    return {"windows": [early, late], "breaks": [[900, 5_000, 6_000, 0]]} | changes


def test_a_break_lies_in_a_wait_and_costs_nothing() -> None:
    # From 4,100 s at 1 km to 8,000 s at 2 km there is nothing to do.
    problem = make_problem(**fixed())
    solution = solved(problem)
    rest = the_break(solution)
    assert 5_000 <= rest.break_begin_s <= 6_000
    assert rest.break_end_s - rest.break_begin_s == 900
    assert solution.cost == solved(make_problem(**fixed(breaks=[[0, 0, 0, 0]]))).cost


def test_a_break_costs_nothing_where_goods_are_waited_for_later() -> None:
    # Out from 300 to 1,200 s, then the second trip's goods come at 5,000 s: back at 5,000 + 600 + 500 s.
    for pause in ([900, 2_000, 4_000, 0], [900, 5_600, 5_600, 0]):
        problem = make_problem(
            demand_g=[60_000, 60_000],
            windows=[within((1_000, 1_000)), any_time()],
            release_s=[0, 5_000],
            breaks=[pause],
        )
        solution = solved(problem)
        assert the_break(solution).place == (0 if pause[1] == 2_000 else problem.depot[0])
        assert lasts_s(solution) == 5_800 + (0 if pause[1] == 2_000 else 900)


def test_a_break_is_paid_where_there_is_work_all_the_time() -> None:
    # 600 + 10,000 + 100 + 10,000 s of work; the break can only come at the order.
    problem = make_problem(orders=(100_000,), breaks=[[900, 5_000, 20_000, 0]], battery_mwh=[50_000_000],
                           start_mwh=[50_000_000], knee_mwh=[50_000_000])  # fmt: skip
    solution = solved(problem)
    assert the_break(solution).place == 0
    assert lasts_s(solution) == 600 + 20_000 + 100 + 900


def test_a_vehicle_back_before_its_break_takes_none() -> None:
    problem = make_problem(breaks=[[900, 1_000, 1_300, 0]])
    solution = solved(problem)
    assert lasts_s(solution) == 1_200
    assert not any(visit.break_end_s for visit in only_tour(solution).all_visits)


def test_a_break_after_so_long_counts_from_the_start_of_work() -> None:
    # Six orders an hour apart from 10,000 s on: at work from 9,300 s, so that 2 hours end at 16,500 s.
    hours = [within((10_000 + 3_600 * n, 10_000 + 3_600 * n)) for n in range(6)]
    problem = make_problem(orders=[1_000] * 6, windows=hours, breaks=[[900, 0, 7_200, 1]])
    solution = solved(problem)
    tour = only_tour(solution)
    assert tour.start_s == 9_300
    assert the_break(solution).break_begin_s - tour.start_s <= 7_200


def test_work_shorter_than_the_hours_before_a_break_needs_none() -> None:
    problem = make_problem(breaks=[[900, 0, 1_200, 1]])
    assert lasts_s(solved(problem)) == 1_200
    problem = make_problem(breaks=[[900, 0, 1_199, 1]])
    assert lasts_s(solved(problem)) == 1_200 + 900


def test_a_vehicle_charges_while_its_driver_rests() -> None:
    # 40 km and 60 km take 10 kWh of 7: 3 kWh are charged at a plug of 10 kW in 1,083 s. Loading lasts 600 s, the break
    # 900 s beside the charge, so that the reload takes 1,500 s and no more.
    problem = make_problem(
        orders=(20_000, 30_000),
        demand_g=[60_000, 60_000],
        plugs=((0, 10_000),),
        battery_mwh=[7_000_000],
        knee_mwh=[7_000_000],
        start_mwh=[7_000_000],
        breaks=[[900, 0, 9_000, 1]],
    )
    solution = solved(problem)
    assert reloads(only_tour(solution), problem) == 1
    assert lasts_s(solution) == 600 + 4_000 + 100 + 1_500 + 6_000 + 100


def test_an_order_whose_break_leaves_no_time_is_left_out() -> None:
    # Both orders end at 8,300 s with the break in the wait; without a wait the shift is too short for it.
    problem = make_problem(
        orders=(30_000,), shift=[[0, 6_800]], battery_mwh=[9_000_000], start_mwh=[9_000_000],
        knee_mwh=[9_000_000], breaks=[[900, 0, 4_000, 1]],
    )  # fmt: skip
    assert served(solved(problem), problem) == set()
    longer = make_problem(
        orders=(30_000,), shift=[[0, 7_600]], battery_mwh=[9_000_000], start_mwh=[9_000_000],
        knee_mwh=[9_000_000], breaks=[[900, 0, 4_000, 1]],
    )  # fmt: skip
    assert served(solved(longer), longer) == {0}


def test_no_break_is_taken_where_no_stop_lies_in_its_time() -> None:
    # The only stop is reached after 600 + 3,000 s; a break by 3,000 s could only be taken on the way.
    problem = make_problem(
        orders=(30_000,), shift=[[0, SHIFT_S]], battery_mwh=[9_000_000], start_mwh=[9_000_000],
        knee_mwh=[9_000_000], breaks=[[900, 0, 3_000, 1]],
    )  # fmt: skip
    assert served(solved(problem), problem) == set()
