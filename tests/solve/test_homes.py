"""At which depot shared vehicles work: two depots 10 km apart, orders at their doors."""

from __future__ import annotations

from planner.model import Day
from planner.solve.homes import choose_homes
from tests.factories import DEPOT_LAT, DEPOT_LON, make_day, make_depot, make_order, make_vehicle

NORTH_LAT = DEPOT_LAT + 0.09


def two_depot_day(*, hub: int, north: int, shared: int, **order: str) -> Day:
    """Put some orders at either depot, two vehicles at the hub, and some shared ones there for now."""
    orders = [make_order(f"h{n}", lat=DEPOT_LAT, lon=DEPOT_LON, **order) for n in range(hub)]
    orders += [make_order(f"n{n}", lat=NORTH_LAT, lon=DEPOT_LON, **order) for n in range(north)]
    vehicles = [make_vehicle(f"own{n}") for n in range(2)] + [make_vehicle(f"s{n}") for n in range(shared)]
    depots = (make_depot(), make_depot("north", lat=NORTH_LAT, plugs=()))
    return make_day(orders=tuple(orders), vehicles=tuple(vehicles), depots=depots, stations=())


def homes(day: Day, *, depots: tuple[str, ...] = ("hub", "north")) -> list[str]:
    shared = {vehicle.id: depots for vehicle in day.vehicles if vehicle.id.startswith("s")}
    return [vehicle.depot_id for vehicle in choose_homes(day, shared).vehicles if vehicle.id in shared]


def test_shared_vehicles_go_where_the_work_is() -> None:
    assert homes(two_depot_day(hub=1, north=30, shared=2)) == ["north", "north"]


def test_they_spread_as_the_work_does_beside_the_vehicles_bound_to_a_depot() -> None:
    assert sorted(homes(two_depot_day(hub=30, north=30, shared=4))) == ["hub", "north", "north", "north"]


def test_goods_that_lie_at_a_depot_are_work_there() -> None:
    assert homes(two_depot_day(hub=1, north=30, shared=1, depot_id="hub")) == ["hub"]


def test_a_vehicle_works_at_none_but_its_depots() -> None:
    assert homes(two_depot_day(hub=1, north=30, shared=1), depots=("hub",)) == ["hub"]
