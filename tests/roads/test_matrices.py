"""Matrices and paths: hand-made answers, a plain reference on random streets, and two real towns."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from planner.catalogue import vehicle_type
from planner.energy.driving import edge_energy_wh, stop_energy_wh
from planner.errors import RoadsError
from planner.model import VehicleType
from planner.roads.matrices import Matrices, matrices
from planner.roads.network import DM_BITS, DM_MASK, Network, build_network
from planner.roads.paths import Path as Drive
from planner.roads.paths import cut_shape, path, path_shape
from planner.roads.read import read_streets
from planner.roads.snap import Snapped, snap
from planner.roads.streets import Floats, Streets, haversine_m, load_streets
from tests.factories import make_type
from tests.roads.random_towns import spots_on, towns
from tests.roads.split_graph import costs_on_split_streets
from tests.roads.towns import (
    ONEWAY_36,
    PLAIN_CLASS,
    STREET_18,
    STREET_36,
    degrees,
    drive_parts,
    line_m,
    plain_network,
    snap_spots,
    town,
)

DEMO = Path(__file__).parents[2] / "data" / "coquimbo.streets.npz"
KIND = make_type(road_class=PLAIN_CLASS, top_speed_kmh=90.0)
HEAVY = make_type("heavy", road_class=PLAIN_CLASS, top_speed_kmh=90.0, kerb_kg=900.0, rolling=0.02)
PLACES = 18


def whole_drive(network: Network, snapped: Snapped, source: int, target: int) -> Drive:
    drive = path(network, snapped, source=source, target=target)
    assert drive is not None
    return drive


def energy_along(network: Network, drive: Drive, kind: VehicleType) -> tuple[float, float]:
    """Add up Wh (empty, per kg) over the edges of a drive and the stop at its end, if it drives at all."""
    length_m = network.edge_m[drive.edges] * drive_parts(drive)
    empty, per_kg = edge_energy_wh(kind, length_m=length_m, speed_mps=network.edge_mps[drive.edges])
    stop = stop_energy_wh(kind, speed_mps=network.edge_mps[drive.edges[-1]])
    moves = float(drive.ms + drive.dm > 0)
    return float(empty.sum() + moves * stop[0]), float(per_kg.sum() + moves * stop[1])


# Answers by hand


def triangle() -> tuple[Network, Snapped]:
    """A one-way ring: 1,000 m at 10 m/s, 1,000 m at 5 m/s, 1,414.2 m at 10 m/s; a place halfway along each side."""
    corners = [(0, 0), (1_000, 0), (1_000, 1_000)]
    slow = STREET_18 | {"oneway": "yes"}
    network = plain_network(town(corners, (0, 1, ONEWAY_36), (1, 2, slow), (2, 0, ONEWAY_36)))
    return network, snap_spots(network, (500, 0), (1_000, 500), (500, 500))


def test_times_and_lengths_round_a_one_way_triangle_are_those_by_hand() -> None:
    found = matrices(*triangle(), [KIND])
    assert found.metres == pytest.approx(
        np.array([[0, 1_000, 2_207.1], [2_414.2, 0, 1_207.1], [1_207.1, 2_207.1, 0]]), abs=0.11
    )
    assert found.seconds == pytest.approx(
        np.array([[0, 150, 320.71], [291.42, 0, 170.71], [120.71, 270.71, 0]]), abs=0.02
    )


def test_energy_round_the_triangle_is_the_sum_of_its_streets_and_the_stop() -> None:
    found = matrices(*triangle(), [KIND, HEAVY])
    for layer, kind in enumerate((KIND, HEAVY)):
        fast, slow = (edge_energy_wh(kind, length_m=500.0, speed_mps=speed) for speed in (10.0, 5.0))
        stop = stop_energy_wh(kind, speed_mps=5.0)
        assert found.wh_empty[layer, 0, 1] == pytest.approx(fast[0] + slow[0] + stop[0], rel=1e-4)
        assert found.wh_per_kg[layer, 0, 1] == pytest.approx(fast[1] + slow[1] + stop[1], rel=1e-4)
    assert (found.wh_empty[1] >= found.wh_empty[0]).all()


def test_a_place_is_nothing_away_from_itself() -> None:
    found = matrices(*triangle(), [KIND])
    for table in (found.seconds, found.metres, found.wh_empty[0], found.wh_per_kg[0]):
        assert (np.diagonal(table) == 0).all()


def test_the_quicker_way_is_driven_although_it_is_longer() -> None:
    # 1,000 m at 5 m/s, or 1,414.2 m at 10 m/s
    corners = [(0, 0), (0, 1_000), (-500, 500), (0, -200), (0, 1_200)]
    ways = (0, 1, STREET_18), (0, 2, STREET_36), (2, 1, STREET_36)
    network = plain_network(town(corners, *ways, (3, 0, STREET_36), (1, 4, STREET_36)))
    drive = whole_drive(network, snap_spots(network, (0, -100), (0, 1_100)), 0, 1)
    assert drive.edges.tolist() == [6, 2, 4, 8]
    assert drive.ms == pytest.approx(161_421, abs=20)
    assert drive.dm == pytest.approx(16_142, abs=2)


@pytest.mark.parametrize("short", [0, 1])
def test_of_equally_quick_ways_the_shorter_is_driven(short: int) -> None:
    # 500 m at 5 m/s, or two sides of an equilateral triangle, 1,000 m, at 10 m/s
    corners = [(0, 0), (0, 500), (0, -300), (0, 800)]
    ways = [(0, 1, STREET_36), (0, 1, STREET_36)]
    ways[short] = (0, 1, STREET_18)
    bow = {1 - short: [(433.0127, 250.0)]}
    network = plain_network(town(corners, *ways, (2, 0, STREET_36), (1, 3, STREET_36), bends=bow))
    drive = whole_drive(network, snap_spots(network, (0, -150), (0, 650)), 0, 1)
    assert (drive.ms, drive.dm) == (130_000, 8_000)
    assert drive.edges.tolist() == [4, 2 * short, 6]


def test_M14_of_equal_parallel_streets_always_the_same_is_driven() -> None:
    corners = [(0, 0), (0, 500), (0, -300), (0, 800)]
    pieces = (2, 0, STREET_36), (0, 1, STREET_36), (0, 1, STREET_36), (1, 3, STREET_36), (1, 0, STREET_36)
    spots = (0, -150), (0, 650)
    drives = []
    for _ in range(3):
        network = plain_network(town(corners, *pieces))
        drives.append(whole_drive(network, snap_spots(network, *spots), 0, 1).edges.tolist())
    assert drives[0] in ([0, 2, 6], [0, 4, 6], [0, 9, 6])
    assert drives[1:] == drives[:1] * 2
    # among more places, or on the way through, it is the same one
    more = snap_spots(network, (0, -150), (0, 650), (0, -200), (0, 700), (0, -250))
    assert (
        whole_drive(network, more, 0, 1).edges.tolist() == whole_drive(network, more, 2, 3).edges.tolist() == drives[0]
    )


def test_a_place_as_near_from_either_side_is_reached_in_the_same_time_whichever_is_taken() -> None:
    streets = town([(0, 0), (400, 0)], (0, 1, STREET_36), (0, 1, STREET_36), bends={1: [(0, 300), (400, 300)]})
    network = plain_network(streets)
    snapped = snap_spots(network, (200, 0), (200, 300))
    assert snapped.to_key[1, 0] == snapped.to_key[1, 1]
    assert whole_drive(network, snapped, 0, 1).edges.tolist() in ([1, 2], [0, 3])
    assert whole_drive(network, snapped, 1, 0).edges.tolist() in ([3, 0], [2, 1])


def test_two_places_on_one_street_are_joined_directly_both_ways() -> None:
    network = plain_network(town([(0, 0), (1_000, 0)], (0, 1, STREET_36)))
    snapped = snap_spots(network, (200, 0), (700, 0))
    found = matrices(network, snapped, [KIND])
    assert found.metres.tolist() == [[0, 500], [500, 0]]
    assert whole_drive(network, snapped, 1, 0).edges.tolist() == [1]


def test_a_place_just_behind_on_a_one_way_street_takes_the_whole_way_round() -> None:
    network, _ = triangle()
    snapped = snap_spots(network, (700, 0), (200, 0))
    drive = whole_drive(network, snapped, 0, 1)
    assert drive.edges.tolist() == [0, 2, 4, 0]
    assert drive.dm == pytest.approx(34_142 - 5_000, abs=1)


def test_a_slow_street_is_left_where_going_round_is_quicker() -> None:
    # Both places lie on the slow street; behind them a fast street joins its ends.
    fast = {"highway": "residential", "maxspeed": "90"}
    crawl = {"highway": "residential", "maxspeed": "3.6"}  # 1 m/s
    network = plain_network(town([(0, 0), (1_000, 0)], (0, 1, crawl), (0, 1, fast), (1, 0, fast)))
    drive = whole_drive(network, snap_spots(network, (20, 0), (980, 0)), 0, 1)
    assert drive.edges.tolist() == [1, 2, 1]
    # 20 m back at 1 m/s, 1,000 m at 25 m/s, and from the other side 20 m more
    assert drive.ms == 20_000 + 40_000 + 20_000


def test_a_loop_is_driven_the_shorter_way_round() -> None:
    loop = [(0.0, 100.0), (100.0, 100.0), (100.0, 0.0)]
    network = plain_network(town([(0, 0), (0, -500)], (0, 1, STREET_36), (0, 0, STREET_36), bends={1: loop}))
    snapped = snap_spots(network, (0, 50), (50, 0), (0, -250))
    found = matrices(network, snapped, [KIND])
    assert found.metres[0, 1] == pytest.approx(100.0, abs=0.1)  # over the corner, not 300 m round
    assert found.metres[2, 0] == found.metres[2, 1] == pytest.approx(300.0, abs=0.2)
    assert whole_drive(network, snapped, 0, 1).edges.tolist() == [3, 3]


def test_M05_M29_a_place_off_the_network_is_nan_both_ways_and_to_itself() -> None:
    network = plain_network(town([(0, 0), (1_000, 0)], (0, 1, STREET_36)))
    snapped = snap_spots(network, (200, 0), (200, 5_000), (700, 0))
    found = matrices(network, snapped, [KIND, HEAVY])
    lost = np.array([[False, True, False], [True, True, True], [False, True, False]])
    for table in (found.seconds, found.metres, *found.wh_empty, *found.wh_per_kg):
        np.testing.assert_array_equal(np.isnan(table), lost)
    for source, target in ((0, 1), (1, 0), (1, 1)):
        assert path(network, snapped, source=source, target=target) is None


def test_no_place_at_all_found_gives_nothing_but_nan() -> None:
    network = plain_network(town([(0, 0), (1_000, 0)], (0, 1, STREET_36)))
    found = matrices(network, snap_spots(network, (0, 9_000), (0, -9_000)), [KIND])
    assert np.isnan(found.seconds).all()
    assert np.isnan(found.wh_empty).all()


def test_tables_have_one_layer_for_each_type_asked_for() -> None:
    network, snapped = triangle()
    assert matrices(network, snapped, [KIND, HEAVY]).wh_per_kg.shape == (2, 3, 3)
    assert matrices(network, snap_spots(network), [KIND]).wh_empty.shape == (1, 0, 0)


def test_a_drive_s_line_follows_the_bends_and_runs_in_the_direction_of_travel() -> None:
    network = plain_network(town([(0, 0), (200, 200)], (0, 1, STREET_36), bends={0: [(200, 0)]}))
    snapped = snap_spots(network, (100, 0), (200, 100))
    there = path_shape(network, whole_drive(network, snapped, 0, 1))
    back = path_shape(network, whole_drive(network, snapped, 1, 0))
    assert there == pytest.approx(degrees([(100, 0), (200, 0), (200, 100)]), abs=1e-6)
    np.testing.assert_array_equal(there, back[::-1])


def test_a_line_has_two_points_even_between_places_in_one_spot() -> None:
    network = plain_network(town([(0, 0), (1_000, 0)], (0, 1, STREET_36)))
    shape = path_shape(network, whole_drive(network, snap_spots(network, (300, 5), (300, -5)), 0, 1))
    assert shape.shape == (2, 2)


def test_a_line_is_cut_at_shares_of_its_length() -> None:
    line = degrees([(0, 0), (300, 0), (300, 100)])
    assert cut_shape(line, begin=0.25, end=0.5) == pytest.approx(degrees([(100, 0), (200, 0)]))
    assert cut_shape(line, begin=0.5, end=0.875) == pytest.approx(degrees([(200, 0), (300, 0), (300, 50)]))
    assert cut_shape(line, begin=0.0, end=1.0) is line


# Any streets


@given(streets=towns(), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
def test_on_any_town_with_turn_rules_matrices_and_paths_equal_a_plain_reference(streets: Streets, seed: int) -> None:
    spots = spots_on(streets, np.random.default_rng(seed), count=6)
    spots[1] = spots[0]  # two orders at one door
    try:
        network = build_network(streets, KIND.road_class, top_speed_kmh=KIND.top_speed_kmh)
    except RoadsError:
        assume(False)
    snapped = snap(network, lat=spots[:, 0], lon=spots[:, 1])
    expected = costs_on_split_streets(network, snapped)
    found = matrices(network, snapped, [KIND, HEAVY])
    for source in range(len(spots)):
        for target in range(len(spots)):
            if source == target and snapped.found[source]:
                continue
            key = expected.get((source, target))
            assert (key is None) == bool(np.isnan(found.seconds[source, target]))
            if key is not None:
                cost = key >> DM_BITS, key & DM_MASK
                assert_pair(network, snapped, found, source=source, target=target, cost=cost)


def assert_pair(
    network: Network, snapped: Snapped, found: Matrices, *, source: int, target: int, cost: tuple[int, int]
) -> None:
    """Check one pair of the tables, and its path, against the reference's (ms, dm)."""
    assert (found.seconds[source, target], found.metres[source, target]) == (cost[0] / 1000, cost[1] / 10)
    drive = whole_drive(network, snapped, source, target)
    assert (drive.ms, drive.dm) == cost
    assert network.usable[drive.edges].all()
    assert (network.head[drive.edges[:-1]] == network.tail[drive.edges[1:]]).all()
    assert drive.edges[0] in snapped.edge[source]
    assert drive.edges[-1] in snapped.edge[target]
    for layer, kind in enumerate((KIND, HEAVY)):
        energy = found.wh_empty[layer, source, target], found.wh_per_kg[layer, source, target]
        assert energy == pytest.approx(energy_along(network, drive, kind), rel=1e-9, abs=1e-9)
    assert_line(network, snapped, drive, source=source, target=target)


