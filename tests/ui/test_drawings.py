"""What the maps and charts are made of."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from charts import charge_chart, dock_chart, night_chart, plug_chart, stored_line
from look import DARK, LIGHT, Look
from maps import orders_map, picked_vehicle, plan_map
from street_paths import MOST_POINTS, street_paths
from words import explain, plain

import planner.report
from planner.errors import Fault, InputError
from planner.language.words import Words
from planner.plan import Plan
from planner.report.view import PlanView
from tests.factories import make_day, make_order, make_plan
from tests.report.conftest import make_grid

ENGLISH = Words("en")
HOSTILE = "@@=alert(1)"


def spec(deck: Any) -> dict[str, Any]:
    return dict(json.loads(deck.to_json()))


def data(deck: Any, id: str) -> list[dict[str, Any]]:
    return list(next(layer["data"] for layer in spec(deck)["layers"] if layer["id"] == id))


def test_a_plan_shows_streets_routes_stops_sites_and_in_red_what_is_left_out() -> None:
    deck = plan_map(PlanView(make_plan()), street_paths(make_grid(side=4)), LIGHT, ENGLISH, only=None)
    assert len(data(deck, "routes")) == 4
    assert len(data(deck, "stops")) == 2
    assert (len(data(deck, "depots")), len(data(deck, "stations"))) == (1, 1)
    assert "too heavy" in data(deck, "unassigned")[0]["tip"]
    assert any(layer["id"].startswith("streets-") for layer in spec(deck)["layers"])


def test_U17_no_map_asks_a_tile_server() -> None:
    text = plan_map(PlanView(make_plan()), (), DARK, ENGLISH, only=None).to_json()
    assert "http" not in text
    assert "mapProvider" not in text


def test_a_vehicle_alone_has_its_stops_numbered_by_trip() -> None:
    numbers = data(plan_map(PlanView(make_plan()), (), LIGHT, ENGLISH, only="v1"), "numbers")
    assert [stop["number"] for stop in numbers] == ["1.1", "2.1"]
    assert data(plan_map(PlanView(make_plan()), (), LIGHT, ENGLISH, only=None), "stops")[0]["number"] == ""


def test_U15_no_text_of_the_user_stands_where_deck_gl_would_run_it() -> None:
    day = make_day(orders=(make_order(HOSTILE, address=HOSTILE),))
    for layer in spec(orders_map(day, (), LIGHT, ENGLISH))["layers"]:
        texts = [value for thing in layer["data"] for value in thing.values() if isinstance(value, str)]
        assert [text for text in texts if text.startswith("@@")] == []


def test_a_click_on_a_route_or_a_stop_names_its_vehicle() -> None:
    stop = data(plan_map(PlanView(make_plan()), (), LIGHT, ENGLISH, only=None), "stops")[0]
    assert picked_vehicle({"objects": {"stops": [stop]}}) == "v1"
    assert picked_vehicle({"objects": {"depots": [{}]}}) is None
    assert picked_vehicle({}) is None


def test_U13_of_6000_orders_5000_are_drawn() -> None:
    day = make_day(orders=tuple(make_order(f"o{number}") for number in range(6_000)))
    assert len(data(orders_map(day, (), LIGHT, ENGLISH), "orders")) == 5_000


def test_streets_arrive_as_they_left_and_large_ones_lose_their_faintest() -> None:
    small = street_paths(make_grid(side=3))
    ends = np.array([path[:2] for rank in small for path in rank.paths])
    assert np.abs(ends - [-71.34, -29.95]).max() < 0.01
    large = street_paths(make_grid(side=140, points=12))
    assert sum(rank.points for rank in large) <= MOST_POINTS
    assert len(large) < 5


def test_a_charge_beside_a_reload_rises_over_its_own_span() -> None:
    line = stored_line(make_plan().routes[0])
    assert line == sorted(line)
    assert (29_820, 4_864.75) in line
    assert (30_420, 4_964.75) in line
    assert (30_420, 4_864.75) not in line


@pytest.mark.parametrize("look", [LIGHT, DARK])
def test_charts_show_each_vehicle_its_reserve_and_its_plug(look: Look) -> None:
    view = PlanView(make_plan())
    charge = charge_chart(view, view.plan.routes, look, ENGLISH).to_dict()
    assert "'reserve': 0.1" in str(charge)
    plug = plug_chart(view, look, ENGLISH)
    assert plug is not None
    assert "hub-1" in str(plug.to_dict())


def test_the_night_has_a_lane_per_plug_of_a_depot_from_the_return_until_tomorrow() -> None:
    chart = night_chart(PlanView(make_plan()), LIGHT, ENGLISH)
    assert chart is not None
    drawn = chart.to_dict()
    ((bar,),) = drawn["datasets"].values()
    assert (bar["lane"], bar["clock"], bar["energy"]) == ("hub-1", "08:42 to 08:57", "0.27 kWh at 1.0 kW, €0.05")
    assert drawn["encoding"]["y"]["scale"]["domain"] == ["hub-1", "hub-2"]
    assert drawn["encoding"]["x"]["scale"]["domain"] == ["2026-05-12T08:00:00Z", "2026-05-13T08:00:00Z"]


def test_where_docks_are_few_each_has_a_lane_with_its_loadings() -> None:
    plan = make_plan()
    assert dock_chart(PlanView(plan), LIGHT, ENGLISH) is None
    few = replace(plan, day=replace(plan.day, depots=(replace(plan.day.depots[0], docks=2),)))
    chart = dock_chart(PlanView(few), LIGHT, ENGLISH)
    assert chart is not None
    drawn = chart.to_dict()
    (bars,) = drawn["datasets"].values()
    assert [(bar["lane"], bar["clock"]) for bar in bars] == [
        ("hub · dock 1", "08:00 to 08:10"),
        ("hub · dock 1", "08:17 to 08:27"),
    ]
    assert drawn["encoding"]["y"]["scale"]["domain"] == ["hub · dock 1", "hub · dock 2"]


def test_a_plan_without_routes_has_a_map_and_no_plug_lane() -> None:
    plan: Plan = make_plan(routes=())
    assert plug_chart(PlanView(plan), LIGHT, ENGLISH) is None
    assert night_chart(PlanView(plan), LIGHT, ENGLISH) is None
    assert data(plan_map(PlanView(plan), (), LIGHT, ENGLISH, only=None), "routes") == []


def test_the_light_page_has_the_colours_of_the_exported_map() -> None:
    script = (Path(planner.report.__path__[0]) / "map_tools.js").read_text(encoding="utf-8")
    assert tuple(re.findall(r'"(#\w+)"', script.split("COLOURS = ")[1].split(";")[0])) == LIGHT.vehicles


def test_U16_marks_of_markdown_are_escaped_and_controls_made_visible() -> None:
    assert plain("![x](http://evil) *a* :red[b]\u202e") == (r"\!\[x\]\(http\:\/\/evil\) \*a\* \:red\[b\]" + r"\\u202e")


def test_many_faults_are_told_as_a_few_and_a_count() -> None:
    faults = [Fault(code="E-O07", file="a.csv", message="is wrong", remedy="mend it", row=n) for n in range(9)]
    assert explain(InputError(faults), ENGLISH).count("is wrong") == 5
    assert "and 4 more" in explain(InputError(faults), ENGLISH)
