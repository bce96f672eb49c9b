"""Hand-drawn streets on a plane: at the equator a degree is as long eastwards as northwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from planner.model import RoadClass
from planner.roads.network import Network, build_network
from planner.roads.paths import Path as Drive
from planner.roads.snap import Snapped, snap
from planner.roads.streets import NO_RESTRICTIONS, Floats, Restrictions, Streets, assemble, haversine_m
from tests.factories import TINY_CLASS

METRES_PER_DEGREE = 6_371_009.0 * np.pi / 180  # 111,195.08

Spot = tuple[float, float]  # metres (north, east) of where the equator meets Greenwich
Piece = tuple[int, int, dict[str, str]]

# Paces are what is posted, so that hand-made answers are round.
PLAIN_CLASS = replace(TINY_CLASS, name="plain-class", max_speed_kmh=90.0, urban_factor=1.0)
STREET_36 = {"highway": "residential", "maxspeed": "36"}  # 10 m/s
STREET_18 = {"highway": "residential", "maxspeed": "18"}  # 5 m/s
ONEWAY_36 = STREET_36 | {"oneway": "yes"}


def town(
    corners: Sequence[Spot],
    *pieces: Piece,
    bends: Mapping[int, Sequence[Spot]] | None = None,
    restrictions: Restrictions = NO_RESTRICTIONS,
) -> Streets:
    """Join corners by pieces of street, straight but for `bends`: the spots that a piece passes on its way."""
    where = degrees(corners)
    shapes = []
    for number, (start, end, _) in enumerate(pieces):
        bend = (bends or {}).get(number, ())
        shapes.append(np.vstack([where[start], degrees(bend), where[end]]))
    return assemble(
        node_lat=where[:, 0],
        node_lon=where[:, 1],
        ends=np.array([piece[:2] for piece in pieces], dtype=np.int64).reshape(-1, 2),
        shapes=shapes,
        tags=[piece[2] for piece in pieces],
        restrictions=restrictions,
    )


def degrees(spots: Sequence[Spot]) -> Floats:
    """Turn spots into [k, 2] (lat, lon)."""
    return np.array(spots, dtype=np.float64).reshape(-1, 2) / METRES_PER_DEGREE


def plain_network(streets: Streets, *, road_class: RoadClass = PLAIN_CLASS, top_speed_kmh: float = 90.0) -> Network:
    return build_network(streets, road_class, top_speed_kmh=top_speed_kmh)


def snap_spots(network: Network, *spots: Spot, max_gap_m: float = 150.0) -> Snapped:
    where = degrees(spots)
    return snap(network, lat=where[:, 0], lon=where[:, 1], max_gap_m=max_gap_m)


def drive_parts(drive: Drive) -> Floats:
    """Return how much of each edge a drive uses."""
    parts = np.ones(len(drive.edges))
    parts[-1] = drive.last_share
    parts[0] -= drive.first_share
    return parts


def line_m(line: Floats) -> float:
    """Return the length of a (lat, lon) line."""
    return float(haversine_m(lat1=line[:-1, 0], lon1=line[:-1, 1], lat2=line[1:, 0], lon2=line[1:, 1]).sum())
