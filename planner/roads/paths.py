"""The streets driven between two places, on demand: the path that the matrices measured."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.roads.labels import Labels, meet, search_places
from planner.roads.metric import FAR
from planner.roads.nearby import same_street
from planner.roads.network import DM_BITS, DM_MASK, Network
from planner.roads.snap import Snapped
from planner.roads.streets import Floats, Ints


@dataclass(frozen=True, kw_only=True, eq=False)
class Path:
    """The edges of a drive, of which the first begins at `first_share` and the last ends at `last_share`."""

    edges: Ints
    first_share: float
    last_share: float
    ms: int
    dm: int


def path(network: Network, snapped: Snapped, *, source: int, target: int) -> Path | None:
    """Return the path that `matrices` measured for one pair, or None where there is no way."""
    if source == target or not (snapped.found[source] and snapped.found[target]):
        return None
    pair = snapped.only([source, target])
    key = np.full((2, 2), FAR)
    on_one_street = pair.segment[0] == pair.segment[1]
    edges = _on_one_street(network, pair, key) if on_one_street else _across(network, pair, key)
    if not edges:
        return None
    return Path(
        edges=np.array(edges, dtype=np.int64),
        first_share=float(pair.share[0, edges[0] % 2]),
        last_share=float(pair.share[1, edges[-1] % 2]),
        ms=int(key[0, 1]) >> DM_BITS,
        dm=int(key[0, 1]) & DM_MASK,
    )


def _on_one_street(network: Network, pair: Snapped, key: Ints) -> list[int]:
    same = same_street(network, pair, np.array([0, 1]), key)
    how = int(same.how[0, 1])
    if how < 2:
        return [same.edges[how]] if how >= 0 else []
    first, last = divmod(how - 2, 2)
    return [same.edges[first], *same.rounds[first, last].edges]


def _across(network: Network, pair: Snapped, key: Ints) -> list[int]:
    """Return the edges of a path from one street to another, none where there is no way."""
    searches = search_places(network, pair)
    depth = np.full((2, 2), -1, dtype=np.int32)
    meet(searches, key, depth)
    met = int(depth[0, 1])
    if met < 0:
        return []
    source, target = (int(np.flatnonzero(searches.place == place)[0]) for place in (0, 1))
    before, after = _links(network, searches.away, source, met), _links(network, searches.back, target, met)
    links = [(0, link) for link in reversed(before)] + [(1, link) for link in after]
    first = int(pair.edge[0, searches.away.end[source, met]])
    return [first, *(edge for side, link in links for edge in _edges(network, side, link))]


def _links(network: Network, labels: Labels, row: int, depth: int) -> list[int]:
    """Return the links between a depth of a search and where it begins, the highest first."""
    hierarchy = network.ground.hierarchy
    links: list[int] = []
    while (link := int(labels.link[row, depth])) >= 0:
        links.append(link)
        depth = int(hierarchy.depth[hierarchy.tail[link]])
    return links


def _edges(network: Network, side: int, link: int) -> list[int]:
    """Return the edges that driving a link enters."""
    metric, hierarchy, states = network.metric, network.ground.hierarchy, network.ground.states
    edges: list[int] = []
    ahead = [(side, link)]
    while ahead:
        way, at = ahead.pop()
        if metric.first[way, at] >= 0:
            ahead += [(0, int(metric.second[way, at])), (1, int(metric.first[way, at]))]
        else:
            edges.append(int(states.edge[hierarchy.up[at] if way == 0 else hierarchy.tail[at]]))
    return edges


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
