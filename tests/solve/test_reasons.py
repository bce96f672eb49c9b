"""Why an order is left out: each reason with a day made for it, and accepted by the auditor."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from planner.model import Day, Order, OrderKind, Priority, TimeWindow, Vehicle
from planner.pipeline import plan_day
from planner.plan import Plan, Reason, Unassigned
from planner.roads.streets import Streets
from planner.solve.options import SolveOptions
from tests.factories import HOUR_S, make_day, make_depot, make_order, make_provenance, make_station, make_vehicle
from tests.roads.towns import ONEWAY_36, PLAIN_CLASS, STREET_36, degrees, town

EIGHT_S = 8 * HOUR_S
# A street of 40 km at 10 m/s eastwards from the depot, and a one-way street that leaves it at 2 km.
STREETS = town(
    [(0, 0), (0, 2_000), (0, 40_000), (1_000, 2_000)],
    (0, 1, STREET_36), (1, 2, STREET_36), (1, 3, ONEWAY_36),
)  # fmt: skip


def at(east_m: float, *, north_m: float = 0.0) -> dict[str, Any]:
    ((lat, lon),) = degrees([(north_m, east_m)])
    return {"lat": float(lat), "lon": float(lon)}


def order(id: str = "o1", *, east_m: float = 1_000.0, north_m: float = 0.0, **overrides: Any) -> Order:
    return make_order(id, **at(east_m, north_m=north_m), **overrides)


def vehicle(id: str = "v1", *, shift: tuple[int, int] = (EIGHT_S, EIGHT_S + 9 * HOUR_S), **kind: Any) -> Vehicle:
    plain = make_vehicle(id, shift=TimeWindow(start_s=shift[0], end_s=shift[1]))
    return replace(plain, type=replace(plain.type, road_class=PLAIN_CLASS, **kind))


def day(*orders: Order, **overrides: Any) -> Day:
    return make_day(
        orders=orders,
        **{"vehicles": (vehicle(),), "depots": (make_depot(**at(0)),), "stations": ()} | overrides,
    )


def planned(the_day: Day, *, streets: Streets = STREETS) -> Plan:
    provenance = make_provenance(streets_sha256=streets.sha256, rows_read=len(the_day.orders))
    return plan_day(the_day, streets, SolveOptions(iterations=60, time_limit_s=60.0), provenance=provenance)


def left_out(the_day: Day) -> Unassigned:
    """Return the one order left out of a plan that the auditor accepts."""
    plan = planned(the_day)
    assert plan.violations == ()
    (found,) = plan.unassigned
    return found


def test_an_order_that_can_be_served_is_served() -> None:
    plan = planned(day(order()))
    assert plan.violations == ()
    assert plan.unassigned == ()


def test_M05_an_order_far_from_any_street_is_off_the_network() -> None:
    found = left_out(day(order(), order("far", east_m=1_000, north_m=500)))
    assert (found.order_id, found.reason) == ("far", Reason.OFF_NETWORK)
    assert "500 m away" in found.detail


def test_M06_an_order_down_a_one_way_street_that_ends_is_off_the_network() -> None:
    found = left_out(day(order(), order("down", east_m=2_000, north_m=990)))
    assert (found.order_id, found.reason) == ("down", Reason.OFF_NETWORK)


def test_O29_too_heavy_names_the_heaviest_that_is_carried() -> None:
    found = left_out(day(order("heavy", demand_kg=100.5)))
    assert found.reason == Reason.TOO_HEAVY
    assert found.detail == "100.5 kg, the most is 100 kg"


@pytest.mark.parametrize("size", [{"volume_l": 401.0}, {"longest_cm": 121.0}])
def test_too_big_is_about_litres_and_length(size: dict[str, float]) -> None:
    assert left_out(day(order("big", **size))).reason == Reason.TOO_BIG


@pytest.mark.parametrize("wish", [{"skills": ("lift",)}, {"vehicle_classes": ("van",)}])
def test_O53_no_vehicle_has_the_skill_or_the_class(wish: dict[str, Any]) -> None:
    found = left_out(day(order("special", **wish)))
    assert found.reason == Reason.NO_SKILL
    assert found.detail in {"no vehicle offers lift", "no vehicle offers van"}


def test_O38_a_window_that_closes_before_anyone_can_be_there_is_unreachable() -> None:
    # Loading ends at 08:10, and 100 s later the vehicle is there; the window closes 100 s before that.
    closes_s = EIGHT_S + 600
    found = left_out(day(order("early", windows=(TimeWindow(start_s=EIGHT_S, end_s=closes_s),))))
    assert found.reason == Reason.WINDOW_UNREACHABLE
    assert found.detail.startswith("2 min late")


def test_O38_a_window_after_the_shift_is_unreachable_by_as_much() -> None:
    # The shift ends at 17:00; served at 19:00 the vehicle is back 180 s and 100 s later.
    evening = TimeWindow(start_s=19 * HOUR_S, end_s=20 * HOUR_S)
    found = left_out(day(order("evening", windows=(evening,))))
    assert found.reason == Reason.WINDOW_UNREACHABLE
    assert found.detail.startswith("125 min late")


def test_O39_a_service_longer_than_the_shift_is_unreachable() -> None:
    assert left_out(day(order("long", service_s=10 * HOUR_S))).reason == Reason.WINDOW_UNREACHABLE


def test_beyond_range_although_there_is_a_station_somewhere() -> None:
    # 35 km out and back are about twice the battery; the station lies beside the depot.
    far = order("far", east_m=35_000)
    found = left_out(day(far, vehicles=(vehicle(battery_wh=1_500.0),), stations=(make_station(**at(100)),)))
    assert found.reason == Reason.BEYOND_RANGE
    assert "Wh short" in found.detail


@pytest.mark.parametrize(
    ("station_at_m", "charging", "why"), [(None, True, "no station has a plug"), (30_000, False, "charging is off")]
)
def test_no_plug_where_a_charge_on_the_way_would_be_needed(
    station_at_m: float | None, charging: bool, why: str
) -> None:
    stations = () if station_at_m is None else (make_station(**at(station_at_m)),)
    tired = vehicle(battery_wh=3_000.0)
    found = left_out(day(order("far", east_m=35_000), vehicles=(tired,), stations=stations, charging=charging))
    assert found.reason == Reason.NO_PLUG
    assert why in found.detail


def test_an_order_that_only_a_station_brings_into_range_is_planned() -> None:
    tired = vehicle(battery_wh=3_000.0)
    # About 75 Wh a km: 25 km out and back are 3.8 kWh, and the station lies 5 km from there on the way home.
    plan = planned(day(order("far", east_m=25_000), vehicles=(tired,), stations=(make_station(**at(20_000)),)))
    assert plan.violations == ()
    assert plan.unassigned == ()
    assert [step.place_id for step in plan.routes[0].steps if step.plug_id] == ["station"]


def test_S10_the_fleet_is_full_where_two_orders_want_the_same_minute() -> None:
    noon = (TimeWindow(start_s=12 * HOUR_S, end_s=12 * HOUR_S),)
    found = left_out(day(order("a", windows=noon), order("b", east_m=-0.0, windows=noon)))
    assert found.reason == Reason.FLEET_FULL
    assert "longer shift" in found.detail


def test_not_found_in_time_is_all_that_is_said_where_a_station_might_have_helped() -> None:
    # Each order takes most of the battery, and the station at the far end is closed when it is wanted.
    night = (TimeWindow(start_s=22 * HOUR_S, end_s=23 * HOUR_S),)
    tired = vehicle(battery_wh=3_000.0)
    closed = make_station(**at(30_000), hours=night)
    found = left_out(day(order("far", east_m=35_000), vehicles=(tired,), stations=(closed,)))
    assert found.reason == Reason.NOT_FOUND_IN_TIME


def test_a_day_of_impossible_orders_is_a_plan_without_routes() -> None:
    plan = planned(day(order("heavy", demand_kg=900.0), order("special", skills=("lift",))))
    assert plan.violations == ()
    assert plan.routes == ()
    assert [o.reason for o in plan.unassigned] == [Reason.TOO_HEAVY, Reason.NO_SKILL]


def test_goods_released_too_late_for_the_window_are_the_reason() -> None:
    # Released at 10:00, loaded by 10:10, 1 km away, due by 10:05.
    window = (TimeWindow(start_s=EIGHT_S, end_s=10 * HOUR_S + 300),)
    found = left_out(day(order(release_s=10 * HOUR_S, windows=window)))
    assert found.reason == Reason.WINDOW_UNREACHABLE
    assert found.detail.endswith("even as a trip of its own, the goods being released at 10:00")


def test_a_group_is_left_out_with_the_one_of_it_that_is_too_heavy() -> None:
    plan = planned(day(order("o1", group="a"), order("o2", group="a", demand_kg=900.0), order("o3")))
    assert plan.violations == ()
    assert {found.order_id: found.reason for found in plan.unassigned} == {
        "o1": Reason.GROUP_INCOMPLETE,
        "o2": Reason.TOO_HEAVY,
    }
    assert "o2" in plan.unassigned[0].detail


def test_a_group_whose_orders_ask_for_different_vehicles_is_left_out() -> None:
    fleet = (replace(vehicle("v1"), skills=("cold",)), replace(vehicle("v2"), skills=("lift",)))
    orders = (order("o1", group="a", skills=("cold",)), order("o2", group="a", skills=("lift",)))
    plan = planned(day(*orders, vehicles=fleet))
    assert plan.violations == ()
    assert {found.reason for found in plan.unassigned} == {Reason.GROUP_INCOMPLETE}


PICKUP = OrderKind.PICKUP


def reasons(plan: Plan) -> dict[str, Reason]:
    assert plan.violations == ()
    return {found.order_id: found.reason for found in plan.unassigned}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"skills": ("cold",)}, Reason.NO_SKILL),
        ({"longest_cm": 900.0}, Reason.TOO_BIG),
        ({"north_m": 500.0}, Reason.OFF_NETWORK),
        ({"windows": (TimeWindow(start_s=EIGHT_S, end_s=EIGHT_S + 900),)}, Reason.WINDOW_UNREACHABLE),
        ({"east_m": 39_000.0}, Reason.NO_PLUG),
    ],
)
def test_both_stops_of_a_pair_are_left_out_for_what_one_of_them_fails_at(
    changes: dict[str, Any], reason: Reason
) -> None:
    # The window is met by a drive there alone, 600 s of loading and 200 s; not by way of the other stop.
    brought = order("o2", **({"east_m": 2_000.0} | changes), pair="p")
    plan = planned(day(order("o1", kind=PICKUP, pair="p"), brought, order("o3")))
    assert reasons(plan) == {"o1": reason, "o2": reason}
    details = {found.detail for found in plan.unassigned}
    assert len(details) == 1


def test_a_pair_that_fits_nowhere_beside_the_others_is_left_out_for_one_reason() -> None:
    shift = (EIGHT_S, EIGHT_S + 1_300)  # 600 s of loading, two stops of 180 s, and 340 s for the way
    pair = [order("o1", kind=PICKUP, pair="p"), order("o2", east_m=1_500, pair="p")]
    first = order("o3", east_m=2_000, priority=Priority.MUST)
    assert reasons(planned(day(*pair, vehicles=(vehicle(shift=shift),)))) == {}
    found = reasons(planned(day(*pair, first, vehicles=(vehicle(shift=shift),))))
    assert found == {"o1": Reason.FLEET_FULL, "o2": Reason.FLEET_FULL}


def test_a_pair_is_loaded_at_no_depot_and_its_stops_tell_what_is_on_board() -> None:
    depot = make_depot(**at(0), loading_per_parcel_s=60.0)
    pair = [order("o1", kind=PICKUP, pair="p", parcels=9), order("o2", east_m=2_000, pair="p", parcels=9)]
    plan = planned(day(*pair, depots=(depot,)))
    assert plan.violations == ()
    (route,) = plan.routes
    assert [(step.place_id, step.load_kg) for step in route.steps] == [
        ("hub", 0.0),
        ("o1", 30.0),
        ("o2", 0.0),
        ("hub", 0.0),
    ]
    assert route.steps[0].end_s - route.steps[0].begin_s == 600
