"""Which pieces of street are closed where someone says that a road is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely

from planner.roads.network import Network
from planner.roads.snap import street_lines
from planner.roads.streets import METRES_PER_DEGREE

NEAR_M = 50.0  # a place farther from every street is none of them
ALIKE_M = 0.1  # streets that meet at a place are equally near


def pieces_near(networks: Sequence[Network], *, lat: float, lon: float, radius_m: float = 0.0) -> tuple[int, ...]:
    """Return the pieces of street that touch a circle, or without a radius the nearest one, by their numbers.

    Only those count that any of the networks may use, whether or not they lead anywhere; there may be none.
    """
    if not networks:
        return ()
    legal = np.any([network.legal.reshape(-1, 2).any(axis=1) for network in networks], axis=0)
    x_scale, lines = street_lines(networks[0].streets)
    pieces = np.flatnonzero(legal)
    gaps_m = shapely.distance(lines[pieces], shapely.Point(lon * x_scale, lat * METRES_PER_DEGREE))
    within_m = radius_m or min(float(gaps_m.min(initial=np.inf)) + ALIKE_M, NEAR_M)
    return tuple(pieces[gaps_m <= within_m].tolist())
