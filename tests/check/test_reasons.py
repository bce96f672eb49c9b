"""Reasons with answers by hand: one order, one vehicle, 2 km of street."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from planner.check import audit
from planner.model import Day, DriverBreak, Order, OrderKind, TimeWindow, VehicleType
from planner.plan import Plan, Reason, Unassigned
from tests.check.grid import COLUMNS, SOUTH, STEP_LAT, STEP_LON, WEST
from tests.check.plans import streets
from tests.factories import make_day, make_depot, make_order, make_provenance, make_station, make_type, make_vehicle

HERE: dict[str, Any] = {"lat": SOUTH, "lon": WEST + STEP_LON / 2}
THERE: dict[str, Any] = {"lat": SOUTH + STEP_LAT, "lon": WEST + (COLUMNS - 1.5) * STEP_LON}  # about 2 km east


def alone(reason: Reason, *, order: Order, kind: VehicleType | None = None, **day: Any) -> list[str]:
    """Return the codes found when one order is left out of a day with one idle vehicle."""
    vehicle = make_vehicle(type=kind or make_type())
    base: dict[str, Any] = {
        "orders": (order,),
        "vehicles": (vehicle,),
        "depots": (make_depot(**HERE),),
        "stations": (make_station(**HERE),),
    }
    made: Day = make_day(**(base | day))
    plan = Plan(
        day=made,
        routes=(),
        unassigned=(Unassigned(order_id=order.id, reason=reason, detail=""),),
        provenance=make_provenance(streets_sha256=streets().sha256, rows_read=1),
    )
    return [violation.code for violation in audit(plan, streets())]


FAR_ORDER = make_order("o1", **THERE)
WEAK = make_type(battery_wh=200.0)  # 180 Wh above the reserve; 2 km there and back take about 230 Wh


CLAIM_NOTHING = {Reason.NOT_FOUND_IN_TIME, Reason.COURIER}


@pytest.mark.parametrize("reason", [r for r in Reason if r not in CLAIM_NOTHING])
def test_no_reason_is_true_for_an_order_that_an_idle_vehicle_can_serve(reason: Reason) -> None:
    assert alone(reason, order=FAR_ORDER) == ["reason_false"]


def test_a_search_that_was_stopped_claims_nothing() -> None:
    assert all(alone(reason, order=FAR_ORDER) == [] for reason in CLAIM_NOTHING)


def test_there_and_back_beyond_the_usable_energy_is_beyond_range() -> None:
    assert alone(Reason.BEYOND_RANGE, order=FAR_ORDER, kind=WEAK) == []


def test_no_plug_is_true_only_where_no_plug_may_be_used() -> None:
    assert alone(Reason.NO_PLUG, order=FAR_ORDER, kind=WEAK) == ["reason_false"]
    assert alone(Reason.NO_PLUG, order=FAR_ORDER, kind=WEAK, charging=False) == []
    assert alone(Reason.NO_PLUG, order=FAR_ORDER, kind=WEAK, stations=()) == []
    assert alone(Reason.NO_PLUG, order=FAR_ORDER, kind=WEAK, stations=(make_station(lat=0.0),)) == []


def test_a_window_that_opens_when_the_way_home_is_too_long_is_unreachable() -> None:
    shift_end_s = make_vehicle().shift.end_s
    at_the_end = (TimeWindow(start_s=shift_end_s - 200, end_s=shift_end_s),)
    assert alone(Reason.WINDOW_UNREACHABLE, order=replace(FAR_ORDER, windows=at_the_end)) == []


def test_of_two_windows_one_that_can_be_met_is_enough() -> None:
    windows = (TimeWindow(start_s=0, end_s=60), TimeWindow(start_s=36_000, end_s=36_060))
    assert alone(Reason.WINDOW_UNREACHABLE, order=replace(FAR_ORDER, windows=windows)) == ["reason_false"]


def test_a_class_that_may_use_no_street_leaves_every_order_off_network() -> None:
    closed = replace(make_type().road_class, closed_highways=("residential", "tertiary", "trunk"))
    assert alone(Reason.OFF_NETWORK, order=FAR_ORDER, kind=make_type(road_class=closed)) == []


def test_a_long_parcel_is_too_big_and_not_too_heavy() -> None:
    plank = replace(FAR_ORDER, longest_cm=300.0)
    assert alone(Reason.TOO_BIG, order=plank) == []
    assert alone(Reason.TOO_HEAVY, order=plank) == ["reason_false"]


def test_strength_is_asked_of_vehicles_with_the_skill_only() -> None:
    cold = replace(FAR_ORDER, skills=("cold",), demand_kg=90.0)
    fleet = (
        make_vehicle("strong"),
        make_vehicle("cold", type=make_type("small", payload_kg=50.0), skills=("cold",)),
    )
    assert alone(Reason.TOO_HEAVY, order=cold, vehicles=fleet) == []
    assert alone(Reason.NO_SKILL, order=cold, vehicles=fleet) == ["reason_false"]
    assert alone(Reason.FLEET_FULL, order=cold, vehicles=fleet) == ["reason_false"]


def test_a_vehicle_that_must_come_home_nearly_full_has_little_range() -> None:
    assert alone(Reason.BEYOND_RANGE, order=FAR_ORDER, vehicles=(make_vehicle(end_soc=0.99),)) == []


def test_a_group_is_no_reason_where_one_vehicle_may_carry_it_and_no_order_of_it_fails() -> None:
    grouped = replace(FAR_ORDER, group="a")
    assert alone(Reason.GROUP_INCOMPLETE, order=grouped) == ["reason_false"]


def test_a_release_counts_when_a_window_is_said_to_be_out_of_reach() -> None:
    late = replace(FAR_ORDER, windows=(TimeWindow(start_s=30_000, end_s=36_060),), release_s=36_000)
    assert alone(Reason.WINDOW_UNREACHABLE, order=late) == []
    assert alone(Reason.WINDOW_UNREACHABLE, order=replace(late, release_s=30_000)) == ["reason_false"]


def test_an_idle_vehicle_whose_break_falls_into_the_trip_refutes_nothing() -> None:
    # 10 min of loading, 3 min of service and the drives: past the first 10 minutes, within the first hour.
    for latest_s, found in ((600, []), (3_600, ["reason_false"])):
        due = DriverBreak(length_s=900, earliest_s=0, latest_s=latest_s, from_start=True)
        vehicle = make_vehicle(driver_break=due)
        assert alone(Reason.FLEET_FULL, order=FAR_ORDER, vehicles=(vehicle,)) == found


def test_overtime_and_the_time_of_a_type_count_where_a_window_is_called_unreachable() -> None:
    evening = make_order("o1", **THERE, windows=(TimeWindow(start_s=17 * 3_600, end_s=18 * 3_600),))
    assert alone(Reason.WINDOW_UNREACHABLE, order=evening) == []
    late = make_vehicle(overtime_s=3_600)
    assert alone(Reason.WINDOW_UNREACHABLE, order=evening, vehicles=(late,)) == ["reason_false"]
    slow = make_vehicle(overtime_s=3_600, type=make_type(service_factor=20.0))  # an hour for 3 minutes of service
    assert alone(Reason.WINDOW_UNREACHABLE, order=evening, vehicles=(slow,)) == []


def test_the_parcels_of_an_order_count_where_a_window_is_called_unreachable() -> None:
    early = make_order("o1", **THERE, parcels=100, windows=(TimeWindow(start_s=0, end_s=9 * 3_600),))
    assert alone(Reason.WINDOW_UNREACHABLE, order=early) == ["reason_false"]
    by_hand = make_depot(**HERE, loading_per_parcel_s=60.0)
    assert alone(Reason.WINDOW_UNREACHABLE, order=early, depots=(by_hand,)) == []
    pickup = replace(early, kind=OrderKind.PICKUP)  # nothing to load
    assert alone(Reason.WINDOW_UNREACHABLE, order=pickup, depots=(by_hand,)) == ["reason_false"]


def left_out(reasons: tuple[Reason, Reason], *, kind: VehicleType | None = None, **changes: Any) -> list[str]:
    """Return the codes found when a pair from here to 2 km east is left out of a day with one idle vehicle."""
    fetched = make_order("a", kind=OrderKind.PICKUP, pair="p", **HERE)
    pair = (fetched, replace(make_order("b", pair="p", **THERE), **changes))
    day = make_day(
        orders=pair,
        vehicles=(make_vehicle(type=kind or make_type()),),
        depots=(make_depot(**HERE),),
        stations=(make_station(**HERE),),
    )
    plan = Plan(
        day=day,
        routes=(),
        unassigned=tuple(Unassigned(order_id=o.id, reason=r, detail="") for o, r in zip(pair, reasons, strict=True)),
        provenance=make_provenance(streets_sha256=streets().sha256, rows_read=2),
    )
    return [violation.code for violation in audit(plan, streets())]


@pytest.mark.parametrize("reason", [r for r in Reason if r not in CLAIM_NOTHING])
def test_no_reason_is_true_for_a_pair_that_an_idle_vehicle_can_serve(reason: Reason) -> None:
    assert left_out((reason, reason)) == ["reason_false", "reason_false"]


def test_what_one_stop_of_a_pair_fails_at_both_fail_at_for_one_reason() -> None:
    never = (TimeWindow(start_s=0, end_s=60),)
    assert left_out((Reason.WINDOW_UNREACHABLE, Reason.WINDOW_UNREACHABLE), windows=never) == []
    assert left_out((Reason.NO_SKILL, Reason.NO_SKILL), skills=("cold",)) == []
    assert left_out((Reason.BEYOND_RANGE, Reason.BEYOND_RANGE), kind=WEAK) == []
    apart = left_out((Reason.NOT_FOUND_IN_TIME, Reason.WINDOW_UNREACHABLE), windows=never)
    assert apart == ["reason_false", "reason_false"]
