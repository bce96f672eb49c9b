"""The checker of VROOM solutions: it takes what is right, and refuses each kind of damage by its name."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from planner.exchange.vroom_check import check_solution
from planner.exchange.vroom_schema import SolutionDocument

from .vroom_cases import SOLUTION, problem, read

Damage = Callable[[dict[str, Any], dict[str, Any]], None]


def judged(given: dict[str, Any], solution: dict[str, Any]) -> list[str]:
    found = check_solution(read(given).document, SolutionDocument.model_validate(solution))
    return [violation.code for violation in found.violations]


def test_the_solution_worked_out_by_hand_is_right_and_costs_what_it_says() -> None:
    found = check_solution(read(problem()).document, SolutionDocument.model_validate(SOLUTION))
    assert not found.violations
    assert (float(found.cost), found.unassigned, found.priority) == (650, 0, 10)


def steps(solution: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = solution["routes"][0]["steps"]
    return found


def late(p: dict[str, Any], _: dict[str, Any]) -> None:
    p["jobs"][1]["time_windows"] = [[0, 199]]


def early(p: dict[str, Any], _: dict[str, Any]) -> None:
    p["jobs"][1]["time_windows"] = [[201, 900]]


def too_full(p: dict[str, Any], _: dict[str, Any]) -> None:
    p["vehicles"][0]["capacity"] = [2]


def too_full_on_the_way(p: dict[str, Any], _: dict[str, Any]) -> None:
    p["shipments"][0]["amount"] = [5]


def unskilled(p: dict[str, Any], _: dict[str, Any]) -> None:
    p["vehicles"][0]["skills"] = [2]


def brought_before_fetched(_: dict[str, Any], s: dict[str, Any]) -> None:
    steps(s)[3], steps(s)[4] = steps(s)[4], steps(s)[3]


def fetched_only(_: dict[str, Any], s: dict[str, Any]) -> None:
    del steps(s)[4]


def forgotten(_: dict[str, Any], s: dict[str, Any]) -> None:
    del steps(s)[1]


def done_twice(_: dict[str, Any], s: dict[str, Any]) -> None:
    s["unassigned"] = [{"id": 1, "type": "job"}]


def invented(_: dict[str, Any], s: dict[str, Any]) -> None:
    steps(s)[1]["id"] = 99


def strange_vehicle(_: dict[str, Any], s: dict[str, Any]) -> None:
    s["routes"][0]["vehicle"] = 9


def two_routes(_: dict[str, Any], s: dict[str, Any]) -> None:
    s["routes"].append(deepcopy(s["routes"][0]))


def faster_than_the_tables(p: dict[str, Any], _: dict[str, Any]) -> None:
    p["matrices"]["car"]["durations"][1][2] = 101


def longer_than_the_tables(p: dict[str, Any], _: dict[str, Any]) -> None:
    p["matrices"]["car"]["distances"][1][2] = 1_001


def there_before_the_drive_is_over(_: dict[str, Any], s: dict[str, Any]) -> None:
    steps(s)[3] |= {"arrival": 359, "waiting_time": 1}


def idle_without_a_word(_: dict[str, Any], s: dict[str, Any]) -> None:
    steps(s)[6]["arrival"] = 1_401


def waits_backwards(_: dict[str, Any], s: dict[str, Any]) -> None:
    steps(s)[4]["waiting_time"] = -1


def hurried(_: dict[str, Any], s: dict[str, Any]) -> None:
    steps(s)[2]["service"] = 59


def unparked(p: dict[str, Any], _: dict[str, Any]) -> None:
    p["jobs"][1]["location_index"] = 2


def too_early(p: dict[str, Any], _: dict[str, Any]) -> None:
    p["vehicles"][0]["time_window"] = [21, 3_000]


def too_long(p: dict[str, Any], _: dict[str, Any]) -> None:
    p["vehicles"][0]["time_window"] = [0, 1_399]


def restless(_: dict[str, Any], s: dict[str, Any]) -> None:
    del steps(s)[5]


def rests_late(p: dict[str, Any], _: dict[str, Any]) -> None:
    p["vehicles"][0]["breaks"][0]["time_windows"] = [[0, 999]]


def rests_full(p: dict[str, Any], s: dict[str, Any]) -> None:
    p["vehicles"][0]["breaks"][0]["max_load"] = [0]
    steps(s)[5]["load"] = [1]


def rests_short(_: dict[str, Any], s: dict[str, Any]) -> None:
    steps(s)[5]["service"] = 299


def strange_break(_: dict[str, Any], s: dict[str, Any]) -> None:
    steps(s)[5]["id"] = 2


def too_many(p: dict[str, Any], _: dict[str, Any]) -> None:
    p["vehicles"][0]["max_tasks"] = 3


def too_far(p: dict[str, Any], _: dict[str, Any]) -> None:
    p["vehicles"][0]["max_distance"] = 5_999


def too_long_under_way(p: dict[str, Any], _: dict[str, Any]) -> None:
    p["vehicles"][0]["max_travel_time"] = 599


def cheap(_: dict[str, Any], s: dict[str, Any]) -> None:
    s["routes"][0]["cost"] = s["summary"]["cost"] = 649


def wrong_sum(_: dict[str, Any], s: dict[str, Any]) -> None:
    s["summary"]["cost"] = 649


def wrong_route_sum(_: dict[str, Any], s: dict[str, Any]) -> None:
    s["routes"][0]["service"] = 481


def wrong_load(_: dict[str, Any], s: dict[str, Any]) -> None:
    steps(s)[3]["load"] = [2]


def elsewhere(_: dict[str, Any], s: dict[str, Any]) -> None:
    steps(s)[1]["location_index"] = 3


def no_start(_: dict[str, Any], s: dict[str, Any]) -> None:
    del steps(s)[0]


def no_solution(_: dict[str, Any], s: dict[str, Any]) -> None:
    s["code"] = 2


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (late, "window_missed"),
        (early, "window_missed"),
        (too_full, "load_exceeded"),
        (too_full_on_the_way, "load_exceeded"),
        (unskilled, "skill_missing"),
        (brought_before_fetched, "pair_order"),
        (fetched_only, "pair_apart"),
        (forgotten, "task_missing"),
        (done_twice, "task_twice"),
        (invented, "task_unknown"),
        (strange_vehicle, "vehicle_unknown"),
        (two_routes, "vehicle_twice"),
        (faster_than_the_tables, "drive_wrong"),
        (longer_than_the_tables, "length_wrong"),
        (there_before_the_drive_is_over, "arrival_wrong"),
        (idle_without_a_word, "arrival_wrong"),
        (waits_backwards, "negative_wait"),
        (hurried, "service_wrong"),
        (unparked, "service_wrong"),
        (too_early, "shift_early"),
        (too_long, "shift_exceeded"),
        (restless, "break_missing"),
        (rests_late, "window_missed"),
        (rests_full, "load_exceeded"),
        (rests_short, "service_wrong"),
        (strange_break, "break_unknown"),
        (too_many, "too_many_tasks"),
        (too_far, "too_far"),
        (too_long_under_way, "too_long_under_way"),
        (cheap, "cost_wrong"),
        (wrong_sum, "sum_wrong"),
        (wrong_route_sum, "sum_wrong"),
        (wrong_load, "load_wrong"),
        (elsewhere, "place_wrong"),
        (no_start, "route_shape"),
        (no_solution, "code_wrong"),
    ],
)
def test_each_damage_is_seen(damage: Damage, code: str) -> None:
    given, solution = problem(), deepcopy(SOLUTION)
    damage(given, solution)
    assert code in judged(given, solution)
