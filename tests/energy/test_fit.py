"""The fitted figures of the catalogue are those that the fit gives, and predict ranges as documented."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from planner.catalogue import figure_sources, type_names, vehicle_type

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "energy.md"


@pytest.fixture(scope="module")
def printed() -> str:
    run = [sys.executable, "data/fit_energy.py"]
    return subprocess.run(run, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=True).stdout


def rows(table: str) -> dict[str, list[str]]:
    """Return the cells of a Markdown table by their first column."""
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.strip().splitlines()[2:]]
    return {first: cells for first, *cells in lines}


@pytest.fixture(scope="module")
def by_body(printed: str) -> dict[str, list[str]]:
    return rows(printed.split("\n\n", maxsplit=1)[0])


@pytest.fixture(scope="module")
def by_type(printed: str) -> dict[str, list[str]]:
    return rows(printed.split("\n\n")[1])


def percent(cell: str) -> float:
    return float(cell.removesuffix("%"))


def test_the_documented_tables_are_those_of_the_fit(printed: str) -> None:
    document = DOCUMENT.read_text(encoding="utf-8")
    assert [table for table in printed.strip().split("\n\n") if table not in document] == []


def test_each_type_has_the_efficiency_fitted_to_its_body(
    by_body: dict[str, list[str]], by_type: dict[str, list[str]]
) -> None:
    assert set(by_type) == set(type_names())
    for name, cells in by_type.items():
        assert vehicle_type(name).drivetrain_efficiency == float(by_body[cells[0]][2])
        assert figure_sources(name)["drivetrain_efficiency"] == "fitted to published ranges"


def test_fitted_efficiencies_can_be_those_of_a_drivetrain(by_body: dict[str, list[str]]) -> None:
    assert [body for body, cells in by_body.items() if cells[2] and not 0.6 <= float(cells[2]) <= 0.9] == []


def test_a_type_that_the_fit_has_not_seen_is_predicted_within_15_percent_on_average(
    by_body: dict[str, list[str]],
) -> None:
    assert percent(by_body["all"][3]) <= 15
    assert int(by_body["all"][1]) >= 30


def test_a_day_of_deliveries_leaves_55_to_75_percent_of_the_claim_but_for_the_types_named(
    by_type: dict[str, list[str]],
) -> None:
    outside = {name for name, cells in by_type.items() if not 55 <= percent(cells[6]) <= 75}
    explained = DOCUMENT.read_text(encoding="utf-8").split("## Outside the band")[1].split("\n## ")[0]
    assert outside == set(re.findall(r"`([a-z0-9-]+)`", explained))


def test_a_day_of_deliveries_leaves_half_to_three_quarters_of_what_the_model_predicts(
    by_type: dict[str, list[str]],
) -> None:
    assert [name for name, cells in by_type.items() if not 50 <= percent(cells[7]) <= 75] == []
