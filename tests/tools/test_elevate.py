"""What `streets elevate` writes and tells, and what it refuses before it works."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.cli_roads import streets_elevate
from planner.errors import PlannerError
from planner.roads.read import read_streets
from planner.roads.streets import load_streets


@pytest.fixture
def lauf(shared: Path) -> Path:
    return shared / "osm" / "lauf-2020.osm.pbf"


@pytest.fixture
def tile(shared: Path) -> Path:
    return shared / "osm" / "elevation" / "lauf_srtm3.tif"


def test_the_streets_come_back_with_heights_and_otherwise_the_same(
    lauf: Path, tile: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert streets_elevate(lauf, [tile], tmp_path / "lauf.streets.npz") == 0
    bare, high = read_streets(lauf), load_streets(tmp_path / "lauf.streets.npz")
    assert 300 < high.shape_ele_m.min() < high.shape_ele_m.max() < 450  # the Pegnitz is at 320 m, the hills at 400 m
    assert high.shape_lat.tolist() == bare.shape_lat.tolist()
    assert high.seg_length_m.tolist() == bare.seg_length_m.tolist()
    told = capsys.readouterr().out
    assert f"{bare.seg_length_m.sum() / 1000:,.1f} km of street with heights" in told
    assert "climb: 12." in told
    assert "grade: 1.7% p50, 5.5% p90, 25.0% at most" in told
    assert "note: elevation: heights from lauf_srtm3.tif" in told
    assert "km of bridges and tunnels laid straight between their ends" in told


def test_B07_a_file_that_cannot_be_written_is_refused_before_the_streets_are_read(tmp_path: Path) -> None:
    (tmp_path / "old.streets.npz").write_bytes(b"old")
    for name in ("new.osm.pbf", "none/new.streets.npz", "old.streets.npz"):
        with pytest.raises(PlannerError, match=rf"^E-B07 .*{name}.* → "):
            streets_elevate(tmp_path / "never.osm.pbf", [tmp_path / "never.tif"], tmp_path / name)
    assert (tmp_path / "old.streets.npz").read_bytes() == b"old"


def test_M04_M31_M32_no_tile_no_raster_or_one_from_elsewhere_writes_nothing(
    lauf: Path, shared: Path, tmp_path: Path
) -> None:
    (tmp_path / "junk.tif").write_bytes(b"junk")
    portland = shared / "osm" / "elevation" / "portland_ned_10m.tif"
    for tile, code in ((tmp_path / "none.tif", "E-M04"), (tmp_path / "junk.tif", "E-M31"), (portland, "E-M32")):
        with pytest.raises(PlannerError, match=rf"^{code} .* → "):
            streets_elevate(lauf, [tile], tmp_path / "lauf.streets.npz", allow_gaps=True)
    assert [path.name for path in tmp_path.iterdir()] == ["junk.tif"]
