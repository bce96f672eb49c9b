"""Plan files: what is written is read back equal, and what is damaged is refused with its place."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner import io
from planner.errors import InputError
from planner.io.plan_file import plan_to_json, read_plan, write_plan
from planner.io.plan_schema import decode_line, encode_line, schema_text
from planner.model import Scenario, TimeWindow, Traffic
from planner.plan import Plan, Reason, Robust, Unassigned, Violation
from tests.factories import make_day, make_plan, make_provenance

SCHEMA = Path(io.__file__).with_name("plan.schema.json")
PLANS = {
    "whole": make_plan(),
    "empty": make_plan(routes=(), unassigned=(), day=make_day(orders=(), stations=())),
    "unknown ids": make_plan(
        day=make_day(orders=(), vehicles=()),
        unassigned=(Unassigned(order_id="gone", reason=Reason.FLEET_FULL, detail=""),),
    ),
    "with traffic": make_plan(day=make_day(traffic=(Traffic(start_s=27_000, end_s=32_400, speed=0.7),))),
    "with slack": make_plan(
        provenance=make_provenance(
            robust=Robust(share=0.8, held=3, scenarios=5, padding=Scenario(name="padding", plugs_out=("hub-1",)))
        )
    ),
    "with violations": make_plan(violations=(Violation(code="V-load", where="v1 o1", message="5 kg too much"),)),
    "with a time limit": make_plan(provenance=make_provenance(time_limit_s=12.5, stopped_by="time_limit")),
}


def document(plan: Plan) -> Any:
    return json.loads(plan_to_json(plan))


def refused(folder: Path, data: bytes) -> str:
    path = folder / "plan.json"
    path.write_bytes(data)
    with pytest.raises(InputError) as caught:
        read_plan(path)
    assert {fault.code for fault in caught.value.faults} == {"E-F14"}
    return str(caught.value)


def edited(edit: Callable[[Any], object]) -> bytes:
    changed = document(make_plan())
    edit(changed)
    return json.dumps(changed).encode()


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS.keys())
def test_a_plan_read_back_is_equal_and_fits_the_shipped_schema(tmp_path: Path, plan: Plan) -> None:
    path = tmp_path / "plan.json"
    write_plan(plan, path)
    assert read_plan(path) == plan
    jsonschema.validate(json.loads(path.read_bytes()), json.loads(SCHEMA.read_bytes()))


def test_the_shipped_schema_is_the_one_that_the_code_checks_by() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == schema_text()


def test_equal_plans_give_equal_bytes_whatever_the_order_of_the_inputs() -> None:
    hashes = {"orders.csv": "1" * 64, "fleet.toml": "2" * 64}
    turned = dict(reversed(hashes.items()))
    plans = [make_plan(provenance=make_provenance(inputs_sha256=order)) for order in (hashes, turned)]
    assert plan_to_json(plans[0]) == plan_to_json(plans[1])


def test_the_summary_adds_up_by_hand() -> None:
    summary = document(make_plan())["summary"]
    assert summary == {
        "cost": 11.373175,
        "cost_by_kind": {
            "vehicles": 10.0,
            "distance": 0.6,
            "time": 0.7,
            "energy": 0.073175,
            "wear": 0.0,
            "overtime": 0.0,
            "lateness": 0.0,
            "minimum_pay": 0.0,
            "balance": 0.0,
        },
        "routes": 1,
        "unassigned": 1,
        "deliveries": 2,
        "delivery": [70.0, 140.0],
        "pickups": 0,
        "pickup": [0.0, 0.0],
        "service": 360,
        "duration": 720,
        "waiting_time": 240,
        "distance": 6_000.0,
        "energy_wh": 365.875,
        "charged_wh": 100.0,
        "night_wh": 265.875,
        "missing_wh": 0.0,
        "trips": 2,
        "reloads": 1,
        "charges": 1,
        "breaks": 0,
        "swaps": 0,
        "late_s": 0,
        "stops_late": 0,
    }


def test_steps_speak_vroom_with_energy_beside_it() -> None:
    (route,) = document(make_plan())["routes"]
    assert [step["type"] for step in route["steps"]] == ["start", "delivery", "reload", "charge", "delivery", "end"]
    assert [step["duration"] for step in route["steps"]] == [0, 120, 240, 240, 480, 720]
    assert [step["distance"] for step in route["steps"]] == [0.0, 1_000.0, 2_000.0, 2_000.0, 4_000.0, 6_000.0]
    second = route["steps"][4]
    assert (second["id"], second["location"], second["load"]) == ("o2", [-71.342, -29.952], [0.0, 0.0])
    assert (second["arrival"], second["waiting_time"], second["service"]) == (30_660, 240, 180)
    assert (second["stored_arrival_wh"], second["soc_arrival"]) == (4_844.25, 0.9688)
    charge = route["steps"][3]
    assert (charge["plug"], charge["power_w"], charge["charged_wh"]) == ("hub-1", 600.0, 100.0)
    assert "leg" not in charge


def test_late_stops_are_told_with_how_late_they_are() -> None:
    # o2 is begun at 30,900 s; its window ends 125 s before.
    plan = make_plan()
    orders = tuple(
        replace(o, windows=(TimeWindow(start_s=0, end_s=30_775),), late_max_s=300) if o.id == "o2" else o
        for o in plan.day.orders
    )
    written = document(replace(plan, day=replace(plan.day, orders=orders)))
    assert [step.get("late_s") for step in written["routes"][0]["steps"]] == [None, None, None, None, 125, None]
    assert (written["summary"]["late_s"], written["summary"]["stops_late"]) == (125, 1)


def test_the_night_says_who_charges_where_from_when_to_when_and_for_how_much() -> None:
    (route,) = document(make_plan())["routes"]
    assert route["night"] == {
        "until": 115_200,
        "charges": [
            {
                "plug": "hub-1",
                "begin": 31_320,
                "end": 32_278,
                "charged_wh": 265.875,
                "power_w": 1_000.0,
                "cost": 0.053175,
            }
        ],
        "charged_wh": 265.875,
        "missing_wh": 0.0,
    }


def test_a_plan_that_looks_no_further_than_the_shift_is_read(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_bytes(edited(lambda plan: plan["routes"][0].pop("night")))
    assert read_plan(path).routes[0].night is None


def test_an_order_left_out_has_its_place_and_reason() -> None:
    assert document(make_plan())["unassigned"] == [
        {
            "id": "o3",
            "type": "delivery",
            "location": [-71.341, -29.951],
            "reason": "too_heavy",
            "detail": "900 kg, the largest bay takes 100 kg",
        }
    ]


def test_text_is_kept_as_it_is(tmp_path: Path) -> None:
    odd = "=1+1 \u202e\u00fc\n\x1b[31m"
    plan = make_plan(day=replace(make_day(), currency=odd))
    write_plan(plan, tmp_path / "plan.json")
    assert read_plan(tmp_path / "plan.json").day.currency == odd


@given(
    st.lists(
        st.tuples(
            st.integers(-180_000_000, 180_000_000).map(lambda micro: micro / 1_000_000),
            st.integers(-90_000_000, 90_000_000).map(lambda micro: micro / 1_000_000),
        )
    ).map(tuple)
)
def test_geometry_in_millionths_of_a_degree_is_kept_exactly(line: tuple[tuple[float, float], ...]) -> None:
    assert decode_line(encode_line(line)) == line


@pytest.mark.parametrize("data", [b"", b"{", b"\x00\xff", b"[" * 100_000, b"[]", b"null", b"3"])
def test_F14_what_is_no_plan_is_refused(tmp_path: Path, data: bytes) -> None:
    refused(tmp_path, data)


def test_F14_another_version_is_refused_by_name(tmp_path: Path) -> None:
    said = refused(tmp_path, edited(lambda plan: plan.update(format="planner-plan-9")))
    assert "planner-plan-9" in said
    assert "planner-plan-1" in said


def test_F14_a_key_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    doubled = plan_to_json(make_plan()).replace(b'"trip": 1', b'"trip": 1, "trip": 1', 1)
    assert 'the key "trip" is there twice' in refused(tmp_path, doubled)


@pytest.mark.parametrize("word", [b"NaN", b"Infinity", b"-Infinity", b"1e999"])
def test_F14_numbers_that_are_not_finite_are_refused(tmp_path: Path, word: bytes) -> None:
    refused(tmp_path, plan_to_json(make_plan()).replace(b'"stored_end_wh": 4930.0', b'"stored_end_wh": ' + word))


@pytest.mark.parametrize(
    ("edit", "place"),
    [
        (lambda plan: plan.pop("day"), "column day:"),
        (lambda plan: plan["day"].pop("orders"), "column day.orders:"),
        (lambda plan: plan["day"]["orders"][1].pop("lat"), "column day.orders[1].lat:"),
        (lambda plan: plan["day"]["orders"][1].update(colour="red"), "column day.orders[1].colour:"),
        (lambda plan: plan["routes"][0]["steps"][2].pop("arrival"), "column routes[0].steps[2].arrival:"),
        (lambda plan: plan["routes"][0]["steps"][2].update(arrival="08:00"), "column routes[0].steps[2].arrival:"),
        (lambda plan: plan["routes"][0]["steps"][2].update(type="fly"), "column routes[0].steps[2].type:"),
        (lambda plan: plan["routes"][0]["steps"][1]["leg"].update(geometry="_"), "steps[1].leg.geometry:"),
        (lambda plan: plan["unassigned"][0].update(reason="bored"), "column unassigned[0].reason:"),
        (lambda plan: plan["provenance"].pop("seed"), "column provenance.seed:"),
        (lambda plan: plan.update(extra=1), "column extra:"),
    ],
)
def test_F14_what_is_missing_wrong_or_unknown_is_named_by_its_place(
    tmp_path: Path, edit: Callable[[Any], object], place: str
) -> None:
    assert place in refused(tmp_path, edited(edit))


def test_F14_all_damages_are_named_at_once(tmp_path: Path) -> None:
    def damage(plan: Any) -> None:
        plan["provenance"].pop("seed")
        plan["routes"][0]["steps"][0].pop("trip")

    assert len(refused(tmp_path, edited(damage)).splitlines()) == 2


def test_a_plan_edited_by_hand_is_read_with_its_edits(tmp_path: Path) -> None:
    def delay(plan: Any) -> None:
        plan["routes"][0]["steps"][1]["arrival"] += 60

    path = tmp_path / "plan.json"
    path.write_bytes(edited(delay))
    assert read_plan(path).routes[0].steps[1].arrival_s == 29_580
