"""Which jobs a runner takes, where others have changed them since it read them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from planner.batch import runner as runners
from planner.batch.cluster import Crew, open_crew
from planner.batch.feed import Fixed
from planner.batch.folder import BatchFolder
from planner.batch.jobs import Job
from planner.batch.manner import Listener, Manner
from planner.batch.runner import Runner
from planner.batch.taking_up import TakingUp
from planner.solve.options import SolveOptions
from planner.store.batches import Change, JobEntry, Ledger
from planner.store.store import open_store
from tests.batch.small import orders_csv, write_town


def three_days(folder: Path) -> list[Job]:
    fleet, streets, orders = write_town(folder), folder / "town.streets.npz", orders_csv().encode()

    def sha256(data: bytes) -> str:
        return hashlib.sha256(data).hexdigest()

    first = Job(
        name="a",
        position=1,
        day=date(2026, 3, 10),
        orders_name="orders.csv",
        read=lambda: orders,
        orders_sha256=sha256(orders),
        fleet=fleet,
        fleet_sha256=sha256(fleet.read_bytes()),
        streets=streets,
        streets_sha256=sha256(streets.read_bytes()),
        charging=True,
        options=SolveOptions(iterations=20, threads=1),
    )
    return [first, replace(first, name="b", position=2), replace(first, name="c", position=3)]


def with_iterations(jobs: Sequence[Job], iterations: int) -> list[Job]:
    return [replace(job, options=replace(job.options, iterations=iterations)) for job in jobs]


@pytest.fixture(scope="module")
def crew() -> Iterator[Crew]:
    with open_crew(jobs=1, scheduler=None) as opened:
        yield opened


def begun(name: str, path: Path) -> tuple[Ledger, BatchFolder]:
    folder = BatchFolder(path / "out")
    ledger = open_store().begin_batch(name, folder=folder.path, versions={})
    folder.begin(name, store="here")
    return ledger, folder


def run(crew: Crew, ledger: Ledger, folder: BatchFolder, taking_up: TakingUp, listener: Listener) -> None:
    manner = Manner(jobs=1, drawn=False)
    Runner(ledger=ledger, crew=crew, folder=folder, manner=manner, listener=listener, taking_up=taking_up).run(
        Fixed([])
    )


def test_a_job_that_another_runner_has_given_other_options_is_left_to_it_and_stops_none_behind_it(
    crew: Crew, tmp_path: Path
) -> None:
    jobs = three_days(tmp_path)
    jobs[2] = replace(jobs[2], streets_sha256="0" * 64)  # the streets were others when they were hashed
    ledger, folder = begun("two runners", tmp_path)
    seen: list[JobEntry] = []

    def ended(name: str, _change: Change) -> None:
        if name == "c":  # and a, which stands before it, still waits for its runner
            seen.extend(ledger.entries())
            (theirs,) = ledger.lease(1, owner="other", seconds=60)
            ledger.settle(theirs, Change(state="done", result={"by": "other"}))

    ours = TakingUp(ledger, Listener(), changed=False)
    ours.whole(jobs)
    TakingUp(ledger, Listener(), changed=True).whole([*with_iterations(jobs[:1], 30), *jobs[1:]])
    run(crew, ledger, folder, ours, Listener(ended=ended))
    assert [(entry.name, entry.state, entry.attempts) for entry in seen[:1]] == [("a", "waiting", 0)]
    a, b, c = ledger.entries()
    assert (a.parts["iterations"], a.result) == (30, {"by": "other"})
    assert (b.parts["iterations"], b.state, b.attempts) == (20, "done", 1)
    assert (c.state, c.message.split(" → ")[0]) == ("failed", "E-B11 c: streets changed while the batch ran")


def test_jobs_that_another_runner_took_over_are_not_waited_for_once_it_is_gone(
    crew: Crew, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runners, "LEASE_S", 1.0)
    jobs = three_days(tmp_path)
    ledger, folder = begun("left alone", tmp_path)
    ours = TakingUp(ledger, Listener(), changed=False)
    ours.whole(jobs)
    TakingUp(ledger, Listener(), changed=True).whole(with_iterations(jobs, 30))
    run(crew, ledger, folder, ours, Listener())
    assert [entry.state for entry in ledger.entries()] == ["waiting"] * 3  # for --resume
