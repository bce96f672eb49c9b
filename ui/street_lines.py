"""Streets as the maps draw them: lines by rank of road, packed, small enough to send to a browser."""

from __future__ import annotations

import json

import streamlit as st

from planner.report.street_layer import street_layer
from planner.roads.streets import Streets

MOST_CHARACTERS = 4_000_000  # of base64; the faintest ranks are left out beyond


@st.cache_resource(max_entries=4, show_spinner=False, hash_funcs={Streets: lambda streets: streets.sha256})
def street_lines(streets: Streets) -> bytes:
    """Return the hash of the streets, then as JSON their ranks to draw, faintest first.

    Bytes, as the page hands them over at every click: data would be written as text anew each time.
    """
    ranks = street_layer(streets)
    while len(ranks) > 1 and sum(map(_size, ranks)) > MOST_CHARACTERS:
        ranks = ranks[1:]
    return streets.sha256.encode() + json.dumps(ranks).encode()


def _size(rank: dict[str, str | int]) -> int:
    return len(str(rank["heads"])) + len(str(rank["deltas"]))
