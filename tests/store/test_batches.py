"""The ledger of a batch: who runs what, and who may say how it ended."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.store.batches import Change, Ledger, NewJob
from planner.store.store import Store

DONE = Change(state="done", result={"cost": 12.5}, run={"seconds": 3.0})


def job(position: int, **overrides: str) -> NewJob:
    given = {"name": f"day-{position}", "content_sha256": f"{position:064x}"} | overrides
    return NewJob(position=position, parts={"seed": 1}, **given)


@pytest.fixture
def ledger(store: Store, tmp_path: Path) -> Ledger:
    made = store.begin_batch("b1", folder=tmp_path, versions={"planner": "1"})
    made.add(job(position) for position in range(4))
    return made


def states(ledger: Ledger) -> list[str]:
    return [entry.state for entry in ledger.entries()]


def test_a_batch_is_found_by_its_mark_with_its_versions(store: Store, ledger: Ledger) -> None:
    found = store.find_batch("b1")
    assert found is not None
    assert found.versions == {"planner": "1"}
    assert [entry.name for entry in found.entries()] == ["day-0", "day-1", "day-2", "day-3"]
    assert store.find_batch("b2") is None


def test_two_runners_never_lease_the_same_job(ledger: Ledger) -> None:
    one, other = ledger.lease(3, owner="a", seconds=60), ledger.lease(3, owner="b", seconds=60)
    assert [lease.name for lease in one] == ["day-0", "day-1", "day-2"]
    assert [lease.name for lease in other] == ["day-3"]


def test_a_runner_passes_over_the_jobs_that_it_does_not_take(ledger: Ledger) -> None:
    ledger.renew([job(0, content_sha256="f" * 64)])
    read = {f"day-{position}": f"{position:064x}" for position in range(3)}  # before day-0 became another job
    taken = ledger.lease(9, owner="a", seconds=60, takes=lambda name, sha256: read.get(name) == sha256)
    assert [lease.name for lease in taken] == ["day-1", "day-2"]
    assert states(ledger) == ["waiting", "running", "running", "waiting"]


def test_jobs_that_two_runners_take_up_are_there_once(ledger: Ledger) -> None:
    ledger.add(job(position) for position in range(6))
    assert [entry.name for entry in ledger.entries()] == [f"day-{position}" for position in range(6)]


def test_a_job_that_cannot_be_read_is_failed_from_the_start_and_never_leased(ledger: Ledger) -> None:
    ledger.add([job(4, content_sha256="", code="E-B22", message="no date")])
    assert len(ledger.lease(9, owner="a", seconds=60)) == 4
    assert ledger.entries()[4].code == "E-B22"
    assert ledger.again(["failed"]) == 0  # there is nothing that could be run again


def test_who_has_lost_the_lease_can_not_say_how_the_job_ended_nor_put_files_in_place(ledger: Ledger) -> None:
    (orphan,) = ledger.lease(1, owner="a", seconds=-1)  # which has run out
    (heir,) = ledger.lease(1, owner="b", seconds=60)
    assert heir.name == orphan.name
    assert heir.attempts == 2
    touched: list[str] = []
    assert ledger.settle(orphan, DONE, meanwhile=lambda: touched.append("orphan")) is False
    assert ledger.settle(heir, DONE, meanwhile=lambda: touched.append("heir")) is True
    assert ledger.settle(heir, DONE, meanwhile=lambda: touched.append("twice")) is False
    assert touched == ["heir"]
    assert ledger.entries()[0].result == {"cost": 12.5}


def test_a_heartbeat_keeps_a_lease_that_would_have_run_out(ledger: Ledger) -> None:
    ledger.lease(1, owner="a", seconds=-1)
    assert ledger.beat("a", seconds=60) == 1
    assert ledger.lease(1, owner="b", seconds=60)[0].name == "day-1"


def test_the_jobs_of_a_runner_that_is_gone_are_free_at_once(ledger: Ledger) -> None:
    ledger.lease(2, owner="a", seconds=600)
    assert list(ledger.held().values()) == ["a", "a"]
    assert [lease.name for lease in ledger.lease(4, owner="b", seconds=60, gone=["a"])][:2] == ["day-0", "day-1"]
    assert ledger.beat("a", seconds=600) == 0


def test_what_is_released_waits_again(ledger: Ledger) -> None:
    ledger.lease(2, owner="a", seconds=60)
    ledger.release("a")
    assert states(ledger) == ["waiting"] * 4


def test_where_the_files_cannot_be_put_in_place_the_job_has_not_ended(ledger: Ledger) -> None:
    (lease,) = ledger.lease(1, owner="a", seconds=60)

    def full() -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        ledger.settle(lease, DONE, meanwhile=full)
    assert states(ledger)[0] == "running"


def test_deaths_add_up_and_a_job_out_of_memory_stands_in_another_line(ledger: Ledger) -> None:
    (lease,) = ledger.lease(1, owner="a", seconds=60)
    ledger.settle(lease, Change(state="waiting", deaths=1))
    (lease,) = ledger.lease(1, owner="a", seconds=60)
    assert lease.deaths == 1
    ledger.settle(lease, Change(state="waiting", out_of_memory=1))
    assert [lease.name for lease in ledger.lease(9, owner="a", seconds=60)] == ["day-1", "day-2", "day-3"]
    counts = ledger.counts()
    assert counts.by_state == {"waiting": 1, "running": 3}
    assert counts.next_out_of_memory == 1
    assert [found.name for found in ledger.lease(9, owner="a", seconds=60, out_of_memory=1)] == ["day-0"]


def test_failed_jobs_run_again_when_asked_with_their_deaths_forgotten(ledger: Ledger) -> None:
    (lease,) = ledger.lease(1, owner="a", seconds=60)
    ledger.settle(lease, Change(state="quarantined", code="E-B03", message="died", deaths_alone=3))
    assert ledger.again(["quarantined"]) == 1
    entry = ledger.entries()[0]
    assert (entry.state, entry.deaths_alone, entry.code) == ("waiting", 0, "")


def test_old_batches_go_with_the_days_that_are_pruned(store: Store, ledger: Ledger) -> None:
    store.prune("2020-01-01")
    assert store.find_batch("b1") is not None
    store.prune("9999-01-01")
    assert store.find_batch("b1") is None
    assert ledger.entries() == []
