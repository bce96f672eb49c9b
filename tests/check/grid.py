"""A small town for the auditor's tests: a grid with one-way streets, bends, limits and a trunk road that is closed."""

from __future__ import annotations

import numpy as np

from planner.roads.streets import Floats, Streets, assemble

SOUTH, WEST = -29.96, -71.35
STEP_LAT, STEP_LON = 0.0022, 0.0026  # about 245 and 250 m
ROWS, COLUMNS = 8, 9


def make_grid(*, rows: int = ROWS, columns: int = COLUMNS) -> Streets:
    """The rim is two-way, so that every point can be reached; inside, every other street is one-way."""
    rng = np.random.default_rng(7)
    lat = SOUTH + STEP_LAT * np.repeat(np.arange(rows), columns) + rng.normal(0, 1e-4, rows * columns)
    lon = WEST + STEP_LON * np.tile(np.arange(columns), rows) + rng.normal(0, 1e-4, rows * columns)
    ends: list[tuple[int, int]] = []
    tags: list[dict[str, str]] = []
    for row in range(rows):
        for column in range(columns):
            node = row * columns + column
            if column + 1 < columns:
                ends.append((node, node + 1))
                tags.append(_tags(line=row, last=rows - 1))
            if row + 1 < rows:
                ends.append((node, node + columns))
                tags.append(_tags(line=column, last=columns - 1))
    ends.append((0, rows * columns - 1))
    tags.append({"highway": "trunk", "maxspeed": "80"})
    points = np.column_stack([lat, lon])
    return assemble(
        node_lat=lat,
        node_lon=lon,
        ends=np.array(ends, dtype=np.int64),
        shapes=[_bent(points[a], points[b], rng) for a, b in ends],
        tags=tags,
    )


def _tags(*, line: int, last: int) -> dict[str, str]:
    if line in {0, last}:
        return {"highway": "tertiary", "maxspeed": "50"}
    oneway = {"oneway": ("yes", "-1")[line // 2 % 2]} if line % 2 else {}
    return {"highway": "residential", "maxspeed": ("30", "40")[line % 3 == 0]} | oneway


def _bent(start: Floats, end: Floats, rng: np.random.Generator) -> Floats:
    return np.vstack([start, (start + end) / 2 + rng.normal(0, 1e-4, 2), end])
