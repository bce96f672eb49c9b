from __future__ import annotations

import heapq
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.check_legs import LegFinder, Point
from planner.errors import RoadsError
from planner.roads.matrices import matrices
from planner.roads.network import DM_BITS, DM_MASK, Network, build_network
from planner.roads.snap import Snapped, snap
from planner.roads.streets import Streets, assemble, load_streets
from tests.factories import TINY_CLASS, make_type

KIND = make_type()
DEMO = Path(__file__).parents[2] / "data" / "coquimbo.streets.npz"
FAR = 2**62


@st.composite
def multigraphs(draw: st.DrawFn) -> Streets:
    """A few nodes with parallel, looping and one-way streets of different kinds."""
    nodes = draw(st.integers(2, 7))
    spot = st.tuples(st.integers(0, 60), st.integers(0, 60))
    points = np.array(draw(st.lists(spot, min_size=nodes, max_size=nodes, unique=True))) * 1e-4 + [-29.95, -71.34]
    node = st.integers(0, nodes - 1)
    tags = st.fixed_dictionaries(
        {
            "highway": st.sampled_from(["residential", "tertiary", "trunk"]),
            "oneway": st.sampled_from(["yes", "no", "-1"]),
            "maxspeed": st.sampled_from(["20", "50"]),
        }
    )
    streets = draw(st.lists(st.tuples(node, node, spot, tags), min_size=1, max_size=16))
    bends = [np.array(bend) * 1e-4 + [-29.95, -71.34] for _, _, bend, _ in streets]
    return assemble(
        node_lat=points[:, 0],
        node_lon=points[:, 1],
        ends=np.array([(a, b) for a, b, _, _ in streets], dtype=np.int64),
        shapes=[np.vstack([points[a], bend, points[b]]) for (a, b, _, _), bend in zip(streets, bends, strict=True)],
        tags=[tags for *_, tags in streets],
    )


def places_on(streets: Streets, rng: np.random.Generator, *, count: int) -> list[Point]:
    """Random places along the streets, so that some share one."""
    at = rng.integers(0, len(streets.shape_lat) - 1, count)
    share = rng.uniform(0, 1, count)
    lat = streets.shape_lat[at] * (1 - share) + streets.shape_lat[at + 1] * share
    lon = streets.shape_lon[at] * (1 - share) + streets.shape_lon[at + 1] * share
    return [Point(float(a), float(b)) for a, b in zip(lat, lon, strict=True)]


def plain_dijkstra(network: Network, snapped: Snapped, source: int, target: int) -> int:
    """The packed cost of the cheapest way, by the textbook."""
    heap = [
        (int(snapped.from_key[source, side]), int(network.head[edge]))
        for side, edge in enumerate(snapped.edge[source])
        if edge >= 0
    ]
    heapq.heapify(heap)
    done: dict[int, int] = {}
    while heap:
        cost, node = heapq.heappop(heap)
        if node in done:
            continue
        done[node] = cost
        for edge in np.flatnonzero(network.usable & (network.tail == node)):
            heapq.heappush(heap, (cost + int(network.key[edge]), int(network.head[edge])))
    best = FAR
    for side, edge in enumerate(snapped.edge[target]):
        if edge < 0:
            continue
        if int(network.tail[edge]) in done:
            best = min(best, done[int(network.tail[edge])] + int(snapped.to_key[target, side]))
        if edge == snapped.edge[source, side] and snapped.share[target, side] >= snapped.share[source, side]:
            best = min(best, int(snapped.to_key[target, side] - snapped.to_key[source, side]))
    return best


@given(streets=multigraphs(), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=150, deadline=None)
def test_the_look_up_equals_a_plain_dijkstra_on_one_way_multigraphs(streets: Streets, seed: int) -> None:
    points = places_on(streets, np.random.default_rng(seed), count=4)
    finder = LegFinder(streets)
    try:
        network = build_network(streets, TINY_CLASS, top_speed_kmh=KIND.top_speed_kmh)
    except RoadsError:
        assert finder.leg(KIND, points[0], points[1]) is None
        return
    snapped = snap(network, lat=np.array([p.lat for p in points]), lon=np.array([p.lon for p in points]))
    for source, start in enumerate(points):
        for target, end in enumerate(points):
            found = finder.leg(KIND, start, end)
            if not (snapped.found[source] and snapped.found[target]):
                assert found is None
                continue
            key = plain_dijkstra(network, snapped, source, target)
            assert found is not None
            assert (found.seconds, found.metres) == ((key >> DM_BITS) / 1000, (key & DM_MASK) / 10)