def assert_line(network: Network, snapped: Snapped, drive: Drive, *, source: int, target: int) -> None:
    """Check that a drive's line joins the touched points and is as long as the drive."""
    line = path_shape(network, drive)
    for end, place in ((line[0], source), (line[-1], target)):
        assert haversine_m(lat1=end[0], lon1=end[1], lat2=snapped.lat[place], lon2=snapped.lon[place]) < 0.5
    # a line is rounded to 0.1 m and a piece of street to 0.1 m
    assert line_m(line) == pytest.approx(drive.dm / 10, rel=0.01, abs=0.2 * (len(drive.edges) + len(line)))


# Two real towns


@pytest.fixture(scope="module", params=["demo", "lauf"])
def real_town(request: pytest.FixtureRequest) -> Streets:
    if request.param == "demo":
        return load_streets(DEMO)
    folder: Path = request.getfixturevalue("shared")
    return read_streets(folder / "osm" / "lauf-2020.osm.pbf")


@pytest.fixture(scope="module", params=["ami-cargo", "electric-van"])
def settled(request: pytest.FixtureRequest, real_town: Streets) -> tuple[Network, Snapped]:
    """A network of L6e or van, and places on it."""
    kind = vehicle_type(request.param)
    network = build_network(real_town, kind.road_class, top_speed_kmh=kind.top_speed_kmh)
    spots = spots_on(real_town, np.random.default_rng(5), count=PLACES)
    return network, snap(network, lat=spots[:, 0], lon=spots[:, 1])


