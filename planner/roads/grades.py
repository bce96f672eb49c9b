"""How steep streets are, piece by piece between the points of their shapes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.roads.streets import Floats, Ints, Streets, haversine_m

# Few streets are steeper: the steepest of the world has 34.8 % (Baldwin Street, Dunedin; Guinness World Records 2020),
# and 30 m cells do not resolve such a place. More than this is a wall or cliff beside the street.
MAX_GRADE = 0.25
SHORTEST_STEP_M = 1e-3  # points of a shape may coincide


@dataclass(frozen=True, slots=True, kw_only=True)
class Pieces:
    """The straight pieces of all streets, in the order of their shapes.

    Piece p belongs to `segment[p]`; the `length_m` of a segment's pieces add up to the segment's. `grade` is the rise
    per metre in the direction of the shape, within `MAX_GRADE` either way, and 0 where there is no elevation.
    """

    segment: Ints
    length_m: Floats
    grade: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeFacts:
    """How hilly streets are. Each kilometre counts once up and once down; percentiles are shares of the length."""

    climb_m_per_km: float
    grade_p50: float
    grade_p90: float
    grade_max: float
    capped_km: float


def pieces_of(streets: Streets) -> Pieces:
    """Return every piece between two points of a shape that follow each other."""
    first = piece_starts(streets)
    segment = np.repeat(np.arange(streets.segments), np.diff(streets.shape_start) - 1)
    lat, lon = streets.shape_lat, streets.shape_lon
    step_m = haversine_m(lat1=lat[first], lon1=lon[first], lat2=lat[first + 1], lon2=lon[first + 1])
    step_m = np.maximum(step_m, SHORTEST_STEP_M)
    measured_m = np.bincount(segment, weights=step_m, minlength=streets.segments)
    length_m = step_m * (streets.seg_length_m / measured_m)[segment]
    if not len(streets.shape_ele_m):
        return Pieces(segment=segment, length_m=length_m, grade=np.zeros(len(first)))
    rise_m = streets.shape_ele_m[first + 1] - streets.shape_ele_m[first]
    return Pieces(segment=segment, length_m=length_m, grade=np.clip(rise_m / length_m, -MAX_GRADE, MAX_GRADE))


def piece_starts(streets: Streets) -> Ints:
    """Return the shape points at which a piece starts: all but the last of each segment."""
    starts = np.ones(len(streets.shape_lat), dtype=bool)
    starts[streets.shape_start[1:] - 1] = False
    return np.flatnonzero(starts)


def grade_facts(streets: Streets) -> GradeFacts:
    """Sum up the grades of all pieces."""
    pieces = pieces_of(streets)
    steepness = np.abs(pieces.grade)
    order = np.argsort(steepness)
    along_m = np.cumsum(pieces.length_m[order])
    p50, p90 = steepness[order][np.searchsorted(along_m, [0.5 * along_m[-1], 0.9 * along_m[-1]])]
    return GradeFacts(
        climb_m_per_km=float(500 * (steepness * pieces.length_m).sum() / along_m[-1]),
        grade_p50=float(p50),
        grade_p90=float(p90),
        grade_max=float(steepness.max()),
        capped_km=float(pieces.length_m[steepness >= MAX_GRADE].sum() / 1000),
    )
