"""Streets with front doors, and points beside them: where made-up orders, hubs and stations can stand."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from planner.errors import RoadsError
from planner.roads.network import Network
from planner.roads.streets import METRES_PER_DEGREE, Floats, Ints, Streets, haversine_m

DOORSTEP_HIGHWAYS = ("residential", "living_street", "tertiary", "unclassified")
DOORSTEP_OFFSET_M = (4.0, 15.0)  # from the middle of the street

GRID_M = 500.0
REACH_CELLS = 2  # a place is judged by the streets up to this many cells away: 2.5 x 2.5 km


def per_segment(streets: Streets, judge: Callable[[Mapping[str, str]], bool]) -> NDArray[np.bool_]:
    """Judge every tag set once and return the verdict of each segment."""
    return np.array([judge(tags) for tags in streets.tag_sets], dtype=bool)[streets.seg_tags]


def middles(streets: Streets, segments: Ints) -> tuple[Floats, Floats]:
    """Return latitude and longitude of the middle shape point of each segment."""
    at = streets.shape_start[segments] + np.diff(streets.shape_start)[segments] // 2
    return streets.shape_lat[at], streets.shape_lon[at]


def doorstep_segments(networks: Sequence[Network]) -> Ints:
    """Return the streets with front doors that every network reaches and leaves again. Raises `RoadsError`.

    Where a map has no such street, as an industrial estate may, any street that all may use has to do.
    """
    streets = networks[0].streets
    usable = np.logical_and.reduce([network.usable.reshape(-1, 2).any(axis=1) for network in networks])
    if not usable.any():
        classes = ", ".join(dict.fromkeys(network.road_class.name for network in networks))
        raise RoadsError(f"E-M07 no street here is open to all of {classes} → use another streets file or class")
    doors = usable & per_segment(streets, lambda tags: tags.get("highway") in DOORSTEP_HIGHWAYS)
    return np.flatnonzero(doors if doors.any() else usable)


def near(streets: Streets, segments: Ints, *, lat: float, lon: float, radius_m: float) -> Ints:
    """Return those segments whose middle is not farther than `radius_m` from a point."""
    mid_lat, mid_lon = middles(streets, segments)
    away_m: Floats = haversine_m(lat1=mid_lat, lon1=mid_lon, lat2=lat, lon2=lon)
    return segments[away_m <= radius_m]


def segments_inside(streets: Streets, segments: Ints, outlines: Sequence[Sequence[tuple[float, float]]]) -> list[Ints]:
    """Return for each outline, a ring of (lon, lat), the segments whose middle it contains."""
    mid_lat, mid_lon = middles(streets, segments)
    tree = shapely.STRtree(shapely.points(mid_lon, mid_lat))
    return [segments[np.sort(tree.query(shapely.polygons(ring), predicate="contains"))] for ring in outlines]


def nearest_segments(streets: Streets, segments: Ints, *, lat: Floats, lon: Floats) -> Ints:
    """Return for each place the segment whose middle is nearest."""
    mid_lat, mid_lon = middles(streets, segments)
    shrink = math.cos(math.radians(float(np.median(mid_lat))))
    tree = shapely.STRtree(shapely.points(mid_lon * shrink, mid_lat))
    found: Ints = segments[tree.nearest(shapely.points(lon * shrink, lat))]
    return found


def densest(streets: Streets, segments: Ints) -> int:
    """Return the segment in the middle of the 2.5 km square that holds most metres of the given streets."""
    mid_lat, mid_lon = middles(streets, segments)
    shrink = math.cos(math.radians(float(np.median(mid_lat))))
    row = ((mid_lat - mid_lat.min()) * METRES_PER_DEGREE // GRID_M).astype(np.int64) + REACH_CELLS
    column = ((mid_lon - mid_lon.min()) * METRES_PER_DEGREE * shrink // GRID_M).astype(np.int64) + REACH_CELLS
    metres = np.zeros((row.max() + REACH_CELLS + 1, column.max() + REACH_CELLS + 1))
    np.add.at(metres, (row, column), streets.seg_length_m[segments])
    square = 2 * REACH_CELLS + 1
    around = np.lib.stride_tricks.sliding_window_view(metres, (square, square)).sum(axis=(2, 3))
    best = around[row - REACH_CELLS, column - REACH_CELLS].argmax()
    here = (row == row[best]) & (column == column[best])
    return int(segments[here][streets.seg_length_m[segments[here]].argmax()])


def spread(streets: Streets, segments: Ints, *, count: int, start: int) -> list[int]:
    """Return `count` segments, or all there are, each as far as possible from `start` and those before it."""
    mid_lat, mid_lon = middles(streets, np.append(segments, start))
    chosen: list[int] = []
    gap_m = np.full(len(segments), np.inf)
    last = len(segments)
    while len(chosen) < min(count, len(segments)):
        here = haversine_m(lat1=mid_lat[:-1], lon1=mid_lon[:-1], lat2=mid_lat[last], lon2=mid_lon[last])
        gap_m = np.minimum(gap_m, here)
        last = int(gap_m.argmax())
        chosen.append(int(segments[last]))
    return chosen


def doorstep(streets: Streets, segment: int, rng: random.Random) -> tuple[float, float]:
    """Return (lat, lon) of a point some metres beside the segment, on either side."""
    span = slice(streets.shape_start[segment], streets.shape_start[segment + 1])
    lat, lon = streets.shape_lat[span], streets.shape_lon[span]
    shrink = math.cos(math.radians(lat[0]))
    x_m, y_m = lon * METRES_PER_DEGREE * shrink, lat * METRES_PER_DEGREE
    line = shapely.linestrings(x_m, y_m)
    side_m = rng.choice((-1, 1)) * rng.uniform(*DOORSTEP_OFFSET_M)
    along_m = rng.random() * line.length
    foot = shapely.line_interpolate_point(line, along_m)
    piece = int(np.searchsorted(np.cumsum(np.hypot(np.diff(x_m), np.diff(y_m)))[:-1], along_m))
    heading = math.atan2(y_m[piece + 1] - y_m[piece], x_m[piece + 1] - x_m[piece])
    x, y = foot.x - side_m * math.sin(heading), foot.y + side_m * math.cos(heading)
    return y / METRES_PER_DEGREE, x / METRES_PER_DEGREE / shrink
