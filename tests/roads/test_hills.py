"""What a drive takes from the battery on hills: on the whole, at most on the way, and after a full battery."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from planner.energy.driving import piece_energy_wh, stop_energy_wh
from planner.errors import RoadsError
from planner.roads.grades import pieces_of
from planner.roads.matrices import matrices
from planner.roads.network import Network, build_network
from planner.roads.paths import Path as Drive
from planner.roads.paths import path
from planner.roads.snap import snap
from planner.roads.streets import Floats, Streets
from tests.factories import make_type
from tests.roads.random_towns import spots_on, towns
from tests.roads.towns import PLAIN_CLASS, STREET_36, plain_network, snap_spots, town

KIND = make_type(road_class=PLAIN_CLASS, top_speed_kmh=90.0)
PIECE = {"length_m": 500.0, "speed_mps": 10.0}


def wh(grade: float, *, load_kg: float) -> float:
    return float(piece_energy_wh(KIND, **PIECE, grade=grade, load_kg=load_kg))


def stop(load_kg: float) -> float:
    empty, per_kg = stop_energy_wh(KIND, speed_mps=10.0)
    return float(empty + per_kg * load_kg)


def profile(*heights_m: float) -> Network:
    """A straight street with a corner every 500 m, as high as said, and level streets of 500 m before and behind."""
    spots = [(500.0 * i, 0.0) for i in range(len(heights_m))]
    streets = town(spots, *((i, i + 1, STREET_36) for i in range(len(spots) - 1)))
    ends = np.array([heights_m[:-1], heights_m[1:]]).T.ravel()
    return plain_network(replace(streets, shape_ele_m=ends))


@pytest.mark.parametrize("load_kg", [0.0, KIND.payload_kg])
def test_over_a_hill_the_most_on_the_way_is_what_climbing_takes(load_kg: float) -> None:
    network = profile(0, 0, 40, 0, 0)
    found = matrices(network, snap_spots(network, (500, 0), (1_500, 0)), [KIND])
    up, down = wh(0.08, load_kg=load_kg), wh(-0.08, load_kg=load_kg)
    assert down < 0 < up
    total = found.wh_empty[0, 0, 1] + found.wh_per_kg[0, 0, 1] * load_kg
    peak = found.wh_peak[0, 0, 1] + found.wh_peak_per_kg[0, 0, 1] * load_kg
    from_full = found.wh_from_full[0, 0, 1] + found.wh_from_full_per_kg[0, 0, 1] * load_kg
    assert total == pytest.approx(up + down + stop(load_kg), rel=1e-3)
    assert peak == pytest.approx(up, rel=1e-3)
    # A battery that is full at the foot is not full at the top: nothing that comes back is lost.
    assert from_full == pytest.approx(total, rel=1e-3)


def test_down_into_a_valley_a_full_battery_gains_nothing_and_climbing_out_costs_all() -> None:
    network = profile(40, 40, 0, 40, 40)
    found = matrices(network, snap_spots(network, (500, 0), (1_500, 0)), [KIND])
    up, down = wh(0.08, load_kg=0.0), wh(-0.08, load_kg=0.0)
    assert found.wh_empty[0, 0, 1] == pytest.approx(up + down + stop(0.0), rel=1e-3)
    assert found.wh_from_full[0, 0, 1] == pytest.approx(up + stop(0.0), rel=1e-3)
    assert found.wh_peak[0, 0, 1] == pytest.approx(up + down + stop(0.0), rel=1e-3)


def test_there_and_back_are_not_the_same_on_a_slope() -> None:
    network = profile(0, 0, 40, 40)
    found = matrices(network, snap_spots(network, (500, 0), (1_000, 0)), [KIND])
    assert found.wh_empty[0, 0, 1] == pytest.approx(wh(0.08, load_kg=0.0) + stop(0.0), rel=1e-3)
    assert found.wh_empty[0, 1, 0] == pytest.approx(wh(-0.08, load_kg=0.0) + stop(0.0), rel=1e-3)


def test_on_level_heights_energy_is_that_of_streets_without_heights() -> None:
    hilly, level = profile(7, 7, 7, 7), plain_network(replace(profile(0, 0, 0, 0).streets, shape_ele_m=np.empty(0)))
    one, other = (matrices(n, snap_spots(n, (100, 0), (1_400, 0)), [KIND]) for n in (hilly, level))
    for name in ("wh_empty", "wh_per_kg", "wh_peak", "wh_peak_per_kg", "wh_from_full", "wh_from_full_per_kg"):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=1e-9, atol=1e-9)


def walked(network: Network, drive: Drive, load_kg: float) -> tuple[float, float, float]:
    """Return what a drive takes in all, in the dearest first part and in the dearest last part, piece by piece."""
    pieces = pieces_of(network.streets)
    sums: list[float] = [0.0]
    steps: list[Floats] = []
    for i, edge in enumerate(drive.edges.tolist()):
        on_edge = np.flatnonzero(pieces.segment == edge // 2)[:: 1 if edge % 2 == 0 else -1]
        grade = pieces.grade[on_edge] * (1 if edge % 2 == 0 else -1)
        part = drive.last_share if i == len(drive.edges) - 1 else 1.0
        part -= drive.first_share if i == 0 else 0.0
        speed_mps = network.edge_mps[edge]
        whole = piece_energy_wh(
            KIND, length_m=pieces.length_m[on_edge], speed_mps=speed_mps, grade=grade, load_kg=load_kg
        )
        steps.append(part * whole)  # a part of an edge takes that part of all it takes
    if drive.ms + drive.dm > 0:
        steps.append(np.array([float(sum(np.array(stop_energy_wh(KIND, speed_mps=speed_mps)) * [1.0, load_kg]))]))
    sums += np.cumsum(np.concatenate(steps)).tolist()
    return sums[-1], max(sums), sums[-1] - min(sums)


@given(streets=towns(), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
def test_on_any_hilly_town_energy_is_that_of_the_path_piece_by_piece(streets: Streets, seed: int) -> None:
    rng = np.random.default_rng(seed)
    node_m = rng.uniform(0, 30, len(streets.node_lat))
    heights = rng.uniform(0, 30, len(streets.shape_lat))
    heights[streets.shape_start[:-1]] = node_m[streets.seg_from]
    heights[streets.shape_start[1:] - 1] = node_m[streets.seg_to]
    spots = spots_on(streets, rng, count=5)
    try:
        network = build_network(replace(streets, shape_ele_m=heights), PLAIN_CLASS, top_speed_kmh=90.0)
    except RoadsError:
        assume(False)
    snapped = snap(network, lat=spots[:, 0], lon=spots[:, 1])
    found = matrices(network, snapped, [KIND])
    for source, target in np.argwhere(np.isfinite(found.seconds) & ~np.eye(len(spots), dtype=bool)).tolist():
        drive = path(network, snapped, source=source, target=target)
        assert drive is not None
        for load_kg in (0.0, KIND.payload_kg):
            measured = [
                float(a[0, source, target] + b[0, source, target] * load_kg)
                for a, b in (
                    (found.wh_empty, found.wh_per_kg),
                    (found.wh_peak, found.wh_peak_per_kg),
                    (found.wh_from_full, found.wh_from_full_per_kg),
                )
            ]
            assert measured == pytest.approx(walked(network, drive, load_kg), rel=1e-6, abs=1e-6)
