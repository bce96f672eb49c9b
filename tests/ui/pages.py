"""Pages that tests open without a browser."""

from __future__ import annotations

from pathlib import Path

import state
from jobs import REPLAYS, Job
from streamlit.testing.v1 import AppTest

from planner.io.plan_file import write_plan
from planner.plan import Plan

PLAN_PAGE = "from views import plan\nplan.show()\n"


def metrics(page: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in page.metric}


def button(page: AppTest, label: str) -> bool:
    """Tell whether the page has a button that can be pressed."""
    return any(found.label == label and not found.disabled for found in page.button)


def plan_page(
    plan: Plan,
    *,
    name: str = "",
    replays: str = "",
    language: str = "en",
    streets: Path | None = None,
    shown: str = "stops",
) -> AppTest:
    """Open the plan page of a workspace whose job has just written a plan."""
    work = state.registry().find(None)
    folder = work.folder / "job"
    (folder / "plan").mkdir(parents=True)
    write_plan(_renamed(plan, name) if name else plan, folder / "plan" / "plan.json")
    if replays:
        (folder / REPLAYS).write_text(replays)
    work.job = Job.of_plan(folder, streets=streets or state.demo_draft().streets)
    return opened(work, language=language, shown=shown)


def opened(work: state.Workspace, *, language: str = "en", shown: str = "stops") -> AppTest:
    """Open the plan page of a workspace in a new tab of the browser, with one of its lists."""
    page = AppTest.from_string(PLAN_PAGE, default_timeout=20)
    page.session_state["workspace"] = work.id
    page.session_state["lang"] = language
    page.session_state["list-shown"] = shown
    page.run()
    assert not page.exception
    return page


def _renamed(plan: Plan, name: str) -> Plan:
    from tests.report.test_map_page import _plan_named

    return _plan_named(name)
