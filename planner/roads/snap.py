"""Attach places to the nearest point of a usable street."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from planner.roads.network import DM_BITS, DM_MASK, Network
from planner.roads.streets import METRES_PER_DEGREE, Floats, Ints

MAX_GAP_M = 150.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Snapped:
    """Where places touch the network; arrays [p], and [p, 2] for the two directions of the street.

    `segment` is -1 for a place farther than the limit from every usable street; its `gap_m` is still the distance.
    `edge` is the edge number in each direction, -1 where closed. `to_key` is the packed cost from the edge's
    tail to the place, `from_key` from the place to the head; `share` is how far along the edge the place lies.
    """

    lat: Floats
    lon: Floats
    gap_m: Floats
    segment: Ints
    edge: Ints
    share: Floats
    to_key: Ints
    from_key: Ints

    @property
    def found(self) -> NDArray[np.bool_]:
        mask: NDArray[np.bool_] = self.segment >= 0
        return mask


def snap(network: Network, *, lat: Floats, lon: Floats, max_gap_m: float = MAX_GAP_M) -> Snapped:
    """Attach each place to the nearest point of the nearest usable street.

    A nearest street always exists, even in the wrong city, so the gap is the only proof of a match.
    """
    streets = network.streets
    segments = np.flatnonzero(network.usable.reshape(-1, 2).any(axis=1))
    # An equirectangular plane about the middle of the streets: exact enough for choosing among near streets.
    x_scale = METRES_PER_DEGREE * np.cos(np.radians((streets.bbox[1] + streets.bbox[3]) / 2))
    shapes = np.column_stack([streets.shape_lon * x_scale, streets.shape_lat * METRES_PER_DEGREE])
    sizes = np.diff(streets.shape_start)[segments]
    points = np.concatenate([np.arange(s, s + n) for s, n in zip(streets.shape_start[segments], sizes, strict=True)])
    lines = shapely.linestrings(shapes[points], indices=np.repeat(np.arange(len(segments)), sizes))
    places = shapely.points(np.asarray(lon) * x_scale, np.asarray(lat) * METRES_PER_DEGREE)
    nearest = _lowest_of_nearest(shapely.STRtree(lines), places)
    gap_m = shapely.distance(lines[nearest], places)
    share = shapely.line_locate_point(lines[nearest], places, normalized=True)
    segment = np.where(gap_m <= max_gap_m, segments[nearest], -1)
    touching = shapely.line_interpolate_point(lines[nearest], share, normalized=True)
    return _attach(
        network,
        segment=segment,
        share=share,
        gap_m=gap_m,
        lat=shapely.get_y(touching) / METRES_PER_DEGREE,
        lon=shapely.get_x(touching) / x_scale,
    )


def _lowest_of_nearest(tree: shapely.STRtree, places: NDArray[np.object_]) -> Ints:
    """Return the nearest line of each place; among equally near ones the first, whatever the tree's order."""
    place, line = tree.query_nearest(places, all_matches=True)
    nearest = np.full(len(places), len(tree.geometries), dtype=np.int64)
    np.minimum.at(nearest, place, line)
    return nearest


def _attach(network: Network, *, segment: Ints, share: Floats, gap_m: Floats, lat: Floats, lon: Floats) -> Snapped:
    edge = np.where(segment[:, None] >= 0, 2 * segment[:, None] + np.array([0, 1]), -1)
    edge = np.where((edge >= 0) & network.usable[edge], edge, -1)
    along = np.column_stack([share, 1.0 - share])
    key = np.where(edge >= 0, network.key[edge], 0)
    to_ms = np.rint((key >> DM_BITS) * along).astype(np.int64)
    to_dm = np.rint((key & DM_MASK) * along).astype(np.int64)
    to_key = (to_ms << DM_BITS) | to_dm
    return Snapped(
        lat=lat, lon=lon, gap_m=gap_m, segment=segment, edge=edge, share=along, to_key=to_key, from_key=key - to_key
    )
