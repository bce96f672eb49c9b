"""A plan in a child process: watched, stopped, and its answers told."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path

import jobs
import pytest
import state
from child import Child
from jobs import Job

from planner.io.plan_file import write_plan
from planner.roads.streets import save_streets
from tests.explain.street import STREETS, day, order, planned, without

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(15, signal.SIG_IGN); print(flush=True); time.sleep(60)",
]


def started(folder: Path, command: list[str]) -> Job:
    return Job.begin(folder, command, streets=folder)


def child_of(job: Job) -> Child:
    assert job.child is not None
    return job.child


def test_a_job_that_has_not_found_a_plan_has_no_progress(tmp_path: Path) -> None:
    job = started(tmp_path, SLEEP)
    assert job.running
    assert job.progress() is None
    job.kill()
    assert not job.running


def test_U03_a_stopped_job_without_a_plan_says_so(tmp_path: Path) -> None:
    job = started(tmp_path, SLEEP)
    job.cancel()
    child_of(job).wait(5)
    assert job.cancelled
    assert job.plan() is None
    assert "stopped before there was a plan" in job.error()


def test_a_job_that_does_not_stop_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "CANCEL_S", 0.2)
    job = started(tmp_path, STUBBORN)
    while not (tmp_path / "answer").read_bytes():  # until it ignores the signal
        time.sleep(0.02)
    job.cancel()
    assert job.running
    time.sleep(0.3)
    assert not job.running


def test_the_error_of_the_command_line_is_told_in_its_words(tmp_path: Path) -> None:
    draft = state.demo_draft()
    orders = tmp_path / "orders.csv"
    orders.write_text("id,lat,lon,demand_kg\na,48.1,11.5,1\n")
    job = Job.start(tmp_path, orders=orders, fleet=draft.fleet, streets=draft.streets, day=draft.day, iterations=1)
    child_of(job).wait(60)
    assert "E-O08" in job.error()


def test_a_job_that_dies_without_a_word_is_explained(tmp_path: Path) -> None:
    job = started(tmp_path, [sys.executable, "-c", "raise SystemExit('out of \\x1b[31mmemory')"])
    child_of(job).wait(5)
    assert "E-X00" in job.error()
    assert "memory" in job.error()
    assert "\x1b" not in job.error()


def test_U02_a_double_click_starts_one_job(tmp_path: Path) -> None:
    work = state.Workspace("id", tmp_path, state.demo_draft())
    first = work.plan(1)
    assert work.plan(1) is first
    first.discard()
    assert not first.folder.exists()


def test_own_orders_are_kept_in_the_store_and_the_demo_is_not(tmp_path: Path) -> None:
    draft = state.demo_draft()
    orders = tmp_path / "orders.csv"
    orders.write_text("id,lat,lon,demand_kg\na,-29.95,-71.28,1\n")
    for mine, told in ((draft, True), (replace(draft, orders=orders), False)):
        job = state.Workspace("id", tmp_path, mine).plan(1)
        command = Path(f"/proc/{child_of(job).pid}/cmdline").read_bytes().split(b"\0")
        assert (b"--no-store" in command) == told
        job.kill()


def test_an_order_is_explained_once_by_the_command_line(tmp_path: Path) -> None:
    plan = without(planned(day(order("o1"))), order("o2", km=2.0))
    (tmp_path / "plan").mkdir()
    write_plan(plan, tmp_path / "plan" / "plan.json")
    save_streets(STREETS, tmp_path / "street.streets.npz")
    job = Job.begin(tmp_path, [sys.executable, "-c", ""], streets=tmp_path / "street.streets.npz")
    job.explain("o2")
    job.explain("o2")
    (begun,) = job.explaining.values()
    begun.child.wait(60)
    found = begun.answer()
    assert found is not None, begun.error()
    assert (found.order_id, len(found.repairs)) == ("o2", 1)
    job.kill()


def test_an_explanation_that_fails_says_why(tmp_path: Path) -> None:
    job = started(tmp_path, SLEEP)
    job.explain("o2")  # there is no plan yet
    job.explaining["o2"].child.wait(60)
    assert job.explaining["o2"].answer() is None
    assert "E-" in job.explaining["o2"].error()
    job.kill()
