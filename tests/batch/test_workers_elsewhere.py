"""Workers of a cluster that others started: they do not see the runner's disk, and their scheduler may hang."""

from __future__ import annotations

import hashlib
import signal
import subprocess
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from planner.batch import cluster as crews
from planner.batch.cluster import ClusterGone, Crew, open_crew
from planner.batch.jobs import versions
from planner.batch.task import Outcome, Task
from planner.solve.options import SolveOptions
from tests.batch.small import cluster, command, days, environment, orders_csv, write_manifest, write_town
from tests.ports import free_port

WAIT_S, STOP_S = 120.0, 30.0  # to stop, 5 on a machine that has nothing else to do
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


def test_who_wants_to_stop_is_heard_while_the_scheduler_hangs(tmp_path: Path) -> None:
    port, out = free_port(), tmp_path / "out"
    quick, long = days(2)
    manifest = write_manifest(tmp_path, [{**quick, "iterations": 20}, {**long, "iterations": 10**8}])
    with cluster(port, tmp_path) as (scheduler, _):
        runner = subprocess.Popen(
            command(manifest, "-o", out, "--scheduler", f"tcp://127.0.0.1:{port}", fleet=tmp_path / "fleet.toml"),
            env=environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            until_s = time.monotonic() + WAIT_S
            while not list(out.glob("jobs/d*")):
                assert time.monotonic() < until_s
                time.sleep(0.05)
            scheduler.send_signal(signal.SIGSTOP)
            time.sleep(crews.LOOK_S + 1)  # by then it has asked, and waits for the answer
            runner.terminate()
            begun = time.monotonic()
            assert runner.wait(timeout=WAIT_S) == 130
            assert time.monotonic() - begun < STOP_S
        finally:
            runner.kill()
            runner.wait()
    assert (out / "results.csv").exists()


def test_a_scheduler_that_hangs_too_long_counts_as_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crews, "ANSWER_S", 1.0)
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    with cluster(port, tmp_path) as (scheduler, _), open_crew(jobs=None, scheduler=address) as crew:
        scheduler.send_signal(signal.SIGSTOP)
        with pytest.raises(ClusterGone, match=f"E-B04 the Dask scheduler {address} does not answer any more"):
            crew.slots()
