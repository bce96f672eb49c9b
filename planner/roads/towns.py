"""Which towns a place lies in: by the boundaries of a map, its named places, and the addresses around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from scipy.spatial import cKDTree

from planner.roads.streets import METRES_PER_DEGREE, Floats, Ints

MOST_TOWN_LEVEL = 8  # boundaries above it are of quarters
NEAR_ADDRESS_M, NEAR_PLACE_M = 500.0, 2_000.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Boundary:
    """A town or quarter. `lines` are rows of longitude and latitude; `whole` if the map has all of them."""

    name: str
    level: int
    lines: tuple[Floats, ...]
    whole: bool


@dataclass(frozen=True, kw_only=True)
class Place:
    """A named place, at its middle."""

    name: str
    lat: float
    lon: float


@dataclass(frozen=True, kw_only=True)
class Around:
    """Names of towns and quarters around a place.

    `boundaries` are those that hold it, and the named place of that town beside it. `all` has for want of a town
    boundary what a neighbour says.
    """

    boundaries: tuple[str, ...]
    all: tuple[str, ...]


class Towns:
    """Finds the names of the towns around places."""

    def __init__(
        self, boundaries: Sequence[Boundary], places: Sequence[Place], cities: Sequence[tuple[float, float, str]]
    ) -> None:
        """`cities` are addresses that say their city: latitude, longitude, name."""
        areas = [(boundary, _area(boundary)) for boundary in boundaries if boundary.whole]
        self._areas = [(boundary, area) for boundary, area in areas if area is not None]
        self._tree = shapely.STRtree([area for _, area in self._areas])
        lat = [at for at, _, _ in cities] or [place.lat for place in places] or [0.0]
        self._narrowing = float(np.cos(np.radians(np.mean(lat))))
        self._cities = [city for _, _, city in cities]
        self._city_tree = self._points([(at, lon) for at, lon, _ in cities])
        self._places = list(places)
        self._place_tree = self._points([(place.lat, place.lon) for place in places])
        towns = self._inside(lat=np.array([p.lat for p in places]), lon=np.array([p.lon for p in places]))
        self._place_town = [_town(around) for around in towns]

    def _points(self, spots: Sequence[tuple[float, float]]) -> cKDTree | None:
        if not spots:
            return None
        lat, lon = np.array(spots).T
        return cKDTree(self._metres(lat, lon))

    def _metres(self, lat: Floats, lon: Floats) -> Floats:
        return np.column_stack([lat, lon * self._narrowing]) * METRES_PER_DEGREE

    def _inside(self, *, lat: Floats, lon: Floats) -> list[list[Boundary]]:
        inside: list[list[Boundary]] = [[] for _ in lat]
        if self._areas and len(lat):
            for point, area in zip(*self._tree.query(shapely.points(lon, lat), predicate="within"), strict=True):
                inside[int(point)].append(self._areas[int(area)][0])
        return inside

    def names(self, *, lat: Floats, lon: Floats) -> list[Around]:
        """Return what is known of each place.

        The nearest named place counts if it is in the same town; the city that the nearest address says, where no
        boundary of a town holds the place.
        """
        inside = self._inside(lat=lat, lon=lon)
        place_m, place_at = self._nearest(self._place_tree, lat=lat, lon=lon)
        city_m, city_at = self._nearest(self._city_tree, lat=lat, lon=lon)
        found = []
        for i, around in enumerate(inside):
            town = _town(around)
            names = [boundary.name for boundary in around]
            extra = []
            if town is None and city_m[i] <= NEAR_ADDRESS_M:
                extra = [self._cities[city_at[i]]]
            elif town is not None and place_m[i] <= NEAR_PLACE_M and self._place_town[place_at[i]] == town:
                extra = [self._places[place_at[i]].name]
            near = extra if town is not None else []
            found.append(
                Around(
                    boundaries=tuple(dict.fromkeys([*names, *near])),
                    all=tuple(dict.fromkeys([*names, *extra])),
                )
            )
        return found

    def _nearest(self, tree: cKDTree | None, *, lat: Floats, lon: Floats) -> tuple[Floats, Ints]:
        """Return metres to the nearest point of a tree and its number; without a tree all is far away."""
        if tree is None or not len(lat):
            return np.full(len(lat), np.inf), np.zeros(len(lat), dtype=np.int64)
        away_m, at = tree.query(self._metres(lat, lon))
        return np.asarray(away_m, dtype=np.float64), np.asarray(at, dtype=np.int64)


def _area(boundary: Boundary) -> shapely.Geometry | None:
    lines = [shapely.LineString(line) for line in boundary.lines if len(line) > 1]
    area = shapely.union_all(shapely.get_parts(shapely.polygonize(lines))) if lines else None
    return None if area is None or area.is_empty else area


def _town(around: Sequence[Boundary]) -> str | None:
    """Return the innermost town, quarters left out."""
    towns = [boundary for boundary in around if boundary.level <= MOST_TOWN_LEVEL]
    return max(towns, key=lambda boundary: boundary.level).name if towns else None
