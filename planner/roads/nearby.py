"""Drives between places on one street: the one case that a meeting of two searches cannot tell.

There the empty drive, from the end of an edge to the end of the same edge, would always be the cheapest. So the few
streets with several places are searched from state to state, which soon comes round.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from heapq import heappop, heappush

import numba
import numpy as np
from numpy.typing import NDArray

from planner.roads.edge_energy import join, join_stop
from planner.roads.metric import FAR
from planner.roads.network import Network
from planner.roads.snap import Snapped
from planner.roads.streets import Floats, Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """The cheapest drive from the end of one edge over `edges`, of which the last is one of the same street."""

    key: int
    edges: tuple[int, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class SameStreet:
    """Places [n] on one street and how each drives to each.

    `edges` are the street's two directions, `rounds` the drives from the end of one to the end of another by (0 or 1,
    0 or 1). `how` [n, n] is the direction of a drive straight on, or 2 + 2 a + b for one that leaves by direction a
    and comes back by direction b, or -1. `moves` [n, n] is false where nothing is driven. `share` [n, 2] is how far
    along either edge a place lies.
    """

    places: Ints
    edges: tuple[int, int]
    rounds: Mapping[tuple[int, int], Round]
    how: Ints
    moves: NDArray[np.bool_]
    share: Floats


def same_streets(network: Network, snapped: Snapped, key: Ints) -> list[SameStreet]:
    """Find the streets with several places, and put the costs between places of one street into `key` [p, p]."""
    found = np.flatnonzero(snapped.found)
    key[found, found] = 0
    order = np.argsort(snapped.segment, kind="stable")
    streets, first, count = np.unique(snapped.segment[order], return_index=True, return_counts=True)
    shared = np.flatnonzero((streets >= 0) & (count > 1))
    return [same_street(network, snapped, order[first[i] : first[i] + count[i]], key) for i in shared]


def same_street(network: Network, snapped: Snapped, places: Ints, key: Ints) -> SameStreet:
    """Drive between all of some places that lie on one street, and put the costs into `key`."""
    street = int(snapped.segment[places[0]])
    drives = rounds(network, street)
    opened = snapped.edge[places] >= 0
    share, to_key, from_key = snapped.share[places], snapped.to_key[places], snapped.from_key[places]
    costs = np.full((6, len(places), len(places)), FAR)
    for side in (0, 1):
        ahead = (share[None, :, side] >= share[:, None, side]) & opened[:, None, side] & opened[None, :, side]
        costs[side] = np.where(ahead, to_key[None, :, side] - to_key[:, None, side], FAR)
    for (a, b), drive in drives.items():
        both = opened[:, None, a] & opened[None, :, b]
        # The last edge is driven up to the place only.
        costs[2 + 2 * a + b] = np.where(both, from_key[:, None, a] + drive.key - from_key[None, :, b], FAR)
    how = np.argmin(costs, axis=0)
    least = np.take_along_axis(costs, how[None], axis=0)[0]
    key[np.ix_(places, places)] = least
    return SameStreet(
        places=places,
        edges=(2 * street, 2 * street + 1),
        rounds=drives,
        how=np.where(least < FAR, how, -1),
        moves=least > 0,
        share=share,
    )


def fill_same_street(same: SameStreet, of_edge: Floats, stop: Floats, out: Floats) -> None:
    """Fill in the energy columns `out` [c, p, p] between places of one street; `stop` [2, 2] is for each direction."""
    inner = np.zeros((2, 2, len(out)))
    for way, drive in same.rounds.items():
        for edge in drive.edges[:-1]:
            join(inner[way], of_edge[edge], inner[way])
    _fill(same.places, same.how, same.moves, same.share, of_edge[list(same.edges)], inner, stop, out)


@numba.njit(cache=True, nogil=True)
def _fill(places, how, moves, share, of_edge, inner, stop, out):  # type: ignore[no-untyped-def] # compiled
    row = np.zeros(len(out))
    for s in range(len(places)):
        for t in range(len(places)):
            way = how[s, t]
            if way < 0:
                continue
            side = way % 2  # 2 + 2 a + b is even where b is
            if way < 2:
                row[:] = (share[t, side] - share[s, side]) * of_edge[side]
            else:
                first = (way - 2) // 2
                row[:] = (1.0 - share[s, first]) * of_edge[first]
                join(row, inner[first, side], row)
                join(row, share[t, side] * of_edge[side], row)
            if moves[s, t]:
                join_stop(stop[side], row)
            out[:, places[s], places[t]] = row


def rounds(network: Network, street: int) -> dict[tuple[int, int], Round]:
    """Return the drives from the end of each usable direction of a street to the end of each."""
    states = network.ground.states
    ends = {
        side: np.array(states.states_of(2 * street + side), dtype=np.int64)
        for side in (0, 1)
        if network.usable[2 * street + side]
    }
    found: dict[tuple[int, int], Round] = {}
    for first in ends:
        begin = int(states.plain[2 * street + first])
        graph = states.move_start, states.move_to, network.move_key, network.move_tie
        key, tie, entry = _search(*graph, begin, np.concatenate([*ends.values()]))
        for last, arrivals in ends.items():
            nearest = int(arrivals[np.lexsort((tie[arrivals], key[arrivals]))[0]])
            if key[nearest] < FAR:
                found[first, last] = Round(key=int(key[nearest]), edges=_edges(network, entry, begin, nearest))
    return found


def _edges(network: Network, entry: Ints, begin: int, end: int) -> tuple[int, ...]:
    states, state = network.ground.states, end
    driven: list[int] = []
    while not driven or state != begin:
        driven.append(int(states.edge[state]))
        state = int(states.move_from[entry[state]])
    return tuple(reversed(driven))


@numba.njit(cache=True, nogil=True)
def _search(move_start, move_to, cost, ties, begin, wanted):  # type: ignore[no-untyped-def] # compiled
    """Return (key, tie, move by which it is entered) of each state, those of `wanted` settled.

    The state in which the drive begins is reached only by coming back to it.
    """
    count = len(move_start) - 1
    key, tie, entry = np.full(count, FAR), np.zeros(count, dtype=np.int64), np.full(count, -1, dtype=np.int64)
    missing = np.zeros(count, dtype=np.bool_)
    missing[wanted] = True
    left = missing.sum()
    heap = [(np.int64(0), np.int64(0), np.int64(begin))]
    setting_out = True
    while len(heap) > 0 and left > 0:
        at, at_tie, state = heappop(heap)
        if not setting_out:
            if at != key[state] or at_tie != tie[state]:
                continue
            if missing[state]:
                missing[state] = False
                left -= 1
        setting_out = False
        for move in range(move_start[state], move_start[state + 1]):
            if cost[move] < FAR:
                after, total, other = at + cost[move], at_tie + ties[move], move_to[move]
                if after < key[other] or (after == key[other] and total < tie[other]):
                    key[other], tie[other], entry[other] = after, total, move
                    heappush(heap, (after, total, other))
    return key, tie, entry
