"""Run a module of ours in a process of its own: native code that hangs, crashes or eats memory takes nothing with it.

The parent leaves the problem in a folder, the child writes each better answer there whole or not at all, and the parent
watches the clock. What the child leaves behind is usable even if it was killed.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from planner import interrupt
from planner.errors import NoPlanError

BEST = "best.json"
POLL_S = 0.05
LOG_BYTES = 1_000_000
PARENT = "PLANNER_PARENT_PID"
ORPHANED = 87  # the exit code of a process that began after its parent had ended


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a child came to its end: by itself or killed for being late, and the last line it wrote."""

    code: int
    in_time: bool
    last_words: str

    @property
    def how(self) -> str:
        return signal.Signals(-self.code).name if self.code < 0 else f"exit {self.code}"

    def stopped_by(self, told: str) -> str:
        """Return why the search ended: what the child told, unless it ended before it could know."""
        if not self.in_time:
            return "time_limit"
        return told if self.code == 0 else f"engine died ({self.how})"

    def no_plan(self) -> NoPlanError:
        """Return the error for a child that left nothing."""
        last = f": {self.last_words}" if self.last_words else ""
        return NoPlanError(
            f"E-S13 the engine stopped before it had a plan ({self.how}{last}) → raise the limits, or plan fewer orders"
        )


def run_apart(module: str, folder: Path, *, wait_s: float, tell: Callable[[str], None] | None = None) -> Ended:
    """Run ``python -m module folder`` for at most `wait_s` seconds; `tell` hears the text of each better answer.

    The child is gone when this returns or raises, also where it was interrupted.
    """
    deadline = time.monotonic() + wait_s
    with (folder / "log").open("wb") as log:
        child = subprocess.Popen(  # noqa: S603  (our own interpreter and module)
            [sys.executable, "-P", "-m", module, str(folder)],  # -P: no module of the user's folder
            env=child_environment(OMP_NUM_THREADS="1"),  # read when NumPy is loaded, before `main`
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        in_time = _watch(child, folder / BEST, deadline, tell)
    finally:
        child.kill()
        child.wait()
    said = (folder / "log").read_bytes()[-LOG_BYTES:].decode(errors="replace").strip().splitlines()
    return Ended(code=child.returncode, in_time=in_time, last_words=said[-1] if said else "")


def _watch(child: subprocess.Popen[bytes], best: Path, deadline: float, tell: Callable[[str], None] | None) -> bool:
    """Wait for the child's end and tell of progress; return False where it overruns its limit."""
    seen = 0.0
    while child.poll() is None and time.monotonic() < deadline:
        time.sleep(POLL_S)
        interrupt.check()
        if tell and best.exists() and (changed := best.stat().st_mtime) != seen:
            seen = changed
            tell(best.read_text())
    return child.poll() is not None


def kept(folder: Path) -> str | None:
    """Return the text of the best answer so far, if there is one."""
    best = folder / BEST
    return best.read_text() if best.exists() else None


def keep(folder: Path, text: str) -> None:
    """Put an answer in the place of the last one."""
    part = folder / "best.part"
    part.write_text(text)
    part.replace(folder / BEST)


def cap(memory_mb: int) -> None:
    """Limit this process's memory and tie its life to its parent's, where the system can."""
    if sys.platform != "linux":
        return
    import resource  # noqa: PLC0415  (not on every system)

    limit = memory_mb * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    die_with_parent()


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def child_environment(**settings: str) -> dict[str, str]:
    """Return the environment for a child that calls `die_with_parent`: ours, with these settings."""
    return os.environ | settings | {PARENT: str(os.getpid())}


def die_with_parent() -> None:
    """Tie this process's life to its parent's, where the system can.

    A parent that died before this call sends no signal: then the process has another parent than the one that named
    itself in its environment, and ends at once.
    """
    if sys.platform != "linux":
        return
    parent_death_signal = 1  # PR_SET_PDEATHSIG, prctl(2)
    ctypes.CDLL(None).prctl(parent_death_signal, signal.SIGKILL)
    if os.environ.get(PARENT, str(os.getppid())) != str(os.getppid()):
        sys.exit(ORPHANED)
