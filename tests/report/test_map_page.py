"""The map page, in a real browser from a file."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely

from planner.plan import Plan, Reason, Unassigned
from planner.report.lines import packed, thinned
from planner.report.map_page import map_page
from planner.report.street_layer import street_layer
from tests.factories import make_day, make_depot, make_leg, make_order, make_plan, make_provenance, make_vehicle
from tests.report.conftest import make_grid

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Show = Callable[..., "Page"]

STREETS, ROUTES = ".leaflet-streets-pane canvas", ".leaflet-overlay-pane canvas"

COLOURED_PIXELS = """(selector) => {
  const canvas = document.querySelector(selector);
  const bytes = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  let seen = 0;
  for (let i = 3; i < bytes.length; i += 4) seen += bytes[i] > 0;
  return seen;
}"""

CLICK_POINT = """([vehicle, number]) => {
  const step = fleet[vehicle].steps.filter((step) => step.number)[number];
  const point = map.latLngToContainerPoint(step.at);
  return [point.x, point.y];
}"""


def test_the_page_asks_nobody_and_draws_streets_and_routes(show: Show) -> None:
    page = show(make_plan())
    assert page.locator("canvas").count() == 2
    assert page.evaluate(COLOURED_PIXELS, STREETS) > 1_000
    assert page.evaluate(COLOURED_PIXELS, ROUTES) > 1_000


def test_the_panel_shows_totals_steps_reasons_and_the_licence_of_the_streets(show: Show) -> None:
    page = show(make_plan(), make_grid(side=4, attribution="© Somebody, ODbL 1.0"))
    assert "2 / 3" in page.inner_text("#kpis")
    assert "audited: 0 violations" in page.inner_text("#verdict")
    assert "too heavy" in page.inner_text("#left-out")
    assert "© Somebody, ODbL 1.0" in page.inner_text(".attribution")
    assert page.locator("tr.delivery").count() == 2
    assert "08:31" in (page.locator("tr.delivery").nth(1).text_content() or "")


def test_a_click_on_a_stop_opens_it_and_marks_its_row(show: Show) -> None:
    page = show(make_plan())
    x, y = page.evaluate(CLICK_POINT, [0, 1])
    page.mouse.click(x, y)
    page.wait_for_selector(".leaflet-popup")
    assert "trip 2, stop 1" in page.inner_text(".leaflet-popup")
    assert "o2" in page.inner_text("tr.current")
    assert page.locator("article.selected").count() == 1


def test_a_vehicle_can_be_switched_off_and_on(show: Show) -> None:
    page = show(make_plan(unassigned=()))
    shown = page.evaluate(COLOURED_PIXELS, ROUTES)
    page.uncheck("article input")
    page.wait_for_function(f"(of) => ({COLOURED_PIXELS})(of) === 0", arg=ROUTES, timeout=5_000)
    page.click("#all")
    page.wait_for_function(
        f"([of, least]) => ({COLOURED_PIXELS})(of) > least", arg=[ROUTES, 0.95 * shown], timeout=5_000
    )
    assert page.evaluate(COLOURED_PIXELS, ROUTES) == pytest.approx(shown, rel=0.05)


def test_O43_U15_user_text_is_shown_and_never_run(show: Show) -> None:
    hostile = "<img src=http://evil.example/x onerror=alert(1)></script><script>alert(2)</script>${7*7}$data"
    page = show(_plan_named(hostile), make_grid(side=4, attribution=hostile))
    assert page.locator("b", has_text=hostile).count() > 0
    x, y = page.evaluate(CLICK_POINT, [0, 0])
    page.mouse.click(x, y)
    page.wait_for_selector(".leaflet-popup")
    assert hostile in page.inner_text(".leaflet-popup")
    page.evaluate("map.eachLayer((layer) => { if (layer.getPopup && layer.getPopup()) layer.openPopup(); })")
    page.wait_for_timeout(300)
    assert page.locator("img").count() == 0
    assert page.locator("script").count() == 3


def test_the_policy_stops_a_script_that_is_not_ours(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "map.html"
    file.write_text(map_page(make_plan(), make_grid(side=4)), encoding="utf-8")
    page = browser.new_page()
    page.goto(file.as_uri())
    ran = """() => {
      const script = document.createElement("script");
      script.textContent = "window.ran = true";
      document.body.append(script);
      return window.ran === true;
    }"""
    assert page.evaluate(ran) is False
    page.close()


def test_a_plan_without_routes_still_opens(show: Show) -> None:
    page = show(make_plan(routes=()))
    assert page.locator("article").count() == 0
    assert page.evaluate("map.getZoom()") > 10


def test_an_order_left_out_in_another_country_does_not_shrink_the_map(show: Show) -> None:
    day = make_day()
    orders = (*day.orders[:2], make_order("o3", lat=48.1, lon=11.6))
    page = show(make_plan(day=replace(day, orders=orders)))
    assert page.evaluate("map.getZoom()") > 12


def test_the_page_is_usable_on_a_phone(show: Show) -> None:
    page = show(make_plan())
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_timeout(200)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate("document.getElementById('map').clientHeight") > 300


def test_two_stops_at_one_address_need_no_line_between_them(show: Show) -> None:
    plan = make_plan()
    route = plan.routes[0]
    here = make_leg(distance_m=0.0, drive_s=0, energy_wh=0.0, geometry=((-71.34, -29.95), (-71.34, -29.95)))
    steps = (route.steps[0], replace(route.steps[1], leg=here), *route.steps[2:])
    assert show(replace(plan, routes=(replace(route, steps=steps),))).locator("tr.delivery").count() == 2


def test_the_same_plan_gives_the_same_page() -> None:
    assert map_page(make_plan(), make_grid(side=5)) == map_page(make_plan(), make_grid(side=5))


def test_a_city_of_20_000_segments_with_full_shapes_stays_below_4_mb() -> None:
    streets = make_grid(side=101, points=12)
    assert streets.segments > 20_000
    assert len(map_page(make_plan(), streets)) < 4_000_000


def test_packed_lines_unpack_to_the_same_points() -> None:
    lines = [[(-71.34, -29.95), (-71.341, -29.951), (-71.35, -29.9)], [(1.0, 2.0), (1.0, 2.0)]]
    assert _unpacked(packed([shapely.linestrings(line) for line in lines])) == lines


def test_steps_too_long_for_16_bits_are_packed_wider() -> None:
    line = [(0.0, 0.0), (0.5, -0.5), (0.50001, -0.5)]
    assert _unpacked(packed([shapely.linestrings(line)])) == [line]


def test_thinning_drops_a_bend_of_one_metre_and_keeps_one_of_ten() -> None:
    metre = 1 / 111_195
    small = shapely.linestrings([(0, 60.0), (100 * metre, 60 + metre), (200 * metre, 60.0)])
    large = shapely.linestrings([(0, 60.0), (100 * metre, 60 + 10 * metre), (200 * metre, 60.0)])
    assert [len(line.coords) for line in thinned([small, large], lat=60.0, tolerance_m=3.0)] == [2, 3]


def test_every_rank_of_road_is_drawn_and_links_count_as_their_road() -> None:
    ranks = [layer["rank"] for layer in street_layer(make_grid(side=4))]
    assert ranks == [0, 1, 2, 4, 5], "track, residential, tertiary, primary, motorway_link"


def _plan_named(text: str) -> Plan:
    """Return a plan in which whatever the user may name bears the name `text`."""
    day = make_day(
        orders=(
            make_order("o1", address=text, notes=text),
            make_order("o2", address=text),
            make_order(text, demand_kg=900.0, address=text),
        ),
        vehicles=(make_vehicle(text),),
        depots=(make_depot(text),),
        currency=text,
    )
    plan = make_plan()
    route = plan.routes[0]
    steps = tuple(replace(step, place_id=text) if step.place_id == "hub" else step for step in route.steps)
    return replace(
        plan,
        day=day,
        routes=(replace(route, vehicle_id=text, steps=steps),),
        unassigned=(Unassigned(order_id=text, reason=Reason.TOO_HEAVY, detail=text),),
        provenance=make_provenance(program=text),
    )


def _unpacked(lines: dict[str, Any]) -> list[list[tuple[float, float]]]:
    heads = np.frombuffer(base64.b64decode(lines["heads"]), "<i4").reshape(-1, 3)
    steps = np.frombuffer(base64.b64decode(lines["deltas"]), f"<i{lines['bits'] // 8}").reshape(-1, 2)
    unpacked, used = [], 0
    for lat, lon, size in heads.tolist():
        grid = np.vstack([[[lat, lon]], steps[used : used + size]]).cumsum(axis=0)
        unpacked.append([(float(lon), float(lat)) for lat, lon in grid / 1e5])
        used += size
    return unpacked
