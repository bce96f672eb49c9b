"""The addresses and street names of an OpenStreetMap file, each with the towns that it lies in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Any, NamedTuple, cast

import numpy as np
import osmium

from planner.errors import RoadsError
from planner.roads.cache import cached
from planner.roads.node_window import hold_nodes
from planner.roads.read import file_kind
from planner.roads.streets import BROKEN_FILE, Floats, Ints
from planner.roads.towns import Boundary, Place, Towns

READER = 1  # counts up when the same file is read to other addresses
GLOBE = (-1_800_000_000, -900_000_000, 1_800_000_000, 900_000_000)  # in OpenStreetMap's integers
NUMBER_KEY = "addr:housenumber"
STREET_NAME_KEYS = ("name", "alt_name", "official_name", "loc_name", "short_name", "old_name")
CITY_KEYS = ("addr:city", "addr:town", "addr:village", "addr:hamlet", "addr:suburb", "addr:district", "addr:place")
PLACE_KINDS = frozenset(
    {"city", "town", "village", "hamlet", "suburb", "quarter", "neighbourhood", "isolated_dwelling"}
)
REGION_LEVELS, TOWN_LEVELS = ("2", "3", "4", "5", "6"), ("7", "8", "9", "10")


class Address(NamedTuple):
    """A place with a house number. `towns` are all names of the towns and quarters that it may be said to lie in."""

    lat: float
    lon: float
    street: str
    number: str
    postcode: str
    city: str
    towns: tuple[str, ...] = ()


class StreetPiece(NamedTuple):
    """A piece of a street under one of its names, at the middle of the piece."""

    lat: float
    lon: float
    name: str
    towns: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class AddressBook:
    """What a map knows of addresses. `regions` are names of countries and districts around them."""

    addresses: tuple[Address, ...]
    streets: tuple[StreetPiece, ...] = ()
    regions: tuple[str, ...] = ()


def read_addresses(path: Path) -> AddressBook:
    """Read the addresses (nodes, ways, relations) and the named streets of an ``.osm.pbf`` or ``.osm`` file.

    Kept in the cache folder under the hash of the file. Raises `RoadsError`.
    """
    if not path.is_file():
        raise RoadsError(f"E-M04 {path}: no such file → give the path of a saved map")
    kind = file_kind(path)
    if kind not in {"pbf", "osm"}:
        raise RoadsError(f"E-G01 {path}: streets without addresses → give the .osm.pbf or .osm file they came from")
    with path.open("rb") as file:
        content = hashlib.file_digest(file, "sha256").hexdigest()

    def compute() -> Mapping[str, Any]:
        return {"json": np.frombuffer(_to_json(_read(path, kind)), dtype=np.uint8)}

    try:
        return _from_json(bytes(cached("addresses", f"{READER}-{content[:32]}", compute)["json"]))
    except BROKEN_FILE:
        return _read(path, kind)


def _to_json(book: AddressBook) -> bytes:
    return json.dumps(asdict(book), ensure_ascii=False, separators=(",", ":")).encode()


def _from_json(data: bytes) -> AddressBook:
    found = json.loads(data)
    return AddressBook(
        addresses=tuple(Address._make((*row[:-1], tuple(row[-1]))) for row in found["addresses"]),
        streets=tuple(StreetPiece._make((*row[:-1], tuple(row[-1]))) for row in found["streets"]),
        regions=tuple(found["regions"]),
    )


@dataclass(slots=True)
class _Found:
    """What the three passes over a file collect: points, lines of node ids, and relations of lines."""

    boundaries: list[tuple[dict[str, str], list[int]]] = field(default_factory=list)
    houses: list[tuple[dict[str, str], list[int]]] = field(default_factory=list)  # relations: member ways
    lines: dict[int, list[int]] = field(default_factory=dict)
    line_tags: dict[int, dict[str, str]] = field(default_factory=dict)
    points: list[tuple[dict[str, str], float, float]] = field(default_factory=list)
    regions: set[str] = field(default_factory=set)


def _read(path: Path, kind: str) -> AddressBook:
    try:
        file = osmium.io.File(str(path), kind)
        found = _Found()
        _read_relations(file, found)
        _read_ways(file, found)
        with TemporaryDirectory(prefix="planner-") as folder:
            ids, lat, lon = _read_nodes(file, found, Path(folder) / "nodes")
    except (RuntimeError, ValueError, IndexError) as error:
        if "No space left" in str(error):
            raise RoadsError(
                f"E-B06 {gettempdir()}: the disk is full → make room, or name another in TMPDIR"
            ) from error
        raise RoadsError(f"E-M19 {path}: incomplete or damaged map ({error}) → download it again") from error
    return _book(found, _Coordinates(ids, lat, lon))


def _tags(thing: Any) -> dict[str, str]:
    return {tag.k: tag.v for tag in thing.tags}


def _read_relations(file: osmium.io.File, found: _Found) -> None:
    wanted = osmium.filter.KeyFilter(NUMBER_KEY, "boundary")
    relations = osmium.FileProcessor(file, osmium.osm.RELATION).with_filter(wanted)
    for relation in cast("Iterator[osmium.osm.Relation]", iter(relations)):
        tags = _tags(relation)
        ways = [member.ref for member in relation.members if member.type == "w" and member.role != "inner"]
        if NUMBER_KEY in tags:
            found.houses.append((tags, ways))
        elif tags.get("boundary") == "administrative" and "name" in tags:
            if tags.get("admin_level") in REGION_LEVELS:
                found.regions.add(tags["name"])
            elif tags.get("admin_level") in TOWN_LEVELS:
                found.boundaries.append((tags, ways))


def _read_ways(file: osmium.io.File, found: _Found) -> None:
    members = {way for _, ways in (*found.boundaries, *found.houses) for way in ways}
    for wanted in (osmium.filter.KeyFilter(NUMBER_KEY, "highway"), osmium.filter.IdFilter(members)):
        ways = osmium.FileProcessor(file, osmium.osm.WAY).with_filter(wanted)
        for way in cast("Iterator[osmium.osm.Way]", iter(ways)):
            tags = _tags(way)
            if way.id in members or NUMBER_KEY in tags or "name" in tags:
                found.lines[way.id] = [node.ref for node in way.nodes]
                found.line_tags[way.id] = tags


def _read_nodes(file: osmium.io.File, found: _Found, scratch: Path) -> tuple[Ints, Floats, Floats]:
    def note(node: osmium.osm.Node) -> None:
        found.points.append((_tags(node), node.location.lat, node.location.lon))

    return hold_nodes(file, GLOBE, keys=(NUMBER_KEY, "place"), on_tagged=note, scratch=scratch).by_id()


House = tuple[float, float, dict[str, str], str]  # latitude, longitude, tags, city


class _Coordinates:
    """Looks up nodes; those that the file does not have are left out."""

    def __init__(self, ids: Ints, lat: Floats, lon: Floats) -> None:
        self.ids, self.lat, self.lon = ids, lat, lon

    def of(self, refs: Iterable[int]) -> Floats:
        """Return rows of longitude and latitude."""
        wanted = np.fromiter(refs, dtype=np.int64)
        if not len(self.ids) or not len(wanted):
            return np.empty((0, 2))
        at = np.minimum(np.searchsorted(self.ids, wanted), len(self.ids) - 1)
        at = at[self.ids[at] == wanted]
        return np.column_stack([self.lon[at], self.lat[at]])


def _book(found: _Found, nodes: _Coordinates) -> AddressBook:
    houses = [*_houses(found, nodes)]
    names = [*_street_names(found, nodes)]
    places = [
        Place(name=tags["name"], lat=lat, lon=lon)
        for tags, lat, lon in found.points
        if tags.get("place") in PLACE_KINDS and "name" in tags
    ]
    boundaries = [
        Boundary(
            name=tags["name"],
            level=int(tags["admin_level"]),
            lines=tuple(nodes.of(found.lines[way]) for way in ways if way in found.lines),
            whole=all(way in found.lines for way in ways),
        )
        for tags, ways in found.boundaries
    ]
    towns = Towns(boundaries, places, [(lat, lon, city) for lat, lon, *_, city in houses if city])
    return AddressBook(
        addresses=tuple(_addresses(houses, towns)),
        streets=tuple(_pieces(names, towns)),
        regions=tuple(sorted(found.regions)),
    )


def _addresses(houses: Sequence[House], towns: Towns) -> Iterator[Address]:
    around = towns.names(lat=np.array([lat for lat, *_ in houses]), lon=np.array([lon for _, lon, *_ in houses]))
    for (lat, lon, tags, city), names in zip(houses, around, strict=True):
        said = [tags[key] for key in CITY_KEYS if tags.get(key)]
        street = tags.get("addr:street") or tags.get("addr:place") or ""
        if street:
            yield Address(
                lat=round(lat, 7),
                lon=round(lon, 7),
                street=street,
                number=tags[NUMBER_KEY],
                postcode=tags.get("addr:postcode", ""),
                city=city,
                towns=tuple(dict.fromkeys([*said, *(names.boundaries if city else names.all)])),
            )


def _pieces(names: Sequence[tuple[float, float, str]], towns: Towns) -> Iterator[StreetPiece]:
    around = towns.names(lat=np.array([lat for lat, *_ in names]), lon=np.array([lon for _, lon, _ in names]))
    for (lat, lon, name), near in zip(names, around, strict=True):
        yield StreetPiece(lat=round(lat, 7), lon=round(lon, 7), name=name, towns=near.all)


def _houses(found: _Found, nodes: _Coordinates) -> Iterator[House]:
    """Yield latitude, longitude, tags and city of everything that has a house number."""
    for tags, lat, lon in found.points:
        if NUMBER_KEY in tags:
            yield lat, lon, tags, tags.get("addr:city", "")
    outlines = [(tags, found.lines[way]) for way, tags in found.line_tags.items() if NUMBER_KEY in tags]
    outlines += [(tags, [ref for way in ways for ref in found.lines.get(way, ())]) for tags, ways in found.houses]
    for tags, refs in outlines:
        corners = nodes.of(dict.fromkeys(refs))
        if len(corners):
            lon, lat = corners.mean(axis=0)
            yield float(lat), float(lon), tags, tags.get("addr:city", "")


def _street_names(found: _Found, nodes: _Coordinates) -> Iterator[tuple[float, float, str]]:
    """Yield the middle of every piece of street under each of its names."""
    for way, tags in found.line_tags.items():
        if "highway" not in tags:
            continue
        names = dict.fromkeys(
            part.strip() for key in STREET_NAME_KEYS for part in tags.get(key, "").split(";") if part.strip()
        )
        corners = nodes.of(found.lines[way]) if names else ()
        if len(corners):
            lon, lat = corners[len(corners) // 2]
            yield from ((float(lat), float(lon), name) for name in names)
