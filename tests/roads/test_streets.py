"""The street arrays and their file: what is written comes back, and nothing else is taken for streets."""

from __future__ import annotations

import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from planner.errors import RoadsError
from planner.roads.streets import Streets, assemble, haversine_m, load_streets, save_streets
from tests.roads.towns import ONEWAY_36, STREET_18, STREET_36, town

KILLED_WHILE_WRITING = """
import os, signal, sys
from pathlib import Path
from planner.roads.streets import load_streets, save_streets
os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)
save_streets(load_streets(Path(sys.argv[1])), Path(sys.argv[2]))
"""


def small_town() -> Streets:
    """Three pieces of two kinds, one of them bent."""
    corners = [(0, 0), (100, 0), (100, 100)]
    pieces = (0, 1, STREET_36 | {"name": "Calle Ñuñoa"}), (1, 2, ONEWAY_36), (2, 0, STREET_36 | {"name": "Calle Ñuñoa"})
    return town(corners, *pieces, bends={2: [(60, 90), (20, 30)]})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "small.streets.npz"
    save_streets(small_town(), path)
    return path


def test_what_is_saved_comes_back_equal_in_every_array_and_in_its_hash(file: Path) -> None:
    before, after = small_town(), load_streets(file)
    assert after.sha256 == before.sha256
    for name in ("node_lat", "node_lon", "seg_from", "seg_to", "seg_length_m", "seg_tags", "shape_start", "shape_lat"):
        np.testing.assert_array_equal(getattr(after, name), getattr(before, name))
    assert after.tag_sets == before.tag_sets
    assert (after.attribution, after.notes) == (before.attribution, before.notes)


def test_the_hash_tells_streets_apart_by_shape_by_tags_and_by_notes() -> None:
    streets = small_town()
    moved = replace(streets, shape_lat=streets.shape_lat + 1e-6)
    renamed = replace(streets, tag_sets=({"highway": "service"}, *streets.tag_sets[1:]))
    noted = replace(streets, notes=("2 ways cut",))
    assert len({each.sha256 for each in (streets, moved, renamed, noted)}) == 4


def test_equal_tags_are_stored_once_whatever_their_order() -> None:
    backwards = dict(reversed(STREET_36.items()))
    streets = town([(0, 0), (100, 0), (200, 0)], (0, 1, STREET_36), (1, 2, backwards), (2, 0, STREET_18))
    assert streets.seg_tags.tolist() == [0, 0, 1]
    assert len(streets.tag_sets) == 2


def test_streets_are_rounded_to_the_file_s_resolution_when_they_are_made() -> None:
    lat, lon = np.array([-29.951234567891, -29.95]), np.array([-71.341111111111, -71.34])
    points = np.column_stack([lat, lon])
    tags = [{"highway": "residential"}]
    streets = assemble(node_lat=lat, node_lon=lon, ends=np.array([[0, 1]]), shapes=[points], tags=tags)
    assert streets.node_lat[0] == -29.9512346
    assert streets.shape_lon[0] == -71.3411111
    assert streets.seg_length_m[0] * 10 == round(streets.seg_length_m[0] * 10)


def test_a_hundredth_of_a_degree_of_meridian_is_1_112_m_at_any_latitude() -> None:
    # 6,371,009 m times pi / 18,000
    for lat in (0.0, -29.95, 60.0):
        assert haversine_m(lat1=lat, lon1=-71.0, lat2=lat + 0.01, lon2=-71.0) == pytest.approx(1_111.951, abs=0.001)
    assert haversine_m(lat1=60.0, lon1=10.0, lat2=60.0, lon2=10.01) == pytest.approx(1_111.951 / 2, abs=0.001)


def test_a_length_is_measured_along_the_bends_and_one_piece_does_not_leak_into_the_next() -> None:
    streets = town([(0, 0), (300, 400), (0, 1_000)], (0, 1, STREET_36), (1, 2, STREET_36), bends={1: [(300, 1_000)]})
    assert streets.seg_length_m.tolist() == pytest.approx([500.0, 900.0], abs=0.1)


