from __future__ import annotations

import time
from dataclasses import replace
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.check_legs import LegFinder, Point
from planner.errors import RoadsError
from planner.roads.matrices import matrices
from planner.roads.network import DM_BITS, DM_MASK, build_network
from planner.roads.snap import snap
from planner.roads.streets import Streets, assemble, load_streets
from tests.factories import TINY_CLASS, make_type
from tests.roads.random_towns import spots_on, towns
from tests.roads.split_graph import costs_on_split_streets

KIND = make_type()
DEMO = Path(__file__).parents[2] / "data" / "coquimbo.streets.npz"


def places_on(streets: Streets, rng: np.random.Generator, *, count: int) -> list[Point]:
    """Random places along the streets, so that some share one."""
    return [Point(float(lat), float(lon)) for lat, lon in spots_on(streets, rng, count=count)]


@given(streets=towns(), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=150, deadline=None)
def test_the_look_up_equals_a_plain_dijkstra_on_any_town_with_turn_rules(streets: Streets, seed: int) -> None:
    points = places_on(streets, np.random.default_rng(seed), count=4)
    finder = LegFinder(streets)
    try:
        network = build_network(streets, TINY_CLASS, top_speed_kmh=KIND.top_speed_kmh)
    except RoadsError:
        assert finder.leg(KIND, points[0], points[1]) is None
        return
    snapped = snap(network, lat=np.array([p.lat for p in points]), lon=np.array([p.lon for p in points]))
    expected = costs_on_split_streets(network, snapped)
    for source, start in enumerate(points):
        for target, end in enumerate(points):
            found, key = finder.leg(KIND, start, end), expected.get((source, target))
            if source == target:
                key = 0 if snapped.found[source] else None
            assert (found is None) == (key is None)
            if found is not None and key is not None:
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
    assert there.energy_wh(load_kg=0.0) == pytest.approx(back.energy_wh(load_kg=0.0))


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
    assert (found.seconds, found.metres, found.energy_wh(load_kg=0.0)) == (0.0, 0.0, 0.0)


def test_load_makes_a_drive_dearer_in_proportion() -> None:
    found = LegFinder(one_street()).leg(KIND, Point(-29.948, -71.34), Point(-29.943, -71.34))
    assert found is not None
    empty, laden, twice = (found.energy_wh(load_kg=load_kg) for load_kg in (0.0, 50.0, 100.0))
    assert twice - laden == pytest.approx(laden - empty)
    assert laden > empty


@pytest.fixture(scope="module")
def demo() -> Streets:
    return load_streets(DEMO)


@pytest.fixture(scope="module")
def demo_points(demo: Streets) -> list[Point]:
    return places_on(demo, np.random.default_rng(3), count=171)


@pytest.mark.parametrize("hilly", [False, True])
def test_on_a_real_city_it_agrees_with_the_planner_s_matrices(
    demo: Streets, demo_points: list[Point], hilly: bool
) -> None:
    streets = replace(demo, shape_ele_m=60.0 * np.sin(demo.shape_lat * 900.0)) if hilly else demo
    kinds = [KIND, replace(KIND, name="heavy", kerb_kg=700.0)]
    network = build_network(streets, TINY_CLASS, top_speed_kmh=KIND.top_speed_kmh)
    some = demo_points[:12]
    snapped = snap(network, lat=np.array([p.lat for p in some]), lon=np.array([p.lon for p in some]))
    tables, finder = matrices(network, snapped, kinds), LegFinder(streets)
    for i, k in product(range(len(some)), range(len(kinds))):
        for j in np.flatnonzero(np.isfinite(tables.seconds[i])).tolist():
            found = finder.leg(kinds[k], some[i], some[j])
            assert found is not None
            assert found.seconds == tables.seconds[i, j]
            assert found.metres == pytest.approx(tables.metres[i, j])
            for load_kg in (0.0, 40.0):
                total, peak, from_full = (
                    float(empty[k, i, j] + per_kg[k, i, j] * load_kg)
                    for empty, per_kg in (
                        (tables.wh_empty, tables.wh_per_kg),
                        (tables.wh_peak, tables.wh_peak_per_kg),
                        (tables.wh_from_full, tables.wh_from_full_per_kg),
                    )
                )
                assert found.energy_wh(load_kg=load_kg) == pytest.approx(total)
                assert found.lowest_wh(5_000.0, load_kg=load_kg) == pytest.approx(5_000.0 - peak)
                kept_wh = found.kept_wh(5_000.0, battery_wh=5_000.0, load_kg=load_kg)
                assert kept_wh - total == pytest.approx(min(5_000.0 - total, 5_000.0 - from_full))


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
