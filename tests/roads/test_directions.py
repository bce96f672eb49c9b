"""Turn lists of drives over hand-drawn junctions."""

from __future__ import annotations

import math

import numpy as np
import pytest

from planner.roads.directions import turn_list
from planner.roads.network import Network
from planner.roads.paths import Path, path
from planner.roads.streets import Streets
from tests.roads.towns import ONEWAY_36, STREET_36, Spot, plain_network, snap_spots, town


def told(streets: Streets, start: Spot, end: Spot) -> list[tuple[str, str, int]]:
    """Return how, name and whole metres of the turns from one spot to another."""
    network, drive = driven(streets, start, end)
    return [(turn.how, turn.name, round(turn.length_m)) for turn in turn_list(network, drive)]


def driven(streets: Streets, start: Spot, end: Spot) -> tuple[Network, Path]:
    network = plain_network(streets)
    drive = path(network, snap_spots(network, start, end), source=0, target=1)
    assert drive is not None
    return network, drive


def named(name: str) -> dict[str, str]:
    return STREET_36 | {"name": name}


def star(*degrees: float) -> Streets:
    """A street from the south to a junction, and a street on from it for each number of degrees to the right."""
    ends = [(1_000 * math.cos(math.radians(turn)), 1_000 * math.sin(math.radians(turn))) for turn in degrees]
    ways = [(1, number, named(f"{turn:g}")) for number, turn in enumerate(degrees, start=2)]
    return town([(-1_000, 0), (0, 0), *ends], (0, 1, named("south")), *ways)


@pytest.mark.parametrize(
    ("degrees", "how"),
    [
        (0, "straight"),
        (15, "straight"),
        (-15, "straight"),
        (30, "slight_right"),
        (-30, "slight_left"),
        (90, "right"),
        (-90, "left"),
        (150, "sharp_right"),
        (-150, "sharp_left"),
    ],
)
def test_a_turn_is_named_by_its_angle(degrees: float, how: str) -> None:
    streets = star(degrees, degrees + 180 if abs(degrees) < 90 else 0)
    end = (500 * math.cos(math.radians(degrees)), 500 * math.sin(math.radians(degrees)))
    assert told(streets, (-400, 0), end) == [
        ("depart", "south", 400),
        (how, f"{degrees:g}", 500),
        ("arrive", f"{degrees:g}", 0),
    ]


def test_a_street_that_goes_straight_on_under_its_name_is_one_stretch() -> None:
    corners = [(0, 0), (500, 0), (1_000, 0), (500, 500), (1_000, 500)]
    main, side = named("Main"), named("Side")
    streets = town(corners, (0, 1, main), (1, 2, main), (1, 3, side), (2, 4, side))
    assert told(streets, (100, 0), (900, 0)) == [("depart", "Main", 800), ("arrive", "Main", 0)]


def test_a_bend_where_only_two_streets_meet_is_no_turn() -> None:
    main = named("Main")
    streets = town([(0, 0), (500, 0), (500, 500)], (0, 1, main), (1, 2, main))
    assert told(streets, (100, 0), (500, 300)) == [("depart", "Main", 700), ("arrive", "Main", 0)]


def test_a_turn_within_one_name_is_told() -> None:
    main = named("Main")
    streets = town([(0, 0), (500, 0), (500, 500), (900, 0)], (0, 1, main), (1, 2, main), (1, 3, named("Side")))
    assert told(streets, (100, 0), (500, 300)) == [
        ("depart", "Main", 400),
        ("right", "Main", 300),
        ("arrive", "Main", 0),
    ]


def test_a_new_name_straight_on_is_told_and_a_street_without_name_has_none() -> None:
    streets = town([(0, 0), (500, 0), (900, 0)], (0, 1, named("Main")), (1, 2, STREET_36))
    assert told(streets, (100, 0), (700, 0)) == [("depart", "Main", 400), ("straight", "", 200), ("arrive", "", 0)]


def test_turning_round_at_a_dead_end_is_a_u_turn() -> None:
    network = plain_network(town([(0, 0), (600, 0)], (0, 1, named("Main"))))
    there_and_back = Path(edges=np.array([0, 1]), first_share=0.5, last_share=0.25, ms=0, dm=0)
    assert [(turn.how, round(turn.length_m)) for turn in turn_list(network, there_and_back)] == [
        ("depart", 300),
        ("u_turn", 150),
        ("arrive", 0),
    ]


def test_a_roundabout_is_one_stretch_entered_and_left() -> None:
    ring = ONEWAY_36 | {"junction": "roundabout"}
    corners = [(-20, 0), (0, 20), (20, 0), (0, -20), (-500, 0), (500, 0), (0, 500)]
    # Anticlockwise from the south, by the east, to the north.
    arcs = (0, 1, ring), (1, 2, ring), (2, 3, ring), (3, 0, ring)
    streets = town(corners, *arcs, (4, 0, named("South")), (2, 5, named("North")), (1, 6, named("East")))
    assert told(streets, (-400, 0), (400, 0)) == [
        ("depart", "South", 380),
        ("roundabout", "", 57),  # two sides of a square of 28.3 m
        ("leave_roundabout", "North", 380),
        ("arrive", "North", 0),
    ]


def test_a_kink_in_the_first_metre_is_no_turn() -> None:
    corners = [(0, 0), (500, 0), (1_000, 0), (500, 500)]
    kinked = {1: [(500.0, 1.0), (501.0, 1.0)]}
    streets = town(corners, (0, 1, named("A")), (1, 2, named("B")), (1, 3, named("C")), bends=kinked)
    assert [how for how, _, _ in told(streets, (100, 0), (900, 0))] == ["depart", "straight", "arrive"]


def test_the_lengths_add_up_to_the_drive() -> None:
    network, drive = driven(star(90, -30, 170), (-333, 0), (2, 640))
    assert sum(turn.length_m for turn in turn_list(network, drive)) == pytest.approx(drive.dm / 10, abs=0.3)
