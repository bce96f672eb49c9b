"""What a class may use, and what each edge costs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from planner.catalogue import road_class
from planner.errors import RoadsError
from planner.roads.network import DM_BITS, DM_MASK, build_network
from planner.roads.streets import Streets
from tests.roads.towns import ONEWAY_36, PLAIN_CLASS, STREET_36, plain_network, town

MOTORWAY = {"highway": "motorway", "oneway": "no", "maxspeed": "90"}
TRIANGLE = [(0, 0), (100, 0), (0, 100)]


def one_street(**tags: str) -> Streets:
    """A kilometre of street."""
    return town([(0, 0), (1_000, 0)], (0, 1, {"highway": "residential", **tags}))


def test_a_motorway_is_closed_to_a_light_quadricycle_and_open_to_a_van() -> None:
    streets = town([(0, 0), (1_000, 0)], (0, 1, STREET_36), (0, 1, MOTORWAY))
    light = build_network(streets, road_class("L6e"), top_speed_kmh=45.0)
    van = build_network(streets, road_class("van"), top_speed_kmh=90.0)
    assert light.usable.tolist() == [True, True, False, False]
    assert light.closed_km == {"motorway": 1.0}
    assert van.usable.all()
    assert van.closed_km == {}


def test_M06_a_one_way_street_that_ends_dead_is_cut_off_and_counted() -> None:
    network = plain_network(town([(0, 0), (500, 0), (500, 250)], (0, 1, STREET_36), (1, 2, ONEWAY_36)))
    assert network.usable.tolist() == [True, True, False, False]
    assert network.cut_off_km == pytest.approx(0.25)
    assert network.closed_km == {}


def test_M05_the_island_with_fewer_edges_is_cut_off_even_where_it_is_longer() -> None:
    corners = [*TRIANGLE, (0, 5_000), (3_000, 5_000)]
    network = plain_network(town(corners, (3, 4, STREET_36), (0, 1, ONEWAY_36), (1, 2, ONEWAY_36), (2, 0, ONEWAY_36)))
    assert np.flatnonzero(network.usable).tolist() == [2, 4, 6]
    assert network.cut_off_km == pytest.approx(3.0)


def test_a_street_shared_by_two_parts_in_one_direction_only_joins_neither() -> None:
    corners = [(0, 0), (100, 0), (100, 100), (200, 100), (300, 100)]
    pieces = (0, 1, STREET_36), (1, 2, ONEWAY_36), (2, 3, STREET_36), (3, 4, STREET_36)
    assert np.flatnonzero(plain_network(town(corners, *pieces)).usable).tolist() == [4, 5, 6, 7]


def test_of_two_equal_islands_the_same_one_is_kept_whatever_the_order_of_directions() -> None:
    corners = [(0, 0), (100, 0), (0, 900), (100, 900)]
    for pieces in (((0, 1), (2, 3)), ((1, 0), (3, 2))):
        network = plain_network(town(corners, *((a, b, STREET_36) for a, b in pieces)))
        assert network.usable.sum() == 2


def test_M07_a_map_without_any_open_street_is_refused_with_the_reasons() -> None:
    with pytest.raises(RoadsError, match=r"^E-M07 no street here is open to class L6e \(motorway: 1 kinds\) → "):
        build_network(town([(0, 0), (9, 0)], (0, 1, MOTORWAY)), road_class("L6e"), top_speed_kmh=45.0)


def test_M07_a_map_of_one_one_way_street_is_refused() -> None:
    with pytest.raises(RoadsError, match=r"^E-M07 no two streets open to class plain-class connect"):
        plain_network(one_street(oneway="yes"))


def test_M07_a_map_of_nothing_is_refused() -> None:
    with pytest.raises(RoadsError, match=r"^E-M07 no street here is open to class plain-class \(there are none\) → "):
        plain_network(town([]))


def test_a_key_packs_milliseconds_rounded_up_and_decimetres() -> None:
    network = plain_network(town([(0, 0), (0, 1_000.06)], (0, 1, {"highway": "residential", "maxspeed": "30"})))
    # 1,000.1 m at 30 km/h: 120,012 ms
    assert network.key.tolist() == [(120_012 << 24) + 10_001] * 2
    assert (network.key >> DM_BITS).tolist() == network.edge_ms.tolist() == [120_012] * 2
    assert (network.key & DM_MASK).tolist() == [10_001] * 2
    assert network.edge_m.tolist() == [1_000.1] * 2


def test_time_is_never_rounded_down() -> None:
    network = plain_network(town([(0, 0), (0, 100)], (0, 1, {"highway": "residential", "maxspeed": "70"})))
    assert network.edge_ms.tolist() == [5_143] * 2  # 5,142.86


def test_M15_the_shortest_street_costs_a_millisecond_and_a_decimetre_at_least() -> None:
    network = plain_network(town([(0, 0), (0, 0)], (0, 1, {"highway": "residential", "maxspeed": "90"})))
    assert network.edge_m.tolist() == [0.1] * 2
    assert (network.edge_ms >= 1).all()


@pytest.mark.parametrize(
    ("limit", "class_kmh", "top_kmh", "pace_kmh"),
    [("30", 90.0, 90.0, 30.0), ("70", 45.0, 90.0, 45.0), ("70", 90.0, 40.0, 40.0), ("none", 90.0, 90.0, 90.0)],
)
def test_M12_the_pace_is_the_least_of_limit_class_and_top_speed(
    limit: str, class_kmh: float, top_kmh: float, pace_kmh: float
) -> None:
    kind = replace(PLAIN_CLASS, max_speed_kmh=class_kmh)
    network = plain_network(one_street(maxspeed=limit), road_class=kind, top_speed_kmh=top_kmh)
    assert (network.edge_mps * 3.6).tolist() == pytest.approx([pace_kmh] * 2, rel=1e-4)


def test_the_urban_factor_slows_the_posted_limit_but_not_what_the_vehicle_can_do() -> None:
    kind = replace(PLAIN_CLASS, urban_factor=0.8)
    for limit, top_kmh, pace_kmh in (("50", 90.0, 40.0), ("90", 45.0, 45.0), ("none", 200.0, 90.0)):
        network = plain_network(one_street(maxspeed=limit), road_class=kind, top_speed_kmh=top_kmh)
        assert (network.edge_mps * 3.6).tolist() == pytest.approx([pace_kmh] * 2, rel=1e-4)


def test_each_direction_has_the_pace_of_its_own_limit() -> None:
    network = plain_network(one_street(maxspeed="36", **{"maxspeed:backward": "18"}))
    assert network.edge_ms.tolist() == [100_000, 200_000]
    assert network.edge_mps.tolist() == [10.0, 5.0]


def test_a_closed_edge_has_a_harmless_speed() -> None:
    network = plain_network(town(TRIANGLE, (0, 1, STREET_36), (1, 2, ONEWAY_36)))
    assert network.edge_mps.tolist() == [10.0, 10.0, 1.0, 1.0]


def test_M13_the_share_of_open_length_without_a_readable_limit_is_told() -> None:
    # 100 m with a limit, 300 m without, and a closed kilometre that does not count
    corners = [(0, 0), (100, 0), (400, 0), (1_400, 0)]
    pieces = (0, 1, STREET_36), (1, 2, {"highway": "residential"}), (2, 3, {"highway": "motorway"})
    assert plain_network(town(corners, *pieces)).imputed_share == pytest.approx(0.75)
