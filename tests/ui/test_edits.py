"""Hand edits and selection on the plan page, without a browser."""

from __future__ import annotations

from pathlib import Path

import pytest
import state
from streamlit.testing.v1 import AppTest

from planner.plan import Plan
from planner.roads.streets import save_streets
from planner.store.store import open_store
from tests.explain.street import STREETS, day, order, planned, until, vehicle, without
from tests.ui.pages import button, metrics, opened, plan_page

TWO_VANS = day(order("near", km=1.0), order("far", km=4.0), vehicles=(vehicle("v1"), vehicle("v2")))


@pytest.fixture(autouse=True)
def _store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANNER_STORE", str(tmp_path / "plans.db"))


def page_of(plan: Plan, tmp_path: Path, *, order: str | None = None) -> AppTest:
    save_streets(STREETS, tmp_path / "street.streets.npz")
    page = plan_page(plan, streets=tmp_path / "street.streets.npz")
    if order is not None:
        page.session_state["order-shown"] = order
        page.run()
    assert not page.exception
    return page


def press(page: AppTest, key: str) -> AppTest:
    page.button(key=key).click().run()
    assert not page.exception
    return page


def said(page: AppTest) -> str:
    return "\n".join(text.value for kind in (page.markdown, page.error, page.success, page.text) for text in kind)


def workspace() -> state.Workspace:
    (work,) = [work for work in state.registry().workspaces.values() if work.job]
    return work


def test_an_order_is_left_out_brought_back_and_left_out_again(tmp_path: Path) -> None:
    page = press(page_of(planned(TWO_VANS), tmp_path, order="far"), "leave-out")
    assert metrics(page)["Orders planned"] == "1 / 2"
    assert "far left out" in said(page)
    assert "Audited: no rule is broken." in said(page)
    assert metrics(press(page, "undo"))["Orders planned"] == "2 / 2"
    assert metrics(press(page, "redo"))["Orders planned"] == "1 / 2"


def test_an_order_is_moved_to_the_vehicle_and_place_that_were_chosen(tmp_path: Path) -> None:
    page = page_of(planned(TWO_VANS), tmp_path, order="far")
    now = page.session_state["vehicle-shown"]
    other = "v2" if now == "v1" else "v1"
    page.selectbox(key="to-far-0").select(other).run()
    assert page.selectbox(key=f"place-far-{other}-0").options == ["where it costs least", "a new trip"]
    press(page, "move")
    assert page.session_state["vehicle-shown"] == other, "the vehicle of the selected order is looked at"
    assert f"far to {other}" in said(page).replace("**", "")


def test_a_plan_with_edits_that_break_a_rule_is_kept_on_purpose_only_and_says_so_from_then_on(tmp_path: Path) -> None:
    late = day(order("near", km=1.0, windows=until(20)), order("far", km=8.0))
    page = page_of(planned(late), tmp_path, order="near")
    places = page.selectbox(key="place-near-v1-0")
    assert places.options[1].startswith("trip 1: before far")
    places.select_index(2).run()
    press(page, "move")
    assert "Audited: 1 rule is broken." in said(page)
    assert "outside its window" in said(page)
    assert not button(page, "Keep the edits")
    page.checkbox(key="keep-on-purpose-1").check().run()
    press(page, "keep")
    assert "This plan breaks rules, which was kept on purpose" in said(page)
    assert [entry.kept_with_violations for entry in open_store().history()].count(True) == 1


def test_edits_that_are_kept_are_there_in_another_tab_and_in_the_store(tmp_path: Path) -> None:
    page = press(page_of(planned(TWO_VANS), tmp_path, order="far"), "leave-out")
    assert metrics(opened(workspace()))["Orders planned"] == "1 / 2", "before they are kept, too"
    press(page, "keep")
    assert "Kept as @2" in said(page)
    assert not button(page, "Undo")
    assert metrics(opened(workspace()))["Orders planned"] == "1 / 2"


def test_U07_an_edit_on_a_page_that_is_out_of_date_is_refused(tmp_path: Path) -> None:
    page = page_of(planned(TWO_VANS), tmp_path, order="far")
    other = opened(workspace())
    other.session_state["order-shown"] = "near"
    press(other.run(), "leave-out")
    press(page, "leave-out")
    assert "changed in another tab" in said(page)
    assert metrics(page)["Orders planned"] == "1 / 2"


def test_an_order_that_is_left_out_is_put_at_the_cheapest_slot(tmp_path: Path) -> None:
    page = page_of(without(planned(TWO_VANS), order("late", km=2.0)), tmp_path)
    page.session_state["list-shown"] = "left"
    page.run()
    press(page, "place-late")
    assert page.session_state["order-shown"] == "late"
    press(page, "find-slots")
    slots = next(table.value for table in page.dataframe if "arrives" in table.value)
    assert slots["costs"].tolist()[0].startswith("+€")
    press(page, "take-slot")
    assert metrics(page)["Orders planned"] == "3 / 3"


def test_a_locked_order_is_not_moved_and_the_page_says_why(tmp_path: Path) -> None:
    page = press(page_of(planned(TWO_VANS), tmp_path, order="far"), "lock-order")
    assert button(page, "Unlock")
    press(page, "leave-out")
    assert "E\\-D45" in said(page)
    assert metrics(page)["Orders planned"] == "2 / 2"


def test_a_charge_that_is_asked_for_is_made_or_refused_with_a_reason(tmp_path: Path) -> None:
    page = press(page_of(planned(TWO_VANS), tmp_path, order="far"), "charge-there")
    assert "E\\-D48" in said(page), "the depot of this day has no plug"


def test_what_is_sought_narrows_the_table(tmp_path: Path) -> None:
    page = page_of(planned(TWO_VANS), tmp_path)
    assert len(page.dataframe[0].value) > 1
    page.text_input(key="find").input("FAR").run()
    assert page.dataframe[0].value["where"].tolist() == ["far"]


def test_a_selection_of_a_day_before_is_forgotten(tmp_path: Path) -> None:
    page = page_of(planned(TWO_VANS), tmp_path, order="nobody")
    assert page.session_state["vehicle-shown"] is None
    assert not button(page, "Leave out")
