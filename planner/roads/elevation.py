"""Give streets their heights: the ground's, and where it is not theirs or not known, straight lines across."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import spsolve
from scipy.spatial import KDTree

from planner.errors import RoadsError
from planner.roads.doorsteps import per_segment
from planner.roads.grades import Pieces, piece_starts, pieces_of
from planner.roads.streets import Floats, Streets

if TYPE_CHECKING:
    from planner.roads.terrain import Box, Terrain

LEAST_COVER = 0.99  # of the street length; the rest may be clipped ends
NOTE = "elevation: "

Flags = NDArray[np.bool_]


def with_elevation(streets: Streets, tiles: Sequence[Path], *, allow_gaps: bool = False) -> Streets:
    """Return streets with the height of every shape point, read from GeoTIFF or ``.hgt`` tiles.

    Raises `RoadsError` E-M04, E-M31 or E-M33 where tiles cannot be read, and E-M32 where they leave out more than 1 %
    of the street length, unless `allow_gaps` goes on from the nearest known heights.
    """
    pieces = pieces_of(streets)
    terrain = _terrain(streets, tiles)
    known = np.isfinite(terrain.height_m)
    first = piece_starts(streets)
    unknown = ~(known[first] & known[first + 1])
    gaps_m = pieces.length_m[unknown].sum()
    covered = 1 - gaps_m / pieces.length_m.sum()
    if not known.any() or (covered < LEAST_COVER and not allow_gaps):
        raise _not_covered(streets, terrain.box, covered)
    span = per_segment(streets, _leaves_the_ground)
    span_km = streets.seg_length_m[span].sum() / 1000
    crossing = span.copy()
    crossing[pieces.segment[unknown]] = True
    height_m = _straightened(streets, pieces, _filled(streets, terrain.height_m, known), crossing)
    notes = [f"{NOTE}heights from {', '.join(tile.name for tile in tiles)}"]
    if span_km:
        notes.append(f"{NOTE}{span_km:,.1f} km of bridges and tunnels laid straight between their ends")
    if gaps_m:
        notes.append(f"{NOTE}{gaps_m / 1000:,.1f} km outside the tiles carried on from the nearest known heights")
    kept = [note for note in streets.notes if not note.startswith(NOTE)]
    return replace(streets, shape_ele_m=np.rint(height_m * 10) / 10, notes=(*kept, *notes))


def _terrain(streets: Streets, tiles: Sequence[Path]) -> Terrain:
    try:
        from planner.roads.terrain import read_terrain  # noqa: PLC0415 - an extra, and slow to load
    except ImportError as error:
        raise RoadsError('E-M33 elevation needs Rasterio → pip install "micro-ev-planner[elevation]"') from error
    return read_terrain(tiles, lat=streets.shape_lat, lon=streets.shape_lon)


def _leaves_the_ground(tags: Mapping[str, str]) -> bool:
    return tags.get("bridge", "no") != "no" or tags.get("tunnel", "no") != "no"


def _filled(streets: Streets, height_m: Floats, known: Flags) -> Floats:
    """Give points of unknown height that of the nearest known one."""
    shrink = np.cos(np.radians(streets.shape_lat.mean()))
    points = np.column_stack([streets.shape_lat, streets.shape_lon * shrink])
    filled = height_m.copy()
    filled[~known] = height_m[known][KDTree(points[known]).query(points[~known])[1]]
    return filled


def _straightened(streets: Streets, pieces: Pieces, height_m: Floats, crossing: Flags) -> Floats:
    """Lay some segments straight from end to end, whatever the ground does below or above them."""
    node_m = np.zeros(len(streets.node_lat))
    node_m[streets.seg_from] = height_m[streets.shape_start[:-1]]
    node_m[streets.seg_to] = height_m[streets.shape_start[1:] - 1]
    node_m = _inner_nodes_solved(streets, node_m, crossing)
    step_m = np.zeros(len(height_m))
    step_m[piece_starts(streets) + 1] = pieces.length_m
    driven_m = np.cumsum(step_m)
    segment = np.repeat(np.arange(streets.segments), np.diff(streets.shape_start))
    share = (driven_m - driven_m[streets.shape_start[segment]]) / streets.seg_length_m[segment]
    start_m, end_m = node_m[streets.seg_from[segment]], node_m[streets.seg_to[segment]]
    return np.where(crossing[segment], start_m + share * (end_m - start_m), height_m)


def _inner_nodes_solved(streets: Streets, node_m: Floats, crossing: Flags) -> Floats:
    """Return the heights of nodes, those that no ground street meets being solved from their neighbours.

    Each is the mean of its neighbours, weighted by how near they are along the street: on a bridge in several pieces
    that is the straight line, at a fork in a tunnel the one compromise without a bump. What touches the ground
    nowhere, such as a clipped bridge, keeps the height of the ground.
    """
    free = _between_grounds(streets, crossing)
    if not free.any():
        return node_m
    tail, head = streets.seg_from[crossing], streets.seg_to[crossing]
    rows, columns = np.concatenate([tail, head, tail, head]), np.concatenate([tail, head, head, tail])
    pull = 1 / streets.seg_length_m[crossing]
    system = coo_array((np.concatenate([pull, pull, -pull, -pull]), (rows, columns)), shape=(len(node_m),) * 2)
    inner = system.tocsr()[free]
    solved = node_m.copy()
    solved[free] = spsolve(inner[:, free].tocsc(), -(inner[:, ~free] @ node_m[~free]))
    return solved


def _between_grounds(streets: Streets, crossing: Flags) -> Flags:
    """Tell which nodes no ground street meets, though one can be reached from them."""
    nodes = len(streets.node_lat)
    grounded = np.zeros(nodes, dtype=bool)
    grounded[streets.seg_from[~crossing]] = grounded[streets.seg_to[~crossing]] = True
    tail, head = streets.seg_from[crossing], streets.seg_to[crossing]
    joined = coo_array((np.ones(len(tail)), (tail, head)), shape=(nodes, nodes))
    parts, part = connected_components(joined.tocsr(), directed=False)
    reaches_ground = np.zeros(parts, dtype=bool)
    reaches_ground[part[grounded]] = True
    free: Flags = ~grounded & reaches_ground[part]
    return free


def _not_covered(streets: Streets, tiles: Box, covered: float) -> RoadsError:
    remedy = "add the tiles that are missing, or --allow-gaps" if covered > 0 else "give the tiles of this place"
    return RoadsError(
        f"E-M32 the elevation covers {covered:.1%} of the street length: the streets lie in {_said(streets.bbox)}, "
        f"the tiles in {_said(tiles)} → {remedy}"
    )


def _said(box: Box) -> str:
    west, south, east, north = box
    return f"lat {south:.4f}..{north:.4f}, lon {west:.4f}..{east:.4f}"
