"""What `streets info` tells, against figures known of the extracts."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from planner.demo import demo_folder

from .conftest import Ran

Run = Callable[..., Ran]


def told(run: Run, *arguments: object) -> dict[str, Any]:
    ran = run("streets", "info", *arguments, "--json")
    assert ran.code == 0
    answer: dict[str, Any] = json.loads(ran.out)
    return answer


def test_two_islands_are_two_large_parts_of_which_a_class_uses_one(shared: Path, run: Run) -> None:
    facts = told(run, shared / "osm" / "malta-2016.osm.pbf", "--class", "L6e")
    first, second, third = facts["parts"]["longest_km"][:3]
    assert (first > 2_000, 300 < second < 500, third < 100) == (True, True, True)
    assert facts["class"]["cut_off_km"] > 300
    assert facts["class"]["usable_km"] == pytest.approx(facts["class"]["parts"]["longest_km"][0], abs=0.2)


@pytest.mark.parametrize(
    ("extract", "side"), [("malta-2016", "left"), ("lauf-2020", "right"), ("monaco-2023", "right")]
)
def test_the_side_of_traffic_is_read_from_roundabouts(extract: str, side: str, shared: Path, run: Run) -> None:
    assert told(run, shared / "osm" / f"{extract}.osm.pbf")["keeps"] == side


def test_without_roundabouts_the_side_of_traffic_is_unknown(run: Run) -> None:
    assert told(run, demo_folder() / "coquimbo.streets.npz")["keeps"] == "unknown"


def test_kilometres_add_up(shared: Path, run: Run) -> None:
    facts = told(run, shared / "osm" / "lauf-2020.osm.pbf", "--class", "L6e")
    assert sum(share["km"] for share in facts["by_highway"].values()) == pytest.approx(facts["km"], abs=1)
    assert sum(share["segments"] for share in facts["by_highway"].values()) == facts["segments"]
    of_class = facts["class"]
    known = of_class["usable_km"] + of_class["cut_off_km"] + sum(of_class["closed_km"].values())
    assert known == pytest.approx(facts["km"], abs=1)
    assert of_class["closed_km"]["motorway"] > 5  # the A9


def test_a_clipped_extract_says_so_and_gives_the_box_of_its_streets(shared: Path, run: Run) -> None:
    ran = run("streets", "info", shared / "osm" / "lauf-2020.osm.pbf")
    assert "92 ways cut where the extract lacks their nodes" in ran.out
    assert "lat 49.4" in ran.out


def test_M04_M07_M19_no_file_no_class_no_map(tmp_path: Path, run: Run) -> None:
    (tmp_path / "junk.osm.pbf").write_bytes(b"junk")
    assert run("streets", "info", tmp_path / "none.osm.pbf").complaint.startswith("E-M04")
    assert run("streets", "info", tmp_path / "junk.osm.pbf").complaint.startswith("E-M19")
    assert run("streets", "info", demo_folder() / "coquimbo.streets.npz", "--class", "L9").complaint.startswith("E-C01")
