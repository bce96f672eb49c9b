"""Fixed sequences driven on another day, each answer worked out by hand on one straight street.

10 m/s, 100 Wh a km, 600 s to load, 100 s to serve; see `tests.solve.factories`.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from planner.replay import Driven, drive_again
from planner.solve.problem import Problem
from planner.solve.solution import Tour
from tests.solve.factories import KWH, LOADING_S, SHIFT_S, any_time, make_problem, within

BEGIN_S = 1_000
HUB_PLUG = ((0, 1_000),)  # 277 mWh a second


def again(problem: Problem, *places: list[int]) -> list[Tour]:
    """Drive a sequence of each vehicle again, all from `BEGIN_S` on."""
    drives = {v: Driven(vehicle_id=f"v{v}", begin_s=BEGIN_S, places=at) for v, at in enumerate(places)}
    tours, lost = drive_again(problem, drives)
    assert lost == []
    return tours


def slowed(problem: Problem, factor: float) -> Problem:
    return replace(problem, travel_s=np.ceil(problem.travel_s * factor).astype(np.int64))


def begins(tour: Tour, problem: Problem) -> list[int]:
    return [visit.begin_s for visit in tour.visits if visit.place < problem.orders]


def left_mwh(problem: Problem, tour: Tour) -> int:
    """Return what the battery holds at the end, on a level street."""
    depot = int(problem.depot[tour.vehicle])
    at = [depot, *(visit.place for visit in tour.visits), depot]
    used = sum(int(problem.energy_mwh[0, 0, a, b]) for a, b in pairwise(at))
    return int(problem.start_mwh[tour.vehicle]) + sum(visit.charge_mwh for visit in tour.all_visits) - used


@pytest.mark.parametrize(("drive_s", "late_s"), [(2_400, -120), (3_600, 120)], ids=["40 min", "60 min"])
def test_ten_minutes_of_slack_cover_a_fifth_more_of_40_minutes_but_not_of_60(drive_s: int, late_s: int) -> None:
    planned_s = BEGIN_S + LOADING_S + drive_s
    town = make_problem(
        orders=[10 * drive_s],
        windows=[within((0, planned_s + 600))],
        battery_mwh=[20 * KWH],
        start_mwh=[20 * KWH],
    )
    (tour,) = again(slowed(town, 1.2), [0])
    assert begins(tour, town)[0] - (planned_s + 600) == late_s


def test_nobody_sets_out_earlier_than_planned_nor_later() -> None:
    town = make_problem(orders=[1_000], windows=[within((9_000, 9_100))])
    (tour,) = again(town, [0])
    assert (tour.start_s, begins(tour, town)) == (BEGIN_S, [9_000])


def test_after_a_window_is_missed_the_next_one_is_waited_for() -> None:
    town = make_problem(orders=[1_000], windows=[within((0, 1_699), (5_000, 5_010))])
    assert begins(again(town, [0])[0], town) == [5_000]


def test_the_end_of_the_shift_gives_way_where_the_drive_is_too_long() -> None:
    town = make_problem(orders=[10_000], shift=[[0, 3_600]], windows=[[(0, 3_600)] * 3])
    (tour,) = again(town, [0])
    assert tour.end_s == BEGIN_S + 600 + 1_000 + 100 + 1_000  # 100 s late


def test_a_charge_lasts_as_long_as_the_way_asks_however_late_it_gets() -> None:
    # 3 kWh out and back twice on a battery of 5: 1,000,000 mWh are missing, 3,611 s at 277 mWh a second.
    town = make_problem(orders=[15_000, 15_000], plugs=HUB_PLUG, windows=[any_time(), within((0, 8_000))])
    (tour,) = again(town, [0, 2, 1])
    back_s = BEGIN_S + 600 + 1_500 + 100 + 1_500
    assert begins(tour, town)[1] == back_s + 3_611 + 1_500
    assert left_mwh(town, tour) == pytest.approx(0, abs=277)


def test_without_its_plug_the_same_day_dips_below_the_reserve_by_what_was_charged() -> None:
    town = make_problem(orders=[15_000, 15_000], plugs=(), reserve_mwh=[0])
    (tour,) = again(town, [0, 2, 1])
    assert left_mwh(town, tour) == -KWH
    assert begins(tour, town)[1] == BEGIN_S + 600 + 1_500 + 100 + 1_500 + 600 + 1_500


def test_a_vehicle_that_no_charge_helps_charges_all_it_can() -> None:
    # 28 km out and back take 5.6 kWh; the plug fills 5 at most.
    town = make_problem(orders=[5_000, 28_000], plugs=HUB_PLUG)
    (tour,) = again(town, [0, 2, 1])
    assert left_mwh(town, tour) == pytest.approx(-600_000, abs=1_300)  # to the watt-hour, and the last second


def test_with_one_of_two_plugs_out_the_second_vehicle_waits_for_the_first() -> None:
    day: dict[str, Any] = {"orders": [15_000] * 4, "vehicles": 2}
    both = make_problem(**day, plugs=HUB_PLUG * 2)
    ends = [tour.end_s for tour in again(both, [0, 4, 1], [2, 4, 3])]
    assert ends[0] == ends[1]
    one = make_problem(**day, plugs=HUB_PLUG)
    late_s = [end - ends[0] for end in sorted(tour.end_s for tour in again(one, [0, 4, 1], [2, 4, 3]))]
    assert late_s == [0, 3_611]


def test_a_station_where_nothing_need_be_charged_is_driven_past() -> None:
    town = make_problem(orders=[2_000], stations=[1_000], plugs=((1, 1_000),))
    assert [visit.place for visit in again(town, [2, 0])[0].visits] == [0]


def test_a_station_without_its_plug_is_driven_past_and_its_energy_missed() -> None:
    day: dict[str, Any] = {"orders": [30_000], "stations": [15_000], "shift": [[0, SHIFT_S]]}
    there = make_problem(**day, plugs=((1, 1_000),))
    assert [visit.plug for visit in again(there, [2, 0])[0].visits] == [0, -1]
    (tour,) = again(make_problem(**day), [2, 0])
    assert [visit.place for visit in tour.visits] == [0]
    assert left_mwh(make_problem(**day), tour) == -KWH


def test_a_vehicle_without_any_times_is_told_and_stops_no_other() -> None:
    town = make_problem(vehicles=2)
    never_s = 3 * SHIFT_S + 86_400
    drives = {v: Driven(vehicle_id=f"v{v}", begin_s=at_s, places=[v]) for v, at_s in enumerate((BEGIN_S, never_s))}
    tours, lost = drive_again(town, drives)
    assert ([tour.vehicle for tour in tours], lost) == ([0], [1])
