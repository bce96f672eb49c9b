"""Which moves from street to street are open to a road class, and what they cost.

The law as data: `banned_drives` lists what must not be driven one edge after the other, and `open_moves` applies it
to the graph of states. Turning round is left for where no other way on is open.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from planner.model import RoadClass
from planner.roads.restriction_law import restriction_of
from planner.roads.states import States, edge_ends
from planner.roads.streets import Floats, Ints, Streets

Bools = NDArray[np.bool_]
Span = tuple[datetime, datetime]
Drive = tuple[int, ...]

FEWEST_AT_JUNCTION = 3  # street ends; where only two meet, the street merely goes on
STRAIGHT_ON_DEGREES = 45.0


def banned_drives(
    streets: Streets, road_class: RoadClass, span: Span | None, *, legal: Bools, crossing: Bools
) -> frozenset[Drive]:
    """Return the drives, two edges or more, that a class must not make.

    They come from turn restrictions that bind it while it is on the road; an ``only_`` restriction bans every other
    way on, unless its own is closed. A class that may merely cross a road does not follow it: two links are banned.
    """
    return frozenset([*_by_restrictions(streets, road_class, span, legal), *_along_crossings(streets, crossing)])


def _by_restrictions(streets: Streets, road_class: RoadClass, span: Span | None, legal: Bools) -> Iterator[Drive]:
    ruled = streets.restrictions
    rules = [restriction_of(tags, road_class, span) for tags in ruled.tag_sets]
    tail, head = edge_ends(streets)
    leaving = _edges_by_tail(streets, tail, np.flatnonzero(legal))
    for i, tag_set in enumerate(ruled.tags):
        drive = tuple(ruled.drive(i).tolist())
        if rules[tag_set] is None or not legal[list(drive)].all():
            continue
        if rules[tag_set] == "no":
            yield drive
        else:
            order, start = leaving
            node = head[drive[-2]]
            yield from ((*drive[:-1], int(e)) for e in order[start[node] : start[node + 1]] if e != drive[-1])


def _along_crossings(streets: Streets, crossing: Bools) -> Iterator[Drive]:
    tail, head = edge_ends(streets)
    edges = np.flatnonzero(crossing)
    order, start = _edges_by_tail(streets, tail, edges)
    for edge in edges:
        yield from ((int(edge), int(e)) for e in order[start[head[edge]] : start[head[edge] + 1]])


def _edges_by_tail(streets: Streets, tail: Ints, edges: Ints) -> tuple[Ints, Ints]:
    order = edges[np.argsort(tail[edges], kind="stable")]
    return order, np.searchsorted(tail[order], np.arange(len(streets.node_lat) + 1))


def open_moves(states: States, *, legal: Bools, banned: frozenset[Drive]) -> Bools:
    """Say for each move [t] whether a class may make it: on open edges, not banned, and turning round last of all."""
    begins, enters = states.edge[states.move_from], states.edge[states.move_to]
    allowed = legal[begins] & legal[enters]
    allowed[_banned_moves(states, banned)] = False
    turns_round = allowed & (begins == (enters ^ 1))
    other_way = np.bincount(states.move_from[allowed & ~turns_round], minlength=len(states.edge)) > 0
    allowed[turns_round & other_way[states.move_from]] = False
    return allowed


def _banned_moves(states: States, banned: frozenset[Drive]) -> list[int]:
    """Return the moves that complete a banned drive."""
    found: list[int] = []
    by_beginning: dict[Drive, set[int]] = {}
    for drive in banned:
        by_beginning.setdefault(drive[:-1], set()).add(drive[-1])
    for beginning, lasts in by_beginning.items():
        for state in states.states_of(beginning[-1]):
            if not _ends(states, state, beginning):
                continue
            moves = range(int(states.move_start[state]), int(states.move_start[state + 1]))
            found += [t for t in moves if int(states.edge[states.move_to[t]]) in lasts]
    return found


def _ends(states: States, state: int, beginning: Drive) -> bool:
    """Tell whether a vehicle in a state has just driven these edges."""
    number = int(states.history[state])
    driven = states.histories[number] if number >= 0 else (int(states.edge[state]),)
    return driven[-len(beginning) :] == beginning


def turn_ms(streets: Streets, road_class: RoadClass, *, begins: Ints, enters: Ints) -> Ints:
    """Return what turning from each edge of `begins` [t] into the one of `enters` [t] costs in milliseconds."""
    cost = np.zeros(len(begins), dtype=np.int64)
    if road_class.turn_s == 0 and road_class.u_turn_s == 0:
        return cost
    tail, head = edge_ends(streets)
    meeting = np.bincount(tail, minlength=len(streets.node_lat)) >= FEWEST_AT_JUNCTION
    first, last = _bearings(streets)
    turned = np.abs((first[enters] - last[begins] + 180.0) % 360.0 - 180.0)
    cost[meeting[head[begins]] & (turned > STRAIGHT_ON_DEGREES)] = round(road_class.turn_s * 1000)
    cost[begins == (enters ^ 1)] = round(road_class.u_turn_s * 1000)
    return cost


def _bearings(streets: Streets) -> tuple[Floats, Floats]:
    """Return the direction in degrees in which each edge [2 m] begins and ends."""
    start, stop = streets.shape_start[:-1], streets.shape_start[1:] - 1
    shrink = np.cos(np.radians(streets.shape_lat[start]))

    def bearing(a: Ints, b: Ints) -> Floats:
        east = (streets.shape_lon[b] - streets.shape_lon[a]) * shrink
        degrees: Floats = np.degrees(np.arctan2(east, streets.shape_lat[b] - streets.shape_lat[a]))
        return degrees

    out, into = bearing(start, start + 1), bearing(stop - 1, stop)
    first = np.column_stack([out, into + 180.0]).ravel()
    last = np.column_stack([into, out + 180.0]).ravel()
    return first, last
