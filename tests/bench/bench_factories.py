"""Result lines and best known answers for tests of the harness."""

from __future__ import annotations

from dataclasses import replace

from tests.bench.sets.best_known import BestKnown
from tests.bench.sets.rows import Row


def make_row(**changes: object) -> Row:
    row = Row(
        set="evrptw-large",
        instance="c101_21",
        engine="search",
        seconds=60.0,
        seed=1,
        version="abc",
        commit="0123456789",
        dirty=False,
        began="2026-03-10T08:00:00+00:00",
        at_once=1,
        command="planner solve",
        wall_s=60.5,
        exit_code=0,
        outcome="solved",
        vehicles=12,
        distance=1_050.0,
        unserved=0,
        violations=[],
        reported={},
        complaint="",
        solution="c101_21.txt",
    )
    return replace(row, **changes)  # type: ignore[arg-type]


def best(vehicles: int, distance: float) -> BestKnown:
    return BestKnown(vehicles=vehicles, distance=distance, vehicles_first=True)
