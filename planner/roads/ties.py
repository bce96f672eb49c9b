"""The third number that decides between drives of equal time and length, whoever searches for them."""

from __future__ import annotations

import numpy as np

from planner.roads.streets import Ints


def edge_ties(edges: int) -> Ints:
    """Return a fixed random number below 2^30 for each edge (SplitMix64; Steele, Lea, Flood, OOPSLA 2014).

    Of equal drives the one is chosen whose edges, all but the first, have the least sum.
    """
    with np.errstate(over="ignore"):
        z = np.arange(1, edges + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((z ^ (z >> np.uint64(31))) >> np.uint64(34)).astype(np.int64)
