"""What energy and the battery's wear do to a search and to times: two prices for a depot, and a price of driving."""

from __future__ import annotations

from typing import Any

import pytest

from planner.model import Day, Depot, PriceFrom
from planner.solve.problem import MICRO
from planner.solve.schedule import schedule
from planner.solve.steering import day_price, night_price
from tests.factories import HOUR_S, make_day, make_depot, make_vehicle
from tests.solve.factories import KWH, make_problem, served, solved

FAST_PLUG = (0, 20_000)  # 5,555 mWh a second


@pytest.mark.usefixtures("either_engine")
def test_each_kilowatt_hour_taken_from_the_battery_costs_its_wear() -> None:
    # 10 km out and back take 2 kWh.
    plain, worn = (make_problem(orders=(10_000,), wear_per_kwh=[money]) for money in (0, MICRO // 2))
    assert solved(worn).cost - solved(plain).cost == MICRO


@pytest.mark.usefixtures("either_engine")
def test_what_is_charged_by_day_wears_the_battery_once() -> None:
    # Two trips take 8 kWh of 5; the other 3 are charged on the way, and all 8 are bought.
    free: dict[str, Any] = {
        "price_per_kwh": [0],
        "plugs": (FAST_PLUG,),
        "charge_w": [20_000],
        "demand_g": [100_000] * 2,
    }
    plain, worn = (make_problem(orders=(20_000, 20_000), wear_per_kwh=[money], **free) for money in (0, MICRO))
    assert solved(worn).cost - solved(plain).cost == 8 * MICRO


def test_the_vehicle_whose_battery_is_cheaper_to_wear_out_drives() -> None:
    problem = make_problem(orders=(10_000,), vehicles=2, kinds=2, kind=[0, 1], wear_per_kwh=[MICRO, MICRO // 10])
    (tour,) = solved(problem).tours
    assert tour.vehicle == 1


def test_no_cushion_is_charged_by_day_where_the_night_is_cheaper() -> None:
    # The second trip needs 4 kWh, and 1 is left: loading would leave time for 4.
    day: dict[str, Any] = {
        "plugs": (FAST_PLUG,),
        "charge_w": [20_000],
        "demand_g": [100_000] * 2,
        "price_per_kwh": [400_000],
    }
    flat, dear = (make_problem(orders=(20_000, 20_000), night_per_kwh=[night], **day) for night in (400_000, 100_000))
    charged = []
    for problem in (flat, dear):
        tours = schedule(problem, {0: [0, 2, 1]})
        assert tours is not None
        charged.append(tours[0].visits[1].charge_mwh)
    assert 3 * KWH <= charged[1] <= 3 * KWH + 5_555
    assert charged[0] > charged[1]


def test_a_day_charge_costs_what_it_is_dearer_than_the_night() -> None:
    day: dict[str, Any] = {"plugs": (FAST_PLUG,), "charge_w": [20_000], "demand_g": [100_000] * 2}
    flat, dear = (
        make_problem(orders=(20_000, 20_000), price_per_kwh=[price], night_per_kwh=[100_000], **day)
        for price in (100_000, 400_000)
    )
    assert served(solved(dear), dear) == {0, 1}
    # 3 kWh are charged by day, at 0.30 more, but for a second's charge.
    assert 900_000 <= solved(dear).cost - solved(flat).cost <= 902_000


TARIFF = tuple(PriceFrom(from_s=h * HOUR_S, price_per_kwh=p) for h, p in ((0, 0.1), (6, 0.4), (16, 0.6), (22, 0.1)))


def hub_day(depot: Depot, vehicles: int = 1) -> Day:
    """Shifts from 08:00 to 17:00; a vehicle takes 4.5 kWh from reserve to full, in 1.75 and 1 hours."""
    return make_day(depots=(depot,), vehicles=tuple(make_vehicle(f"v{i}") for i in range(vehicles)))


def test_the_search_takes_the_mean_price_of_the_shifts_and_the_cheapest_hours_of_the_night() -> None:
    depot = make_depot(tariff=TARIFF)
    assert day_price(hub_day(depot), depot) == pytest.approx((8 * 0.4 + 1 * 0.6) / 9)
    assert night_price(hub_day(depot), depot) == pytest.approx(0.1)


def test_the_more_vehicles_share_the_plugs_the_dearer_hours_count() -> None:
    # 11 vehicles at 2 plugs take 15.125 of the 15 hours: all of the night, 5 hours of it at 0.6.
    depot = make_depot(tariff=TARIFF)
    assert night_price(hub_day(depot, 11), depot) == pytest.approx((10 * 0.1 + 5 * 0.6) / 15)


def test_without_a_tariff_both_are_the_price_of_the_depot() -> None:
    depot = make_depot(price_per_kwh=0.3)
    assert day_price(hub_day(depot), depot) == night_price(hub_day(depot), depot) == 0.3