def test_M15_a_piece_between_equal_spots_is_a_decimetre_long() -> None:
    assert town([(0, 0), (0, 0)], (0, 1, STREET_36)).seg_length_m.tolist() == [0.1]


def test_M27_the_box_is_that_of_the_streets_bends_included() -> None:
    west, south, east, north = small_town().bbox
    assert (west, south) == (0.0, 0.0)
    assert (east, north) == pytest.approx((100 / 111_195, 100 / 111_195), abs=1e-7)


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.95, 0.999])
def test_M03_a_truncated_file_is_refused_by_name(file: Path, share: float) -> None:
    whole = file.read_bytes()
    file.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(RoadsError, match=r"^E-M19 .*small\.streets\.npz: not a complete streets file"):
        load_streets(file)


def test_M03_no_single_damaged_byte_ends_in_anything_but_a_refusal_or_the_same_streets(file: Path) -> None:
    whole, expected = file.read_bytes(), small_town().sha256
    refused = 0
    for at in range(0, len(whole), 7):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        try:
            loaded = load_streets(file)
        except RoadsError:
            refused += 1
        else:
            assert loaded.sha256 == expected  # a byte that nobody reads, such as a time of day
    assert refused > len(whole) / 7 / 3


def test_M23_a_pickle_inside_is_not_opened(file: Path) -> None:
    arrays = dict(np.load(file))
    np.savez_compressed(file, **arrays | {"seg_from": np.array([print], dtype=object)})
    with pytest.raises(RoadsError, match=r"^E-M19 "):
        load_streets(file)


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": np.frombuffer(b"[]", dtype=np.uint8)},
        {"text": np.frombuffer(b'{"format": "planner-streets-9"}', dtype=np.uint8)},
        {"node_lat": np.array(["north", "south", "west"])},
        {"seg_from": np.array([0, 1])},
        {"seg_to": np.array([0, 1, 3])},
        {"seg_tags": np.array([0, -1, 0])},
        {"shape_size": np.array([2, 2, 1])},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_well_packed_file_with_arrays_that_do_not_fit_is_refused(
    file: Path, wrong: dict[str, np.typing.NDArray[np.generic]]
) -> None:
    arrays = dict(np.load(file))
    np.savez_compressed(file, **arrays | wrong)
    with pytest.raises(RoadsError, match=r"^E-M19 "):
        load_streets(file)


def test_an_array_alone_and_a_folder_are_no_streets(tmp_path: Path) -> None:
    np.save(tmp_path / "array.npy", np.arange(3))
    for name in ("array.npy", "."):
        with pytest.raises(RoadsError, match=r"^E-M19 "):
            load_streets(tmp_path / name)


def test_M03_a_write_that_is_killed_leaves_the_old_file(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.streets.npz"
    save_streets(town([(0, 0), (9, 9)], (0, 1, STREET_18)), other)
    command = [sys.executable, "-c", KILLED_WHILE_WRITING, str(other), str(file)]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    assert load_streets(file).sha256 == small_town().sha256


def test_M03_whoever_is_reading_the_old_file_reads_it_to_its_end(file: Path) -> None:
    old = file.read_bytes()
    with file.open("rb") as reader:
        save_streets(town([(0, 0), (9, 9)], (0, 1, STREET_18)), file)
        assert reader.read() == old
    assert load_streets(file).segments == 1


def test_a_write_that_fails_leaves_the_old_file_and_no_rest(file: Path, tmp_path: Path) -> None:
    broken = replace(small_town(), seg_from=np.array(["a", "b", "c"]))
    with pytest.raises(ValueError, match="invalid literal"):
        save_streets(broken, file)
    assert [path.name for path in tmp_path.iterdir()] == [file.name]
    assert load_streets(file).sha256 == small_town().sha256
