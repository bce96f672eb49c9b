"""Workers of a cluster that others started: they do not see the runner's disk."""

from __future__ import annotations

import hashlib
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

from planner.batch.cluster import Crew, open_crew
from planner.batch.jobs import versions
from planner.batch.task import Outcome, Task
from planner.solve.options import SolveOptions
from tests.batch.small import cluster, orders_csv, write_town
from tests.ports import free_port

WAIT_S = 120.0
NOT_HERE = "/of/the/runner/town.streets.npz"


def done(crew: Crew, key: str, task: Task) -> Outcome:
    crew.submit(key, task)
    until_s = time.monotonic() + WAIT_S
    while not (ended := crew.ended(wait_s=0.5)):
        assert time.monotonic() < until_s
    outcome = crew.fetch(ended[0]).outcome
    assert outcome is not None
    return outcome


def test_a_job_in_a_process_of_its_own_has_the_streets_that_came_to_its_worker(tmp_path: Path) -> None:
    fleet, port = write_town(tmp_path), free_port()
    streets = (tmp_path / "town.streets.npz").read_bytes()
    task = Task(
        name="a",
        day=date(2026, 3, 10),
        orders_name="orders.csv",
        orders=orders_csv().encode(),
        fleet_name=fleet.name,
        fleet=fleet.read_bytes(),
        streets=NOT_HERE,
        streets_sha256=hashlib.sha256(streets).hexdigest(),
        charging=True,
        options=SolveOptions(iterations=20, threads=1),
        target="/of/the/runner/jobs/a",
        drawn=False,
        alone=False,
        memory_mb=4096,
        versions=versions(),
    )
    with cluster(port, tmp_path), open_crew(jobs=None, scheduler=f"tcp://127.0.0.1:{port}") as crew:
        crew.prepare(Path(NOT_HERE), task.streets_sha256, streets)
        beside, alone = done(crew, "beside", task), done(crew, "alone", replace(task, alone=True))
    assert (alone.kind, alone.message) == ("planned", "")
    assert beside.run["process"] != alone.run["process"]
    assert alone.result == beside.result
    assert {name: data for name, data in alone.files.items() if name != "run.json"} == {
        name: data for name, data in beside.files.items() if name != "run.json"
    }
