"""`planner explain` as a user meets it: exit codes, what is printed, what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema

from planner.io.explained_file import explanations_from_json
from planner.io.plan_file import write_plan
from planner.plan import Plan
from planner.roads.streets import save_streets
from tests.cli.conftest import Run
from tests.explain.street import STREETS, day, explained, order, planned, until

# The shape that docs/explain.md promises.
TEXT, NUMBER = {"type": "string"}, {"type": "number"}
SHAPE = {
    "type": "object",
    "required": ["format", "currency", "orders"],
    "properties": {
        "format": {"const": "planner-explanations-1"},
        "orders": {
            "items": {
                "required": ["id", "grade", "reason", "detail", "shortfalls", "repairs", "cut"],
                "properties": {
                    "grade": {"enum": ["proved", "not_found"]},
                    "shortfalls": {
                        "items": {
                            "required": ["type", "rule", "amount", "unit", "at_least", "vehicle", "after", "text"]
                        }
                    },
                    "repairs": {
                        "items": {
                            "required": ["kind", "amount", "unit", "target", "vehicle", "begin", "extra_cost", "text"],
                            "properties": {"begin": {"type": "integer"}, "extra_cost": NUMBER, "text": TEXT},
                        }
                    },
                },
            }
        },
    },
}


def late() -> Plan:
    """One order that is served, and one whose window is missed by seven minutes."""
    return planned(day(order("near"), order("late", windows=until(5))))


def written(plan: Plan, folder: Path) -> Path:
    """Write a plan beside the streets that it names."""
    save_streets(STREETS, folder / plan.provenance.streets_file)
    write_plan(plan, folder / "plan.json")
    return folder / "plan.json"


def test_the_order_left_out_is_explained_with_what_would_make_it_fit(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("explain", written(late(), tmp_path))
    assert code == 0
    assert "late  time window cannot be met" in out
    assert "7 min late, even as its only trip" in out
    assert "window +10 min (until 08:15): v1 at" in out


def test_json_has_the_shape_of_the_docs_and_reads_back(run: Run, tmp_path: Path) -> None:
    code, out, err = run("explain", written(late(), tmp_path), "late", "--json")
    assert (code, err.strip()) == (0, "")
    jsonschema.validate(json.loads(out), SHAPE)
    assert explanations_from_json(out) == (explained(late(), "late"),)


def test_a_plan_with_every_order_has_nothing_to_explain(run: Run, tmp_path: Path) -> None:
    file = written(planned(day(order())), tmp_path)
    code, out, _ = run("explain", file)
    assert (code, out) == (0, "every order is planned: there is nothing to explain\n")
    code, out, _ = run("explain", file, "--json")
    assert (code, json.loads(out)["orders"]) == (0, [])


def test_an_unknown_order_and_one_that_is_planned_are_refused_with_exit_code_2(run: Run, tmp_path: Path) -> None:
    code, out, err = run("explain", written(late(), tmp_path), "lte", "near")
    assert (code, out) == (2, "")
    assert 'E-P01 plan.json: "lte" is none of the 2 orders of this day; did you mean "late"?' in err
    assert 'E-P02 plan.json: "near" is planned: v1 serves it at' in err


def test_a_damaged_plan_is_refused_with_exit_code_2(run: Run, tmp_path: Path) -> None:
    file = written(late(), tmp_path)
    whole = file.read_text()
    file.write_text(whole[: len(whole) // 2])
    code, _, err = run("explain", file)
    assert code == 2
    assert "E-F14" in err
    file.write_text(whole.replace('"start_soc": 1.0', '"start_soc": 0.11'))
    code, _, err = run("explain", file)
    assert code == 2
    assert "E-P03 plan.json: the plan does not hold" in err


def test_streets_that_are_gone_or_others_are_named(run: Run, tmp_path: Path) -> None:
    file = written(late(), tmp_path)
    streets = tmp_path / late().provenance.streets_file
    moved = streets.rename(tmp_path / "moved.streets.npz")
    assert run("explain", file)[0] == 3
    assert run("explain", file, "--streets", moved)[0] == 0
