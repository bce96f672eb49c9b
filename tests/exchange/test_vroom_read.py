"""Reading VROOM problems: every fault with its place, and all that our rules cannot say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from planner import exchange
from planner.errors import InputError
from planner.exchange.vroom_build import build
from planner.exchange.vroom_read import read_problem
from planner.exchange.vroom_schema import ProblemDocument, SolutionDocument, schema_text

from .vroom_cases import PROBLEM, SOLUTION, problem, read, street

SCHEMAS = {"vroom_problem": (ProblemDocument, PROBLEM), "vroom_solution": (SolutionDocument, SOLUTION)}


def shipped(name: str) -> Any:
    return json.loads(Path(exchange.__file__).with_name(f"{name}.schema.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_schema_that_is_shipped_is_that_of_the_reader_and_takes_a_good_file(name: str) -> None:
    model, good = SCHEMAS[name]
    assert shipped(name) == json.loads(schema_text(model))  # type: ignore[arg-type]
    jsonschema.Draft202012Validator(shipped(name)).validate(good)
    jsonschema.Draft202012Validator.check_schema(shipped(name))


@pytest.mark.parametrize("bad", [{}, {"vehicles": [{}]}, problem(jobs=[{"id": "1"}]), problem(jobs=[{"id": -1}])])
def test_the_schema_and_the_reader_refuse_the_same(bad: dict[str, Any]) -> None:
    assert not jsonschema.Draft202012Validator(shipped("vroom_problem")).is_valid(bad)
    with pytest.raises(InputError):
        read(bad)


@pytest.mark.parametrize(
    "text",
    ["", "jobs", '{"jobs": [], "jobs": []}', '{"jobs": NaN}', "[" * 100_000],
    ids=["empty", "no JSON", "a key twice", "NaN", "nested"],
)
def test_what_is_no_document_is_refused(text: str, tmp_path: Path) -> None:
    file = tmp_path / "p.json"
    file.write_text(text)
    with pytest.raises(InputError, match=r"E-V01 p\.json: is no JSON document"):
        read_problem(file)


def jobs(**changes: Any) -> dict[str, Any]:
    found = problem()
    found["jobs"][0] |= changes
    return found


def vehicle(**changes: Any) -> dict[str, Any]:
    found = problem()
    found["vehicles"][0] |= changes
    return found


BREAK = {"id": 1, "service": 300, "time_windows": [[1_000, 2_000]]}


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        (jobs(priority=101), "E-V02 p.json column jobs[0].priority"),
        (jobs(service="60"), "E-V02 p.json column jobs[0].service"),
        (jobs(id=2), 'E-V03 p.json column jobs[1].id: "2" is the id of jobs[0] too'),
        (vehicle(id=8), "E-V03 p.json column vehicles[1].id"),
        (vehicle(breaks=[BREAK, BREAK]), "E-V03 p.json column vehicles[0].breaks[1].id"),
        (jobs(location_index=4), 'E-V04 p.json column jobs[0].location_index: "4" is no row of the tables'),
        (jobs(location_index=None), "E-V04 p.json column jobs[0].location_index: is missing"),
        (vehicle(start_index=None, end_index=None), "E-V04 p.json column vehicles[0]: has neither start_index nor"),
        (vehicle(profile="cars"), 'is a profile without a table; did you mean "car"?'),
        (problem(matrices={}), "E-V05 p.json column matrices: are missing"),
        (problem(matrices={"car": {"durations": [[0, 1], [1]]}}), "E-V05 p.json column matrices.car.durations[1]"),
        (problem(matrices={"car": {"durations": [[0] * 4] * 4}}), "matrices.car.distances: is missing, and a vehicle"),
        (jobs(delivery=[1, 1]), "E-V06 p.json column jobs[0].delivery: has 2 numbers, the longest capacity has 1"),
        (jobs(amount=[1]), "E-V06 p.json column jobs[0].amount: stands beside delivery"),
        (jobs(time_windows=[[900, 200]]), "E-V07 p.json column jobs[0].time_windows[0]"),
        (problem(jobs=[], shipments=[]), "there is nothing to do"),
    ],
)
def test_a_fault_is_told_with_its_place(bad: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError) as caught:
        read(bad)
    assert told in str(caught.value)


def test_all_faults_are_told_at_once() -> None:
    bad = jobs(location_index=9, time_windows=[[5, 4]])
    bad["vehicles"][1]["profile"] = "bike"
    with pytest.raises(InputError) as caught:
        read(bad)
    assert [fault.code for fault in caught.value.faults] == ["E-V04", "E-V04", "E-V07"]


def test_a_word_that_vroom_does_not_know_is_told_and_left() -> None:
    found = read(jobs(prio=3))
    assert [str(warning) for warning in found.warnings] == [
        "E-V08 p.json column jobs[0].prio: is no key of VROOM's, nothing is read from it"
        '; did you mean "priority"? → correct it, or leave it out'
    ]


def test_the_old_words_are_read() -> None:
    old = street(jobs=1)
    old["matrix"] = old.pop("matrices")["car"]["durations"]
    assert read(old).document.matrices["car"].durations == [[0, 100], [100, 0]]


@pytest.mark.parametrize(
    ("bad", "column"),
    [
        (jobs(pickup=[1]), "jobs[0]"),
        (jobs(time_windows=[[0, 1], [3, 4], [6, 7], [9, 10]]), "jobs[0].time_windows"),
        (vehicle(max_travel_time=9), "vehicles[0].max_distance"),
        (vehicle(breaks=[BREAK, BREAK | {"id": 2}]), "vehicles[0].breaks"),
        (vehicle(breaks=[BREAK | {"time_windows": [[0, 5], [9, 12]]}]), "vehicles[0].breaks[0].time_windows"),
        (vehicle(breaks=[BREAK | {"max_load": [3]}]), "vehicles[0].breaks[0].max_load"),
        (vehicle(breaks=[BREAK | {"time_windows": [[2_800, 2_900]]}]), "vehicles[0].breaks[0]"),
    ],
)
def test_what_our_rules_cannot_say_is_refused_by_name(bad: dict[str, Any], column: str) -> None:
    with pytest.raises(InputError) as caught:
        build(read(bad))
    assert [(fault.code, fault.column) for fault in caught.value.faults] == [("E-V09", column)]


def test_a_third_amount_is_taken_where_it_can_fill_no_vehicle() -> None:
    many = street(jobs=3, capacity=[2, 2, 3])
    for job in many["jobs"]:
        job["delivery"] = [1, 1, 1]
    built = build(read(many))
    assert built.problem.demand_g.tolist() == built.problem.volume_ml.tolist() == [1, 1, 1]
    many["vehicles"][0]["capacity"] = [2, 2, 2]
    with pytest.raises(InputError, match=r"has more than 2 numbers that may bind \(1, 2, 3\)"):
        build(read(many))


def test_a_route_that_is_given_to_begin_with_is_told_not_to_be_used() -> None:
    found = build(read(street(jobs=1, steps=[{"type": "job", "id": 1}])))
    assert [note.column for note in found.notes] == ["vehicles[0].steps"]
