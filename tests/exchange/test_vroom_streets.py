"""VROOM problems of coordinates on one street eastwards, driven at 10 m/s: a kilometre is 100 s."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from planner.catalogue import road_class
from planner.errors import InputError
from planner.exchange.vroom_read import ProblemFile, parse_problem
from planner.exchange.vroom_streets import StreetTables
from planner.model import RoadClass
from planner.roads.streets import save_streets
from tests.cli.conftest import Run, run  # noqa: F401  (a fixture)
from tests.explain.street import STREETS, at
from tests.roads.towns import PLAIN_CLASS, STREET_36, degrees, town

from .vroom_cases import METRES, SECONDS, problem


def place(km: float, *, north_m: float = 0.0) -> list[float]:
    spot = at(km, north_m=north_m)
    return [spot["lon"], spot["lat"]]


def on_the_street(*kms: float, **vehicle: Any) -> dict[str, Any]:
    """Jobs so many kilometres from where the vehicle starts and ends."""
    return {
        "vehicles": [{"id": 1, "start": place(1), "end": place(1)} | vehicle],
        "jobs": [{"id": i, "location": place(1 + km)} for i, km in enumerate(kms, 1)],
    }


def read(raw: dict[str, Any], fallback: RoadClass | None = PLAIN_CLASS) -> ProblemFile:
    return parse_problem(raw, "p.json", StreetTables(streets=STREETS, fallback=fallback))


def refused(raw: dict[str, Any], fallback: RoadClass | None = PLAIN_CLASS) -> str:
    with pytest.raises(InputError) as caught:
        read(raw, fallback)
    return str(caught.value)


def test_coordinates_get_the_seconds_and_metres_of_the_street() -> None:
    document = read(on_the_street(1, 3, 1)).document
    tables = document.matrices["car"]
    assert [job.location_index for job in document.jobs] == [0, 1, 0], "one place has one row"
    assert (document.vehicles[0].start_index, document.vehicles[0].end_index) == (2, 2)
    assert tables.durations is not None
    assert tables.distances is not None
    for (a, b), (seconds, metres) in {(2, 0): (100, 1_000), (0, 1): (200, 2_000), (1, 2): (300, 3_000)}.items():
        assert tables.durations[a][b] == pytest.approx(seconds, abs=1.01)
        assert tables.distances[a][b] == pytest.approx(metres, abs=1.01)
    assert [tables.durations[i][i] for i in range(3)] == [0, 0, 0]


def test_a_profile_that_is_a_class_of_ours_is_driven_so_and_another_as_said() -> None:
    for profile, kmh in (("L6e", 45), ("L6e-de-25", 25), ("car", 90)):
        tables = StreetTables(streets=STREETS, fallback=PLAIN_CLASS)
        parse_problem(on_the_street(1, profile=profile), "p.json", tables)
        assert tables.measured[profile].top_speed_kmh == kmh
    slow = read(on_the_street(1, profile="L6e-de-25")).document.matrices["L6e-de-25"].durations
    assert slow is not None
    assert slow[0][1] == pytest.approx(1_000 / 25 * 3.6, abs=1.01)


def test_a_profile_that_says_nothing_to_us_is_refused_with_the_classes() -> None:
    told = refused(on_the_street(1), fallback=None)
    assert 'E-V04 p.json column vehicles[0].profile: "car" has no table and is no road class of ours' in told
    assert "--class with one of L6e" in told


def test_tables_of_the_problem_win() -> None:
    given = problem()
    for job in given["jobs"]:
        job["location"] = place(7)
    found = read(given).document
    assert found.matrices["car"].durations == SECONDS
    assert found.matrices["car"].distances == METRES


def test_a_profile_without_a_table_beside_one_with_takes_its_places() -> None:
    mixed = on_the_street(1, 2)
    mixed["vehicles"] += [{"id": 2, "profile": "L6e", "start": place(1), "start_index": 0}]
    mixed["vehicles"][0] |= {"start_index": 0, "end_index": 0}
    for job, index in zip(mixed["jobs"], (1, 3), strict=True):
        job["location_index"] = index
    mixed["matrices"] = {"car": {"durations": SECONDS}}
    tables = read(mixed).document.matrices
    assert tables["car"].durations == SECONDS
    measured = tables["L6e"].durations
    assert measured is not None
    assert len(measured) == 4
    assert measured[0][3] == pytest.approx(2_000 / (36 * road_class("L6e").urban_factor) * 3.6, abs=1.01)


def test_places_without_coordinates_or_far_from_every_street_are_named_all_at_once() -> None:
    lost = on_the_street(1, 2, 3)
    del lost["jobs"][0]["location"]
    del lost["jobs"][2]["location"]
    told = refused(lost)
    assert [f"jobs[{i}].location: is missing" in told for i in range(3)] == [True, False, True]
    far = on_the_street(1, 2, 3)
    far["jobs"][1]["location"] = place(2, north_m=400)
    far["jobs"][2]["location"] = place(2)[::-1]
    told = refused(far)
    assert "E-V11 p.json column jobs[1].location" in told
    assert "lies 400 m from every street" in told
    assert "E-V11 p.json column jobs[2].location" in told
    assert "[lon, lat]" in told


def test_places_without_a_way_between_them_are_named() -> None:
    # A class that stops at its kerb drives round a ring one way for the places inside, the other for those outside.
    corners = [(0, 0), (1_000, 0), (1_000, 1_000)]
    ring = town(corners, (0, 1, STREET_36), (1, 2, STREET_36), (2, 0, STREET_36))
    (inside, outside) = (spot[::-1].tolist() for spot in degrees([(300, 10), (300, -10)]))
    both = {"vehicles": [{"id": 1, "start": inside}], "jobs": [{"id": 1, "location": outside}]}
    with pytest.raises(InputError, match="E-V12") as caught:
        parse_problem(both, "p.json", StreetTables(streets=ring, fallback=replace(PLAIN_CLASS, kerb=True)))
    assert "jobs[0].location to vehicles[0].start, vehicles[0].start to jobs[0].location" in str(caught.value)


def test_the_verbs_solve_and_check_a_problem_of_coordinates(run: Run, tmp_path: Path) -> None:  # noqa: F811
    streets, file, answer = tmp_path / "s.streets.npz", tmp_path / "p.json", tmp_path / "a.json"
    save_streets(STREETS, streets)
    file.write_text(json.dumps(on_the_street(1, 2, 4, profile="L7e")), encoding="utf-8")
    code, _, complaint = run("vroom", "solve", file)
    assert (code, complaint.count("E-V"), "--streets" in complaint) == (2, 1, True)
    code, _, complaint = run("vroom", "solve", file, "--streets", streets, "-o", answer, "--iterations", 50)
    assert code == 0, complaint
    assert 'profile "L7e" is driven as L7e' in complaint
    summary = json.loads(answer.read_text(encoding="utf-8"))["summary"]
    assert summary["distance"] == pytest.approx(8_000, abs=4)
    code, told, _ = run("vroom", "check", file, answer, "--streets", streets)
    assert (code, "0 violations" in told) == (0, True)
    code, _, complaint = run("vroom", "check", file, answer, "--class", "L7e")
    assert (code, "--streets" in complaint) == (2, True)
