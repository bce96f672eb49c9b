"""What vrp-cli is told of a day, and how its answer is read, worked out by hand on the straight street."""

from __future__ import annotations

from typing import Any

import pytest

from tests.bench.pragmatic import matrices_json, problem_json, sequences
from tests.solve.factories import make_problem

ORDER, OTHER, DEPOT, STATION = 0, 1, 2, 3


def one_vehicle(recharge: float) -> dict[str, Any]:
    problem = make_problem(stations=(5_000,), plugs=((0, 1_000), (1, 2_000)))
    (vehicles,) = problem_json(problem, recharge=recharge)["fleet"]["vehicles"]
    return dict(vehicles)


def test_a_battery_of_5_kwh_is_told_as_50_km_between_recharges() -> None:
    recharges = one_vehicle(1.0)["shifts"][0]["recharges"]
    assert recharges["maxDistance"] == 50_000


@pytest.mark.parametrize(("recharge", "at_depot_s", "at_station_s"), [(1.0, 18_051, 9_010), (0.5, 9_026, 4_505)])
def test_a_recharge_lasts_its_share_of_a_full_charge_at_the_plug(
    recharge: float, at_depot_s: int, at_station_s: int
) -> None:
    stations = one_vehicle(recharge)["shifts"][0]["recharges"]["stations"]
    assert {(s["location"]["index"], s["duration"]) for s in stations} == {(DEPOT, at_depot_s), (STATION, at_station_s)}


def test_energy_and_the_first_loading_are_part_of_what_vrpcli_pays() -> None:
    vehicle = one_vehicle(1.0)
    assert vehicle["costs"] == pytest.approx({"fixed": 10.6, "distance": 0.00012, "time": 0.001})
    assert vehicle["shifts"][0]["start"]["earliest"] == "2026-01-01T00:10:00Z"


def test_half_a_bay_of_the_goods_shortens_the_range() -> None:
    """A bay is full with ten orders of 10 kg, and half of them cost 100 Wh a km, as much as the empty vehicle."""
    level = make_problem(plugs=((0, 1_000),))
    heavy = make_problem(plugs=((0, 1_000),), energy_uwh_per_kg=[[level.distance_m[0] * 2_000]])
    (vehicles,) = problem_json(heavy, recharge=1.0)["fleet"]["vehicles"]
    assert vehicles["shifts"][0]["recharges"]["maxDistance"] == 25_000


def test_matrices_are_written_row_by_row() -> None:
    (matrix,) = matrices_json(make_problem(plugs=((0, 1_000),)))
    assert matrix["distances"] == [0, 1_000, 1_000, 1_000, 0, 2_000, 1_000, 2_000, 0]
    assert matrix["travelTimes"] == [0, 100, 100, 100, 0, 200, 100, 200, 0]


def test_a_reload_after_a_recharge_at_the_depot_is_one_visit() -> None:
    problem = make_problem(stations=(5_000,), plugs=((0, 1_000), (1, 1_000)), vehicles=2)
    stops = [
        stop(DEPOT, "departure"),
        stop(ORDER, "delivery"),
        stop(STATION, "recharge"),
        stop(DEPOT, "recharge", "reload"),
        stop(OTHER, "delivery"),
        stop(DEPOT, "recharge"),
        stop(DEPOT, "arrival"),
    ]
    answer = {"tours": [{"vehicleId": "1", "stops": stops}]}
    assert sequences(problem, answer) == [[], [ORDER, STATION, DEPOT, OTHER]]


def test_a_day_with_a_break_is_beyond_the_comparison() -> None:
    problem = make_problem(plugs=((0, 1_000),), breaks=[(1_800, 0, 36_000, 0)])
    with pytest.raises(AssertionError, match="breaks"):
        problem_json(problem, recharge=1.0)


def stop(place: int, *kinds: str) -> dict[str, Any]:
    activities: list[dict[str, Any]] = [{"jobId": kind, "type": kind} for kind in kinds]
    if len(kinds) > 1:
        activities = [activity | {"location": {"index": place}} for activity in activities]
    return {"location": {"index": place}, "activities": activities}
