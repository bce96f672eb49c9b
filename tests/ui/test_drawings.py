"""What the maps and charts are made of."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from charts import charge_chart, dock_chart, night_chart, plug_chart, power_chart, power_line, stored_line
from look import DARK, LIGHT, Look
from maps import Picked, orders_map, picked, plan_map
from street_lines import street_lines
from timeline import dropped, lanes, timeline
from words import explain, plain

import planner.report
from planner.errors import Fault, InputError
from planner.language.words import Words
from planner.plan import Plan, StepKind
from planner.report.view import PlanView
from planner.roads.streets import Streets
from tests.factories import make_day, make_order, make_plan
from tests.report.conftest import make_grid

ENGLISH = Words("en")
HOSTILE = "</script><img src=x onerror=alert(1)>"
NOON = datetime(2026, 5, 12, 16, tzinfo=UTC)  # in Chile


def test_a_plan_shows_routes_stops_sites_and_in_red_what_is_left_out() -> None:
    drawn = plan_map(PlanView(make_plan()), "streets", LIGHT, ENGLISH, only="v1", order="o1")
    (route,) = drawn["routes"]
    assert len(route["legs"]) == 4
    assert [stop["number"] for stop in route["stops"]] == ["1.1", "2.1"]
    assert [site["kind"] for site in drawn["sites"]] == ["C", "D"]
    (pin,) = drawn["pins"]
    assert (pin["order"], pin["colour"]) == ("o3", LIGHT.red)
    assert "too heavy" in pin["tip"]
    assert (drawn["only"], drawn["order"], drawn["streets"]) == ("v1", "o1", "streets")


def test_the_orders_of_a_file_are_pins_that_nobody_can_select() -> None:
    drawn = orders_map(make_day(orders=(make_order("a", address="Av. 1"),)), "streets", DARK, ENGLISH)
    assert drawn["pins"][0]["tip"] == "Order a\nAv. 1"
    assert not drawn["selectable"]


def test_a_click_names_an_order_a_vehicle_or_nothing_and_anything_else_is_passed_over() -> None:
    assert picked({"order": "o1"}) == Picked(order="o1")
    assert picked({"vehicle": "v1"}) == Picked(vehicle="v1")
    assert picked({"nothing": True}) == Picked()
    odd: object
    for odd in (None, {}, [], "o1", {"order": 1}, {"order": None, "vehicle": ["v1"]}):
        assert picked(odd) is None


def test_U13_of_6000_orders_5000_are_drawn() -> None:
    day = make_day(orders=tuple(make_order(f"o{number}") for number in range(6_000)))
    assert len(orders_map(day, "streets", LIGHT, ENGLISH)["pins"]) == 5_000


def ranks_in(lines: bytes, streets: Streets) -> list[int]:
    """Return the ranks that are drawn of some streets, which the bytes begin with the hash of."""
    assert lines.startswith(streets.sha256.encode())
    return [rank["rank"] for rank in json.loads(lines[64:])]


def test_large_streets_lose_their_faintest(monkeypatch: pytest.MonkeyPatch) -> None:
    streets = make_grid(side=12)
    ranks = ranks_in(street_lines(streets), streets)
    assert ranks == sorted(ranks)
    street_lines.clear()
    monkeypatch.setattr("street_lines.MOST_CHARACTERS", 1)
    assert ranks_in(street_lines(streets), streets) == ranks[-1:]
    street_lines.clear()


def timeline_of(plan: Plan, **shown: Any) -> dict[str, Any]:
    view = PlanView(plan)
    return timeline(view, lanes(view, LIGHT, ENGLISH), LIGHT, ENGLISH, **shown)


def test_the_timeline_has_a_lane_with_all_that_a_vehicle_does() -> None:
    drawn = timeline_of(make_plan(), only=None, order="o2", version=3, now=NOON)
    (lane,) = drawn["lanes"]
    kinds = [bar["kind"] for bar in lane["bars"]]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {
        "drive": 4,
        "wait": 1,
        "service": 2,
        "load": 2,
        "charge": 1,
    }
    assert [(bar["order"], bar["number"]) for bar in lane["bars"] if "order" in bar] == [("o1", "1.1"), ("o2", "2.1")]
    (wait,) = [bar for bar in lane["bars"] if bar["kind"] == "wait"]
    assert wait["to"] - wait["from"] == 240
    assert drawn["windows"] == [[30_900, 36_000]]
    assert (lane["reserve"], drawn["span"], drawn["version"]) == (0.1, [28_800, 32_400], 3)
    assert drawn["now"] is None, "at noon the day is over"


def test_the_timeline_marks_the_present_on_the_day_itself() -> None:
    half_past_eight = datetime(2026, 5, 12, 12, 30, tzinfo=UTC)
    drawn = timeline_of(make_plan(), only=None, order=None, version=0, now=half_past_eight)
    assert drawn["now"] == [30_600, "08:30"]


def test_a_vehicle_that_stays_at_home_has_a_lane_to_drop_on() -> None:
    drawn = timeline_of(make_plan(routes=()), only=None, order=None, version=0, now=NOON)
    assert [(lane["id"], lane["bars"]) for lane in drawn["lanes"]] == [("v1", [])]


def test_U07_what_was_dropped_on_another_version_of_the_plan_is_passed_over() -> None:
    told = {"order": "o1", "vehicle": "v1", "before": None, "version": 3}
    assert dropped(told, 3) == ("o1", "v1", None)
    assert dropped(told, 4) is None
    odd: object
    for odd in (None, [], {"version": 3}, told | {"before": 7}, told | {"order": ["o1"]}):
        assert dropped(odd, 3) is None


def test_U15_what_the_user_wrote_goes_to_the_browser_as_it_is() -> None:
    day = make_day(orders=(make_order(HOSTILE, address=HOSTILE),))
    assert orders_map(day, "streets", LIGHT, ENGLISH)["pins"][0]["tip"] == f"Order {HOSTILE}\n{HOSTILE}"


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


def test_the_power_of_a_depot_is_the_sum_of_its_plugs_under_the_limit_of_its_site() -> None:
    plan = make_plan()
    (charge,) = [step for step in plan.routes[0].steps if step.kind is StepKind.CHARGE]
    assert power_line(PlanView(plan), "hub") == [(charge.begin_s, charge.power_w), (charge.end_s, 0.0)]
    later = replace(charge, begin_s=charge.begin_s + 60, end_s=charge.end_s + 60, power_w=1_000.0, plug_id="hub-2")
    other = replace(plan.routes[0], vehicle_id="v2", steps=(later,))
    both = PlanView(replace(plan, routes=(*plan.routes, other)))
    first_w = charge.power_w or 0.0
    assert power_line(both, "hub") == [
        (charge.begin_s, first_w),
        (charge.begin_s + 60, first_w + 1_000.0),
        (charge.end_s, 1_000.0),
        (charge.end_s + 60, 0.0),
    ]
    assert power_line(both, "station") == []
    limited = replace(plan, day=replace(plan.day, depots=(replace(plan.day.depots[0], site_power_w=7_000.0),)))
    drawn = power_chart(PlanView(limited), LIGHT, ENGLISH)
    assert drawn is not None
    assert "'kw': 7.0" in str(drawn.to_dict())


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
    assert plan_map(PlanView(plan), "streets", LIGHT, ENGLISH, only=None)["routes"] == []


def test_the_light_page_has_the_colours_of_the_exported_map() -> None:
    script = (Path(planner.report.__path__[0]) / "map_tools.js").read_text(encoding="utf-8")
    assert tuple(re.findall(r'"(#\w+)"', script.split("COLOURS = ")[1].split(";")[0])) == LIGHT.vehicles


def test_U16_marks_of_markdown_are_escaped_and_controls_made_visible() -> None:
    assert plain("![x](http://evil) *a* :red[b]\u202e") == (r"\!\[x\]\(http\:\/\/evil\) \*a\* \:red\[b\]" + r"\\u202e")


def test_many_faults_are_told_as_a_few_and_a_count() -> None:
    faults = [Fault(code="E-O07", file="a.csv", message="is wrong", remedy="mend it", row=n) for n in range(9)]
    assert explain(InputError(faults), ENGLISH).count("is wrong") == 5
    assert "and 4 more" in explain(InputError(faults), ENGLISH)
