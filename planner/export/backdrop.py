"""The streets behind a trip, cut to its picture: faint lines, the main ones stronger."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from planner.report.street_layer import RANKS, lines_of, ranks_of
from planner.roads.streets import Streets

MOST_POINTS = 6_000  # on a picture; more would be grey paper and a large file
TOLERANCE = 0.8  # units of the picture by which a thinned line may be off
STYLES = (
    'stroke="#d4d4d4" stroke-width="0.7"',
    'stroke="#c4c4c4" stroke-width="1"',
    'stroke="#b4b4b4" stroke-width="1.5"',
    'stroke="#a4a4a4" stroke-width="2"',
    'stroke="#9a9a9a" stroke-width="2.6"',
    'stroke="#909090" stroke-width="3.2"',
)


@dataclass(frozen=True)
class Backdrop:
    """Streets to be drawn behind trips."""

    streets: Streets

    @cached_property
    def _ranks(self) -> NDArray[np.int64]:
        return ranks_of(self.streets)

    @cached_property
    def _lines(self) -> Any:
        return lines_of(self.streets)

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self._lines)

    def shown(self, box: tuple[float, float, float, float], *, degrees: float) -> Iterator[tuple[str, list[Any]]]:
        """Yield the style and the (lon, lat) lines of each rank inside a box, the faintest first.

        `degrees` is what a unit of the picture spans. Where there is too much to draw, the least streets are left out.
        """
        inside = self._tree.query(shapely.box(*box))
        kept: list[tuple[str, list[Any]]] = []
        points = 0
        for rank in reversed(range(len(RANKS))):
            cut = shapely.clip_by_rect(self._lines[inside[self._ranks[inside] == rank]], *box)
            merged = shapely.line_merge(shapely.multilinestrings(shapely.get_parts(shapely.get_parts(cut))))
            thin = shapely.get_parts(shapely.simplify(merged, TOLERANCE * degrees, preserve_topology=False))
            points += int(shapely.get_num_coordinates(thin).sum())
            if points > MOST_POINTS and kept:
                break
            if len(thin):
                kept.append((STYLES[rank], [shapely.get_coordinates(line) for line in thin]))
        yield from reversed(kept)
