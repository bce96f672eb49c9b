"""The screen in a real browser, as a new user would use it."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.ui.conftest import three_bad_rows

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Open = Callable[[], "Page"]
PLANNED_MS, PATIENCE_MS = 120_000, 40_000  # on a machine that does much else
HOSTILE = "<img src=http://evil.example/x onerror=alert(1)>![x](http://evil.example/y)@@=alert(2)"

DRAWN_PIXELS = """(maps) => maps.reduce((drawn, map) => {
  const bytes = map.width ? map.getContext("2d").getImageData(0, 0, map.width, map.height).data : [];
  for (let i = 3; i < bytes.length; i += 4) drawn += bytes[i] > 0;
  return drawn;
}, 0)"""


@pytest.fixture
def visit(browser: Browser, screen: str) -> Iterator[Open]:
    """Open the screen as a new visitor; a request to any other host, a script error or a dialog fails the test."""
    asked: list[str] = []
    wrong: list[str] = []
    contexts = []

    def open_page() -> Page:
        context = browser.new_context(viewport={"width": 1366, "height": 768}, color_scheme="light")
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: wrong.append(dialog.message))
        page.goto(screen)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert len(asked) > 5
    assert [url for url in asked if not url.startswith((screen, screen.replace("http", "ws"), "data:", "blob:"))] == []
    assert wrong == []


def picture(page: Page, name: str, tmp_path: Path) -> None:
    """Keep a screenshot to look at, where PLANNER_SCREENSHOTS says or in the test's own folder."""
    page.screenshot(path=Path(os.environ.get("PLANNER_SCREENSHOTS", tmp_path)) / f"{name}.png")


def wait_for_map(page: Page) -> None:
    """Return when the map is drawn: roads and routes are thousands of pixels."""
    for _ in range(60):
        if page.locator(".map canvas").evaluate_all(DRAWN_PIXELS) > 5_000:
            return
        page.wait_for_timeout(250)
    pytest.fail("the map stays blank")


def edit_cell(page: Page, *, row: int, column: int, value: str) -> None:
    """Type into a cell of the table of rejected rows, by keyboard from its first cell."""
    grid = page.get_by_test_id("stDataFrame").first
    grid.click(position={"x": 20, "y": 50})
    for key in ["ArrowLeft"] * 12 + ["ArrowDown"] * row + ["ArrowRight"] * column:
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    page.locator("textarea.gdg-input").fill(value)
    page.keyboard.press("Enter")
    page.locator("textarea.gdg-input").wait_for(state="detached")


def test_one_click_from_a_fresh_start_to_the_planned_demo_on_a_map(visit: Open, tmp_path: Path) -> None:
    page = visit()
    page.get_by_role("button", name="Plan the demo day").click()
    page.get_by_text("Orders placed", exact=True).wait_for()
    page.get_by_text("Lowest charge").wait_for(timeout=PLANNED_MS)
    wait_for_map(page)
    picture(page, "plan-light", tmp_path)
    page.get_by_role("radio", name="ami-2").click()
    page.get_by_role("radio", name="ami-2", checked=True).wait_for()
    wait_for_map(page)
    picture(page, "plan-one-vehicle", tmp_path)
    page.get_by_role("tab", name="Battery").click()
    page.locator(".vega-embed canvas, .vega-embed svg").first.wait_for()
    page.emulate_media(color_scheme="dark")
    page.reload()
    page.get_by_text("Lowest charge").wait_for()
    wait_for_map(page)
    picture(page, "plan-dark", tmp_path)


def stops_of(page: Page) -> list[str]:
    """Return the orders of the stops on the timeline."""
    return [str(id) for id in page.locator(".timeline .stop").evaluate_all("(all) => all.map((s) => s.dataset.order)")]


def wait_for_edits(page: Page, version: int) -> None:
    """Return when the timeline shows the plan after so many edits and undos."""
    page.locator(f'.timeline[data-version="{version}"]').wait_for()


# The middle of a square of one colour: only the disc of a stop is so wide.
DISC = """([map, colour]) => {
  const SIDE = 6, pen = map.getContext("2d"), wide = map.width, box = map.getBoundingClientRect();
  const bytes = pen.getImageData(0, 0, wide, map.height).data, scale = wide / box.width;
  const like = (x, y) => [0, 1, 2].every((i) => Math.abs(bytes[4 * (y * wide + x) + i] - colour[i]) < 4);
  const all = [...Array(SIDE * SIDE).keys()];
  for (let y = 60; y < map.height - 60; y += 2)
    for (let x = 60; x < wide - 60; x += 2)
      if (all.every((i) => like(x + (i % SIDE), y + Math.floor(i / SIDE))))
        return [box.left + (x + SIDE / 2) / scale, box.top + (y + SIDE / 2) / scale];
  return null;
}"""
FIRST_VEHICLE = [0x00, 0x72, 0xB2]


