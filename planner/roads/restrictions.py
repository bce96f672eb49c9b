"""Find the drives that turn restrictions speak of: from one street, over a junction or other streets, to another.

What they say of these drives is judged elsewhere, for each road class.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from planner.roads.access import BOTH, ONEWAY
from planner.roads.streets import Floats, Ints, Restrictions, restrictions_of

# What speaks of none of these is for buses or bicycles alone. https://wiki.openstreetmap.org/wiki/Relation:restriction
_MODES = ("", ":vehicle", ":motor_vehicle", ":motorcar", ":motorcycle", ":moped", ":goods", ":hgv")
RESTRICTION_KEYS = tuple(f"restriction{mode}{suffix}" for mode in _MODES for suffix in ("", ":conditional"))

_HOURS_AND_EXCEPTIONS = frozenset({"except", "day_on", "day_off", "hour_on", "hour_off"})
_MOST_DRIVES = 1000  # ways that wind around each other would offer more than can be looked at
_DIRECTION = re.compile(r"left_turn|right_turn|straight_on|u_turn")

Drive = tuple[int, ...]  # edges, see `streets`


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A turn restriction in the words of its file: ids of ways, and of the node or the ways between them.

    `from_way` and `to_way` are None where the relation lacks them; without a via nothing is known of the drive.
    """

    from_way: int | None
    via_node: int | None
    via_ways: tuple[int, ...]
    to_way: int | None
    tags: Mapping[str, str]

    @property
    def direction(self) -> str | None:
        """``left_turn``, ``right_turn``, ``straight_on`` or ``u_turn``; None for ``no_entry`` and for several."""
        found = {direction for value in self.tags.values() for direction in _DIRECTION.findall(value)}
        return found.pop() if len(found) == 1 else None


@dataclass(frozen=True, kw_only=True, eq=False)
class Pieces:
    """Segments as cut from ways: the id and tags of the way, the nodes [m, 2] at both ends, and the shape of each.

    `end_ids` [m, 2] are the nodes' ids in the file, 0 at a closed barrier, where nothing connects.
    """

    way_ids: Ints
    tags: list[dict[str, str]]
    ends: Ints
    end_ids: Ints
    shapes: list[Floats]


def kept_tags(tags: Mapping[str, str]) -> dict[str, str]:
    """Return what a relation says of its drive: what is forbidden, to whom and when."""
    return {
        key: value
        for key, value in tags.items()
        if key.partition(":")[0] == "restriction"
        or key in _HOURS_AND_EXCEPTIONS
        or (key == "type" and value.startswith("restriction:"))
    }


def find_restrictions(turns: Sequence[Turn], pieces: Pieces) -> tuple[Restrictions, int]:
    """Return the drives that turns speak of, and how many of them lead to none."""
    finder = _Finder(turns, pieces)
    drives = [finder.drives(turn) for turn in turns]
    tags = [turn.tags for turn, found in zip(turns, drives, strict=True) for _ in found]
    return restrictions_of([drive for found in drives for drive in found], tags), drives.count([])


class _Finder:
    """Knows the edges of the ways that turns name."""

    def __init__(self, turns: Iterable[Turn], pieces: Pieces) -> None:
        self._pieces = pieces
        named = {way for turn in turns for way in (turn.from_way, *turn.via_ways, turn.to_way) if way is not None}
        self._edges: dict[int | None, list[int]] = {}
        for segment in np.flatnonzero(np.isin(pieces.way_ids, list(named))).tolist():
            self._edges.setdefault(int(pieces.way_ids[segment]), []).extend((2 * segment, 2 * segment + 1))

    def drives(self, turn: Turn) -> list[Drive]:
        """Return the one drive that a turn speaks of, each turning place of a U-turn, or nothing if unclear."""
        candidates = list(self._candidates(turn))
        if turn.direction == "u_turn" and turn.from_way == turn.to_way and not turn.via_ways:
            return [drive for drive in candidates if _turns_back(*drive)]
        candidates = [drive for drive in candidates if not any(map(_turns_back, drive, drive[1:]))]
        if len(candidates) > 1:
            candidates = [drive for drive in candidates if not any(map(self._against_oneway, drive))] or candidates
        if len(candidates) > 1:
            candidates = [drive for drive in candidates if self._heads(drive, turn.direction)]
        return candidates if len(candidates) == 1 else []

    def _candidates(self, turn: Turn) -> Iterator[Drive]:
        """Yield every drive from the first way over the via to the last, whatever its direction."""
        drives: list[Drive] = [(edge,) for edge in self._edges.get(turn.from_way, ())]
        if not turn.via_ways:
            drives = [drive for drive in drives if _end(self._pieces.end_ids, drive[0]) == turn.via_node]
        for way in turn.via_ways:
            longer = (longer for drive in drives for longer in self._along(drive, way))
            drives = list(islice(longer, _MOST_DRIVES + 1))
            if len(drives) > _MOST_DRIVES:
                return
        for drive in drives:
            yield from ((*drive, edge) for edge in self._next(drive, turn.to_way))

    def _along(self, drive: Drive, way: int) -> Iterator[Drive]:
        """Yield the drive continued by one, two, three ... edges of a way, around it where it is closed."""
        for first in self._next(drive, way):
            edges = sorted((edge for edge in self._edges[way] if edge % 2 == first % 2), reverse=bool(first % 2))
            start = edges.index(first)
            longer = drive
            for edge in (*edges[start:], *edges[:start]):
                if not self._follow(longer[-1], edge):
                    break
                longer = (*longer, edge)
                yield longer

    def _next(self, drive: Drive, way: int | None) -> Iterator[int]:
        """Yield the edges of a way that begin where a drive ends."""
        return (edge for edge in self._edges.get(way, ()) if self._follow(drive[-1], edge))

    def _follow(self, edge: int, following: int) -> bool:
        return _end(self._pieces.ends, edge) == _end(self._pieces.ends, following ^ 1)

    def _against_oneway(self, edge: int) -> bool:
        tags = self._pieces.tags[edge // 2]
        implied = "yes" if tags.get("junction") in {"roundabout", "circular"} else "no"
        return not ONEWAY.get(tags.get("oneway", implied), BOTH)[edge % 2]

    def _heads(self, drive: Drive, direction: str | None) -> bool:
        """Tell whether a drive leaves in a direction, seen from how it comes."""
        turn = self._heading(drive[-1]) * -self._heading(drive[0] ^ 1).conjugate()
        sides = {"left_turn": turn.imag, "right_turn": -turn.imag, "straight_on": turn.real, "u_turn": -turn.real}
        return direction is not None and sides[direction] > 0

    def _heading(self, edge: int) -> complex:
        """Return how an edge leaves its first node, east as real and north as imaginary part."""
        shape = self._pieces.shapes[edge // 2]
        (lat, lon), (next_lat, next_lon) = (shape[::-1] if edge % 2 else shape)[:2]
        return complex((next_lon - lon) * math.cos(math.radians(lat)), next_lat - lat)


def _end(ends: Ints, edge: int) -> int:
    """Return the node to which an edge leads, of the nodes [m, 2] at both ends of segments."""
    return int(ends[edge // 2, 1 - edge % 2])


def _turns_back(edge: int, following: int) -> bool:
    return edge ^ 1 == following
