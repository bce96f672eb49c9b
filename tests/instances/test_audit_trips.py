"""The auditor of days with several trips: right about hand-made days, and of one mind with published answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.check_instance import audit_routes
from planner.instances.read import read_instance
from tests.instances.files import MULTITRIP, changed, instance_of
from tests.instances.score import answer_of


def test_a_day_of_two_trips_is_measured_and_has_no_violations(tmp_path: Path) -> None:
    # Customer 2 is reached at 14, left at 29, home at 43; out again with the goods released at 200, there at 300.
    found = audit_routes(instance_of(tmp_path, MULTITRIP), answer_of([[2, 3, 1], [0]], length=328.0))
    assert (found.violations, found.vehicles, found.length) == ((), 2, 328.0)


DEPOT = 3
BROKEN: dict[str, tuple[str, list[list[int]], str]] = {
    "load of a trip": (MULTITRIP, [[0, 1], [2]], "route 1: trip 1: a load of 11 in 10"),
    # Loaded with 1 the vehicle leaves at 200 and is at 2 at 214.
    "goods that are late": (
        changed(MULTITRIP, ("4\t0\t90", "4\t0\t21")),
        [[2, 1], [0]],
        "route 1: trip 1: late by 4 at 3",
    ),
    # Home from 1 at 415, at 2 at 429.
    "a second trip too late": (
        changed(MULTITRIP, ("4\t0\t90", "4\t0\t42")),
        [[1, DEPOT, 2], [0]],
        "route 1: trip 2: late by 9 at 3",
    ),
    "depot closes": (
        changed(MULTITRIP, ("1\t0\t100", "1\t0\t45")),
        [[1, DEPOT, 2], [0]],
        "route 1: trip 2: late by 8 at 0",
    ),
    "a fleet too large": (MULTITRIP, [[0], [1], [2]], "3 vehicles of 2"),
    "left out": (MULTITRIP, [[0], [1]], "customer 3 is neither served nor listed as not served"),
    "twice": (MULTITRIP, [[0, DEPOT, 2], [1, 2]], "customer 3 is there 2 times"),
    "another length": (MULTITRIP, [[2, DEPOT, 1], [0]], "the length is 328.000000, not 300.000000"),
}


@pytest.mark.parametrize(("text", "routes", "message"), BROKEN.values(), ids=BROKEN)
def test_a_broken_rule_is_named_with_its_trip_and_by_how_much(
    tmp_path: Path, text: str, routes: list[list[int]], message: str
) -> None:
    found = audit_routes(instance_of(tmp_path, text), answer_of(routes, length=300.0))
    assert message in found.violations


def test_every_published_answer_is_legal_and_as_long_as_its_file_says(shared: Path) -> None:
    answers = sorted((shared / "bench" / "mtvrptwr" / "instances").glob("*.sol"))
    assert len(answers) == 90
    for answer in answers:
        instance = read_instance(answer.with_suffix(".vrp"))
        place = {name: number for number, name in enumerate(instance.names)}
        lines = [line.split(":") for line in answer.read_text().splitlines() if ":" in line]
        routes = [[place[name] for name in told.split()] for head, told in lines if head.startswith("Route")]
        cost = next(float(told) for head, told in lines if head == "Cost")
        found = audit_routes(instance, answer_of(routes, length=cost))
        assert (found.violations, found.length) == ((), cost), answer.name
