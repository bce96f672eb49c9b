"""What each link of a hierarchy costs one class: the cheapest way between its ends over lower states.

Costs are packed keys (`roads.network`). Two ways of equal time and length differ in a third number, a fixed random
one per edge added up, so that every search, whatever its order, prefers the same way and finds the same energy.
"""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from planner.roads.hierarchy import Hierarchy
from planner.roads.streets import Ints, Ints32

FAR = np.int64(2**61)  # twice as much still fits

Bools = NDArray[np.bool_]


class Metric(NamedTuple):
    """Costs of the links [j], upwards [0] and downwards [1].

    `key` [2, j] is the packed cost or `FAR`, `tie` [2, j] the third number. `first` and `second` [2, j] are the links
    that a shortcut consists of: the first is driven downwards, the second upwards; -1 where a link is a plain move.
    """

    key: Ints
    tie: Ints
    first: Ints32
    second: Ints32


def customize(hierarchy: Hierarchy, *, upwards: Bools, key: Ints, tie: Ints) -> Metric:
    """Weigh all links for moves [t] that cost `key`, `FAR` where closed; `upwards` are those to higher states."""
    shape = 2, len(hierarchy.up)
    metric = Metric(
        key=np.full(shape, FAR),
        tie=np.zeros(shape, dtype=np.int64),
        first=np.full(shape, -1, dtype=np.int32),
        second=np.full(shape, -1, dtype=np.int32),
    )
    for side, moves in enumerate((upwards, ~upwards)):
        chosen = np.flatnonzero(moves & (key < FAR) & (hierarchy.move_link >= 0))
        link = hierarchy.move_link[chosen]
        metric.key[side, link], metric.tie[side, link] = key[chosen], tie[chosen]
    _shorten(hierarchy, metric)
    return metric


@numba.njit(cache=True, nogil=True)
def _shorten(hierarchy: Hierarchy, metric: Metric) -> None:
    """Let each link be no dearer than the way over any lower state, from the lowest links to the highest."""
    start, up, tail, in_start = hierarchy.start, hierarchy.up, hierarchy.tail, hierarchy.in_start
    key, tie, first, second = metric.key, metric.tie, metric.first, metric.second
    link_to = np.empty(len(start) - 1, dtype=np.int32)
    for x in range(len(start) - 1):
        for j in range(start[x], start[x + 1]):
            link_to[up[j]] = j
        for i in range(in_start[x], in_start[x + 1]):
            a = hierarchy.in_link[i]
            rise, fall = key[0, a], key[1, a]
            if rise == FAR and fall == FAR:
                continue
            for b in range(a + 1, start[tail[a] + 1]):
                j = link_to[up[b]]
                through = fall + key[0, b]  # from x down to the lower state and up again
                if through <= key[0, j] and through < FAR:
                    total = tie[1, a] + tie[0, b]
                    if through < key[0, j] or total < tie[0, j]:
                        key[0, j], tie[0, j], first[0, j], second[0, j] = through, total, a, b
                through = key[1, b] + rise
                if through <= key[1, j] and through < FAR:
                    total = tie[1, b] + tie[0, a]
                    if through < key[1, j] or total < tie[1, j]:
                        key[1, j], tie[1, j], first[1, j], second[1, j] = through, total, b, a
