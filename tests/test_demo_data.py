"""The embedded demo day is what its README says, and can be derived again."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from planner.roads.streets import Streets, haversine_m, load_streets

DATA = Path(__file__).parents[1] / "data"
METRES_PER_DEGREE = 111_195.0
WIDEST_DOORSTEP_M = 30.0


@pytest.fixture(scope="module")
def streets() -> Streets:
    return load_streets(DATA / "coquimbo.streets.npz")


@pytest.fixture(scope="module")
def orders() -> list[dict[str, str]]:
    with (DATA / "orders.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def marked(streets: Streets, *, closed: tuple[str, ...]) -> NDArray[np.bool_]:
    return np.array([tags["highway"] not in closed for tags in streets.tag_sets])[streets.seg_tags]


def core(streets: Streets, *, closed: tuple[str, ...] = ()) -> tuple[NDArray[np.bool_], int, float]:
    """Nodes, directed edges and kilometres of the largest strongly connected part."""
    open_ = marked(streets, closed=closed)
    two_way = open_ & np.array(["oneway" not in tags for tags in streets.tag_sets])[streets.seg_tags]
    tails = np.concatenate([streets.seg_from[open_], streets.seg_to[two_way]])
    heads = np.concatenate([streets.seg_to[open_], streets.seg_from[two_way]])
    size = len(streets.node_lat)
    _, part = connected_components(coo_matrix((np.ones(len(tails)), (tails, heads)), (size, size)), connection="strong")
    inside = part == np.bincount(part).argmax()
    kept = open_ & inside[streets.seg_from] & inside[streets.seg_to]
    return inside, int((inside[tails] & inside[heads]).sum()), float(streets.seg_length_m[kept].sum() / 1000)


def gaps_m(streets: Streets, points: list[tuple[float, float]]) -> list[float]:
    """Distance of each (lat, lon) to the nearest street that is open to every class and on the connected part."""
    closed = ("motorway", "trunk")
    inside = core(streets, closed=closed)[0]
    usable = marked(streets, closed=closed) & inside[streets.seg_from] & inside[streets.seg_to]
    scale = np.array([METRES_PER_DEGREE * np.cos(np.radians(-29.95)), METRES_PER_DEGREE])
    shape = np.column_stack([streets.shape_lon, streets.shape_lat]) * scale
    segment = np.repeat(np.arange(streets.segments), np.diff(streets.shape_start))
    chosen = usable[segment]
    lines = shapely.linestrings(shape[chosen], indices=np.unique(segment[chosen], return_inverse=True)[1])
    places = shapely.points(np.array([(lon, lat) for lat, lon in points]) * scale)
    _, gaps = shapely.STRtree(lines).query_nearest(places, return_distance=True, all_matches=False)
    return [float(gap) for gap in gaps]


def test_the_streets_are_all_links_of_the_reference_project(streets: Streets) -> None:
    assert streets.segments == 19_846
    assert len(streets.node_lat) == 15_591
    assert streets.seg_length_m.sum() / 1000 == pytest.approx(1_468.4, rel=0.01)
    directed = sum(1 if "oneway" in streets.tag_sets[tags] else 2 for tags in streets.seg_tags)
    assert directed == 34_272


def test_the_strongly_connected_part_is_as_large_as_known(streets: Streets) -> None:
    inside, edges, km = core(streets)
    assert (inside.sum(), edges) == (15_492, 34_145)
    assert km == pytest.approx(1_463, rel=0.01)


def test_vehicles_kept_off_motorways_and_trunk_roads_still_reach_nearly_everything(streets: Streets) -> None:
    assert core(streets, closed=("motorway",))[0].sum() == 15_403
    assert core(streets, closed=("motorway", "trunk"))[0].sum() == 15_089


def test_the_streets_lie_around_la_serena_and_coquimbo(streets: Streets) -> None:
    assert streets.bbox == pytest.approx((-71.3566, -30.0790, -71.1644, -29.8296), abs=1e-3)


def test_every_node_ends_a_segment_and_every_shape_ends_at_its_nodes(streets: Streets) -> None:
    assert set(streets.seg_from) | set(streets.seg_to) == set(range(len(streets.node_lat)))
    first, last = streets.shape_start[:-1], streets.shape_start[1:] - 1
    assert np.array_equal(streets.shape_lat[first], streets.node_lat[streets.seg_from])
    assert np.array_equal(streets.shape_lon[first], streets.node_lon[streets.seg_from])
    assert np.array_equal(streets.shape_lat[last], streets.node_lat[streets.seg_to])
    assert np.array_equal(streets.shape_lon[last], streets.node_lon[streets.seg_to])


def test_lengths_are_those_of_the_shapes(streets: Streets) -> None:
    steps = haversine_m(
        lat1=streets.shape_lat[:-1],
        lon1=streets.shape_lon[:-1],
        lat2=streets.shape_lat[1:],
        lon2=streets.shape_lon[1:],
    )
    along = np.concatenate([[0.0], np.cumsum(steps)])
    lengths = along[streets.shape_start[1:] - 1] - along[streets.shape_start[:-1]]
    assert np.abs(lengths - streets.seg_length_m).max() <= 0.1


def test_tags_are_openstreetmaps_own_words(streets: Streets) -> None:
    assert {tags["highway"] for tags in streets.tag_sets} == {
        *("motorway", "trunk", "primary", "secondary", "tertiary"),
        *("unclassified", "residential", "living_street"),
    }
    assert {key for tags in streets.tag_sets for key in tags} == {"highway", "name", "oneway", "maxspeed"}
    assert {tags["oneway"] for tags in streets.tag_sets if "oneway" in tags} == {"yes"}
    posted = np.array(["maxspeed" in tags for tags in streets.tag_sets])[streets.seg_tags]
    assert posted.mean() == pytest.approx(0.17, abs=0.01)


def test_the_streets_are_small_and_load_at_once(streets: Streets) -> None:
    file = DATA / "coquimbo.streets.npz"
    assert file.stat().st_size < 1_000_000
    start = time.process_time()
    load_streets(file)
    assert time.process_time() - start < 0.3


def test_the_streets_name_their_source_and_licence(streets: Streets) -> None:
    assert "© OpenStreetMap contributors, ODbL 1.0" in streets.attribution
    assert "AequilibraE" in streets.attribution
    assert "OpenStreetMap" in (DATA / "LICENSE-ODbL.txt").read_text(encoding="utf-8")


def test_the_zones_hold_everybody() -> None:
    features = json.loads((DATA / "zones.geojson").read_text(encoding="utf-8"))["features"]
    assert len(features) == 133
    assert sum(feature["properties"]["population"] for feature in features) == pytest.approx(451_899, abs=70)


def test_there_are_150_orders_with_ids_of_their_own(orders: list[dict[str, str]]) -> None:
    assert len(orders) == len({order["id"] for order in orders}) == 150


def test_the_orders_fill_the_bays_several_times(orders: list[dict[str, str]]) -> None:
    assert 7_000 <= sum(float(order["volume_l"]) for order in orders) <= 9_000
    assert 900 <= sum(float(order["demand_kg"]) for order in orders) <= 1_600


def test_every_order_fits_the_smallest_bay(orders: list[dict[str, str]]) -> None:
    assert max(float(order["volume_l"]) for order in orders) <= 260
    assert max(float(order["demand_kg"]) for order in orders) <= 140
    assert max(float(order["longest_cm"]) for order in orders) <= 120


def test_about_half_of_the_orders_ask_for_a_window(orders: list[dict[str, str]]) -> None:
    asked = [order for order in orders if order["tw_start"]]
    assert all("08:30" <= order["tw_start"] < order["tw_end"] <= "18:00" for order in asked)
    assert 0.35 <= len(asked) / len(orders) <= 0.6


def test_every_order_is_a_doorstep_that_any_class_can_reach(streets: Streets, orders: list[dict[str, str]]) -> None:
    gaps = gaps_m(streets, [(float(order["lat"]), float(order["lon"])) for order in orders])
    assert max(gaps) <= WIDEST_DOORSTEP_M


def test_the_hub_and_the_stations_lie_on_streets_that_any_class_can_reach(streets: Streets) -> None:
    fleet = tomllib.loads((DATA / "fleet.toml").read_text(encoding="utf-8"))
    assert (len(fleet["depots"]), len(fleet["stations"])) == (1, 4)
    gaps = gaps_m(streets, [(place["lat"], place["lon"]) for place in fleet["depots"] + fleet["stations"]])
    assert max(gaps) <= WIDEST_DOORSTEP_M


def test_the_orders_can_be_derived_again(tmp_path: Path) -> None:
    subprocess.run([sys.executable, DATA / "derive_orders.py", "-o", tmp_path], check=True, capture_output=True)
    assert (tmp_path / "orders.csv").read_bytes() == (DATA / "orders.csv").read_bytes()


def test_the_streets_and_zones_can_be_derived_again(streets: Streets, tmp_path: Path) -> None:
    wheel = os.environ.get("PLANNER_AEQUILIBRAE_WHEEL")
    if not wheel:
        pytest.skip("PLANNER_AEQUILIBRAE_WHEEL names no wheel of AequilibraE 1.7.2 to derive the streets from")
    subprocess.run([sys.executable, DATA / "derive_streets.py", wheel, "-o", tmp_path], check=True, capture_output=True)
    assert load_streets(tmp_path / "coquimbo.streets.npz").sha256 == streets.sha256
    for name in ("coquimbo.streets.npz", "zones.geojson"):
        assert (tmp_path / name).read_bytes() == (DATA / name).read_bytes()
