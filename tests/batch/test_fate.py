"""What becomes of a job after a try, and who may be blamed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from planner.batch.alone import judged
from planner.batch.fate import after
from planner.batch.folder import BatchFolder
from planner.batch.owner import is_gone, this_owner
from planner.batch.task import Outcome
from planner.errors import InputError
from planner.store.batches import Change, Lease


def lease(**counts: int) -> Lease:
    usual = {"attempts": 1, "deaths": 0, "deaths_alone": 0, "out_of_memory": 0}
    return Lease(name="a", token="t", **(usual | counts))


DIED = Outcome(kind="died", message="its process ended (SIGSEGV)")
HUNGRY = Outcome(kind="out of memory", code="E-B05", message="needs more than 300 MB")


def test_a_job_whose_worker_was_killed_is_not_guilty_however_often_it_dies_alone_before() -> None:
    assert after(None, lease(deaths=2, deaths_alone=2)) == Change(state="waiting", deaths=1)


def test_a_job_that_dies_alone_three_times_is_quarantined_with_what_killed_it() -> None:
    assert [after(DIED, lease(deaths_alone=so_far)).state for so_far in (0, 1)] == ["waiting", "waiting"]
    last = after(DIED, lease(deaths_alone=2))
    assert (last.state, last.code, last.deaths_alone) == ("quarantined", "E-B03", 1)
    assert "SIGSEGV" in last.message


def test_a_job_under_which_workers_die_without_end_is_quarantined_at_last() -> None:
    assert after(None, lease(deaths=18)).state == "waiting"
    assert after(None, lease(deaths=19)).code == "E-B02"


def test_want_of_memory_is_counted_apart_and_tried_once_more() -> None:
    assert after(HUNGRY, lease(deaths_alone=2)) == Change(state="waiting", out_of_memory=1)
    last = after(HUNGRY, lease(out_of_memory=1))
    assert (last.state, last.code) == ("failed", "E-B05")
    assert "--jobs" in last.message


def test_a_worker_of_other_versions_stops_the_batch() -> None:
    with pytest.raises(InputError, match=r"E-B12 the Dask workers: have other versions: ortools 9.1, here 9.2"):
        after(Outcome(kind="other versions", message="ortools 9.1, here 9.2"), lease())


@pytest.mark.parametrize(
    ("code", "words", "kind"),
    [
        (-11, "", "died"),
        (3, "some words", "died"),
        (-9, "", "out of memory"),  # nobody of us did it: the system wanted its memory
        (-6, "terminate called after throwing an instance of 'std::bad_alloc'", "out of memory"),
        (1, "MemoryError", "out of memory"),
        (-6, "Check failed", "died"),
    ],
)
def test_a_process_that_died_alone_is_judged_by_how(code: int, words: str, kind: str) -> None:
    assert judged(code, words).kind == kind


def test_this_runner_lives_and_one_that_has_ended_is_gone() -> None:
    name = this_owner()
    machine, pid, born = name.split("|")
    assert not is_gone(name)
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    assert is_gone(f"{machine}|{child}|{born}")
    assert is_gone(f"{machine}|{pid}|1")  # another process had our number
    assert not is_gone(f"elsewhere|{child}|{born}")  # of which nobody here can tell


def test_the_files_of_a_job_are_there_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    folder = BatchFolder(tmp_path / "out")
    folder.begin("b1", store="store")
    with folder.filled("t1", {"plan.json": b"1", "run.json": b"r"}) as part:
        assert not folder.job("a").exists()
        folder.put(part, "a")
    with folder.filled("t2", {"plan.json": b"2"}) as part:
        folder.put(part, "a")
    assert {path.name: path.read_bytes() for path in folder.job("a").iterdir()} == {"plan.json": b"2"}
    with folder.filled("t3", {"plan.json": b"3"}):
        pass  # whose lease was lost
    assert (folder.job("a") / "plan.json").read_bytes() == b"2"
    assert [path.name for path in folder.jobs.iterdir()] == ["a"]


def test_what_killed_runners_left_is_swept_and_what_others_write_is_not(tmp_path: Path) -> None:
    folder = BatchFolder(tmp_path)
    folder.begin("b1", store="store")
    for token in ("dead", "live"):
        (folder.jobs / f".{token}.part").mkdir()
    folder.sweep(lambda: {"live"})
    assert [path.name for path in folder.jobs.iterdir()] == [".live.part"]


def test_only_one_of_two_runners_begins_a_batch_in_a_folder(tmp_path: Path) -> None:
    folder = BatchFolder(tmp_path)
    folder.begin("b1", store="store")
    with pytest.raises(InputError, match=r"E-B07 .*another runner"):
        folder.begin("b2", store="store")
    assert folder.uid() == "b1"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["batch.json", "jobs"]


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "precious.txt").write_text("mine")
    with pytest.raises(InputError, match="E-B07"):
        BatchFolder(tmp_path).uid()
    (tmp_path / "batch.json").write_text('{"format": "micro-ev-planner/batch/99"}')
    with pytest.raises(InputError, match="E-B10"):
        BatchFolder(tmp_path).uid()
