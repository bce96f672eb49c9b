"""Streets as the maps draw them: lines by rank of road, packed, small enough to send to a browser."""

from __future__ import annotations

from typing import Any

import streamlit as st

from planner.report.street_layer import street_layer
from planner.roads.streets import Streets

MOST_CHARACTERS = 4_000_000  # of base64; the faintest ranks are left out beyond


@st.cache_resource(max_entries=4, show_spinner=False, hash_funcs={Streets: lambda streets: streets.sha256})
def street_lines(streets: Streets) -> dict[str, Any]:
    """Return the ranks to draw, faintest first, under the name of their streets; shared, and never changed."""
    ranks = street_layer(streets)
    while len(ranks) > 1 and sum(map(_size, ranks)) > MOST_CHARACTERS:
        ranks = ranks[1:]
    return {"id": streets.sha256, "ranks": ranks}


def _size(rank: dict[str, str | int]) -> int:
    return len(str(rank["heads"])) + len(str(rank["deltas"]))
