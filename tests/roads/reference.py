"""A plain reference for driving by turn rules: textbook Dijkstra, each state being the edges that rules remember."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

Drive = tuple[int, ...]  # edges one after the other, the latest at the end


def no_turn_cost(arriving: int, leaving: int) -> int:
    """Let every turn be free."""
    return 0


@dataclass(frozen=True, kw_only=True)
class Turns:
    """Streets and the rules for turning from one into another.

    `edges` maps the number of each edge that may be driven to (tail, head, key), edges 2 i and 2 i + 1 being the two
    directions of street i. No drive of `banned` may be driven one edge after the other. `turn_cost` is the key
    added for turning from one edge into the next.
    """

    edges: Mapping[int, tuple[int, int, int]]
    banned: frozenset[Drive] = frozenset()
    turn_cost: Callable[[int, int], int] = no_turn_cost

    @cached_property
    def leaving(self) -> Mapping[int, list[int]]:
        """The edges that leave each node."""
        found = defaultdict(list)
        for edge, (tail, _, _) in self.edges.items():
            found[tail].append(edge)
        return found

    @cached_property
    def beginnings(self) -> frozenset[Drive]:
        """What a rule may have to remember: all beginnings of banned drives."""
        return frozenset(drive[:length] for drive in self.banned for length in range(1, len(drive)))

    def remembered(self, driven: Drive) -> Drive:
        """Return the longest end of a drive that some rule asks about, the last edge at least."""
        ends = (driven[start:] for start in range(len(driven)))
        return next(end for end in ends if len(end) == 1 or end in self.beginnings)


def ways_on(turns: Turns, driven: Drive) -> list[int]:
    """Return the edges that may follow; the way back is one only where there is no other."""
    _, node, _ = turns.edges[driven[-1]]
    starts = range(len(driven))
    free = [e for e in turns.leaving[node] if not any((*driven[start:], e) in turns.banned for start in starts)]
    return [edge for edge in free if edge != driven[-1] ^ 1] or free


def cheapest(turns: Turns, first_edges: Mapping[int, int]) -> dict[int, int]:
    """Return the least key at the end of each edge that can be reached.

    `first_edges` maps the edges on which a drive may begin to the key of driving them to their end.
    """
    heap: list[tuple[int, Drive]] = [(key, (edge,)) for edge, key in first_edges.items()]
    heapq.heapify(heap)
    settled: set[Drive] = set()
    best: dict[int, int] = {}
    while heap:
        key, driven = heapq.heappop(heap)
        if driven in settled:
            continue
        settled.add(driven)
        best.setdefault(driven[-1], key)
        for edge in ways_on(turns, driven):
            after = turns.remembered((*driven, edge))
            if after not in settled:
                cost = turns.turn_cost(driven[-1], edge) + turns.edges[edge][2]
                heapq.heappush(heap, (key + cost, after))
    return best
