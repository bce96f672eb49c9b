"""Hills, each rule alone: legs whose energy is given by hand, between places on a street of 0.1 kWh a km.

A leg is (kWh on the whole, the most on the way, the most from a full battery). The battery holds 5 kWh.
"""

from __future__ import annotations

import pytest

from planner.plan import Reason
from planner.solve.battery import left_mwh, leg_energy
from planner.solve.problem import MICRO
from planner.solve.reasons import impossible
from planner.solve.schedule import schedule
from planner.solve.solution import Tour
from tests.factories import make_day, make_order
from tests.solve.factories import KWH, hilly, make_problem, served, solved

pytestmark = pytest.mark.usefixtures("either_engine")

OUT, BACK = (1, 0), (0, 1)  # with one order: the order is place 0, the depot place 1
PASS = (1.0, 4.5, 1.0)  # up 4.5 kWh and down 3.5
FALL = (-1.0, 0.0, 0.0)
CLIMB = (4.6, 4.6, 4.6)
FAST_PLUG = (0, 20_000)  # 5,555 mWh a second


def only_tour(tours: list[Tour] | None) -> Tour:
    assert tours is not None
    (tour,) = tours
    return tour


def test_a_pass_is_driven_where_the_reserve_holds_on_its_top_and_not_where_it_lacks_one_milliwatt_hour() -> None:
    enough = hilly(make_problem(orders=(10_000,), reserve_mwh=[KWH // 2]), {OUT: PASS})
    short = hilly(make_problem(orders=(10_000,), reserve_mwh=[KWH // 2 + 1]), {OUT: PASS})
    assert served(solved(enough), enough) == {0}
    assert served(solved(short), short) == set()


def test_a_pass_that_would_dip_below_the_reserve_is_driven_after_a_charge() -> None:
    # 4 kWh are there, 4.5 and the reserve of a quarter are needed at the foot.
    base = make_problem(
        orders=(10_000,), start_mwh=[4 * KWH], reserve_mwh=[KWH // 4], plugs=(FAST_PLUG,), charge_w=[20_000]
    )
    problem = hilly(base, {OUT: PASS})
    (tour,) = solved(problem).tours
    assert served(solved(problem), problem) == {0}
    assert 4 * KWH + tour.first.charge_mwh >= KWH * 19 // 4


def test_the_way_home_may_not_dip_below_the_reserve_either() -> None:
    # 4 kWh are left at the order: enough for a pass of 4, not for one that is higher.
    base = make_problem(orders=(10_000,))
    just, higher = (hilly(base, {BACK: (1.0, top, 1.0)}) for top in (4.0, 4.000_001))
    assert served(solved(just), just) == {0}
    assert served(solved(higher), higher) == set()


@pytest.mark.parametrize(("end_mwh", "fits"), [(KWH * 2 // 5, True), (KWH * 2 // 5 + 1, False)])
def test_a_full_vehicle_gains_nothing_downhill(end_mwh: int, fits: bool) -> None:
    # Down with 5 kWh it stays at 5, and 4.6 take it up again: 0.4 are left, not 1.4.
    problem = hilly(make_problem(orders=(10_000,), end_mwh=[end_mwh]), {OUT: FALL, BACK: CLIMB})
    assert bool(served(solved(problem), problem)) == fits


def test_a_vehicle_that_drove_elsewhere_first_gains_downhill_what_it_has_room_for() -> None:
    # Along the ridge for 1 kWh, down for 1 back to 5 kWh, up for 4.6. The other way round, and as two trips, it fails.
    base = make_problem(orders=(10_000, 10_000), end_mwh=[KWH * 2 // 5])
    ridge, valley, depot = 0, 1, 2
    falls = {(depot, valley): FALL, (ridge, valley): FALL}
    problem = hilly(base, falls | {(valley, depot): CLIMB, (valley, ridge): CLIMB})
    (tour,) = solved(problem).tours
    assert [visit.place for visit in tour.visits] == [ridge, valley]
    assert left_mwh(problem, tour) == KWH * 2 // 5
    assert schedule(problem, {0: [valley, ridge]}) is None


@pytest.mark.parametrize(("reserve_mwh", "fits"), [(2 * KWH, True), (2 * KWH + 1, False)])
def test_what_a_full_battery_loses_is_not_there_for_the_climb_that_follows(reserve_mwh: int, fits: bool) -> None:
    # Down half a kWh, up 3, down 2.9: a full battery holds 2 kWh at the top, although the top is 2.5 above the start.
    problem = hilly(make_problem(orders=(10_000,), reserve_mwh=[reserve_mwh]), {OUT: (-0.4, 2.5, 0.1)})
    assert bool(served(solved(problem), problem)) == fits


def test_a_charge_before_a_descent_leaves_room_for_what_the_descent_brings() -> None:
    # The plug would fill the missing kWh while the vehicle is loaded; half of that comes for nothing.
    base = make_problem(orders=(10_000,), start_mwh=[4 * KWH], plugs=(FAST_PLUG,), charge_w=[20_000])
    problem = hilly(base, {OUT: (-0.5, 0.0, 0.0)})
    tour = only_tour(schedule(problem, {0: [0]}))
    assert KWH // 2 - 5_555 <= tour.first.charge_mwh <= KWH // 2


def test_a_charge_after_a_descent_fills_no_more_than_the_battery_lacks() -> None:
    # Two trips up for 3 kWh and down for 2 each; 5 - 3 + 2 = 4 kWh are stored when the vehicle is loaded again.
    base = make_problem(orders=(10_000, 10_000), plugs=(FAST_PLUG,), charge_w=[20_000])
    up, down = (3.0, 3.0, 3.0), (-2.0, 0.0, 0.0)
    problem = hilly(base, {(2, 0): up, (2, 1): up, (0, 2): down, (1, 2): down})
    tour = only_tour(schedule(problem, {0: [0, 2, 1]}))
    assert KWH - 5_555 <= tour.visits[1].charge_mwh <= KWH


def test_a_leg_that_gives_back_one_milliwatt_hour_is_a_way_like_any_other() -> None:
    problem = hilly(make_problem(orders=(10_000,)), {OUT: (-1e-6, 0.0, 0.0)})
    assert served(solved(problem), problem) == {0}


@pytest.mark.parametrize(
    ("load_g", "start_kwh", "left_mwh"),
    [(0, 3.0, 3_800_000), (10_500, 3.0, 3_800_010), (10_500, 4.5, 4_800_000)],
)
def test_a_load_that_rolls_downhill_gives_more_back_rounded_against_ourselves(
    load_g: int, start_kwh: float, left_mwh: int
) -> None:
    # Each kilogram gives back 1 mWh more, 10.5 kg no more than 10; after the descent 0.2 kWh are driven on the flat.
    problem = hilly(make_problem(orders=(10_000,)), {OUT: (-0.8, 0.0, 0.2)})
    problem.energy_uwh_per_kg[0, :, 1, 0] = -1_000
    leg = leg_energy(problem, 0, *OUT, load_g=load_g)
    assert leg.arrives_mwh(int(start_kwh * KWH), battery_mwh=5 * KWH) == left_mwh


def test_energy_lost_on_a_full_battery_is_paid_and_energy_gained_is_no_income() -> None:
    fixed = make_problem(orders=(10_000,), price_per_kwh=[0])
    without_energy = solved(fixed).cost
    lost = hilly(make_problem(orders=(10_000,)), {OUT: FALL, BACK: CLIMB})
    gained = hilly(make_problem(orders=(10_000,), start_mwh=[3 * KWH]), {OUT: FALL, BACK: (0.5, 0.5, 0.5)})
    # 4.6 kWh at 0.20 are bought overnight.
    assert solved(lost).cost - without_energy == 0.92 * MICRO
    assert solved(gained).cost == without_energy


@pytest.mark.parametrize(("top_kwh", "reason"), [(4.5, None), (4.6, Reason.NO_PLUG)])
def test_an_order_behind_too_high_a_pass_is_out_of_range_although_the_battery_lasts_there_and_back(
    top_kwh: float, reason: Reason | None
) -> None:
    problem = hilly(make_problem(orders=(10_000,), reserve_mwh=[KWH // 2]), {OUT: (1.0, top_kwh, 1.0)})
    found = impossible(make_day(orders=(make_order(),), stations=()), problem, ())
    assert [why.reason for why in found.values()] == ([reason] if reason else [])
    assert all("100 Wh short" in why.detail for why in found.values())


def test_an_order_behind_a_pass_is_in_range_where_a_station_stands_at_its_foot() -> None:
    # The depot is 10 km before the foot, where 4 kWh are left of the 4.5 that the top takes.
    order, depot, foot = 0, 1, 2
    base = make_problem(orders=(20_000,), stations=(10_000,), plugs=((1, 1_000),))
    problem = hilly(base, {(depot, order): (2.0, 5.5, 2.0), (foot, order): PASS})
    assert impossible(make_day(orders=(make_order(),)), problem, ()) == {}
    (tour,) = solved(problem).tours
    assert [visit.place for visit in tour.visits] == [foot, order]
