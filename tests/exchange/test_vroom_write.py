"""A day as VROOM's problem: what it says is the day's, and VROOM's answer to it passes the checker."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from planner import exchange
from planner.exchange.vroom_write import trips_for, vroom_problem
from planner.model import DriverBreak, OrderKind, Priority, TimeWindow
from planner.solve.problem import Problem
from tests.cli.conftest import Run, run  # noqa: F401  (a fixture)
from tests.factories import HOUR_S, make_day, make_order, make_type, make_vehicle
from tests.solve.factories import cut_off, make_problem


def schema() -> Any:
    return json.loads(Path(exchange.__file__).with_name("vroom_problem.schema.json").read_text(encoding="utf-8"))


def two_orders(**arrays: Any) -> Problem:
    """Orders at 1 and 2 km, the depot at 0: 10 kg and 20 l each, 100 s of service, a bay of 100 kg and 400 l."""
    usual: dict[str, Any] = {"shift": [[28_800, 61_200]], "regular_s": [61_200], "per_s": [5_000]}
    return make_problem(**(usual | arrays))


def test_orders_vehicles_and_tables_are_in_grams_thousandths_and_seconds() -> None:
    window = TimeWindow(start_s=30_000, end_s=36_000)
    day = make_day(orders=(make_order("A", priority=Priority.MUST), make_order("B", windows=(window,))))
    written = vroom_problem(day, two_orders(setup_s=[[40, 0]]), trips=1).document
    jsonschema.Draft202012Validator(schema()).validate(written)
    first, second = written["jobs"]
    assert {key: first[key] for key in ("id", "description", "setup", "service", "delivery", "priority")} == {
        "id": 1, "description": "A", "setup": 40, "service": 60, "delivery": [10_000, 20_000], "priority": 64,
    }  # fmt: skip
    assert (second["time_windows"], second["priority"], second["location_index"]) == ([[30_000, 36_000]], 8, 1)
    (vehicle,) = written["vehicles"]
    # 10 a day and 600 s of loading at 18 an hour; 0.10 a km.
    assert vehicle["costs"] == {"fixed": 13_000, "per_hour": 18_000, "per_task_hour": 18_000, "per_km": 100}
    assert (vehicle["capacity"], vehicle["time_window"]) == ([100_000, 400_000], [29_400, 61_200])
    assert (vehicle["start_index"], vehicle["end_index"], vehicle["skills"]) == (2, 2, [])
    (tables,) = written["matrices"].values()
    assert tables["durations"] == [[0, 100, 100], [100, 0, 200], [100, 200, 0]]
    assert tables["distances"] == [[0, 1_000, 1_000], [1_000, 0, 2_000], [1_000, 2_000, 0]]


def test_a_vehicle_of_several_trips_becomes_several_with_a_part_of_its_shift_and_of_its_cost() -> None:
    written = vroom_problem(make_day(orders=(make_order("A"), make_order("B"))), two_orders(), trips=2)
    first, second = written.document["vehicles"]
    assert [v["id"] for v in (first, second)] == [1, 2]
    assert [v["description"] for v in (first, second)] == ["v1, trip 1", "v1, trip 2"]
    assert [v["time_window"] for v in (first, second)] == [[29_400, 45_000], [45_600, 61_200]]
    assert [v["costs"]["fixed"] for v in (first, second)] == [8_000, 8_000]
    assert any("cut into 2 spans" in told for told in written.unsaid)


@pytest.mark.parametrize(("volume_l", "trips"), [(100, 1), (200, 2), (320, 2), (330, 3)])
def test_there_are_as_many_trips_as_the_goods_need_with_a_fifth_of_the_bay_free(volume_l: int, trips: int) -> None:
    assert trips_for(two_orders(volume_ml=[volume_l * 1_000] * 2)) == trips


def test_an_order_that_some_vehicles_may_not_serve_asks_for_a_skill_of_the_others() -> None:
    day = make_day(orders=(make_order("A"), make_order("B")), vehicles=(make_vehicle("v1"), make_vehicle("v2")))
    two = two_orders(vehicles=2, shift=[[0, 30_000]] * 2, regular_s=[30_000] * 2, allowed=[[1, 1], [0, 1]])
    written = vroom_problem(day, two, trips=1).document
    assert [job["skills"] for job in written["jobs"]] == [[], [1]]
    assert [vehicle["skills"] for vehicle in written["vehicles"]] == [[], [1]]


def test_a_pair_is_a_shipment_and_orders_at_one_kerb_share_their_place() -> None:
    pair = (make_order("A", pair="x", kind=OrderKind.PICKUP), make_order("B", pair="x"))
    paired = two_orders(partner=[1, 0], pickup=[1, 0], parcels=[0, 0], spot=[0, 0])
    written = vroom_problem(make_day(orders=pair), paired, trips=1).document
    (shipment,) = written["shipments"]
    assert written["jobs"] == []
    assert (shipment["pickup"]["description"], shipment["delivery"]["description"]) == ("A", "B")
    assert (shipment["pickup"]["location_index"], shipment["delivery"]["location_index"]) == (0, 0)
    assert shipment["amount"] == [10_000, 20_000]


def test_a_place_without_a_way_is_farther_than_any_shift_is_long() -> None:
    problem = two_orders()
    cut = two_orders(**cut_off(problem, 2, 1))
    written = vroom_problem(make_day(orders=(make_order("A"), make_order("B"))), cut, trips=1).document
    (tables,) = written["matrices"].values()
    assert tables["durations"][2][1] == 10_000_000


def test_a_break_is_in_the_span_in_which_it_may_begin() -> None:
    noon = DriverBreak(length_s=1_800, earliest_s=12 * HOUR_S, latest_s=13 * HOUR_S)
    day = make_day(orders=(make_order("A"), make_order("B")), vehicles=(make_vehicle(driver_break=noon),))
    resting = two_orders(breaks=[[1_800, 43_200, 46_800, 0]], shift=[[28_800, 64_800]], regular_s=[64_800])
    first, second = vroom_problem(day, resting, trips=2).document["vehicles"]
    assert first["breaks"] == [{"id": 1, "service": 1_800, "time_windows": [[43_200, 45_000]]}]
    assert "breaks" not in second


def test_what_vroom_has_no_words_for_is_told_with_how_often_it_is_there() -> None:
    day = make_day(orders=(make_order("A", late_max_s=60), make_order("B")), vehicles=(make_vehicle(),))
    told = vroom_problem(day, two_orders(release_s=[0, 30_000], group=[0, 0], docks=[1]), trips=1).unsaid
    assert told[0].startswith("batteries")
    assert "goods that come during the day (release): 1" in told
    assert "orders that go on one vehicle (group): 2" in told
    assert "docks: 1" in told
    assert not [line for line in told if line.startswith(("drivers", "several trips", "overtime"))]


def test_types_that_take_different_times_say_so_by_their_names() -> None:
    slow, quick = make_type("slow"), make_type("quick", service_factor=0.5)
    vehicles = (make_vehicle("a", type=slow), make_vehicle("b", type=quick))
    day = make_day(orders=(make_order("A"), make_order("B")), vehicles=vehicles)
    two = two_orders(
        vehicles=2, kinds=2, kind=[0, 1], per_s=[0, 0], shift=[[0, 30_000]] * 2, regular_s=[30_000] * 2,
        service_s=[[100, 100], [50, 100]],
    )  # fmt: skip
    first, second = vroom_problem(day, two, trips=1).document["jobs"]
    assert first["service_per_type"] == {"slow": 100, "quick": 50}
    assert "service_per_type" not in second


def test_vroom_answers_a_day_of_ours_no_better_than_we_do_and_both_answers_hold(run: Run) -> None:  # noqa: F811
    vroom = pytest.importorskip("vroom", reason="pyvroom is not installed")
    run("generate", "--orders", 14, "--seed", 5, "-o", "days")
    rows = next(Path("days").glob("*/orders.csv"))
    fleet = ("--fleet", "days/fleet.toml", "--date", rows.parent.name)
    code, out, _ = run("vroom", "write", rows, *fleet, "-o", "problem.json")
    assert (code, "14 stops" in out, "batteries" in out) == (0, True, True)
    described = {job["description"] for job in json.loads(Path("problem.json").read_text())["jobs"]}
    assert described == {row["id"] for row in csv.DictReader(rows.read_text().splitlines())}
    vroom.Input.from_json(Path("problem.json")).solve(exploration_level=5, nb_threads=1).to_json("theirs.json")
    assert run("vroom", "solve", "problem.json", "-o", "ours.json", "--iterations", 6_000)[0] == 0
    costs = []
    for name in ("theirs.json", "ours.json"):
        code, out, _ = run("vroom", "check", "problem.json", name, "--json")
        found = json.loads(out)
        assert (code, found["violations"], found["unassigned"]) == (0, [], 0)
        costs.append(found["cost"])
    assert costs[1] <= costs[0]
    answer = json.loads(Path("ours.json").read_text())
    answer["routes"][0]["steps"][1]["arrival"] += 1
    Path("late.json").write_text(json.dumps(answer))
    code, out, _ = run("vroom", "check", "problem.json", "late.json")
    assert (code, "arrival_wrong" in out) == (7, True)


def test_a_file_that_is_there_is_kept_unless_it_is_to_be_replaced(run: Run) -> None:  # noqa: F811
    Path("problem.json").write_text("mine")
    code, _, err = run("vroom", "write", "orders.csv", "--fleet", "fleet.toml")
    assert (code, "E-B07" in err, Path("problem.json").read_text()) == (2, True, "mine")
    code, _, err = run("vroom", "solve", "problem.json", "-o", "problem.json", "--force")
    assert (code, "is what is read" in err) == (2, True)
