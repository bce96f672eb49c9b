"""How long a worker lets a day run: as long as `planner plan` does, whatever its size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from planner.batch.alone import work_alone
from planner.batch.jobs import versions
from planner.batch.shelf import file_digest
from planner.batch.task import Outcome, Task
from planner.batch.work import most_s, work
from planner.solve.options import USUAL_ITERATIONS, SolveOptions
from tests.batch.small import orders_csv, write_town

# Three orders are a large day here. It has 400 times the usual budget, of which three orders get 192 iterations.
LARGE = SolveOptions(large_from=2, part_orders=10**6, iterations=400 * USUAL_ITERATIONS["search"], threads=1)


def task_of(folder: Path, options: SolveOptions, *, orders: str = "") -> Task:
    fleet = write_town(folder)
    streets = folder / "town.streets.npz"
    return Task(
        name="a",
        day=date(2026, 3, 10),
        orders_name="orders.csv",
        orders=(orders or orders_csv()).encode(),
        fleet_name=fleet.name,
        fleet=fleet.read_bytes(),
        streets=str(streets),
        streets_sha256=file_digest(streets),
        charging=True,
        options=options,
        target=str(folder / "jobs" / "a"),
        drawn=False,
        alone=False,
        memory_mb=4096,
        versions=versions(),
    )


@pytest.mark.parametrize("run", [work, work_alone])
def test_a_large_day_has_the_net_of_its_size_and_budget(tmp_path: Path, run: Callable[[Task], Outcome]) -> None:
    outcome = run(task_of(tmp_path, LARGE))
    assert outcome.result is not None, outcome.message
    assert (outcome.result["planned"], outcome.result["stopped_by"]) == (3, "iterations")
    assert outcome.result["time_limit_s"] == 3 * 400


def test_a_large_day_keeps_the_limit_that_was_given(tmp_path: Path) -> None:
    outcome = work(task_of(tmp_path, replace(LARGE, time_limit_s=50.0, limited=True)))
    assert outcome.result is not None, outcome.message
    assert outcome.result["time_limit_s"] == 50.0


def test_who_waits_for_a_process_waits_for_the_net_of_as_many_orders_as_there_are_lines(tmp_path: Path) -> None:
    lines = "id\n" * 9_999
    reading_s, net_s, rest_s = 720, 10_000, 500
    assert most_s(task_of(tmp_path, SolveOptions(), orders=lines)) == reading_s + net_s + rest_s
    given = SolveOptions(time_limit_s=50.0, limited=True)
    assert most_s(task_of(tmp_path, given, orders=lines)) == reading_s + 50 + rest_s
