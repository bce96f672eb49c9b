"""The workers of this machine: as many processes as asked for, and a new one for each that ends."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from planner.solve.apart import child_environment

MOST_FALSE_STARTS = 6  # one after the other, by their own fault; others may kill as many as they like
LAST_BYTES = 2_000


@dataclass(slots=True)
class Hands:
    """Keeps `count` workers alive. `folder` holds what they write for themselves."""

    scheduler: str
    count: int
    folder: Path
    _processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    _false_starts: int = 0

    def keep(self) -> str | None:
        """Start what is missing; return the last words of workers that can not even begin, None if all is well."""
        for process in [process for process in self._processes if process.poll() is not None]:
            self._processes.remove(process)
            self._false_starts += process.returncode > 0
        if self._false_starts > MOST_FALSE_STARTS:
            return self._last_words()
        while len(self._processes) < self.count:
            self._processes.append(self._start())
        return None

    def well(self) -> None:
        """Note that a worker has done something."""
        self._false_starts = 0

    def close(self) -> None:
        """End all."""
        for process in self._processes:
            process.kill()
        for process in self._processes:
            process.wait()
        self._processes.clear()

    def _start(self) -> subprocess.Popen[bytes]:
        settings = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MALLOC_ARENA_MAX"), "1")
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(  # noqa: S603  (our own interpreter and module)
                [sys.executable, "-P", "-m", "planner.batch.worker", self.scheduler, str(self.folder)],
                env=child_environment(**settings),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the runner
            )

    def _last_words(self) -> str:
        lines = (self.folder / "log").read_bytes()[-LAST_BYTES:].decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else "they say nothing"
