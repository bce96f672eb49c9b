"""Streets as deck.gl draws them: a few thousand long lines by rank of road, small enough to send to a browser."""

from __future__ import annotations

import base64
from dataclasses import dataclass

import numpy as np
import streamlit as st

from planner.report.lines import GRID
from planner.report.street_layer import street_layer
from planner.roads.streets import Streets

MOST_POINTS = 140_000  # about 20 bytes each on the wire; the faintest ranks are left out beyond
DECIMALS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Rank:
    """The lines of one rank of road, faintest 0, each as [lon, lat, lon, lat, ...]."""

    rank: int
    paths: list[list[float]]

    @property
    def points(self) -> int:
        return sum(map(len, self.paths)) // 2


@st.cache_resource(max_entries=4, show_spinner=False, hash_funcs={Streets: lambda streets: streets.sha256})
def street_paths(streets: Streets) -> tuple[Rank, ...]:
    """Return the ranks to draw, faintest first; shared by all sessions and never changed."""
    ranks = [Rank(rank=int(layer["rank"]), paths=_unpacked(layer)) for layer in street_layer(streets)]
    while len(ranks) > 1 and sum(rank.points for rank in ranks) > MOST_POINTS:
        ranks = ranks[1:]
    return tuple(ranks)


def _unpacked(layer: dict[str, str | int]) -> list[list[float]]:
    """Undo `planner.report.lines.packed`."""
    heads = np.frombuffer(base64.b64decode(str(layer["heads"])), "<i4").reshape(-1, 3).astype(np.int64)
    deltas = np.frombuffer(base64.b64decode(str(layer["deltas"])), f"<i{int(layer['bits']) // 8}").reshape(-1, 2)
    ends = np.cumsum(heads[:, 2])
    paths = []
    for (lat, lon, size), end in zip(heads, ends, strict=True):
        points = np.vstack([[[lat, lon]], deltas[end - size : end]]).cumsum(axis=0) / GRID
        paths.append(np.round(points[:, ::-1], DECIMALS).ravel().tolist())
    return paths
