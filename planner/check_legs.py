"""The auditor's own look-up of drives: from one place to another for one vehicle type, remembered.

A drive costs what `roads.network` says an edge costs and what a turn costs; a place lies inside an edge
(`roads.snap`). Everything else (the search, the turn rules on the way, the energy) is computed here and not taken from
the planner's matrices.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from planner.check_energy import STANDING, DriveEnergy, drive_energy
from planner.check_search import FAR, quickest, quickest_to_many
from planner.check_states import Moves, moves_of
from planner.errors import RoadsError
from planner.model import RoadClass, VehicleType
from planner.roads.conditional import Span
from planner.roads.grades import Pieces, pieces_of
from planner.roads.network import DM_BITS, DM_MASK, Network, build_network, drives_alike
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
    energy: DriveEnergy
    start: Point
    end: Point

    def energy_wh(self, *, load_kg: float) -> float:
        """Return what the drive takes from the battery with this load on board."""
        return self.energy.total.at(load_kg)

    def lowest_wh(self, stored_wh: float, *, load_kg: float) -> float:
        """Return the least that a battery holds on the way."""
        return stored_wh - self.energy.peak.at(load_kg)

    def kept_wh(self, stored_wh: float, *, battery_wh: float, load_kg: float) -> float:
        """Return how much of the stored energy is of use: a battery too full takes nothing back downhill."""
        lost_wh = self.energy.from_full.at(load_kg) - self.energy.total.at(load_kg)
        return min(stored_wh, battery_wh - lost_wh)


def standing(at: Point) -> FoundLeg:
    """Return the drive of a vehicle that is there already."""
    return FoundLeg(seconds=0.0, metres=0.0, energy=STANDING, start=at, end=at)


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
    moves: Moves
    edge_mps: Floats
    spots: dict[Point, _Spot | None] = field(default_factory=dict)
    drives: dict[tuple[Point, Point], _Drive | None] = field(default_factory=dict)
    strays_m: dict[Line, float] = field(default_factory=dict)


Closed = tuple[int, ...]  # pieces of street


class LegFinder:
    """Finds drives on one set of streets and remembers them, so that a second audit costs little.

    `span` is when the vehicle may be on the road, for streets whose rules change with the hour, `closed` are pieces of
    street that nobody may use. Every drive takes `travel_factor` times as long as on an ordinary day.
    """

    def __init__(self, streets: Streets, *, travel_factor: float = 1.0) -> None:
        self.streets, self.travel_factor = streets, travel_factor
        self._grounds: dict[tuple[RoadClass, float, Span | None, Closed], _Ground | None] = {}
        self._legs: dict[tuple[VehicleType, Span | None, Closed, Point, Point], FoundLeg | None] = {}

    def slowed(self, travel_factor: float) -> LegFinder:
        """Return a finder for a day of other traffic that shares what this one knows of the streets."""
        other = LegFinder(self.streets, travel_factor=travel_factor)
        other._grounds = self._grounds
        return other

    def afresh(self) -> LegFinder:
        """Return a finder that shares the streets made ready with this one, and remembers no drive."""
        other = LegFinder(self.streets, travel_factor=self.travel_factor)
        new = {id(g): replace(g, spots={}, drives={}, strays_m={}) for g in self._grounds.values() if g is not None}
        other._grounds = {key: None if g is None else new[id(g)] for key, g in self._grounds.items()}
        other.__dict__["_pieces"] = self._pieces
        return other

    def learn(
        self, kind: VehicleType, points: Iterable[Point], *, span: Span | None = None, closed: Closed = ()
    ) -> None:
        """Attach many places to the streets at once, which is far quicker than one by one."""
        ground = self._ground(kind, span, closed)
        if ground is None:
            return
        new = [point for point in dict.fromkeys(points) if point not in ground.spots]
        if new:
            ground.spots.update(zip(new, _spots(ground.network, new), strict=True))

    def leg(
        self, kind: VehicleType, start: Point, end: Point, *, span: Span | None = None, closed: Closed = ()
    ) -> FoundLeg | None:
        """Return the quickest legal drive, or None where a place is off the network or there is no way."""
        key = (kind, span, closed, start, end)
        if key not in self._legs:
            self.learn(kind, (start, end), span=span, closed=closed)
            ground = self._ground(kind, span, closed)
            self._legs[key] = None if ground is None else self._find(ground, kind, start, end)
        return self._legs[key]

    def learn_drives(
        self,
        kind: VehicleType,
        hub: Point,
        others: Iterable[Point],
        *,
        span: Span | None = None,
        closed: Closed = (),
    ) -> None:
        """Find the drives from one place to many and back with one search each way, far quicker than one by one."""
        points = [point for point in dict.fromkeys(others) if point != hub]
        self.learn(kind, (hub, *points), span=span, closed=closed)
        ground = self._ground(kind, span, closed)
        if ground is None or (here := ground.spots[hub]) is None:
            return
        for against in (False, True):
            pairs = {point: (point, hub) if against else (hub, point) for point in points}
            there = {
                pair: spot
                for point, pair in pairs.items()
                if pair not in ground.drives and (spot := ground.spots[point]) is not None
                if not _on_one_street(here, spot)
            }
            ground.drives.update(zip(there, _drives(ground, here, list(there.values()), against=against), strict=True))

    def strays_m(
        self, kind: VehicleType, lines: Sequence[Line], *, span: Span | None = None, closed: Closed = ()
    ) -> list[float]:
        """Return how far the farthest point of each line lies from any street that the class may use."""
        ground = self._ground(kind, span, closed)
        if ground is None:
            return [math.inf] * len(lines)
        new = [line for line in dict.fromkeys(lines) if line and line not in ground.strays_m]
        if new:
            points = np.concatenate([np.array(line, dtype=np.float64) for line in new])
            # A drive may lead over a road that it merely crosses, although no place is attached there.
            drivable = replace(ground.network, crossing=np.zeros_like(ground.network.crossing))
            gaps_m = snap(drivable, lat=points[:, 1], lon=points[:, 0]).gap_m
            first = np.cumsum([0, *(len(line) for line in new[:-1])])
            ground.strays_m.update(zip(new, np.maximum.reduceat(gaps_m, first).tolist(), strict=True))
        return [ground.strays_m[line] if line else 0.0 for line in lines]

    @cached_property
    def _pieces(self) -> Pieces:
        return pieces_of(self.streets)

    def _ground(self, kind: VehicleType, span: Span | None, closed: Closed) -> _Ground | None:
        key = (kind.road_class, kind.top_speed_kmh, span, closed)
        if key not in self._grounds:
            try:
                network = build_network(
                    self.streets, kind.road_class, top_speed_kmh=kind.top_speed_kmh, span=span, closed=closed
                )
            except RoadsError:
                self._grounds[key] = None  # no street is open to the class: nothing can be reached
            else:
                known = (ground for ground in self._grounds.values() if ground is not None)
                alike = next((ground for ground in known if drives_alike(ground.network, network)), None)
                self._grounds[key] = alike or _Ground(
                    network=network, moves=moves_of(network), edge_mps=network.edge_mps
                )
        return self._grounds[key]

    def _find(self, ground: _Ground, kind: VehicleType, start: Point, end: Point) -> FoundLeg | None:
        source, target = ground.spots[start], ground.spots[end]
        if source is None or target is None:
            return None
        if (start, end) not in ground.drives:
            ground.drives[start, end] = _drive(ground, source, target)
        drive = ground.drives[start, end]
        if drive is None:
            return None
        if drive.key == 0:
            return replace(standing(source.point), end=target.point)
        speed_mps = ground.edge_mps[drive.edges]
        energy = drive_energy(kind, self._pieces, edges=drive.edges, parts=drive.parts, speed_mps=speed_mps)
        return FoundLeg(
            seconds=(drive.key >> DM_BITS) / 1000.0 * self.travel_factor,
            metres=(drive.key & DM_MASK) / 10.0,
            energy=energy,
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
    drives = [*_straight_on(source, target), *_around(ground, source, target)]
    return min(drives, key=lambda drive: drive.key, default=None)


def _on_one_street(one: _Spot, other: _Spot) -> bool:
    return bool(set(one.edge[one.edge >= 0].tolist()) & set(other.edge[other.edge >= 0].tolist()))


def _drives(ground: _Ground, here: _Spot, there: Sequence[_Spot], *, against: bool) -> list[_Drive | None]:
    """Return the drives between one place and others on other streets: away from it, or `against` that to it."""
    sign = -1 if against else 1  # of a last edge what lies behind the place is not driven
    others = [(spot.edge, -sign * spot.from_key) for spot in there]
    found = quickest_to_many(ground.moves, here.edge, sign * here.from_key, others, against=against)
    return [
        None
        if key == FAR
        else _around_by(key, edges, source=spot if against else here, target=here if against else spot)
        for (key, edges), spot in zip(found, there, strict=True)
    ]


def _straight_on(source: _Spot, target: _Spot) -> list[_Drive]:
    """Return the drives within one edge, where the target lies ahead on the source's own street."""
    ahead = (source.edge >= 0) & (source.edge == target.edge) & (target.share >= source.share)
    return [
        _Drive(
            key=int(target.to_key[side] - source.to_key[side]),
            edges=source.edge[side : side + 1],
            parts=target.share[side : side + 1] - source.share[side],
        )
        for side in np.flatnonzero(ahead)
    ]


def _around(ground: _Ground, source: _Spot, target: _Spot) -> list[_Drive]:
    """Return the quickest drive that leaves the source's edge at its end, if there is any."""
    key, edges = quickest(ground.moves, source.edge, source.from_key, target.edge, target.from_key)
    if key == FAR:
        return []
    return [_around_by(key, edges, source=source, target=target)]


def _around_by(key: int, edges: Ints, *, source: _Spot, target: _Spot) -> _Drive:
    parts = np.ones(len(edges))
    parts[0], parts[-1] = 1.0 - source.share[edges[0] % 2], target.share[edges[-1] % 2]
    return _Drive(key=int(key), edges=edges, parts=parts)
