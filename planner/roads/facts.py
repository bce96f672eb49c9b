"""What a streets file holds, and what of it one road class may use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from planner.model import RoadClass
from planner.roads.access import limit_kmh
from planner.roads.doorsteps import per_segment
from planner.roads.network import build_network
from planner.roads.streets import Floats, Ints, Streets

PARTS_LISTED = 5
FEWEST_ROUNDABOUT_PIECES = 3
CLEAR_MAJORITY = 0.8
ROUNDABOUTS = frozenset({"roundabout", "circular"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Some of the streets, by length and by number."""

    km: float
    segments: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Pieces of a network that no street joins, the longest `PARTS_LISTED` by length."""

    count: int
    longest_km: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StreetFacts:
    """What is in a streets file. `limits_tagged` is a share of the length; `keeps` is left, right or unknown."""

    km: float
    segments: int
    junctions: int
    bbox: tuple[float, float, float, float]
    by_highway: Mapping[str, Share]
    parts: Parts
    limits_tagged: float
    keeps: str
    roundabout_pieces: int
    notes: tuple[str, ...]
    attribution: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassFacts:
    """What of it a road class may use. `usable_km` is what is open and can be reached and left again."""

    name: str
    usable_km: float
    cut_off_km: float
    closed_km: Mapping[str, float]
    parts: Parts
    limits_imputed: float


def street_facts(streets: Streets) -> StreetFacts:
    """Count what a streets file holds."""
    highway = np.array([tags.get("highway", "") for tags in streets.tag_sets], dtype=object)[streets.seg_tags]
    tagged = per_segment(streets, lambda tags: limit_kmh(tags.get("maxspeed", "")) is not None)
    shares = {
        str(kind): Share(km=_km(streets.seg_length_m[highway == kind]), segments=int((highway == kind).sum()))
        for kind in set(highway)
    }
    keeps, pieces = _traffic(streets)
    return StreetFacts(
        km=_km(streets.seg_length_m),
        segments=streets.segments,
        junctions=len(streets.node_lat),
        bbox=streets.bbox,
        by_highway=dict(sorted(shares.items(), key=lambda item: -item[1].km)),
        parts=_parts(streets, streets.seg_from, streets.seg_to, streets.seg_length_m, connection="weak"),
        limits_tagged=float(streets.seg_length_m[tagged].sum() / streets.seg_length_m.sum()),
        keeps=keeps,
        roundabout_pieces=pieces,
        notes=streets.notes,
        attribution=streets.attribution,
    )


def class_facts(streets: Streets, road_class: RoadClass) -> ClassFacts:
    """Count what a class may use. Raises `RoadsError` E-M07 where that is nothing."""
    network = build_network(streets, road_class, top_speed_kmh=road_class.max_speed_kmh)
    legal = network.legal
    usable = network.usable.reshape(-1, 2).any(axis=1)
    # A two-way street counts half in each direction, so that a part's length is that of its streets.
    half_m = np.repeat(streets.seg_length_m / np.maximum(legal.reshape(-1, 2).sum(axis=1), 1), 2)
    return ClassFacts(
        name=road_class.name,
        usable_km=_km(streets.seg_length_m[usable]),
        cut_off_km=round(network.cut_off_km, 1),
        closed_km=dict(sorted(network.closed_km.items(), key=lambda item: -item[1])),
        parts=_parts(streets, network.tail[legal], network.head[legal], half_m[legal], connection="strong"),
        limits_imputed=network.imputed_share,
    )


def _parts(
    streets: Streets, tail: Ints, head: Ints, length_m: Floats, *, connection: Literal["weak", "strong"]
) -> Parts:
    nodes = len(streets.node_lat)
    graph = csr_array((np.ones(len(tail), dtype=np.int8), (tail, head)), shape=(nodes, nodes))
    _, part = connected_components(graph, directed=True, connection=connection)
    inside = part[tail] == part[head]
    metres = np.bincount(part[tail[inside]], weights=length_m[inside])
    longest = np.sort(metres[metres > 0])[::-1]
    return Parts(count=len(longest), longest_km=tuple(_km(metres) for metres in longest[:PARTS_LISTED]))


def _traffic(streets: Streets) -> tuple[str, int]:
    """Tell on which side traffic keeps from the way its roundabouts turn: clockwise where it keeps left."""
    one_way = {"yes", "true", "1", ""}
    round_ = per_segment(
        streets, lambda tags: tags.get("junction") in ROUNDABOUTS and tags.get("oneway", "").casefold() in one_way
    )
    turns = Counter(_turns_left(streets, int(segment)) for segment in np.flatnonzero(round_))
    pieces = turns[True] + turns[False]
    if pieces < FEWEST_ROUNDABOUT_PIECES or max(turns[True], turns[False]) < CLEAR_MAJORITY * pieces:
        return "unknown", pieces
    return ("right" if turns[True] > turns[False] else "left"), pieces


def _turns_left(streets: Streets, segment: int) -> bool | None:
    """Tell whether a street bends to the left on the whole; None where it is straight."""
    span = slice(streets.shape_start[segment], streets.shape_start[segment + 1])
    lat, lon = streets.shape_lat[span], streets.shape_lon[span]
    east, north = np.diff(lon) * np.cos(np.radians(lat[0])), np.diff(lat)
    turn = float((east[:-1] * north[1:] - north[:-1] * east[1:]).sum())
    return None if turn == 0 else turn > 0


def _km(metres: Floats | float) -> float:
    return round(float(np.sum(metres)) / 1000, 1)