def click_stop_on_map(page: Page) -> None:
    """Click the disc of a stop of the first vehicle, which is shown alone."""
    map = page.locator(".map .leaflet-overlay-pane canvas")
    for _ in range(40):
        found = map.evaluate("(map, colour) => (" + DISC + ")([map, colour])", FIRST_VEHICLE)
        if found:
            page.mouse.click(*found)
            return
        page.wait_for_timeout(250)
    pytest.fail("no stop on the map")


def plan_demo(page: Page) -> None:
    page.get_by_role("button", name="Plan the demo day").click()
    page.get_by_text("Lowest charge").wait_for(timeout=PLANNED_MS)
    page.locator(".timeline .stop").first.wait_for()


def select_on_timeline(page: Page) -> str:
    """Select a stop by its bar, and return its order."""
    stop = page.locator(".timeline .stop").nth(5)
    picked = str(stop.get_attribute("data-order"))
    stop.click()
    page.locator(f'.timeline[data-order="{picked}"]').wait_for()
    page.get_by_role("button", name="Leave out").wait_for()
    return picked


def drag(page: Page, order: str, *, lane: int, picture_of: Callable[[], None]) -> None:
    """Drag the bar of an order to the middle of another lane of the timeline."""
    stop = page.locator(f'.timeline .stop[data-order="{order}"]')
    stop.scroll_into_view_if_needed()
    start, board = stop.bounding_box(), page.locator(".timeline svg").bounding_box()
    assert start is not None
    assert board is not None
    page.mouse.move(start["x"] + 2, start["y"] + 5)
    page.mouse.down()
    page.mouse.move(board["x"] + 500, board["y"] + 20 + 34 * (lane + 0.5), steps=4)
    picture_of()
    page.mouse.up()


def assert_names_stay_beside_their_lanes(page: Page, order: str, vehicle: str) -> None:
    """Scroll the timeline, as where there are many vehicles; a name has to move with its stops, and the clock stays."""
    body = page.locator(".timeline .body")
    body.evaluate("(body) => { body.style.maxHeight = '90px'; body.scrollTop = 40; }")
    page.locator('.timeline .hours[transform="translate(0 40)"]').wait_for(state="attached")
    name = page.locator(".timeline .names").get_by_role("button", name=vehicle).bounding_box()
    stop = page.locator(f'.timeline .stop[data-order="{order}"]').bounding_box()
    assert name is not None
    assert stop is not None
    assert name["y"] < stop["y"] + stop["height"] / 2 < name["y"] + name["height"]
    body.evaluate("(body) => { body.style.maxHeight = ''; body.scrollTop = 0; }")


def test_a_stop_that_is_clicked_on_the_map_is_selected_everywhere_and_dragged_to_another_vehicle(
    visit: Open, tmp_path: Path
) -> None:
    page = visit()
    plan_demo(page)
    page.get_by_role("radio", name="ami-1").click()
    page.get_by_role("radio", name="ami-1", checked=True).wait_for()
    click_stop_on_map(page)
    page.get_by_role("button", name="Leave out").wait_for()
    page.locator(".timeline:not([data-order=''])").wait_for()
    picked = str(page.locator(".timeline").get_attribute("data-order"))
    assert page.locator(".map").get_attribute("data-drawn") == f"6 {picked}"
    page.get_by_text(picked, exact=True).first.wait_for()
    picture(page, "plan-selected", tmp_path)
    drag(page, picked, lane=2, picture_of=lambda: picture(page, "plan-dragging", tmp_path))
    wait_for_edits(page, 1)
    page.get_by_text(f"{picked} to ami-3").wait_for()
    page.get_by_text("Audited: ").first.wait_for()
    page.get_by_role("radio", name="ami-3", checked=True).wait_for()
    picture(page, "plan-edited", tmp_path)
    assert_names_stay_beside_their_lanes(page, picked, "ami-3")
    page.get_by_role("button", name="Undo").click()
    wait_for_edits(page, 2)
    page.get_by_role("radio", name="ami-1", checked=True).wait_for()


def choose_vehicle_in_table(page: Page, vehicle: str) -> None:
    """Choose a vehicle for a new event, in the third cell of the table's empty row, with the mouse."""
    grid = page.get_by_test_id("stDataFrame").first
    grid.scroll_into_view_if_needed()
    grid.click(position={"x": 290, "y": 52})
    page.get_by_text(vehicle, exact=True).last.click()
    grid.locator("[role=gridcell]", has_text=vehicle).first.wait_for(state="attached")


