"""routes.geojson."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from planner.plan import Leg, Plan
from planner.report.geojson import routes_geojson
from tests.factories import make_leg, make_plan


def features(plan: Plan, kind: str) -> list[dict[str, Any]]:
    collection = json.loads(routes_geojson(plan))
    assert collection["type"] == "FeatureCollection"
    return [feature for feature in collection["features"] if feature["geometry"]["type"] == kind]


def test_a_line_per_drive_and_a_point_per_step() -> None:
    assert len(features(make_plan(), "LineString")) == 4
    assert len(features(make_plan(), "Point")) == 6


def test_positions_are_longitude_first_and_follow_the_street() -> None:
    line = features(make_plan(), "LineString")[0]
    assert line["geometry"]["coordinates"] == [[-71.34, -29.95], [-71.3405, -29.9504], [-71.341, -29.951]]
    assert features(make_plan(), "Point")[1]["geometry"]["coordinates"] == [-71.341, -29.951]


def test_a_drive_says_where_from_where_to_and_what_it_takes() -> None:
    first, back = features(make_plan(), "LineString")[:2]
    assert first["properties"] == {
        "vehicle": "v1",
        "trip": 1,
        "from": "hub",
        "to": "o1",
        "km": 1.0,
        "minutes": 2.0,
        "kwh": 0.07,
    }
    assert back["properties"]["trip"] == 1, "the way home still belongs to the trip that it ends"


def test_a_step_has_its_number_within_the_trip_and_its_time_with_offset() -> None:
    second = features(make_plan(), "Point")[4]["properties"]
    assert (second["id"], second["trip"], second["number"]) == ("o2", 2, 1)
    assert second["arrival"] == "2026-05-12T08:31:00-04:00"


def test_positions_have_at_most_6_decimals() -> None:
    leg = make_leg(geometry=((-71.123456789, -29.987654321), (-71.2, -29.9)))
    line = features(_with_first_leg(leg), "LineString")[0]
    assert line["geometry"]["coordinates"][0] == [-71.123457, -29.987654]


def test_a_drive_of_no_length_is_still_a_line_of_two_positions() -> None:
    line = features(_with_first_leg(make_leg(distance_m=0.0, geometry=())), "LineString")[0]
    assert line["geometry"]["coordinates"] == [[-71.34, -29.95], [-71.341, -29.951]]


def _with_first_leg(leg: Leg) -> Plan:
    plan = make_plan()
    route = plan.routes[0]
    steps = (route.steps[0], replace(route.steps[1], leg=leg), *route.steps[2:])
    return replace(plan, routes=(replace(route, steps=steps),))
