"""Share rows of work among the cores: each row is computed alone, so the result does not depend on how many."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

FEWEST_ROWS = 256  # below, handing out costs more than it saves
SHARES_PER_CORE = 4  # rows differ in work


def by_rows(rows: int, work: Callable[[int, int], None]) -> None:
    """Call `work(begin, end)` for parts of ``range(rows)``; it must release Python's lock to be worth it."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if rows < FEWEST_ROWS or cores == 1:
        work(0, rows)
        return
    marks = [rows * i // (cores * SHARES_PER_CORE) for i in range(cores * SHARES_PER_CORE + 1)]
    list(_pool(cores).map(work, marks[:-1], marks[1:]))


@lru_cache(maxsize=1)
def _pool(cores: int) -> ThreadPoolExecutor:
    """Return threads that stay: to start them for each table takes milliseconds."""
    return ThreadPoolExecutor(cores, thread_name_prefix="rows")
