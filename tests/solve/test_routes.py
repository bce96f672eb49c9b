"""Who goes where: bay, clock, vehicles, money and priorities, each alone on a straight street."""

from __future__ import annotations

import numpy as np
import pytest

from planner.solve.problem import MICRO
from planner.solve.solution import Tour
from tests.solve.factories import PENALTY, SHIFT_S, cut_off, make_problem, reloads, served, solved, within

pytestmark = pytest.mark.usefixtures("either_engine")


def only_tour(tours: tuple[Tour, ...]) -> Tour:
    (tour,) = tours
    return tour


def test_two_orders_are_one_trip_out_and_back() -> None:
    # 600 s of loading, 200 s to the second order, 200 s home, and 100 s at each; 4 km, 700 + 300 s of pay and so on.
    problem = make_problem(orders=(1_000, 2_000))
    solution = solved(problem)
    tour = only_tour(solution.tours)
    assert tour.end_s - tour.start_s == 600 + 200 + 200 + 2 * 100
    # 10 a day, 4 km at 0.1, 1,200 s at 0.001, 0.4 kWh at 0.2.
    assert solution.cost == (10 + 0.4 + 1.2 + 0.08) * MICRO


def test_kilograms_beyond_the_bay_take_a_second_trip() -> None:
    problem = make_problem(demand_g=[60_000, 60_000])
    tour = only_tour(solved(problem).tours)
    assert reloads(tour, problem) == 1
    # Two trips of 2 and 4 km, each loaded for 600 s.
    assert tour.end_s - tour.start_s == 2 * 600 + 200 + 400 + 2 * 100


def test_litres_beyond_the_bay_take_a_second_trip() -> None:
    problem = make_problem(volume_ml=[250_000, 151_000])
    assert reloads(only_tour(solved(problem).tours), problem) == 1


def test_a_bay_that_is_just_full_takes_one_trip() -> None:
    problem = make_problem(demand_g=[60_000, 40_000], volume_ml=[250_000, 150_000])
    assert reloads(only_tour(solved(problem).tours), problem) == 0


def test_seven_full_bays_take_six_reloads() -> None:
    problem = make_problem(orders=[1_000] * 7, demand_g=[100_000] * 7)
    tour = only_tour(solved(problem, iterations=100).tours)
    assert reloads(tour, problem) == 6
    assert tour.end_s - tour.start_s == 7 * (600 + 100 + 100 + 100)


def test_demand_far_beyond_the_fleet_still_fills_the_shift() -> None:
    # Each order is a trip of 900 s, and the shift has 3 h: 12 of the 40 can be served.
    problem = make_problem(orders=[1_000] * 40, demand_g=[100_000] * 40, shift=[[0, 10_800]], plugs=((0, 1_000),))
    assert len(served(solved(problem), problem)) == 12


def test_service_begins_inside_the_window_after_a_wait() -> None:
    problem = make_problem(orders=(1_000,), windows=[within((20_000, 20_600))])
    tour = only_tour(solved(problem).tours)
    assert 20_000 <= tour.visits[0].begin_s <= 20_600
    # Hours are paid, so that the vehicle leaves as late as it can and never waits.
    assert tour.end_s - tour.start_s == 600 + 100 + 100 + 100


def test_windows_decide_the_order_of_visits() -> None:
    # The far order first: it closes before the vehicle could be there after the near one.
    problem = make_problem(orders=(1_000, 5_000), windows=[within((1_500, SHIFT_S)), within((0, 1_100))])
    tour = only_tour(solved(problem).tours)
    assert [visit.place for visit in tour.visits] == [1, 0]
    assert tour.visits[0].begin_s == 1_100


def test_no_service_begins_in_the_gap_between_two_windows() -> None:
    # Order 0 keeps the vehicle at 1 km until 10,100; order 1 there opens before that and again at 12,000.
    problem = make_problem(
        orders=(1_000, 1_000), windows=[within((10_000, 10_000)), within((0, 800), (12_000, 12_500), (30_000, 30_500))]
    )
    tour = only_tour(solved(problem).tours)
    begun = {visit.place: visit.begin_s for visit in tour.visits}
    assert begun[0] == 10_000
    assert begun[1] in range(700, 801) or begun[1] in range(12_000, 12_501)


def test_the_last_of_three_windows_is_used_where_the_others_cannot_be_met() -> None:
    problem = make_problem(orders=(1_000,), windows=[within((0, 100), (200, 300), (30_000, 30_500))])
    assert 30_000 <= only_tour(solved(problem).tours).visits[0].begin_s <= 30_500


def test_the_shift_ends_with_the_arrival_at_the_depot() -> None:
    # 600 s of loading, 100 s out, 100 s of service, 100 s back.
    on_time = make_problem(orders=(1_000,), shift=[[0, 900]])
    late = make_problem(orders=(1_000,), shift=[[0, 899]])
    assert served(solved(on_time), on_time) == {0}
    assert served(solved(late), late) == set()


def test_a_shift_that_starts_late_is_kept() -> None:
    problem = make_problem(orders=(1_000,), shift=[[10_000, 12_000]])
    assert only_tour(solved(problem).tours).start_s >= 10_000


def test_one_vehicle_where_one_suffices() -> None:
    problem = make_problem(orders=(1_000, -1_000), vehicles=3)
    assert len(solved(problem).tours) == 1


