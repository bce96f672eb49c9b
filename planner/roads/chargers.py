"""Public chargers that an OpenStreetMap file knows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import osmium

from planner.errors import RoadsError
from planner.roads.read import file_kind

USUAL_PLUGS, MOST_PLUGS = 2, 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Charger:
    """A charging station; `plugs` is its tagged capacity, or 2."""

    id: int
    lat: float
    lon: float
    plugs: int


def chargers(path: Path) -> list[Charger]:
    """Return the nodes tagged as charging stations; none from a file that is not OpenStreetMap's own format."""
    kind = file_kind(path)
    if kind not in {"pbf", "osm"}:
        return []
    wanted = osmium.filter.TagFilter(("amenity", "charging_station"))
    try:
        nodes = osmium.FileProcessor(osmium.io.File(str(path), kind), osmium.osm.NODE).with_filter(wanted)
        return [
            Charger(id=node.id, lat=node.lat, lon=node.lon, plugs=_plugs(node.tags.get("capacity") or ""))
            for node in nodes
            if isinstance(node, osmium.osm.Node) and node.location.valid()
        ]
    except (RuntimeError, ValueError) as error:
        raise RoadsError(f"E-M19 {path}: incomplete or damaged map ({error}) → download it again") from error


def _plugs(capacity: str) -> int:
    plain = capacity.isascii() and capacity.isdigit() and len(capacity) < 4
    return min(max(int(capacity), 1), MOST_PLUGS) if plain else USUAL_PLUGS
