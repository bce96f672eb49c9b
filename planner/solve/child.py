"""Plan a day with an engine in a process of its own, which may die without harm."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Protocol

from planner import interrupt
from planner.clock import process_age_s
from planner.solve.apart import cap, keep, kept, run_apart
from planner.solve.options import SolveOptions
from planner.solve.problem import Problem, load_problem, save_problem
from planner.solve.solution import Solution, from_json, to_json

GRACE_S = 10.0  # past the time limit, then the child is killed
LEAST_S = 0.5  # of search, however long the start took


class Solver(Protocol):
    """Runs the engine on a problem; `progress` hears of each better solution."""

    def __call__(
        self, problem: Problem, options: SolveOptions, *, progress: Callable[[Solution], None] | None = None
    ) -> Solution: ...


class EngineStopped(Exception):
    """The user stopped the search; `best` is what it had, or None."""

    def __init__(self, best: Solution | None) -> None:
        super().__init__("stopped")
        self.best = best


def solve_apart(
    problem: Problem, options: SolveOptions, *, progress: Callable[[Solution], None] | None = None
) -> Solution:
    """Solve in a child process and return its answer, or its best so far where it was stopped or died.

    Raises `NoPlanError` where it leaves nothing, and `EngineStopped` on Ctrl-C.
    """

    def tell(text: str) -> None:
        if progress:
            progress(from_json(text))

    with tempfile.TemporaryDirectory(prefix="planner-") as name:
        folder = Path(name)
        save_problem(problem, folder / "problem.npz")
        (folder / "options.json").write_text(json.dumps(asdict(options)))
        try:
            ended = run_apart(__name__, folder, wait_s=options.time_limit_s + GRACE_S, tell=tell)
        except KeyboardInterrupt:
            interrupt.answered()
            raise EngineStopped(_answer(folder)) from None
        answer = _answer(folder)
    if answer is None:
        raise ended.no_plan()
    return replace(answer, stopped_by=ended.stopped_by(answer.stopped_by))


def solve_here(
    problem: Problem, options: SolveOptions, *, progress: Callable[[Solution], None] | None = None
) -> Solution:
    """Solve in this process, to the same answer: for one that solves many problems and is watched by another."""
    from planner.solve.engine import solve  # noqa: PLC0415  (OR-Tools is loaded here only)

    return solve(problem, options, on_better=progress or (lambda _: None))


def _answer(folder: Path) -> Solution | None:
    text = kept(folder)
    return None if text is None else from_json(text)


def main(folder: Path) -> None:
    """Solve the problem in a folder; the entry point of the child."""
    options = SolveOptions(**json.loads((folder / "options.json").read_text()))
    cap(options.memory_mb)
    from planner.solve.engine import solve  # noqa: PLC0415  (OR-Tools is loaded here only)

    problem = load_problem(folder / "problem.npz")
    left_s = max(options.time_limit_s - process_age_s(), LEAST_S)  # loading compiled loops is part of the user's wait
    options = replace(options, time_limit_s=left_s)
    keep(folder, to_json(solve(problem, options, on_better=lambda better: keep(folder, to_json(better)))))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
