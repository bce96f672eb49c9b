"""What goes to a worker and what comes back: values only, so that a worker needs no disk in common with the runner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from planner.solve.options import SolveOptions

ERRORS_NAME = "errors.txt"  # of a job without a plan: what was wrong, in full

Kind = Literal["planned", "failed", "out of memory", "died", "other versions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A day to plan, with the bytes of its files.

    `streets` is where the runner has the map, and `target` where the plan is going to lie: the plan names the one
    from the other. `alone` asks for a process of its own, whose death can be blamed on nobody else.
    """

    name: str
    day: date
    orders_name: str
    orders: bytes = field(repr=False)
    fleet_name: str
    fleet: bytes = field(repr=False)
    streets: str
    streets_sha256: str
    charging: bool
    options: SolveOptions
    target: str
    drawn: bool
    alone: bool
    memory_mb: int
    versions: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a task went. `result` is the same in every run, `run` is not; `files` belong into the job's folder."""

    kind: Kind
    code: str = ""
    message: str = ""
    result: Mapping[str, Any] | None = None
    run: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)
