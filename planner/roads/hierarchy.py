"""The order in which a city's states are taken away, and the shortcuts that this may ask for.

A customizable contraction hierarchy (Dibbelt, Strasser, Wagner: Customizable Contraction Hierarchies, ACM Journal of
Experimental Algorithmics 21, 2016): the order comes from nested dissection of the streets alone, so that one order
serves every class and every speed. Both directions of a street and all its states follow each other in it.
"""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np
from scipy.sparse import csr_array

from planner.roads.states import States
from planner.roads.streets import Ints, Ints32, Streets


class Hierarchy(NamedTuple):
    """Links between states: link j joins a state to the higher one `up[j]`.

    Those of state v are `up[start[v]:start[v + 1]]`, ascending; `tail` [j] is v. `in_link` lists the links that arrive
    at each state from below, by `in_start`. `parent` [v] is the first higher neighbour, -1 at a top; every state that
    a search from v can reach lies on the way from v over its parents. `depth` [v] counts them. `preorder` [v] numbers
    the states so that those under one parent follow each other. `move_link` is the link of each move.
    """

    start: Ints
    up: Ints32
    tail: Ints32
    in_start: Ints
    in_link: Ints32
    parent: Ints32
    depth: Ints32
    preorder: Ints32
    move_link: Ints32


def dissection(streets: Streets) -> Ints:
    """Rank streets [m] so that low ones lie inside small parts of the city, and high ones part it."""
    from pymetis import CSRAdjacency, nested_dissection  # noqa: PLC0415 - only where no order is kept

    start, neighbours = _neighbours(streets)
    if len(neighbours) == 0:
        return np.arange(streets.segments)
    _, rank = nested_dissection(CSRAdjacency(start.astype(np.int32), neighbours.astype(np.int32)))
    return np.asarray(rank, dtype=np.int64)


def _neighbours(streets: Streets) -> tuple[Ints, Ints]:
    """Return which streets meet which, as the start of each street's list [m + 1] and the lists."""
    street = np.tile(np.arange(streets.segments), 2)
    node = np.concatenate([streets.seg_from, streets.seg_to])
    touches = csr_array((np.ones(len(node)), (street, node)), shape=(streets.segments, len(streets.node_lat)))
    meets = csr_array(touches @ touches.T)
    meets.setdiag(0)
    meets.eliminate_zeros()
    meets.sort_indices()
    return meets.indptr.astype(np.int64), meets.indices.astype(np.int64)


def build_hierarchy(states: States) -> Hierarchy:
    """Link the states so that taking away the lower ones loses no way between the others."""
    low, high = _linked(states)
    count = len(states.edge)
    first = np.searchsorted(low, np.arange(count + 1)).astype(np.int64)
    start, up, parent = _complete(first, high.astype(np.int32))
    tail, in_start, in_link = _links_from_below(start, up)
    a, b = states.move_from, states.move_to
    return Hierarchy(
        start=start,
        up=up,
        tail=tail,
        in_start=in_start,
        in_link=in_link,
        parent=parent,
        depth=_depths(parent),
        preorder=_preorder(parent),
        move_link=_find_links(start, up, np.minimum(a, b), np.maximum(a, b)),
    )


def _linked(states: States) -> tuple[Ints, Ints]:
    """Return the pairs of states that a move joins, lower first, in order.

    States of one street are joined to the next as well, so that all lie on the way up from the lowest of them.
    """
    count = len(states.edge)
    same_street = np.flatnonzero(np.diff(states.edge // 2) == 0)
    low = np.concatenate([np.minimum(states.move_from, states.move_to), same_street])
    high = np.concatenate([np.maximum(states.move_from, states.move_to), same_street + 1])
    code = np.unique((low * count + high)[low != high])
    return code // count, code % count


@numba.njit(cache=True, nogil=True)
def _complete(first: Ints, high: Ints32) -> tuple[Ints, Ints32, Ints32]:
    """Add the links that taking states away asks for: the higher neighbours of each become neighbours.

    It is enough to hand the neighbours of a state on to its parent. Returns (start, up, parent).
    """
    count = len(first) - 1
    size = 4 * len(high) + 16
    up = np.empty(size, dtype=np.int32)
    start = np.zeros(count + 1, dtype=np.int64)
    parent = np.full(count, -1, dtype=np.int32)
    child = np.full(count, -1, dtype=np.int32)
    sibling = np.full(count, -1, dtype=np.int32)
    seen = np.full(count, -1, dtype=np.int32)
    at = 0
    for v in range(count):
        need = first[v + 1] - first[v]
        c = child[v]
        while c >= 0:
            need += start[c + 1] - start[c]
            c = sibling[c]
        if at + need > size:
            size = 2 * (at + need)
            larger = np.empty(size, dtype=np.int32)
            larger[:at] = up[:at]
            up = larger
        begin = at
        for i in range(first[v], first[v + 1]):
            seen[high[i]] = v
            up[at] = high[i]
            at += 1
        c = child[v]
        while c >= 0:
            for i in range(start[c] + 1, start[c + 1]):
                if seen[up[i]] != v:
                    seen[up[i]] = v
                    up[at] = up[i]
                    at += 1
            c = sibling[c]
        up[begin:at].sort()
        start[v + 1] = at
        if at > begin:
            p = up[begin]
            parent[v] = p
            sibling[v] = child[p]
            child[p] = v
    return start, up[:at].copy(), parent


@numba.njit(cache=True, nogil=True)
def _links_from_below(start: Ints, up: Ints32) -> tuple[Ints32, Ints, Ints32]:
    """Return the lower end of each link, and the links by their higher end."""
    count = len(start) - 1
    tail = np.empty(len(up), dtype=np.int32)
    in_start = np.zeros(count + 1, dtype=np.int64)
    for x in up:
        in_start[x + 1] += 1
    for v in range(count):
        in_start[v + 1] += in_start[v]
    free = in_start.copy()
    in_link = np.empty(len(up), dtype=np.int32)
    for v in range(count):
        for j in range(start[v], start[v + 1]):
            tail[j] = v
            in_link[free[up[j]]] = j
            free[up[j]] += 1
    return tail, in_start, in_link


@numba.njit(cache=True, nogil=True)
def _depths(parent: Ints32) -> Ints32:
    depth = np.zeros(len(parent), dtype=np.int32)
    for v in range(len(parent) - 1, -1, -1):
        if parent[v] >= 0:
            depth[v] = depth[parent[v]] + 1
    return depth


@numba.njit(cache=True, nogil=True)
def _preorder(parent: Ints32) -> Ints32:
    size = np.ones(len(parent), dtype=np.int32)
    for v in range(len(parent)):
        if parent[v] >= 0:
            size[parent[v]] += size[v]
    number = np.empty(len(parent), dtype=np.int32)
    free = np.empty(len(parent), dtype=np.int32)  # the next number below each state
    top = 0
    for v in range(len(parent) - 1, -1, -1):
        if parent[v] < 0:
            number[v] = top
            top += size[v]
        else:
            number[v] = free[parent[v]]
            free[parent[v]] += size[v]
        free[v] = number[v] + 1
    return number


@numba.njit(cache=True, nogil=True)
def _find_links(start: Ints, up: Ints32, low: Ints, high: Ints) -> Ints32:
    """Return the link between each pair of states, -1 from a state to itself."""
    link = np.full(len(low), -1, dtype=np.int32)
    for i in range(len(low)):
        if low[i] != high[i]:
            begin, end = start[low[i]], start[low[i] + 1]
            link[i] = begin + np.searchsorted(up[begin:end], high[i])
    return link
