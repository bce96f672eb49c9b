"""Fleets that serve less than was asked for, beside the one that is recommended."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from planner.cli import main
from tests.sizing.test_size_verb import folder_of

MOST_IN_A_SHIFT = 15  # orders of half an hour, and the drive, in eight hours


def test_the_frontier_says_what_each_vehicle_less_saves_and_leaves_behind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    counts = {"2026-03-10": 36, "2026-03-11": 20, "2026-03-12": 8}
    days, output = folder_of(tmp_path, counts), tmp_path / "out"
    assert main(["size", str(days), "--plugs", "1..2", "--iterations", "60", "-o", str(output)]) == 0
    with (output / "frontier.csv").open() as file:
        front = [row for row in csv.DictReader(file) if row["what"] != "other"]
    by_own = sorted(front, key=lambda row: int(row["without_couriers"]))
    assert [row["fleet"].split(",")[0] for row in by_own] == ["1 ami", "2 ami", "3 ami"]
    assert by_own[-1]["what"] == "recommended"
    served = [float(row["service_percent"]) for row in by_own]
    alone = 100 * (2 * MOST_IN_A_SHIFT + 8) / sum(counts.values())
    assert served[0] <= alone < served[1] < served[2] == 100
    assert all(
        int(row["cost_per_year"]) == pytest.approx(int(row["couriers"]) + int(row["without_couriers"]), abs=1)
        for row in front
    )
    assert "1 ami, 1 plug" in {row["fleet"] for row in front}  # it has no use for a second one
    told = capsys.readouterr().out
    assert f"the knee of cost against service is {next(row['fleet'] for row in front if row['knee'])}" in told
