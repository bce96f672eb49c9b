"""`planner replan` as a dispatcher meets it: events in, a plan of the whole day out, kept as a revision."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from planner.io.plan_file import read_plan
from planner.store.store import open_store
from planner.store.values import Written
from tests.cli.conftest import Run
from tests.cli.test_by_hand import written
from tests.explain.street import day, order, planned, until, vehicle

QUICK = ("--iterations", "60")


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """One vehicle on the road with a and b, and one at the depot."""
    orders = order("a", km=1.0, windows=until(12)), order("b", km=2.0)
    return written(planned(day(*orders, vehicles=(vehicle("v1"), vehicle("v2")))), tmp_path / "day")


def test_a_bad_morning_is_one_command_and_a_revision_with_its_events(
    run: Run, plan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANNER_STORE", str(tmp_path / "plans.db"))
    first = open_store().save_plan(plan.read_bytes(), written=Written(folder=plan.parent))
    out_of = next(iter(read_plan(plan).routes)).vehicle_id
    events = tmp_path / "events.csv"
    events.write_text(
        f"time,event,vehicle,id,lat,lon,demand_kg\n08:13,vehicle_out,{out_of},,,,\n08:14,order_new,,late,0,0.02,3\n"
    )
    code, out, err = run("replan", f"@{first.id}", "--now", "08:15", "--events", events, "-o", tmp_path / "new", *QUICK)
    assert (code, "stored as @2" in err) == (0, True), out
    assert "transfer: b from" in out
    assert "audited: 0 violations" in out
    story = open_store().story(2)
    assert [(event.kind, event.at_s) for event in story.events] == [
        ("replan", 29_700),
        ("vehicle_out", 29_580),
        ("order_new", 29_640),
    ]
    made = read_plan(tmp_path / "new" / "plan.json")
    assert {"a", "b", "late"} <= {step.place_id for route in made.routes for step in route.steps}
    assert '"late"' in (tmp_path / "new" / "changed.csv").read_text()
    assert run("check", tmp_path / "new" / "plan.json")[0] == 0
    code, out, _ = run("export", "@2", "--to", "html", "--changed-since", "@1", "-o", tmp_path / "sheets")
    assert (code, out.splitlines()[0]) == (0, "changed: v1, v2")
    code, out, _ = run("replan", tmp_path / "new", "--now", "08:40", "-o", tmp_path / "new", "--json", *QUICK)
    assert (code, json.loads(out)["reprint"]) == (0, [])
    code, out, _ = run("export", tmp_path / "new", "--to", "html", "--changed-since", "@2", "-o", tmp_path / "none")
    assert (code, out.splitlines()[0]) == (0, "changed: no vehicle")
    assert run("export", "@2", "--to", "xlsx", "--changed-since", "@1")[0] == 2


def test_every_bad_event_is_named_with_its_row_and_nothing_is_written(run: Run, plan: Path, tmp_path: Path) -> None:
    events = tmp_path / "events.csv"
    events.write_text("time,event,vehicle,soc\n08:05,flat,v1,\n08:06,soc,v1,full\n09:00,vehicle_out,v9,\n")
    code, _, err = run("replan", plan, "--now", "08:15", "--events", events, "-o", tmp_path / "new", *QUICK)
    assert code == 2
    told = ("E-N03 events.csv line 2", "E-N06 events.csv line 3", "E-N05 events.csv line 4", "E-N04 events.csv line 4")
    assert [one for one in told if one not in err] == [], err
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (("--now", "quarter past"), "E-N09"),
        (("--now", "08:15", "--lock", "order:nobody=v1"), "E-N09"),
        (("--now", "08:15", "--lock", "order:b@late-later"), "E-N09"),
    ],
)
def test_a_lock_or_a_time_that_cannot_be_read_is_refused(
    run: Run, plan: Path, tmp_path: Path, given: tuple[str, ...], code: str
) -> None:
    got, _, err = run("replan", plan, *given, "-o", tmp_path / "new", *QUICK)
    assert (got, code in err) == (2, True)


def test_what_is_left_out_is_in_tomorrows_list_which_is_a_file_of_orders(run: Run, plan: Path, tmp_path: Path) -> None:
    out_of = next(iter(read_plan(plan).routes)).vehicle_id
    other = {"v1": "v2", "v2": "v1"}[out_of]
    events = tmp_path / "events.csv"
    events.write_text(f"time,event,vehicle\n08:13,vehicle_out,{out_of}\n08:01,vehicle_out,{other}\n")
    code, out, _ = run("replan", plan, "--now", "08:15", "--events", events, "-o", tmp_path / "new", *QUICK)
    assert code == 4
    assert "on board of" in out
    rows = (tmp_path / "new" / "tomorrow.csv").read_text().splitlines()
    assert [row.split(",")[0] for row in rows] == ['"id"', '"b"']
