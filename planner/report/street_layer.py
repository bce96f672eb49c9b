"""Turns streets into the quiet background of the map page: few long lines per road rank."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from planner.report.lines import packed, thinned
from planner.roads.streets import Streets

# From faint to strong; a road class that is not named here is drawn as the faintest.
RANKS: tuple[tuple[str, ...], ...] = (
    (),
    ("residential", "unclassified", "living_street"),
    ("tertiary",),
    ("secondary",),
    ("primary",),
    ("motorway", "trunk"),
)
RANK_OF = {highway: rank for rank, highways in enumerate(RANKS) for highway in highways}
TOLERANCE_M = 3.0


def street_layer(streets: Streets) -> list[dict[str, str | int]]:
    """Return the packed lines of each rank that occurs, faintest first."""
    rank_of_segment, lines = ranks_of(streets), lines_of(streets)
    return [
        {"rank": int(rank), **packed(_joined(lines[rank_of_segment == rank], lat=float(streets.node_lat.mean())))}
        for rank in np.unique(rank_of_segment)
    ]


def ranks_of(streets: Streets) -> NDArray[np.int64]:
    """Return the rank of each segment."""
    rank_of_tags = np.array(
        [RANK_OF.get(tags.get("highway", "").removesuffix("_link"), 0) for tags in streets.tag_sets], dtype=np.int64
    )
    return rank_of_tags[streets.seg_tags]


def lines_of(streets: Streets) -> Any:
    """Return one shapely line per segment."""
    owner = np.repeat(np.arange(streets.segments), np.diff(streets.shape_start))
    return shapely.linestrings(np.column_stack([streets.shape_lon, streets.shape_lat]), indices=owner)


def _joined(lines: Any, *, lat: float) -> list[Any]:
    """Join lines end to end where only two meet, then thin them out."""
    merged = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(lines)))
    return thinned(merged, lat=lat, tolerance_m=TOLERANCE_M)
