"""What energy costs by the hour."""

from __future__ import annotations

import pytest

from planner.energy.tariff import dearest_price, energy_cost, pack_price, price_at
from planner.model import PriceFrom, TimeWindow
from tests.factories import HOUR_S, make_day, make_depot, make_station, make_vehicle

TARIFF = (
    PriceFrom(from_s=0, price_per_kwh=0.1),
    PriceFrom(from_s=6 * HOUR_S, price_per_kwh=0.4),
    PriceFrom(from_s=22 * HOUR_S, price_per_kwh=0.2),
)
HUB = make_depot(tariff=TARIFF, price_per_kwh=9.0)


@pytest.mark.parametrize(("at_s", "price"), [(-1, 0.1), (0, 0.1), (6 * HOUR_S - 1, 0.1), (6 * HOUR_S, 0.4), (1e6, 0.2)])
def test_a_price_holds_until_the_next_and_the_last_one_for_good(at_s: float, price: float) -> None:
    assert price_at(HUB, at_s) == price


@pytest.mark.parametrize(
    ("begin_h", "end_h", "money"),
    [
        (1, 3, 0.1),
        (5, 7, 0.25),
        (21, 25, 0.25),
        (5, 23, (1 * 0.1 + 16 * 0.4 + 1 * 0.2) / 18),
        (6, 6, 0.4),
    ],
)
def test_a_kilowatt_hour_is_paid_by_the_hours_over_which_it_is_taken(begin_h: int, end_h: int, money: float) -> None:
    cost = energy_cost(HUB, begin_s=begin_h * HOUR_S, end_s=end_h * HOUR_S, wh=1_000.0)
    assert cost == pytest.approx(money)


def test_without_a_tariff_every_hour_costs_the_same() -> None:
    for site in (make_depot(price_per_kwh=0.3), make_station(price_per_kwh=0.3)):
        assert energy_cost(site, begin_s=0, end_s=9 * HOUR_S, wh=2_000.0) == pytest.approx(0.6)
        assert dearest_price(site) == 0.3
    assert dearest_price(HUB) == 0.4


def test_a_swapped_out_battery_is_filled_at_the_mean_price_of_the_night() -> None:
    # From 18:00, the later end, to 8:00, the earlier start: 4 h at 0.4 and 10 h at 0.2, for the tariff ends with 22:00.
    shifts = [TimeWindow(start_s=a * HOUR_S, end_s=b * HOUR_S) for a, b in ((8, 16), (10, 18))]
    vehicles = tuple(make_vehicle(f"v{n}", depot_id=HUB.id, shift=shift) for n, shift in enumerate(shifts))
    day = make_day(vehicles=vehicles, depots=(HUB,))
    assert pack_price(day, HUB) == pytest.approx((4 * 0.4 + 10 * 0.2) / 14)
    flat = make_depot(price_per_kwh=0.3)
    assert pack_price(make_day(vehicles=vehicles, depots=(flat,)), flat) == 0.3
