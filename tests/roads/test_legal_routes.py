"""On 2,000 routes of each class through two cities: not a metre on a closed street, not one forbidden turn.

The rules are written down here once more, by hand and for what these cities hold, so that nothing is asked of the
code that chose the routes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from planner.catalogue import road_class
from planner.roads.network import build_network
from planner.roads.paths import path
from planner.roads.read import read_streets
from planner.roads.snap import snap
from planner.roads.streets import Streets
from tests.roads.random_towns import spots_on

ROUTES = 2_000
CLASSES = ("L6e", "L7e-de", "L2e", "us-lsv", "van")
MOTORWAYS = {"motorway", "motorway_link"}
LSV_MPH, LSV_CROSSING_M = 35.0, 40.0
CLOSED = {"no", "private", "agricultural", "forestry", "psv", "bus", "emergency", "military"}


@dataclass(frozen=True)
class Law:
    """What is closed to a class, in the words of its law."""

    keys: tuple[str, ...] = ("access", "vehicle", "motor_vehicle", "motorcar")  # the more specific later
    motorways: bool = False  # open
    slow_only: bool = False  # posted 35 mph at most


LAWS = {
    "L6e": Law(keys=("access", "vehicle", "motor_vehicle", "motorcar", "moped")),
    "L7e-de": Law(motorways=True),
    "L2e": Law(keys=("access", "vehicle", "motor_vehicle", "moped")),
    "us-lsv": Law(slow_only=True),
    "van": Law(motorways=True),
}


def broken(tags: Mapping[str, str], law: Law, *, backward: bool, length_m: float) -> str:
    """Say which rule driving a street breaks, or nothing."""
    highway = tags["highway"]
    if highway in MOTORWAYS and not law.motorways:
        return highway
    if tags.get("motorroad") == "yes" and not law.motorways:
        return "motorroad"
    side = "backward" if backward else "forward"
    permits = [tags[said] for key in law.keys for said in (key, f"{key}:{side}") if said in tags]
    if permits and permits[-1] in CLOSED:
        return f"access {permits[-1]}"
    if law.slow_only and posted_mph(tags) > LSV_MPH and length_m > LSV_CROSSING_M:
        return "too fast"
    way = tags.get("oneway", "yes" if tags.get("junction") == "roundabout" else "no")
    if "moped" in law.keys and tags.get("oneway:moped") == "no":
        way = "no"
    if (backward and way in {"yes", "true", "1"}) or (not backward and way == "-1"):
        return "against the traffic"
    return ""


def posted_mph(tags: Mapping[str, str]) -> float:
    found = re.match(r"(\d+)( mph)?", tags.get("maxspeed", ""))
    if not found:
        return 0.0
    return float(found[1]) if found[2] else float(found[1]) / 1.609344


def forbidden_turns(streets: Streets) -> set[tuple[int, ...]]:
    """Return the drives that restrictions without exceptions forbid to everybody."""
    ruled = streets.restrictions
    plain = [set(tags) <= {"restriction"} and tags["restriction"].startswith("no_") for tags in ruled.tag_sets]
    return {tuple(ruled.drive(i).tolist()) for i in range(len(ruled)) if plain[ruled.tags[i]]}


@pytest.fixture(scope="module", params=["milan-2014", "portland-2014"])
def city(request: pytest.FixtureRequest, shared: Path) -> Streets:
    return read_streets(shared / "osm" / f"{request.param}.osm.pbf")


@pytest.mark.parametrize("name", CLASSES)
def test_2000_routes_use_no_metre_of_a_closed_street_and_no_forbidden_turn(city: Streets, name: str) -> None:
    kind = road_class(name)
    network = build_network(city, kind, top_speed_kmh=min(kind.max_speed_kmh, 80.0))
    spots = spots_on(city, np.random.default_rng(23), count=2 * ROUTES)
    snapped = snap(network, lat=spots[:, 0], lon=spots[:, 1])
    turns = forbidden_turns(city)
    routes = 0
    for source, target in np.flatnonzero(snapped.found)[: 2 * (snapped.found.sum() // 2)].reshape(-1, 2).tolist():
        drive = path(network, snapped, source=source, target=target)
        if drive is None:
            continue
        routes += 1
        edges = drive.edges.tolist()
        for edge in edges:
            tags, length_m = city.tag_sets[city.seg_tags[edge // 2]], float(city.seg_length_m[edge // 2])
            broken_rule = broken(tags, LAWS[name], backward=edge % 2 == 1, length_m=length_m)
            assert not broken_rule, f"{broken_rule} on {dict(tags)}"
        for size in (2, 3, 4):
            driven = {tuple(edges[i : i + size]) for i in range(len(edges) - size + 1)}
            assert driven.isdisjoint(turns)
        turned_round = [a for a, b in pairwise(edges) if a == b ^ 1]
        for edge in turned_round:
            others = np.flatnonzero(network.usable & (network.tail == network.head[edge]))
            onwards = [e for e in others.tolist() if e != edge ^ 1 and (edge, e) not in network.banned]
            assert not onwards, "turned round where the street goes on"
    assert routes > 0.8 * ROUTES
