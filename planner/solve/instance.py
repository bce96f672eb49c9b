"""A routing problem as the literature states it: one depot, equal vehicles, perhaps a battery, perhaps windows.

Units are the instance's own. Places are numbered customers first, then the depot, then the stations.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Kind = Literal["evrptw", "evrptw-pr", "cevrp", "evrpnl", "vrptw", "cvrp", "mtvrptwr"]
Corners = tuple[tuple[float, float], ...]
"""A concave charge curve: time and level at each corner, from (0, 0) to the full battery."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Instance:
    """n customers, one depot (place n), s stations, p = n + 1 + s places.

    `length` [p, p] is what a leg costs. `time` [p, p] is what it lasts (all zeros where the set knows no time), and
    `energy` [p, p] what it takes from the battery. `demand`, `service` [n]; `windows` [n + 1, 2] bound the start of
    service, the last row is the depot's. `battery` is inf where nothing drives on one. A charge lasts `charge_rate` for
    each unit of energy; with `partial` a vehicle may leave a station at any level, else it leaves full.
    Where there are `curves`, one for each station, they stand for the `charge_rate`, which is then the fastest of any,
    and an answer is worth the time that driving and charging take.
    `vehicles_first` ranks by vehicles, then length; otherwise length alone counts. Where `release` [n] is given, a
    vehicle may reload at the depot as often as it likes, and leaves it once all goods of the trip are released; `fleet`
    is how many vehicles there are, if that binds.
    """

    name: str
    kind: Kind
    names: tuple[str, ...]
    length: Floats
    time: Floats
    energy: Floats
    demand: Floats
    service: Floats
    windows: Floats
    capacity: float
    battery: float
    charge_rate: float
    partial: bool
    vehicles_first: bool
    curves: tuple[Corners, ...] = ()
    fleet: int | None = None
    release: Floats | None = None

    @property
    def customers(self) -> int:
        return len(self.demand)

    @property
    def depot(self) -> int:
        return len(self.demand)

    @property
    def places(self) -> int:
        return len(self.length)


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteSet:
    """An answer: places between the depot and the depot for each vehicle, stations and reloads included.

    `charges` holds the energy taken at each place, where stations charge along curves.
    """

    routes: tuple[tuple[int, ...], ...]
    length: float
    iterations: int
    stopped_by: str
    unserved: tuple[int, ...] = ()
    charges: tuple[tuple[float, ...], ...] = ()
