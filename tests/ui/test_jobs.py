"""A plan in a child process: watched, stopped, and its answers told."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import jobs
import pytest
import state
from child import Child
from jobs import Job, Progress

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


def test_U05_a_job_is_found_again_by_another_server_with_how_far_it_is_and_can_be_stopped(tmp_path: Path) -> None:
    job = started(tmp_path, SLEEP)
    (tmp_path / "progress.json").write_text('{"orders": 5, "served": 4, "cost": 3.5, "currency": "EUR"}')
    again = Job.find(tmp_path)
    assert again is not None
    assert again.running
    assert again.progress() == Progress(orders=5, served=4, cost=3.5, currency="EUR")
    assert again.streets == job.streets
    again.cancel()
    assert Job.find(tmp_path).cancelled  # type: ignore[union-attr]
    child_of(again).wait(5)
    assert not job.running
    assert "stopped before there was a plan" in again.error()


def test_a_process_that_has_ended_is_not_taken_for_another_one_with_its_number(tmp_path: Path) -> None:
    job = started(tmp_path, [sys.executable, "-c", ""])
    child_of(job).wait(5)
    again = Child.find(tmp_path)
    assert again is not None
    assert not again.running
    mine = Child(tmp_path, pid=os.getpid(), begun=0.0)
    mine.kill()  # would end this test, were the lock not asked first


def test_a_job_that_ended_while_the_screen_was_away_says_what_is_known(tmp_path: Path) -> None:
    child_of(started(tmp_path, [sys.executable, "-c", ""])).wait(5)
    again = Job.find(tmp_path)
    assert again is not None
    assert "ended while the screen was away" in again.error()


def test_U04_U05_another_server_takes_up_files_answers_mended_rows_and_the_job(tmp_path: Path) -> None:
    first = state.registry().find(None)
    first.take_orders(b"Order ID,Latitude,Longitude,Weight\nA,-29.95,-71.30,2\n", "shop.csv")
    assert first.foreign is not None
    first.foreign = replace(first.foreign, answers=first.foreign.answers.but(decimal=",", day=date(2026, 5, 12)))
    first.fixes[4] = ("a", "b")
    first.job = started(first.new_folder(), SLEEP)
    first.remember()
    again = state.Registry().find(first.id)
    assert again is not first
    assert (again.draft, again.foreign, again.fixes) == (first.draft, first.foreign, first.fixes)
    assert again.job is not None
    assert again.job.running
    assert state.Registry().find("0" * 32).id != "0" * 32, "a key that nobody was given opens nothing"
    first.job.kill()


def test_what_nobody_came_back_for_goes_after_twelve_hours_but_not_under_a_running_job() -> None:
    old, busy = state.registry().find(None), state.registry().find(None)
    old.keep(b"id", "orders.csv")
    busy.job = started(busy.new_folder(), SLEEP)
    for work in (old, busy):
        work.remember()
        os.utime(work.folder, (0, 0))
    registry = state.Registry()
    assert not old.folder.exists()
    assert registry.find(busy.id).id == busy.id
    busy.job.kill()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"orders": 1}', '{"orders": null, "fleet": "/gone.toml"}'])
def test_a_workspace_file_that_is_damaged_is_passed_over(text: str) -> None:
    id = "ab" * 16
    folder = state.registry().root / id
    folder.mkdir(exist_ok=True)
    (folder / "workspace.json").write_text(text)
    assert state.registry().find(id).id != id


def test_who_only_looks_leaves_nothing_on_the_disk() -> None:
    work = state.registry().find(None)
    work.remember()
    assert not work.folder.exists()
