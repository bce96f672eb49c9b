"""A plan as VROOM's solution: VROOM's words, numbers as in the problem, and a clock that never goes back."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import polyline

from planner import exchange
from planner.exchange.vroom_plan import vroom_solution
from tests.factories import DEPOT_LAT, DEPOT_LON, make_plan


def steps() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = vroom_solution(make_plan())["routes"][0]["steps"]
    return found


def test_it_has_the_shape_of_the_schema_that_is_shipped() -> None:
    schema = json.loads(Path(exchange.__file__).with_name("vroom_solution.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(vroom_solution(make_plan()))


def test_orders_are_jobs_with_their_numbers_and_what_vroom_has_no_step_for_is_a_break_that_says_what_it_is() -> None:
    assert [(step["type"], step.get("id"), step["description"]) for step in steps()] == [
        ("start", None, "start"),
        ("job", 1, "o1"),
        ("break", 1, "reload at hub"),
        ("break", 2, "charge at hub"),
        ("job", 2, "o2"),
        ("end", None, "end"),
    ]


def test_sums_are_those_of_the_plan_in_vrooms_units() -> None:
    summary = vroom_solution(make_plan())["summary"]
    # 10 + 0.6 + 0.7 + 0.073175 of the currency; o1 and o2 weigh 30 and 40 kg and fill 60 and 80 l.
    assert (summary["cost"], summary["routes"], summary["unassigned"]) == (11_373, 1, 1)
    assert (summary["duration"], summary["distance"]) == (720, 6_000)
    assert summary["delivery"] == [70_000, 140_000]


def test_an_order_left_out_says_why() -> None:
    (left,) = vroom_solution(make_plan())["unassigned"]
    assert (left["id"], left["type"], left["description"], left["reason"]) == (3, "job", "o3", "too_heavy")


def test_the_clock_goes_on_from_step_to_step() -> None:
    for one, other in pairwise(steps()):
        ended = one["arrival"] + one["waiting_time"] + one["service"]
        assert other["arrival"] == ended + other["duration"] - one["duration"]
        assert min(other["waiting_time"], other["service"]) >= 0


def test_the_line_is_written_as_vroom_writes_it_with_five_decimals() -> None:
    line = polyline.decode(vroom_solution(make_plan())["routes"][0]["geometry"], 5, geojson=True)
    assert line[0] == (round(DEPOT_LON, 5), round(DEPOT_LAT, 5))
