"""On which side of the street traffic keeps, read from the way its roundabouts turn."""

from __future__ import annotations

from collections import Counter

import numpy as np

from planner.roads.doorsteps import per_segment
from planner.roads.streets import Streets

FEWEST_ROUNDABOUT_PIECES = 3
CLEAR_MAJORITY = 0.8
ROUNDABOUTS = frozenset({"roundabout", "circular"})


def driving_side(streets: Streets) -> tuple[str, int]:
    """Return left, right or unknown, and from how many pieces of roundabout: they turn clockwise where it is left."""
    one_way = {"yes", "true", "1", ""}
    round_ = per_segment(
        streets, lambda tags: tags.get("junction") in ROUNDABOUTS and tags.get("oneway", "").casefold() in one_way
    )
    turns = Counter(_turns_left(streets, int(segment)) for segment in np.flatnonzero(round_))
    pieces = turns[True] + turns[False]
    if pieces < FEWEST_ROUNDABOUT_PIECES or max(turns[True], turns[False]) < CLEAR_MAJORITY * pieces:
        return "unknown", pieces
    return ("right" if turns[True] > turns[False] else "left"), pieces


def _turns_left(streets: Streets, segment: int) -> bool | None:
    """Tell whether a street bends to the left on the whole; None where it is straight."""
    span = slice(streets.shape_start[segment], streets.shape_start[segment + 1])
    lat, lon = streets.shape_lat[span], streets.shape_lon[span]
    east, north = np.diff(lon) * np.cos(np.radians(lat[0])), np.diff(lat)
    turn = float((east[:-1] * north[1:] - north[:-1] * east[1:]).sum())
    return None if turn == 0 else turn > 0
