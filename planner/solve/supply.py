"""What a battery may hold at one stop at which time, while how long the last charge was is still open.

A supply is a concave piecewise-linear function from time to the most energy that the battery can hold then, given by
its corners (time, energy): before the first one the vehicle cannot be here, after the last one nothing more is gained
by coming later. Driving, waiting and windows move and cut it (Froger, Mendoza, Jabali and Laporte, Computers &
Operations Research 104, 2019; Montoya, Guéret, Mendoza and Villegas, Transportation Research B 103, 2017).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

Supply = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A charge from empty: after `times[k]` the battery holds `levels[k]`, on a straight line in between."""

    times: tuple[float, ...]
    levels: tuple[float, ...]

    def time_to(self, level: float) -> float:
        """Return how long the charge from empty to a level lasts."""
        at = min(bisect_right(self.levels, level), len(self.levels) - 1)
        (t0, q0), (t1, q1) = (self.times[at - 1], self.levels[at - 1]), (self.times[at], self.levels[at])
        return t0 + (t1 - t0) * (level - q0) / (q1 - q0)

    def least_pace(self) -> float:
        """Return the time for a unit of energy where charging is fastest, which is at the beginning."""
        return self.times[1] / self.levels[1]


def make_curve(corners: Sequence[tuple[float, float]], *, battery: float) -> Curve:
    """Return a charge curve from its corners (time, energy). Raises ValueError if it cannot be one."""
    times, levels = tuple(float(time) for time, _ in corners), tuple(float(level) for _, level in corners)
    if len(corners) < 2 or corners[0] != (0.0, 0.0) or abs(levels[-1] - battery) > 1e-9 * battery:
        raise ValueError(f"a charge curve must lead from (0, 0) to the battery of {battery:g}: {list(corners)}")
    steps = list(zip(pairwise(times), pairwise(levels), strict=True))
    if any(t1 < t0 or q1 <= q0 for (t0, t1), (q0, q1) in steps):
        raise ValueError(f"a charge curve must rise: {list(corners)}")
    paces = [(t1 - t0) / (q1 - q0) for (t0, t1), (q0, q1) in steps]
    if any(pace > after * (1.0 + 1e-9) for pace, after in pairwise(paces)):
        raise ValueError(f"a charge curve must slow down as the battery fills: {list(corners)}")
    return Curve(times=times, levels=(*levels[:-1], battery))


def arrive(supply: Supply, lasts: float, takes: float, *, opens: float, closes: float, empty: float) -> Supply:
    """Drive a leg and wait for a window; nothing is left if the battery or the time does not last.

    A battery that holds no less than `empty`, which is zero or a hair below, is not flat.
    """
    if len(supply) == 1:
        time, energy = max(supply[0][0] + lasts, opens), supply[0][1] - takes
        return ((time, max(energy, 0.0)),) if energy >= empty and time <= closes else ()
    moved = [(time + lasts, energy - takes) for time, energy in supply]
    if moved[-1][1] < empty:
        return ()
    if moved[-1][1] <= 0.0:
        moved = [(moved[-1][0], 0.0)]
    elif moved[0][1] < 0.0:
        at = next(at for at, (_, energy) in enumerate(moved) if energy >= 0.0)
        (t0, q0), (t1, q1) = moved[at - 1], moved[at]
        moved[:at] = [(t0 - (t1 - t0) * q0 / (q1 - q0), 0.0)] if q1 > 0.0 else []
    if moved[0][0] < opens:
        moved = [(opens, energy_at(moved, opens)), *((time, energy) for time, energy in moved if time > opens)]
    if moved[0][0] > closes:
        return ()
    if moved[-1][0] > closes:
        last = energy_at(moved, closes)
        moved = [*((time, energy) for time, energy in moved if time < closes), (closes, last)]
    return tuple(moved)


def energy_at(supply: Sequence[tuple[float, float]], time: float) -> float:
    """Return the most energy at a time that is not before the first corner."""
    at = len(supply) - 1
    while supply[at][0] > time:
        at -= 1
    if at == len(supply) - 1:
        return supply[at][1]
    (t0, q0), (t1, q1) = supply[at], supply[at + 1]
    return q0 + (q1 - q0) * (time - t0) / (t1 - t0)


def charge(curve: Curve, time: float, energy: float) -> Supply:
    """Return the supply on leaving a station after a charge of any length that begins at a time with an energy."""
    begun = time - curve.time_to(energy)
    corners = [(time, energy)]
    for lasts, level in zip(curve.times, curve.levels, strict=True):
        if level > energy:
            if begun + lasts <= corners[-1][0]:
                corners.pop()  # as much more takes no time
            corners.append((max(begun + lasts, time), level))
    return tuple(corners)


def holds(supply: Supply, other: Supply) -> bool:
    """Say whether a supply has at every time at least the energy of another one.

    The difference is concave between the corners of the other one, so it is enough to look there.
    """
    if supply[0][0] > other[0][0] or supply[-1][1] < other[-1][1]:
        return False
    return all(energy_at(supply, time) >= energy for time, energy in other)
