"""How long to search, and with what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

EngineName = Literal["ortools"]
ENGINES: tuple[EngineName, ...] = ("ortools",)


@dataclass(frozen=True, slots=True, kw_only=True)
class SolveOptions:
    """The iteration budget makes a run repeatable; the time limit is the safety net that does not."""

    engine: EngineName = "ortools"
    iterations: int = 1_500  # solutions that the local search may accept
    time_limit_s: float = 600.0
    seed: int = 1
    threads: int = 0  # that search at once, 0 for one a core; they change how long it takes, not the answer
    memory_mb: int = 4_096
