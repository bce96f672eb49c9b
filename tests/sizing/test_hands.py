"""Days routed by other processes: the same answers, and none lost when one dies."""

from __future__ import annotations

import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from planner.sizing.bench import Field, Job, WorkerFault
from planner.sizing.candidates import Cell
from planner.sizing.cells import Outcome, engine_died
from planner.sizing.hands import Answer, Hands
from planner.sizing.ledger import Ledger
from planner.sizing.router import Router
from planner.sizing.search import size_fleet
from planner.solve.options import SolveOptions
from tests.sizing.factories import candidate, city, demand
from tests.sizing.test_recommend import task
from tests.sizing.test_search import silent, task_of

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="pipes are handed on by number on POSIX only")


def test_two_processes_find_what_one_finds(tmp_path: Path) -> None:
    task = task_of([demand(0, 6, minutes=45), demand(1, 3)], plugs=(1,))
    alone = size_fleet(task, Ledger(tmp_path / "alone.jsonl"), silent)
    with Hands(task.streets, count=2) as hands:
        both = size_fleet(task, Ledger(tmp_path / "both.jsonl"), silent, hands)
    assert [size.cell for size in both.sizes] == [size.cell for size in alone.sizes]
    assert [size.year for size in both.sizes] == [size.year for size in alone.sizes]
    assert (both.routed, both.given_up, both.never_routed) == (alone.routed, alone.given_up, alone.never_routed)


def test_a_day_over_which_the_engine_died_is_tried_again_by_the_next_run_and_condemns_no_other_fleet(
    tmp_path: Path,
) -> None:
    day, small, large = demand(0, 10), Cell(counts=(1,), plugs=1), Cell(counts=(3,), plugs=1)
    died = engine_died(day, (candidate("ami-cargo"),))
    assert died.use.served == 0
    ledger = Ledger(tmp_path / "routed.jsonl")
    ledger.add("key", died, date="2026-03-10")
    assert Ledger(tmp_path / "routed.jsonl").get("key") is None
    router = Router(task=replace(task(), days=(day,)), ledger=ledger, hands=Hands(city(), count=0), tell=silent)
    router.measure()
    before = router.most_served(0, small)
    assert before > 0
    router.seen[0] = {large: died}
    assert router.most_served(0, small) == before


def test_a_process_that_is_killed_is_replaced_and_its_day_is_routed_again() -> None:
    days, kinds = [demand(0, 3), demand(1, 4)], [candidate()]
    jobs = [
        Job(field=0, day=i, cell=Cell(counts=(1,), plugs=1), options=SolveOptions(iterations=50, threads=1))
        for i in (0, 1, 0, 1)
    ]
    killed: list[int] = []
    done: dict[int, Answer] = {}
    with Hands(city(), count=1) as hands:
        hands.add(Field(days=days, candidates=kinds))

        def heard(number: int, answer: Answer) -> None:
            done[number] = answer
            if not killed:
                killed.append(hands.processes[0])
                os.kill(hands.processes[0], signal.SIGKILL)

        hands.do(jobs, heard)
        assert killed != hands.processes
    assert sorted(done) == [0, 1, 2, 3]
    assert all(isinstance(found, Outcome) and found.whole for found in done.values())


def test_a_fault_of_the_program_in_a_process_is_raised_with_its_words_and_is_no_death() -> None:
    kind = candidate()
    negative = replace(kind.vehicle, type=replace(kind.vehicle.type, cost_per_day=-1.0))  # no problem takes it
    job = Job(field=0, day=0, cell=Cell(counts=(1,), plugs=1), options=SolveOptions(iterations=50, threads=1))
    done: list[Answer] = []
    with Hands(city(), count=1) as hands:
        hands.add(Field(days=[demand(0, 3)], candidates=[replace(kind, vehicle=negative)]))
        with pytest.raises(WorkerFault, match="BadProblem: per_day is not int64 within"):
            hands.do([job], lambda _, answer: done.append(answer))
    assert done == []
