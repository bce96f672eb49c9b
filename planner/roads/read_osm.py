"""Read streets from OpenStreetMap files, PBF or XML.

A Python object for every node and tag would take most of the time. So libosmium writes what we need as text, one
line per way or relation (https://osmcode.org/opl-file-format/), of which Python splits whole lines.
"""

from __future__ import annotations

import ctypes
import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Literal

import numpy as np
import osmium

from planner.catalogue import default_speeds
from planner.errors import RoadsError
from planner.roads.barriers import stops_traffic
from planner.roads.node_window import hold_nodes
from planner.roads.restrictions import RESTRICTION_KEYS, Turn, kept_tags
from planner.roads.streets import Floats, Ints, Streets
from planner.roads.ways import KEPT_TAGS, Ways, streets_of_ways

_KEPT = frozenset(KEPT_TAGS)
_GLOBE = (-1_800_000_000, -900_000_000, 1_800_000_000, 900_000_000)  # in OpenStreetMap's integers
_ESCAPED = re.compile(r"%([0-9a-f]+)%")


def read_osm(path: Path, file_format: Literal["pbf", "osm"]) -> Streets:
    """Read every way that can be a street, and the turn restrictions. Raises `RoadsError` E-M19 for a broken file,
    and E-B06 where there is no room for what is set aside while reading.

    Their order in the file does not matter; nodes take about 60 bytes each.
    """
    try:
        with TemporaryDirectory(prefix="planner-") as folder:
            ways = _ways(osmium.io.File(str(path), file_format), Path(folder))
    except (RuntimeError, ValueError, IndexError) as error:  # the last for half a letter at the end of a tag
        if "No space left" in str(error):
            raise RoadsError(
                f"E-B06 {gettempdir()}: the disk is full → make room, or name another in TMPDIR"
            ) from error
        raise RoadsError(f"E-M19 {path}: incomplete or damaged map ({error}) → download it again") from error
    return streets_of_ways(ways)


def _ways(file: osmium.io.File, folder: Path) -> Ways:
    closed: list[int] = []

    def note_closed(node: osmium.osm.Node) -> None:
        if stops_traffic(dict(node.tags)):
            closed.append(node.id)

    nodes = hold_nodes(file, _GLOBE, keys=("barrier",), on_tagged=note_closed, scratch=folder / "nodes")
    ids, texts, tags, turns = [], [], [], []
    known: dict[str, dict[str, str]] = {}
    for name, tag_text, members in _lines(file, folder / "ways.opl"):
        if name[0] == "r":
            turns.extend(_turns(_tags(tag_text), members))
            continue
        if tag_text not in known:
            known[tag_text] = {key: value for key, value in _tags(tag_text).items() if key in _KEPT}
        if members and known[tag_text].get("area") != "yes":  # nobody drives on squares drawn as areas
            ids.append(int(name[1:]))
            texts.append(members)
            tags.append(known[tag_text])
    refs = np.fromstring(",".join(texts).replace("n", ""), sep=",", dtype=np.int64)
    lat, lon = _located(refs, nodes.by_id())
    return Ways(
        ids=np.array(ids, dtype=np.int64),
        node_ids=refs,
        lat=lat,
        lon=lon,
        sizes=np.array([text.count("n") for text in texts], dtype=np.int64),
        tags=tags,
        closed_ids=np.array(closed, dtype=np.int64),
        turns=turns,
    )


def _lines(file: osmium.io.File, listing: Path) -> Iterator[tuple[str, str, str]]:
    """Yield name, tags and members of the streets and turn restrictions, as text that libosmium wrote."""
    is_street = osmium.filter.TagFilter(*(("highway", value) for value in default_speeds()))
    is_restriction = osmium.filter.KeyFilter(*RESTRICTION_KEYS)
    with (
        osmium.io.Reader(file, osmium.osm.WAY | osmium.osm.RELATION) as reader,
        _closed_at_end(osmium.SimpleWriter(osmium.io.File(str(listing), "opl,add_metadata=false"))) as writer,
    ):
        is_street.enable_for(osmium.osm.WAY)
        is_restriction.enable_for(osmium.osm.RELATION)
        osmium.apply(reader, is_street, is_restriction, writer)
    with listing.open(encoding="utf-8", newline="\n") as lines:
        for line in lines:
            name, tags, members = line.rstrip("\n").split(" ")
            yield name, tags[1:], members[1:]  # without the letters T, N, M


@contextmanager
def _closed_at_end(writer: osmium.SimpleWriter) -> Iterator[osmium.SimpleWriter]:
    """Close a writer; one that fails is never destroyed, because pyosmium 4.3 then ends the whole process."""
    try:
        yield writer
    finally:
        try:
            writer.close()
        except (RuntimeError, IndexError):
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(writer))
            raise


def _tags(text: str) -> dict[str, str]:
    pairs = (pair.split("=") for pair in text.split(",") if pair)
    return {_plain(key): _plain(value) for key, value in pairs}


def _plain(text: str) -> str:
    """Undo the escapes, each the hexadecimal number of a character."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)


def _turns(tags: dict[str, str], members: str) -> list[Turn]:
    """Return a restriction for each pair of ways from and to."""
    ids: dict[tuple[str, str], list[int]] = defaultdict(list)
    for member in filter(None, members.split(",")):
        name, _, role = member.partition("@")
        ids[name[:1], role].append(int(name[1:]))
    unnamed: list[int | None] = [None]
    from_ways, to_ways = ids["w", "from"] or unnamed, ids["w", "to"] or unnamed
    if len(from_ways) > 1 and len(to_ways) > 1:  # several of one kind have a meaning, several of both have none
        from_ways, to_ways = unnamed, unnamed
    via_nodes, via_ways = ids["n", "via"], ids["w", "via"]
    return [
        Turn(
            from_way=from_way,
            via_node=via_nodes[0] if len(via_nodes) == 1 and not via_ways else None,
            via_ways=() if via_nodes else tuple(via_ways),
            to_way=to_way,
            tags=kept_tags(tags),
        )
        for from_way, to_way in product(from_ways, to_ways)
    ]


def _located(refs: Ints, nodes: tuple[Ints, Floats, Floats]) -> tuple[Floats, Floats]:
    """Return latitudes and longitudes of nodes, NaN where the file has none."""
    ids, lat, lon = nodes
    if not len(ids):
        return np.full(len(refs), np.nan), np.full(len(refs), np.nan)
    at = np.minimum(np.searchsorted(ids, refs), len(ids) - 1)
    known = ids[at] == refs
    return np.where(known, lat[at], np.nan), np.where(known, lon[at], np.nan)
