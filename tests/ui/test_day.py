"""The page of the day: events in, the rest of the day planned anew, the old plan kept where that fails."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import replanning
import state
from jobs import Job
from replanning import Asked
from streamlit.testing.v1 import AppTest

from planner.io.plan_file import write_plan
from planner.roads.streets import save_streets
from planner.store.store import open_store
from tests.explain.street import STREETS, day, order, planned, until, vehicle
from tests.ui.pages import metrics

DAY_PAGE = "from views import day\nday.show()\n"


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> state.Workspace:
    """A workspace that shows a plan: a and b on one vehicle, another one at the depot."""
    monkeypatch.setenv("PLANNER_STORE", str(tmp_path / "plans.db"))
    streets = tmp_path / "street.streets.npz"
    save_streets(STREETS, streets)
    found = state.registry().find(None)
    folder = found.folder / "job"
    (folder / "plan").mkdir(parents=True)
    orders = order("a", km=1.0, windows=until(12)), order("b", km=2.0)
    write_plan(planned(day(*orders, vehicles=(vehicle("v1"), vehicle("v2")))), folder / "plan" / "plan.json")
    found.job = Job.of_plan(folder, streets=streets)
    return found


def opened(work: state.Workspace) -> AppTest:
    page = AppTest.from_string(DAY_PAGE, default_timeout=20)
    page.session_state["workspace"] = work.id
    page.run()
    assert not page.exception
    return page


def said(page: AppTest) -> str:
    kinds = (page.markdown, page.error, page.text, page.caption, page.warning)
    return "\n".join(text.value for kind in kinds for text in kind)


def ended(work: state.Workspace, **asked: Any) -> Job:
    """Plan the rest of the day as the form does, and wait for it."""
    job = work.job
    assert job is not None
    work.replanning = replanning.start(work, job, Asked(**asked))
    child = work.replanning.child
    assert child is not None
    child.wait(120)
    return work.replanning


def out_of(work: state.Workspace) -> str:
    plan = work.job.plan() if work.job is not None else None
    assert plan is not None
    return plan.routes[0].vehicle_id


def test_without_a_plan_the_page_says_what_it_is_for() -> None:
    assert "mended here" in said(opened(state.registry().find(None)))


def test_a_vehicle_that_is_out_is_one_row_and_its_parcels_are_fetched(work: state.Workspace) -> None:
    out, before = out_of(work), work.job
    assert "What has happened" in said(opened(work))
    made = ended(work, now="08:15", rows=[{"time": "08:13", "event": "vehicle_out", "vehicle": out, "minutes": None}])
    page = opened(work)
    assert work.job is made
    assert work.job is not before
    assert f"b is taken over from {out}" in said(page)
    assert "v1, v2" in said(page)
    assert metrics(page)["Orders on another vehicle"] == "1"
    kinds = [event.kind for event in open_store().story(1).events]
    assert kinds == ["replan", "vehicle_out"]


def test_events_that_cannot_be_read_are_told_and_the_plan_stays(work: state.Workspace) -> None:
    before = work.job
    rows = [{"time": "08:13", "event": "delay", "vehicle": "v1"}, {"time": "soon", "event": "soc", "vehicle": "v1"}]
    failed = ended(work, now="08:15", rows=rows)
    told = said(opened(work))
    assert "E\\-N02" in told
    assert work.job is before
    assert not failed.folder.exists()
    assert "What has happened" in said(opened(work))


def test_a_file_of_events_goes_as_it_is_and_locks_and_prices_are_handed_on(work: state.Workspace) -> None:
    out = out_of(work)
    file = ("day.json", b'[{"time": "08:14", "event": "delay", "vehicle": "%s", "minutes": 20}]' % out.encode())
    made = ended(work, now="08:15", file=file, keep_order=[out], keep_vehicle=["b"], move_cost=2.5, courier=9.0)
    found = replanning.told(made)
    assert [one["order"] for one in found["moved"]] == ["b"]
    assert found["reprint"] == [out]
