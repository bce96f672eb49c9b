"""The auditor's own shortest path by turn rules: two Dijkstra searches that meet, compiled.

One search runs along the moves from where the drive begins, the other against them from where it ends. They share no
code with the planner's hierarchy, only what an edge and a turn cost. Of two ways of equal cost the one with the lesser
third number is taken (`roads.ties`).
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush

import numba
import numpy as np

from planner.check_states import Moves
from planner.roads.streets import Ints

FAR = np.int64(2**62)
KEY, TIE, FROM = 0, 1, 2  # columns of a search's labels: cost, third number, state before it, -1 where it begins


def quickest(moves: Moves, first: Ints, first_key: Ints, last: Ints, last_left: Ints) -> tuple[int, Ints]:
    """Find the cheapest drive from one of the two `first` edges onto one of the two `last`; -1 is a closed direction.

    `first_key` is the cost of driving each first edge to its end, `last_left` that of the part of each last edge that
    is not driven. Returns (packed cost or `FAR`, edges): two edges or more, the last maybe the first again.
    """
    begins = np.flatnonzero(first >= 0)
    ends = [(state, -last_left[side]) for side in np.flatnonzero(last >= 0) for state in moves.states_of(last[side])]
    end_states, end_keys = np.array(ends, dtype=np.int64).reshape(-1, 2).T
    key, states = _search(*moves.onwards, *moves.backwards, first[begins], first_key[begins], end_states, end_keys)
    return int(key), moves.edge[states]


def quickest_to_many(
    moves: Moves, first: Ints, first_key: Ints, others: Sequence[tuple[Ints, Ints]], *, against: bool = False
) -> list[tuple[int, Ints]]:
    """Find what `quickest` finds from one place to many, or `against` the way from many to one, by one search.

    `first` and `first_key` are of the one place, each of the `others` the same of another: the edges, and the cost of
    what is driven of a first edge, less what is not driven of a last one. No other may lie on the street of the one.
    """
    start, table = moves.backwards if against else moves.onwards
    begins, begin_keys = _states(moves, first, first_key, all_of_edge=against)
    ends = [_states(moves, edge, key, all_of_edge=not against) for edge, key in others]
    wanted = np.unique(np.concatenate([states for states, _ in ends])) if ends else begins[:0]
    labels = _flood(start, table, begins, begin_keys, wanted)
    found = []
    for states, keys in ends:
        reached = [i for i, state in enumerate(states) if labels[state, KEY] < FAR]
        if not reached:
            found.append((int(FAR), begins[:0]))
            continue
        best = min(reached, key=lambda i: (labels[states[i], KEY] + keys[i], labels[states[i], TIE]))
        way = np.array(_way_back(labels, states[best]))
        key = int(labels[states[best], KEY] + keys[best])
        found.append((key, moves.edge[way if against else way[::-1]]))
    return found


def _states(moves: Moves, edges: Ints, keys: Ints, *, all_of_edge: bool) -> tuple[Ints, Ints]:
    """Return the states of the open edges, in which a drive begins or may end, with the cost of each."""
    pairs = [
        (state, keys[side])
        for side in np.flatnonzero(edges >= 0)
        for state in (moves.states_of(edges[side]) if all_of_edge else edges[side : side + 1])
    ]
    states, costs = np.array(pairs, dtype=np.int64).reshape(-1, 2).T.copy()
    return states, costs


@numba.njit(cache=True, nogil=True)
def _flood(start, moves, begins, begin_keys, wanted):  # type: ignore[no-untyped-def] # compiled
    """Search until all wanted states are settled; return the labels."""
    labels, heap = _set_out(len(start) - 1, begins, begin_keys)
    missing = np.zeros(len(start) - 1, dtype=np.bool_)
    missing[wanted] = True
    left = len(wanted)
    while len(heap) > 0 and left > 0:
        key, state = heappop(heap)
        if key > labels[state, KEY]:
            continue
        if missing[state]:
            missing[state] = False
            left -= 1
        tie = labels[state, TIE]
        for i in range(start[state], start[state + 1]):
            other, after, after_tie = moves[i, 0], key + moves[i, 1], tie + moves[i, 2]
            if after < labels[other, KEY]:
                heappush(heap, (after, other))
            elif after > labels[other, KEY] or after_tie >= labels[other, TIE]:
                continue
            labels[other, KEY], labels[other, TIE], labels[other, FROM] = after, after_tie, state
    return labels


@numba.njit(cache=True, nogil=True)
def _search(  # type: ignore[no-untyped-def] # compiled
    onwards_start, onwards, backwards_start, backwards, begins, begin_keys, ends, end_keys
):
    states = len(onwards_start) - 1
    ahead, open_ahead = _set_out(states, begins, begin_keys)
    behind, open_behind = _set_out(states, ends, end_keys)
    meeting = np.array([FAR, 0, -1, -1])  # cost, third number, and the two states of the move that completes the drive
    # As long as an equal drive may turn up its third number may be less.
    while len(open_ahead) > 0 and len(open_behind) > 0 and open_ahead[0][0] + open_behind[0][0] <= meeting[0]:
        if open_ahead[0][0] <= open_behind[0][0]:
            _settle_next(onwards_start, onwards, ahead, open_ahead, behind, meeting, 0)
        else:
            _settle_next(backwards_start, backwards, behind, open_behind, ahead, meeting, 1)
    if meeting[2] < 0:
        return FAR, np.empty(0, dtype=np.int64)
    return meeting[0], np.array(_way_back(ahead, meeting[2])[::-1] + _way_back(behind, meeting[3]))


@numba.njit(cache=True, nogil=True)
def _set_out(states, begins, keys):  # type: ignore[no-untyped-def] # compiled
    labels = np.zeros((states, 3), dtype=np.int64)
    labels[:, KEY] = FAR
    heap = [(np.int64(0), np.int64(0)) for _ in range(0)]
    for i in range(len(begins)):
        labels[begins[i], KEY], labels[begins[i], FROM] = keys[i], -1
        heappush(heap, (keys[i], begins[i]))
    return labels, heap


@numba.njit(cache=True, nogil=True)
def _settle_next(start, moves, labels, heap, opposite, meeting, side):  # type: ignore[no-untyped-def] # compiled
    """Settle the nearest open state of one search, and keep the `meeting` with the `opposite` search up to date.

    The two meet on a move, not in a state: from an edge back to itself is a drive, staying on it is none.
    """
    key, state = heappop(heap)
    if key > labels[state, KEY]:
        return
    tie = labels[state, TIE]
    for i in range(start[state], start[state + 1]):
        other, after, after_tie = moves[i, 0], key + moves[i, 1], tie + moves[i, 2]
        total, total_tie = after + opposite[other, KEY], after_tie + opposite[other, TIE]
        if total < meeting[0] or (total == meeting[0] and total_tie < meeting[1]):
            meeting[0], meeting[1], meeting[2 + side], meeting[3 - side] = total, total_tie, state, other
        if after < labels[other, KEY]:
            heappush(heap, (after, other))
        elif after > labels[other, KEY] or after_tie >= labels[other, TIE]:
            continue
        labels[other, KEY], labels[other, TIE], labels[other, FROM] = after, after_tie, state


@numba.njit(cache=True, nogil=True)
def _way_back(labels, state):  # type: ignore[no-untyped-def] # compiled
    """Return the states from one to where its search began."""
    states = [state]
    while labels[state, FROM] >= 0:
        state = labels[state, FROM]
        states.append(state)
    return states
