"""Attach places to the nearest point of a usable street."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from weakref import WeakKeyDictionary

import numpy as np
import shapely
from numpy.typing import NDArray

from planner.roads.driving_side import driving_side
from planner.roads.network import DM_BITS, DM_MASK, Network
from planner.roads.streets import METRES_PER_DEGREE, Floats, Ints, Streets

MAX_GAP_M = 150.0
ON_THE_LINE_M = 0.5  # a place this near to the middle of the street, or to its course beyond its end, has no side
STEP_M = 0.1  # along the street, to see where it heads


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

    def only(self, places: Sequence[int]) -> Snapped:
        """Return some of the places, numbered anew in this order."""
        return Snapped(**{field.name: getattr(self, field.name)[np.asarray(places)] for field in fields(self)})


def snap(network: Network, *, lat: Floats, lon: Floats, max_gap_m: float = MAX_GAP_M) -> Snapped:
    """Attach each place to the nearest point of the nearest usable street.

    A nearest street always exists, even in the wrong city, so the gap is the only proof of a match. A class that
    stops at the kerb only has but one direction of a two-way street: that on whose side the place lies.
    """
    streets = network.streets
    x_scale, segments, tree = _tree(network)
    lines = tree.geometries
    places = shapely.points(np.asarray(lon) * x_scale, np.asarray(lat) * METRES_PER_DEGREE)
    nearest = _lowest_of_nearest(tree, places)
    gap_m = shapely.distance(lines[nearest], places)
    share = shapely.line_locate_point(lines[nearest], places, normalized=True)
    segment = np.where(gap_m <= max_gap_m, segments[nearest], -1)
    touching = shapely.line_interpolate_point(lines[nearest], share, normalized=True)
    edge = np.where(segment[:, None] >= 0, 2 * segment[:, None] + np.array([0, 1]), -1)
    edge = np.where((edge >= 0) & network.usable[edge], edge, -1)
    if network.road_class.kerb:
        edge = _at_the_kerb(streets, edge, _left_m(lines[nearest], places))
    return _attach(
        network,
        segment=segment,
        edge=edge,
        share=share,
        gap_m=gap_m,
        lat=shapely.get_y(touching) / METRES_PER_DEGREE,
        lon=shapely.get_x(touching) / x_scale,
    )


def _tree(network: Network) -> tuple[float, Ints, shapely.STRtree]:
    """Return metres per degree of longitude, the segments on which a class may stop, and a tree of their lines."""
    if network not in _kept_trees:
        open_to_stops = network.usable & ~network.crossing
        segments = np.flatnonzero(open_to_stops.reshape(-1, 2).any(axis=1))
        x_scale, lines = street_lines(network.streets)
        _kept_trees[network] = x_scale, segments, shapely.STRtree(lines[segments])
    return _kept_trees[network]


def street_lines(streets: Streets) -> tuple[float, NDArray[np.object_]]:
    """Return metres per degree of longitude and the line of each segment in metres, kept for the next class.

    The plane is an equirectangular one about the middle of the streets: exact enough for choosing among near streets.
    """
    if streets not in _kept_lines:
        x_scale = METRES_PER_DEGREE * np.cos(np.radians((streets.bbox[1] + streets.bbox[3]) / 2))
        shapes = np.column_stack([streets.shape_lon * x_scale, streets.shape_lat * METRES_PER_DEGREE])
        of_segment = np.repeat(np.arange(streets.segments), np.diff(streets.shape_start))
        _kept_lines[streets] = float(x_scale), shapely.linestrings(shapes, indices=of_segment)
    return _kept_lines[streets]


_kept_trees: WeakKeyDictionary[Network, tuple[float, Ints, shapely.STRtree]] = WeakKeyDictionary()
_kept_lines: WeakKeyDictionary[Streets, tuple[float, NDArray[np.object_]]] = WeakKeyDictionary()


def _lowest_of_nearest(tree: shapely.STRtree, places: NDArray[np.object_]) -> Ints:
    """Return the nearest line of each place; among equally near ones the first, whatever the tree's order."""
    place, line = tree.query_nearest(places, all_matches=True)
    nearest = np.full(len(places), len(tree.geometries), dtype=np.int64)
    np.minimum.at(nearest, place, line)
    return nearest


def _left_m(lines: NDArray[np.object_], places: NDArray[np.object_]) -> Floats:
    """Return how far each place lies to the left of its line, as that heads where it is nearest."""
    along_m = shapely.line_locate_point(lines, places)
    behind, here, ahead, place = (
        shapely.get_coordinates(points) @ np.array([1, 1j])
        for points in (
            shapely.line_interpolate_point(lines, np.maximum(along_m - STEP_M, 0.0)),
            shapely.line_interpolate_point(lines, along_m),
            shapely.line_interpolate_point(lines, along_m + STEP_M),
            places,
        )
    )
    heading = ahead - behind
    left_m: Floats = np.imag(heading.conjugate() * (place - here)) / np.maximum(np.abs(heading), 1e-9)
    return left_m


def _at_the_kerb(streets: Streets, edge: Ints, left_m: Floats) -> Ints:
    """Leave of two open directions [p, 2] the one that passes each place on its own side."""
    keeps_left = driving_side(streets)[0] == "left"
    forward = (left_m > 0) == keeps_left
    has_side = (edge >= 0).all(axis=1) & (np.abs(left_m) > ON_THE_LINE_M)
    across = has_side[:, None] & ~np.column_stack([forward, ~forward])
    return np.where(across, -1, edge)


def _attach(
    network: Network, *, segment: Ints, edge: Ints, share: Floats, gap_m: Floats, lat: Floats, lon: Floats
) -> Snapped:
    along = np.column_stack([share, 1.0 - share])
    key = np.where(edge >= 0, network.key[edge], 0)
    to_ms = np.rint((key >> DM_BITS) * along).astype(np.int64)
    to_dm = np.rint((key & DM_MASK) * along).astype(np.int64)
    to_key = (to_ms << DM_BITS) | to_dm
    return Snapped(
        lat=lat, lon=lon, gap_m=gap_m, segment=segment, edge=edge, share=along, to_key=to_key, from_key=key - to_key
    )
