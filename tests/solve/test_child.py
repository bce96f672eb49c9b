"""The engine in a process of its own: what is left when it dies, hangs, is stopped, or runs out of memory."""

from __future__ import annotations

import ast
import os
import signal
import time
from pathlib import Path

import pytest

from planner.errors import NoPlanError
from planner.solve import child
from planner.solve.child import EngineStopped, solve_apart
from planner.solve.options import SolveOptions
from planner.solve.solution import Solution, from_json, renumbered, to_json
from tests.solve.factories import make_problem, served, solved

LONG = SolveOptions(iterations=5_000_000, time_limit_s=8.0)
BUSY = make_problem(orders=[1_000 + 37 * i for i in range(60)], vehicles=4)


def children() -> list[int]:
    """Return the processes that this one started and that still run."""
    listed = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return [int(pid) for pid in listed]


def kill_engine(_: Solution) -> None:
    for pid in children():
        os.kill(pid, signal.SIGSEGV)


def test_an_engine_apart_answers_as_one_in_this_process() -> None:
    problem = make_problem()
    assert solve_apart(problem, SolveOptions(iterations=60, time_limit_s=60.0)) == solved(problem)


def test_S13_what_a_crashed_engine_had_found_is_kept() -> None:
    found = solve_apart(BUSY, LONG, progress=kill_engine)
    assert found.stopped_by == "engine died (SIGSEGV)"
    assert served(found, BUSY)


def test_S13_an_engine_that_dies_before_any_plan_is_an_error_with_the_signal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "GRACE_S", -8.0)  # the watchdog strikes at once
    with pytest.raises(NoPlanError, match=r"E-S13 .*SIGKILL"):
        solve_apart(BUSY, LONG)


def test_S11_an_engine_that_overruns_its_time_limit_is_stopped_and_its_best_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(child, "GRACE_S", -2.0)  # it has told of some plans by then
    begun = time.monotonic()
    found = solve_apart(BUSY, LONG)
    assert time.monotonic() - begun < 8
    assert found.stopped_by == "time_limit"
    assert served(found, BUSY)


def test_S12_an_interrupt_stops_the_engine_and_hands_over_its_best() -> None:
    def interrupt(_: Solution) -> None:
        raise KeyboardInterrupt

    with pytest.raises(EngineStopped) as stopped:
        solve_apart(BUSY, LONG, progress=interrupt)
    assert stopped.value.best is not None
    assert served(stopped.value.best, BUSY)
    assert children() == []


def test_S13_an_engine_without_memory_is_an_error_that_says_so() -> None:
    with pytest.raises(NoPlanError, match="E-S13") as refused:
        solve_apart(BUSY, SolveOptions(iterations=60, memory_mb=64))
    assert "raise the limits" in str(refused.value)


def test_a_time_limit_is_told_apart_from_a_spent_budget() -> None:
    assert solved(BUSY, iterations=5_000_000, time_limit_s=1.0).stopped_by == "time_limit"
    assert solved(make_problem(), iterations=20).stopped_by == "iterations"


def test_a_module_of_the_users_folder_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "numpy.py").write_text("raise SystemExit('not this one')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    assert solve_apart(make_problem(), SolveOptions(iterations=20)).tours


def test_a_solution_comes_back_from_text() -> None:
    solution = solved(make_problem())
    assert from_json(to_json(solution)) == solution


def test_a_solution_of_a_part_is_told_in_the_numbers_of_the_whole() -> None:
    solution = solved(make_problem(orders=(1_000, 60_000)))
    whole = renumbered(solution, [4, 7, 9])
    assert {visit.place for tour in whole.tours for visit in tour.visits} == {4}
    assert solution.fits_nowhere == (1,)
    assert whole.fits_nowhere == (7,)


def test_S01_S02_S23_no_python_function_is_handed_to_native_code() -> None:
    source = Path(child.__file__).with_name("routing.py").read_text()
    called = {
        node.func.attr
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    registered = {name for name in called if name.startswith("Register") or "Callback" in name or "Custom" in name}
    assert registered == {"RegisterTransitMatrix", "RegisterUnaryTransitVector"}
