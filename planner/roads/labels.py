"""Many-to-many search in a hierarchy: each place searches upwards, and two searches meet where it is cheapest.

All states that a search from a place reaches lie on one way to the top, so a search is a row of numbers by depth, and
two places share the first part of their rows, down to where their ways part. The best meeting is a minimum of sums
over that part.
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import numba
import numpy as np

from planner.roads.hierarchy import Hierarchy
from planner.roads.metric import FAR, Bools, Metric
from planner.roads.network import Network
from planner.roads.parallel import by_rows
from planner.roads.snap import Snapped
from planner.roads.streets import Ints, Ints32

NOWHERE = FAR // 2  # a drive that ends before its last edge does makes `FAR` a little less

AWAY, BACK = 0, 1


class Labels(NamedTuple):
    """Searches from places [p] by depth [d] from the top, `AWAY` from them or `BACK` to them.

    `key` and `tie` [p, d] are the cost of the cheapest way, `link` its link at that end, -1 where the street of the
    place itself is driven, and `end` in which direction that is. `state` is the state at each depth, -1 below.
    """

    side: int
    key: Ints
    tie: Ints
    link: Ints32
    end: Ints32
    state: Ints32


class Searches(NamedTuple):
    """Both searches of places; row r belongs to place `place[r]`. Places that touch no street have none."""

    place: Ints
    away: Labels
    back: Labels


def search_places(network: Network, snapped: Snapped) -> Searches:
    """Search from and to snapped places, rows whose ways to the top part late standing together."""
    states, hierarchy = network.ground.states, network.ground.hierarchy
    place = np.flatnonzero(snapped.found)
    place = place[np.argsort(hierarchy.preorder[states.street_start[snapped.segment[place]]], kind="stable")]
    lowest = states.street_start[snapped.segment[place]]
    opened, from_key = snapped.edge[place] >= 0, snapped.from_key[place]
    depths = int(hierarchy.depth[lowest].max(initial=-1)) + 1
    away, back = (_nowhere(side, len(place), depths) for side in (AWAY, BACK))
    _set_out(states.edge, states.history < 0, hierarchy, lowest, opened, from_key, away)
    # A drive to a place has driven the last edge to its end: what lies behind the place is taken off again.
    _set_out(states.edge, np.ones(len(states.edge), dtype=bool), hierarchy, lowest, opened, -from_key, back)
    for labels in (away, back):
        by_rows(len(place), partial(_climb, hierarchy, network.metric, lowest, labels))
    return Searches(place=place, away=away, back=back)


def _nowhere(side: int, places: int, depths: int) -> Labels:
    shape = places, depths
    link, end, state = (np.full(shape, -1, dtype=np.int32) for _ in range(3))
    return Labels(side=side, key=np.full(shape, FAR), tie=np.zeros(shape, np.int64), link=link, end=end, state=state)


@numba.njit(cache=True, nogil=True)
def _set_out(
    edge: Ints, begins: Bools, hierarchy: Hierarchy, lowest: Ints, opened: Bools, keys: Ints, labels: Labels
) -> None:
    """Begin at those states of each place's street where searches may."""
    for p in range(len(lowest)):
        v, street = lowest[p], edge[lowest[p]] // 2
        while v < len(edge) and edge[v] // 2 == street:
            way, depth = edge[v] % 2, hierarchy.depth[v]
            if opened[p, way] and begins[v]:
                labels.key[p, depth], labels.end[p, depth] = keys[p, way], way
            v += 1


@numba.njit(cache=True, nogil=True)
def _climb(hierarchy: Hierarchy, metric: Metric, lowest: Ints, labels: Labels, first: int, last: int) -> None:
    """Follow all links upwards from the places of some rows."""
    start, up, depth = hierarchy.start, hierarchy.up, hierarchy.depth
    cost, ties = metric.key[labels.side], metric.tie[labels.side]
    key, tie = labels.key, labels.tie
    for p in range(first, last):
        v = lowest[p]
        while v >= 0:
            here = depth[v]
            labels.state[p, here] = v
            if key[p, here] < FAR:
                for j in range(start[v], start[v + 1]):
                    after, there = key[p, here] + cost[j], depth[up[j]]
                    if after <= key[p, there] and cost[j] < FAR:
                        total = tie[p, here] + ties[j]
                        if after < key[p, there] or total < tie[p, there]:
                            key[p, there], tie[p, there] = after, total
                            labels.link[p, there], labels.end[p, there] = j, labels.end[p, here]
            v = hierarchy.parent[v]


def meet(searches: Searches, key: Ints, depth: Ints32, *, rows: Ints | None = None) -> None:
    """Fill in the cheapest cost `key` [n, n] between places and the `depth` [n, n] where their searches meet.

    Both are left as they are where there is no way, and from all but some `rows` of the searches where they are named.
    """
    if len(searches.place) == 0:
        return
    state = searches.away.state
    parted = (state[:-1] != state[1:]) | (state[:-1] < 0)
    shared = np.where(parted.any(axis=1), parted.argmax(axis=1), state.shape[1])
    if rows is None:
        by_rows(len(searches.place), partial(_meet, searches, shared, key, depth))
    else:
        for row in rows.tolist():
            _meet(searches, shared, key, depth, row, row + 1)


@numba.njit(cache=True, nogil=True)
def _meet(searches: Searches, shared: Ints, key: Ints, depth: Ints32, first: int, last: int) -> None:
    """Meet from some rows; each has its first `shared` depths in common with the next row."""
    place = searches.place
    common = np.empty(len(place), dtype=np.int64)
    for s in range(first, last):
        common[s] = searches.away.key.shape[1]
        for t in range(s + 1, len(place)):
            common[t] = min(common[t - 1], shared[t - 1])
        for t in range(s - 1, -1, -1):
            common[t] = min(common[t + 1], shared[t])
        away, away_ties = searches.away.key[s], searches.away.tie[s]
        for t in range(len(place)):
            back, back_ties = searches.back.key[t], searches.back.tie[t]
            least = FAR
            for d in range(common[t]):
                least = min(least, away[d] + back[d])
            if least >= NOWHERE:
                continue
            key[place[s], place[t]] = least
            lowest = np.int64(2**62)
            for d in range(common[t]):
                if away[d] + back[d] == least and away_ties[d] + back_ties[d] < lowest:
                    lowest = away_ties[d] + back_ties[d]
                    depth[place[s], place[t]] = d
