"""Heights of streets: the ground's where they lie on it, straight lines across what is not their ground."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio

from planner.errors import RoadsError
from planner.roads.elevation import with_elevation
from planner.roads.grades import MAX_GRADE, grade_facts, pieces_of
from planner.roads.read import read_streets
from planner.roads.streets import Floats, Streets, assemble, load_streets, save_streets
from tests.roads.towns import METRES_PER_DEGREE, STREET_36, town

BRIDGE, TUNNEL = STREET_36 | {"bridge": "yes"}, STREET_36 | {"tunnel": "yes"}
CELL_M, HALF_M = 20.0, 3_000.0
MERCATOR_M = 111_319.49  # of a degree at the equator in EPSG:3857, by its definition on a sphere of 6,378,137 m

Ground = Callable[[Floats, Floats], Any]  # height at metres (north, east) of where the equator meets Greenwich


def hill_to_the_east(north_m: Floats, east_m: Floats) -> Floats:
    """Rise 5 m in every 100 m."""
    return 500.0 + 0.05 * east_m + 0.0 * north_m


def valley(north_m: Floats, east_m: Floats) -> Floats:
    """Lie 60 m below the plain between 300 m and 700 m to the east."""
    return np.where((east_m > 300) & (east_m < 700), 40.0, 100.0) + 0.0 * north_m


def write_ground(
    path: Path,
    ground: Ground,
    *,
    crs: str = "EPSG:4326",
    east_m: tuple[float, float] = (-HALF_M, HALF_M),
    nodata: float | None = None,
) -> Path:
    """Write the ground as a GeoTIFF with cells of 20 m."""
    unit_m = METRES_PER_DEGREE if crs != "EPSG:3857" else METRES_PER_DEGREE / MERCATOR_M
    east = np.arange(east_m[0] + CELL_M / 2, east_m[1], CELL_M)
    north = np.arange(HALF_M - CELL_M / 2, -HALF_M, -CELL_M)
    heights = np.asarray(ground(north[:, None], east[None, :]), dtype=np.float32)
    place = cells(west=east_m[0] / unit_m, north=HALF_M / unit_m, size=CELL_M / unit_m)
    return write_raster(path, heights[None], crs=crs, transform=place, nodata=nodata)


def cells(*, west: float, north: float, size: float) -> rasterio.Affine:
    return rasterio.Affine(size, 0, west, 0, -size, north)


def write_raster(path: Path, bands: np.typing.NDArray[Any], **profile: Any) -> Path:
    count, height, width = bands.shape
    with rasterio.open(
        path, "w", driver="GTiff", count=count, height=height, width=width, dtype=bands.dtype, **profile
    ) as file:
        file.write(bands)
    return path


def along(streets: Streets, segment: int) -> list[float]:
    """Return the heights along a segment."""
    heights: list[float] = streets.shape_ele_m[streets.shape_start[segment] : streets.shape_start[segment + 1]].tolist()
    return heights


def crossroads() -> Streets:
    """A street of 1 km to the east, one to the north, and one that goes 3 north for every 4 east."""
    corners = [(0, 0), (0, 1_000), (1_000, 0), (600, 800)]
    bends = {0: [(0, 250), (0, 500)], 1: [(400, 0)], 2: [(300, 400)]}
    return town(corners, (0, 1, STREET_36), (0, 2, STREET_36), (0, 3, STREET_36), bends=bends)


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:3857"])
def test_on_a_hill_of_5_percent_a_street_up_it_has_5_and_one_aslant_4_whatever_the_reference_system(
    crs: str, tmp_path: Path
) -> None:
    streets = with_elevation(crossroads(), [write_ground(tmp_path / "hill.tif", hill_to_the_east, crs=crs)])
    assert along(streets, 0) == pytest.approx([500.0, 512.5, 525.0, 550.0], abs=0.11)
    pieces = pieces_of(streets)
    expected = np.array([0.05, 0.0, 0.04])[pieces.segment]  # 800 m east on 1,000 m of street
    assert pieces.grade.tolist() == pytest.approx(expected.tolist(), abs=5e-4)


def test_a_raster_whose_rows_run_northwards_is_read_the_right_way_up(tmp_path: Path) -> None:
    rows = np.broadcast_to(np.arange(100, dtype=np.float32)[:, None], (100, 100))  # 1 m higher every 0.0006 degrees
    northwards = rasterio.Affine(0.0006, 0, -0.03, 0, 0.0006, -0.03)
    tile = write_raster(tmp_path / "up.tif", rows[None], crs="EPSG:4326", transform=northwards)
    grade = pieces_of(with_elevation(crossroads(), [tile])).grade
    assert grade[-4:-2].tolist() == pytest.approx([1 / (0.0006 * METRES_PER_DEGREE)] * 2, abs=5e-4)


def test_a_bridge_in_three_parts_lies_straight_over_a_valley(tmp_path: Path) -> None:
    corners = [(0, 0), (0, 100), (0, 400), (0, 500), (0, 900), (0, 1_000)]
    kinds = STREET_36, BRIDGE, BRIDGE, BRIDGE, STREET_36
    bare = town(corners, *((i, i + 1, kind) for i, kind in enumerate(kinds)), bends={3: [(0, 600), (0, 800)]})

    def tilted_valley(north_m: Floats, east_m: Floats) -> Floats:
        return valley(north_m, east_m) + np.where(east_m > 500, 8.0, 0.0)  # the bridge climbs 8 m on 800 m

    streets = with_elevation(bare, [write_ground(tmp_path / "valley.tif", tilted_valley)])
    assert along(streets, 1) == pytest.approx([100.0, 103.0], abs=0.06)
    assert along(streets, 2) == pytest.approx([103.0, 104.0], abs=0.06)
    assert along(streets, 3) == pytest.approx([104.0, 105.0, 107.0, 108.0], abs=0.06)
    assert any("0.8 km of bridges and tunnels" in note for note in streets.notes)


def test_a_street_that_is_no_bridge_goes_down_into_the_valley(tmp_path: Path) -> None:
    bare = town([(0, 0), (0, 1_000)], (0, 1, STREET_36 | {"bridge": "no"}), bends={0: [(0, 500)]})
    streets = with_elevation(bare, [write_ground(tmp_path / "valley.tif", valley)])
    assert along(streets, 0) == pytest.approx([100.0, 40.0, 100.0], abs=0.06)


def test_a_tunnel_lies_level_under_a_hill_and_a_street_over_it_climbs_the_hill(tmp_path: Path) -> None:
    corners = [(0, 0), (0, 100), (0, 900), (0, 1_000), (500, 500), (-500, 500)]
    pieces = (0, 1, STREET_36), (1, 2, TUNNEL), (2, 3, STREET_36), (4, 5, STREET_36)
    bare = town(corners, *pieces, bends={1: [(0, 350), (0, 500)], 3: [(0, 500)]})
    hill = write_ground(tmp_path / "hill.tif", lambda north_m, east_m: 240.0 - valley(north_m, east_m))
    streets = with_elevation(bare, [hill])
    assert along(streets, 1) == pytest.approx([140.0] * 4, abs=0.06)
    assert along(streets, 3)[1] == pytest.approx(200.0, abs=0.06)


def test_where_three_tunnels_of_100_200_and_200_m_meet_the_height_is_the_mean_by_nearness(tmp_path: Path) -> None:
    # The portals lie at 0 m, 0 m and 30 m: pulls of 1/100, 1/200 and 1/200 make 30/200 / (4/200) = 7.5 m.
    corners = [(0, 0), (0, -100), (200, 0), (0, 200), (0, -400), (500, 0), (0, 500)]
    tunnels = (0, 1, TUNNEL), (0, 2, TUNNEL), (0, 3, TUNNEL)
    bare = town(corners, *tunnels, (1, 4, STREET_36), (2, 5, STREET_36), (3, 6, STREET_36))
    ground = write_ground(
        tmp_path / "step.tif", lambda north_m, east_m: np.where(east_m > 100, 30.0, 0.0) + 0 * north_m
    )
    streets = with_elevation(bare, [ground])
    assert along(streets, 0)[0] == pytest.approx(7.5, abs=0.3)  # the smoothed step reaches to the portals


def test_a_bridge_that_touches_no_street_keeps_the_height_of_the_ground_at_its_ends(tmp_path: Path) -> None:
    streets = with_elevation(
        town([(0, 0), (0, 1_000)], (0, 1, BRIDGE)), [write_ground(tmp_path / "hill.tif", hill_to_the_east)]
    )
    assert along(streets, 0) == pytest.approx([500.0, 550.0], abs=0.06)


def test_two_tiles_that_meet_leave_no_step(tmp_path: Path) -> None:
    west = write_ground(tmp_path / "west.tif", hill_to_the_east, east_m=(-HALF_M, 500))
    east = write_ground(tmp_path / "east.tif", hill_to_the_east, east_m=(500, HALF_M))
    bare = town([(0, 0), (0, 1_000)], (0, 1, STREET_36), bends={0: [(0, e) for e in range(100, 1_000, 100)]})
    assert pieces_of(with_elevation(bare, [west, east])).grade.tolist() == pytest.approx([0.05] * 10, abs=2e-3)


@pytest.mark.parametrize("nodata", [-9_999.0, None])
def test_the_first_tile_that_knows_a_place_counts_and_gaps_are_no_height_declared_or_not(
    nodata: float | None, tmp_path: Path
) -> None:
    def half(north_m: Floats, east_m: Floats) -> Floats:
        return np.where(east_m < 1_000, 10.0, -9_999.0) + 0 * north_m

    first = write_ground(tmp_path / "first.tif", half, nodata=nodata)
    second = write_ground(tmp_path / "second.tif", lambda north_m, east_m: 20.0 + 0 * north_m + 0 * east_m)
    streets = with_elevation(town([(0, 0), (0, 2_000)], (0, 1, STREET_36)), [first, second])
    assert along(streets, 0) == [10.0, 20.0]


def test_an_srtm_tile_is_read_where_its_name_says(tmp_path: Path) -> None:
    tile = tmp_path / "N49E011.hgt"  # 1,201 x 1,201 heights, 1 m higher with every 3" to the east
    np.broadcast_to(np.arange(1_201, dtype=">i2"), (1_201, 1_201)).tofile(tile)
    lat, lon = np.array([49.5, 49.5]), np.array([11.5, 11.51])
    shape = np.column_stack([lat, lon])
    bare = assemble(node_lat=lat, node_lon=lon, ends=np.array([[0, 1]]), shapes=[shape], tags=[STREET_36])
    streets = with_elevation(bare, [tile])
    assert along(streets, 0) == [600.0, 612.0]
    # 0.01 degrees at 49.5 degrees north are 1,111.95 m times cos(49.5) = 722.16 m.
    assert pieces_of(streets).grade.tolist() == pytest.approx([12 / 722.16], rel=1e-3)


def test_of_a_raster_of_the_whole_world_only_the_streets_surroundings_are_read(tmp_path: Path) -> None:
    world = tmp_path / "world.tif"  # 93 thousand million cells of 3", none of them stored
    profile = {"crs": "EPSG:4326", "transform": cells(west=-180, north=90, size=1 / 1_200), "dtype": "int16"}
    layout = {"tiled": True, "blockxsize": 2_048, "blockysize": 2_048, "SPARSE_OK": True, "BIGTIFF": "YES"}
    with rasterio.open(world, "w", driver="GTiff", count=1, width=432_000, height=216_000, **profile, **layout):
        pass
    assert with_elevation(crossroads(), [world]).shape_ele_m.tolist() == [0.0] * 10


def test_a_cliff_counts_as_the_steepest_street(tmp_path: Path) -> None:
    cliff = write_ground(tmp_path / "cliff.tif", lambda north_m, east_m: np.where(east_m > 0, 300.0, 0.0) + 0 * north_m)
    streets = with_elevation(town([(0, -300), (0, 300)], (0, 1, STREET_36)), [cliff])
    assert pieces_of(streets).grade.tolist() == [MAX_GRADE]
    assert grade_facts(streets).capped_km == pytest.approx(0.6, abs=1e-3)


def test_climb_counts_both_directions_and_percentiles_are_shares_of_the_length(tmp_path: Path) -> None:
    # 1 km at 5 %, 1 km level and 1 km at 4 % climb 50 m and 40 m, one way or the other.
    facts = grade_facts(with_elevation(crossroads(), [write_ground(tmp_path / "hill.tif", hill_to_the_east)]))
    assert facts.climb_m_per_km == pytest.approx((50 + 40) / 2 / 3, abs=0.1)
    assert (facts.grade_p50, facts.grade_p90) == pytest.approx((0.04, 0.05), abs=1e-3)


def test_without_elevation_streets_are_level_and_their_pieces_add_up_to_their_length() -> None:
    streets = crossroads()
    pieces = pieces_of(streets)
    assert not pieces.grade.any()
    assert np.bincount(pieces.segment, weights=pieces.length_m).tolist() == pytest.approx(
        streets.seg_length_m.tolist(), abs=1e-6
    )


def test_heights_come_back_from_a_file_and_a_second_elevation_replaces_the_first(tmp_path: Path) -> None:
    hill, plain = (write_ground(tmp_path / f"{ground.__name__}.tif", ground) for ground in (hill_to_the_east, valley))
    streets = with_elevation(crossroads(), [hill])
    save_streets(streets, tmp_path / "high.streets.npz")
    loaded = load_streets(tmp_path / "high.streets.npz")
    assert loaded.shape_ele_m.tolist() == streets.shape_ele_m.tolist()
    assert with_elevation(loaded, [plain]).sha256 == with_elevation(crossroads(), [plain]).sha256


def test_tiles_beside_the_streets_are_refused_with_both_boxes(tmp_path: Path) -> None:
    hill = write_ground(tmp_path / "hill.tif", hill_to_the_east)
    away = replace(crossroads(), shape_lat=crossroads().shape_lat + 1)
    for allow_gaps in (False, True):
        with pytest.raises(RoadsError, match=r"^E-M32 .*covers 0\.0% .*lat 1\.0000\.\..*lat -0\.0270\.\.0\.0270.* → "):
            with_elevation(away, [hill], allow_gaps=allow_gaps)


def test_streets_that_are_half_outside_are_refused_or_go_on_at_the_height_of_the_rim(tmp_path: Path) -> None:
    west = write_ground(tmp_path / "west.tif", hill_to_the_east, east_m=(-HALF_M, 500))
    bare = town([(0, 0), (0, 400), (0, 800), (0, 1_000)], *((i, i + 1, STREET_36) for i in range(3)))
    with pytest.raises(RoadsError, match=r"^E-M32 .*covers 40\.0% "):
        with_elevation(bare, [west])
    streets = with_elevation(bare, [west], allow_gaps=True)
    assert streets.shape_ele_m.tolist() == pytest.approx([500.0, *[520.0] * 5], abs=0.3)
    assert any("0.6 km outside the tiles" in note for note in streets.notes)


def test_a_gap_between_two_heights_is_crossed_evenly(tmp_path: Path) -> None:
    def holed(north_m: Floats, east_m: Floats) -> Floats:
        return np.where((east_m > 200) & (east_m < 800), np.nan, hill_to_the_east(north_m, east_m))

    hole = write_ground(tmp_path / "hole.tif", holed, nodata=np.nan)
    corners = [(0, -900), (0, 0), (0, 500), (0, 1_000), (0, 1_900)]
    bare = town(corners, *((i, i + 1, STREET_36) for i in range(4)))
    assert along(with_elevation(bare, [hole], allow_gaps=True), 1) == pytest.approx([500.0, 525.0], abs=0.11)


def test_files_that_hold_no_heights_are_refused_by_name(tmp_path: Path) -> None:
    whole = write_ground(tmp_path / "whole.tif", hill_to_the_east).read_bytes()
    (tmp_path / "junk.tif").write_bytes(b"junk")
    (tmp_path / "empty.tif").write_bytes(b"")
    (tmp_path / "cut.tif").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "N00E000.hgt").write_bytes(bytes(1_201 * 1_201))  # half of what it needs
    (tmp_path / "list.vrt").write_text("<VRTDataset rasterXSize='1' rasterYSize='1'></VRTDataset>")
    for name in ("junk.tif", "empty.tif", "cut.tif", "N00E000.hgt", "list.vrt"):
        with pytest.raises(RoadsError, match=rf"^E-M31 .*{name}: .* → "):
            with_elevation(crossroads(), [tmp_path / name])
    for path in (tmp_path / "none.tif", tmp_path):
        with pytest.raises(RoadsError, match=r"^E-M04 .* → "):
            with_elevation(crossroads(), [path])


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_a_raster_of_nowhere_and_a_picture_are_refused(tmp_path: Path) -> None:
    flat, corner = np.zeros((3, 90, 90), dtype=np.uint8), cells(west=-1, north=1, size=0.02)
    nowhere = write_raster(tmp_path / "nowhere.tif", flat[:1])
    unnamed = write_raster(tmp_path / "unnamed.tif", flat[:1], transform=corner)
    local = write_raster(tmp_path / "local.tif", flat[:1], crs='LOCAL_CS["site",UNIT["metre",1]]', transform=corner)
    for path in (nowhere, unnamed, local):
        with pytest.raises(RoadsError, match=r"^E-M31 .*does not say where on the globe it lies"):
            with_elevation(crossroads(), [path])
    picture = write_raster(tmp_path / "picture.tif", flat, crs="EPSG:4326", transform=corner)
    with pytest.raises(RoadsError, match=r"^E-M31 .*has 3 bands"):
        with_elevation(crossroads(), [picture])


def test_without_rasterio_the_remedy_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "planner.roads.terrain", raising=False)
    monkeypatch.setitem(sys.modules, "rasterio", None)
    with pytest.raises(RoadsError, match=r"^E-M33 .*micro-ev-planner\[elevation\]"):
        with_elevation(crossroads(), [tmp_path / "any.tif"])


def test_the_streets_of_andorra_are_as_steep_as_known_and_agree_at_every_junction(shared: Path) -> None:
    bare = read_streets(shared / "osm" / "andorra-2021.osm.pbf")
    streets = with_elevation(bare, [shared / "osm" / "elevation" / "andorra_srtm3.tif"])
    first, last = streets.shape_start[:-1], streets.shape_start[1:] - 1
    height_m = streets.shape_ele_m
    node_m = np.full(len(streets.node_lat), np.nan)
    node_m[streets.seg_from], node_m[streets.seg_to] = height_m[first], height_m[last]
    assert (node_m[streets.seg_from] == height_m[first]).all()
    assert 800 < height_m.min() < 900  # the Runer leaves the country at 840 m
    assert 2_300 < height_m.max() < 2_700  # the road pass of Envalira lies at 2,408 m, tracks go higher
    # Of streets from end to end half have more than 5.3 % and a tenth more than 12.8 %, lanes and tracks left out.
    ordinary = np.array([tags["highway"] not in {"track", "service"} for tags in streets.tag_sets])[streets.seg_tags]
    counted = ordinary & (streets.seg_length_m > 50)
    grade = np.abs(height_m[last] - height_m[first])[counted] / streets.seg_length_m[counted]
    assert np.quantile(grade, [0.5, 0.9]) == pytest.approx([0.053, 0.128], abs=0.01)


def test_a_tile_of_portland_s_centre_covers_less_than_half_of_portland(shared: Path) -> None:
    bare = read_streets(shared / "osm" / "portland-2014.osm.pbf")
    tile = shared / "osm" / "elevation" / "portland_ned_10m.tif"
    with pytest.raises(RoadsError, match=r"^E-M32 the elevation covers [234]\d\.\d% .*lon -122\.7100\.\.-122\.6300"):
        with_elevation(bare, [tile])
    heights = with_elevation(bare, [tile], allow_gaps=True).shape_ele_m
    assert 300 < heights.max() < 327.1  # Council Crest is the highest spot of the city
