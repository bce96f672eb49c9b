"""Times, lengths and energies between all pairs of places.

Every pair is driven on the path of least time (then length, then the fixed numbers of its edges), whatever the
vehicle's energy use: a driver follows the quickest legal way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.model import VehicleType
from planner.roads.edge_energy import LEVEL, columns_of
from planner.roads.labels import NOWHERE, meet, search_places
from planner.roads.leg_energy import fill_energy
from planner.roads.metric import FAR
from planner.roads.nearby import same_streets
from planner.roads.network import DM_BITS, DM_MASK, Network
from planner.roads.snap import Snapped
from planner.roads.streets import Floats, Ints


@dataclass(frozen=True, kw_only=True, eq=False)
class Matrices:
    """From place (row) to place (column), NaN where there is no way.

    `seconds`, `metres` are [p, p]; the others [k, p, p], one layer for each vehicle type asked for. A leg with a load
    takes ``wh_empty + wh_per_kg * load_kg``; the stop at its end is included. On the way the battery has to give up to
    ``wh_peak + wh_peak_per_kg * load_kg`` before some comes back. A battery that was full on the way arrives at most
    full less ``wh_from_full + wh_from_full_per_kg * load_kg``. On level streets the three are the same.
    """

    seconds: Floats
    metres: Floats
    wh_empty: Floats
    wh_per_kg: Floats
    wh_peak: Floats
    wh_peak_per_kg: Floats
    wh_from_full: Floats
    wh_from_full_per_kg: Floats


def matrices(network: Network, snapped: Snapped, types: Sequence[VehicleType]) -> Matrices:
    """Compute the cheapest-time matrices between snapped places for vehicle types that share a network."""
    places = len(snapped.segment)
    searches = search_places(network, snapped)
    key = np.full((places, places), FAR)
    depth = np.full((places, places), -1, dtype=np.int32)
    meet(searches, key, depth)
    streets = same_streets(network, snapped, key)
    wh = np.full((columns_of(network.streets), len(types), places, places), np.nan)
    for kind, layer in zip(types, np.moveaxis(wh, 1, 0), strict=True):
        fill_energy(network, snapped, kind, searches, streets=streets, depth=depth, out=layer)
        layer[1::2] = (layer[1::2] - layer[0::2]) / (kind.payload_kg or 1.0)
    return matrices_from(key, wh)


def matrices_from(key: Ints, wh: Floats) -> Matrices:
    """Return costs [p, p] and energy columns [c, k, p, p] as matrices."""
    reached = key < NOWHERE
    rows = [*wh] if len(wh) > LEVEL else [*wh] * 3  # on level streets no part of a leg takes more than the whole
    return Matrices(
        seconds=_where_reached((key >> DM_BITS) / 1000.0, reached),
        metres=_where_reached((key & DM_MASK) / 10.0, reached),
        wh_empty=rows[0],
        wh_per_kg=rows[1],
        wh_peak=rows[2],
        wh_peak_per_kg=rows[3],
        wh_from_full=rows[4],
        wh_from_full_per_kg=rows[5],
    )


def _where_reached(values: Floats, reached: NDArray[np.bool_]) -> Floats:
    if not reached.all():
        values[~reached] = np.nan
    return values
