"""Shortest paths from one place to all others: Dijkstra on arrays, compiled.

Places lie inside edges. A path from place i leaves along either direction of its street, which costs
`from_key`, and enters place j along an edge, which costs `to_key`; two places on one edge may also be joined
directly.
"""

from __future__ import annotations

import numba
import numpy as np

from planner.roads.streets import Floats, Ints

FAR = np.int64(2**62)


@numba.njit(cache=True, nogil=True)
def _push(keys: Ints, nodes: Ints, size: int, key: int, node: int) -> int:
    at = size
    while at > 0:
        up = (at - 1) >> 1
        if keys[up] <= key:
            break
        keys[at], nodes[at] = keys[up], nodes[up]
        at = up
    keys[at], nodes[at] = key, node
    return size + 1


@numba.njit(cache=True, nogil=True)
def _pop(keys: Ints, nodes: Ints, size: int) -> int:
    """Remove the top, which the caller has read, and return the new size."""
    size -= 1
    key, node = keys[size], nodes[size]
    at = 0
    while True:
        down = 2 * at + 1
        if down >= size:
            break
        if down + 1 < size and keys[down + 1] < keys[down]:
            down += 1
        if key <= keys[down]:
            break
        keys[at], nodes[at] = keys[down], nodes[down]
        at = down
    keys[at], nodes[at] = key, node
    return size


@numba.njit(cache=True, nogil=True)
def tree(
    out_start: Ints, out_edge: Ints, head: Ints, key: Ints, first_edges: Ints, first_keys: Ints, wanted: Ints
) -> tuple[Ints, Ints, Ints]:
    """Grow the tree of cheapest paths that begin on `first_edges` at cost `first_keys`, until `wanted` is settled.

    `wanted` are node numbers. Returns (key of each node, edge by which it is entered or -1, nodes in the order
    they were settled).
    """
    n = len(out_start) - 1
    best = np.full(n, FAR, dtype=np.int64)
    entry = np.full(n, -1, dtype=np.int64)
    settled = np.zeros(n, dtype=np.bool_)
    missing = np.zeros(n, dtype=np.bool_)
    left = 0
    for node in wanted:
        if not missing[node]:
            missing[node] = True
            left += 1
    order = np.empty(n, dtype=np.int64)
    done = 0
    heap_key = np.empty(len(out_edge) + 2, dtype=np.int64)
    heap_node = np.empty(len(out_edge) + 2, dtype=np.int64)
    size = 0
    for i in range(len(first_edges)):
        edge = first_edges[i]
        if edge >= 0:
            node = head[edge]
            if first_keys[i] < best[node] or (first_keys[i] == best[node] and edge < entry[node]):
                best[node], entry[node] = first_keys[i], edge
                size = _push(heap_key, heap_node, size, first_keys[i], node)
    while size > 0 and left > 0:
        at_key, node = heap_key[0], heap_node[0]
        size = _pop(heap_key, heap_node, size)
        if settled[node]:
            continue
        settled[node] = True
        order[done] = node
        done += 1
        if missing[node]:
            left -= 1
        for i in range(out_start[node], out_start[node + 1]):
            edge = out_edge[i]
            after = at_key + key[edge]
            other = head[edge]
            if after < best[other]:
                best[other], entry[other] = after, edge
                size = _push(heap_key, heap_node, size, after, other)
            elif after == best[other] and edge < entry[other]:
                entry[other] = edge
    return best, entry, order[:done]


@numba.njit(cache=True, nogil=True)
def along_tree(order: Ints, entry: Ints, tail: Ints, first_edges: Ints, first: Floats, per_edge: Floats) -> Floats:
    """Add up `per_edge` [2 m, k] from the source to each settled node; `first` [2, k] is for the first part edges.

    A node entered by a first edge was reached from the place itself: coming round to its tail costs more.
    """
    k = per_edge.shape[1]
    total = np.zeros((len(entry), k))
    for node in order:
        edge = entry[node]
        for c in range(k):
            if edge == first_edges[0]:
                total[node, c] = first[0, c]
            elif edge == first_edges[1]:
                total[node, c] = first[1, c]
            else:
                total[node, c] = total[tail[edge], c] + per_edge[edge, c]
    return total
