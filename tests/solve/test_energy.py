"""Battery and plugs, each rule alone on a straight street: 1 km takes 100 s and 0.1 kWh."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from planner.solve.problem import Problem
from planner.solve.schedule import schedule
from planner.solve.solution import Solution, Tour
from tests.solve.factories import KM_MWH, KWH, PENALTY, charges, make_problem, served, solved, within

pytestmark = pytest.mark.usefixtures("either_engine")

PLUG = (0, 1_000)  # at the first depot; 277 mWh a second


def stored_mwh(tour: Tour, problem: Problem) -> list[int]:
    """Return what the battery holds at each arrival; the last is what it holds when the shift ends."""
    depot = int(problem.depot[tour.vehicle])
    left, found = int(problem.start_mwh[tour.vehicle]), []
    stops = [depot, *(visit.place for visit in tour.visits), depot]
    gained = [visit.charge_mwh for visit in tour.all_visits]
    for i, (before, at) in enumerate(pairwise(stops)):
        left += gained[i] - int(problem.energy_mwh[0, 0, before, at])
        found.append(left)
    return [*found[:-1], found[-1] + gained[-1]]


def overlap(solution: Solution) -> bool:
    times = [(visit.plug, visit.charge_begin_s, visit.charge_end_s) for _, visit in charges(solution)]
    return any(p == q and a < d and c < b for i, (p, a, b) in enumerate(times) for q, c, d in times[i + 1 :])


def two_trips(**arrays: Any) -> Problem:
    """Two orders at 20 km, each a bay for itself: 8 kWh in all, with a battery of 5."""
    return make_problem(orders=(20_000, 20_000), demand_g=[100_000] * 2, **arrays)


def test_a_battery_that_is_just_enough_is_enough() -> None:
    # 25 km out and back take 5 kWh.
    problem = make_problem(orders=(25_000,))
    assert served(solved(problem), problem) == {0}


def test_without_a_plug_nobody_drives_beyond_the_battery() -> None:
    problem = make_problem(orders=(25_001,))
    assert served(solved(problem), problem) == set()


def test_S26_the_reserve_holds_at_every_stop() -> None:
    # There and back takes 4 kWh of 5: with a reserve of 1 kWh it goes, with 1 mWh more it does not.
    enough = make_problem(orders=(20_000,), reserve_mwh=[KWH])
    short = make_problem(orders=(20_000,), reserve_mwh=[KWH + 1])
    assert served(solved(enough), enough) == {0}
    assert served(solved(short), short) == set()


def test_the_required_charge_at_the_end_is_kept() -> None:
    enough = make_problem(orders=(10_000,), end_mwh=[3 * KWH])
    short = make_problem(orders=(10_000,), end_mwh=[3 * KWH + 1])
    assert served(solved(enough), enough) == {0}
    assert served(solved(short), short) == set()


def test_the_required_charge_at_the_end_is_met_by_charging_between_trips_or_at_home() -> None:
    # 8 kWh are driven from 5, and 1 is to be left: 4 are charged on the way or after it.
    problem = two_trips(plugs=(PLUG,), end_mwh=[KWH - 1_000])
    solution = solved(problem)
    assert served(solution, problem) == {0, 1}
    assert stored_mwh(solution.tours[0], problem)[-1] >= KWH - 1_000


def test_a_half_empty_vehicle_charges_while_it_is_loaded_the_first_time() -> None:
    # 4 kWh are driven from 2 and a half: 1 and a half at 1 kW take 1.5 h, before the only trip.
    problem = make_problem(orders=(20_000,), start_mwh=[KWH * 5 // 2], plugs=(PLUG,))
    solution = solved(problem)
    (tour,) = solution.tours
    assert served(solution, problem) == {0}
    assert tour.first.charge_mwh == pytest.approx(KWH * 3 // 2, rel=0.01)
    assert tour.visits[0].arrival_s == tour.first.charge_end_s + 2_000
    assert stored_mwh(tour, problem)[-1] >= 0


def test_what_the_end_of_the_shift_asks_is_charged_at_home() -> None:
    # 4 kWh are driven from 5, and 3 are asked at the end: 2 kWh at 1 kW, two hours after the return.
    problem = make_problem(orders=(20_000,), end_mwh=[3 * KWH], plugs=(PLUG,))
    (tour,) = solved(problem).tours
    assert tour.home.charge_mwh == pytest.approx(2 * KWH, rel=0.01)
    assert tour.end_s == tour.home.charge_end_s
    assert tour.end_s - tour.start_s == pytest.approx(600 + 2 * 2_000 + 100 + 7_200, rel=0.01)


def test_a_load_takes_energy_only_as_long_as_it_is_on_board() -> None:
    # 0.1 kWh a km, and as much again with 100 kg: 2 kWh out with the load, 1 kWh back without.
    whole = make_problem(orders=(10_000,))
    per_kg = whole.energy_mwh // 100 * 1_000
    enough = make_problem(orders=(10_000,), demand_g=[100_000], energy_uwh_per_kg=per_kg, start_mwh=[3 * KWH])
    short = make_problem(orders=(10_000,), demand_g=[100_000], energy_uwh_per_kg=per_kg, start_mwh=[3 * KWH - 1])
    assert served(solved(enough), enough) == {0}
    assert served(solved(short), short) == set()


def test_a_second_trip_beyond_the_battery_waits_for_its_charge() -> None:
    problem = two_trips(plugs=(PLUG,))
    solution = solved(problem)
    ((tour, visit),) = charges(solution)
    # 4 of 5 kWh are left behind by the first trip; the second needs 3 kWh more.
    assert visit.place == problem.depot[0]
    assert visit.charge_mwh >= 3 * KWH
    assert visit.charge_begin_s >= visit.arrival_s
    assert visit.charge_mwh <= 277 * (visit.charge_end_s - visit.charge_begin_s)
    assert min(stored_mwh(tour, problem)) >= 0


def test_charging_takes_no_longer_than_it_must_where_hours_are_paid() -> None:
    problem = two_trips(plugs=(PLUG,))
    ((tour, visit),) = charges(solved(problem))
    needed_s = 3 * KWH / 277
    assert visit.charge_end_s - visit.charge_begin_s == pytest.approx(needed_s, abs=2)
    assert tour.end_s - tour.start_s == pytest.approx(600 + 2 * 4_000 + 2 * 100 + needed_s, abs=2)


def test_charging_while_loading_takes_no_time_of_its_own() -> None:
    # A plug of 20 kW fills 3 kWh in 540 s, and loading takes 600.
    problem = two_trips(plugs=((0, 20_000),), charge_w=[20_000])
    ((tour, visit),) = charges(solved(problem))
    assert tour.end_s - tour.start_s == 2 * 600 + 2 * 4_000 + 2 * 100
    assert visit.charge_begin_s < visit.end_s
    assert visit.charge_end_s <= visit.end_s


def test_where_plugs_are_not_at_the_dock_a_charge_begins_when_the_vehicle_is_loaded() -> None:
    problem = two_trips(plugs=(PLUG,), apart=[1])
    ((tour, visit),) = charges(solved(problem))
    assert visit.charge_begin_s >= visit.end_s == visit.arrival_s + 600
    assert tour.end_s - tour.start_s == pytest.approx(2 * 600 + 2 * 4_000 + 2 * 100 + 3 * KWH / 277, abs=2)


def test_where_every_charge_is_a_full_one_it_ends_within_a_second_of_where_the_power_falls() -> None:
    # 1 kWh is left; 3 more would do, 4 fill it.
    problem = two_trips(plugs=(PLUG,), full=[1])
    ((tour, visit),) = charges(solved(problem))
    assert 4 * KWH - 277 < visit.charge_mwh <= 4 * KWH
    assert tour.end_s - tour.start_s == pytest.approx(600 + 2 * 4_000 + 2 * 100 + 4 * KWH / 277, abs=2)


def test_the_vehicle_draws_no_more_than_its_own_charger_takes() -> None:
    problem = two_trips(plugs=((0, 20_000),), charge_w=[1_000])
    ((_, visit),) = charges(solved(problem))
    assert visit.charge_mwh <= 277 * (visit.charge_end_s - visit.charge_begin_s)


def test_no_charge_goes_above_where_the_power_falls() -> None:
    # The second trip needs 4 kWh at its start; the charge is counted in whole seconds.
    reached = two_trips(plugs=(PLUG,), knee_mwh=[4 * KWH + 277])
    above = two_trips(plugs=(PLUG,), knee_mwh=[4 * KWH - KM_MWH])
    assert len(served(solved(reached), reached)) == 2
    assert len(served(solved(above), above)) == 1


def test_a_station_on_the_way_is_used_where_the_battery_is_too_small() -> None:
    # 30 km out and back take 6 kWh of 5; a station lies at 20 km, where 1 kWh is missing.
    problem = make_problem(orders=(30_000,), stations=(20_000,), plugs=((1, 1_000),))
    solution = solved(problem)
    ((tour, visit),) = charges(solution)
    assert served(solution, problem) == {0}
    assert visit.place == 2
    assert visit.charge_end_s - visit.charge_begin_s == pytest.approx(KWH / 277, abs=2)
    assert min(stored_mwh(tour, problem)) >= 0


def test_a_station_is_left_alone_where_the_battery_lasts() -> None:
    problem = make_problem(orders=(20_000,), stations=(10_000,), plugs=((1, 1_000),))
    assert [visit.place for visit in solved(problem).tours[0].visits] == [0]


def test_F07_a_charge_lies_within_the_hours_of_its_station() -> None:
    hours = [[[0, 36_000]], [[20_000, 25_000]]]
    problem = make_problem(orders=(30_000,), stations=(20_000,), plugs=((1, 1_000),), open=hours)
    ((_, visit),) = charges(solved(problem))
    assert visit.charge_begin_s >= 20_000
    assert visit.charge_end_s <= 25_000


def test_F07_a_station_that_opens_too_briefly_does_not_help() -> None:
    # The missing kWh takes 3,611 s.
    hours = [[[0, 36_000]], [[20_000, 23_000]]]
    problem = make_problem(orders=(30_000,), stations=(20_000,), plugs=((1, 1_000),), open=hours)
    assert served(solved(problem), problem) == set()


def two_vehicles(**arrays: Any) -> Problem:
    """Two vehicles, each busy with two trips whose second needs a charge of 3 kWh (10,831 s at 1 kW)."""
    return make_problem(
        orders=(20_000, -20_000, 20_000, -20_000),
        demand_g=[100_000] * 4,
        vehicles=2,
        allowed=[[1, 0], [0, 1], [1, 0], [0, 1]],
        **arrays,
    )


def test_S27_two_vehicles_share_one_plug_one_after_the_other() -> None:
    problem = two_vehicles(plugs=(PLUG,), shift=[[0, 60_000]] * 2, windows=[within((0, 60_000))] * 4)
    solution = solved(problem, iterations=100)
    assert served(solution, problem) == {0, 1, 2, 3}
    assert len(charges(solution)) == 2
    assert not overlap(solution)


def test_S27_what_does_not_fit_on_the_plug_is_not_planned() -> None:
    # Each needs the plug from 4,700 s to 15,531 s at the earliest; the second would be home after 30,000 s.
    problem = two_vehicles(plugs=(PLUG,), shift=[[0, 22_000]] * 2)
    solution = solved(problem, iterations=100)
    assert len(served(solution, problem)) == 3
    assert not overlap(solution)


def test_with_two_plugs_both_charge_at_once() -> None:
    problem = two_vehicles(plugs=(PLUG, PLUG), shift=[[0, 22_000]] * 2)
    solution = solved(problem, iterations=100)
    assert served(solution, problem) == {0, 1, 2, 3}
    assert {visit.plug for _, visit in charges(solution)} == {0, 1}


def test_the_site_does_not_give_more_than_its_power() -> None:
    # Two plugs of 1 kW at a site of 1.9 kW: one vehicle at a time, so that one order is left.
    problem = two_vehicles(plugs=(PLUG, PLUG), shift=[[0, 22_000]] * 2, site_w=[1_900])
    solution = solved(problem, iterations=100)
    assert len(served(solution, problem)) == 3
    (_, first), *others = charges(solution)
    assert all(visit.charge_begin_s >= first.charge_end_s for _, visit in others)


def test_a_plug_too_weak_to_count_is_no_plug() -> None:
    problem = two_trips(plugs=((0, 3),))
    assert len(served(solved(problem), problem)) == 1


def test_a_vehicle_that_may_not_even_stay_where_it_is_does_not_stop_the_others() -> None:
    # The second vehicle starts below its reserve and below what it must end with.
    problem = make_problem(
        orders=(1_000, 2_000), vehicles=2, start_mwh=[5 * KWH, KWH // 2], reserve_mwh=[KWH] * 2, end_mwh=[0, 4 * KWH]
    )
    solution = solved(problem)
    assert served(solution, problem) == {0, 1}
    assert [tour.vehicle for tour in solution.tours] == [0]


def test_F10_settled_tours_keep_their_plug() -> None:
    problem = two_vehicles(plugs=(PLUG,), shift=[[0, 60_000]] * 2)
    depot = int(problem.depot[0])
    first = schedule(problem, {0: [0, depot, 2]})
    assert first is not None
    both = schedule(problem, {1: [1, depot, 3]}, taken=first)
    assert both is not None
    (held,) = [visit for visit in both[0].visits if visit.plug >= 0]
    (later,) = [visit for visit in both[1].visits if visit.plug >= 0]
    assert held in first[0].visits
    assert later.charge_begin_s >= held.charge_end_s or later.charge_end_s <= held.charge_begin_s


def test_penalties_of_orders_left_out_are_part_of_the_cost() -> None:
    problem = make_problem(orders=(25_001,))
    assert solved(problem).cost == PENALTY
