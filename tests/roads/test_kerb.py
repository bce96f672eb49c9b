"""A class that stops at the kerb comes to a place on the place's own side of the street."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from planner.roads.driving_side import driving_side
from planner.roads.matrices import matrices
from planner.roads.network import Network
from planner.roads.streets import Streets
from tests.factories import make_type
from tests.roads.towns import ONEWAY_36, PLAIN_CLASS, STREET_36, plain_network, snap_spots, town

KERB_CLASS = replace(PLAIN_CLASS, name="kerb-class", kerb=True)
ROUNDABOUT = ONEWAY_36 | {"junction": "roundabout"}
AROUND = [(2_020.0, 0.0), (2_000.0, 20.0), (1_980.0, 0.0), (2_000.0, -20.0)]  # clockwise from the north
CORNERS = [(2_014.0, 14.0), (1_986.0, 14.0), (1_986.0, -14.0), (2_014.0, -14.0)]


def kerb_network(streets: Streets) -> Network:
    return plain_network(streets, road_class=KERB_CLASS)


def kilometre_north() -> Streets:
    return town([(0, 0), (1_000, 0)], (0, 1, STREET_36))


def with_roundabout(*, clockwise: bool) -> Streets:
    """A street of 1,000 m going north to a further one that ends in a roundabout."""
    order = [2, 3, 4, 5] if clockwise else [5, 4, 3, 2]
    bends = CORNERS if clockwise else [CORNERS[2], CORNERS[1], CORNERS[0], CORNERS[3]]
    arcs = [(a, b, ROUNDABOUT) for a, b in zip(order, order[1:] + order[:1], strict=True)]
    corners = [(0.0, 0.0), (1_000.0, 0.0), *AROUND]
    pieces = (0, 1, STREET_36), (1, 4, STREET_36), *arcs
    return town(corners, *pieces, bends={number: [bend] for number, bend in enumerate(bends, start=2)})


def test_with_traffic_on_the_right_a_place_is_passed_on_the_right() -> None:
    snapped = snap_spots(kerb_network(kilometre_north()), (300, 10), (300, -10))
    assert snapped.edge.tolist() == [[0, -1], [-1, 1]]


@pytest.mark.parametrize(("clockwise", "edges"), [(True, [[-1, 1], [0, -1]]), (False, [[0, -1], [-1, 1]])])
def test_roundabouts_that_turn_clockwise_put_traffic_on_the_left(clockwise: bool, edges: list[list[int]]) -> None:
    streets = with_roundabout(clockwise=clockwise)
    assert driving_side(streets) == ("left" if clockwise else "right", 4)
    assert snap_spots(kerb_network(streets), (300, 10), (300, -10)).edge.tolist() == edges


def test_a_place_on_the_line_or_beyond_its_end_has_no_side() -> None:
    snapped = snap_spots(kerb_network(kilometre_north()), (300, 0.4), (300, -0.4), (300, 0.6), (1_020, 0))
    assert snapped.edge.tolist() == [[0, 1], [0, 1], [0, -1], [0, 1]]


def test_on_a_one_way_street_both_sides_are_served() -> None:
    corners = [(0, 0), (1_000, 0), (1_000, 1_000)]
    ring = town(corners, (0, 1, ONEWAY_36), (1, 2, ONEWAY_36), (2, 0, ONEWAY_36))
    assert snap_spots(kerb_network(ring), (300, 10), (300, -10)).edge.tolist() == [[0, -1], [0, -1]]


def test_the_side_is_seen_where_the_place_lies_and_not_from_end_to_end() -> None:
    # North, then back south beside it: the same place is left of the one leg and right of the other.
    hairpin = town([(0, 0), (0, 100)], (0, 1, STREET_36), bends={0: [(500, 0), (500, 100)]})
    snapped = snap_spots(kerb_network(hairpin), (200, 20), (200, 80), (200, -20), (520, 50))
    assert snapped.edge.tolist() == [[0, -1], [0, -1], [-1, 1], [-1, 1]]


def test_the_door_opposite_is_reached_by_turning_round_at_the_end_of_the_street() -> None:
    network = kerb_network(kilometre_north())
    found = matrices(network, snap_spots(network, (300, 10), (300, -10)), [make_type(road_class=KERB_CLASS)])
    assert found.metres == pytest.approx(np.array([[0, 1_400], [600, 0]]), abs=0.2)
    assert found.seconds == pytest.approx(np.array([[0, 140], [60, 0]]), abs=0.02)
