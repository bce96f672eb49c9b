"""Cut the streets of an area out of an OpenStreetMap file of any size.

The file is streamed three times: nodes, ways, relations. What is held in memory are the nodes in the box of the
area, whatever the size of the file. libosmium's own id sets are not used: they take 4 MB for each 33
million ids that they touch, and the nodes of any one city are as old and as new as the whole planet's, so that
they would take 1.6 GB for a village too.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

import numpy as np
import osmium
import shapely
from numpy.typing import NDArray

from planner.catalogue import default_speeds
from planner.errors import RoadsError
from planner.roads.cut_area import CutArea
from planner.roads.node_window import hold_nodes
from planner.roads.read import file_kind
from planner.roads.restrictions import RESTRICTION_KEYS
from planner.roads.streets import COORDINATE_SCALE, Floats, Ints

STREET_NODE_KEYS = ("barrier", "highway")  # with the access tags beside them
NUMBER_KEY = "addr:housenumber"
PLACE_KEYS = (NUMBER_KEY, "addr:street", "place")  # addresses, and the towns that they lie in


@dataclass(frozen=True, kw_only=True, eq=False)
class Nodes:
    """The nodes in the window of the area, by rising id; `inside` marks those in the area itself."""

    ids: Ints
    lat: Floats
    lon: Floats
    inside: NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Cut:
    """What was found. `file_box` (west, south, east, north) holds every node of the source, whatever its header."""

    nodes_read: int
    nodes_held: int
    streets: int
    clipped: int
    restrictions: int
    places: int
    file_box: tuple[float, float, float, float] | None
    street_lat: Floats
    street_lon: Floats


def cut_osm(source: Path, area: CutArea, target: Path) -> Cut:
    """Write the streets of an area with their nodes and turn restrictions, chargers and addresses to `target`, a PBF.

    A street that leaves the area ends where it leaves the box 1 km around it. With no street in the area nothing is
    written. Raises `RoadsError` E-M19 for a broken source.
    """
    kind = file_kind(source)
    if kind not in {"pbf", "osm"}:
        raise RoadsError(f"E-M19 {source}: no OpenStreetMap file → cut an .osm.pbf or .osm")
    file = osmium.io.File(str(source), kind)
    with TemporaryDirectory(dir=target.parent, prefix=".cut-") as folder:
        try:
            return _cut(file, area, target, Path(folder))
        except (RuntimeError, ValueError) as error:
            if "space" in str(error):
                raise RoadsError(f"E-B06 {target}: the disk is full → make room, or write elsewhere") from error
            raise RoadsError(f"E-M19 {source}: incomplete or damaged map ({error}) → download it again") from error


def _cut(file: osmium.io.File, area: CutArea, target: Path, folder: Path) -> Cut:
    tagged_file, ways_file = folder / "nodes.osm.pbf", folder / "ways.osm.pbf"
    nodes, nodes_read, file_box = _nodes(file, area, tagged_file)
    ways = _ways(file, nodes, ways_file)
    places = restrictions = 0
    if ways.streets:
        with osmium.SimpleWriter(osmium.io.File(str(target), "pbf"), header=_header(area)) as writer:
            places = ways.houses + _write_nodes(writer, nodes, ways.of_streets | ways.of_houses, tagged_file)
            for way in osmium.FileProcessor(str(ways_file)):
                writer.add(way)
            restrictions = _write_restrictions(writer, file, ways.streets)
    return Cut(
        nodes_read=nodes_read,
        nodes_held=len(nodes.ids),
        streets=len(ways.streets),
        clipped=ways.clipped,
        restrictions=restrictions,
        places=places,
        file_box=file_box,
        street_lat=nodes.lat[ways.of_streets],
        street_lon=nodes.lon[ways.of_streets],
    )


def _nodes(
    file: osmium.io.File, area: CutArea, tagged_file: Path
) -> tuple[Nodes, int, tuple[float, float, float, float] | None]:
    """Hold the nodes in the window of the area, and copy those with tags that matter to `tagged_file`."""
    with osmium.SimpleWriter(str(tagged_file)) as tagged:

        def copy(node: osmium.osm.Node) -> None:
            if _matters(node):
                tagged.add_node(node)

        keys = (*STREET_NODE_KEYS, *PLACE_KEYS, "amenity")
        scratch = tagged_file.with_name("places")
        held = hold_nodes(file, area.window, keys=keys, on_tagged=copy, scratch=scratch)
    west, south, east, north = (edge / COORDINATE_SCALE for edge in held.seen_box)
    ids, lat, lon = held.by_id()
    shapely.prepare(area.outline)
    nodes = Nodes(ids=ids, lat=lat, lon=lon, inside=shapely.intersects_xy(area.outline, lon, lat))
    return nodes, held.seen, (west, south, east, north) if west <= east else None


def _matters(node: osmium.osm.Node) -> bool:
    return _is_place(node) or any(key in node.tags for key in STREET_NODE_KEYS)


def _is_place(node: osmium.osm.Node) -> bool:
    """Tell whether a node is a charger, an address or a town, worth keeping off the streets too."""
    return node.tags.get("amenity") == "charging_station" or any(key in node.tags for key in PLACE_KEYS)


@dataclass(kw_only=True)
class Ways:
    """The ways that are kept: streets by id, how many of them end at the edge, and how many houses.

    `of_streets` and `of_houses` mark their nodes.
    """

    of_streets: NDArray[np.bool_]
    of_houses: NDArray[np.bool_]
    streets: set[int] = field(default_factory=set)
    clipped: int = 0
    houses: int = 0


def _ways(file: osmium.io.File, nodes: Nodes, ways_file: Path) -> Ways:
    """Copy the streets with a node in the area, and the houses with a number, to `ways_file`."""
    kept = Ways(of_streets=np.zeros(len(nodes.ids), dtype=bool), of_houses=np.zeros(len(nodes.ids), dtype=bool))
    kinds = frozenset(default_speeds())
    wanted = osmium.filter.KeyFilter("highway", NUMBER_KEY)
    ways = osmium.FileProcessor(file, osmium.osm.WAY).with_filter(wanted)
    with osmium.SimpleWriter(str(ways_file)) as writer:
        for way in cast("Iterator[osmium.osm.Way]", iter(ways)):
            is_street = way.tags.get("highway") in kinds
            if not is_street and NUMBER_KEY not in way.tags:
                continue
            refs = np.array([node.ref for node in way.nodes], dtype=np.int64)
            at, known = _look_up(nodes.ids, refs)
            if not nodes.inside[at[known]].any():
                continue
            if not is_street:
                kept.of_houses[at[known]] = True
                kept.houses += 1
                writer.add_way(way)
            elif np.count_nonzero(known) >= 2:
                # A gap in the middle stays: to close it would invent a straight street.
                first, last = int(known.argmax()), len(known) - int(known[::-1].argmax())
                kept.of_streets[at[known]] = True
                kept.streets.add(way.id)
                kept.clipped += not known.all()
                writer.add_way(way if known.all() else way.replace(nodes=refs[first:last].tolist()))
    return kept


def _look_up(ids: Ints, refs: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    """Return where each reference stands among the ids, and whether it is there at all."""
    if not len(ids):
        return np.zeros(len(refs), dtype=np.int64), np.zeros(len(refs), dtype=bool)
    at = np.minimum(np.searchsorted(ids, refs), len(ids) - 1)
    return at, ids[at] == refs


def _write_nodes(writer: osmium.SimpleWriter, nodes: Nodes, used: NDArray[np.bool_], tagged_file: Path) -> int:
    """Write the nodes of ways, and what is worth keeping off them, by rising id; return how many of these."""
    tagged_ids = np.sort(np.array([node.id for node in osmium.FileProcessor(str(tagged_file))], dtype=np.int64))
    plain = np.flatnonzero(used & ~np.isin(nodes.ids, tagged_ids))
    untagged = (
        osmium.osm.mutable.Node(id=int(nodes.ids[i]), location=(float(nodes.lon[i]), float(nodes.lat[i])))
        for i in plain
    )
    tagged = cast("Iterator[osmium.osm.Node]", iter(osmium.FileProcessor(str(tagged_file))))
    places = 0
    merged: Iterator[osmium.osm.Node | osmium.osm.mutable.Node]
    merged = heapq.merge(tagged, untagged, key=lambda node: cast("int", node.id))
    for node in merged:
        if isinstance(node, osmium.osm.Node):
            at, _ = _look_up(nodes.ids, np.array([node.id], dtype=np.int64))
            is_place = bool(nodes.inside[at[0]]) and _is_place(node)
            places += is_place
            if not is_place and not used[at[0]]:
                continue
        writer.add_node(node)
    return places


def _write_restrictions(writer: osmium.SimpleWriter, file: osmium.io.File, way_ids: set[int]) -> int:
    """Write the turn restrictions of which every street was kept."""
    wanted = osmium.filter.KeyFilter(*RESTRICTION_KEYS)
    relations = osmium.FileProcessor(file, osmium.osm.RELATION).with_filter(wanted)
    count = 0
    for relation in cast("Iterator[osmium.osm.Relation]", iter(relations)):
        streets = [member.ref for member in relation.members if member.type == "w"]
        if streets and way_ids.issuperset(streets):
            writer.add_relation(relation)
            count += 1
    return count


def _header(area: CutArea) -> osmium.io.Header:
    west, south, east, north = area.bounds
    header = osmium.io.Header()
    header.add_box(osmium.osm.Box(west, south, east, north))
    return header
