"""The first cut of a day, and the cuts of its rounds, on orders in rows between two depots."""

from __future__ import annotations

from typing import Any

import numpy as np

from planner.large.divide import divide, units_of
from planner.large.windows import Cut, windows_of
from planner.model import Day, Order, OrderKind
from planner.solve.solution import Visit, tour_of
from tests.factories import make_day, make_depot, make_order, make_vehicle

KM = 1_000.0


def row_day(orders: list[Order], *, west: int = 2, east: int = 2, **depot: Any) -> Day:
    depots = (make_depot("west", **depot), make_depot("east", **depot))
    vehicles = [make_vehicle(f"w{n}", depot_id="west") for n in range(west)]
    vehicles += [make_vehicle(f"e{n}", depot_id="east") for n in range(east)]
    return make_day(orders=tuple(orders), depots=depots, vehicles=tuple(vehicles), stations=())


def along(day: Day) -> tuple[np.ndarray, np.ndarray]:
    """Put order n at kilometre n of a street of 11 km, a depot at each end; a kilometre takes 100 s."""
    count = len(day.orders)
    at = np.array([*range(count), 0, count - 1]) * KM
    trip_s = np.stack([2 * at[:count] / 10, 2 * (at[count - 1] - at[:count]) / 10], axis=1)
    return np.column_stack([at, np.zeros(len(at))]), trip_s


def orders(count: int = 12, **of: Any) -> list[Order]:
    return [make_order(f"o{n}", **of) for n in range(count)]


def test_each_order_goes_to_the_nearer_depot() -> None:
    day = row_day(orders())
    points, trip_s = along(day)
    pieces = divide(day, points, range(12), trip_s, most=100)
    assert [piece.orders for piece in pieces] == [(0, 1, 2, 3, 4, 5), (6, 7, 8, 9, 10, 11)]
    assert [piece.vehicles for piece in pieces] == [(0, 1), (2, 3)]


def test_a_depot_of_a_quarter_of_the_hours_takes_about_a_quarter_of_the_work() -> None:
    day = row_day(orders(400, service_s=3_600), west=3, east=1)
    points, trip_s = along(day)
    west, east = divide(day, points * 0, range(400), trip_s * 0 + [0, 1], most=1_000)
    assert 280 <= len(west.orders) <= 320
    assert len(west.orders) + len(east.orders) == 400


def test_an_order_whose_goods_lie_at_a_depot_goes_there() -> None:
    some = orders()
    some[0] = make_order("o0", depot_id="east")
    day = row_day(some)
    points, trip_s = along(day)
    _, east = divide(day, points, range(12), trip_s, most=100)
    assert 0 in east.orders


def test_a_depot_is_cut_into_pieces_that_keep_neighbours_together() -> None:
    day = row_day(orders(), west=4, east=0)
    points, trip_s = along(day)
    pieces = divide(day, points, range(12), trip_s * 0, most=3)
    assert [piece.orders for piece in pieces] == [(0, 1, 2), (3, 4, 5), (6, 7, 8), (9, 10, 11)]
    assert sorted(v for piece in pieces for v in piece.vehicles) == [0, 1, 2, 3]


def test_there_are_no_more_pieces_than_docks() -> None:
    day = row_day(orders(), west=4, east=0, docks=3)
    points, trip_s = along(day)
    assert len(divide(day, points, range(12), trip_s * 0, most=1)) == 2


def test_an_order_goes_to_a_piece_with_a_vehicle_of_the_right_skill() -> None:
    some = orders()
    some[0] = make_order("o0", skills=("cold",))
    day = row_day(some, west=2, east=0)
    vehicles = (day.vehicles[0], make_vehicle("w1", depot_id="west", skills=("cold",)))
    day = make_day(orders=day.orders, depots=day.depots, vehicles=vehicles, stations=())
    points, trip_s = along(day)
    holding = next(piece for piece in divide(day, points, range(12), trip_s, most=6) if 0 in piece.orders)
    assert 1 in holding.vehicles


def test_groups_and_pairs_are_one_unit_also_where_they_overlap() -> None:
    some = orders(6)
    some[0] = make_order("o0", group="g")
    some[2] = make_order("o2", group="g", pair="p", kind=OrderKind.PICKUP)
    some[5] = make_order("o5", pair="p")
    assert units_of(row_day(some), range(6)) == [(0, 2, 5), (1,), (3,), (4,)]


def windows(turn: int, *, crews: list[int] | None = None) -> list[tuple[int, ...]]:
    """Cut a day of eight vehicles that serve two orders each, in a grid of two by four."""
    day = make_day(
        orders=tuple(orders(17)),
        vehicles=tuple(make_vehicle(f"v{n}") for n in range(9)),
        depots=(make_depot(),),
        stations=(),
    )
    points = np.array([[(n // 2) % 4, (n // 8) * 1.5] for n in range(17)] + [[0, 0]]) * KM
    tours = {
        v: tour_of(v, [Visit(place=place, arrival_s=0, begin_s=0, end_s=0) for place in (17, 2 * v, 2 * v + 1, 17)])
        for v in range(8)
    }
    cut = Cut(crews=crews or [-1] * 9, turn=turn, most=4, most_absent=1)
    found = windows_of(day, points, tours, [(16,)], cut)
    assert sorted(o for window in found for o in window.orders) == list(range(17))
    return [window.vehicles for window in found]


def test_every_vehicle_and_every_order_is_in_one_window() -> None:
    for turn in range(5):
        assert sorted(v for vehicles in windows(turn) for v in vehicles) == list(range(9))


def test_the_cuts_of_two_rounds_differ() -> None:
    assert len({tuple(sorted(windows(turn))) for turn in range(6)}) > 1


def test_a_crew_stays_together() -> None:
    crews = [0, -1, -1, 0, -1, -1, -1, 0, -1]
    assert all(any({0, 3, 7} <= set(window) for window in windows(turn, crews=crews)) for turn in range(4))
