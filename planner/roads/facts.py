"""What a streets file holds, and what of it one road class may use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from planner.model import RoadClass
from planner.roads.doorsteps import per_segment
from planner.roads.driving_side import driving_side
from planner.roads.grades import GradeFacts, grade_facts
from planner.roads.limits import limit_kmh
from planner.roads.network import Bools, build_network
from planner.roads.restriction_law import restriction_of
from planner.roads.states import open_to_some
from planner.roads.streets import Floats, Ints, Streets

PARTS_LISTED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Some of the streets, by length and by number; `edges` are the directions of them that are driven."""

    km: float
    segments: int
    edges: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Pieces of a network that no street joins, the longest `PARTS_LISTED` by length."""

    count: int
    longest_km: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StreetFacts:
    """What is in a streets file. `limits_tagged` is a share of the length; `keeps` is left, right or unknown.

    `restrictions` are the drives that turn restrictions speak of; `grades` is None where no elevation was given.
    """

    km: float
    segments: int
    junctions: int
    bbox: tuple[float, float, float, float]
    by_highway: Mapping[str, Share]
    parts: Parts
    limits_tagged: float
    keeps: str
    roundabout_pieces: int
    restrictions: int
    grades: GradeFacts | None
    notes: tuple[str, ...]
    attribution: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassFacts:
    """What of it a road class may use. `usable_km` is what is open and can be reached and left again.

    `by_highway` is what is open, whether or not it can be reached; of it `crossings` may be crossed only. `parts` are
    those of the open streets before all but one are left out. `restrictions` are those in the file that bind the
    class, whatever the hour.
    """

    name: str
    usable_km: float
    by_highway: Mapping[str, Share]
    crossings: Share
    restrictions: int
    cut_off_km: float
    closed_km: Mapping[str, float]
    parts: Parts
    limits_imputed: float


def street_facts(streets: Streets) -> StreetFacts:
    """Count what a streets file holds."""
    tagged = per_segment(streets, lambda tags: limit_kmh(tags.get("maxspeed", "")) is not None)
    keeps, pieces = driving_side(streets)
    return StreetFacts(
        km=_km(streets.seg_length_m),
        segments=streets.segments,
        junctions=len(streets.node_lat),
        bbox=streets.bbox,
        by_highway=_by_highway(streets, open_to_some(streets)),
        parts=_parts(streets, streets.seg_from, streets.seg_to, streets.seg_length_m, connection="weak"),
        limits_tagged=float(streets.seg_length_m[tagged].sum() / streets.seg_length_m.sum()),
        keeps=keeps,
        roundabout_pieces=pieces,
        restrictions=len(streets.restrictions),
        grades=grade_facts(streets) if len(streets.shape_ele_m) else None,
        notes=streets.notes,
        attribution=streets.attribution,
    )


def class_facts(streets: Streets, road_class: RoadClass) -> ClassFacts:
    """Count what a class may use. Raises `RoadsError` E-M07 where that is nothing."""
    network = build_network(streets, road_class, top_speed_kmh=road_class.max_speed_kmh)
    legal = network.legal
    usable = network.usable.reshape(-1, 2).any(axis=1)
    binds = [restriction_of(tags, road_class) is not None for tags in streets.restrictions.tag_sets]
    # A two-way street counts half in each direction, so that a part's length is that of its streets.
    half_m = np.repeat(streets.seg_length_m / np.maximum(legal.reshape(-1, 2).sum(axis=1), 1), 2)
    return ClassFacts(
        name=road_class.name,
        usable_km=_km(streets.seg_length_m[usable]),
        by_highway=_by_highway(streets, legal),
        crossings=_share(streets, network.crossing),
        restrictions=sum(binds[tag_set] for tag_set in streets.restrictions.tags),
        cut_off_km=round(network.cut_off_km, 1),
        closed_km=dict(sorted(network.closed_km.items(), key=lambda item: -item[1])),
        parts=_parts(streets, network.tail[legal], network.head[legal], half_m[legal], connection="strong"),
        limits_imputed=network.imputed_share,
    )


def _by_highway(streets: Streets, driven: Bools) -> dict[str, Share]:
    """Return the driven edges [2 m] by kind of street, the longest first; a kind that is not driven is left out."""
    kinds = np.array([tags.get("highway", "") for tags in streets.tag_sets], dtype=object)[streets.seg_tags]
    shares = {str(kind): _share(streets, driven & np.repeat(kinds == kind, 2)) for kind in set(kinds)}
    return {kind: share for kind, share in sorted(shares.items(), key=lambda item: -item[1].km) if share.edges}


def _share(streets: Streets, driven: Bools) -> Share:
    segments = driven.reshape(-1, 2).any(axis=1)
    return Share(km=_km(streets.seg_length_m[segments]), segments=int(segments.sum()), edges=int(driven.sum()))


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


def _km(metres: Floats | float) -> float:
    return round(float(np.sum(metres)) / 1000, 1)
