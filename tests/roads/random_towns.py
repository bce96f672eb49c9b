"""Small random towns with every oddity that real ones have: parallel, looping and one-way streets, and turn rules."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from planner.roads.states import edge_ends
from planner.roads.streets import Restrictions, Streets, assemble, restrictions_of

CORNER = (-29.95, -71.34)
RULES = ("no_left_turn", "no_u_turn", "only_straight_on", "no_entry", "only_left_turn")


@st.composite
def towns(draw: st.DrawFn) -> Streets:
    """A few corners, streets of different kinds between them, and restrictions on drives of two to four streets."""
    corners = draw(st.integers(2, 7))
    spot = st.tuples(st.integers(0, 60), st.integers(0, 60))
    points = np.array(draw(st.lists(spot, min_size=corners, max_size=corners, unique=True))) * 1e-4 + CORNER
    corner = st.integers(0, corners - 1)
    tags = st.fixed_dictionaries(
        {
            "highway": st.sampled_from(["residential", "tertiary", "trunk"]),
            "oneway": st.sampled_from(["yes", "no", "no", "-1"]),
            "maxspeed": st.sampled_from(["20", "50"]),
        }
    )
    pieces = draw(st.lists(st.tuples(corner, corner, spot, tags), min_size=1, max_size=16))
    bends = [np.array(bend) * 1e-4 + CORNER for _, _, bend, _ in pieces]
    streets = assemble(
        node_lat=points[:, 0],
        node_lon=points[:, 1],
        ends=np.array([(a, b) for a, b, _, _ in pieces], dtype=np.int64),
        shapes=[np.vstack([points[a], bend, points[b]]) for (a, b, _, _), bend in zip(pieces, bends, strict=True)],
        tags=[tags for *_, tags in pieces],
    )
    return replace(streets, restrictions=draw(rules(streets)))


@st.composite
def rules(draw: st.DrawFn, streets: Streets) -> Restrictions:
    """Up to eight restrictions, each on a walk along the streets."""
    tail, head = edge_ends(streets)
    drives: list[list[int]] = []
    for length in draw(st.lists(st.integers(2, 4), max_size=8)):
        drive = [draw(st.integers(0, len(tail) - 1))]
        while len(drive) < length:
            drive.append(draw(st.sampled_from(np.flatnonzero(tail == head[drive[-1]]).tolist())))
        drives.append(drive)
    return restrictions_of(drives, [{"restriction": draw(st.sampled_from(RULES))} for _ in drives])


def spots_on(
    streets: Streets, rng: np.random.Generator, *, count: int
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Return [count, 2] random (lat, lon) along the streets, so that some share one."""
    at = rng.integers(0, len(streets.shape_lat) - 1, count)
    share = rng.uniform(0, 1, count)
    lat = streets.shape_lat[at] * (1 - share) + streets.shape_lat[at + 1] * share
    lon = streets.shape_lon[at] * (1 - share) + streets.shape_lon[at + 1] * share
    return np.column_stack([lat, lon])
