"""From places to tables of time, length and energy between them: streets -> network -> snapped places -> tables.

What a program needs for its own tables is named here: `read_streets`, `build_network`, `snap`, `matrices`, `path` and
`turn_list`. `measure` and `save_tables` are `planner matrix`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from planner import __version__
from planner.catalogue import type_names, vehicle_type
from planner.errors import Fault, InputError
from planner.io.area import Area
from planner.io.points import PointsFile, read_points
from planner.model import RoadClass, VehicleType
from planner.pipeline import Stages
from planner.roads.cache import cache_folder, write_arrays
from planner.roads.conditional import Span
from planner.roads.directions import turn_list
from planner.roads.elevation import with_elevation
from planner.roads.matrices import Matrices, matrices
from planner.roads.network import build_network
from planner.roads.paths import path
from planner.roads.read import read_streets
from planner.roads.snap import Snapped, snap
from planner.roads.streets import Streets

__all__ = [
    "Measured",
    "build_network",
    "matrices",
    "measure",
    "path",
    "read_streets",
    "save_tables",
    "snap",
    "turn_list",
    "type_of",
    "vehicle_type",
]


@dataclass(frozen=True, kw_only=True, eq=False)
class Measured:
    """Tables between the places of a file for one vehicle type, and what they were measured on.

    `cache` says what became of the kept arrays of this map: used, filled or none.
    """

    places: PointsFile
    streets: Streets
    streets_file: Path
    kind: VehicleType
    span: Span | None
    snapped: Snapped
    tables: Matrices
    cache: str

    @property
    def far(self) -> Sequence[int]:
        """The places too far from every street of the class: their rows and columns are NaN."""
        return [int(i) for i in np.flatnonzero(~self.snapped.found)]

    @property
    def seconds(self) -> NDArray[np.float64]:
        """Seconds of all drives from one place near a street to another, NaN where there is no way."""
        near = self.snapped.found
        pairs = near[:, None] & near & ~np.eye(len(near), dtype=bool)
        return self.tables.seconds[pairs]

    @property
    def complete(self) -> bool:
        """Tell whether every row was good and each place can be driven to from each."""
        return not self.places.faults and not self.far and not np.isnan(self.seconds).any()


def type_of(road_class: RoadClass, type_name: str | None = None) -> VehicleType:
    """Return a vehicle type of a road class: the one named, or the first of the catalogue that is made for it.

    A national class such as L6e-de without a type of its own has those of L6e. Raises `InputError` E-C02.
    """
    if type_name is not None:
        return replace(vehicle_type(type_name), road_class=road_class)
    kinds = [vehicle_type(name) for name in type_names()]
    for made_for in (road_class.name, road_class.name.partition("-")[0]):
        for kind in kinds:
            if kind.road_class.name == made_for:
                return replace(kind, road_class=road_class)
    fault = Fault(
        code="E-C02",
        file="--class",
        value=road_class.name,
        message="is a class for which the catalogue has no vehicle type",
        remedy="name one that comes near with --type",
    )
    raise InputError(fault)


def measure(
    places: Path,
    streets: Path,
    kind: VehicleType,
    *,
    span: Span | None = None,
    tiles: Sequence[Path] = (),
    stages: Stages | None = None,
) -> Measured:
    """Measure between all places of a file. Raises `InputError`, or `RoadsError` where the streets are of no use."""
    stages = stages or Stages()
    kept = _kept()
    with stages.stage("streets"):
        city = read_streets(streets)
    if tiles:
        with stages.stage("elevation"):
            city = with_elevation(city, tiles)
    with stages.stage("places"):
        west, south, east, north = city.bbox
        rows = read_points(places, area=Area(west=west, south=south, east=east, north=north))
    with stages.stage("network"):
        network = build_network(city, kind.road_class, top_speed_kmh=kind.top_speed_kmh, span=span)
    with stages.stage("snap"):
        lat, lon = (np.array([getattr(point, axis) for point in rows.points]) for axis in ("lat", "lon"))
        snapped = snap(network, lat=lat, lon=lon)
    with stages.stage("tables"):
        tables = matrices(network, snapped, [kind])
    return Measured(
        places=rows,
        streets=city,
        streets_file=streets,
        kind=kind,
        span=span,
        snapped=snapped,
        tables=tables,
        cache="filled" if _kept() - kept else "used" if kept else "none",
    )


def save_tables(measured: Measured, target: Path) -> None:
    """Write everything to an ``.npz`` file; a killed write leaves the old file."""
    found = measured.snapped.found
    arrays = {
        "ids": np.array([point.id for point in measured.places.points]),
        "gap_m": measured.snapped.gap_m,
        "lat": np.where(found, measured.snapped.lat, np.nan),
        "lon": np.where(found, measured.snapped.lon, np.nan),
        "meta": np.array(json.dumps(_meta(measured), ensure_ascii=False)),
    }
    tables = {field.name: getattr(measured.tables, field.name) for field in fields(measured.tables)}
    write_arrays(target, arrays | {name: table if table.ndim == 2 else table[0] for name, table in tables.items()})


def _meta(measured: Measured) -> Mapping[str, object]:
    road_class, span = measured.kind.road_class, measured.span
    return {
        "program": f"planner {__version__}",
        "class": road_class.name,
        "kerb": road_class.kerb,
        "type": measured.kind.name,
        "top_speed_kmh": measured.kind.top_speed_kmh,
        "hours": None if span is None else [moment.isoformat(timespec="minutes") for moment in span],
        "streets": str(measured.streets_file),
        "streets_sha256": measured.streets.sha256,
        "places_sha256": measured.places.sha256,
    }


def _kept() -> set[Path]:
    """Return what the cache folder holds."""
    return {*cache_folder().glob("*.npz")}
