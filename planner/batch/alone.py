"""A job in a process of its own, in a worker that stays: so that a death has one cause and a name.

A worker that dies may have been killed by anybody. Where this child dies while its worker lives, nothing else was in
it: the job did it, or the machine had no memory left for it.
"""

from __future__ import annotations

import pickle
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from planner.batch.task import Outcome, Task
from planner.solve.apart import child_environment, die_with_parent

ANSWER = "answer.pickle"
LATER_S = 60.0  # than the child would end itself
START_S = 120.0  # at most, for a child on a crowded machine to load
LOG_BYTES = 100_000
MEMORY_WORDS = ("MemoryError", "bad_alloc", "cannot allocate memory", "out of memory")


def work_alone(task: Task) -> Outcome:
    """Run a task in a child, and judge how it ended. It gets the streets that were shipped to this worker."""
    from planner.batch.city import shipped  # noqa: PLC0415  (which costs a second; a worker has it by then)
    from planner.batch.work import most_s  # noqa: PLC0415

    wait_s = most_s(task) + LATER_S + START_S
    with tempfile.TemporaryDirectory(prefix="planner-alone-") as folder, Path(folder, "log").open("wb") as log:
        child = subprocess.Popen(  # noqa: S603  (our own interpreter and module)
            [sys.executable, "-P", "-m", __name__, folder],
            env=child_environment(),
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            child.communicate(pickle.dumps((task, shipped(task.streets_sha256))), timeout=wait_s)
        except subprocess.TimeoutExpired:
            return Outcome(kind="died", message=f"did not end in {wait_s:.0f} s")
        finally:
            child.kill()
            child.wait()
        answer = Path(folder, ANSWER)
        if child.returncode == 0 and answer.exists():
            outcome = pickle.loads(answer.read_bytes())  # noqa: S301  (written by our own child, in a folder of ours)
            assert isinstance(outcome, Outcome)
            return outcome
        words = Path(folder, "log").read_bytes()[-LOG_BYTES:].decode(errors="replace")
    return judged(child.returncode, words)


def judged(code: int, words: str) -> Outcome:
    """Say why a process died that nobody of us killed: the system takes those that need too much memory."""
    how = signal.Signals(-code).name if code < 0 else f"exit {code}"
    said = words.casefold()
    if code == -signal.SIGKILL or any(word.casefold() in said for word in MEMORY_WORDS):
        return Outcome(kind="out of memory", code="E-B05", message=f"its process ended for want of memory ({how})")
    last = words.strip().splitlines()[-1:]
    return Outcome(kind="died", message=f"its process ended ({how}{': ' if last else ''}{''.join(last)[:200]})")


def main(folder: Path) -> None:
    """Run the task on stdin; the entry point of the child."""
    die_with_parent()
    task, streets = pickle.load(sys.stdin.buffer)  # noqa: S301  (from our own worker)
    from planner.batch.city import ship  # noqa: PLC0415  (loaded once the task is there)
    from planner.batch.work import work  # noqa: PLC0415

    if streets is not None:
        ship(task.streets_sha256, streets)
    part = folder / "answer.part"
    part.write_bytes(pickle.dumps(work(task)))
    part.replace(folder / ANSWER)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
