"""The page of the store: plans listed, one opened, two compared."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import state
from streamlit.testing.v1 import AppTest

from planner.dispatch.desk import open_desk
from planner.dispatch.edit import apply
from planner.dispatch.edits import Remove, for_the_store
from planner.plan import Plan
from planner.roads.streets import save_streets
from planner.store.store import open_store
from tests.explain.street import STREETS, day, order, planned, vehicle
from tests.ui.pages import PLAN_PAGE, metrics

HISTORY_PAGE = "from views import history\nhistory.show()\n"
HOSTILE = "![x](http://evil.example/x.png)<img src=x onerror=alert(1)>"
TWO_VANS = day(order(HOSTILE, km=1.0), order("far", km=4.0), vehicles=(vehicle("v1"), vehicle("v2")))


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store with a plan and a revision that leaves an order out; return where their streets are."""
    monkeypatch.setenv("PLANNER_STORE", str(tmp_path / "plans.db"))
    streets = tmp_path / "street.streets.npz"
    save_streets(STREETS, streets)
    plan = planned(TWO_VANS)
    plan = replace(plan, provenance=replace(plan.provenance, streets_file=str(streets)))
    edits = [Remove(order="far")]
    store = open_store()
    first = store.save_plan(plan, author="anna")
    store.save_plan(_edited(plan, edits), parent=first.id, edit=for_the_store(edits))
    return streets


def _edited(plan: Plan, edits: list[Remove]) -> Plan:
    return apply(open_desk(plan, STREETS), edits).plan


def history_page(*ticked: int) -> AppTest:
    page = AppTest.from_string(HISTORY_PAGE, default_timeout=20).run()
    if ticked:
        page.session_state["history-None-2"] = {"selection": {"rows": list(ticked)}}
        page.run()
    assert not page.exception
    return page


def said(page: AppTest) -> str:
    kinds = (page.markdown, page.error, page.text, page.caption, page.warning)
    return "\n".join(text.value for kind in kinds for text in kind)


def test_before_anything_is_kept_the_page_says_what_will_be_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANNER_STORE", str(tmp_path / "plans.db"))
    page = history_page()
    assert "Nothing is kept yet" in said(page)
    assert not page.error
    assert not (tmp_path / "plans.db").exists(), "to look makes no store"


def test_D05_a_store_that_cannot_be_read_is_told_as_what_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "plans.db").write_bytes(b"this is no database" * 100)
    monkeypatch.setenv("PLANNER_STORE", str(tmp_path / "plans.db"))
    assert "E\\-S32" in history_page().error[0].value


def test_plans_and_revisions_are_listed_newest_first(kept: Path) -> None:
    table = history_page().dataframe[0].value
    assert table["plan"].tolist() == ["@2", "@1"]
    assert table["made from"].tolist() == ["@1", ""]
    assert table["orders"].tolist() == ["1 / 2", "2 / 2"]
    assert table["by"].tolist()[1] == "anna"
    assert table["what"].tolist() == ["remove", ""]


def test_two_plans_are_compared(kept: Path) -> None:
    page = history_page(0, 1)
    figures = page.dataframe[1].value
    assert list(figures.columns) == ["figure", "@1", "@2", "difference"]
    row = figures[figures["figure"] == "orders planned"].iloc[0].tolist()
    assert row == ["orders planned", "2", "1", "-1"]
    assert page.dataframe[2].value["cost"].tolist()[-1] == "total"
    assert [tab.label for tab in page.tabs][1] == "Broken promises (1)"
    assert "was planned, and is left out" in page.dataframe[-1].value.to_string()
    assert "left out in @2 only: far" in said(page)


def test_a_plan_is_opened_byte_for_byte_and_its_next_edits_are_a_revision_of_it(kept: Path) -> None:
    page = history_page(0)
    assert "remove order far" in said(page)
    page.button(key="open-stored").click().run()
    (work,) = [work for work in state.registry().workspaces.values() if work.job]
    assert work.job is not None
    assert work.job.result("plan.json").read_bytes() == open_store().load_document(2)
    shown = AppTest.from_string(PLAN_PAGE, default_timeout=20)
    shown.session_state["workspace"] = work.id
    shown.run()
    assert not shown.exception
    assert metrics(shown)["Orders planned"] == "1 / 2"
    shown.session_state["order-shown"] = HOSTILE
    shown.run()
    shown.button(key="leave-out").click().run()
    shown.button(key="keep").click().run()
    assert {entry.id: entry.parent for entry in open_store().history()} == {1: None, 2: 1, 3: 2}


def test_a_plan_whose_streets_are_gone_says_what_to_do(kept: Path) -> None:
    kept.unlink()
    page = history_page(1)
    page.button(key="open-stored").click().run()
    assert "E\\-U05" in said(page)
    assert "choose the same streets file" in said(page)
