"""Run an engine in a process of its own: native code that hangs, crashes or eats memory takes nothing with it.

The parent writes the problem as validated arrays, the child writes each better solution whole or not at all,
and the parent watches the clock. What the child leaves behind is usable even if it was killed.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

from planner.errors import NoPlanError
from planner.solve.options import SolveOptions
from planner.solve.problem import Problem, load_problem, save_problem
from planner.solve.solution import Solution, from_json, to_json

GRACE_S = 10.0  # past the time limit, then the child is killed
POLL_S = 0.05
LOG_BYTES = 1_000_000


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
    with tempfile.TemporaryDirectory(prefix="planner-") as name:
        folder = Path(name)
        save_problem(problem, folder / "problem.npz")
        (folder / "options.json").write_text(json.dumps(asdict(options)))
        with (folder / "log").open("wb") as log:
            child = subprocess.Popen(  # noqa: S603  (our own interpreter and module)
                [sys.executable, "-P", "-m", "planner.solve.child", str(folder)],  # -P: no module of the user's folder
                env=os.environ | {"OMP_NUM_THREADS": "1"},  # read when NumPy is loaded, before `main`
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            in_time = _watch(child, folder, options, progress)
        except KeyboardInterrupt:
            raise EngineStopped(_answer(folder)) from None
        finally:
            child.kill()
            child.wait()
        return _verdict(child, folder, in_time=in_time)


def _watch(
    child: subprocess.Popen[bytes], folder: Path, options: SolveOptions, progress: Callable[[Solution], None] | None
) -> bool:
    """Wait for the child's end and tell of progress; return False where it overruns its limit."""
    deadline = time.monotonic() + options.time_limit_s + GRACE_S
    seen = 0.0
    while child.poll() is None and time.monotonic() < deadline:
        time.sleep(POLL_S)
        best = folder / "best.json"
        if progress and best.exists() and (changed := best.stat().st_mtime) != seen:
            seen = changed
            progress(from_json(best.read_text()))
    return child.poll() is not None


def _verdict(child: subprocess.Popen[bytes], folder: Path, *, in_time: bool) -> Solution:
    answer = _answer(folder)
    if answer and not in_time:
        return replace(answer, stopped_by="time_limit")
    if child.returncode == 0 and answer:
        return answer
    how = signal.Signals(-child.returncode).name if child.returncode < 0 else f"exit {child.returncode}"
    if answer:
        return replace(answer, stopped_by=f"engine died ({how})")
    log = (folder / "log").read_bytes()[-LOG_BYTES:].decode(errors="replace").strip().splitlines()
    last = f": {log[-1]}" if log else ""
    raise NoPlanError(
        f"E-S13 the engine stopped before it had a plan ({how}{last}) → raise the limits, or plan fewer orders"
    )


def _answer(folder: Path) -> Solution | None:
    best = folder / "best.json"
    return from_json(best.read_text()) if best.exists() else None


def _keep(folder: Path, solution: Solution) -> None:
    part = folder / "best.part"
    part.write_text(to_json(solution))
    part.replace(folder / "best.json")


def _cap(memory_mb: int) -> None:
    """Limit this process's memory and tie its life to its parent's, where the system can."""
    if sys.platform != "linux":
        return
    import resource  # noqa: PLC0415  (not on every system)

    limit = memory_mb * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    parent_death_signal = 1  # PR_SET_PDEATHSIG, prctl(2)
    ctypes.CDLL(None).prctl(parent_death_signal, signal.SIGKILL)


def main(folder: Path) -> None:
    """Solve the problem in a folder; the entry point of the child."""
    options = SolveOptions(**json.loads((folder / "options.json").read_text()))
    _cap(options.memory_mb)
    from planner.solve.engine import solve  # noqa: PLC0415  (OR-Tools is loaded here only)

    problem = load_problem(folder / "problem.npz")
    _keep(folder, solve(problem, options, on_better=lambda better: _keep(folder, better)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
