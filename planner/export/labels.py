"""Finds places for labels on a picture, so that none covers another one."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

DIRECTIONS = 16
RINGS = (0.0, 24.0, 36.0, 50.0, 68.0, 90.0, 120.0, 160.0)
GAP = 2.0
POINT_COVERED = 60.0  # as bad as a leader longer by this
TURN_AWAY = 0.01  # of a ring, so that equal places are taken in a fixed order


@dataclass(frozen=True, slots=True)
class Box:
    """A label: its middle and its size."""

    x: float
    y: float
    width: float
    height: float

    def meets(self, other: Box) -> bool:
        """Say whether two labels touch."""
        across = abs(self.x - other.x) < (self.width + other.width) / 2 + GAP
        return across and abs(self.y - other.y) < (self.height + other.height) / 2 + GAP

    def covers(self, x: float, y: float) -> bool:
        """Say whether a point lies under it."""
        return abs(self.x - x) < self.width / 2 + GAP and abs(self.y - y) < self.height / 2 + GAP


@dataclass(frozen=True, slots=True)
class Sheet:
    """The picture: how large it is, and what is there already."""

    width: float
    height: float
    taken: tuple[Box, ...]


def place_labels(
    points: Sequence[tuple[float, float]], sizes: Sequence[tuple[float, float]], sheet: Sheet
) -> list[Box]:
    """Return a box for each point: on it where that is free, else beside it, as near as there is room.

    Where there is none at all, a label lies on its point and covers what is there.
    """
    taken = list(sheet.taken)
    boxes: list[Box] = []
    for i, (point, size) in enumerate(zip(points, sizes, strict=True)):
        others = [*points[:i], *points[i + 1 :]]
        free = [
            (cost + POINT_COVERED * sum(box.covers(*other) for other in others), n, box)
            for n, (cost, box) in enumerate(_candidates(point, size, sheet))
            if not any(box.meets(other) for other in taken)
        ]
        box = min(free)[2] if free else Box(*point, *size)
        taken.append(box)
        boxes.append(box)
    return boxes


def _candidates(point: tuple[float, float], size: tuple[float, float], sheet: Sheet) -> Iterator[tuple[float, Box]]:
    """Yield boxes inside the picture with the length of their leaders."""
    for ring in RINGS:
        for turn in range(DIRECTIONS if ring else 1):
            angle = 2 * math.pi * turn / DIRECTIONS
            stretch = ring + (size[0] - size[1]) / 2 * abs(math.cos(angle)) * bool(ring)
            box = Box(point[0] + stretch * math.cos(angle), point[1] + ring * math.sin(angle), *size)
            inside_x = box.width / 2 <= box.x <= sheet.width - box.width / 2
            if inside_x and box.height / 2 <= box.y <= sheet.height - box.height / 2:
                yield ring + TURN_AWAY * turn, box
