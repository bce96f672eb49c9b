"""What the measurement of growth tells, on figures known in advance and on a small town."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from planner.bench.drawing import picture, sizes_csv, workers_csv
from planner.bench.sizes import Size, grown
from planner.bench.workers import Crowd, simulate
from planner.cli import main
from tests.batch.small import write_town

ONE = Crowd(workers=1, days_per_min=59.0, day_s=1.0, runner_s=0.02)


def test_figures_that_grow_as_a_power_give_that_power_and_no_error() -> None:
    fit = grown([100, 200, 400, 800], [3 * n**1.25 for n in (100, 200, 400, 800)])
    assert fit is not None
    assert (fit.factor, fit.exponent) == pytest.approx((3, 1.25))
    assert fit.error == pytest.approx(0, abs=1e-6)
    assert fit.at(1600) == pytest.approx(3 * 1600**1.25)


def test_two_sizes_are_no_growth_and_a_day_that_failed_does_not_count() -> None:
    assert grown([100, 200, 400], [1.0, 2.0, None]) is None


def test_few_workers_plan_as_many_times_as_many_days_and_many_wait_for_the_runner() -> None:
    # One day takes a worker 1 s and the runner 0.02 s: 1 / 1.02 a second each, until the runner's 50 a second.
    assert simulate(ONE, 1).days_per_min == pytest.approx(60 / 1.02)
    assert simulate(ONE, 8).days_per_min == pytest.approx(8 * 60 / 1.02, rel=0.03)
    assert simulate(ONE, 500).days_per_min == pytest.approx(60 / 0.02, rel=0.03)


def test_tables_and_picture_hold_what_was_measured_and_the_day_that_failed() -> None:
    sizes = [
        Size(orders=n, seconds=n / 10, cpu_seconds=n / 9, memory_mb=300.0, planned=n, cost=2.0 * n, currency="EUR")
        for n in (30, 60, 120)
    ]
    failed = Size(orders=240, seconds=1.0, cpu_seconds=1.0, memory_mb=None, failure="E-S13 no plan")
    rows = list(csv.DictReader(io.StringIO(sizes_csv([*sizes, failed]))))
    assert [(row["orders"], row["cost"], row["failure"]) for row in rows] == [
        ("30", "60.0", ""),
        ("60", "120.0", ""),
        ("120", "240.0", ""),
        ("240", "", "E-S13 no plan"),
    ]
    crowds = list(csv.DictReader(io.StringIO(workers_csv([ONE, simulate(ONE, 2)]))))
    assert [(row["workers"], row["times"], row["simulated"]) for row in crowds] == [
        ("1", "1.0", "no"),
        ("2", "1.994", "yes"),
    ]
    drawn = picture([*sizes, failed], [ONE, simulate(ONE, 2)])
    assert drawn == picture([*sizes, failed], [ONE, simulate(ONE, 2)])
    assert b"<svg" in drawn


def test_days_of_a_small_town_are_planned_one_after_the_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fleet, out = write_town(tmp_path), tmp_path / "out"
    asked = ["--orders", "4,2", "--workers", "0", "--iterations-per-order", "1", "--fleet", str(fleet), "-o", str(out)]
    assert main(["bench", "scale", *asked, "--streets", str(tmp_path / "town.streets.npz")]) == 0
    rows = list(csv.DictReader(io.StringIO((out / "sizes.csv").read_text(encoding="utf-8"))))
    assert [(row["orders"], row["planned"]) for row in rows] == [("2", "2"), ("4", "4")]
    assert all(float(row["cost"]) > 0 and float(row["seconds"]) > 0 for row in rows)
    assert (out / "scale.svg").read_bytes().startswith(b"<?xml")
    assert "2        2" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("flag", "value", "said"),
    [
        ("--orders", "60,many", 'E-A01 --orders: "60,many" is no list of numbers from 1 to 10000'),
        ("--workers", "0,2", 'E-A01 --workers: "0,2" has 0'),
        ("--simulated", "", 'E-A01 --simulated: "" is no list'),
    ],
)
def test_a_list_that_is_none_is_told_before_anything_is_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], flag: str, value: str, said: str
) -> None:
    assert main(["bench", "scale", flag, value, "-o", str(tmp_path / "out")]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
