"""Places touch the nearest street that their vehicle may use."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from planner.roads.network import DM_BITS, DM_MASK
from planner.roads.streets import Streets
from tests.roads.towns import ONEWAY_36, STREET_18, STREET_36, degrees, plain_network, snap_spots, town

MOTORWAY = {"highway": "motorway", "oneway": "no"}


def kilometre_north(**tags: str) -> Streets:
    """A street of 1,000 m going north, which the tags may make one-way, and a wide two-way bow back."""
    corners = [(0.0, 0.0), (1_000.0, 0.0)]
    return town(corners, (0, 1, STREET_36 | tags), (1, 0, STREET_36), bends={1: [(500.0, 2_000.0)]})


def costs(keys: np.typing.NDArray[np.int64]) -> list[tuple[int, int]]:
    """Unpack keys into (ms, dm)."""
    return [(int(key) >> DM_BITS, int(key) & DM_MASK) for key in keys]


def test_M28_a_place_beside_a_motorway_goes_to_the_street_behind_it() -> None:
    streets = town([(0, 0), (1_000, 0), (0, 50), (1_000, 50)], (0, 1, MOTORWAY), (2, 3, STREET_36))
    snapped = snap_spots(plain_network(streets), (500, 1))
    assert snapped.segment.tolist() == [1]
    assert snapped.gap_m[0] == pytest.approx(49.0, abs=0.1)


def test_M06_a_place_in_a_one_way_dead_end_goes_to_the_street_that_can_be_left_again() -> None:
    streets = town([(0, 0), (100, 0), (100, 80)], (0, 1, STREET_36), (1, 2, ONEWAY_36))
    snapped = snap_spots(plain_network(streets), (95, 60))
    assert snapped.segment.tolist() == [0]
    assert snapped.gap_m[0] == pytest.approx(60.0, abs=0.1)


def test_the_gap_and_the_touching_point_are_those_of_the_right_angle() -> None:
    snapped = snap_spots(plain_network(kilometre_north()), (300, 40))
    assert snapped.gap_m[0] == pytest.approx(40.0, abs=0.05)
    touching = np.column_stack([snapped.lat, snapped.lon])
    assert touching == pytest.approx(degrees([(300, 0)]), abs=2e-7)  # 2 cm


def test_beyond_the_end_of_a_street_its_end_is_touched() -> None:
    snapped = snap_spots(plain_network(town([(0, 0), (1_000, 0)], (0, 1, STREET_36))), (1_030, 40), (-30, -40))
    assert snapped.share.tolist() == [[1.0, 0.0], [0.0, 1.0]]
    assert snapped.gap_m.tolist() == pytest.approx([50.0, 50.0], abs=0.05)


def test_O52_a_place_farther_than_the_limit_is_not_found_but_its_gap_is_told() -> None:
    snapped = snap_spots(plain_network(kilometre_north()), (500, -149), (500, -151), (500, -40_000))
    assert snapped.found.tolist() == [True, False, False]
    assert snapped.segment.tolist() == [0, -1, -1]
    assert (snapped.edge[1:] == -1).all()
    assert snapped.gap_m.tolist() == pytest.approx([149.0, 151.0, 40_000.0], rel=1e-3)


def test_the_limit_may_be_chosen() -> None:
    snapped = snap_spots(plain_network(kilometre_north()), (500, -30), max_gap_m=20.0)
    assert not snapped.found.any()


def test_far_from_the_equator_a_gap_is_still_in_metres() -> None:
    streets = kilometre_north()
    # At 60 degrees a degree eastwards is half as long.
    north = replace(streets, node_lat=streets.node_lat + 60.0, shape_lat=streets.shape_lat + 60.0)
    snapped = snap_spots(plain_network(north), (60 * 111_195.08 + 500, -80))
    assert snapped.gap_m[0] == pytest.approx(40.0, abs=0.1)


def test_share_and_cost_count_from_the_tail_of_each_direction() -> None:
    snapped = snap_spots(plain_network(kilometre_north()), (300, 10))
    assert snapped.edge.tolist() == [[0, 1]]
    assert snapped.share[0].tolist() == pytest.approx([0.3, 0.7], abs=1e-5)
    assert costs(snapped.to_key[0]) == [(30_000, 3_000), (70_000, 7_000)]
    assert costs(snapped.from_key[0]) == [(70_000, 7_000), (30_000, 3_000)]


def test_share_counts_along_the_bends() -> None:
    streets = town([(0, 0), (300, 300)], (0, 1, STREET_36), bends={0: [(300, 0)]})
    snapped = snap_spots(plain_network(streets), (290, 150))
    assert snapped.share[0, 0] == pytest.approx(0.75, abs=1e-4)


@pytest.mark.parametrize(("oneway", "edges"), [("yes", [0, -1]), ("-1", [-1, 1])])
def test_M16_the_closed_direction_of_a_street_has_no_edge_and_costs_nothing(oneway: str, edges: list[int]) -> None:
    snapped = snap_spots(plain_network(kilometre_north(oneway=oneway)), (300, 10))
    assert snapped.edge.tolist() == [edges]
    closed = edges.index(-1)
    assert snapped.to_key[0, closed] == snapped.from_key[0, closed] == 0


def test_to_and_from_add_up_to_the_whole_street_for_any_place() -> None:
    network = plain_network(town([(0, 0), (333.3, 0)], (0, 1, {"highway": "residential", "maxspeed": "31"})))
    snapped = snap_spots(network, *((float(north), 3.0) for north in np.linspace(0, 333.3, 50)))
    assert (snapped.to_key + snapped.from_key == network.key[0]).all()
    for key in (snapped.to_key, snapped.from_key):
        assert ((key & DM_MASK) <= 3_333).all()


def test_of_equally_near_streets_the_first_is_taken_whatever_the_order_of_places() -> None:
    corners = [(0, -100), (1_000, -100), (0, 100), (1_000, 100)]
    for a, b in (((0, 1), (2, 3)), ((2, 3), (0, 1)), ((1, 0), (2, 3))):
        network = plain_network(town(corners, (*a, STREET_36), (*b, STREET_36), (0, 2, STREET_36)))
        spots = [(500.0, 0.0), (0.0, -100.0), (700.0, 0.0), (500.0, 90.0)]
        forward, backward = snap_spots(network, *spots), snap_spots(network, *spots[::-1])
        assert forward.segment.tolist() == backward.segment.tolist()[::-1]
        assert forward.segment[[0, 2]].tolist() == [0, 0]


def test_M14_of_two_streets_in_one_place_the_first_is_taken() -> None:
    network = plain_network(town([(0, 0), (1_000, 0)], (0, 1, STREET_36), (0, 1, STREET_18)))
    assert snap_spots(network, (250, 5), (750, -5)).segment.tolist() == [0, 0]


def test_a_place_on_a_loop_back_to_its_own_corner_has_both_ways_round() -> None:
    loop = [(0.0, 100.0), (100.0, 100.0), (100.0, 0.0)]
    network = plain_network(town([(0, 0), (0, -500)], (0, 1, STREET_36), (0, 0, STREET_36), bends={1: loop}))
    snapped = snap_spots(network, (90, 50), (50, 90))
    assert snapped.segment.tolist() == [1, 1]
    assert snapped.edge.tolist() == [[2, 3], [2, 3]]
    # going round by the east: 100 m east, 100 m north, 50 m west
    assert snapped.share[:, 0].tolist() == pytest.approx([0.625, 0.375], abs=1e-4)
    assert costs(snapped.to_key[0]) == [(25_000, 2_500), (15_000, 1_500)]


def test_M15_a_place_on_a_street_without_length_is_found() -> None:
    network = plain_network(town([(0, 0), (0, 0)], (0, 1, STREET_36)))
    snapped = snap_spots(network, (3, 4))
    assert snapped.gap_m[0] == pytest.approx(5.0, abs=0.01)
    assert np.isfinite(snapped.share).all()


def test_no_places_are_no_trouble() -> None:
    snapped = snap_spots(plain_network(kilometre_north()))
    assert snapped.edge.shape == snapped.share.shape == (0, 2)
