"""Derive the demo's streets and population zones from a wheel of AequilibraE 1.7.2.

    pip download --no-deps aequilibrae==1.7.2
    python data/derive_streets.py aequilibrae-1.7.2-*.whl [-o FOLDER]

Writes `coquimbo.streets.npz` and `zones.geojson`, both derived from the reference project `coquimbo` inside
the wheel. The package itself is not imported. See README.md beside this file for sources and licences.
"""

from __future__ import annotations

import argparse
import io
import json
import sqlite3
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from planner.roads.streets import Floats, Streets, assemble, save_streets

PROJECT = "aequilibrae/reference_files/coquimbo.zip"
DATABASE = "project_database.sqlite"
ATTRIBUTION = "© OpenStreetMap contributors, ODbL 1.0 (by way of AequilibraE's reference project coquimbo)"
NOTES = ("No turn restrictions, access tags, barriers or traffic signals: the source does not carry them.",)
ZONE_TOLERANCE_DEG = 0.001  # about 100 m, one of the hexagons that a zone is made of
ZONE_DECIMALS = 5


def main() -> None:
    """Read the wheel named on the command line and write both files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("-o", "--output", type=Path, default=Path(__file__).parent, metavar="FOLDER")
    given = parser.parse_args()
    with project(given.wheel) as database:
        streets = read_streets(database)
        zones = read_zones(database)
    save_streets(streets, given.output / "coquimbo.streets.npz")
    (given.output / "zones.geojson").write_text(zones, encoding="utf-8", newline="\n")
    sys.stdout.write(f"{streets.segments} segments, {streets.seg_length_m.sum() / 1000:.1f} km\n")


@contextmanager
def project(wheel: Path) -> Iterator[sqlite3.Connection]:
    """Open the project database inside the wheel."""
    with zipfile.ZipFile(wheel) as outer, zipfile.ZipFile(io.BytesIO(outer.read(PROJECT))) as inner:
        content = inner.read(DATABASE)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / DATABASE
        file.write_bytes(content)
        with closing(sqlite3.connect(file)) as database:
            yield database


def read_streets(database: sqlite3.Connection) -> Streets:
    """Turn the project's links, all but the invented ones that tie zones to streets, into streets.

    Link types are OpenStreetMap's highway values, except that a ..._link has the type of its road.
    """
    links = database.execute(
        "SELECT a_node, b_node, direction, link_type, name, speed_ab, geometry FROM links"
        " WHERE link_type <> 'centroid_connector' ORDER BY link_id",
    ).fetchall()
    used = sorted({node for link in links for node in link[:2]})
    index = {node: position for position, node in enumerate(used)}
    shapes = [lat_lon(link[6]) for link in links]
    node_lat, node_lon = np.empty(len(used)), np.empty(len(used))
    ends = np.array([(index[link[0]], index[link[1]]) for link in links], dtype=np.int64)
    for (first, last), shape in zip(ends, shapes, strict=True):
        node_lat[first], node_lon[first] = shape[0]
        node_lat[last], node_lon[last] = shape[-1]
    return assemble(
        node_lat=node_lat,
        node_lon=node_lon,
        ends=ends,
        shapes=shapes,
        tags=[tags(*link[2:6]) for link in links],
        attribution=ATTRIBUTION,
        notes=NOTES,
    )


def tags(direction: int, link_type: str, name: str | None, speed_ab: float | None) -> dict[str, str]:
    """Say in OpenStreetMap's words what the project says in columns.

    `speed_ba` is not read: on a two-way street it equals `speed_ab`, on a one-way street it means nothing.
    """
    found = {"highway": link_type}
    if name:
        found["name"] = name
    if direction:
        found["oneway"] = "yes" if direction == 1 else "-1"
    if speed_ab is not None:
        found["maxspeed"] = f"{speed_ab:g}"
    return found


def read_zones(database: sqlite3.Connection) -> str:
    """Return zones with their population as GeoJSON, outlines simplified."""
    rows = database.execute("SELECT zone_id, population, geometry FROM zones ORDER BY zone_id")
    features = [
        {
            "type": "Feature",
            "properties": {"zone": zone, "population": round(population)},
            "geometry": outline(geometry),
        }
        for zone, population, geometry in rows
    ]
    lines = ",\n".join(json.dumps(feature) for feature in features)
    return f'{{"type": "FeatureCollection", "features": [\n{lines}\n]}}\n'


def outline(blob: bytes) -> dict[str, Any]:
    """Return a zone's outer ring as a GeoJSON polygon; every zone of the project is one piece."""
    zone = shapely.simplify(from_spatialite(blob).geoms[0], ZONE_TOLERANCE_DEG)
    ring = np.round(shapely.get_coordinates(zone.exterior), ZONE_DECIMALS)
    return {"type": "Polygon", "coordinates": [ring.tolist()]}


def lat_lon(blob: bytes) -> Floats:
    """Return a link's shape as [k, 2] of (lat, lon)."""
    return np.asarray(shapely.get_coordinates(from_spatialite(blob))[:, ::-1], dtype=np.float64)


def from_spatialite(blob: bytes) -> Any:
    """Read a SpatiaLite blob as a Shapely geometry.

    It is little-endian WKB behind a head of 39 bytes (marks, reference system, box) and before one closing
    byte, except that the members of a collection begin with 0x69 where WKB has 0x01.
    """
    wkb = b"\x01" + blob[39:-1]
    multi = wkb[1] in (4, 5, 6)
    member = wkb[:9] + b"\x01" + wkb[10:] if multi else wkb  # only the first: our collections hold one member
    return shapely.from_wkb(member)


if __name__ == "__main__":
    main()