def test_an_edit_is_undone_made_again_kept_exported_and_still_there_after_a_reload(visit: Open, tmp_path: Path) -> None:
    page = visit()
    plan_demo(page)
    picked = select_on_timeline(page)
    page.get_by_role("button", name="Leave out").click()
    page.get_by_text(f"{picked} left out").wait_for()
    wait_for_edits(page, 1)
    assert picked not in stops_of(page)
    page.get_by_role("button", name="Undo").click()
    wait_for_edits(page, 2)
    assert picked in stops_of(page)
    page.get_by_role("button", name="Redo").click()
    wait_for_edits(page, 3)
    page.reload()
    page.get_by_role("button", name="Undo").wait_for()
    wait_for_edits(page, 3)
    page.get_by_role("button", name="Keep the edits").click()
    page.get_by_text("Kept as @").wait_for()
    page.get_by_role("tab", name="Files").click()
    with page.expect_download() as started:
        page.get_by_role("button", name="plan.json").click()
    left = json.loads(started.value.path().read_bytes())["unassigned"]
    assert [one["id"] for one in left] == [picked]
    page.reload()
    page.get_by_role("tab", name="Left out (1)").click()
    page.get_by_text("taken out by hand").wait_for()
    picture(page, "plan-left-out", tmp_path)
    page.get_by_role("link", name="History").click()
    page.get_by_text("Plans that were kept").wait_for()
    page.get_by_test_id("stDataFrame").first.wait_for()
    picture(page, "history", tmp_path)
    page.get_by_role("link", name="Sizing").click()
    page.get_by_role("button", name="Size the fleet").wait_for()
    page.get_by_text("Rented vehicles").click()
    page.locator("input[type=file]").last.set_input_files(
        {"name": "prices.toml", "mimeType": "text/plain", "buffer": b"[wages]\nper_hours = 20\n"}
    )
    page.get_by_text("prices.toml").wait_for()
    page.get_by_role("button", name="Size the fleet").click()
    page.get_by_text('did you mean "per_hour"?').wait_for()
    picture(page, "sizing", tmp_path)
    page.get_by_role("link", name="Day").click()
    choose_vehicle_in_table(page, "ami-2")
    picture(page, "day", tmp_path)


def test_an_own_file_with_three_bad_rows_is_mended_planned_and_downloaded(visit: Open, tmp_path: Path) -> None:
    page = visit()
    upload(page, "mine.csv", three_bad_rows())
    page.get_by_text("These rows are not planned").wait_for()
    wait_for_map(page)  # the last to come, so that nothing moves any more
    edit_cell(page, row=0, column=4, value="-29.9614")
    edit_cell(page, row=1, column=5, value="5")
    edit_cell(page, row=2, column=6, value="09:00")
    picture(page, "orders-bad-rows", tmp_path)
    page.get_by_role("button", name="Read again, 3 mended").click()
    page.get_by_role("button", name="Plan 30 orders").click()
    page.get_by_text("Lowest charge").wait_for(timeout=PLANNED_MS)
    page.get_by_role("tab", name="Files").click()
    with page.expect_download() as started:
        page.get_by_role("button", name="plan.json").click()
    plan = json.loads(started.value.path().read_bytes())
    assert len(plan["day"]["orders"]) == 30
    assert plan["violations"] == []
    with page.expect_download() as started:
        page.get_by_role("button", name="Make manifest").click()
    names = zipfile.ZipFile(started.value.path()).namelist()
    assert len([name for name in names if name.endswith(".pdf")]) == len(plan["routes"]) + 1
    picture(page, "plan-files", tmp_path)


def test_U01_U03_a_plan_can_be_watched_left_found_again_and_stopped(visit: Open) -> None:
    page = visit()
    page.get_by_role("button", name="Plan the demo day").click()
    page.get_by_text("Orders placed", exact=True).wait_for()
    page.get_by_role("link", name="Orders").click()
    page.get_by_role("button", name="A plan is being made").wait_for()
    page.get_by_role("link", name="Plan").click()
    page.get_by_role("button", name="Stop, keep the best").click()
    page.get_by_text("stopped before there was a plan").or_(page.get_by_text("Lowest charge")).wait_for(
        timeout=PATIENCE_MS
    )


def test_U15_a_hostile_order_runs_no_script_and_asks_nobody(visit: Open) -> None:
    rows = [f'"{HOSTILE}",-29.95,-71.28,3,"{HOSTILE}","{HOSTILE}"', f'"b{HOSTILE}",-29.96,x,3,"{HOSTILE}",']
    page = visit()
    upload(page, f"{HOSTILE.replace('/', '')}.csv", "id,lat,lon,demand_kg,address,notes\n" + "\n".join(rows) + "\n")
    page.get_by_text("These rows are not planned").wait_for()
    wait_for_map(page)
    box = page.locator(".map").bounding_box()
    assert box is not None
    for share in (0.45, 0.5, 0.55):
        page.mouse.move(box["x"] + box["width"] * share, box["y"] + min(box["height"], 200) * share)
        page.wait_for_timeout(100)
    page.get_by_role("button", name="Plan 1 order").click()
    page.get_by_text("Lowest charge").wait_for(timeout=PLANNED_MS)
    page.locator(".timeline .stop").first.click()
    page.get_by_role("button", name="Leave out").click()
    page.locator('.timeline[data-version="1"]').wait_for()
    page.get_by_role("button", name="Keep the edits").click()
    page.get_by_text("Kept as @").wait_for()
    page.get_by_role("link", name="History").click()
    page.get_by_test_id("stDataFrame").first.wait_for()
    assert page.locator("img[src*=evil], img[onerror]").count() == 0


def upload(page: Page, name: str, text: str) -> None:
    chooser = page.locator("input[type=file]").first
    chooser.wait_for(state="attached")
    chooser.set_input_files({"name": name, "mimeType": "text/csv", "buffer": text.encode()})