def test_two_vehicles_where_the_clock_asks_for_them() -> None:
    at_noon = within((18_000, 18_000))
    problem = make_problem(orders=(3_000, -3_000), vehicles=2, windows=[at_noon, at_noon])
    solution = solved(problem)
    assert len(solution.tours) == 2
    assert served(solution, problem) == {0, 1}


def test_the_cheaper_vehicle_goes() -> None:
    problem = make_problem(vehicles=2, kinds=2, kind=[0, 1], per_day=[30 * MICRO, 10 * MICRO])
    assert only_tour(solved(problem).tours).vehicle == 1


def test_the_cheaper_kilometre_wins_where_the_day_costs_the_same() -> None:
    problem = make_problem(vehicles=2, kinds=2, kind=[0, 1], per_km=[MICRO, MICRO // 10])
    assert only_tour(solved(problem).tours).vehicle == 1


def test_the_big_parcel_goes_with_the_big_vehicle() -> None:
    problem = make_problem(
        vehicles=2,
        kinds=2,
        kind=[0, 1],
        payload_g=[100_000, 300_000],
        per_day=[10 * MICRO, 90 * MICRO],
        demand_g=[250_000, 10_000],
        allowed=[[0, 1], [1, 1]],
    )
    solution = solved(problem)
    # The big one has to go anyway, and then it takes both.
    assert only_tour(solution.tours).vehicle == 1
    assert served(solution, problem) == {0, 1}


def test_O53_an_order_goes_only_with_a_vehicle_that_may_serve_it() -> None:
    problem = make_problem(vehicles=2, allowed=[[0, 1], [1, 0]])
    tours = {tour.vehicle: [visit.place for visit in tour.visits] for tour in solved(problem).tours}
    assert tours == {0: [1], 1: [0]}


def test_of_two_orders_of_which_one_fits_the_weightier_is_served() -> None:
    # 3 km either way: 600 + 300 + 100 + 300 s; both would take 600 s more.
    problem = make_problem(orders=(3_000, -3_000), shift=[[0, 1_300]], penalty=[PENALTY, 64 * PENALTY])
    assert served(solved(problem), problem) == {1}


def test_S19_an_order_is_never_dropped_to_save_money() -> None:
    # A vehicle of its own for one order costs 10 and 40 km, and is sent: no vehicle can be at both at these times.
    problem = make_problem(orders=(1_000, 20_000), windows=[within((2_700, 2_700)), within((2_650, 2_650))], vehicles=2)
    solution = solved(problem)
    assert served(solution, problem) == {0, 1}
    assert len(solution.tours) == 2


def test_M29_a_leg_without_a_way_is_never_driven() -> None:
    # One-way: from order 0 to order 1 there is no way, the other way round there is.
    whole = make_problem(orders=(1_000, 2_000))
    problem = make_problem(orders=(1_000, 2_000), **cut_off(whole, 0, 1))
    tour = only_tour(solved(problem).tours)
    assert [visit.place for visit in tour.visits] == [1, 0]


def test_M06_an_order_without_a_way_back_is_left_out() -> None:
    whole = make_problem(orders=(1_000, 2_000))
    tables = cut_off(whole, 1, 2)
    tables = {name: np.where(np.arange(3)[:, None] == 1, -1, table) for name, table in tables.items()}
    problem = make_problem(orders=(1_000, 2_000), **tables)
    assert served(solved(problem), problem) == {0}


def test_O41_an_order_at_the_depot_costs_no_drive() -> None:
    problem = make_problem(orders=(0,))
    tour = only_tour(solved(problem).tours)
    assert tour.end_s - tour.start_s == 600 + 100


def test_O40_two_orders_on_one_spot_are_both_served() -> None:
    problem = make_problem(orders=(1_000, 1_000))
    tour = only_tour(solved(problem).tours)
    assert {visit.place for visit in tour.visits} == {0, 1}
    assert tour.end_s - tour.start_s == 600 + 100 + 200 + 100


def test_each_vehicle_starts_at_its_own_depot() -> None:
    at_once = within((800, 1_000))
    problem = make_problem(
        orders=(1_000, 51_000), depots=(0, 50_000), vehicles=2, depot=[2, 3], windows=[at_once, at_once]
    )
    tours = {tour.vehicle: [visit.place for visit in tour.visits] for tour in solved(problem).tours}
    assert tours == {0: [0], 1: [1]}


def test_a_depot_without_a_vehicle_is_no_obstacle() -> None:
    problem = make_problem(orders=(1_000, 2_000, 3_000), depots=(0, 500))
    tour = only_tour(solved(problem).tours)
    assert tour.end_s - tour.start_s == 600 + 2 * 300 + 3 * 100


def test_a_trip_is_put_between_two_others_where_only_there_is_time() -> None:
    # Full bays at 2,000, 15,000 and 30,000 s: three trips, the one in the middle included.
    problem = make_problem(
        orders=(1_000, 1_000, 1_000),
        demand_g=[100_000] * 3,
        windows=[within((2_000, 2_000)), within((15_000, 15_000)), within((30_000, 30_000))],
    )
    tour = only_tour(solved(problem).tours)
    assert [visit.begin_s for visit in tour.visits if visit.place < 3] == [2_000, 15_000, 30_000]
