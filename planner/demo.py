"""The embedded day: a real city with made-up orders, so that the program can be tried with no input at all."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from planner.solve.options import SolveOptions

DAY = date(2026, 3, 10)
OPTIONS = SolveOptions(iterations=120_000, seed=1)


def demo_folder() -> Path:
    """Return the folder with `orders.csv`, `fleet.toml` and the streets: in the wheel, or in a checkout."""
    packed = Path(__file__).parent / "_data"
    return packed if packed.is_dir() else Path(__file__).parents[1] / "data"