def one_street(**tags: str) -> Streets:
    """A street of two pieces going north, and a way round from its far end to its near one."""
    lat, lon = np.array([-29.95, -29.94, -29.93, -29.94]), np.array([-71.34, -71.34, -71.34, -71.33])
    points = np.column_stack([lat, lon])
    ends = np.array([[0, 1], [1, 2], [2, 3], [3, 0]])
    return assemble(
        node_lat=lat,
        node_lon=lon,
        ends=ends,
        shapes=[points[pair] for pair in ends],
        tags=[{"highway": "residential", **tags} for _ in ends],
    )


def test_two_places_on_one_two_way_street_are_joined_directly_both_ways() -> None:
    near, far = Point(-29.948, -71.34), Point(-29.943, -71.34)
    finder = LegFinder(one_street())
    there, back = finder.leg(KIND, near, far), finder.leg(KIND, far, near)
    assert there is not None
    assert back is not None
    assert there.metres == pytest.approx(556, abs=0.2)
    assert back.metres == pytest.approx(556, abs=0.2)
    assert there.wh_empty == pytest.approx(back.wh_empty)


def test_a_place_just_behind_on_a_one_way_street_takes_the_whole_way_round() -> None:
    near, far = Point(-29.948, -71.34), Point(-29.943, -71.34)
    streets = one_street(oneway="yes")
    back = LegFinder(streets).leg(KIND, far, near)
    assert back is not None
    assert back.metres == pytest.approx(float(streets.seg_length_m.sum()) - 556, abs=0.5)


def test_a_place_is_no_drive_away_from_itself() -> None:
    at = Point(-29.948, -71.34)
    found = LegFinder(one_street()).leg(KIND, at, at)
    assert found is not None
    assert (found.seconds, found.metres, found.wh_empty) == (0.0, 0.0, 0.0)


def test_load_makes_a_drive_dearer_in_proportion() -> None:
    found = LegFinder(one_street()).leg(KIND, Point(-29.948, -71.34), Point(-29.943, -71.34))
    assert found is not None
    assert found.energy_wh(load_kg=100.0) == pytest.approx(found.wh_empty + 100 * found.wh_per_kg)
    assert found.wh_per_kg > 0


@pytest.fixture(scope="module")
def demo() -> Streets:
    return load_streets(DEMO)


@pytest.fixture(scope="module")
def demo_points(demo: Streets) -> list[Point]:
    return places_on(demo, np.random.default_rng(3), count=171)


def test_on_a_real_city_it_agrees_with_the_planner_s_matrices(demo: Streets, demo_points: list[Point]) -> None:
    kinds = [KIND, replace(KIND, name="heavy", kerb_kg=700.0)]
    network = build_network(demo, TINY_CLASS, top_speed_kmh=KIND.top_speed_kmh)
    some = demo_points[:12]
    snapped = snap(network, lat=np.array([p.lat for p in some]), lon=np.array([p.lon for p in some]))
    tables, finder = matrices(network, snapped, kinds), LegFinder(demo)
    for i, start in enumerate(some):
        for j, end in enumerate(some):
            for k, kind in enumerate(kinds):
                found = finder.leg(kind, start, end)
                if i == j or np.isnan(tables.seconds[i, j]):
                    continue
                assert found is not None
                assert found.seconds == tables.seconds[i, j]
                assert found.metres == pytest.approx(tables.metres[i, j])
                assert found.wh_empty == pytest.approx(tables.wh_empty[k, i, j])
                assert found.wh_per_kg == pytest.approx(tables.wh_per_kg[k, i, j])


def test_the_170_legs_of_a_day_are_found_in_a_second_and_remembered(demo: Streets, demo_points: list[Point]) -> None:
    LegFinder(demo).leg(KIND, *demo_points[:2])  # compiles
    finder = LegFinder(demo)
    first_s = _seconds_for_a_day(finder, demo_points)
    again_s = _seconds_for_a_day(finder, demo_points)
    assert first_s <= 3.0  # 0.5 s on an idle machine
    assert again_s <= 0.05


def _seconds_for_a_day(finder: LegFinder, points: list[Point]) -> float:
    begun = time.process_time()
    finder.learn(KIND, points)
    for start, end in pairwise(points):
        finder.leg(KIND, start, end)
    return time.process_time() - begun
