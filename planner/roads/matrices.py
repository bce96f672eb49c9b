"""Times, lengths and energies between all pairs of places, and the path of any pair.

Every pair is driven on the path of least time (then length, then lowest edge number), whatever the vehicle's
energy use: a driver follows the quickest legal way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from planner.energy.driving import edge_energy_wh
from planner.model import VehicleType
from planner.roads.network import DM_BITS, DM_MASK, Network
from planner.roads.search import FAR, along_tree, tree
from planner.roads.snap import Snapped
from planner.roads.streets import Floats, Ints


@dataclass(frozen=True, kw_only=True, eq=False)
class Matrices:
    """From place (row) to place (column), NaN where there is no way.

    `seconds`, `metres` are [p, p]; `wh_empty` and `wh_per_kg` [k, p, p], one layer for each vehicle type asked for.
    """

    seconds: Floats
    metres: Floats
    wh_empty: Floats
    wh_per_kg: Floats


@dataclass(frozen=True, kw_only=True, eq=False)
class Path:
    """The edges of a drive, of which the first begins at `first_share` and the last ends at `last_share`."""

    edges: Ints
    first_share: float
    last_share: float
    ms: int
    dm: int


def matrices(network: Network, snapped: Snapped, types: Sequence[VehicleType]) -> Matrices:
    """Compute the cheapest-time matrices between snapped places for vehicle types that share a network."""
    places = len(snapped.segment)
    energy = _edge_energies(network, types)
    key = np.full((places, places), FAR, dtype=np.int64)
    wh = np.full((places, places, energy.shape[1]), np.nan)
    wanted = np.unique(network.tail[snapped.edge[snapped.edge >= 0]])
    for source in np.flatnonzero(snapped.found):
        key[source], wh[source] = _row(network, snapped, energy, int(source), wanted)
    unreachable = key == FAR
    half = energy.shape[1] // 2
    layers = np.moveaxis(np.where(unreachable[:, :, None], np.nan, wh), 2, 0)
    return Matrices(
        seconds=np.where(unreachable, np.nan, (key >> DM_BITS) / 1000.0),
        metres=np.where(unreachable, np.nan, (key & DM_MASK) / 10.0),
        wh_empty=np.ascontiguousarray(layers[:half]),
        wh_per_kg=np.ascontiguousarray(layers[half:]),
    )


def _edge_energies(network: Network, types: Sequence[VehicleType]) -> Floats:
    """Wh of each edge, [2 m, 2 k]: first without load for each type, then per kilogram."""
    pairs = [edge_energy_wh(kind, length_m=network.edge_m, speed_mps=network.edge_mps) for kind in types]
    return np.ascontiguousarray(np.column_stack([pair[0] for pair in pairs] + [pair[1] for pair in pairs]))


def _row(network: Network, snapped: Snapped, energy: Floats, source: int, wanted: Ints) -> tuple[Ints, Floats]:
    """Return (key [p], Wh [p, 2 k]) from one source to all places."""
    edges = snapped.edge[source]
    best, entry, order = tree(
        network.out_start, network.out_edge, network.head, network.key, edges, snapped.from_key[source], wanted
    )
    first = energy[edges] * (1.0 - snapped.share[source])[:, None]
    to_node = along_tree(order, entry, network.tail, edges, first, energy)
    entered, key = _cheapest_entry(network, snapped, source, best)
    place = np.arange(len(key))
    last = snapped.edge[place, entered]
    share = snapped.share[place, entered]
    direct = key < _through_node(network, snapped, best)[place, entered]
    began = np.where(direct, snapped.share[source, entered], 0.0)
    wh = (share - began)[:, None] * energy[last] + np.where(direct[:, None], 0.0, to_node[network.tail[last]])
    wh[source], key[source] = 0.0, 0
    return key, wh


def _through_node(network: Network, snapped: Snapped, best: Ints) -> Ints:
    """Key of reaching each place [p, 2] over the tail of each direction of its street."""
    at_tail = best[network.tail[snapped.edge]]
    return np.where((snapped.edge >= 0) & (at_tail < FAR), at_tail + snapped.to_key, FAR)


def _cheapest_entry(network: Network, snapped: Snapped, source: int, best: Ints) -> tuple[Ints, Ints]:
    """Return the direction (0 or 1) in which each place is entered and the key of getting there."""
    keys = _through_node(network, snapped, best)
    along = snapped.to_key - snapped.to_key[source]
    ahead = (snapped.edge >= 0) & (snapped.edge == snapped.edge[source]) & (snapped.share >= snapped.share[source])
    keys = np.where(ahead & (along < keys), along, keys)
    entered = np.where(keys[:, 1] < keys[:, 0], 1, 0)
    return entered, keys[np.arange(len(keys)), entered]


def path(network: Network, snapped: Snapped, *, source: int, target: int) -> Path | None:
    """Return the path that `matrices` measured for one pair, or None where there is no way."""
    if source == target or not (snapped.found[source] and snapped.found[target]):
        return None
    wanted = network.tail[snapped.edge[target][snapped.edge[target] >= 0]]
    best, entry, _ = tree(
        network.out_start,
        network.out_edge,
        network.head,
        network.key,
        snapped.edge[source],
        snapped.from_key[source],
        wanted,
    )
    entered, keys = _cheapest_entry(network, snapped, source, best)
    side, key = int(entered[target]), int(keys[target])
    if key == FAR:
        return None
    edges = [int(snapped.edge[target, side])]
    if key == int(_through_node(network, snapped, best)[target, side]):
        _walk_back(network, entry, edges, stop=snapped.edge[source])
    first = 0 if edges[0] == snapped.edge[source, 0] else 1
    return Path(
        edges=np.array(edges, dtype=np.int64),
        first_share=float(snapped.share[source, first]),
        last_share=float(snapped.share[target, side]),
        ms=key >> DM_BITS,
        dm=key & DM_MASK,
    )


def _walk_back(network: Network, entry: Ints, edges: list[int], *, stop: Ints) -> None:
    """Put the edges that lead to the tail of ``edges[0]`` in front, back to the first edge of the path."""
    while True:
        edge = int(entry[network.tail[edges[0]]])
        edges.insert(0, edge)
        if edge in stop:
            return


def path_shape(network: Network, drive: Path) -> Floats:
    """Return the drive's street geometry as [k, 2] (lat, lon), rounded to 1e-6 degrees."""
    streets = network.streets
    pieces: list[Floats] = []
    last = len(drive.edges) - 1
    for i, edge in enumerate(drive.edges):
        span = slice(streets.shape_start[edge // 2], streets.shape_start[edge // 2 + 1])
        shape = np.column_stack([streets.shape_lat[span], streets.shape_lon[span]])
        shape = shape if edge % 2 == 0 else shape[::-1]
        begin = drive.first_share if i == 0 else 0.0
        end = drive.last_share if i == last else 1.0
        pieces.append(cut_shape(shape, begin=begin, end=end))
    points = np.round(np.concatenate(pieces), 6).astype(np.float64)
    keep = np.concatenate([[True], (np.diff(points, axis=0) != 0).any(axis=1)])
    return points[keep] if keep.sum() > 1 else points[[0, -1]]


def cut_shape(shape: Floats, *, begin: float, end: float) -> Floats:
    """Return the part of a (lat, lon) line between two shares of its length."""
    if begin == 0.0 and end == 1.0:
        return shape
    flat = shape * np.array([1.0, np.cos(np.radians(shape[0, 0]))])
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(flat, axis=0).T))])
    marks = np.array([begin, end]) * along[-1]
    inner = (along > marks[0]) & (along < marks[1])
    ends = np.column_stack([np.interp(marks, along, shape[:, axis]) for axis in (0, 1)])
    return np.vstack([ends[:1], shape[inner], ends[1:]])
