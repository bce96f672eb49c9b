"""A plain reference for the matrices: the streets cut at every place, and textbook Dijkstra on the pieces."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from planner.roads.network import Network
from planner.roads.snap import Snapped
from tests.roads.reference import Drive, Turns, cheapest

Spot = tuple[object, ...]
Piece = tuple[Spot, Spot, int]  # from, to, key


def costs_on_split_streets(network: Network, snapped: Snapped) -> dict[tuple[int, int], int]:
    """Return the packed cost of each reachable pair of places, both found, on a graph with a node at each place.

    A place is a node in the middle of its street, where nobody turns round but whoever stopped there.
    """
    pieces = {int(edge): list(_pieces(network, snapped, int(edge))) for edge in np.flatnonzero(network.connected)}
    # The pieces of a street and back again have numbers that differ in the last bit, as edges have.
    numbers = {
        (edge, i): 2 * (edge // 2 * 1000 + (i if edge % 2 == 0 else len(parts) - 1 - i)) + edge % 2
        for edge, parts in pieces.items()
        for i in range(len(parts))
    }
    nodes: dict[Spot, int] = {}
    turns = Turns(
        edges={
            numbers[edge, i]: (nodes.setdefault(tail, len(nodes)), nodes.setdefault(head, len(nodes)), key)
            for edge, parts in pieces.items()
            for i, (tail, head, key) in enumerate(parts)
        },
        banned=frozenset(_split(drive, pieces, numbers) for drive in network.banned if set(drive) <= set(pieces)),
    )
    found = {}
    for source in np.flatnonzero(snapped.found).tolist():
        costs = _costs_from(network, snapped, source, pieces, numbers, turns)
        found.update({(source, target): cost for target, cost in costs.items()})
    return found


def costs_from(network: Network, snapped: Snapped, source: int) -> dict[int, int]:
    """Return the packed cost from one place to each on another street that can be reached, on whole streets."""
    turns = Turns(
        edges={
            int(e): (int(network.tail[e]), int(network.head[e]), int(network.key[e]))
            for e in np.flatnonzero(network.connected)
        },
        banned=network.banned,
    )
    first = {
        int(edge): int(snapped.from_key[source, side]) for side, edge in enumerate(snapped.edge[source]) if edge >= 0
    }
    reached = cheapest(turns, first)
    costs: dict[int, int] = {}
    for target in np.flatnonzero(snapped.found & (snapped.segment != snapped.segment[source])).tolist():
        ends = [
            reached[int(edge)] - int(snapped.from_key[target, side])
            for side, edge in enumerate(snapped.edge[target])
            if int(edge) in reached
        ]
        if ends:
            costs[target] = min(ends)
    return costs


def _pieces(network: Network, snapped: Snapped, edge: int) -> Iterator[Piece]:
    """Yield the pieces of an edge between the spots at which places touch it."""
    places = np.argwhere(snapped.edge == edge).tolist()
    spots = sorted(
        {(float(snapped.share[p, side]), int(snapped.to_key[p, side]), _spot(snapped, p)) for p, side in places}
    )
    before = 0
    at: Spot = ("corner", int(network.tail[edge]))
    for _, key, spot in [*spots, (1.0, int(network.key[edge]), ("corner", int(network.head[edge])))]:
        yield at, spot, key - before
        before, at = key, spot


def _spot(snapped: Snapped, place: int) -> Spot:
    return "spot", int(snapped.segment[place]), float(snapped.share[place, 0])


def _split(drive: Drive, pieces: Mapping[int, list[Piece]], numbers: Mapping[tuple[int, int], int]) -> Drive:
    """Return a banned drive in pieces: the last of the first edge, all on the way, the first of the last edge."""
    first, *way, last = drive
    middle = [numbers[edge, i] for edge in way for i in range(len(pieces[edge]))]
    return numbers[first, len(pieces[first]) - 1], *middle, numbers[last, 0]


def _costs_from(
    network: Network,
    snapped: Snapped,
    source: int,
    pieces: Mapping[int, list[Piece]],
    numbers: Mapping[tuple[int, int], int],
    turns: Turns,
) -> dict[int, int]:
    """Return the cost from one place to each other that can be reached."""
    start = _spot(snapped, source)
    first = {
        numbers[edge, i]: piece[2]
        for edge in snapped.edge[source].tolist()
        if edge >= 0
        for i, piece in enumerate(pieces[edge])
        if piece[0] == start
    }
    reached = cheapest(turns, first)
    costs: dict[int, int] = {}
    for target in np.flatnonzero(snapped.found).tolist():
        ends = [
            reached[numbers[edge, i]]
            for edge in snapped.edge[target].tolist()
            if edge >= 0
            for i, piece in enumerate(pieces[edge])
            if piece[1] == _spot(snapped, target) and numbers[edge, i] in reached
        ]
        if _spot(snapped, target) == start:
            costs[target] = 0
        elif ends:
            costs[target] = min(ends)
    return costs
