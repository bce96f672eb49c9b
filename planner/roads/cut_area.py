"""The area of a cut: a box, a polygon, or what lies around orders."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapely
from shapely.errors import ShapelyError

from planner.errors import Fault, InputError
from planner.roads.streets import COORDINATE_SCALE, METRES_PER_DEGREE

EDGE_M = 1_000.0  # a street that leaves the area goes on this far at least


@dataclass(frozen=True, kw_only=True, eq=False)
class CutArea:
    """What to keep: `outline` in degrees (lon, lat), and the words by which a message names it."""

    outline: Any
    said: str

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north."""
        west, south, east, north = self.outline.bounds
        return west, south, east, north

    @property
    def window(self) -> tuple[int, int, int, int]:
        """West, south, east, north of the bounds grown by `EDGE_M`, in OpenStreetMap's integers."""
        west, south, east, north = _grown(*self.bounds, by_m=EDGE_M)
        scale = int(COORDINATE_SCALE)
        return math.floor(west * scale), math.floor(south * scale), math.ceil(east * scale), math.ceil(north * scale)


def area_of_box(text: str) -> CutArea:
    """Read ``W,S,E,N``. Raises `InputError` E-M30."""
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise InputError(_box_fault(text, "is not four numbers")) from None
    if not all(map(math.isfinite, (west, south, east, north))):
        raise InputError(_box_fault(text, "is not four finite numbers"))
    if not west < east:
        raise InputError(_box_fault(text, f"has its west {west:g} not left of its east {east:g}"))
    if not south < north:
        raise InputError(_box_fault(text, f"has its south {south:g} not below its north {north:g}"))
    if west < -180 or east > 180 or south < -90 or north > 90:
        raise InputError(_box_fault(text, "lies off the globe"))
    return CutArea(outline=shapely.box(west, south, east, north), said="the box")


def area_of_polygon(path: Path) -> CutArea:
    """Read the polygons of a GeoJSON file. Raises `InputError` E-M30."""
    try:
        outline = shapely.union_all(_polygons(json.loads(path.read_text(encoding="utf-8-sig"))))
    except OSError as error:
        raise InputError(_polygon_fault(path, f"cannot be read ({error.strerror})", "check its name")) from error
    except (ValueError, KeyError, TypeError, AttributeError, ShapelyError) as error:
        raise InputError(
            _polygon_fault(path, f"is no GeoJSON of valid polygons ({error})", "draw it again, its ring closed")
        ) from error
    west, south, east, north = outline.bounds
    if west < -180 or east > 180 or south < -90 or north > 90:
        raise InputError(_polygon_fault(path, "lies off the globe", "write each point as [lon, lat] in degrees"))
    return CutArea(outline=outline, said="the polygon")


def area_around(lat: Sequence[float], lon: Sequence[float], *, margin_km: float) -> CutArea:
    """Return the box of some points, grown by a margin."""
    west, south, east, north = _grown(min(lon), min(lat), max(lon), max(lat), by_m=margin_km * 1000)
    return CutArea(outline=shapely.box(west, south, east, north), said="the box around the orders")


def _polygons(document: Any) -> list[Any]:
    if document["type"] == "FeatureCollection":
        return [polygon for feature in document["features"] for polygon in _polygons(feature)]
    if document["type"] == "Feature":
        return _polygons(document["geometry"])
    if document["type"] not in {"Polygon", "MultiPolygon"}:
        raise ValueError(f"a {document['type']} has no area")
    polygon = shapely.from_geojson(json.dumps(document))
    if polygon.is_empty or not shapely.is_valid(polygon):
        raise ValueError(shapely.is_valid_reason(polygon) if not polygon.is_empty else "it is empty")
    return [polygon]


def _grown(west: float, south: float, east: float, north: float, *, by_m: float) -> tuple[float, float, float, float]:
    lat_margin = by_m / METRES_PER_DEGREE
    lon_margin = lat_margin / math.cos(math.radians(min(89.0, max(abs(south), abs(north)))))
    return (
        max(west - lon_margin, -180.0),
        max(south - lat_margin, -90.0),
        min(east + lon_margin, 180.0),
        min(north + lat_margin, 90.0),
    )


def _box_fault(text: str, message: str) -> Fault:
    remedy = "give west,south,east,north in degrees, such as 11.2,49.4,11.4,49.6"
    return Fault(code="E-M30", file="--bbox", value=text, message=message, remedy=remedy)


def _polygon_fault(path: Path, message: str, remedy: str) -> Fault:
    return Fault(code="E-M30", file=str(path), message=message, remedy=remedy)
