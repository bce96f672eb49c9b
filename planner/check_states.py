"""The auditor's own table of moves: which way a vehicle may go on after what it has just driven.

A state is the edge driven last. Where a banned drive has three edges or more, each of its beginnings of two or more is
a state as well, so that whoever has come that far is told apart. All follows from the network's list of banned
drives; the planner's own states (`roads.states`) have no part in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.roads.network import DM_BITS, Network
from planner.roads.streets import Ints
from planner.roads.ties import edge_ties
from planner.roads.turns import Drive, turn_ms


class Direction(NamedTuple):
    """The moves of state v are ``moves[start[v]:start[v + 1]]``: state led to, packed cost, third number [t, 3].

    Both costs are those of the edge that is entered, the first with the turn into it.
    """

    start: Ints
    moves: Ints


@dataclass(frozen=True, kw_only=True, eq=False)
class Moves:
    """All moves between states [v] along the direction of driving and against it; `edge` [v] is what was driven.

    The first `edges` states are those of an edge alone, in which a vehicle sets out.
    """

    edge: Ints
    edges: int
    onwards: Direction
    backwards: Direction

    def states_of(self, edge: int) -> Ints:
        """Return all states in which an edge has just been driven."""
        return np.append(edge, self.edges + np.flatnonzero(self.edge[self.edges :] == edge))


def moves_of(network: Network) -> Moves:
    """List every move that the class may make: over connected edges, by no banned drive, turning round last of all."""
    edges = len(network.key)
    beginnings = sorted({drive[:k] for drive in network.banned for k in range(2, len(drive))})
    edge = np.concatenate([np.arange(edges), [drive[-1] for drive in beginnings]]).astype(np.int64)
    leaves, entered = _ways_on(network, edge)
    enters, allowed = _remember(network.banned, beginnings, edge, leaves, entered)
    turns_round = entered == edge[leaves] ^ 1
    other_way = np.bincount(leaves[allowed & ~turns_round], minlength=len(edge)) > 0
    allowed &= ~(turns_round & other_way[leaves])
    leaves, enters, entered = leaves[allowed], enters[allowed], entered[allowed]
    turning = turn_ms(network.streets, network.road_class, begins=edge[leaves], enters=entered) << DM_BITS
    costs = network.key[entered] + turning, edge_ties(edges)[entered]
    return Moves(
        edge=edge,
        edges=edges,
        onwards=_direction(leaves, enters, *costs, states=len(edge)),
        backwards=_direction(enters, leaves, *costs, states=len(edge)),
    )


def _direction(begins: Ints, leads_to: Ints, key: Ints, tie: Ints, *, states: int) -> Direction:
    order = np.argsort(begins, kind="stable")
    return Direction(_starts(begins[order], states), np.column_stack([leads_to, key, tie])[order])


def _ways_on(network: Network, edge: Ints) -> tuple[Ints, Ints]:
    """Return (state, edge) wherever a connected edge begins at the end of a state's connected edge."""
    states, leaving = np.flatnonzero(network.connected[edge]), np.flatnonzero(network.connected)
    leaving = leaving[np.argsort(network.tail[leaving], kind="stable")]
    start = _starts(network.tail[leaving], len(network.streets.node_lat))
    node = network.head[edge[states]]
    ways = start[node + 1] - start[node]
    nth = np.arange(ways.sum()) - np.repeat(np.cumsum(ways) - ways, ways)
    return np.repeat(states, ways), leaving[np.repeat(start[node], ways) + nth]


def _remember(
    banned: frozenset[Drive], beginnings: Sequence[Drive], edge: Ints, leaves: Ints, entered: Ints
) -> tuple[Ints, NDArray[np.bool_]]:
    """Return the state that each way on leads to, and whether no banned drive ends with it."""
    enters, allowed = entered.copy(), np.ones(len(entered), dtype=bool)
    edges = len(edge) - len(beginnings)
    number: Mapping[Drive, int] = {drive: edges + i for i, drive in enumerate(beginnings)}
    on_the_way = np.zeros(edges, dtype=bool)
    on_the_way[[e for drive in banned for e in drive[:-1]]] = True
    for t in np.flatnonzero(on_the_way[edge[leaves]]):
        state = int(leaves[t])
        known = (state,) if state < edges else beginnings[state - edges]
        driven = (*known, int(entered[t]))
        ends = [driven[i:] for i in range(len(driven) - 1)]  # the longest first
        allowed[t] = banned.isdisjoint(ends)
        enters[t] = next((number[end] for end in ends if end in number), driven[-1])
    return enters, allowed


def _starts(ascending: Ints, count: int) -> Ints:
    """Return where each number from 0 to `count` begins in a sorted list."""
    return np.searchsorted(ascending, np.arange(count + 1)).astype(np.int64)
