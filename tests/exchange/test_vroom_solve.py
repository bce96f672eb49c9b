"""Our search on VROOM problems whose best answer is known by hand; each answer has passed the checker."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from planner.exchange.vroom_build import build
from planner.exchange.vroom_solve import Solved, told
from planner.solve.engine import solve
from planner.solve.options import SolveOptions
from tests.cli.conftest import Run, run  # noqa: F401  (a fixture)

from .vroom_cases import problem, read, street

OPTIONS = SolveOptions(iterations=100, time_limit_s=60.0)


def solved(raw: dict[str, Any]) -> Solved:
    file = read(raw)
    built = build(file)
    found = told(file, built, solve(built.problem, OPTIONS, on_better=lambda _: None))
    assert not found.checked.violations
    return found


def cost(raw: dict[str, Any]) -> int:
    found = solved(raw)
    assert found.document["summary"]["unassigned"] == 0
    assert found.checked.cost == found.document["summary"]["cost"]
    return int(found.document["summary"]["cost"])


def left_out(raw: dict[str, Any]) -> set[int]:
    return {left["id"] for left in solved(raw).document["unassigned"]}


def test_the_problem_worked_out_by_hand_is_solved_as_by_hand() -> None:
    assert cost(problem()) == 650  # 3 km there and back, and the fixed 50 of the one with the skill


def test_a_vehicle_without_an_end_stays_where_it_is_last_and_one_without_a_start_begins_there() -> None:
    assert cost(street(jobs=4)) == 800
    assert cost(street(jobs=4, end_index=None)) == 400
    assert cost(street(jobs=4, start_index=None)) == 400


def test_a_vehicle_that_ends_elsewhere_drives_there_straight() -> None:
    assert cost(street(jobs=4, end_index=3)) == 500  # to 4 km, and back to 3 km


@pytest.mark.parametrize("limit", [{"max_distance": 6_000}, {"max_travel_time": 600}])
def test_a_limit_of_driving_leaves_out_what_is_beyond_it(limit: dict[str, int]) -> None:
    assert left_out(street(jobs=5, **limit)) == {4, 5}  # 3 km there and back


def test_a_vehicle_does_not_come_back_for_more() -> None:
    full = street(jobs=4, capacity=[2])
    for job in full["jobs"]:
        job["delivery"] = [1]
    assert len(left_out(full)) == 2
    for job, goods in zip(full["jobs"], ("delivery", "pickup") * 2, strict=True):
        job.update({"delivery": [0], "pickup": [0]} | {goods: [1]})
    assert left_out(full) == set()  # two go out, two come back, never more than two at once


def test_the_priorities_come_before_the_number_of_tasks_and_that_before_the_cost() -> None:
    some = street(jobs=3, max_tasks=1)
    assert len(left_out(some)) == 2
    some["jobs"][2]["priority"] = 1  # the farthest
    assert left_out(some) == {1, 2}
    heavy = street(jobs=3, capacity=[2])
    for job, (amount, priority) in zip(heavy["jobs"], ((1, 4), (1, 4), (2, 9)), strict=True):
        job |= {"delivery": [amount], "priority": priority}
    assert left_out(heavy) == {1, 2}  # 9 is more than 4 and 4
    heavy["jobs"][2]["priority"] = 8
    assert left_out(heavy) == {3}  # as much, and one task more


def test_prices_of_hours_kilometres_tasks_and_use_add_up() -> None:
    priced = street(jobs=2, costs={"fixed": 7, "per_hour": 7_200, "per_km": 5, "per_task_hour": 3_600})
    priced["jobs"][0] |= {"setup": 10, "service": 30}
    assert cost(priced) == 7 + 2 * 400 + 5 * 4 + 40


def test_a_table_of_costs_is_what_counts_where_there_is_one() -> None:
    priced = street(jobs=2)
    priced["matrices"]["car"]["costs"] = [[0, 1, 9], [9, 0, 1], [1, 9, 0]]
    assert cost(priced) == 3  # round one way, not the other
    assert [step.get("id") for step in solved(priced).document["routes"][0]["steps"]] == [None, 1, 2, None]


def test_a_quicker_vehicle_takes_less_of_the_tables() -> None:
    assert cost(street(jobs=4, speed_factor=2)) == 400


def test_a_task_may_take_longer_with_another_type() -> None:
    typed = street(jobs=1, type="slow", time_window=[0, 1_000])
    typed["jobs"][0] |= {"service": 100, "service_per_type": {"slow": 800}}
    assert solved(typed).document["summary"]["service"] == 800
    typed["jobs"][0]["service_per_type"] = {"slow": 801}
    assert left_out(typed) == {1}


def test_times_may_be_those_of_a_calendar() -> None:
    noon = 1_767_225_600  # of some day, in seconds since 1970
    late = street(jobs=2, time_window=[noon, noon + 3_600])
    late["jobs"][0]["time_windows"] = [[noon + 1_000, noon + 1_100], [noon + 2_000, noon + 2_100]]
    late["jobs"][1]["time_windows"] = [[noon + 1_800, noon + 1_850]]
    document = solved(late).document
    assert document["summary"]["unassigned"] == 0
    begins = {s["id"]: s["arrival"] + s["waiting_time"] - noon for s in document["routes"][0]["steps"] if "id" in s}
    assert begins[2] in range(1_800, 1_851)
    assert begins[1] in (*range(1_000, 1_101), *range(2_000, 2_101))


def test_a_route_leaves_no_sooner_than_it_has_to() -> None:
    late = street(jobs=1)
    late["jobs"][0]["time_windows"] = [[5_000, 6_000]]
    route = solved(late).document["routes"][0]
    assert (route["steps"][0]["arrival"], route["waiting_time"]) == (4_900, 0)


@pytest.mark.parametrize(
    ("window", "rests_after"),
    [([120, 130], 1), ([900, 1_000], 2)],  # on the way, when all is done
)
def test_the_break_is_taken_whenever_its_window_is(window: list[int], rests_after: int) -> None:
    resting = street(jobs=2, time_window=[0, 2_000], breaks=[{"id": 4, "service": 60, "time_windows": [window]}])
    for job in resting["jobs"]:
        job |= {"service": 30, "time_windows": [[0, 330]]}
    steps = solved(resting).document["routes"][0]["steps"]
    before = [step["type"] for step in steps][: [step["type"] for step in steps].index("break")]
    assert before.count("job") == rests_after


def test_several_starts_cost_no_more_than_the_best_of_them_alone_and_the_same_twice() -> None:
    spread = street(jobs=9, capacity=[5])
    spread["vehicles"].append(spread["vehicles"][0] | {"id": 2})
    for job in spread["jobs"]:
        job["delivery"] = [1]
    p = build(read(spread)).problem
    alone = [solve(p, replace(OPTIONS, iterations=3, seed=seed), on_better=lambda _: None).cost for seed in (4, 5, 6)]
    heard: list[int] = []
    several = replace(OPTIONS, iterations=9, seed=4, starts=3)
    found = solve(p, several, on_better=lambda better: heard.append(better.cost))
    assert (found.cost, found.iterations) == (min(alone), 9)
    assert heard == sorted(heard, reverse=True)
    assert solve(p, several, on_better=lambda _: None) == found


def test_a_problem_that_nobody_can_serve_is_answered_with_no_route(run: Run, tmp_path: Path) -> None:  # noqa: F811
    nobody = street(jobs=2)
    for job in nobody["jobs"]:
        job["skills"] = [1]
    file = tmp_path / "p.json"
    file.write_text(json.dumps(nobody))
    code, out, _ = run("vroom", "solve", file)
    answer = json.loads(out)
    assert (code, answer["routes"], [left["id"] for left in answer["unassigned"]]) == (4, [], [1, 2])
