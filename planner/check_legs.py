"""The auditor's own look-up of drives: from one place to another for one vehicle type, remembered.

A drive costs what `roads.network` says an edge costs; a place lies inside an edge (`roads.snap`). Everything
else (the search, the sums along the path, the energy) is computed here and not taken from the planner's matrices.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from planner.check_search import FAR, Direction, against_streets, along_streets, quickest
from planner.energy.driving import edge_energy_wh
from planner.errors import RoadsError
from planner.model import VehicleType
from planner.roads.network import DM_BITS, DM_MASK, Network, build_network
from planner.roads.snap import snap
from planner.roads.streets import Floats, Ints, Streets

Line = tuple[tuple[float, float], ...]  # (lon, lat) pairs


class Point(NamedTuple):
    """Where something is, in degrees."""

    lat: float
    lon: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundLeg:
    """A drive as the auditor measures it, from and to the points where the two places touch the street."""

    seconds: float
    metres: float
    wh_empty: float
    wh_per_kg: float
    start: Point
    end: Point

    def energy_wh(self, *, load_kg: float) -> float:
        """Return what the drive takes from the battery with this load on board."""
        return self.wh_empty + self.wh_per_kg * load_kg


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spot:
    """One place on the network; arrays [2] for the two directions of its street, as in `roads.snap`."""

    point: Point
    edge: Ints
    share: Floats
    to_key: Ints
    from_key: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drive:
    """The edges of a drive and how much of each is driven; `key` packs milliseconds and decimetres."""

    key: int
    edges: Ints
    parts: Floats


@dataclass(frozen=True, kw_only=True, eq=False)
class _Ground:
    """A network made ready for the search, with the spots and drives found on it so far."""

    network: Network
    forward: Direction
    backward: Direction
    edge_m: Floats
    edge_mps: Floats
    spots: dict[Point, _Spot | None] = field(default_factory=dict)
    drives: dict[tuple[Point, Point], _Drive | None] = field(default_factory=dict)
    strays_m: dict[Line, float] = field(default_factory=dict)


class LegFinder:
    """Finds drives on one set of streets and remembers them, so that a second audit costs little."""

    def __init__(self, streets: Streets) -> None:
        self.streets = streets
        self._grounds: dict[tuple[object, float], _Ground | None] = {}
        self._legs: dict[tuple[VehicleType, Point, Point], FoundLeg | None] = {}

    def learn(self, kind: VehicleType, points: Iterable[Point]) -> None:
        """Attach many places to the streets at once, which is far quicker than one by one."""
        ground = self._ground(kind)
        if ground is None:
            return
        new = [point for point in dict.fromkeys(points) if point not in ground.spots]
        if new:
            ground.spots.update(zip(new, _spots(ground.network, new), strict=True))

    def leg(self, kind: VehicleType, start: Point, end: Point) -> FoundLeg | None:
        """Return the quickest legal drive, or None where a place is off the network or there is no way."""
        key = (kind, start, end)
        if key not in self._legs:
            self._legs[key] = self._find(kind, start, end)
        return self._legs[key]

    def strays_m(self, kind: VehicleType, lines: Sequence[Line]) -> list[float]:
        """Return how far the farthest point of each line lies from any street that the class may use."""
        ground = self._ground(kind)
        if ground is None:
            return [math.inf] * len(lines)
        new = [line for line in dict.fromkeys(lines) if line and line not in ground.strays_m]
        if new:
            points = np.concatenate([np.array(line, dtype=np.float64) for line in new])
            gaps_m = snap(ground.network, lat=points[:, 1], lon=points[:, 0]).gap_m
            first = np.cumsum([0, *(len(line) for line in new[:-1])])
            ground.strays_m.update(zip(new, np.maximum.reduceat(gaps_m, first).tolist(), strict=True))
        return [ground.strays_m[line] if line else 0.0 for line in lines]

    def _ground(self, kind: VehicleType) -> _Ground | None:
        key = (kind.road_class, kind.top_speed_kmh)
        if key not in self._grounds:
            try:
                network = build_network(self.streets, kind.road_class, top_speed_kmh=kind.top_speed_kmh)
            except RoadsError:
                self._grounds[key] = None  # no street is open to the class: nothing can be reached
            else:
                self._grounds[key] = _Ground(
                    network=network,
                    forward=along_streets(network),
                    backward=against_streets(network),
                    edge_m=network.edge_m,
                    edge_mps=network.edge_mps,
                )
        return self._grounds[key]

    def _find(self, kind: VehicleType, start: Point, end: Point) -> FoundLeg | None:
        self.learn(kind, (start, end))
        ground = self._ground(kind)
        if ground is None or (source := ground.spots[start]) is None or (target := ground.spots[end]) is None:
            return None
        if (start, end) not in ground.drives:
            ground.drives[start, end] = _drive(ground, source, target)
        drive = ground.drives[start, end]
        if drive is None:
            return None
        wh_empty, wh_per_kg = edge_energy_wh(
            kind, length_m=ground.edge_m[drive.edges] * drive.parts, speed_mps=ground.edge_mps[drive.edges]
        )
        return FoundLeg(
            seconds=(drive.key >> DM_BITS) / 1000.0,
            metres=(drive.key & DM_MASK) / 10.0,
            wh_empty=float(wh_empty.sum()),
            wh_per_kg=float(wh_per_kg.sum()),
            start=source.point,
            end=target.point,
        )


def _spots(network: Network, points: list[Point]) -> list[_Spot | None]:
    lat, lon = np.array(points).T
    snapped = snap(network, lat=lat, lon=lon)
    return [
        _Spot(
            point=Point(lat=float(snapped.lat[i]), lon=float(snapped.lon[i])),
            edge=snapped.edge[i],
            share=snapped.share[i],
            to_key=snapped.to_key[i],
            from_key=snapped.from_key[i],
        )
        if snapped.found[i]
        else None
        for i in range(len(points))
    ]


def _drive(ground: _Ground, source: _Spot, target: _Spot) -> _Drive | None:
    key, begun, ended, inner = quickest(
        ground.forward,
        ground.backward,
        ground.network.key,
        source.edge,
        source.from_key,
        target.edge,
        target.to_key,
    )
    around = None
    if key < FAR:
        edges = np.concatenate([source.edge[begun : begun + 1], inner, target.edge[ended : ended + 1]])
        parts = np.ones(len(edges))
        parts[0], parts[-1] = 1.0 - source.share[begun], target.share[ended]
        around = _Drive(key=int(key), edges=edges, parts=parts)
    direct = _straight_on(source, target)
    return min((drive for drive in (direct, around) if drive is not None), key=lambda drive: drive.key, default=None)


def _straight_on(source: _Spot, target: _Spot) -> _Drive | None:
    """Return the drive within one edge, where the target lies ahead on the source's own street."""
    ahead = (source.edge >= 0) & (source.edge == target.edge) & (target.share >= source.share)
    drives = [
        _Drive(
            key=int(target.to_key[side] - source.to_key[side]),
            edges=source.edge[side : side + 1],
            parts=target.share[side : side + 1] - source.share[side],
        )
        for side in np.flatnonzero(ahead)
    ]
    return min(drives, key=lambda drive: drive.key, default=None)
