"""A plain reference for the matrices: the streets cut at every place, and NetworkX's or SciPy's Dijkstra on that."""

from __future__ import annotations

from collections.abc import Hashable
from itertools import pairwise

import networkx as nx
import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from planner.roads.network import DM_BITS, DM_MASK, Network
from planner.roads.snap import Snapped
from planner.roads.streets import Ints

FLOAT_DM_BITS = 22  # SciPy counts in floats, which hold 53 bits exactly: 419 km and 24 days


def costs_on_split_streets(network: Network, snapped: Snapped) -> dict[tuple[int, int], int]:
    """Return the packed cost of each reachable pair of places, found on a graph with a node at each place.

    A place is a node of its own in each direction of its street: nobody turns round in the middle of one.
    """
    graph = nx.MultiDiGraph()
    for edge in np.flatnonzero(network.usable).tolist():
        stations: list[Hashable] = [("corner", int(network.tail[edge]))]
        reached = [0]
        on_edge = np.argwhere(snapped.edge == edge).tolist()
        for place, side in sorted(on_edge, key=lambda spot: float(snapped.share[tuple(spot)])):
            station = (edge, float(snapped.share[place, side]))
            stations.append(station)
            reached.append(int(snapped.to_key[place, side]))
            graph.add_edge(("from", place), station, cost=0)
            graph.add_edge(station, ("to", place), cost=0)
        stations.append(("corner", int(network.head[edge])))
        reached.append(int(network.key[edge]))
        for (start, end), (before, after) in zip(pairwise(stations), pairwise(reached), strict=True):
            graph.add_edge(start, end, cost=after - before)
    found = {}
    for source in np.flatnonzero(snapped.found).tolist():
        lengths = nx.single_source_dijkstra_path_length(graph, ("from", source), weight="cost")
        found.update({(source, node[1]): cost for node, cost in lengths.items() if node[0] == "to"})
    return found


def costs_by_scipy(network: Network, snapped: Snapped) -> tuple[Ints, Ints]:
    """Return ms and dm [p, p] between places on different streets, on a graph with two more nodes for each."""
    nodes, places = len(network.out_start) - 1, len(snapped.segment)
    usable = np.flatnonzero(network.usable)
    place, side = np.nonzero(snapped.edge >= 0)
    edge = snapped.edge[place, side]
    assert len(np.unique(snapped.segment)) == places, "choose places on different streets"
    links = [
        (network.tail[usable], network.head[usable], _floatable(network.key[usable])),
        (nodes + place, network.head[edge], _floatable(snapped.from_key[place, side]) + 1),
        (network.tail[edge], nodes + places + place, _floatable(snapped.to_key[place, side]) + 1),
    ]  # a sparse matrix may take 0 for no edge, so the first and the last link of every way cost 1 more
    tail, head, cost = (np.concatenate(column) for column in zip(*links, strict=True))
    found = dijkstra(_cheapest_of_parallels(tail, head, cost, nodes + 2 * places), indices=nodes + np.arange(places))
    best = found[:, nodes + places :].astype(np.int64) - 2
    np.fill_diagonal(best, 0)
    return best >> FLOAT_DM_BITS, best & ((1 << FLOAT_DM_BITS) - 1)


def _floatable(key: Ints) -> Ints:
    return ((key >> DM_BITS) << FLOAT_DM_BITS) | (key & DM_MASK)


def _cheapest_of_parallels(tail: Ints, head: Ints, cost: Ints, size: int) -> csr_array[np.float64]:
    """Sparse matrices add parallel edges up, so keep one of each."""
    order = np.lexsort((cost, head, tail))
    tail, head, cost = tail[order], head[order], cost[order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = (np.diff(tail) != 0) | (np.diff(head) != 0)
    return csr_array((cost[first].astype(np.float64), (tail[first], head[first])), shape=(size, size))
