"""What the measured programs share: places from a CSV file, a watch for each stage, and what they write.

Standard library and NumPy alone: one of these programs runs where nothing else is installed.
"""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

MOST_KEPT = 1_000  # rows and columns of a table that are written


class Stages:
    """Seconds of each stage by its name."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        begun = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - begun


def read_places(path: Path) -> list[tuple[float, float]]:
    """Return (lat, lon) of each row."""
    with path.open(newline="", encoding="utf-8") as file:
        return [(float(row["lat"]), float(row["lon"])) for row in csv.DictReader(file)]


def peak_mb() -> float:
    """Return the most memory that this program has held; `ru_maxrss` would count the one that started it too."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    return float(line.split()[1]) / 1024


def write_measured(folder: Path, *, seconds: Any, metres: Any, facts: dict[str, Any]) -> None:
    """Write the tables (rows of numbers) to ``table.npz`` and the facts to ``facts.json``."""
    kept = {
        name: np.array([row[:MOST_KEPT] for row in table[:MOST_KEPT]], dtype=np.float64)
        for name, table in {"seconds": seconds, "metres": metres}.items()
    }
    np.savez(folder / "table.npz", allow_pickle=False, **kept)
    (folder / "facts.json").write_text(json.dumps(facts, indent=2), encoding="utf-8")
