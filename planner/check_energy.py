"""What a drive takes from the battery, added up anew piece by piece along the streets.

On the whole it takes watt-hours, but a hill in its middle asks for more on the way, and what a descent gives back is
lost on a battery that is full.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.energy.driving import piece_energy_wh, stop_energy_wh
from planner.model import VehicleType
from planner.roads.grades import Pieces
from planner.roads.streets import Floats, Ints


@dataclass(frozen=True, slots=True)
class Chord:
    """Watt-hours by load, on a straight line between the empty and the full vehicle."""

    wh_empty: float
    wh_per_kg: float

    def at(self, load_kg: float) -> float:
        return self.wh_empty + self.wh_per_kg * load_kg


@dataclass(frozen=True, slots=True, kw_only=True)
class DriveEnergy:
    """What a drive takes: on the whole, the most by any of its first parts, and the most by any of its last parts."""

    total: Chord
    peak: Chord
    from_full: Chord


STANDING = DriveEnergy(total=Chord(0.0, 0.0), peak=Chord(0.0, 0.0), from_full=Chord(0.0, 0.0))


def drive_energy(kind: VehicleType, pieces: Pieces, *, edges: Ints, parts: Floats, speed_mps: Floats) -> DriveEnergy:
    """Add up a drive over parts [k] of `edges` at `speed_mps`, with the stop at its end."""
    loads_kg = np.array([[0.0], [kind.payload_kg]])
    piece, nth = _along(pieces, edges)
    driving_wh = piece_energy_wh(
        kind,
        length_m=pieces.length_m[piece] * parts[nth],
        speed_mps=speed_mps[nth],
        grade=np.where(edges[nth] % 2 == 0, pieces.grade[piece], -pieces.grade[piece]),
        load_kg=loads_kg,
    )
    stop_wh, stop_wh_per_kg = stop_energy_wh(kind, speed_mps=speed_mps[-1])
    after_wh = np.cumsum(np.column_stack([driving_wh, stop_wh + stop_wh_per_kg * loads_kg]), axis=1)
    total = after_wh[:, -1]
    return DriveEnergy(
        total=_chord(kind, total),
        peak=_chord(kind, after_wh.max(axis=1, initial=0.0)),
        from_full=_chord(kind, total - after_wh.min(axis=1, initial=0.0)),
    )


def _along(pieces: Pieces, edges: Ints) -> tuple[Ints, Ints]:
    """Return the pieces of some edges in the order of driving, and for each piece the place of its edge in `edges`."""
    first = np.searchsorted(pieces.segment, edges // 2)
    count = np.searchsorted(pieces.segment, edges // 2, side="right") - first
    nth = np.repeat(np.arange(len(edges)), count)
    within = np.arange(len(nth)) - (np.cumsum(count) - count)[nth]
    backward = edges[nth] % 2 == 1
    return first[nth] + np.where(backward, count[nth] - 1 - within, within), nth


def _chord(kind: VehicleType, wh: Floats) -> Chord:
    empty_wh, full_wh = wh.tolist()
    return Chord(empty_wh, (full_wh - empty_wh) / (kind.payload_kg or 1.0))
