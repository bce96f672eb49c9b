"""Thins lines out and packs them for the map page: base64 of little-endian integers, deltas along each line."""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

METRES_PER_DEGREE = 111_195.0  # of latitude, on the sphere of 6,371,009 m
GRID = 1e5  # 1/100,000 degree, about 1 m


def thinned(lines: Sequence[Any], *, lat: float, tolerance_m: float) -> list[Any]:
    """Drop the points of shapely (lon, lat) lines that move them less than `tolerance_m` at latitude `lat`."""
    squeeze = np.array([math.cos(math.radians(lat)), 1.0])  # a degree of longitude is shorter
    squeezed = shapely.transform(np.asarray(lines, dtype=object), lambda points: points * squeeze)
    thin = shapely.simplify(squeezed, tolerance_m / METRES_PER_DEGREE, preserve_topology=False)
    return list(shapely.transform(thin, lambda points: points / squeeze))


def packed(lines: Sequence[Any]) -> dict[str, str | int]:
    """Pack shapely (lon, lat) lines.

    `heads` holds (lat, lon, number of further points) of each line as int32, `deltas` the (lat, lon) step to
    each further point as integers of `bits` bits, all on the grid.
    """
    points, owner = shapely.get_coordinates(lines, return_index=True)
    grid = np.rint(points[:, ::-1] * GRID).astype(np.int64)
    is_head = np.diff(owner, prepend=-1) != 0
    sizes = np.bincount(owner, minlength=len(lines))
    heads = np.column_stack([grid[is_head], sizes - 1])
    deltas = np.diff(grid, axis=0, prepend=0)[~is_head]
    bits = 16 if np.abs(deltas).max(initial=0) < 2**15 else 32
    return {"heads": _base64(heads.astype("<i4")), "deltas": _base64(deltas.astype(f"<i{bits // 8}")), "bits": bits}


def _base64(array: NDArray[Any]) -> str:
    return base64.b64encode(array.tobytes()).decode("ascii")
