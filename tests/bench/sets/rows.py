"""The results file: one JSON line for each run, whatever came of it."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

Outcome = Literal["solved", "infeasible", "no answer", "crash", "timeout"]


class Key(NamedTuple):
    """What makes two runs the same run."""

    set: str
    instance: str
    engine: str
    seconds: float
    seed: int
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One run of one instance.

    `version` names the code that ran by its content. `dirty` says whether ``planner/`` differed from `commit`. `wall_s`
    is counted by the harness from the start of the process to its end; `vehicles`, `distance` and `violations` come
    from the scorer, `reported` is what the solver printed, `complaint` the end of what it said on stderr.
    """

    set: str
    instance: str
    engine: str
    seconds: float
    seed: int
    version: str
    commit: str
    dirty: bool
    began: str
    at_once: int
    command: str
    wall_s: float
    exit_code: int | None
    outcome: Outcome
    vehicles: int | None
    distance: float | None
    unserved: int | None
    violations: list[str]
    reported: dict[str, Any]
    complaint: str
    solution: str

    @property
    def key(self) -> Key:
        return Key(self.set, self.instance, self.engine, self.seconds, self.seed, self.version)

    @property
    def value(self) -> tuple[int, float] | None:
        """Return vehicles and length of a feasible answer."""
        if self.outcome != "solved" or self.vehicles is None or self.distance is None:
            return None
        return self.vehicles, self.distance


def append_row(path: Path, row: Row) -> None:
    """Add one whole line, also while another process adds its own."""
    path.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps(asdict(row), sort_keys=True) + "\n"
    with path.open("ab", buffering=0) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(line.encode())
        os.fsync(file.fileno())


def read_rows(path: Path) -> list[Row]:
    if not path.exists():
        return []
    return [Row(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def latest(rows: Iterable[Row]) -> dict[tuple[str, str, str, float, int], Row]:
    """Return the last line of each set, instance, engine, budget and seed, whichever version ran it."""
    return {row.key[:5]: row for row in rows}
