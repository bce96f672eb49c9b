"""Streets as a graph of states: what a vehicle has just driven decides where it may go on.

A state is an edge that was driven to its end. Where a turn restriction speaks of three edges or more, the edges on
its way have further states, one for each beginning of such a drive, so that every rule about turns is a rule about
one move from a state to the next. States know nothing of vehicles: a road class opens some moves and closes others
(`roads.turns`), and all classes share the graph.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from planner.roads.access import BOTH, FORWARD, ONEWAY
from planner.roads.streets import Ints, Streets

History = tuple[int, ...]
"""Edges driven one after the other that begin a restricted drive, two or more."""


@dataclass(frozen=True, kw_only=True, eq=False)
class States:
    """States [v] and moves [t], both over the edges of `streets`.

    `edge` is what was driven in each state, `history` the number in `histories` of the drive that it ends, -1 for
    none. States are numbered street by street in the order asked for. `move_from` and `move_to` are states, sorted by
    `move_from`. `plain` [2 m] is the state of each edge without a history, in which a vehicle sets out on it, -1
    where nobody may drive it.
    """

    edge: Ints
    history: Ints
    histories: tuple[History, ...]
    move_from: Ints
    move_to: Ints
    plain: Ints

    @cached_property
    def move_start(self) -> Ints:
        """Where the moves of each state begin, [v + 1]."""
        return np.searchsorted(self.move_from, np.arange(len(self.edge) + 1)).astype(np.int64)

    @cached_property
    def street_start(self) -> Ints:
        """The lowest state of each street, [m]; a street that nobody may drive has the next one's."""
        lowest = np.full(len(self.plain) // 2, len(self.edge), dtype=np.int64)
        np.minimum.at(lowest, self.edge // 2, np.arange(len(self.edge)))
        return lowest

    def states_of(self, edge: int) -> list[int]:
        """Return all states of an edge."""
        found = []
        state = int(self.street_start[edge // 2])
        while state < len(self.edge) and self.edge[state] // 2 == edge // 2:
            found += [state] if self.edge[state] == edge else []
            state += 1
        return found


def build_states(streets: Streets, rank: Ints) -> States:
    """Expand streets into states, numbered street by street in ascending `rank` [m]."""
    possible = open_to_some(streets)
    histories = sorted(_histories(streets, possible))
    plain_edges = np.flatnonzero(possible)
    edge = np.concatenate([[drive[-1] for drive in histories], plain_edges]).astype(np.int64)
    history = np.concatenate([np.arange(len(histories)), np.full(len(plain_edges), -1)])
    order = np.lexsort((edge, history < 0, rank[edge // 2]))  # states without a history lead the others to the top
    number = np.empty(len(order), dtype=np.int64)
    number[order] = np.arange(len(order))
    plain = np.full(2 * streets.segments, -1, dtype=np.int64)
    plain[plain_edges] = number[len(histories) :]
    move_from, move_to = _moves(streets, plain, dict(zip(histories, number.tolist(), strict=False)))
    by_origin = np.argsort(move_from, kind="stable")
    return States(
        edge=edge[order],
        history=history[order],
        histories=tuple(histories),
        move_from=move_from[by_origin],
        move_to=move_to[by_origin],
        plain=plain,
    )


def open_to_some(streets: Streets) -> NDArray[np.bool_]:
    """Say for each edge [2 m] whether some class might drive it: all but the wrong way of plain one-way streets."""
    by_tags = np.array([_directions(tags) for tags in streets.tag_sets], dtype=bool).reshape(-1, 2)
    mask: NDArray[np.bool_] = by_tags[streets.seg_tags].ravel()
    return mask


def _directions(tags: Mapping[str, str]) -> tuple[bool, bool]:
    if any(key.startswith("oneway:") for key in tags):
        return BOTH  # who may go against the others depends on the class
    implied = FORWARD if tags.get("junction") in {"roundabout", "circular"} else BOTH
    return ONEWAY.get(tags["oneway"].strip().casefold(), BOTH) if "oneway" in tags else implied


def _histories(streets: Streets, possible: NDArray[np.bool_]) -> set[History]:
    """Return the beginnings, two edges or more, of all drives of three edges or more that rules speak of."""
    ruled = streets.restrictions
    long = np.flatnonzero(np.diff(ruled.start) > 2)
    drives = [tuple(ruled.drive(int(i)).tolist()) for i in long]
    return {drive[:k] for drive in drives if possible[list(drive)].all() for k in range(2, len(drive))}


def _moves(streets: Streets, plain: Ints, on_the_way: Mapping[History, int]) -> tuple[Ints, Ints]:
    """Return the moves as (from, to): from each state to a state of each edge that leaves its end."""
    tail, head = edge_ends(streets)
    edges = np.flatnonzero(plain >= 0)
    leaving = edges[np.argsort(tail[edges], kind="stable")]
    start = np.searchsorted(tail[leaving], np.arange(len(streets.node_lat) + 1))
    ways = np.diff(start)[head[edges]]
    first = np.repeat(start[head[edges]] - (np.cumsum(ways) - ways), ways)
    begins, enters = np.repeat(edges, ways), leaving[first + np.arange(ways.sum())]
    move_to = plain[enters]

    def after(drive: History) -> int:
        """Return the state that a drive ends in: the one that remembers most of it."""
        rests = (drive[i:] for i in range(len(drive) - 1))
        return next((on_the_way[rest] for rest in rests if rest in on_the_way), int(plain[drive[-1]]))

    for drive, state in on_the_way.items():
        if len(drive) == 2:
            move_to[(begins == drive[0]) & (enters == drive[1])] = state
    further = np.array(
        [
            (state, after((*drive, int(edge))))
            for drive, state in on_the_way.items()
            for edge in leaving[start[head[drive[-1]]] : start[head[drive[-1]] + 1]]
        ],
        dtype=np.int64,
    ).reshape(-1, 2)
    return np.concatenate([plain[begins], further[:, 0]]), np.concatenate([move_to, further[:, 1]])


def edge_ends(streets: Streets) -> tuple[Ints, Ints]:
    """Return the nodes at which each edge [2 m] begins and ends."""
    ends = np.column_stack([streets.seg_from, streets.seg_to])
    return ends.ravel(), ends[:, ::-1].ravel()
