"""What the readers make of good files of each format."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from planner.instances.read import read_instance
from tests.instances.files import (
    CEVRP,
    CVRP,
    EVRPNL,
    EVRPTW,
    EXPLICIT,
    MULTITRIP,
    SOLOMON,
    changed,
    instance_of,
    written,
)


def test_an_evrptw_file_gives_customers_then_the_depot_then_stations(tmp_path: Path) -> None:
    found = instance_of(tmp_path, EVRPTW)
    assert found.names == ("C1", "C2", "D0", "S1")
    assert (found.kind, found.partial, found.vehicles_first) == ("evrptw", False, True)
    assert found.length[found.depot].tolist() == [10, 50, 0, 30]
    assert found.demand.tolist() == [5, 5]
    assert found.service.tolist() == [10, 10]
    assert found.windows.tolist() == [[0, 500], [40, 900], [0, 1000]]
    assert (found.capacity, found.battery, found.charge_rate) == (10, 80, 2)


def test_speed_and_consumption_make_times_and_energies_of_lengths(tmp_path: Path) -> None:
    text = changed(EVRPTW, ("rate /1.0/", "rate /0.5/"), ("Velocity /1.0/", "Velocity /4.0/"))
    found = instance_of(tmp_path, text)
    assert found.time[found.depot, 1] == 12.5
    assert found.energy[found.depot, 1] == 25


def test_the_same_file_is_read_with_partial_recharge(tmp_path: Path) -> None:
    found = instance_of(tmp_path, EVRPTW, recharge="partial")
    assert (found.kind, found.partial) == ("evrptw-pr", True)


def test_a_competition_file_knows_no_time_and_charges_in_none(tmp_path: Path) -> None:
    found = instance_of(tmp_path, CEVRP)
    assert found.names == ("2", "3", "1", "4")
    assert (found.kind, found.partial, found.vehicles_first) == ("cevrp", False, False)
    assert not found.time.any()
    assert found.charge_rate == 0
    assert found.energy[0, 1] == pytest.approx(1.2 * math.hypot(50, 10))
    assert found.windows.tolist() == [[0, math.inf]] * 3


def test_a_solomon_file_keeps_decimals_and_double_precision(tmp_path: Path) -> None:
    found = instance_of(tmp_path, SOLOMON)
    assert (found.kind, found.vehicles_first, found.name) == ("vrptw", True, "instance")
    assert found.names == ("1", "2", "0")
    assert found.length[0, 2] == found.time[0, 2] == math.hypot(5.5, 18)
    assert math.isinf(found.battery)
    assert found.windows[0].tolist() == [912, 967]


def test_lengths_of_a_cvrp_are_rounded_to_the_nearest_whole_number(tmp_path: Path) -> None:
    found = instance_of(tmp_path, CVRP)
    assert (found.kind, found.vehicles_first) == ("cvrp", False)
    assert found.length[found.depot].tolist() == [1, 2, 5, 0]  # 1.41, 2, 5
    assert not found.time.any()
    assert math.isinf(found.battery)


def test_a_cvrp_is_named_as_published_answers_name_it(tmp_path: Path) -> None:
    found = instance_of(tmp_path, CVRP)
    assert found.names == ("1", "2", "3", "0")


def test_a_file_of_several_trips_counts_in_tenths_that_are_cut_off(tmp_path: Path) -> None:
    found = instance_of(tmp_path, MULTITRIP)
    assert (found.kind, found.names, found.vehicles_first) == ("mtvrptwr", ("1", "2", "3", "0"), False)
    assert found.length[found.depot].tolist() == found.time[found.depot].tolist() == [50, 100, 14, 0]  # 1.414
    assert found.windows.tolist() == [[0, 500], [250, 602], [0, 900], [0, 1000]]
    assert found.service.tolist() == [15, 15, 15]
    assert found.release is not None
    assert found.release.tolist() == [0, 200, 0]
    assert (found.fleet, found.capacity, found.demand.tolist()) == (2, 10, [6, 5, 4])


@pytest.mark.parametrize(("kind", "first_leg"), [("CEIL_2D", 2), ("FLOOR_2D", 1)])
def test_other_roundings_of_a_cvrp_are_read(tmp_path: Path, kind: str, first_leg: int) -> None:
    assert instance_of(tmp_path, changed(CVRP, ("EUC_2D", kind))).length[3, 0] == first_leg


FULL = "0 1 2 4\n1 0 3 5\n2 3 0 6\n4 5 6 0"


@pytest.mark.parametrize(
    ("form", "numbers"),
    [
        ("LOWER_ROW", "1 2 3 4 5 6"),
        ("UPPER_COL", "1 2 3\n4 5 6"),
        ("UPPER_ROW", "1 2 4\n3 5\n6"),
        ("LOWER_COL", "1 2 4 3 5 6"),
        ("LOWER_DIAG_ROW", "0\n1 0\n2 3 0\n4 5 6 0"),
        ("UPPER_DIAG_ROW", "0 1 2 4\n0 3 5\n0 6\n0"),
        ("FULL_MATRIX", FULL),
        ("FULL_MATRIX", FULL.replace("0 1 2 4", "9 1 2 4")),
    ],
)
def test_every_form_of_a_matrix_gives_the_same_lengths(tmp_path: Path, form: str, numbers: str) -> None:
    text = changed(EXPLICIT, ("LOWER_ROW", form), ("1\n2 3\n4 5 6", numbers))
    expected = instance_of(tmp_path, EXPLICIT).length
    assert np.array_equal(instance_of(tmp_path, text).length, expected)
    assert expected[3].tolist() == [1, 2, 4, 0]


def test_the_name_of_a_file_does_not_matter_and_neither_do_line_ends_or_marks(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"\xef\xbb\xbf" + EVRPTW.replace("\n", "\r\n").encode())
    assert read_instance(path).names == ("C1", "C2", "D0", "S1")
    assert read_instance(written(tmp_path, EVRPTW.replace("\n", "\r"))).kind == "evrptw"


def test_stations_of_an_evrpnl_keep_their_curves_and_hours_count(tmp_path: Path) -> None:
    instance = instance_of(tmp_path, EVRPNL)
    assert instance.names == ("1", "2", "0", "3")
    assert instance.curves == (((0.0, 0.0), (0.31, 13_600.0), (0.39, 15_200.0), (0.51, 16_000.0)),)
    assert instance.length[0, 2] == instance.time[0, 2] == 0.25
    assert instance.energy[1, 3] == 40 * 125
    assert instance.windows.tolist() == [[0, math.inf], [0, math.inf], [0, 10]]


def test_an_old_encoding_in_a_comment_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(changed(CVRP, ("three customers", "Corber\u00e1n")).encode("latin-1"))
    assert read_instance(path).customers == 3


def test_a_depot_that_opens_before_the_clock_starts_opens_with_it(tmp_path: Path) -> None:
    text = changed(EVRPTW, ("0.0   0.0   0.0     0.0        1000.0", "0.0   0.0   0.0     -5.0       1000.0"))
    assert instance_of(tmp_path, text).windows[2, 0] == 0


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("evrptw", "evrptw"),
        ("cevrp", "cevrp"),
        ("solomon", "vrptw"),
        ("cvrp_x", "cvrp"),
        ("loggi_ortec", "cvrp"),
        ("evrpnl", "evrpnl"),
        ("mtvrptwr", "mtvrptwr"),
    ],
)
def test_every_published_instance_is_read(shared: Path, folder: str, kind: str) -> None:
    files = [
        path
        for path in (shared / "bench" / folder / "instances").iterdir()
        if path.suffix not in {".sol", ".txt"} or folder not in {"evrpnl", "cvrp_x", "mtvrptwr"}
    ]
    assert files
    assert {read_instance(path).kind for path in files} == {kind}
