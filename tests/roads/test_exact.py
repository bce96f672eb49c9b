"""On real cities: matrices equal a plain Dijkstra on the same turn rules, and no metre is driven on a closed street."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from planner.catalogue import vehicle_type
from planner.roads.matrices import matrices
from planner.roads.network import DM_BITS, DM_MASK, Network, build_network
from planner.roads.read import read_streets
from planner.roads.snap import Snapped, snap
from planner.roads.streets import Streets
from tests.roads.random_towns import spots_on
from tests.roads.split_graph import costs_from

CITIES = ("lauf-2020", "milan-2014", "portland-2014")
SOURCES, TARGETS = 5, 400


@pytest.fixture(scope="module", params=CITIES)
def city(request: pytest.FixtureRequest, shared: Path) -> Streets:
    return read_streets(shared / "osm" / f"{request.param}.osm.pbf")


def settle(streets: Streets, type_name: str, *, seed: int, places: int) -> tuple[Network, Snapped]:
    kind = vehicle_type(type_name)
    network = build_network(streets, kind.road_class, top_speed_kmh=kind.top_speed_kmh)
    spots = spots_on(streets, np.random.default_rng(seed), count=places)
    return network, snap(network, lat=spots[:, 0], lon=spots[:, 1])


@pytest.mark.parametrize("type_name", ["ami-cargo", "electric-van", "gem-el-xd"])
def test_2000_pairs_of_a_city_differ_in_no_millisecond_and_no_decimetre(city: Streets, type_name: str) -> None:
    network, snapped = settle(city, type_name, seed=11, places=2 * TARGETS)
    snapped = snapped.only(np.flatnonzero(snapped.found)[:TARGETS].tolist())
    found = matrices(network, snapped, [])
    for source in range(SOURCES):
        costs = costs_from(network, snapped, source)
        assert len(costs) > 0.9 * TARGETS
        elsewhere = snapped.segment != snapped.segment[source]
        expected = np.array([costs.get(target, -1) for target in np.flatnonzero(elsewhere).tolist()])
        seconds, metres = found.seconds[source, elsewhere], found.metres[source, elsewhere]
        np.testing.assert_array_equal(np.isnan(seconds), expected < 0)
        reached = expected >= 0
        np.testing.assert_array_equal(np.rint(seconds[reached] * 1000), expected[reached] >> DM_BITS)
        np.testing.assert_array_equal(np.rint(metres[reached] * 10), expected[reached] & DM_MASK)
