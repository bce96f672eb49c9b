"""What each street takes from the battery of a vehicle type, and how that adds up along a drive.

A drive takes watt-hours on the whole, but a hill in its middle may ask for more on the way, and a battery that is full
takes nothing back on the way down. So energy is a row of columns: the total, and with elevation also the most that
any first part takes and the most that any last part takes, each without and with a full load: total empty, total
full, first part empty, first part full, last part empty, last part full.
"""

from __future__ import annotations

import numba
import numpy as np

from planner.energy.driving import piece_energy_wh, stop_energy_wh
from planner.model import VehicleType
from planner.roads.grades import pieces_of
from planner.roads.network import Network
from planner.roads.streets import Floats, Streets

HILLY = 6
LEVEL = 2  # columns where no part of a drive takes more than the whole


def columns_of(streets: Streets) -> int:
    """Return how many columns energy has on these streets."""
    return HILLY if len(streets.shape_ele_m) else LEVEL


def edge_wh(network: Network, kind: VehicleType) -> Floats:
    """Return the energy columns of each edge [2 m, 2 or 6]."""
    loads_kg = (0.0, kind.payload_kg)
    if columns_of(network.streets) == LEVEL:
        lengths, speeds = network.edge_m, network.edge_mps
        wh = [
            piece_energy_wh(kind, length_m=lengths, speed_mps=speeds, grade=0.0, load_kg=load_kg)
            for load_kg in loads_kg
        ]
        return np.ascontiguousarray(np.column_stack(wh))
    columns = np.empty((len(network.key), HILLY))
    for side in (0, 1):
        for c, load_kg in enumerate(loads_kg):
            columns[side::2, c::2] = _hilly(network, kind, side=side, load_kg=load_kg)
    return columns


def _hilly(network: Network, kind: VehicleType, *, side: int, load_kg: float) -> Floats:
    """Return total, most of a first part and most of a last part [m, 3] of all edges of one direction."""
    pieces = pieces_of(network.streets)
    wh = piece_energy_wh(
        kind,
        length_m=pieces.length_m,
        speed_mps=network.edge_mps[side::2][pieces.segment],
        grade=pieces.grade if side == 0 else -pieces.grade,
        load_kg=load_kg,
    )
    starts = np.searchsorted(pieces.segment, np.arange(network.streets.segments))
    total = np.add.reduceat(wh, starts)
    after = np.cumsum(wh)
    driven = after - np.repeat(after[starts] - wh[starts], np.diff(starts, append=len(wh)))
    # Along the shape: the most and the least of any beginning, and by what is left the same of any end.
    most = np.maximum(np.maximum.reduceat(driven, starts), 0.0)
    least = np.minimum(np.minimum.reduceat(driven, starts), 0.0)
    first, last = most, total - least
    return np.column_stack([total, first, last] if side == 0 else [total, last, first])


def stop_wh(kind: VehicleType, speed_mps: Floats) -> Floats:
    """Return what a stop takes without and with a full load, [..., 2]."""
    empty, per_kg = stop_energy_wh(kind, speed_mps=speed_mps)
    return np.stack([empty, empty + per_kg * kind.payload_kg], axis=-1)


@numba.njit(cache=True, nogil=True)
def join(ahead: Floats, behind: Floats, out: Floats) -> None:
    """Put into `out`, which may be one of the two, the columns of two drives in a row."""
    if len(out) > LEVEL:
        for c in range(2):
            first = max(ahead[2 + c], ahead[c] + behind[2 + c])
            last = max(behind[4 + c], behind[c] + ahead[4 + c])
            out[2 + c], out[4 + c] = first, last
    for c in range(2):
        out[c] = ahead[c] + behind[c]


@numba.njit(cache=True, nogil=True)
def join_stop(stop: Floats, out: Floats) -> None:
    """Add to the columns of a drive the stop at its end, [2]."""
    for c in range(2):
        out[c] += stop[c]
        if len(out) > LEVEL:
            out[2 + c] = max(out[2 + c], out[c])
            out[4 + c] += stop[c]