def test_on_a_real_town_paths_are_legal_and_their_lines_join_the_places(settled: tuple[Network, Snapped]) -> None:
    network, snapped = settled
    found = matrices(network, snapped, [KIND])
    kinds = np.array([tags["highway"] for tags in network.streets.tag_sets])[network.streets.seg_tags]
    driven: set[str] = set()
    places = np.flatnonzero(snapped.found).tolist()
    for source, target in product(places, places):
        if source == target:
            continue
        drive = whole_drive(network, snapped, source, target)
        assert (drive.ms / 1000, drive.dm / 10) == (found.seconds[source, target], found.metres[source, target])
        assert network.usable[drive.edges].all()
        assert_line(network, snapped, drive, source=source, target=target)
        driven.update(kinds[drive.edges // 2])
    assert driven.isdisjoint(network.road_class.closed_highways)
    if network.road_class.name == "L6e":
        assert "motorway" not in driven


def test_the_motorway_that_a_light_quadricycle_avoids_is_driven_by_the_van() -> None:
    streets = load_streets(DEMO)
    motorway_m = {}
    for name in ("ami-cargo", "electric-van"):
        kind = vehicle_type(name)
        network = build_network(streets, kind.road_class, top_speed_kmh=kind.top_speed_kmh)
        ends = np.array([[-29.866, -71.255], [-30.024, -71.275]])  # Ruta 5, north and south of the town
        drive = whole_drive(network, snap(network, lat=ends[:, 0], lon=ends[:, 1], max_gap_m=500.0), 0, 1)
        kinds = np.array([tags["highway"] for tags in streets.tag_sets])[streets.seg_tags[drive.edges // 2]]
        motorway_m[name] = float(network.edge_m[drive.edges][kinds == "motorway"].sum())
    assert motorway_m["ami-cargo"] == 0.0
    assert motorway_m["electric-van"] > 1_000


def test_the_same_tables_come_out_again_to_the_last_bit(settled: tuple[Network, Snapped]) -> None:
    once, again = (matrices(*settled, [KIND]) for _ in range(2))
    for name in ("seconds", "metres", "wh_empty", "wh_per_kg"):
        one: Floats = getattr(once, name)
        assert one.tobytes() == getattr(again, name).tobytes()
