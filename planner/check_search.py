"""The auditor's own shortest path: two Dijkstra searches that meet, compiled.

One search runs along the streets from where the drive begins, the other against them from where it ends. They
share no code with the planner's trees, only the definition of what an edge costs (`roads.network`).
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import NamedTuple

import numba
import numpy as np

from planner.roads.network import Network
from planner.roads.streets import Ints

FAR = np.int64(2**62)


class Direction(NamedTuple):
    """The usable edges of each node in one direction of travel, and the node that each edge leads to."""

    start: Ints
    edge: Ints
    leads_to: Ints


def along_streets(network: Network) -> Direction:
    """List the edges that leave each node."""
    return Direction(network.out_start, network.out_edge, network.head)


def against_streets(network: Network) -> Direction:
    """List the edges that arrive at each node, leading back to where they come from."""
    edges = np.flatnonzero(network.usable)
    edges = edges[np.argsort(network.head[edges], kind="stable")]
    nodes = np.arange(len(network.out_start))
    return Direction(np.searchsorted(network.head[edges], nodes).astype(np.int64), edges, network.tail)


@numba.njit(cache=True, nogil=True)
def _settle_next(direction, key, best, entry, heap, opposite, meeting):  # type: ignore[no-untyped-def] # compiled
    """Settle the nearest open node of one search and keep `meeting` (best total, node) up to date."""
    at_key, node = heappop(heap)
    if at_key > best[node]:
        return
    for i in range(direction.start[node], direction.start[node + 1]):
        edge = direction.edge[i]
        _reach(direction.leads_to[edge], at_key + key[edge], edge, best, entry, heap, opposite, meeting)


@numba.njit(cache=True, nogil=True)
def _reach(node, at_key, edge, best, entry, heap, opposite, meeting):  # type: ignore[no-untyped-def]
    if at_key < best[node]:
        best[node], entry[node] = at_key, edge
        heappush(heap, (at_key, node))
        if at_key + opposite[node] < meeting[0]:
            meeting[0], meeting[1] = at_key + opposite[node], node


@numba.njit(cache=True, nogil=True)
def _walk(entry, node, against):  # type: ignore[no-untyped-def] # compiled
    """Return (side of the street on which a search began, edges from `node` back to there)."""
    edges = [np.int64(0) for _ in range(0)]
    while entry[node] >= 0:
        edges.append(entry[node])
        node = against.leads_to[entry[node]]
    return -1 - entry[node], edges


@numba.njit(cache=True, nogil=True)
def quickest(
    forward: Direction, backward: Direction, key: Ints, first: Ints, first_key: Ints, last: Ints, last_key: Ints
) -> tuple[int, int, int, Ints]:
    """Find the cheapest way from one of the two `first` edges to one of the two `last` edges; -1 is a closed side.

    `first_key` is the cost of leaving each first edge at its head, `last_key` that of driving into each last edge from
    its tail. Returns (packed cost or `FAR`, side of the first edge, side of the last edge, whole edges in between).
    """
    nodes = len(forward.start) - 1
    ahead, behind = np.full(nodes, FAR), np.full(nodes, FAR)
    entry, leave = np.zeros(nodes, dtype=np.int64), np.zeros(nodes, dtype=np.int64)
    open_ahead = [(np.int64(0), np.int64(0)) for _ in range(0)]
    open_behind = [(np.int64(0), np.int64(0)) for _ in range(0)]
    meeting = np.array([FAR, -1])
    for side in range(2):
        if first[side] >= 0:
            node = forward.leads_to[first[side]]
            _reach(node, first_key[side], -1 - side, ahead, entry, open_ahead, behind, meeting)
    for side in range(2):
        if last[side] >= 0:
            node = backward.leads_to[last[side]]
            _reach(node, last_key[side], -1 - side, behind, leave, open_behind, ahead, meeting)
    while len(open_ahead) > 0 and len(open_behind) > 0 and open_ahead[0][0] + open_behind[0][0] < meeting[0]:
        if open_ahead[0][0] <= open_behind[0][0]:
            _settle_next(forward, key, ahead, entry, open_ahead, behind, meeting)
        else:
            _settle_next(backward, key, behind, leave, open_behind, ahead, meeting)
    if meeting[1] < 0:
        return int(FAR), -1, -1, np.empty(0, dtype=np.int64)
    begun, before = _walk(entry, meeting[1], backward)
    ended, after = _walk(leave, meeting[1], forward)
    return int(meeting[0]), begun, ended, np.array(before[::-1] + after, dtype=np.int64)
