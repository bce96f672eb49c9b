"""Which orders are served on foot from a neighbour's kerb."""

from __future__ import annotations

import math

import pytest

from planner.model import Order
from planner.roads.streets import METRES_PER_DEGREE, haversine_m
from planner.roads.walk_up import park_together
from tests.factories import make_order


def row(*metres: float) -> tuple[Order, ...]:
    """Return orders on a line to the north, by their metres from its beginning."""
    return tuple(make_order(f"o{m:g}", lat=m / METRES_PER_DEGREE, lon=10.0) for m in metres)


def kerbs(orders: tuple[Order, ...]) -> list[float]:
    return [round(order.kerb.lat * METRES_PER_DEGREE) for order in orders]


def test_the_house_in_the_middle_keeps_its_kerb_and_both_neighbours_are_walked_to() -> None:
    parked = park_together(row(1, 30, 59), within_m=40)
    assert kerbs(parked) == [30, 30, 30]
    assert [order.walk_s for order in parked] == [63, 0, 63]  # 2 x 1.3 x 29 m at 1.2 m/s are 62.8 s


def test_who_is_further_away_has_a_kerb_of_its_own() -> None:
    orders = row(0, 50)
    assert park_together(orders, within_m=40) == orders


def test_without_a_distance_everybody_has_a_kerb_of_its_own() -> None:
    orders = row(0, 1)
    assert park_together(orders, within_m=0) == orders


def test_of_equals_the_first_row_keeps_its_kerb() -> None:
    assert kerbs(park_together(row(10, 0), within_m=40)) == [10, 10]


def test_at_one_door_there_is_nothing_to_walk() -> None:
    assert [order.walk_s for order in park_together(row(0, 0), within_m=40)] == [0, 0]


@pytest.mark.parametrize("within_m", [15.0, 40.0, 120.0])
def test_nobody_walks_further_than_said_and_each_kerb_is_an_order_s_own(within_m: float) -> None:
    orders = tuple(
        make_order(f"o{i}", lat=48.0 + (i * 37 % 101) * 1e-5, lon=11.0 + (i * 53 % 97) * 1e-5) for i in range(80)
    )
    parked = park_together(orders, within_m=within_m)
    doors = {(order.lat, order.lon): order for order in parked if order.parks_at is None}
    assert [(order.id, order.lat, order.lon) for order in parked] == [(o.id, o.lat, o.lon) for o in orders]
    for order in parked:
        if order.parks_at is not None:
            away_m = float(haversine_m(lat1=order.lat, lon1=order.lon, lat2=order.kerb.lat, lon2=order.kerb.lon))
            assert away_m <= within_m
            assert order.walk_s == math.ceil(2 * 1.3 * away_m / 1.2)
            assert (order.kerb.lat, order.kerb.lon) in doors
    assert len(doors) < len(orders)
