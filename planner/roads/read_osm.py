"""Read streets from OpenStreetMap files, PBF or XML."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import numpy as np
import osmium
from osmium.index import LocationTable

from planner.catalogue import default_speeds
from planner.errors import RoadsError
from planner.roads.barriers import stops_traffic
from planner.roads.streets import COORDINATE_SCALE, Floats, Ints, Streets
from planner.roads.ways import KEPT_TAGS, Ways, streets_of_ways

_KEPT = frozenset(KEPT_TAGS)


def read_osm(path: Path, file_format: Literal["pbf", "osm"]) -> Streets:
    """Read every way that can be a street. Raises `RoadsError` E-M19 for a broken file.

    Nodes are read before ways whatever their order in the file; their locations take about 16 bytes each.
    """
    try:
        ways = _ways(osmium.io.File(str(path), file_format))
    except (RuntimeError, ValueError) as error:
        raise RoadsError(f"E-M19 {path}: incomplete or damaged map ({error}) → download it again") from error
    return streets_of_ways(ways)


def _ways(file: osmium.io.File) -> Ways:
    locations, closed = _nodes(file)
    node_ids, x, y, sizes, tags = array("q"), array("q"), array("q"), array("q"), []
    for way in _street_ways(file, locations):
        nodes = list(way.nodes)
        node_ids.extend([node.ref for node in nodes])
        x.extend([node.x for node in nodes])
        y.extend([node.y for node in nodes])
        sizes.append(len(nodes))
        tags.append({key: value for key, value in way.tags if key in _KEPT})
    lat, lon = _degrees(y, most=90), _degrees(x, most=180)
    return Ways(
        node_ids=_ints(node_ids),
        lat=np.where(np.isnan(lon), np.nan, lat),
        lon=lon,
        sizes=_ints(sizes),
        tags=tags,
        closed_ids=np.array(closed, dtype=np.int64),
    )


def _nodes(file: osmium.io.File) -> tuple[LocationTable, list[int]]:
    """Return where all nodes are, and which of them are closed barriers."""
    locations = osmium.index.create_map("flex_mem")
    nodes = osmium.FileProcessor(file, osmium.osm.NODE).with_filter(_locator(locations))
    barriers = nodes.with_filter(osmium.filter.KeyFilter("barrier"))
    return locations, [node.id for node in barriers if stops_traffic(dict(node.tags))]


def _street_ways(file: osmium.io.File, locations: LocationTable) -> Iterator[osmium.osm.Way]:
    """Yield the ways of streets, their nodes located. Squares drawn as areas are not driven by anybody."""
    is_street = osmium.filter.TagFilter(*(("highway", value) for value in default_speeds()))
    ways = osmium.FileProcessor(file, osmium.osm.WAY).with_filter(is_street).with_filter(_locator(locations))
    return (way for way in ways if isinstance(way, osmium.osm.Way) and way.tags.get("area") != "yes")


def _locator(locations: LocationTable) -> osmium.NodeLocationsForWays:
    locator = osmium.NodeLocationsForWays(locations)
    locator.ignore_errors()  # a clipped extract lacks nodes
    return locator


def _ints(values: array[int]) -> Ints:
    return np.frombuffer(values, dtype=np.int64)


def _degrees(values: array[int], *, most: float) -> Floats:
    """Scale coordinates; a missing location is stored far outside the globe and becomes NaN."""
    degrees = _ints(values) / COORDINATE_SCALE
    return np.where(np.abs(degrees) <= most, degrees, np.nan)
